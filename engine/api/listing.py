"""The two reads that every stored resource has: one by name, and a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from google.protobuf.message import Message

from engine.api.calls import Calls, checked, ok
from engine.application.faults import NOT_FOUND, not_found
from engine.application.perform import DEFAULT_TENANT, etag_of
from engine.application.ports import Reader
from engine.billing import Invoice
from engine.contracts import Contract
from engine.diagnostics import Fault, Refusal
from engine.parties import Customer, User
from engine.quotes.quote import Quote
from engine.wire.basics import Faults, read_key
from engine.wire.billing import CONTRACTS, INVOICES
from engine.wire.parties import CUSTOMERS, USERS
from engine.wire.quotes import QUOTES

T = TypeVar("T")
NO_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType({})


class Page(Protocol):
    """The answer to a list: rows, and where the next ones begin."""

    next_page_token: str


P = TypeVar("P", bound=Page)


def get_one(
    calls: Calls, kind: type[T], collection: str, name: str, message: Callable[[T, str, Reader], Message]
) -> Message:
    """The record of that name as a message; raises Refused when the name is wrong or there is none."""
    key = key_of(name, collection)

    def answer(reader: Reader) -> Message | Refusal:
        found = reader.get(kind, key)
        return not_found("name", name) if found is None else message(found, etag_of(reader, kind, key), reader)

    return calls.read(answer)


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """How a kind of record is listed: the field of the reply, the key of a record, and its message."""

    kind: type[T]
    target: str
    key: Callable[[T], str]
    message: Callable[[T, str, Reader], Message]


def list_page(calls: Calls, listed: Listed[T], request: Any, reply: P, where: Mapping[str, str]) -> P:
    """Fill a list reply with a page of records; ``where`` names columns and the values wanted."""
    with calls.env.store.read(DEFAULT_TENANT) as reader:
        rows, token = ok(
            calls.pages.page(
                request,
                lambda after, limit: reader.page(listed.kind, where=where, after=after, limit=limit),
                listed.key,
                where,
            )
        )
        for each in rows:
            etag = etag_of(reader, listed.kind, listed.key(each))
            getattr(reply, listed.target).append(listed.message(each, etag, reader))
    reply.next_page_token = token
    return reply


def key_of(name: str, collection: str, field: str = "name") -> str:
    """The id in a resource name; raises Refused."""
    faults = Faults()
    key = read_key(name, collection, field, faults)
    checked(faults)
    return key


class InState(NamedTuple):
    """The filter by a state: its column, the number that the request gives (0: none), and what each number means."""

    column: str
    number: int
    known: Mapping[int, Enum]


def filters_of(
    calls: Calls, names: Mapping[str, tuple[str, str]] = NO_NAMES, state: InState | None = None
) -> dict[str, str]:
    """Filters that are given: column to value, from column to (name, collection), and by a state.

    Raises Refused for wrong names and states, and for names of nothing: an empty list would say that what was asked for
    has none.
    """
    faults = Faults()
    given = {column: each for column, each in names.items() if each[0]}
    found = {column: read_key(name, collection, column, faults) for column, (name, collection) in given.items()}
    if state is not None and state.number:
        if state.number not in state.known:
            faults.invalid("state", f"{state.number} is not a state")
        else:
            found[state.column] = str(state.known[state.number].value)
    checked(faults)

    def unknown(reader: Reader) -> Refusal | None:
        missing = [
            Fault(NOT_FOUND, column, f"there is no `{name}`", f"a list of `{collection}` without filters shows all")
            for column, (name, collection) in given.items()
            if not reader.version(FILTERED_BY[collection], found[column])
        ]
        return Refusal(tuple(missing)) if missing else None

    if given:
        calls.read(unknown)
    return found


FILTERED_BY: Mapping[str, type[object]] = {
    CUSTOMERS: Customer,
    USERS: User,
    QUOTES: Quote,
    CONTRACTS: Contract,
    INVOICES: Invoice,
}
"""What lists are filtered by: the collections that names are of, and the kinds of record behind them."""

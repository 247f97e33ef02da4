"""Use cases on customers, billing accounts, selling entities, users and groups: create, change, get, list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from engine.application.faults import already_exists, etag_mismatch, not_found
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.diagnostics import Fault, Refusal
from engine.parties import BillingAccount, Customer, Group, SellingEntity, User

Party = TypeVar("Party", Customer, BillingAccount, SellingEntity, User, Group)
PREFIXES: Mapping[type[object], str] = {
    Customer: "c",
    BillingAccount: "ba",
    SellingEntity: "se",
    User: "u",
    Group: "g",
}


@dataclass(frozen=True, slots=True)
class PartyCreated:
    """A customer, account, entity, user or group was added."""

    party: str
    kind: str
    display_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PartyChanged:
    """A customer, account, entity, user or group has new values."""

    party: str
    kind: str
    at: datetime


def create_party(work: Work, party: Party, *, etag: str) -> Party | Refusal:
    """Add a record; without an id of its own it gets one. Everybody it refers to must exist."""
    if etag:
        return etag_mismatch("", etag)
    kind = type(party)
    named = party if party.id else replace(party, id=work.new_id(PREFIXES[kind]))
    if work.tx.get(kind, named.id) is not None:
        return already_exists("name", named.id)
    missing = _missing(work.tx, named)
    if missing:
        return Refusal(missing)
    work.tx.add(named)
    work.tx.emit(PartyCreated(named.id, kind.__name__, named.display_name, work.at))
    return named


def change_party(
    work: Work, kind: type[Party], key: str, *, etag: str, change: Callable[[Party], Party | Refusal]
) -> Party | Refusal:
    """Replace a record by a changed one; the name stays."""
    present = work.tx.get(kind, key)
    if present is None:
        return not_found("name", key)
    stale = work.check_etag(kind, key, etag)
    if stale is not None:
        return stale
    changed = change(present)
    if isinstance(changed, Refusal):
        return changed
    missing = _missing(work.tx, changed)
    if missing:
        return Refusal(missing)
    work.tx.replace(changed)
    work.tx.emit(PartyChanged(key, kind.__name__, work.at))
    return changed


def _missing(reader: Reader, party: object) -> tuple[Fault, ...]:
    match party:
        case BillingAccount():
            found = () if reader.get(Customer, party.customer) else not_found("customer", party.customer).faults
        case Group():
            found = tuple(
                fault
                for place, user in enumerate(party.members)
                if reader.get(User, user) is None
                for fault in not_found(f"members[{place}]", f"users/{user}").faults
            )
        case _:
            found = ()
    return found

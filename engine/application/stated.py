"""The facts that rules read of a customer and a quote: from records, from an earlier evaluation, and as stated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.catalog import Value
from engine.diagnostics import Code, Fault
from engine.language.types import Type
from engine.parties import Customer
from engine.quotes.request import QuoteRequest, RequestedLine
from engine.rulebook.book import Declared
from engine.rulebook.facts import Misfit, read_facts

UNKNOWN_FACT = Code("UNKNOWN_FACT")
BAD_FACT = Code("BAD_FACT")
NO_VALUES: Mapping[str, Value] = MappingProxyType({})
FIELDS = {"customer": "customer_facts", "quote": "header"}


@dataclass(frozen=True, slots=True)
class Carried:
    """Facts and lines that an earlier evaluation of the same request read, under the rule book of that day."""

    customer: Mapping[str, Value]
    header: Mapping[str, Value]
    lines: tuple[RequestedLine, ...] = ()


NOTHING_CARRIED = Carried(NO_VALUES, NO_VALUES)


@dataclass(frozen=True, slots=True)
class Stated:
    """Every declared fact of a record with its value, and what is wrong with what was given."""

    values: Mapping[str, Value]
    faults: tuple[Fault, ...]


def stated_facts(
    record: str, stated: Mapping[str, Value], elsewhere: Mapping[str, Value], declared: Mapping[str, Type]
) -> Stated:
    """What rules read of ``record``: what the caller states, and beside it what records and earlier evaluations say.

    A caller who states a fact that no rule can read is told so. Records hold more than one rule book asks for, so what
    they say beyond it is passed over; but a value that the book does not know is a fault wherever it comes from.
    """
    known = {name: value for name, value in elsewhere.items() if name in declared}
    read = read_facts({**known, **stated}, declared, record)
    return Stated(read.values, tuple(_faults(record, stated, read.misfits)) if read.misfits else ())


def _faults(record: str, stated: Mapping[str, Value], misfits: tuple[Misfit, ...]) -> Iterator[Fault]:
    for each in misfits:
        if each.name in stated:
            code = BAD_FACT if each.is_declared else UNKNOWN_FACT
            yield Fault(code, f"{FIELDS[record]}.{each.name}", each.message, each.hint)
        elif each.is_declared:
            hint = f"{each.hint}; correct the record, or state `{FIELDS[record]}.{each.name}`"
            yield Fault(BAD_FACT, "customer" if record == "customer" else FIELDS[record], each.message, hint)


def known_then(asked: QuoteRequest, declared: Declared) -> Carried:
    """The facts of a request as far as another rule book knows them."""
    customer = read_facts(asked.customer, declared.customer, "customer")
    return Carried(customer.values, read_facts(asked.header, declared.quote, "quote").values)


def customer_facts(customer: Customer) -> dict[str, Value]:
    """What rules read as ``customer.*`` of a stored customer."""
    return {
        **customer.attributes,
        "id": customer.id,
        "name": customer.display_name,
        "segment": customer.segment or None,
        "region": customer.region or None,
    }

"""What differs between two rule books: rules that were added, taken out or changed, and what example quotes cost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from engine.diagnostics import Refusal, Span
from engine.language import Checked
from engine.language.tables.model import HitPolicy
from engine.language.types import EnumType, Type, describe, required
from engine.pricing.settings import TieBreak
from engine.quotes.evaluation import Parts, PricedQuote
from engine.rulebook.book import RuleBook
from engine.rulebook.decision_table import NamedTable, policy_word
from engine.rulebook.rule_run import answer_to
from engine.rulebook.rule_test import RuleTest

Said: TypeAlias = Mapping[str, str]
"""What a rule says, by the names of its parts."""
_BY_PLACE = re.compile(r"(?:\.(?:csv|xlsx):\d+|/\d+)(?:/.*)?\Z")
"""Ids of table rows that the author did not name: they move with the rows above."""
_ORDER = "order of "
"""Parts named so list what is taken one after the other, a line each; only what changed places is told of them."""


class Change(Enum):
    """What happened to a rule."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that differs: its kind and id, where it stands, and for a changed one where it stood (``was``) and each
    part before and after: in the words of its files where they are at hand and differ there.
    """

    change: Change
    kind: str
    id: str
    span: Span | None
    parts: tuple[tuple[str, str, str], ...] = ()
    was: Span | None = None


@dataclass(frozen=True, slots=True)
class QuoteChange:
    """An example quote (a rule test) that is answered otherwise: its net total, or why it is refused, before and after.

    ``lines`` are those whose net differs.
    """

    name: str
    span: Span
    before: str
    after: str
    lines: tuple[tuple[str, str, str], ...] = ()


def changed_rules(old: RuleBook, new: RuleBook) -> tuple[RuleChange, ...]:
    """Every rule that differs, kind by kind; where a rule stands counts only where order decides."""
    found: list[RuleChange] = []
    for kind, things in _KINDS.items():
        before, after = (_by_key(things(book)) for book in (old, new))
        placed = _in_place(before, after)
        for key in [*before, *(each for each in placed if each not in before)]:
            found += _compared(kind, before.get(key), placed.get(key))
    return tuple(found)


def changed_quotes(old: tuple[RuleBook, Parts], new: tuple[RuleBook, Parts]) -> tuple[QuoteChange, ...]:
    """Every rule test of either book whose request costs something else, or is refused by one of them."""
    tests: dict[str, RuleTest] = {each.name: each for book, _ in (old, new) for each in book.tests}
    found = (_quote_change(each, old[1], new[1]) for each in tests.values())
    return tuple(each for each in found if each is not None)


_Thing: TypeAlias = tuple[str, Span | None, Said]


def _things(items: Iterable[object], name: str = "id") -> Iterator[_Thing]:
    for each in items:
        yield str(getattr(each, name)), getattr(each, "span", None), _said(each)


def _head(book: RuleBook) -> Iterator[_Thing]:
    names = ("title", "default_currency", "currencies", "time_zone", "effective_from", "effective_until")
    pricing = {name: _shown(getattr(book.pricing, name)) for name in ("rounding", "tax", "habits")}
    groups = sorted(book.pricing.groups, key=lambda each: (each.level.value, each.step.value))
    order = {f"{_ORDER}discount groups": "\n".join(each.id for each in groups)}
    yield book.id, None, {name: _shown(getattr(book, name)) for name in names} | pricing | order


def _facts(book: RuleBook) -> Iterator[_Thing]:
    for record, declared in (("customer", book.declared.customer), ("quote", book.declared.quote)):
        for name, kind in declared.items():
            yield f"{record}.{name}", None, {"type": _type(kind)}


def _attributes(book: RuleBook) -> Iterator[_Thing]:
    for category, attributes in book.catalog.attributes.items():
        for name, each in attributes.items():
            yield f"{category}.{name}", each.span, {**_said(each), "type": _type(each.type)}


def _groups(book: RuleBook) -> Iterator[_Thing]:
    """Groups of discounts; where ties go to the rule listed first, with the order of their rules."""
    listed = book.pricing.habits.ties is TieBreak.LISTED
    for each in book.pricing.groups:
        rules = [rule.id for rule in book.pricing.rules if listed and rule.group == each.id]
        yield each.id, each.span, {**_said(each), f"{_ORDER}discounts": "\n".join(rules)}


def _type(kind: Type) -> str:
    """A type in words, with its values where it has some."""
    inner = required(kind)
    return f"{describe(kind)}: {', '.join(inner.values)}" if isinstance(inner, EnumType) else describe(kind)


def _table(each: NamedTable) -> Said:
    columns = {f"input {name}": _type(column.type) for name, column in each.inputs.items()}
    columns |= {f"output {name}": _type(column.type) for name, column in each.outputs.items()}
    rows = Counter(" | ".join([*rule.inputs, *rule.outputs]) for rule in each.table.rules)
    said = {f"row {row}": "there" if count == 1 else f"{count} times" for row, count in rows.items()}
    order = "\n".join(rows) if each.table.hit_policy in (HitPolicy.FIRST, HitPolicy.RULE_ORDER) else ""
    return columns | {"hit": policy_word(each.table)} | said | {f"{_ORDER}rows": order}


_KINDS: Mapping[str, Callable[[RuleBook], Iterator[_Thing]]] = {
    "book": _head,
    "fact": _facts,
    "attribute": _attributes,
    "product": lambda book: _things(book.catalog.products.values(), "sku"),
    "bundle": lambda book: _things(book.catalog.bundles.values(), "sku"),
    "constraint": lambda book: _things(each for some in book.constraints.values() for each in some),
    "decision table": lambda book: ((each.id, each.span, _table(each)) for each in book.tables.values()),
    "price": lambda book: _things(book.pricing.entries),
    "contracted price": lambda book: _things(book.pricing.contracted),
    "price model": lambda book: (
        (f"{each.id}/{each.currency}", each.span, _said(each)) for each in book.pricing.models
    ),
    "percent of total": lambda book: _things(book.pricing.percent_of),
    "bundle price": lambda book: _things(book.pricing.bundle_prices),
    "guard": lambda book: _things(book.pricing.guards),
    "exchange rate": lambda book: (
        (f"{each.source}/{each.target}/{each.since}", each.span, _said(each)) for each in book.pricing.exchange_rates
    ),
    "price book": lambda book: _things(book.pricing.price_books),
    "discount group": _groups,
    "discount": lambda book: _things(book.pricing.rules),
    "approval chain": lambda book: _things(book.chains),
    "approval rule": lambda book: _things(book.approval_policies),
    "terms": lambda book: ((name, None, {"says": text}) for name, text in _said(book.terms).items()),
}


def _by_key(things: Iterator[_Thing]) -> dict[str, _Thing]:
    """Things by their id; a row without one by all that it says, so that it may move."""
    found: dict[str, _Thing] = {}
    for name, span, said in things:
        own = _BY_PLACE.search(name)
        parts = {key: value for key, value in said.items() if key != "id"} if own else said
        key = f"{name[: own.start()]} {parts}" if own else name
        while key in found:  # said twice, it may count twice
            key += " again"
        found[key] = (name, span, parts)
    return found


def _in_place(before: Mapping[str, _Thing], after: Mapping[str, _Thing]) -> Mapping[str, _Thing]:
    """What is there now by the keys of before: a row without an id that stands where another stood and differs from it
    in one part is that row, changed.
    """
    gone = {each[0]: key for key, each in before.items() if key not in after and _BY_PLACE.search(each[0])}
    found: dict[str, _Thing] = {}
    for key, each in after.items():
        old = gone.get(each[0]) if key not in before else None
        found[old if old is not None and _differing(before[old][2], each[2]) == 1 else key] = each
    return found


def _differing(before: Said, after: Said) -> int:
    return sum(before.get(each) != after.get(each) for each in {*before, *after})


def _compared(kind: str, before: _Thing | None, after: _Thing | None) -> Iterator[RuleChange]:
    if before is None or after is None:
        there = before or after
        assert there is not None, "one of the books has it"
        yield RuleChange(Change.REMOVED if after is None else Change.ADDED, kind, there[0], there[1])
        return
    names = dict.fromkeys([*before[2], *after[2]])
    told = ((each, *_told(each, before[2].get(each, ""), after[2].get(each, ""))) for each in names)
    parts = tuple(each for each in told if each[1] != each[2])
    if parts:
        yield RuleChange(Change.CHANGED, kind, after[0], after[1], parts, before[1])


def _told(name: str, before: str, after: str) -> tuple[str, str]:
    """A part before and after; of lists that are read from the top what both have, in the order of each."""
    if not name.startswith(_ORDER):
        return before, after
    old, new = before.split("\n"), after.split("\n")
    return ", ".join(each for each in old if each in new), ", ".join(each for each in new if each in old)


def _said(thing: object) -> Said:
    """The parts of a rule as texts; places are no part of it."""
    assert is_dataclass(thing), "rules are records"
    values = {each.name: getattr(thing, each.name) for each in fields(thing)}
    return {name: _shown(value) for name, value in values.items() if not isinstance(value, Span)}


def _shown(value: object) -> str:
    """A part in the words of its author, as far as they are kept."""
    match value:
        case Mapping():
            return ", ".join(f"{key}: {_shown(each)}".removeprefix(": ") for key, each in value.items())
        case AbstractSet():
            return ", ".join(sorted(map(_shown, value)))
        case tuple() | list():
            return ", ".join(map(_shown, value))
        case Checked():
            return value.text if value.subject is None else f"{', '.join(value.reads)}: {value.text}"
        case _ if is_dataclass(value):
            return " ".join(f"{name} {text}" for name, text in _said(value).items() if text)
        case _:
            return _word(value)


def _word(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case Enum():
            return str(value.value)
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def _quote_change(test: RuleTest, old: Parts, new: Parts) -> QuoteChange | None:
    before, after = answer_to(test.request, old), answer_to(test.request, new)
    lines: list[tuple[str, str, str]] = []
    if isinstance(before, PricedQuote) and isinstance(after, PricedQuote):
        nets = [{str(each.id): _net(each.net, found) for each in found.priced.lines} for found in (before, after)]
        names = dict.fromkeys([*nets[0], *nets[1]])
        lines = [(each, nets[0].get(each, ""), nets[1].get(each, "")) for each in names]
    changed = tuple(each for each in lines if each[1] != each[2])
    told = _total(before), _total(after)
    return QuoteChange(test.name, test.span, *told, changed) if changed or told[0] != told[1] else None


def _net(minor_units: int, quote: PricedQuote) -> str:
    return format(quote.priced.money(minor_units).decimal, "f")


def _total(found: PricedQuote | Refusal) -> str:
    if isinstance(found, Refusal):
        return f"refused: {', '.join(dict.fromkeys(str(each.code) for each in found.faults))}"
    return format(found.priced.totals.net.decimal, "f")

"""Advice: the smallest change of a quote that would spare it the highest level of a chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.approvals.facets import value_at
from engine.approvals.policy import ApprovalPolicy, ChainDefinition
from engine.approvals.routed import Facet, Reason, Route, Sense
from engine.approvals.routing import Record, route
from engine.catalog import Value
from engine.money import EXACT

STEP = Decimal("0.01")
"""How far below a threshold one has to stay that itself still matches: 14.99 for ``>= 15``."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One value and where it would have to go."""

    expression: str
    value: Decimal
    wanted: Decimal

    @property
    def distance(self) -> Decimal:
        """How far the value has to move, without sign."""
        return abs(EXACT.subtract(self.wanted, self.value))

    def __str__(self) -> str:
        direction = "less" if self.wanted < self.value else "more"
        return f"{self.distance:f} {direction} {self.expression}"


@dataclass(frozen=True, slots=True)
class Advice:
    """The changes that together spare a level; every one of them is needed."""

    chain: str
    level: str
    adjustments: tuple[Adjustment, ...]

    def __str__(self) -> str:
        return f"{' and '.join(map(str, self.adjustments))} avoids {self.chain} {self.level}"


def advise(
    quote: Record,
    customer: Record,
    lines: Sequence[Record],
    *,
    policies: Sequence[ApprovalPolicy],
    chains: Sequence[ChainDefinition],
) -> tuple[Advice, ...]:
    """For each chain of the route: the smallest changes of ``quote`` values that spare its highest level.

    Only values that a rule compares with a number can be advised on, each taken by itself: a level reached for another
    reason gets no advice. Every advice was tried: the route of the changed values does not hold the level.
    """
    now = route(quote, customer, lines, policies=policies, chains=chains)
    found = []
    for chain in now.chains:
        level = chain.levels[-1]
        adjustments = _adjustments(level.reasons, quote)
        if not adjustments:
            continue
        changed = _with(quote, adjustments)
        after = route(changed, customer, lines, policies=policies, chains=chains)
        if not _asks(after, chain.chain, level.level):
            found.append(Advice(chain.chain, level.level, adjustments))
    return tuple(found)


def _adjustments(reasons: Iterable[Reason], quote: Record) -> tuple[Adjustment, ...]:
    """The nearest way out of every reason; where two concern one value, the one that goes further. Empty: no way."""
    chosen: dict[str, Adjustment] = {}
    for reason in reasons:
        ways = [each for facet in reason.facets if (each := _way_out(facet, quote)) is not None]
        if not ways:
            return ()
        best = min(ways, key=_relative)
        known = chosen.get(best.expression)
        if known is None or known.distance < best.distance:
            chosen[best.expression] = best
    return tuple(chosen.values())


def _way_out(facet: Facet, quote: Record) -> Adjustment | None:
    root, _, name = facet.expression.partition(".")
    if root != "quote" or facet.threshold is None or not isinstance(facet.value, Decimal):
        return None
    if value_at(name, quote) != facet.value:
        return None
    step = STEP if facet.inclusive else Decimal(0)
    more_is_worse = facet.sense is Sense.MORE_IS_WORSE
    wanted = EXACT.subtract(facet.threshold, step) if more_is_worse else EXACT.add(facet.threshold, step)
    return Adjustment(facet.expression, facet.value, wanted)


def _relative(way: Adjustment) -> Decimal:
    """How far a value moves against its size, so that points of discount compare with months or amounts."""
    return EXACT.divide(way.distance, max(abs(way.value), Decimal(1)))


def _with(quote: Record, adjustments: Iterable[Adjustment]) -> Record:
    changed: Mapping[str, Value] = quote
    for each in adjustments:
        changed = _replaced(changed, each.expression.split(".")[1:], each.wanted)
    return changed


def _replaced(record: Mapping[str, Value], path: Sequence[str], wanted: Decimal) -> Mapping[str, Value]:
    name, *rest = path
    inner = record.get(name)
    if rest and isinstance(inner, Mapping):
        return {**record, name: _replaced(inner, rest, wanted)}
    return {**record, name: wanted}


def _asks(found: Route, chain: str, level: str) -> bool:
    return any(each.chain == chain and any(n.level == level for n in each.levels) for each in found.chains)

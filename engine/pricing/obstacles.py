"""What keeps something of a rule book from acting on a line, and whether it acts once that is taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeAlias

from engine.catalog import Value
from engine.diagnostics import Span
from engine.language import Checked
from engine.pricing.changes import Change, Wish, changed
from engine.pricing.compile import DAY
from engine.pricing.compiled import PricePlan
from engine.pricing.expressions import reads
from engine.pricing.flow import faults_of
from engine.pricing.request import PriceRequest
from engine.pricing.sight import Sight, holds
from engine.pricing.story import place_of
from engine.pricing.told import facts_read
from engine.pricing.window import Window
from engine.pricing.wording import failing_parts, together


@dataclass(frozen=True, slots=True)
class FailedCondition:
    """A condition that did not hold: text and place, what it read, what would make it hold ("" when unknown)."""

    text: str
    place: str
    values: tuple[tuple[str, Value], ...]
    wish: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule, or another step of prices, did or did not act on a line; ``kind`` says what it is.

    ``failed`` are its conditions that do not hold, the first one first, as they were when its turn came; ``wishes`` is
    what it takes to make it act, all of them together. ``enough`` says that they were tried, and it acts; where it does
    not, ``even_then`` says why, as far as is known.
    """

    rule_id: str
    place: str
    applied: bool
    reason: str
    failed: tuple[FailedCondition, ...] = ()
    wishes: tuple[str, ...] = ()
    enough: bool = False
    even_then: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that keeps something from acting: why, what would take it away, and the condition that it is."""

    reason: str
    wish: Wish | None = None
    failed: FailedCondition | None = None


Obstacles: TypeAlias = Callable[[PricePlan, PriceRequest, int], Sequence[Obstacle]]
"""All that keeps something from acting on a line, the first one first; nothing when it acts."""


@dataclass(frozen=True, slots=True)
class Named:
    """What is asked about: its id, what kind of thing it is, and where it stands."""

    id: str
    kind: str
    span: Span


def explained(plan: PricePlan, request: PriceRequest, index: int, named: Named, obstacles: Obstacles) -> Explanation:
    """Why something does or does not act on a line, and what would make it, tried."""
    found = obstacles(plan, request, index)
    place = place_of(named.span)
    if not found:
        return Explanation(named.id, place, applied=True, reason="it applied", kind=named.kind)
    failed = tuple(each.failed for each in found if each.failed is not None)
    wish = together([each.wish for each in found])
    first = Explanation(named.id, place, applied=False, reason=found[0].reason, failed=failed, kind=named.kind)
    if wish is None:
        return first
    wishes = tuple(each.wish.text for each in found if each.wish is not None)
    enough, even_then = _tried(plan, request, index, wish, obstacles)
    return replace(first, wishes=wishes, enough=enough, even_then=even_then)


def _tried(plan: PricePlan, request: PriceRequest, index: int, wish: Wish, obstacles: Obstacles) -> tuple[bool, str]:
    """Whether it acts once a wish comes true, and why not even then; nothing is told of what cannot be tried."""
    asked = None if wish.changes is None else changed(request, index, wish.changes)
    if asked is None:
        return False, ""
    faults = faults_of(plan, asked)
    if faults:
        return False, f"the quote cannot be priced so: {faults[0].message}"
    left = obstacles(plan, asked, index)
    return not left, left[0].reason if left else ""


def failing(
    conditions: Iterable[Checked], sight: Sight, roots: tuple[object, ...], *, besides: tuple[str, ...] = ()
) -> Iterator[Obstacle]:
    """The parts of conditions that do not hold on what could be seen, but for those that read some names."""
    for condition in conditions:
        if holds(condition, roots):
            continue
        for part in failing_parts(condition, roots):
            read = part.checked or condition
            if besides and reads((read,), *besides):
                continue
            text = "" if part.wish is None else part.wish.text
            place = place_of(condition.span_of(part.node))
            failed = FailedCondition(part.text, place, facts_read(read, sight.records), text)
            yield Obstacle(f"`{part.text}` does not hold", part.wish, failed)


def wish_of_window(window: Window, day: date) -> Wish | None:
    """On which days something holds that does not on this one; None when it does."""
    if window.start is not None and day < window.start:
        return Wish(f"quote.date is at least {window.start}", (Change(DAY, window.start),))
    if window.end is not None and day >= window.end:
        return Wish(f"quote.date is before {window.end}", (Change(DAY, window.end - timedelta(days=1)),))
    return None

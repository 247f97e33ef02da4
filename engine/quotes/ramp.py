"""Ramps: a recurring line cut into segments, each a line of its own: quantity, start, term, price or uplift."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from engine.catalog import LineId
from engine.diagnostics import Code, Fault, Refusal, counted
from engine.periods import add_months
from engine.pricing.models.ramp import RampSegment, ShortSegment, segments
from engine.quotes.lines import TERM_MONTHS_MAX
from engine.quotes.request import NONE, RequestedLine

BAD_RAMP = Code("QUO112")
_PLACE = re.compile(r"lines\[(\d+)\](.*)\Z")
_OF_A_SEGMENT = (".segment", ".segment_price", ".uplift_percent")
SEGMENTS_MAX = 120


@dataclass(frozen=True, slots=True)
class SegmentTerms:
    """What one segment has of its own; None: as the ramp says. A price stands instead of an uplift."""

    quantity: Decimal | None = None
    uplift_percent: Decimal | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Ramp:
    """How a term is cut: so many months a segment, the rest last or first, and what each costs more than the last."""

    segment_months: int = 12
    short: ShortSegment = ShortSegment.LAST
    uplift_percent: Decimal = Decimal(0)
    own: Mapping[int, SegmentTerms] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Term:
    """The term and the start of a quote, where a line says nothing of its own."""

    months: int | None
    start: date


def expand(
    lines: Sequence[RequestedLine], ramps: Mapping[LineId, Ramp], term: Term
) -> tuple[RequestedLine, ...] | Refusal:
    """Put segments in the place of ramped lines; the parts of a line come with each of its segments."""
    if not ramps:
        return tuple(lines)
    by_id = {each.id: each for each in lines}
    faults = [fault for at, line in enumerate(lines) for fault in _faults(at, line, ramps, by_id, term)]
    if faults:
        return Refusal(tuple(faults))
    found: list[RequestedLine] = []
    for line in lines:
        root = _ramped(line, ramps, by_id)
        if root is None:
            found.append(line)
        else:
            found.extend(_segments(line, root, ramps[root.id], term))
    return tuple(found)


def as_asked(
    faults: Iterable[Fault], asked: Sequence[RequestedLine], expanded: Sequence[RequestedLine]
) -> tuple[Fault, ...]:
    """Faults of lines with segments in their places, told of the lines that were asked for: each of them once."""
    places: list[int] = []
    at = -1
    for line in expanded:
        following = asked[at + 1 : at + 2]
        at += line.segment <= 1 or any(each.id == line.id for each in following)
        places.append(at)
    found = (_of_asked(each, places, expanded, asked) for each in faults)
    return tuple(dict.fromkeys(found))


def _of_asked(
    fault: Fault, places: Sequence[int], expanded: Sequence[RequestedLine], asked: Sequence[RequestedLine]
) -> Fault:
    found = _PLACE.match(fault.field)
    if found is None:
        return fault
    at, rest = int(found[1]), found[2]
    ramped = expanded[at].segment and not asked[places[at]].segment
    return replace(fault, field=f"lines[{places[at]}]{'.ramp' if ramped and rest in _OF_A_SEGMENT else rest}")


def _ramped(
    line: RequestedLine, ramps: Mapping[LineId, Ramp], by_id: Mapping[LineId, RequestedLine]
) -> RequestedLine | None:
    """The line itself or the nearest above it that is ramped."""
    seen: set[LineId] = set()
    above: RequestedLine | None = line
    while above is not None and above.id not in seen:
        if above.id in ramps:
            return above
        seen.add(above.id)
        above = by_id.get(above.parent) if above.parent is not None else None
    return None


def _segments(line: RequestedLine, root: RequestedLine, ramp: Ramp, term: Term) -> Iterator[RequestedLine]:
    months, start = root.term_months or term.months, root.start or term.start
    assert months is not None, "a ramp without a term is refused"
    for each in segments(months, every=ramp.segment_months, uplift_percent=ramp.uplift_percent, short=ramp.short):
        own = ramp.own.get(each.number, SegmentTerms())
        priced = line is root and own.unit_price is not None
        uplift = each.uplift_percent if own.uplift_percent is None else own.uplift_percent
        yield line._replace(
            id=_name(line.id, each),
            quantity=own.quantity if line is root and own.quantity is not None else line.quantity,
            parent=line.parent if line is root or line.parent is None else _name(line.parent, each),
            start=add_months(start, each.start_month),
            term_months=each.months,
            segment=each.number,
            uplift_percent=NONE if priced else uplift,
            segment_price=own.unit_price if priced else None,
        )


def _name(line: LineId, segment: RampSegment) -> LineId:
    return LineId(f"{line}/{segment.number}")


def _faults(
    at: int,
    line: RequestedLine,
    ramps: Mapping[LineId, Ramp],
    by_id: Mapping[LineId, RequestedLine],
    term: Term,
) -> Iterator[Fault]:
    ramp, place = ramps.get(line.id), f"lines[{at}].ramp"
    if ramp is None:
        return
    above = by_id.get(line.parent) if line.parent is not None else None
    if above is not None and _ramped(above, ramps, by_id) is not None:
        yield Fault(BAD_RAMP, place, "a line above it is ramped already", "ramp one of them")
        return
    if line.end is not None:
        yield Fault(BAD_RAMP, place, "a ramp is cut by months, and the line has an end", "give `term_months` instead")
        return
    months = line.term_months or term.months
    if not months or not 1 <= months <= TERM_MONTHS_MAX:
        hint = "give `term_months` on the line or the quote"
        yield Fault(BAD_RAMP, place, f"a ramp needs a term of 1 to {TERM_MONTHS_MAX} months", hint)
        return
    if ramp.segment_months < 1:
        yield Fault(BAD_RAMP, f"{place}.segment_months", f"segments of {counted(ramp.segment_months, 'month')}")
        return
    count = -(-months // ramp.segment_months)
    if count > SEGMENTS_MAX:
        yield Fault(BAD_RAMP, place, f"{count} segments; {SEGMENTS_MAX} are allowed", "make the segments longer")
    for number, own in sorted(ramp.own.items()):
        if own.unit_price is not None and own.uplift_percent is not None:
            message = f"segment {number} has both a price and an uplift"
            yield Fault(BAD_RAMP, f"{place}.segments", message, "give one of them")
        if not 1 <= number <= count:
            message = f"there is no segment {number}: {counted(months, 'month')} make {counted(count, 'segment')}"
            yield Fault(BAD_RAMP, f"{place}.segments", message)

"""Ramps as rule tests state them: read with their places, and put in the place of the lines they cut."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.catalog import LineId
from engine.diagnostics import Refusal, Span
from engine.pricing.models.ramp import ShortSegment
from engine.quotes.ramp import Ramp, SegmentTerms, Term, expand
from engine.quotes.request import RequestedLine
from engine.rulebook.codes import finding
from engine.rulebook.nodes import Report
from engine.rulebook.reader import Read

_YEAR = 12


class StatedRamps:
    """The ramps of one request, by the line that each of them cuts."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.ramps: dict[LineId, Ramp] = {}
        self.places: dict[LineId, Span] = {}

    def read(self, line: Read, own: LineId) -> None:
        """Keep the ramp of a line, if it has one."""
        read = line.one("ramp")
        if read is None:
            return
        self.places[own] = read.span
        self.ramps[own] = Ramp(
            segment_months=read.integer("segment_months", _YEAR),
            short=ShortSegment.FIRST if read.flag("short_segment_first", default=False) else ShortSegment.LAST,
            uplift_percent=read.number("uplift_percent") or Decimal(0),
            own=self._segments(read),
        )

    def _segments(self, read: Read) -> dict[int, SegmentTerms]:
        found: dict[int, SegmentTerms] = {}
        for each in read.records("segments"):
            number = each.integer("number", 0)
            if number in found:
                message = f"segment {number} is there twice"
                self.report.add(finding("TST503", message, each.place("number"), "name each segment once"))
            found[number] = SegmentTerms(each.number("qty"), each.number("uplift_percent"), each.number("unit_price"))
        return found

    def cut(self, lines: Sequence[RequestedLine], term: Term) -> tuple[RequestedLine, ...] | None:
        """The lines with segments in the place of ramped ones; None after reporting ramps that do not fit."""
        found = expand(lines, self.ramps, term)
        if not isinstance(found, Refusal):
            return found
        for fault in found.faults:
            at = int(fault.field.partition("[")[2].partition("]")[0])
            self.report.add(finding("TST503", fault.message, self.places[lines[at].id], fault.hint))
        return None

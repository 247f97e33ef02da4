"""What is wrong with the rows of a decision table, each finding with a concrete example input.

Exact for cells of constants: enumerations, numbers, texts, dates and durations. Rows with other cells are passed over
and the analysis says that it is not exact. Work is bounded; where the bound is hit the analysis is not exact either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from engine.language.tables.cover import Cover, Line, merged
from engine.language.tables.intervals import Region, intersection, union
from engine.language.tables.model import HitPolicy
from engine.language.tables.region import Admitted, domain_of, moments
from engine.language.tables.slots import Slots
from engine.language.tables.witness import example
from engine.language.values.kind import Kind

MOST_FINDINGS = 100
MOST_GAPS = 20
_GAPS_SOUGHT = 64
_LOOKS_AT_FIRST = frozenset({HitPolicy.FIRST, HitPolicy.PRIORITY})


class FindingKind(Enum):
    """What can be wrong."""

    OVERLAP = "overlap"
    GAP = "gap"
    SHADOWED = "shadowed"
    EMPTY = "empty"
    UNREACHABLE_OUTPUT = "unreachable output"


@dataclass(frozen=True, slots=True)
class TableFinding:
    """One finding: rows counted from 1, and an example input by column for which it shows."""

    kind: FindingKind
    rows: tuple[int, ...]
    example: Mapping[str, object]
    output: object = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """All findings; ``exact`` is false when some rows could not be looked at or the work was cut off."""

    findings: tuple[TableFinding, ...]
    exact: bool

    def of(self, kind: FindingKind) -> tuple[TableFinding, ...]:
        """Return the findings of one kind."""
        return tuple(each for each in self.findings if each.kind is kind)


@dataclass(frozen=True, slots=True)
class Subject:
    """A column to analyse: its label, and the values it may have when they are declared."""

    label: str
    allowed: Admitted | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as the analysis sees it: what each cell admits (None: not constant), and the outputs of each row.

    ``outputs`` compare by equality; ``possible`` are the output values that the table declares, best first. ``ranks``
    say which row PRIORITY takes, the lowest one; empty when that is not known from the texts.
    """

    columns: tuple[Subject, ...]
    cells: tuple[tuple[Admitted | None, ...], ...]
    outputs: tuple[object, ...]
    policy: HitPolicy = HitPolicy.UNIQUE
    possible: tuple[object, ...] = ()
    ranks: tuple[tuple[int, ...], ...] = ()


def analyse(grid: Grid) -> Analysis:
    """Return overlaps (where the policy forbids them), gaps, rows that never decide, and outputs never reached."""
    return _Analyser(grid).run()


class _Analyser:
    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._kinds = [self._kind(place) for place in range(len(grid.columns))]
        self._domains = [self._domain(place) for place in range(len(grid.columns))]
        self._rows = [row for row, cells in enumerate(grid.cells) if self._is_constant(cells)]
        self._exact = len(self._rows) == len(grid.cells)
        self._regions = {row: self._regions_of(grid.cells[row]) for row in self._rows}

    def _kind(self, place: int) -> Kind | None:
        allowed = self._grid.columns[place].allowed
        if allowed is not None and allowed.kind is not None:
            return allowed.kind
        kinds = [cell.kind for line in self._grid.cells if (cell := line[place]) is not None and cell.kind is not None]
        return kinds[0] if kinds else None

    def _domain(self, place: int) -> Region:
        allowed = self._grid.columns[place].allowed
        if allowed is not None and allowed.kind is not None:
            return allowed.region
        if self._kinds[place] is Kind.DATE_TIME:
            column = [cell for line in self._grid.cells if (cell := line[place]) is not None]
            return moments(union(each for cell in column for each in cell.region))
        return domain_of(self._kinds[place])

    def _is_constant(self, cells: Sequence[Admitted | None]) -> bool:
        return all(
            cell is not None and cell.kind in (None, kind) for cell, kind in zip(cells, self._kinds, strict=True)
        )

    def _regions_of(self, cells: Sequence[Admitted | None]) -> tuple[Region, ...]:
        return tuple(
            intersection(cell.region, domain) if cell is not None else ()
            for cell, domain in zip(cells, self._domains, strict=True)
        )

    def run(self) -> Analysis:
        empty = [row for row in self._rows if not all(self._regions[row])]
        live = [row for row in self._rows if all(self._regions[row])]
        slots = [
            Slots.of([self._regions[row][place] for row in live], domain) for place, domain in enumerate(self._domains)
        ]
        lines = [tuple(each.spans[number] for each in slots) for number in range(len(live))]
        cover = Cover(slots, lines)
        findings = [TableFinding(FindingKind.EMPTY, (row + 1,), {}) for row in empty]
        findings += self._overlaps(cover, live)
        findings += self._gaps(cover)
        shadowed = self._shadowed(cover, live)
        findings += shadowed
        findings += self._unreachable({*empty, *(each.rows[0] - 1 for each in shadowed)})
        return Analysis(tuple(findings), self._exact and not cover.cut_off)

    def _overlaps(self, cover: Cover, live: Sequence[int]) -> list[TableFinding]:
        policy, outputs = self._grid.policy, self._grid.outputs
        if policy not in (HitPolicy.UNIQUE, HitPolicy.ANY):
            return []
        found = []
        for one, other in cover.overlapping():
            first, second = live[one], live[other]
            if policy is HitPolicy.ANY and outputs[first] == outputs[second]:
                continue
            shared = [intersection(a, b) for a, b in zip(self._regions[first], self._regions[second], strict=True)]
            found.append(TableFinding(FindingKind.OVERLAP, (first + 1, second + 1), self._example(shared)))
            if len(found) >= MOST_FINDINGS:
                break
        return found

    def _gaps(self, cover: Cover) -> list[TableFinding]:
        if not self._exact:
            return []
        everywhere = tuple(each.all for each in cover.slots)
        holes = cover.uncovered(everywhere, range(len(cover.lines)), most=_GAPS_SOUGHT)
        return [
            TableFinding(FindingKind.GAP, (), self._example(self._of_slots(cover, hole)))
            for hole in merged(holes)[:MOST_GAPS]
        ]

    def _of_slots(self, cover: Cover, hole: Line) -> list[Region]:
        return [slots.region(numbers) for slots, numbers in zip(cover.slots, hole, strict=True)]

    def _shadowed(self, cover: Cover, live: Sequence[int]) -> list[TableFinding]:
        """Rows that never decide: under FIRST and PRIORITY behind the rows that win, else behind one equal row."""
        found = []
        for number, row in enumerate(live):
            if cover.cut_off:
                break
            winners = self._winners(cover, number, live)
            if winners and not cover.uncovered(cover.lines[number], winners, most=1) and not cover.cut_off:
                rows = (row + 1, *(live[each] + 1 for each in winners[:5]))
                found.append(TableFinding(FindingKind.SHADOWED, rows, self._example(list(self._regions[row]))))
                if len(found) >= MOST_FINDINGS:
                    break
        return found

    def _winners(self, cover: Cover, number: int, live: Sequence[int]) -> list[int]:
        policy = self._grid.policy
        if policy not in _LOOKS_AT_FIRST or (policy is HitPolicy.PRIORITY and not self._grid.ranks):
            return []
        touching = cover.touching(number)
        if policy is HitPolicy.FIRST:
            return [each for each in touching if each < number]
        ranks = self._grid.ranks
        mine = ranks[live[number]]
        return [each for each in touching if (ranks[live[each]], each) < (mine, number)]

    def _unreachable(self, dead: set[int]) -> list[TableFinding]:
        reached = [output for row, output in enumerate(self._grid.outputs) if row not in dead]
        wanted = self._grid.possible or tuple(dict.fromkeys(self._grid.outputs))
        found = []
        for output in wanted:
            if output not in reached:
                rows = tuple(row + 1 for row, each in enumerate(self._grid.outputs) if each == output)
                shown = self._example(list(self._regions[rows[0] - 1])) if rows and rows[0] - 1 in self._regions else {}
                found.append(TableFinding(FindingKind.UNREACHABLE_OUTPUT, rows, shown, output))
        return found[:MOST_FINDINGS]

    def _example(self, regions: Sequence[Region]) -> Mapping[str, object]:
        return {
            column.label: example(kind, region)
            for column, kind, region in zip(self._grid.columns, self._kinds, regions, strict=True)
        }

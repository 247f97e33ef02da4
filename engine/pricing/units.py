"""Single units of lines: what each is worth now, which are chosen, and which have been used by a promotion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from engine.money import EXACT
from engine.pricing.effects import Select
from engine.pricing.state import ZERO


@dataclass(slots=True)
class UnitRun:
    """So many whole units of one line that are worth the same; ``used`` ones serve no further promotion."""

    line: int
    count: int
    value: Decimal
    used: bool = False


@dataclass(frozen=True, slots=True)
class Picked:
    """Units chosen from one run: the run and how many."""

    run: UnitRun
    count: int


class UnitLedger:
    """The units of all lines of an order, at the values that earlier rules left.

    A part of a unit (0.4 of a metre) is never chosen. A discount on a whole line lowers its units in proportion.
    """

    __slots__ = ("_amounts", "_quantities", "_runs")

    def __init__(self, amounts: Sequence[Decimal], quantities: Sequence[Decimal]) -> None:
        self._amounts = list(amounts)
        self._quantities = list(quantities)
        self._runs: dict[int, list[UnitRun]] = {}

    def copy(self) -> UnitLedger:
        """A ledger of its own to try something on."""
        other = UnitLedger(self._amounts, self._quantities)
        other._runs = {
            line: [UnitRun(run.line, run.count, run.value, run.used) for run in runs]
            for line, runs in self._runs.items()
        }
        return other

    def runs(self, line: int) -> list[UnitRun]:
        """The runs of a line."""
        found = self._runs.get(line)
        if found is None:
            quantity = self._quantities[line]
            whole = int(quantity.to_integral_value(ROUND_FLOOR))
            value = EXACT.divide(self._amounts[line], quantity) if quantity else ZERO
            found = self._runs[line] = [UnitRun(line, whole, value)] if whole else []
        return found

    def lower(self, line: int, before: Decimal, after: Decimal) -> None:
        """Tell that an amount was spread over a whole line."""
        self._amounts[line] = after
        if not before or line not in self._runs:
            return
        for run in self._runs[line]:
            run.value = EXACT.divide(EXACT.multiply(run.value, after), before)

    def choose(self, lines: Sequence[int], count: int, select: Select, *, unused: bool) -> list[Picked]:
        """Choose up to ``count`` units among lines; of equal ones those of the earlier line."""
        runs = [run for line in lines for run in self.runs(line) if not (unused and run.used)]
        if select is Select.CHEAPEST:
            runs.sort(key=lambda run: run.value)
        elif select is Select.DEAREST:
            runs.sort(key=lambda run: -run.value)
        picked = []
        for run in runs:
            if count <= 0:
                break
            taken = min(run.count, count)
            if taken:
                picked.append(Picked(run, taken))
            count -= taken
        return picked

    def available(self, lines: Sequence[int], *, unused: bool) -> int:
        """How many whole units lines have."""
        return sum(run.count for line in lines for run in self.runs(line) if not (unused and run.used))

    def split(self, picked: Picked) -> UnitRun:
        """Make the units picked a run of their own, so that they can be marked or revalued."""
        run = picked.run
        if picked.count == run.count:
            return run
        own = UnitRun(run.line, picked.count, run.value, run.used)
        run.count -= picked.count
        self._runs[run.line].append(own)
        return own

    def reprice(self, run: UnitRun, value: Decimal) -> None:
        """Give units a new value."""
        run.value = value

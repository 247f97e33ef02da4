"""The lines of the slow twin of the order stage: whole cents, single units one by one, and amounts spread over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from engine.money import Rounding
from engine.pricing.effects import Condition, Effect, Operand, Select, Tiered
from engine.pricing.plan import Rule
from tests.pricing.twin_lines import proportional
from tests.pricing.twin_start import rounded


@dataclass
class Unit:
    """One single unit of a line with what it is worth now."""

    line: int
    value: Fraction
    used: bool = False


@dataclass
class TwinOrder:
    """Lines in cents while order rules act on them."""

    skus: list[str]
    quantities: list[Fraction]
    listed: list[int]
    running: list[int]
    lowest: list[int]
    discountable: list[bool]
    units: list[Unit] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    gifts: list[tuple[str, int]] = field(default_factory=list)
    stopped: bool = False
    gross_of: list[int] = field(default_factory=list)
    gave: list[list[tuple[int, int]]] = field(default_factory=list)
    by_agent: list[list[tuple[int, int]]] = field(default_factory=list)
    mode: Rounding = Rounding.HALF_UP
    start: list[int] = field(default_factory=list)
    one_by_one: bool = False
    spent: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.start = list(self.running)
        if not self.units:
            self.units = [
                Unit(line, self.running[line] / quantity)
                for line, quantity in enumerate(self.quantities)
                for _ in range(floor(quantity))
            ]

    def copy(self) -> TwinOrder:
        units = [Unit(each.line, each.value, each.used) for each in self.units]
        rest = (self.skus, self.quantities, self.listed, list(self.running), self.lowest, self.discountable)
        made = TwinOrder(*rest, units, list(self.applied), list(self.gifts), self.stopped, self.gross_of)
        made.mode, made.start, made.spent = self.mode, self.start, dict(self.spent)
        return made

    def cents(self, value: Fraction) -> int:
        """Whole cents, as the book rounds."""
        return rounded(value, self.mode)

    def number(self, operand: Operand) -> Fraction:
        """A constant, or one of the two formulas that these books use."""
        text = getattr(operand, "text", "")
        found = {"quote.running": Fraction(sum(self.running), 100), "count(lines)": Fraction(len(self.skus))}
        return found[text] if text else Fraction(operand)  # type: ignore[arg-type]

    def effect_of(self, rule: Rule) -> Effect | None:
        """What a rule gives in euro: of a tiered effect the step that is reached."""
        effect = rule.effects.get("EUR", rule.effects.get(""))
        if isinstance(effect, Tiered):
            reached = [step.effect for step in effect.steps if Fraction(step.start) <= self.number(effect.measure)]
            return reached[-1] if reached else None
        return effect

    def room(self, line: int) -> int | None:
        """What a line can still take; a line of negative amount has no floor."""
        running = self.running[line]
        return None if running < 0 else max(running - self.lowest[line], 0)


def admits(order: TwinOrder, line: int, where: Sequence[Condition]) -> bool:
    """Whether conditions that name a SKU admit a line."""
    return all(order.skus[line] == each.text.partition('"')[2].rstrip('"') for each in where)


def choose(units: list[Unit], count: int, select: Select) -> list[Unit]:
    """So many units: the cheapest, the dearest, or as they stand; of equal ones those of the earlier line."""
    if select is Select.LINE_ORDER:
        return sorted(units, key=lambda each: each.line)[:count]
    sign = 1 if select is Select.CHEAPEST else -1
    return sorted(units, key=lambda each: (sign * each.value, each.line))[:count]


def within(share: int, room: int | None) -> int:
    """A share as far as there is room for it."""
    return share if room is None else min(share, room)


def spread(total: int, weights: Sequence[int | Fraction], rooms: Sequence[int | None]) -> list[int]:
    """In proportion to the lines that have room, round after round, until it is spent or all are full."""
    given = [0] * len(weights)
    left = total
    while left > 0:
        open_lines = [index for index, room in enumerate(rooms) if room is None or given[index] < room]
        if not open_lines:
            break
        parts = proportional(left, [weights[index] for index in open_lines])
        taken = 0
        for index, part in zip(open_lines, parts, strict=True):
            room = rooms[index]
            share = within(part, None if room is None else room - given[index])
            given[index] += share
            taken += share
        left -= taken
    return given

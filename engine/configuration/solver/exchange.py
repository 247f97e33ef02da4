"""A solution with everything that can be exchanged in it, one question at a time."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

import numpy

from engine.configuration.model import Kind
from engine.configuration.solver.families import (
    Bits,
    Family,
    Joint,
    MixedGate,
    SumPart,
    Thresholds,
    ordered,
    up_to,
)
from engine.configuration.solver.lanes import Plan

TABLES_MAX = 512
"""Remembered shares of one family in one sum, by the quantities that they depend on."""
JOINTS_MAX = 8_192
"""Remembered lanes that clauses leave of one family, by the values of the other families that they hang on."""


class Solution:
    """A full solution: the truth of every literal and every quantity; ``lanes`` says which value each family has."""

    def __init__(
        self, plan: Plan, truth: Bits, quantities: Mapping[int, int], lanes: tuple[int, ...] | None = None
    ) -> None:
        self.plan = plan
        self.truth = truth
        self.quantities = quantities
        self.lanes = tuple(self._lane(each) for each in plan.families) if lanes is None else lanes
        self._allowed: dict[int, int] = {}
        self._mixed: dict[int, dict[int, int]] = {}
        self._totals: list[int] | None = None

    @staticmethod
    def of(plan: Plan, model: Sequence[int], quantities: Mapping[int, int]) -> Solution:
        """The solution that a solver found: its literals in the order of atoms, and the values of quantities."""
        holds = numpy.frombuffer(array("i", model[: plan.top]), dtype=numpy.int32) > 0
        truth = numpy.zeros(2 * plan.top + 2, dtype=numpy.bool_)
        truth[plan.top + 1 : -1] = holds
        truth[: plan.top] = ~holds[::-1]
        truth[-1] = True  # where totals find what always counts
        return Solution(plan, truth, dict(quantities))

    def allowed(self, at: int) -> int:
        """The lanes of a family that fit while everything else stays."""
        found = self._allowed.get(at)
        if found is None:
            found = self._allowed[at] = self._exchanges(at, -1)
        return found

    def allowed_of(self, at: int, wanted: int) -> int:
        """Those among the wanted lanes: none of them may need only a look."""
        found = self._allowed.get(at)
        return self._exchanges(at, wanted) if found is None else found & wanted

    def holds(self, literal: int) -> bool:
        """Whether a literal holds."""
        return bool(self.truth[self.plan.top + literal])

    def with_lane(self, at: int, lane: int) -> Solution:
        """The solution with one family's value exchanged for an allowed one."""
        assert self.allowed_of(at, 1 << lane), "only what is allowed can be exchanged"
        family, lanes = self.plan.families[at], self.lanes
        truth = self.truth.copy()
        family.move(truth, self.plan.top, (lanes[at], lane))
        quantities = self.quantities
        variable = self.plan.model.variables[family.variable]
        if variable.kind is Kind.QUANTITY:
            quantities = {**quantities, family.variable: variable.minimum + lane}
        return Solution(self.plan, truth, quantities, (*lanes[:at], lane, *lanes[at + 1 :]))

    def _lane(self, family: Family) -> int:
        variable = self.plan.model.variables[family.variable]
        if variable.kind is Kind.QUANTITY:
            return self.quantities[family.variable] - variable.minimum
        if variable.kind is Kind.BOOLEAN:
            return int(self.holds(family.first))
        start = self.plan.top + family.first
        return int(self.truth[start : start + family.size].argmax())

    def _exchanges(self, at: int, wanted: int) -> int:
        family = self.plan.families[at]
        found, lanes = family.base & wanted, self.lanes
        mine = 1 << lanes[at]
        for joint in family.joints.values():
            if not found & ~mine:  # what a solution has fits it
                return found
            key = None if joint.pick is None else joint.pick(lanes)
            left = joint.known.get(key)
            found &= self._left_by(at, joint, key) if left is None else left
        for part in family.sums:
            if found & ~mine:
                found &= self._within(at, part)
        return found

    def _left_by(self, at: int, joint: Joint, key: object) -> int:
        """The lanes that clauses leave, for the values (``key``) that the families beside this one have."""
        found = self.plan.families[at].every
        for row in joint.unmet(self.truth):
            left = row.lanes
            for literal in row.mixed:
                left |= self._lanes(at, literal)
            found &= left
        if key is not None:
            if len(joint.known) >= JOINTS_MAX:
                joint.known.clear()
            joint.known[key] = found
        return found

    def _lanes(self, at: int, literal: int) -> int:
        """The lanes of a family in which any literal holds."""
        family = self.plan.families[at]
        atom = abs(literal)
        found = family.masks.get(atom)
        if found is None:
            gate = family.mixed.get(atom)
            if gate is None:
                return family.every if self.truth[self.plan.top + literal] else 0
            known = self._mixed.setdefault(at, {})
            found = known.get(atom)
            if found is None:
                lanes = self._lanes_of_gate(at, gate)
                found = known[atom] = lanes if gate.literal > 0 else family.every & ~lanes
        return found if literal > 0 else family.every & ~found

    def _lanes_of_gate(self, at: int, gate: MixedGate) -> int:
        """The lanes in which one of the inputs holds."""
        truth, top, every = self.truth, self.plan.top, self.plan.families[at].every
        for literal in gate.others:
            if truth[top + literal]:
                return every
        lanes = gate.lanes
        for literal in gate.mixed:
            lanes |= self._lanes(at, literal)
        return lanes

    def _total(self, number: int) -> int:
        if self._totals is None:
            self._totals = self.plan.totals.of(self.truth, self.quantities)
        return self._totals[number]

    def _within(self, at: int, part: SumPart) -> int:
        """The lanes that keep a sum."""
        limit, lane = self.plan.sums[part.number], self.lanes[at]
        free = 0
        if limit.when:
            binding = every = self.plan.families[at].every
            for literal in limit.when:
                binding &= self._lanes(at, literal)
            if not binding:
                return every
            free = every & ~binding
        if part.rigid:
            return 1 << lane | free
        table = self._table(at, part)
        return up_to(table, limit.bound - self._total(part.number) + table[2][lane]) | free

    def _table(self, at: int, part: SumPart) -> Thresholds:
        if part.mixed:
            return ordered(self._shares(at, part))
        key: tuple[int, ...] = tuple([self.quantities[each] for each in part.counted])
        if part.scaled:
            key = (self._scale(part), *key)
        found = part.tables.get(key)
        if found is None:
            if len(part.tables) >= TABLES_MAX:
                part.tables.clear()
            found = part.tables[key] = ordered(self._shares(at, part))
        return found

    def _scale(self, part: SumPart) -> int:
        """What one unit of the family, a quantity, adds."""
        return sum([factor for factor, literal in part.scaled if not literal or self.holds(literal)])

    def _shares(self, at: int, part: SumPart) -> list[int]:
        """What the family adds to the sum in each lane."""
        family = self.plan.families[at]
        minimum = self.plan.model.variables[family.variable].minimum
        scale = self._scale(part)
        shares = [scale * (minimum + lane) for lane in range(family.size)]
        mixed = [(factor, self._lanes(at, literal), quantity) for factor, literal, quantity in part.mixed]
        for factor, lanes, quantity in (*part.own, *mixed):
            amount = factor * (1 if quantity is None else self.quantities[quantity])
            while lanes:
                lowest = lanes & -lanes
                shares[lowest.bit_length() - 1] += amount
                lanes ^= lowest
        return shares

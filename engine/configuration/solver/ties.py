"""What ties the questions of a model together, as gauges that answers move: clauses, gates and sums.

A clause or a gate is met by the first answer that meets it, a sum grows with every answer. So whatever was answered
already counts for the rest only by where its gauges stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Never

from engine.configuration.model import Sum, Term
from engine.configuration.solver.lanes import Plan

LARGEST = 1 << 50
"""Sums that may grow beyond this are not gauged."""


class UngaugedError(Exception):
    """Something in the model hangs on more than answers to its questions, or is too entangled."""


@dataclass(frozen=True, slots=True)
class Read:
    """A gate that a gauge reads: its number, and whether it counts when it holds."""

    gate: int
    holds: bool


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Met when one of the families has one of its ``lanes``, or one of the gates reads so; ``scope`` has all of them.

    Of a gate ``atom`` is the literal that holds when it is met; a clause has none.
    """

    scope: frozenset[int]
    lanes: dict[int, int]
    reads: tuple[Read, ...]
    atom: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """What a sum grows by: in some lanes of a family, times the value of another; of a gate; or always."""

    factor: int
    family: int | None = None
    lanes: int = 0
    quantity: int | None = None
    read: Read | None = None

    @property
    def always(self) -> bool:
        """Whether it hangs on nothing."""
        return self.family is None and self.quantity is None and self.read is None


@dataclass(frozen=True, slots=True)
class Total:
    """Shares that add up to at most ``bound``, unless excused."""

    scope: frozenset[int]
    shares: tuple[Share, ...]
    bound: int
    excuse: AnyOf


class Ties:
    """All gates on several families, clauses and sums of a plan. Raises UngaugedError."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._number: dict[int, int] = {}
        self.gates: list[AnyOf] = []
        for gate in plan.gates:
            if plan.depends[abs(gate.literal)] and plan.only_family(abs(gate.literal)) is None:
                self._number[abs(gate.literal)] = len(self.gates)
                self.gates.append(self._any_of(gate.inputs, gate.literal) or _refused())
        clauses = (self._any_of(each) for each in plan.clauses)
        self.clauses = [each for each in clauses if each is not None]
        totals = (self._total(each) for each in plan.sums)
        self.totals = [each for each in totals if each is not None]
        self.shown = [self._number[atom] for atom in plan.gate_decisions if atom in self._number]
        if not all(self.scopes()) or not self._agrees():
            raise UngaugedError

    def scopes(self) -> list[frozenset[int]]:
        """The families that each clause, sum and shown gate ties together."""
        gates = (self.gates[each].scope for each in self.shown)
        return [*(each.scope for each in self.clauses), *(each.scope for each in self.totals), *gates]

    def together(self) -> frozenset[int]:
        """The families that have to stay in one part: shown gates are about several, sums multiply them."""
        gates = (self.gates[each].scope for each in self.shown)
        pairs = (
            frozenset((share.family, share.quantity))
            for total in self.totals
            for share in total.shares
            if share.family is not None and share.quantity is not None
        )
        return frozenset().union(*gates, *pairs)

    def _agrees(self) -> bool:
        """Whether gates that no question decides say what is settled about their atoms; else nothing may fit."""
        known: dict[int, bool] = {}
        for gate in self._plan.gates:
            atom = abs(gate.literal)
            if self._plan.depends[atom]:
                continue
            settled = self._plan.constant(atom)
            truths = [known.get(abs(each), self._plan.constant(abs(each))) for each in gate.inputs]
            if None not in truths:
                met = any(truth == (each > 0) for each, truth in zip(gate.inputs, truths, strict=True))
                known[atom] = met == (gate.literal > 0)
            if settled is not None and settled != known.get(atom):
                return False
        return True

    def _any_of(self, literals: Iterable[int], atom: int = 0) -> AnyOf | None:
        """A gauge over literals; None when one of them always holds."""
        plan = self._plan
        lanes: dict[int, int] = {}
        reads: list[Read] = []
        scope: frozenset[int] = frozenset()
        for literal in literals:
            scope |= plan.depends[abs(literal)]
            family = plan.only_family(abs(literal))
            if abs(literal) in self._number:
                reads.append(self._read(literal))
            elif family is not None:
                lanes[family] = lanes.get(family, 0) | plan.families[family].lanes_of(literal)
            elif self._constant(literal):
                return None
        return AnyOf(scope, lanes, tuple(reads), atom)

    def _read(self, literal: int) -> Read:
        number = self._number[abs(literal)]
        return Read(number, (literal > 0) == (self.gates[number].atom > 0))

    def _constant(self, literal: int) -> bool:
        """Whether a literal that no question decides holds."""
        found = self._plan.constant(abs(literal))
        return _refused() if found is None else found == (literal > 0)

    def _total(self, total: Sum) -> Total | None:
        """A sum as a gauge; None when something always excuses it, or when it always fits."""
        shares = [share for each in total.terms if (share := self._share(each)) is not None]
        excuse = self._any_of(-each for each in total.when)
        if excuse is None:
            return None
        most = sum(self._most(each) for each in shares)
        if abs(total.bound) + most > LARGEST:
            raise UngaugedError
        scope = excuse.scope
        for each in shares:
            scope |= {at for at in (each.family, each.quantity) if at is not None}
            scope |= frozenset() if each.read is None else self.gates[each.read.gate].scope
        return None if most <= total.bound else Total(scope, tuple(shares), total.bound, excuse)

    def _share(self, term: Term) -> Share | None:
        """A term as a share; None when it never counts."""
        plan = self._plan
        quantity = None if term.quantity is None else plan.by_variable.get(term.quantity, -1)
        if quantity == -1:
            raise UngaugedError
        if abs(term.literal) in self._number:
            return Share(term.coefficient, read=self._read(term.literal)) if quantity is None else _refused()
        family = plan.only_family(abs(term.literal))
        if family is not None:
            return Share(term.coefficient, family, plan.families[family].lanes_of(term.literal), quantity)
        if term.literal and not self._constant(term.literal):
            return None
        return Share(term.coefficient, quantity=quantity)

    def _most(self, share: Share) -> int:
        if share.quantity is None:
            return abs(share.factor)
        variable = self._plan.model.variables[self._plan.families[share.quantity].variable]
        return abs(share.factor) * max(abs(variable.minimum), abs(variable.maximum))


def _refused() -> Never:
    raise UngaugedError

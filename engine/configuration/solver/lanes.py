"""What can be exchanged in a solution: for one question, every value that keeps all rules while nothing else changes.

The values of a question are lanes, and a set of lanes is an integer with one bit each. An atom that depends on one
question only is known for all its lanes beforehand, so that a clause is looked at for hundreds of values at once.
Everything here is read off the model itself and shared by all threads.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy

from engine.configuration.model import Cardinality, Kind, Model, Sum, Term
from engine.configuration.solver.families import Family, Joint, Layer, MixedGate, Row, SumPart, Totals, flattened
from engine.configuration.solver.gates import circuit_of

LANES_MAX = 20_000
"""A quantity with more values than this is not exchanged; its range is searched."""


class Plan:
    """The families of a model and everything prepared about them."""

    def __init__(self, model: Model) -> None:
        assert not model.tables, "tables are spelt out by whoever states a model for lanes"
        self.model = model
        self.top = model.atom_count
        self.families: list[Family] = []
        circuit = circuit_of(model)
        self.gates = circuit.gates
        self._gate_of = {abs(each.literal): each for each in self.gates}
        self._owner: dict[int, int] = {}
        self._collect()
        self._settled = {
            abs(each.literals[0]): each.literals[0] > 0 for each in model.clauses if len(each.literals) == 1
        }
        self.depends = self._dependencies()
        self._loose = self._loose_atoms()
        self._fill_masks()
        self.sums: list[Sum] = list(model.sums)
        clauses = [each.literals for at, each in enumerate(model.clauses) if at not in circuit.stated_by]
        for group in model.cardinalities:
            self._spell(group, clauses)
        self.clauses = clauses
        for clause in clauses:
            self._add_clause(clause)
        for number, total in enumerate(self.sums):
            self._add_sum(number, total)
        self._flatten()
        self.totals = Totals(
            self.sums, {at: max(abs(each.minimum), each.maximum) for at, each in model.quantities()}, self.top
        )
        self.by_variable = {each.variable: at for at, each in enumerate(self.families)}
        self.gate_decisions = [
            each.first
            for each in model.variables
            if each.decision and each.kind is Kind.BOOLEAN and each.first not in self._owner
        ]

    def constant(self, atom: int) -> bool | None:
        """Whether an atom that hangs on no question holds; None when nothing settles it."""
        return self._settled.get(atom)

    def only_family(self, atom: int) -> int | None:
        """The family that alone decides an atom, by a set of its lanes."""
        depends = self.depends[atom]
        if len(depends) != 1:
            return None
        (family,) = depends
        return family if atom in self.families[family].masks else None

    def _collect(self) -> None:
        """One family for each question that nothing defines."""
        for at, each in enumerate(self.model.variables):
            if each.kind is Kind.ENUMERATION:
                self._start(at, len(each.values), each.first)
                for lane in range(len(each.values)):
                    self._own(each.first + lane, 1 << lane)
            elif each.kind is Kind.BOOLEAN and each.decision and each.first not in self._gate_of:
                self._start(at, 2, each.first)
                self._own(each.first, 2)
            elif each.kind is Kind.QUANTITY and each.maximum - each.minimum < LANES_MAX:
                family = self._start(at, each.maximum - each.minimum + 1, 0)
                for bound in self.model.bounds:
                    if bound.variable == at:
                        below = bound.at_least - each.minimum
                        self._own(bound.atom, family.every >> below << below)

    def _start(self, variable: int, size: int, first: int) -> Family:
        every = (1 << size) - 1
        enumerated = self.model.variables[variable].kind is Kind.ENUMERATION
        self.families.append(Family(variable, size, first, every, every, enumerated))
        return self.families[-1]

    def _own(self, atom: int, lanes: int) -> None:
        self.families[-1].masks[atom] = lanes
        self._owner[atom] = len(self.families) - 1

    def _dependencies(self) -> list[frozenset[int]]:
        """For each atom the families it depends on."""
        nothing: frozenset[int] = frozenset()
        found = [nothing] * (self.top + 1)
        for atom, owner in self._owner.items():
            found[atom] = frozenset((owner,))
        for gate in self.gates:
            found[abs(gate.literal)] = nothing.union(*(found[abs(each)] for each in gate.inputs))
        return found

    def _loose_atoms(self) -> set[int]:
        """The atoms that hang on something that is neither a question nor settled for good."""
        found = {atom for atom in range(1, self.top + 1) if not self.depends[atom]} - self._settled.keys()
        for gate in self.gates:
            if not found.isdisjoint(map(abs, gate.inputs)):
                found.add(abs(gate.literal))
        return found

    def _fill_masks(self) -> None:
        for gate in self.gates:
            atom = abs(gate.literal)
            for owner in self.depends[atom]:
                family = self.families[owner]
                own, others, mixed = self._parted(gate.inputs, owner)
                if others or mixed:
                    family.mixed[atom] = MixedGate(gate.literal, own, others, mixed)
                else:
                    family.masks[atom] = own if gate.literal > 0 else family.every & ~own

    def _parted(self, literals: Sequence[int], owner: int) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
        """The lanes of the family's own literals, literals of others, and gates on both."""
        family = self.families[owner]
        lanes = 0
        others: list[int] = []
        mixed: list[int] = []
        for each in literals:
            if abs(each) in family.masks:
                lanes |= family.lanes_of(each)
            else:
                (mixed if owner in self.depends[abs(each)] else others).append(each)
        return lanes, tuple(others), tuple(mixed)

    def _spell(self, group: Cardinality, clauses: list[tuple[int, ...]]) -> None:
        """A cardinality as a clause where it is one, else as sums."""
        unless = tuple(-each for each in group.when)
        count = len(group.literals)
        if group.minimum == 1:
            clauses.append((*unless, *group.literals))
        elif group.minimum > 1:
            terms = tuple(Term(-1, each) for each in group.literals)
            self.sums.append(Sum(terms, -group.minimum, group.rule, group.when))
        if group.maximum is None or group.maximum >= count:
            return
        if group.maximum == count - 1:
            clauses.append((*unless, *(-each for each in group.literals)))
        else:
            terms = tuple(Term(1, each) for each in group.literals)
            self.sums.append(Sum(terms, group.maximum, group.rule, group.when))

    def _families_of(self, literals: Sequence[int]) -> frozenset[int]:
        return frozenset().union(*(self.depends[abs(each)] for each in literals))

    def _add_clause(self, clause: tuple[int, ...]) -> None:
        for owner in self._families_of(clause):
            family = self.families[owner]
            lanes, others, mixed = self._parted(clause, owner)
            if lanes == family.every:
                continue
            if others or mixed:
                scope = self._scope((*others, *mixed), owner)
                joint = family.joints.setdefault(scope, Joint(scope))
                joint.rows.append(Row(lanes, others, mixed))
            else:
                family.base &= lanes

    def _scope(self, literals: Sequence[int], owner: int) -> tuple[int, ...]:
        """The other families that decide the literals; none where they do not do so alone."""
        if not self._loose.isdisjoint(map(abs, literals)):
            return ()
        return tuple(sorted(self._families_of(literals) - {owner}))

    def _add_sum(self, number: int, total: Sum) -> None:
        counted = {each.variable: at for at, each in enumerate(self.families)}
        literals = [each.literal for each in total.terms if each.literal] + list(total.when)
        touched = set(self._families_of(literals))
        touched |= {counted[each.quantity] for each in total.terms if each.quantity in counted}
        for owner in touched:
            family = self.families[owner]
            part = SumPart(number, when=[each for each in total.when if owner in self.depends[abs(each)]])
            for term in total.terms:
                depends = bool(term.literal) and owner in self.depends[abs(term.literal)]
                if term.quantity == family.variable:
                    part.rigid = part.rigid or depends
                    part.scaled.append((term.coefficient, term.literal))
                elif depends and abs(term.literal) in family.masks:
                    part.own.append((term.coefficient, family.lanes_of(term.literal), term.quantity))
                elif depends:
                    part.mixed.append((term.coefficient, term.literal, term.quantity))
            part.counted = [quantity for _, _, quantity in part.own if quantity is not None]
            family.sums.append(part)

    def _flatten(self) -> None:
        """Positions instead of literals, to look at all rows of a joint, and at all gates of a layer, at once."""
        for family in self.families:
            for joint in family.joints.values():
                joint.literals, joint.starts = flattened([row.others for row in joint.rows], self.top)
            own = range(family.first, family.first + family.size) if family.enumerated else ()
            family.led = numpy.array([atom for atom in family.masks if atom not in own], dtype=numpy.int64)
            family.layers = [Layer.of(each, self.top) for each in self._layered(family)]

    def _layered(self, family: Family) -> list[list[tuple[int, tuple[int, ...]]]]:
        """The gates on the family and others, each after all that are among its inputs."""
        depths: dict[int, int] = {}
        found: list[list[tuple[int, tuple[int, ...]]]] = []
        for atom, gate in family.mixed.items():
            depth = depths[atom] = 1 + max((depths[abs(each)] for each in gate.mixed), default=-1)
            if depth == len(found):
                found.append([])
            found[depth].append((gate.literal, self._gate_of[atom].inputs))
        return found

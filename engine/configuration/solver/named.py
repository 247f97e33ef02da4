"""From the values on the levels of a diagram to every fact of the model, also those that go by another name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.configuration.model import Kind, Model
from engine.configuration.solver.bits import mask
from engine.configuration.solver.facts import Vocabulary
from engine.configuration.solver.flat import Diagram
from engine.configuration.solver.witnesses import Possible


class Facts:
    """The names of a diagram, prepared for answers; immutable."""

    def __init__(self, model: Model, diagram: Diagram) -> None:
        self.truth = len(diagram.names)
        self._names = diagram.names
        self._top = model.atom_count
        words = Vocabulary(model)
        self._asked = Possible(words.decided_true, words.decided_false)
        self._levels = [model.variables[at] for at in diagram.order]
        like, unlike = _followers(diagram.names)
        self._always = Possible(mask(like.get(self.truth, ())), mask(unlike.get(self.truth, ())))
        self._yes_or_no: list[tuple[Possible, ...] | None] = []
        self._followed: list[list[tuple[int, int, int]]] = []
        for each in self._levels:
            if each.kind is Kind.BOOLEAN:
                yes, no = mask(like[each.first]), mask(unlike.get(each.first, ()))
                self._yes_or_no.append(
                    (Possible(0, 0), Possible(no, yes), Possible(yes, no), Possible(yes | no, yes | no))
                )
                self._followed.append([])
            else:
                self._yes_or_no.append(None)
                atoms = range(each.first, each.first + len(each.values))
                followed = (
                    (1 << at, mask(like[atom][1:]), mask(unlike.get(atom, ()))) for at, atom in enumerate(atoms)
                )
                self._followed.append([one for one in followed if one[1] or one[2]])

    def name(self, literal: int) -> int:
        """The literal that says this one."""
        return self._names[literal] if literal > 0 else -self._names[-literal]

    def possible(self, found: Sequence[int]) -> Possible:
        """All facts that an answer has to decide, from the possible values of every level as bits."""
        hold, fail = self._always.hold, self._always.fail
        for variable, values, yes_or_no, followed in zip(
            self._levels, found, self._yes_or_no, self._followed, strict=True
        ):
            if yes_or_no is not None:
                hold |= yes_or_no[values].hold
                fail |= yes_or_no[values].fail
                continue
            hold |= values << variable.first
            for bit, like, unlike in followed:
                if values & bit:
                    hold |= like
                    fail |= unlike
                if values & ~bit:
                    hold |= unlike
                    fail |= like
        return Possible(hold & self._asked.hold, fail & self._asked.fail)

    def named(self, costs: Mapping[int, int]) -> tuple[dict[int, int], int]:
        """The same costs on names, and what is always to be paid."""
        found: dict[int, int] = {}
        for literal, cost in costs.items():
            name = self.name(literal)
            found[name] = found.get(name, 0) + cost
        always = found.pop(self.truth, 0)
        found.pop(-self.truth, None)
        return found, always

    def solution(self, chosen: Sequence[int]) -> list[int]:
        """Every atom as a literal, from one value of every level as a bit."""
        holds = {self.truth}
        for variable, bit in zip(self._levels, chosen, strict=True):
            if variable.kind is Kind.ENUMERATION:
                holds.add(variable.first + bit.bit_length() - 1)
            elif bit == 2:
                holds.add(variable.first)
        return [
            atom if (abs(name) in holds) == (name > 0) else -atom
            for atom, name in enumerate(self._names[1 : self._top + 1], 1)
        ]


def _followers(names: Sequence[int]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """For each name the atoms that say the same, itself first, and those that say the opposite."""
    like: dict[int, list[int]] = {}
    unlike: dict[int, list[int]] = {}
    for atom, name in enumerate(names):
        if name == atom:
            like.setdefault(atom, []).insert(0, atom)
        elif atom:
            (like if name > 0 else unlike).setdefault(abs(name), []).append(atom)
    return like, unlike

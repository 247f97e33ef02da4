"""A model with more facts than another one: what some question needs beside what the rules say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from engine.configuration.answers import Choice, Relation
from engine.configuration.model import Bound, Cardinality, Clause, Kind, Model, Variable


class Wider:
    """A model in the making that has all of another one."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._atoms = model.atom_count
        self._facts: list[Variable] = []
        self._bounds = {(each.variable, each.at_least): each for each in model.bounds}
        self.clauses: list[Clause] = []

    def fact(self) -> Variable:
        """A new yes-or-no fact, under a name that the model does not have."""
        self._atoms += 1
        name = f"fact {len(self._facts)}"
        while name in self._model.index:
            name += "'"
        self._facts.append(Variable(name, Kind.BOOLEAN, self._atoms, (False, True)))
        return self._facts[-1]

    def ask(self, choice: Choice, when: int) -> None:
        """The choice holds whenever the fact does; one that nothing can be takes the fact away."""
        index = self._model.index[choice.variable]
        variable = self._model.variables[index]
        if variable.kind is Kind.QUANTITY:
            low, high = _interval(variable, choice)
            if low > high:
                self.clauses.append(Clause((-when,)))
                return
            if low > variable.minimum:
                self.clauses.append(Clause((-when, self._at_least(index, low))))
            if high < variable.maximum:
                self.clauses.append(Clause((-when, -self._at_least(index, high + 1))))
            return
        if variable.kind is Kind.BOOLEAN:
            literal = variable.first if choice.value else -variable.first
        else:
            literal = variable.first + variable.values.index(choice.value)
        self.clauses.append(Clause((-when, -literal if choice.relation is Relation.IS_NOT else literal)))

    def _at_least(self, index: int, bound: int) -> int:
        if (index, bound) not in self._bounds:
            self._atoms += 1
            self._bounds[index, bound] = Bound(self._atoms, index, bound)
        return self._bounds[index, bound].atom

    def built(self, rivals: Sequence[Cardinality]) -> Model:
        """The wider model, with these limits between facts."""
        variables = (*self._model.variables, *self._facts)
        return replace(
            self._model,
            variables=variables,
            clauses=(*self._model.clauses, *self.clauses),
            cardinalities=(*self._model.cardinalities, *rivals),
            bounds=tuple(self._bounds.values()),
            atom_count=self._atoms,
            index=MappingProxyType({each.name: at for at, each in enumerate(variables)}),
        )


def _interval(variable: Variable, choice: Choice) -> tuple[int, int]:
    """The quantities that the choice leaves; empty for one that lies outside."""
    value = int(choice.value)
    low = value if choice.relation in (Relation.IS, Relation.AT_LEAST) else variable.minimum
    high = value if choice.relation in (Relation.IS, Relation.AT_MOST) else variable.maximum
    return (max(low, variable.minimum), min(high, variable.maximum))

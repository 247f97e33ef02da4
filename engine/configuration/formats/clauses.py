"""A model as clauses over named facts, for formats that know no more than that."""

from __future__ import annotations

from collections.abc import Iterator

from engine.configuration.model import Kind, Model
from engine.configuration.solver.cnf import encode


class Clausal:
    """Clauses over facts ``1..top`` with a name each; parts that only help to say a rule are named ``part N``.

    ``grouped`` leaves out that an enumeration has one value and that bounds of a quantity follow each other: the
    format says so itself. ``spare`` are parts that only said that: nothing would settle them.
    """

    def __init__(self, model: Model, *, grouped: bool) -> None:
        cnf = encode(model, functional=True)
        said = encode(_structure(model), functional=True) if grouped else None
        skip = len(said.clauses) if said is not None else 0
        spelt = len(model.spelt)
        self.clauses = cnf.clauses[skip : len(cnf.clauses) - spelt] if spelt else cnf.clauses[skip:]
        self.top = cnf.top
        mentioned = {abs(literal) for clause in self.clauses for literal in clause}
        self.spare = frozenset(range(model.atom_count + 1, cnf.top + 1)) - mentioned if grouped else frozenset()
        self.names = _unique([f"part {atom}" for atom in range(1, cnf.top + 1)], dict(_named(model)))


def _structure(model: Model) -> Model:
    """Only the variables: their clauses come first in any encoding."""
    return Model(model.name, model.variables, bounds=model.bounds, atom_count=model.atom_count, index=model.index)


def _named(model: Model) -> Iterator[tuple[int, str]]:
    for variable in model.variables:
        if variable.kind is Kind.BOOLEAN:
            yield variable.first, variable.name
        for at, value in enumerate(variable.values if variable.kind is Kind.ENUMERATION else ()):
            yield variable.first + at, f"{variable.name}={value}"
    for bound in model.bounds:
        yield bound.atom, f"{model.variables[bound.variable].name} >= {bound.at_least}"


def _unique(names: list[str], known: dict[int, str]) -> list[str]:
    taken: set[str] = set()
    for at, otherwise in enumerate(names):
        name = known.get(at + 1, otherwise)
        while name in taken:
            name += "'"
        taken.add(name)
        names[at] = name
    return names

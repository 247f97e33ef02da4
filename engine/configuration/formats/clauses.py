"""A model as clauses over named facts, for formats that know no more than that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from engine.configuration.model import Kind, Model
from engine.configuration.solver.cnf import encode

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Clausal:
    """Clauses over facts ``1..top`` with a name each; parts that only help to say a rule are named ``part N``.

    ``helpers`` are the facts that no variable of the model decides on: such parts, bounds of quantities, and what the
    model itself calls a helper. Names take one line and are all different; a format may ask for more of them (``fit``).
    ``grouped`` leaves out that an enumeration has one value and that bounds of a quantity follow each other: the
    format says so itself. ``spare`` are parts that only said that: nothing would settle them.
    """

    def __init__(self, model: Model, *, grouped: bool, fit: Callable[[str], str] = str) -> None:
        cnf = encode(model, functional=True)
        said = encode(_structure(model), functional=True) if grouped else None
        skip = len(said.clauses) if said is not None else 0
        spelt = len(model.spelt)
        self.clauses = cnf.clauses[skip : len(cnf.clauses) - spelt] if spelt else cnf.clauses[skip:]
        self.top = cnf.top
        mentioned = {abs(literal) for clause in self.clauses for literal in clause}
        self.spare = frozenset(range(model.atom_count + 1, cnf.top + 1)) - mentioned if grouped else frozenset()
        decided = {variable.first for variable in model.variables if variable.decision} - {0}
        decided |= {
            variable.first + at
            for variable in model.variables
            if variable.decision
            for at in range(len(variable.values))
            if variable.kind is Kind.ENUMERATION
        }
        self.helpers = frozenset(range(1, cnf.top + 1)) - decided
        self.names = _unique([f"part {atom}" for atom in range(1, cnf.top + 1)], dict(_named(model)), fit)


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


def different(name: str, taken: set[str]) -> str:
    """The name, or one like it that is not taken yet; it is taken then."""
    while name in taken:
        name += "'"
    taken.add(name)
    return name


def one_line(name: str) -> str:
    """The name as a line can hold it: control characters and line ends as blanks, none at its ends, never empty."""
    return _BREAKS.sub(" ", name).strip() or "(empty)"


def _unique(names: list[str], known: dict[int, str], fit: Callable[[str], str]) -> list[str]:
    """Names that are known first, so that they stay as they are."""
    taken: set[str] = set()
    found = {atom: different(fit(one_line(name)), taken) for atom, name in known.items()}
    return [found.get(at) or different(otherwise, taken) for at, otherwise in enumerate(names, 1)]

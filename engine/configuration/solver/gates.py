"""Atoms that follow from others: a literal that holds exactly when one of its inputs does is a gate.

Translators state gates as clauses. Found again there, they say which atoms move along when a value is exchanged.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.configuration.model import STRUCTURE, Kind, Model


@dataclass(frozen=True, slots=True)
class Gate:
    """The literal holds exactly when one of the inputs does; inputs are atoms of smaller number."""

    literal: int
    inputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Circuit:
    """The gates of a model, inputs before outputs, and the numbers of the clauses that only say what they are."""

    gates: tuple[Gate, ...]
    stated_by: frozenset[int]


def circuit_of(model: Model) -> Circuit:
    """Find the gates among the boolean variables of a model."""
    booleans = {each.first for each in model.variables if each.kind is Kind.BOOLEAN}
    pairs: dict[frozenset[int], int] = {}
    for at, clause in enumerate(model.clauses):
        if len(clause.literals) == 2 and clause.rule == STRUCTURE:
            pairs.setdefault(frozenset(clause.literals), at)
    found: dict[int, Gate] = {}
    stated: set[int] = set()
    for at, clause in enumerate(model.clauses):
        if clause.rule != STRUCTURE or len(clause.literals) < 2:
            continue
        last = max(clause.literals, key=abs)
        if abs(last) not in booleans or abs(last) in found:
            continue
        inputs = tuple(each for each in clause.literals if each != last)
        sides = [pairs.get(frozenset((-last, -each))) for each in inputs]
        if None not in sides:
            found[abs(last)] = Gate(-last, inputs)
            stated.add(at)
            stated.update(each for each in sides if each is not None)
    return Circuit(tuple(found[atom] for atom in sorted(found)), frozenset(stated))

"""A recorded problem as JSON that any engine can read: variables, clauses, tables, and the literals of every click."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from benchmarks.clicks.sessions import Session
from engine.configuration import Kind, Model
from engine.configuration.solver.cnf import encode
from engine.configuration.solver.facts import Vocabulary


def asked(model: Model) -> list[int]:
    """Every literal that a full answer decides: each value of an enumeration, both signs of a boolean."""
    found: list[int] = []
    for each in model.variables:
        if each.decision and each.kind is Kind.BOOLEAN:
            found += [each.first, -each.first]
        elif each.decision:
            found += range(each.first, each.first + len(each.values))
    return found


def clicks(model: Model, sessions: Sequence[Session]) -> list[list[int]]:
    """The assumed literals of every click of every session."""
    vocabulary = Vocabulary(model)
    return [
        [vocabulary.literal(model.variables[model.index[each.variable]], each.value) for each in session[: at + 1]]
        for session in sessions
        for at in range(len(session))
    ]


def as_json(model: Model, sessions: Sequence[Session], more: Mapping[str, object] | None = None) -> str:
    """``variables`` by index: first atom (negative for a boolean) and number of values; tables by variable index.

    ``clauses`` say everything with auxiliary atoms; ``native`` are only those that are not tables or groups.
    """
    assert not model.sums and not model.cardinalities, "these models are clauses and tables"
    cnf = encode(model)
    body = {
        "atoms": model.atom_count,
        "top": cnf.top,
        "asked": asked(model),
        "variables": {
            str(at): (-each.first if each.kind is Kind.BOOLEAN else each.first, len(each.values))
            for at, each in enumerate(model.variables)
        },
        "clauses": cnf.clauses,
        "native": [each.literals for each in model.clauses],
        "tables": [(each.variables, each.rows, each.allowed) for each in model.tables],
        "clicks": clicks(model, sessions),
        **(more or {}),
    }
    return json.dumps(body)

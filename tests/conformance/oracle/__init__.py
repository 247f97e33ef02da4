"""OR-tools CP-SAT as a second opinion on models with sums, quantities and nested parts.

OR-tools pins its own protobuf, so it lives in an environment of its own, `.oracle`, made by
``python -m tests.conformance.oracle`` (or ``make oracle``) and run as a child process. Without it the tests skip;
with ``oracle`` in ``CPQ_STRICT`` they fail.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

from engine.configuration import Kind, Model, Term
from tests.conformance.shared_data import missing

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = ROOT / ".oracle"
REQUIREMENT = "ortools>=9.12"
SCRIPT = Path(__file__).with_name("cp_sat.py")
PATIENCE = 280


def interpreter() -> Path:
    """The Python of the environment; skips the test that asks when there is none."""
    found = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / ".ready").exists():
        missing("oracle", "no OR-tools environment: make it with `make oracle`")
    return found


def install() -> None:
    """Make the environment."""
    if (ENVIRONMENT / ".ready").exists():
        return
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    command = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet", REQUIREMENT]
    subprocess.run(command, check=True)
    (ENVIRONMENT / ".ready").touch()


def ask(model: Model, questions: list[dict[str, Any]]) -> list[Any]:
    """Answers to questions: ``fixed`` literals, ``between`` bounds of quantities, and ``least`` terms or none.

    Without terms the answer is None (contradictory) or ``hold``, ``fail`` (decision atoms that can) and ``ranges``.
    """
    body = json.dumps({"model": plain(model), "questions": questions})
    done = subprocess.run(
        [str(interpreter()), str(SCRIPT)], input=body, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers


def plain(model: Model) -> dict[str, Any]:
    """The model as the oracle reads it: numbers only."""
    quantities = {at for at, _ in model.quantities()}
    return {
        "atoms": model.atom_count,
        "groups": [
            list(range(each.first, each.first + len(each.values)))
            for each in model.variables
            if each.kind is Kind.ENUMERATION
        ],
        "quantities": {at: [each.minimum, each.maximum] for at, each in model.quantities()},
        "bounds": [[each.atom, each.variable, each.at_least] for each in model.bounds],
        "clauses": [list(each.literals) for each in model.clauses],
        "cardinalities": [
            [list(each.literals), each.minimum, each.maximum, list(each.when)] for each in model.cardinalities
        ],
        "tables": [
            [[cells(model, v) for v in each.variables], [list(row) for row in each.rows], each.allowed]
            for each in model.tables
        ],
        "sums": [[terms(each.terms), each.bound, list(each.when)] for each in model.sums],
        "asked": [
            atom
            for each in model.variables
            if each.decision and each.kind is not Kind.QUANTITY
            for atom in range(each.first, each.first + (len(each.values) if each.kind is Kind.ENUMERATION else 1))
        ],
        "asked_quantities": [at for at in quantities if model.variables[at].decision],
    }


def cells(model: Model, index: int) -> list[int]:
    """The literal of each value of a variable, in order."""
    variable = model.variables[index]
    if variable.kind is Kind.BOOLEAN:
        return [-variable.first, variable.first]
    return [variable.first + at for at in range(len(variable.values))]


def terms(some: tuple[Term, ...]) -> list[list[int | None]]:
    """Terms as triples."""
    return [[each.coefficient, each.literal, each.quantity] for each in some]


def say(text: str) -> None:
    """A line for the one who makes the environment."""
    sys.stdout.write(text + "\n")

"""Writing a model in another format: our own YAML says everything, UVL nearly all, DIMACS what clauses can say."""

from __future__ import annotations

from collections.abc import Callable

from engine.configuration.formats.clauses import Clausal
from engine.configuration.formats.dimacs import HELPERS
from engine.configuration.formats.uvl_writer import write_uvl
from engine.configuration.formats.yaml_writer import write_yaml
from engine.configuration.model import Kind, Model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

UNWRITABLE = Code("MDL002")
UNKNOWN_FORMAT = Code("MDL003")


def write_dimacs(model: Model) -> bytes:
    """One fact a value of an enumeration (``name=value``); quantities and sums cannot be written and are named.

    A comment names the facts that only help, so that reading the file makes no features of them.
    """
    quantity = next((each for each in model.variables if each.kind is Kind.QUANTITY), None)
    if quantity is not None:
        raise _unwritable(model, f"quantity `{quantity.name}` cannot be written as DIMACS")
    if model.sums:
        raise _unwritable(model, "sums cannot be written as DIMACS")
    stated = Clausal(model, grouped=False)
    lines = [f"c {atom} {name}" for atom, name in enumerate(stated.names, start=1)]
    if stated.helpers:
        lines.append(" ".join((HELPERS, *map(str, sorted(stated.helpers)))))
    lines.append(f"p cnf {stated.top} {len(stated.clauses)}")
    lines += [" ".join(map(str, (*clause, 0))) for clause in stated.clauses]
    return ("\n".join(lines) + "\n").encode()


WRITERS: tuple[tuple[str, Callable[[Model], bytes]], ...] = (
    (".dimacs", write_dimacs),
    (".cnf", write_dimacs),
    (".uvl", write_uvl),
    (".yaml", write_yaml),
    (".yml", write_yaml),
)


def write_model(model: Model, path: str) -> bytes:
    """The bytes of the model in the format that the path's ending names.

    Raises ``DiagnosticError`` for what the format cannot say, and for an unknown ending.
    """
    for ending, writer in WRITERS:
        if path.endswith(ending):
            return writer(model)
    known = ", ".join(ending for ending, _ in WRITERS)
    raise DiagnosticError(Diagnostic(UNKNOWN_FORMAT, "unknown target format", Span(path), f"known endings: {known}"))


def _unwritable(model: Model, message: str) -> DiagnosticError:
    hint = "our own YAML says everything; write to a name that ends in .yaml"
    return DiagnosticError(Diagnostic(UNWRITABLE, message, Span(model.name), hint))

"""Writing a model in another tool's format: everything as clauses over named yes-or-no facts."""

from __future__ import annotations

from collections.abc import Iterator

from engine.configuration.model import Kind, Model
from engine.configuration.solver.cnf import Cnf, encode
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

UNWRITABLE = Code("MDL002")
UNKNOWN_FORMAT = Code("MDL003")


def write_model(model: Model, path: str) -> bytes:
    """The bytes of the model in the format that the path's ending names.

    Enumerations become one fact a value (``name=value``), tables and counts become clauses with parts named ``part N``.
    Raises ``DiagnosticError`` for sums and quantities, which these formats cannot say, and for an unknown ending.
    """
    if path.endswith((".dimacs", ".cnf")):
        return _dimacs(*_clauses(model))
    if path.endswith(".uvl"):
        return _uvl(model, *_clauses(model))
    raise DiagnosticError(
        Diagnostic(UNKNOWN_FORMAT, "unknown target format", Span(path), "known endings: .dimacs, .cnf, .uvl")
    )


def _clauses(model: Model) -> tuple[Cnf, list[str]]:
    """All clauses, and the name of every atom in order."""
    for variable in model.variables:
        if variable.kind is Kind.QUANTITY:
            raise _unwritable(model, f"quantity `{variable.name}` cannot be written in this format")
    if model.sums:
        raise _unwritable(model, "sums cannot be written in this format")
    cnf = encode(model, functional=True)
    names = [f"part {atom}" for atom in range(1, cnf.top + 1)]
    for atom, name in _named(model):
        names[atom - 1] = name
    return cnf, names


def _named(model: Model) -> Iterator[tuple[int, str]]:
    for variable in model.variables:
        if variable.kind is Kind.BOOLEAN:
            yield variable.first, variable.name
        for at, value in enumerate(variable.values if variable.kind is Kind.ENUMERATION else ()):
            yield variable.first + at, f"{variable.name}={value}"


def _dimacs(cnf: Cnf, names: list[str]) -> bytes:
    lines = [f"c {atom} {name}" for atom, name in enumerate(names, start=1)]
    lines.append(f"p cnf {cnf.top} {len(cnf.clauses)}")
    lines += [" ".join(map(str, (*clause, 0))) for clause in cnf.clauses]
    return ("\n".join(lines) + "\n").encode()


def _uvl(model: Model, cnf: Cnf, names: list[str]) -> bytes:
    """A root with every fact as an optional child, and one constraint a clause."""
    root = _quoted(f"model {model.name}")
    lines = ["features", f"\t{root}", "\t\toptional", *(f"\t\t\t{_quoted(name)}" for name in names), "constraints"]
    for clause in cnf.clauses:
        words = [("" if each > 0 else "!") + _quoted(names[abs(each) - 1]) for each in clause]
        lines.append("\t" + (" | ".join(words) if words else f"!{root}"))
    return ("\n".join(lines) + "\n").encode()


def _quoted(name: str) -> str:
    plain = name.replace('"', "'").replace(".", "_")
    return f'"{plain}"'


def _unwritable(model: Model, message: str) -> DiagnosticError:
    return DiagnosticError(Diagnostic(UNWRITABLE, message, Span(model.name)))

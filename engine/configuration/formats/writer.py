"""Writing a model in another tool's format."""

from __future__ import annotations

from engine.configuration.formats.dimacs import write_dimacs
from engine.configuration.model import Model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span


def write_model(model: Model, path: str) -> bytes:
    """The bytes of the model in the format that the path's ending names; raises ``DiagnosticError`` otherwise."""
    if path.endswith((".dimacs", ".cnf")):
        return write_dimacs(model)
    raise DiagnosticError(
        Diagnostic(Code("MDL003"), "unknown target format", Span(path), "known endings: .dimacs, .cnf")
    )

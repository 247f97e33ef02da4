"""Any known format by the ending of its name."""

from __future__ import annotations

from collections.abc import Callable

from engine.configuration.formats.dimacs import read_dimacs
from engine.configuration.model import Model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

Reader = Callable[[bytes, str], Model]

READERS: tuple[tuple[str, Reader], ...] = (
    (".dimacs", read_dimacs),
    (".cnf", read_dimacs),
)


def read_model(data: bytes, path: str) -> Model:
    """The model in unpacked bytes; the path names it and its ending says the format.

    Raises ``DiagnosticError`` for an unknown ending and for anything in the file that is malformed or unknown.
    """
    for ending, reader in READERS:
        if path.endswith(ending):
            return reader(data, path)
    known = ", ".join(ending for ending, _ in READERS)
    raise DiagnosticError(Diagnostic(Code("MDL003"), "unknown model format", Span(path), f"known endings: {known}"))

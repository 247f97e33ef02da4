"""Any known format by the ending of its name."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.configuration.formats.coom import read_coom
from engine.configuration.formats.dimacs import read_dimacs
from engine.configuration.formats.featureide import read_featureide
from engine.configuration.formats.megane import read_megane
from engine.configuration.formats.sxfm import read_sxfm
from engine.configuration.formats.uvl import read_uvl
from engine.configuration.formats.xcsp import read_xcsp
from engine.configuration.formats.yaml_reader import read_yaml
from engine.configuration.model import Model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

Reader = Callable[[bytes, str], Model]

READERS: tuple[tuple[str, Reader], ...] = (
    (".dimacs", read_dimacs),
    (".cnf", read_dimacs),
    (".splot.xml", read_sxfm),
    (".sxfm", read_sxfm),
    (".xcsp.xml", read_xcsp),
    (".featureide.xml", read_featureide),
    (".uvl", read_uvl),
    (".tar.xz", read_megane),
    (".coom", read_coom),
    (".yaml", read_yaml),
    (".yml", read_yaml),
)

_TOO_LONG = re.compile(rb"(?<![0-9])[0-9]{4001}")
"""A number that nothing is counted in; Python makes none of more than 4300 digits."""


def read_model(data: bytes, path: str) -> Model:
    """The model in unpacked bytes; the path names it and its ending says the format.

    Raises ``DiagnosticError`` for an unknown ending and for anything in the file that is malformed or unknown.
    """
    for ending, reader in READERS:
        if path.endswith(ending):
            _refuse_long_numbers(data, path)
            return reader(data, path)
    known = ", ".join(ending for ending, _ in READERS)
    raise DiagnosticError(Diagnostic(Code("MDL003"), "unknown model format", Span(path), f"known endings: {known}"))


def _refuse_long_numbers(data: bytes, path: str) -> None:
    found = _TOO_LONG.search(data)
    if found is not None:
        before = data[: found.start()]
        place = Span(path, before.count(b"\n") + 1, found.start() - before.rfind(b"\n"))
        raise DiagnosticError(Diagnostic(Code("MDL005"), "a number has more than 4000 digits", place, "correct it"))

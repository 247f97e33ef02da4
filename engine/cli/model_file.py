"""Reading a model file of any known format, packed or not."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

from engine.configuration import Model
from engine.configuration.formats.reader import read_model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span

UNPACKED_MAX = 256 * 2**20


def load(path: Path) -> Model:
    """Read a model file; ``.gz`` is unpacked, other archives are the reader's business."""
    data = path.read_bytes()
    name = str(path)
    if path.suffix == ".gz":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data, name = packed.read(UNPACKED_MAX + 1), name.removesuffix(".gz")
        except (gzip.BadGzipFile, EOFError, zlib.error) as broken:
            message = "the file is no gzip file, or was cut off"
            raise DiagnosticError(Diagnostic(Code("MDL004"), message, Span(name))) from broken
    if len(data) > UNPACKED_MAX:
        message = f"the file is larger than {UNPACKED_MAX} bytes"
        raise DiagnosticError(Diagnostic(Code("MDL004"), message, Span(str(path))))
    return read_model(data, name)

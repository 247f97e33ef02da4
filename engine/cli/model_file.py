"""Reading a model file of any known format, packed or not."""

from __future__ import annotations

import gzip
from pathlib import Path

from engine.configuration import Model
from engine.configuration.formats.reader import read_model


def load(path: Path) -> Model:
    """Read a model file; ``.gz`` is unpacked, other archives are the reader's business."""
    data = path.read_bytes()
    name = str(path)
    if path.suffix == ".gz":
        data, name = gzip.decompress(data), name.removesuffix(".gz")
    return read_model(data, name)

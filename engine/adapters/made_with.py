"""What kept artefacts were made with: the engine's own sources, the libraries installed beside it, and Python."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

import engine

INSTALLED = (".dist-info", ".egg-info")
"""The endings of folders that installers name after a library and its version."""


def made_with(packages: frozenset[str]) -> str:
    """One name for the sources of packages of the engine, every library that they may call, and the Python they run in.

    Sources, because a version number would miss an edit; all libraries, because which others a library calls is its own
    affair.
    """
    everything = (sys.version, sys.byteorder, sources_digest(packages), *libraries(tuple(sys.path)))
    return hashlib.sha256("\n".join(everything).encode()).hexdigest()


@cache
def sources_digest(packages: frozenset[str]) -> str:
    """SHA-256 of the source text of packages of the engine."""
    assert engine.__file__ is not None, "the engine is a package of files"
    root = Path(engine.__file__).parent
    digest = hashlib.sha256()
    for package in sorted(packages):
        for path in sorted((root / package).rglob("*.py")):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}:{len(content)}:".encode())
            digest.update(content)
    return digest.hexdigest()


@cache
def libraries(folders: tuple[str, ...]) -> tuple[str, ...]:
    """The libraries installed in folders, each with its version; by folder names, since reading metadata takes long."""
    places = (Path(each) for each in folders)
    names = (each.name for place in places if place.is_dir() for each in place.iterdir())
    return tuple(sorted({name for name in names if name.endswith(INSTALLED)}))

"""Where the shared conformance data is: cases, models, the FEEL test kit and the parts catalog.

Each folder is taken from its environment variable (``CPQ_CASES``, ``CPQ_MODELS``, ``CPQ_TCK``, ``CPQ_DATA``), else
from ``../shared`` beside the checkout. Tests are made from the files found there, so other data of the same form runs
through the same tests. A missing folder skips with a message; with ``shared`` in ``CPQ_STRICT`` it fails.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"


def tck_dir() -> Path:
    """The FEEL and DMN test kit."""
    return _folder("CPQ_TCK", "tck")


def models_dir() -> Path:
    """Feature models with their truth files."""
    return _folder("CPQ_MODELS", "models")


def cases_dir() -> Path:
    """Pricing, billing and revenue cases."""
    return _folder("CPQ_CASES", "cases")


def data_dir() -> Path:
    """Catalog data."""
    return _folder("CPQ_DATA", "data")


def cases(pattern: str, *, kinds: Collection[str] | None = None) -> list[dict[str, Any]]:
    """Every case of the files that match, in order of file and place; of some kinds only when these are given."""
    found = []
    for path in sorted(cases_dir().glob(pattern)):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            if kinds is None or case["kind"] in kinds:
                found.append(case)
    return found


def parameters(pattern: str, *, kinds: Collection[str] | None = None) -> list[Any]:
    """The same as parameters of a test, named by the id of the case."""
    return [pytest.param(case, id=case["id"]) for case in cases(pattern, kinds=kinds)]


def missing(part: str, message: str) -> None:
    """Say that a part is missing: a failure when ``CPQ_STRICT`` names it, else a skip with the message."""
    if part in os.environ.get("CPQ_STRICT", "").split(","):
        pytest.fail(f"{message} (CPQ_STRICT={os.environ['CPQ_STRICT']})", pytrace=False)
    pytest.skip(message, allow_module_level=True)


def _folder(variable: str, name: str) -> Path:
    folder = Path(os.environ.get(variable, "") or SHARED / name)
    if not folder.is_dir():
        missing("shared", f"no folder {name}: set {variable}, or put it in a folder named shared beside the checkout")
    return folder

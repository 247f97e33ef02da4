"""What the verbs on rule files print, and the sources whose lines it shows."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping


def say(text: str) -> None:
    """A line for people, without the width of a terminal: places and carets are not folded."""
    sys.stdout.write(text + "\n")


def say_json(value: object) -> None:
    """One JSON value for machines."""
    say(json.dumps(value, indent=2, ensure_ascii=False))


def sources_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """The files whose lines can be shown."""
    return {path: _text(each) for path, each in files.items() if not path.lower().endswith(".xlsx")}


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace").removeprefix("\ufeff")

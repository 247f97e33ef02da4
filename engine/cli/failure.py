"""What a verb says when it cannot do its work: a text for people, one JSON value for machines, and an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

CLEAN, FINDINGS, MISUSE = 0, 1, 2
"""The exit codes of the command: all is well, something was found or refused, it was called wrongly."""


class VerbFailed(Exception):
    """A verb ends here; ``facts`` are what machines read beside the message."""

    def __init__(self, message: str, *, code: int = MISUSE, facts: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.facts = facts or {}


def tell(failure: VerbFailed, *, machine: bool) -> int:
    """Say it, on standard output as ``{"error": …}`` where the answer would be JSON; return the exit code."""
    if machine:
        print(json.dumps({"error": {"message": failure.message, **failure.facts}}, indent=1, ensure_ascii=False))
    else:
        print(f"cpq: {failure.message}", file=sys.stderr)
    return failure.code

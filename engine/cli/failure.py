"""What a verb says when it cannot do its work: a text for people, one JSON value for machines, and an exit code."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Mapping, Sequence

from engine.diagnostics import Code, Diagnostic, as_json, one_line

CLEAN, FINDINGS, MISUSE = 0, 1, 2
"""The exit codes of the command: all is well, something was found or refused, it was called wrongly."""
MISUSED = Code("CLI005")
NO_FILE = Code("CLI006")
CANNOT_START = Code("CLI007")
NOT_DONE = Code("CLI008")

_HINTS = {
    errno.ENOENT: "check the name; it is looked for from the folder in which the command runs",
    errno.EISDIR: "name a file, not a folder",
    errno.ENOTDIR: "a file stands where a folder is expected",
    errno.EEXIST: "a file stands where a folder is expected",
    errno.EACCES: "ask for the right to use it, or choose another place",
    errno.EPERM: "ask for the right to use it, or choose another place",
    errno.EROFS: "nothing can be written there; choose another place",
    errno.ENOSPC: "the disk is full; make room, then run it again",
    errno.EDQUOT: "your part of the disk is full; make room, then run it again",
    errno.EFBIG: "the disk takes no file of this size; choose another place",
}
"""What to do about what the system says of a file."""


class VerbFailed(Exception):
    """A verb ends here; ``facts`` are what machines read beside message, code and hint."""

    teller = "cpq"

    def __init__(
        self,
        message: str,
        *,
        exit_code: int = MISUSE,
        code: Code | None = None,
        hint: str = "",
        facts: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code
        self.code = code or (MISUSED if exit_code == MISUSE else NOT_DONE)
        self.hint = hint
        self.facts = facts or {}

    def for_people(self) -> str:
        """What people read, in as few lines as can be."""
        return f"{self.teller}: {self.message}" + (f"; {self.hint}" if self.hint else "")


class Misused(VerbFailed):
    """The words of the command cannot be understood; ``teller`` is the verb that says so."""

    def __init__(self, message: str, *, teller: str = "cpq", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.teller = teller


class Faulty(VerbFailed):
    """Files are wrong: people read each finding in a line of its own, with its place first."""

    def __init__(self, found: Sequence[Diagnostic]) -> None:
        first = found[0]
        told = {"findings": as_json(found)}
        super().__init__(first.message, exit_code=FINDINGS, code=first.code, hint=first.hint, facts=told)
        self._found = found

    def for_people(self) -> str:
        """The findings alone."""
        return "\n".join(one_line(each) for each in self._found)


def no_file(problem: OSError) -> VerbFailed:
    """What the system says of a file or folder, with its path and what to do."""
    said = (problem.strerror or str(problem)).lower()
    where = f"{problem.filename}: " if problem.filename else ""
    return VerbFailed(f"{where}{said}", code=NO_FILE, hint=_HINTS.get(problem.errno or 0, ""))


def tell(failure: VerbFailed, *, machine: bool) -> int:
    """Say it, on standard output as ``{"error": …}`` where the answer would be JSON; return the exit code."""
    if machine:
        hint = {"hint": failure.hint} if failure.hint else {}
        error = {"message": failure.message, "code": failure.code, **hint, **failure.facts}
        print(json.dumps({"error": error}, indent=1, ensure_ascii=False))
    else:
        print(failure.for_people(), file=sys.stderr)
    return failure.exit_code

"""What a business decision returns: a new value with its events, or a refusal with every fault found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from engine.diagnostics.finding import Code

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason to refuse: stable code, path of the field at fault (``lines[2].quantity``), message, hint."""

    code: Code
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.field}: " if self.field else ""
        tail = f"; {self.hint}" if self.hint else ""
        return f"{self.code}: {place}{self.message}{tail}"


class FaultError(ValueError):
    """A value that cannot be, raised where its place is not known; ``fault`` gives it a place in the request."""

    def __init__(self, code: Code, message: str, hint: str = "") -> None:
        super().__init__(f"{code}: {message}" + (f"; {hint}" if hint else ""))
        self.code = code
        self.message = message
        self.hint = hint

    def fault(self, field: str) -> Fault:
        """Return the same finding as a fault at the path ``field``."""
        return Fault(self.code, field, self.message, self.hint)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Business says no: an ordinary return value that holds every fault of the request, never just the first."""

    faults: tuple[Fault, ...]

    def __post_init__(self) -> None:
        assert self.faults, "a refusal names at least one fault"

    def __str__(self) -> str:
        return "; ".join(str(each) for each in self.faults)


@dataclass(frozen=True, slots=True)
class Decision(Generic[T]):
    """Business says yes: the new value and the events that say what happened, in order."""

    value: T
    events: tuple[object, ...] = ()

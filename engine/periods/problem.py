"""What is wrong with a period, as an exception that turns into a fault."""

from __future__ import annotations

from engine.diagnostics import Code, Fault

BACKWARDS = Code("PER001")
BAD_RECURRENCE = Code("PER002")
BAD_ANCHOR = Code("PER003")
TOO_FAR = Code("PER004")


class PeriodError(ValueError):
    """A period, recurrence or anchor that cannot be; ``fault`` gives it a place in the request."""

    def __init__(self, code: Code, message: str, hint: str = "") -> None:
        super().__init__(f"{code}: {message}" + (f"; {hint}" if hint else ""))
        self.code = code
        self.message = message
        self.hint = hint

    def fault(self, field: str) -> Fault:
        """Return the same finding as a fault at the path ``field``."""
        return Fault(self.code, field, self.message, self.hint)

"""What is wrong with a period, as an exception that turns into a fault."""

from __future__ import annotations

from engine.diagnostics import Code, FaultError

BACKWARDS = Code("PER001")
BAD_RECURRENCE = Code("PER002")
BAD_ANCHOR = Code("PER003")
TOO_FAR = Code("PER004")


class PeriodError(FaultError):
    """A period, recurrence or anchor that cannot be; ``fault`` gives it a place in the request."""

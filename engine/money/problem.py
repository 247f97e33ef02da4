"""What is wrong with an amount, as an exception that turns into a fault."""

from __future__ import annotations

from engine.diagnostics import Code, Fault

UNKNOWN_CURRENCY = Code("MNY001")
MIXED_CURRENCIES = Code("MNY002")
NOT_A_NUMBER = Code("MNY003")
TOO_PRECISE = Code("MNY004")
OUT_OF_RANGE = Code("MNY005")
BAD_WEIGHTS = Code("MNY006")
BAD_RATIO = Code("MNY007")
INEXACT = Code("MNY008")


class MoneyError(ValueError):
    """An amount, currency or share that cannot be; ``fault`` gives it a place in the request."""

    def __init__(self, code: Code, message: str, hint: str = "") -> None:
        super().__init__(f"{code}: {message}" + (f"; {hint}" if hint else ""))
        self.code = code
        self.message = message
        self.hint = hint

    def fault(self, field: str) -> Fault:
        """Return the same finding as a fault at the path ``field``."""
        return Fault(self.code, field, self.message, self.hint)

"""What is wrong with an amount, as an exception that turns into a fault."""

from __future__ import annotations

from engine.diagnostics import Code, FaultError

UNKNOWN_CURRENCY = Code("MNY001")
MIXED_CURRENCIES = Code("MNY002")
NOT_A_NUMBER = Code("MNY003")
TOO_PRECISE = Code("MNY004")
OUT_OF_RANGE = Code("MNY005")
BAD_WEIGHTS = Code("MNY006")
BAD_RATIO = Code("MNY007")
INEXACT = Code("MNY008")


class MoneyError(FaultError):
    """An amount, currency or share that cannot be; ``fault`` gives it a place in the request."""

"""How a method says no: a refusal on its way to the guard, which makes a status of it."""

from __future__ import annotations

from engine.diagnostics import Refusal


class Refused(Exception):
    """Carries a refusal from a method to the guard; never crosses the process."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal

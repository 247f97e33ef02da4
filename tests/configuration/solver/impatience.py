"""A budget that ends after so many looks at it, on every machine alike."""

from __future__ import annotations

import pytest

from engine.configuration.solver import components, search
from engine.configuration.solver import engine as engines
from engine.configuration.solver.search import Allowance, BudgetSpentError


class Countdown(Allowance):
    """Ends after so many looks at the clock."""

    looks = 0

    def check(self) -> None:
        Countdown.looks -= 1
        if Countdown.looks < 0:
            raise BudgetSpentError


def make_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every operation look at its budget at every step, and end it by :attr:`Countdown.looks`."""
    monkeypatch.setattr(engines, "Allowance", Countdown)
    monkeypatch.setattr(search, "CHECK_EVERY", 1)
    monkeypatch.setattr(components, "CHECK_EVERY", 1)

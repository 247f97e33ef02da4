"""When a line ends that joins others: with the last of them or with the first, unless it says a term of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import Enum


class CoTermination(Enum):
    """Which end of the running lines an added line takes."""

    LAST = "last"
    FIRST = "first"


def common_end(ends: Sequence[date | None], which: CoTermination) -> date | None:
    """The day on which a line ends that joins lines with these ends; None when one of them has none, or without any."""
    known = [each for each in ends if each is not None]
    if not known or len(known) < len(ends):
        return None
    return max(known) if which is CoTermination.LAST else min(known)

"""Owns half-open periods, recurrences, billing cycles with their anchor, day counts.

Does not own amounts: a share leaves here as two whole numbers.
Entry points: ``Period``, ``Recurrence``, ``Cycle``, ``cut``, ``share_of_period``, ``month_share``.
"""

from engine.periods.calendar import add_months, clipped, days_in_month, months_between
from engine.periods.cycle import Cycle
from engine.periods.day_count import (
    DayCount,
    PartMonths,
    Share,
    days_30_360,
    month_share,
    share_of_instants,
    share_of_period,
)
from engine.periods.period import Period
from engine.periods.pieces import Piece, cut
from engine.periods.problem import PeriodError
from engine.periods.recurrence import MONTHLY, QUARTERLY, YEARLY, Recurrence, Unit
from engine.periods.service import months_by_periods, term_end
from engine.periods.turnover import Stretch, Turnover

__all__ = [
    "MONTHLY",
    "QUARTERLY",
    "YEARLY",
    "Cycle",
    "DayCount",
    "PartMonths",
    "Period",
    "PeriodError",
    "Piece",
    "Recurrence",
    "Share",
    "Stretch",
    "Turnover",
    "Unit",
    "add_months",
    "clipped",
    "cut",
    "days_30_360",
    "days_in_month",
    "month_share",
    "months_between",
    "months_by_periods",
    "share_of_instants",
    "share_of_period",
    "term_end",
]

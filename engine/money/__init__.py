"""Owns currency, exact price, settled money, rounding, cash rounding, ratios and allocation.

Does not own where an amount comes from, nor which point of a price is rounded: the rule book names that.
Entry points: ``currency``, ``UnitPrice``, ``Money``, ``RoundingRule``, ``settle``, ``allocate``, ``Ratio``.
"""

from engine.money.allocation import allocate, whole_units
from engine.money.amount import Money, UnitPrice, total
from engine.money.arithmetic import EXACT, STRICT, divide_rounded, round_to, shares_rounded, step
from engine.money.cash import cash_difference, cash_increment
from engine.money.currency import Currency, currency, known_currencies
from engine.money.problem import MoneyError
from engine.money.ratio import WHOLE, Ratio, whole_weights
from engine.money.rounding import HALF_UP, Rounding, RoundingRule
from engine.money.settlement import settle, share_of
from engine.money.text import show

__all__ = [
    "EXACT",
    "HALF_UP",
    "STRICT",
    "WHOLE",
    "Currency",
    "Money",
    "MoneyError",
    "Ratio",
    "Rounding",
    "RoundingRule",
    "UnitPrice",
    "allocate",
    "cash_difference",
    "cash_increment",
    "currency",
    "divide_rounded",
    "known_currencies",
    "round_to",
    "settle",
    "share_of",
    "shares_rounded",
    "show",
    "step",
    "total",
    "whole_units",
    "whole_weights",
]

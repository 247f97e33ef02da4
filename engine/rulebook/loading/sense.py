"""Whether what one record of ``prices/`` says fits together: bounds in order, amounts that can be paid, one meaning.

A value that breaks the limits of its own key is found by the reader; this is about values beside each other, and about
constants among formulas.
"""

from __future__ import annotations

from decimal import Decimal

from engine.pricing.effects import Operand
from engine.rulebook.codes import finding
from engine.rulebook.loading.products import amounts
from engine.rulebook.nodes import Report, Scalar
from engine.rulebook.reader import Read

HUNDRED = Decimal(100)
COMPUTED = ("based_on", "from_cost", "percent_off", "round_to", "surcharge", "margin_min", "margin_max")


def check_order(read: Read, low: str, high: str, report: Report) -> None:
    """Report a lower bound above the upper one, stated as two numbers or, by currency, as two amounts."""
    for what, least, most in _bounds(read, low, high):
        if least > most:
            message = f"`{low}` is {least}{what} and `{high}` is {most}: nothing lies between"
            report.add(finding("PRC214", message, read.place(high), f"let `{low}` be at most `{high}`"))


def _bounds(read: Read, low: str, high: str) -> list[tuple[str, Decimal, Decimal]]:
    if read.scalar(low) is None or read.scalar(high) is None:
        least, most = amounts(read, low), amounts(read, high)
        return [(f" {each}", least[each], most[each]) for each in least if each in most]
    one, other = read.number(low), read.number(high)
    return [] if one is None or other is None else [("", one, other)]


def check_meaning(read: Read, wins: str, others: tuple[str, ...], report: Report) -> None:
    """Report keys that say nothing because another one is there."""
    for each in others if read.has(wins) else ():
        if read.has(each):
            message = f"`{read.text('id')}` has `{wins}`, so its `{each}` would say nothing"
            report.add(finding("FLD011", message, read.place(each), "keep the one that is meant"))


def is_payable(price: Operand | None, text: Scalar, what: str, report: Report) -> bool:
    """Whether a price is none that nobody can pay; a negative constant is reported."""
    if not isinstance(price, Decimal) or price >= 0:
        return True
    report.add(finding("PRC208", f"{what} {price} is negative", text.span, "write an amount of zero or more"))
    return False


def is_share(percent: Operand | None, text: Scalar, what: str, report: Report) -> bool:
    """Whether a percent off leaves a price of zero or more; one below zero adds to the price."""
    if not isinstance(percent, Decimal) or percent <= HUNDRED:
        return True
    report.add(finding("PRC107", f"{what} {percent} percent is over 100", text.span, "write the percent as 15"))
    return False

"""What conditions can see at one moment, kept to be looked at later, and whether they hold on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.language import Checked, EvaluationFault, compile_one
from engine.pricing.request import Facts
from engine.pricing.ruleplan import Test


@dataclass(frozen=True, slots=True)
class Sight:
    """What conditions could see at one moment: one line, the quote with its totals, the customer, and all lines."""

    line: Facts
    quote: Facts
    customer: Facts
    lines: tuple[Facts, ...]

    @property
    def of_line(self) -> tuple[object, ...]:
        """The roots of a condition about the line."""
        return (self.line, self.quote, self.customer, self.lines)

    @property
    def of_order(self) -> tuple[object, ...]:
        """The roots of a condition about the order."""
        return (self.quote, self.customer, self.lines)

    @property
    def records(self) -> Mapping[str, Facts]:
        """What was read, by root."""
        return {"line": self.line, "quote": self.quote, "customer": self.customer}


def kept(line: Facts, quote: Facts, customer: Facts, lines: Sequence[Facts]) -> Sight:
    """What can be seen now, to be looked at later: records go on changing while a quote is priced."""
    return Sight(dict(line), dict(quote), customer, tuple(dict(each) for each in lines))


def holds(condition: Checked, roots: tuple[object, ...]) -> bool:
    """Whether a condition holds; one that cannot be worked out does not."""
    return is_true(compile_one(condition), roots)


def is_true(test: Test, roots: tuple[object, ...]) -> bool:
    """Whether the function of a condition says that it holds."""
    try:
        return test(*roots) is True
    except EvaluationFault:
        return False

"""What readers ask beyond a price: why a rule does not act, what conditions read, the lowest earlier price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpq.v1 import pricing_pb2

from engine.catalog import LineId, Value
from engine.pricing import Explanation
from engine.pricing.history import LowestPrice
from engine.wire.basics import fill_date, fill_value, price_text


def fill_lowest(lines: Iterable[pricing_pb2.PricedLine], lowest: Mapping[LineId, LowestPrice], digits: int) -> None:
    """Set the lowest price of lines that have one."""
    for row in lines:
        found = lowest.get(LineId(row.id))
        if found is not None:
            fill_lowest_price(row.lowest_price, found, digits)


def fill_lowest_price(message: pricing_pb2.LowestPrice, lowest: LowestPrice, digits: int) -> None:
    """Set the lowest price in the days before a reduction."""
    message.unit_price, message.reduced = price_text(lowest.unit, digits), lowest.reduced
    fill_date(message.date, lowest.day)
    fill_date(message.start, lowest.start)
    fill_date(message.end, lowest.end)


def fill_explanation(message: pricing_pb2.RuleExplanation, line: str, told: Explanation) -> None:
    """Set why a rule did or did not act on a line."""
    message.line_id, message.rule, message.place = line, told.rule_id, told.place
    message.applied, message.reason = told.applied, told.reason
    message.wishes.extend(told.wishes)
    message.kind = told.kind
    message.enough, message.even_then = told.enough, told.even_then
    for each in told.failed:
        failed = message.failed.add()
        failed.condition, failed.place, failed.wish = each.text, each.place, each.wish
        fill_read(failed.values, each.values)


def fill_read(target: object, read: Iterable[tuple[str, Value]]) -> None:
    """Append what conditions read."""
    for path, value in read:
        row = target.add()  # type: ignore[attr-defined]
        row.expression = path
        fill_value(row.value, value)

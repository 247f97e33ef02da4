"""Answers put together from bytes: of a line that is met again only its id and its amounts are written anew.

In the wire format a message is its fields one after the other, and a part of it a number, a length and so many bytes.
So a line of an answer is its id, what comes before its amounts, the amounts, and what comes after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol

from cpq.v1 import common_pb2, pricing_pb2

from engine.pricing.result import PricedLine
from engine.pricing.story import Steps
from engine.quotes.evaluation import PricedQuote
from engine.wire.lengths import SHORT, SIZES, number, sized
from engine.wire.priced import fill_after_lines, fill_before_lines
from engine.wire.sheets import Sheets

QUANTITY = b"\x22"
"""Field 4 of a line, a text."""
LINES = b"\x3a"
"""Field 7 of a priced quote, messages."""
STORY = b"\x92\x01"
"""Field 18 of a line, a message."""
_DECIDED = slice(PricedLine._fields.index("order_discount"), PricedLine._fields.index("term") + 1)
"""What of a line order discounts and tax decide, among what they do not."""


class Written(NamedTuple):
    """A plain line in bytes, but for its id: all of it, and the parts before and after what the order decides.

    ``list_unit`` and ``unit`` tell by identity that a line is the same before order discounts.
    """

    line: PricedLine
    list_unit: Decimal
    unit: Decimal
    whole: bytes
    before: bytes
    after: bytes


class Met(Protocol):
    """A line that was met, and as what it is written, once it was."""

    written: Written | None


class Splicer:
    """The lines of one answer."""

    def __init__(self, quote: PricedQuote, *, view: int, sheets: Sheets) -> None:
        self._priced, self._sheets, self._view = quote.priced, sheets, view
        self._digits = quote.priced.currency.exponent
        self._amounts = pricing_pb2.PricedLine()

    def lines(self, ids: Sequence[bytes], met: Sequence[Met]) -> bytes:
        """Those of a quote, by the fields of their ids; ``met`` are told as what they are written."""
        stories = self._stories(ids) if self._view == common_pb2.VIEW_WATERFALL else None
        pieces: list[bytes] = []
        amounts = self._amounts
        for place, (line, each, name) in enumerate(zip(self._priced.lines, met, ids, strict=True)):
            found = each.written
            if found is None or found.unit is not line.unit or found.list_unit is not line.list_unit:
                found = each.written = self._written(line)
            if found.line is line:
                body = found.whole
            elif line.order_discount:
                _decide(amounts, line)
                body = found.before + amounts.SerializeToString() + found.after
            else:
                body = self._undiscounted(line, found, each)
            if stories is not None:
                body += stories[place]
            size = len(name) + len(body)
            pieces += LINES, SIZES[size] if size < SHORT else number(size), name, body
        return b"".join(pieces)

    def _undiscounted(self, line: PricedLine, found: Written, met: Met) -> bytes:
        """A line on which no order discount falls, and which is remembered as it is without one."""
        if line[_DECIDED] == found.line[_DECIDED]:
            return found.whole
        if found.line.order_discount:
            met.written = found = self._written(line)
            return found.whole
        _decide(self._amounts, line)
        return found.before + self._amounts.SerializeToString() + found.after

    def _written(self, line: PricedLine) -> Written:
        """A line in bytes."""
        around = self._sheets.around(line, self._digits)
        text = format(line.quantity, "f").encode()
        before = around.named + QUANTITY + sized(text) + around.prices
        _decide(self._amounts, line)
        whole = before + self._amounts.SerializeToString() + around.charge
        return Written(line, line.list_unit, line.unit, whole, before, around.charge)

    def _stories(self, ids: Sequence[bytes]) -> list[bytes]:
        """How each price came about."""
        sheets, digits = self._sheets, self._digits
        assert sheets.plan is not None, "a story is told by a book"
        steps = Steps(sheets.plan, self._priced)
        found = []
        for index, line in enumerate(self._priced.lines):
            body = ids[index] + sheets.story(line, digits)
            if line.order_discount:
                body += sheets.steps(steps.of_order(index, line), digits)
            found.append(STORY + sized(body))
        return found


def spliced(quote: PricedQuote, ids: Sequence[bytes], met: Sequence[Met], *, view: int, sheets: Sheets) -> bytes:
    """The answer to a quote of plain lines, whose ids are given as the fields that they are in a line."""
    before, after = pricing_pb2.PricedQuote(), pricing_pb2.PricedQuote()
    fill_before_lines(before, quote, sheets)
    fill_after_lines(after, quote, sheets)
    lines = b"" if view == common_pb2.VIEW_BASIC else Splicer(quote, view=view, sheets=sheets).lines(ids, met)
    return before.SerializeToString() + lines + after.SerializeToString()


def _decide(amounts: pricing_pb2.PricedLine, line: PricedLine) -> None:
    """Set the amounts of a line."""
    _, _, _, _, _, listed, _, off, amount, net, tax, gross, cost, _, term, *_ = line
    amounts.list_amount = listed
    amounts.order_discount = off
    amounts.amount = amount
    amounts.net = net
    amounts.tax = tax
    amounts.gross = gross
    amounts.term_net = term
    if cost is not None:
        amounts.cost = cost
    else:
        amounts.ClearField("cost")

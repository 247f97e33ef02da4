"""Requests that differ in their lines alone: their header was read before, and their lines were priced under it.

Such a request is not made a message of: its lines are met as the bytes that they are, and so is its answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple, cast

from cachetools import LRUCache

from engine.api.calls import Calls
from engine.application.basis import Basis, Standing
from engine.application.perform import DEFAULT_TENANT
from engine.catalog import LineId, Sku
from engine.diagnostics import Refusal
from engine.pricing.any_quantity import Derived
from engine.pricing.known_lines import HEADER_COUNTS, Key, Known, KnownLine, Shelf
from engine.pricing.request import RequestLine
from engine.pricing.result import PricedLine
from engine.quotes.evaluation import Parts, PricedQuote, evaluate_known, evaluate_together
from engine.quotes.known import LONGEST_HEADER, header_of
from engine.quotes.request import QuoteRequest
from engine.wire.contents import stated_quantity
from engine.wire.scanned import Beside, is_beside, scan, stated_line
from engine.wire.spliced import Written, spliced

MOST_HEADERS = 1_000
MOST_LINES = 20_000
"""So many lines are kept as they are written, under all headers: 20 to 30 MB."""
NO_ID = LineId("")
_ASKED = cast("Callable[[tuple[object, ...]], RequestLine]", partial(tuple.__new__, RequestLine))
"""A line from all its fields in order, at half the cost of their keywords."""


class _Line:
    """A line as it was met, without its id: what it states, what it is known as, and how its price is written."""

    __slots__ = ("alone", "asked", "key", "known", "stated", "written")

    def __init__(self, key: Key, known: KnownLine, plain: tuple[object, ...]) -> None:
        self.key = key
        self.known = known
        self.stated = (*key, *plain)
        self.asked = _ASKED((NO_ID, *self.stated))
        self.written: Written | None = None
        self.alone: PricedLine | None = None
        """The priced line, where no order discount falls on it."""


class _Header(NamedTuple):
    """What requests say beside their lines, as it was read, and what that was read from."""

    standing: Standing
    request: QuoteRequest
    view: int
    known_by: Hashable
    lines: dict[bytes, _Line]


class Answer(NamedTuple):
    """The bytes of an answer, and what it was made from."""

    written: bytes
    basis: Basis


class KnownHeaders:
    """The latest headers by their bytes; safe to use from several threads."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._gate = threading.Lock()
        self._headers: LRUCache[Beside, _Header] = LRUCache(MOST_HEADERS)
        self._left = MOST_LINES
        self._once: set[bytes] = set()

    def answer(self, asked: bytes) -> Answer | None:
        """The answer to a request when its header and all its lines are known and fine, else None."""
        scanned = scan(asked)
        if scanned is None or len(scanned.lines) > self._calls.limits.lines:
            return None
        with self._gate:
            header = self._headers.get(scanned.beside)
        active = None if header is None else header.standing.book(self._calls.env, DEFAULT_TENANT)
        names = _names(scanned.ids)
        if header is None or active is None or names is None:
            return None
        lines = self._lines(header, scanned.lines, active.parts)
        quote = None if lines is None else _evaluated(header, names, lines, active.parts)
        if lines is None or quote is None:
            return None
        answer = spliced(quote, scanned.ids, lines, view=header.view, sheets=self._calls.sheets(active))
        return Answer(answer, header.standing.basis)

    def keep(self, asked: bytes, request: QuoteRequest, view: int, basis: Basis) -> None:
        """Remember the header of a request that was priced as it is written; what it priced is on the book's shelf."""
        scanned = scan(asked)
        known_by = None if request.manual else header_of(request)
        if scanned is None or known_by is None or not is_beside(scanned.beside):
            return
        if sum(map(len, scanned.beside)) > LONGEST_HEADER:
            return  # what is not read, such as fields of a later version, can be any size
        with self._gate:
            before = self._headers.get(scanned.beside)
            lines = before.lines if before is not None and before.standing.basis == basis else {}
            # Exchange rates are what the lines of that request froze.
            bare = replace(request, lines=(), exchange=())
            self._headers[scanned.beside] = _Header(Standing(basis), bare, view, known_by, lines)
        if before is None:
            self._count(HEADER_COUNTS)

    def _lines(self, header: _Header, lines: Sequence[bytes], parts: Parts) -> list[_Line] | None:
        """What is known of all lines; None when one of them is not."""
        known, shelf = header.lines, parts.known.under(header.known_by)
        found = list(map(known.get, lines))
        for each in found:
            if each is not None and each.known.least is None:
                each.known = shelf.lines.get(each.key, each.known)
        if None not in found:
            return cast("list[_Line]", found)
        meeting, met = _Meeting(header.request, shelf, parts), dict(zip(lines, found, strict=True))
        for line in [line for line, each in met.items() if each is None]:
            each = met[line] = meeting.line(line)
            if each is None:
                return None
            if each.key in shelf.lines or self._is_met_again(line):
                known[line] = each
                self._count(1)
        return cast("list[_Line]", [met[line] for line in lines])

    def _is_met_again(self, line: bytes) -> bool:
        """Whether a line was met before. Most that are known by another quantity alone are met once: they would crowd
        out those that many ask for.
        """
        if line in self._once:
            return True
        if len(self._once) >= MOST_LINES:
            self._once = set()
        self._once.add(line)
        return False

    def _count(self, lines: int) -> None:
        """Take room for some lines: of all that is there, when none is left; who still holds a line goes on with it."""
        self._left -= lines
        if self._left < 0:
            with self._gate:
                for each in self._headers.values():
                    each.lines.clear()
                self._left = MOST_LINES


def _evaluated(header: _Header, names: Sequence[LineId], lines: Sequence[_Line], parts: Parts) -> PricedQuote | None:
    """The quote of known lines, but for what was asked of each; None when it is refused: that is told by those who know
    where everything stands.
    """
    shelf = parts.known.under(header.known_by)
    quote = evaluate_together(header.request, lines, shelf, parts)
    if quote is not None:
        return quote
    asked = tuple([_ASKED((name, *each.stated)) for name, each in zip(names, lines, strict=True)])
    found = evaluate_known(header.request, asked, Known([each.known for each in lines], shelf, is_all=True), parts)
    return None if isinstance(found, Refusal) else found


class _Meeting:
    """Lines of one request that are met for the first time."""

    def __init__(self, request: QuoteRequest, shelf: Shelf, parts: Parts) -> None:
        self._lines = shelf.lines
        self._plain = parts.plain.get(request.currency, {})
        self._derived = Derived(shelf, request.currency)

    def line(self, written: bytes) -> _Line | None:
        """A line that is known, or known in another quantity, and states nothing but product and quantity."""
        stated = stated_line(written)
        quantity = None if stated is None else stated_quantity(stated.quantity)
        if stated is None or quantity is None:
            return None
        key = Sku(stated.sku), quantity
        found = self._lines.get(key) or self._derived.line(*key)
        return None if found is None else _Line(key, found, self._plain[key[0]])


def _names(ids: Sequence[bytes]) -> list[LineId] | None:
    """The ids of lines, when they are fine: each there, once, on one line."""
    try:
        names = cast("list[LineId]", [each[2:].decode() for each in ids])
    except UnicodeDecodeError:
        return None
    found = set(names)
    return names if len(found) == len(names) and "" not in found and "".join(names).isprintable() else None

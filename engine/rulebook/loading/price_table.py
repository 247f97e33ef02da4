"""Tables of ``prices/``: price books, costs, contracted prices and exchange rates, told apart by their results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.diagnostics import Span, did_you_mean
from engine.language import Checked
from engine.pricing.effects import Operand
from engine.pricing.plan import ContractedPrice, ExchangeRate, Match, Narrowness, PriceEntry, RuleId, Window
from engine.rulebook import values
from engine.rulebook.codes import finding
from engine.rulebook.fields import Limits
from engine.rulebook.loading.pricing_scope import PricingScope, known_sku, money_operand, operand
from engine.rulebook.loading.sense import is_payable, is_share
from engine.rulebook.loading.table_rows import ANY_CELL, CellChecker, Columns, TableRow, divide, rows_of
from engine.rulebook.nodes import Report, Scalar
from engine.rulebook.table import Table
from engine.rulebook.values import CURRENCIES, Unreadable

HITS = ("UNIQUE", "ANY", "FIRST", "PRIORITY")
NOTES = ("id", "priority", "weight", "from", "until", "book", "currency", "unit", "note")
SKU, QUANTITY = "line.sku", "line.qty"
_MATCHES = {SKU: Narrowness.SKU, "line.family": Narrowness.FAMILY, "line.category": Narrowness.CATEGORY}
_WORD = re.compile(r'"?([^"|,<>=()\[\]]+)"?\Z')
_RANGE = re.compile(r"\[\s*(\d+(?:\.\d+)?)\s*\.\.\s*(\d+(?:\.\d+)?)\s*\]\Z")
_ANY = Scalar("-", Span(""))
_BOUND = re.compile(r"(>=|<=)\s*(\d+(?:\.\d+)?)\Z")


@dataclass(frozen=True, slots=True)
class Condition:
    """What decides whether a row's price holds."""

    match: Match
    when: tuple[Checked, ...]
    least: Decimal | None
    most: Decimal | None
    word: tuple[str, ...] = ()


class PriceTable:
    """Reads the rows of one price table."""

    def __init__(self, table: Table, columns: Columns, scope: PricingScope) -> None:
        self.table, self.columns, self.scope = table, columns, scope
        self.cells = CellChecker(table, columns, scope.line, scope.report)
        self.first_wins = table.option("hit") == "FIRST"
        self._check_hit()

    def _check_hit(self) -> None:
        """Prices are chosen by priority, then the narrower match; a table may say that its first row comes first."""
        hit = self.table.options.get("hit")
        if hit is not None and hit.text not in HITS:
            message = f"the hit policy `{hit.text}` is not for prices"
            hint = did_you_mean(hit.text, HITS) or f"use {', '.join(HITS)}"
            self.scope.report.add(finding("TBL010", message, hit.span, hint))
        if not self.first_wins or hit is None:
            return
        named = {tuple(name for name in _MATCHES if _is_filled(row, name)) for row in rows_of(self.table, self.columns)}
        if len(named) > 1:
            message = "hit=FIRST needs rows that are all for products, all for families, or all for anything"
            hint = "a narrower match wins over an earlier row; split the table, or use hit=PRIORITY"
            self.scope.report.add(finding("TBL010", message, hit.span, hint))

    def entries(self) -> Iterator[PriceEntry]:
        """The price entries of all rows; a row may give a price in several currencies."""
        for row in rows_of(self.table, self.columns):
            self._check_filled(row)
            amounts = [
                (currency, price, cell)
                for currency, cell in self.amounts(row, "list_price")
                if (price := money_operand(cell, self.scope.line, self.scope.report)) is not None
                and is_payable(price, cell, "the list price", self.scope.report)
            ]
            for condition in self.conditions(row):
                for currency, price, cell in amounts:
                    yield self._entry(row, condition, currency, price, cell)

    def _entry(self, row: TableRow, condition: Condition, currency: str, price: Operand, cell: Scalar) -> PriceEntry:
        return PriceEntry(
            id=own_id(row_id(row), *condition.word, currency),
            match=condition.match,
            book=text_of(row, "book"),
            currency=currency,
            price=price,
            when=condition.when,
            quantity_min=condition.least,
            quantity_max=condition.most,
            window=window_of(row, self.scope),
            priority=self.whole(row, "priority"),
            weight=self.whole(row, "weight") + self._precedence(row),
            unit=text_of(row, "unit"),
            span=cell.span,
        )

    def _check_filled(self, row: TableRow) -> None:
        """A row without any result would answer nothing."""
        if not any(map(row.result, row.results)):
            place = self.table.cell(row.row, next(iter(self.columns.results.values()))).span
            self.scope.report.add(finding("PRC112", "the row states no price", place, "fill it in, or take it out"))

    def _precedence(self, row: TableRow) -> int:
        """Under hit=FIRST an earlier row weighs more than any later one."""
        return self.table.rows[-1].line - row.row.line + 1 if self.first_wins else 0

    def contracted(self) -> Iterator[ContractedPrice]:
        """The contracted prices of all rows: an amount by currency, or a percent off."""
        for row in rows_of(self.table, self.columns):
            agreed = self._agreed(row)
            for condition in self.conditions(row, bounded=()) if agreed else ():
                window, priority = window_of(row, self.scope), self.whole(row, "priority")
                for currency, cell, price, percent in agreed:
                    yield ContractedPrice(
                        own_id(row_id(row), *condition.word, currency),
                        condition.match,
                        condition.when,
                        currency,
                        price,
                        percent,
                        window,
                        priority,
                        cell.span,
                    )

    def _agreed(self, row: TableRow) -> list[tuple[str, Scalar, Operand | None, Operand | None]]:
        """What a row agrees on: a price by currency, or a percent off; what nobody can pay is reported."""
        report = self.scope.report
        found: list[tuple[str, Scalar, Operand | None, Operand | None]] = []
        prices, percent = list(self.amounts(row, "contracted_price")), row.result("contracted_percent")
        if percent is not None and prices:
            message = "the row agrees on a price, so its percent would say nothing"
            report.add(finding("FLD011", message, percent.span, "keep the one that is meant"))
        elif percent is not None:
            trimmed = percent.cut(0, len(percent.text.rstrip().removesuffix("%")))
            share = operand(trimmed, self.scope.line, report)
            if share is not None and is_share(share, percent, "the agreed", report):
                found.append(("", percent, None, share))
        for currency, cell in prices:
            price = operand(cell, self.scope.line, report)
            if price is not None and is_payable(price, cell, "the agreed price", report):
                found.append((currency, cell, price, None))
        return found

    def conditions(self, row: TableRow, *, bounded: tuple[str, ...] = (QUANTITY,)) -> Iterator[Condition]:
        """One condition for each product that the row names; none after reporting a faulty cell.

        ``bounded`` are the columns that become bounds instead of a condition: contracted prices have none.
        """
        matched = next((name for name in _MATCHES if _is_filled(row, name)), None)
        words = _words(row.cells[matched]) if matched else []
        least, most = bounds(row.cells[QUANTITY]) if bounded and QUANTITY in row.cells else (None, None)
        skip = (*([matched] if matched and words else []), *([QUANTITY] if least or most else []))
        when = self.cells.conditions(row, tuple(skip))
        if when is None:
            return
        if not matched or not words:
            yield Condition(Match(), when, least, most)
            return
        for word in words:
            if matched != SKU or known_sku(word, self.scope):
                told = (word.text,) if len(words) > 1 else ()
                yield Condition(Match(_MATCHES[matched], word.text), when, least, most, told)

    def amounts(self, row: TableRow, name: str) -> Iterator[tuple[str, Scalar]]:
        """Filled result cells with their currency: ``out: list_price`` or ``out: list_price.USD``."""
        for each in row.results:
            base, _, currency = each.partition(".")
            cell = row.result(each)
            if base != name or cell is None:
                continue
            wanted = (
                currency or text_of(row, "currency") or self.table.option("currency") or self.scope.default_currency
            )
            if wanted not in self.scope.currencies:
                known = "is not one of the book's" if wanted in CURRENCIES else "is not known"
                place = row.notes.get("currency") or self.table.options.get("currency") or cell
                message = f"the currency `{wanted}` {known}"
                near = "" if wanted in CURRENCIES else did_you_mean(wanted, self.scope.currencies)
                hint = near or "add it to `currencies` in book.yaml"
                self.scope.report.add(finding("PRC209", message, place.span, hint))
                continue
            yield wanted, cell

    def whole(self, row: TableRow, name: str) -> int:
        """A whole number among the notes, zero when there is none."""
        return whole_of(row, name, self.scope.report)


def price_table(table: Table, scope: PricingScope) -> PriceTable:
    """Prepare a table of list prices or contracted prices."""
    results = ("list_price", "list_price.*", "contracted_price", "contracted_price.*", "contracted_percent")
    return PriceTable(table, divide(table, results, NOTES, scope.report), scope)


def exchange_rates(table: Table, scope: PricingScope) -> Iterator[ExchangeRate]:
    """Rows of source, target and since with ``out: rate``."""
    columns = divide(table, ("rate",), ("source", "target", "since", "origin", "note"), scope.report)
    for row in rows_of(table, columns):
        source, target, since, rate = (
            row.notes.get("source"),
            row.notes.get("target"),
            row.notes.get("since"),
            row.result("rate"),
        )
        if source is None or target is None or since is None or rate is None:
            place = table.cell(row.row, 0).span
            scope.report.add(finding("TBL008", "a rate needs source, target, since and out: rate", place, "add them"))
            continue
        try:
            found = ExchangeRate(
                values.currency(source.text),
                values.currency(target.text),
                _rate(rate),
                values.day(since.text),
                text_of(row, "origin"),
                rate.span,
            )
        except Unreadable as problem:
            scope.report.add(finding(problem.code, problem.message, rate.span, problem.hint))
            continue
        yield found


def _rate(cell: Scalar) -> Decimal:
    """An exchange rate: a number above zero."""
    rate = values.number(cell.text)
    values.check_limits(rate, Limits.ABOVE_ZERO)
    return rate


def bounds(cell: Scalar) -> tuple[Decimal | None, Decimal | None]:
    """A quantity cell as inclusive bounds; (None, None) for "any" and for what only a condition can say."""
    found = _RANGE.match(cell.text)
    if found:
        least, most = Decimal(found[1]), Decimal(found[2])
        return (least, most) if least <= most else (None, None)  # as a condition it is told to hold no value
    found = _BOUND.match(cell.text)
    if not found:
        return None, None
    return (Decimal(found[2]), None) if found[1] == ">=" else (None, Decimal(found[2]))


def own_id(*parts: str) -> RuleId:
    """An id of its own for each currency and word of a rule that is written once."""
    return RuleId("/".join(each for each in parts if each))


def row_id(row: TableRow) -> RuleId:
    """The id of a row: as written, or file and line."""
    return RuleId(text_of(row, "id") or f"{row.table.path}:{row.row.line}")


def text_of(row: TableRow, name: str) -> str:
    """The text of a note, empty when there is none."""
    cell = row.note(name)
    return cell.text if cell is not None else ""


def whole_of(row: TableRow, name: str, report: Report, default: int = 0) -> int:
    """A whole number among the notes of a row; a faulty one is reported."""
    cell = row.note(name)
    if cell is None:
        return default
    try:
        return values.integer(cell.text)
    except Unreadable as problem:
        report.add(finding(problem.code, problem.message, cell.span, problem.hint))
        return default


def window_of(row: TableRow, scope: PricingScope) -> Window:
    """The days on which a row holds."""
    days: list[date | None] = []
    for name in ("from", "until"):
        cell = row.note(name)
        try:
            days.append(values.day(cell.text) if cell is not None else None)
        except Unreadable as problem:
            assert cell is not None
            scope.report.add(finding(problem.code, problem.message, cell.span, problem.hint))
            days.append(None)
    start, end = days
    if start is not None and end is not None and end <= start:
        place = row.notes["until"].span
        scope.report.add(finding("PRC210", f"the days end on {end} before they start on {start}", place, ""))
    return Window(start, end)


def _is_filled(row: TableRow, name: str) -> bool:
    return row.cells.get(name, _ANY).text not in ANY_CELL


def _words(cell: Scalar) -> list[Scalar]:
    """The plain words of a cell (``A | B`` or ``"A","B"``), each at its place; empty when it is a test."""
    separator = "|" if "|" in cell.text else ","
    found: list[Scalar] = []
    start = 0
    for piece in cell.text.split(separator):
        part = cell.cut(start, start + len(piece))
        start += len(piece) + 1
        match = _WORD.match(part.text)
        if match is None or part.text.startswith("not"):
            return []
        found.append(part.cut(match.start(1), match.end(1)))
    return found

"""Pricing whole quotes: curves in rules, in lines and in both, ratios to the floor, repricing one edit, memory.

The express lane is compared with the full treatment before anything is timed. Each size of book is made once, for its
memory and for all curves. ``--full`` goes on to 100 000 rules and to as many lines against them, in some minutes.
"""

from __future__ import annotations

import argparse
import gc
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TypeVar

from benchmarks.measure import compare, cpu_us, exponent, report
from benchmarks.price_book import floor_of, plain_rules, pricing_rules, request
from engine.adapters.collector import uncollected
from engine.diagnostics import Refusal
from engine.language import Scope, check_expression
from engine.pricing import Edit, Lane, PricePlan, Repriced, compile_plan, price, reprice
from engine.pricing.effects import On, Percent
from engine.pricing.plan import Level, PricingRules, Rule, RuleGroup, RuleId
from engine.pricing.request import PriceRequest
from engine.pricing.result import Priced
from engine.pricing.scope import order_roots

T = TypeVar("T")
LINES = (1, 10, 100, 1_000, 10_000, 100_000)
LARGE = 10_000
"""The book that growing quotes are priced by, and the quote that is edited."""


@dataclass(frozen=True, slots=True)
class Book:
    """A book of so many rules, with the bytes that Python holds for it before and after it is compiled, if counted."""

    rules: int
    checked: PricingRules
    plan: PricePlan
    checked_bytes: int = 0
    compiled_bytes: int = 0


def built(count: int) -> Book:
    """A book of so many plain rules; memory is counted up to ``LARGE``, since that makes it three times as long."""
    plain = plain_rules(count)
    with uncollected():
        if count > LARGE:
            checked = pricing_rules(plain)
            return Book(count, checked, compile_plan(checked))
        checked, for_book = traced(partial(pricing_rules, plain))
        plan, for_plan = traced(partial(compile_plan, checked))
    return Book(count, checked, plan, for_book, for_plan)


def answer(plan: PricePlan, asked: PriceRequest) -> Priced:
    """The priced quote, equal by both lanes before anything is timed."""
    found = price(plan, asked)
    assert not isinstance(found, Refusal), str(found)
    if len(asked.lines) <= 1_000:
        assert found == price(plan, asked, lane=Lane.FULL)
    return found


def at_first(plan: PricePlan, asked: PriceRequest) -> object:
    """The price under a header that was not met before: nothing is kept of how lines find their rules."""
    plan.index.kept.clear()
    return price(plan, asked)


def in_rules(books: Sequence[Book]) -> list[dict[str, object]]:
    """A 1,000-line quote against growing books."""
    rows: list[dict[str, object]] = []
    points = []
    for book in books:
        asked = request(1_000, book.rules)
        priced = answer(book.plan, asked)
        works: dict[str, Callable[[], object]] = {
            "price": partial(price, book.plan, asked),
            "new header": partial(at_first, book.plan, asked),
            "floor": floor_of(priced),
        }
        times = compare(works, rounds=15, inner=3)
        points.append((float(book.rules), times["price"]))
        rows.append(
            {
                "rules": book.rules,
                "rules a line": sum(len(line.applied) for line in priced.lines) / 1_000,
                "us a line": times["price"] / 1_000,
                "floor us": times["floor"] / 1_000,
                "ratio": times["price"] / times["floor"],
                "new header ratio": times["new header"] / times["floor"],
            }
        )
    rows.append({"rules": "fitted exponent", "us a line": exponent(points)})
    return rows


def in_lines(book: Book) -> list[dict[str, object]]:
    """Growing quotes against one book."""
    rows: list[dict[str, object]] = []
    points = []
    for count in LINES:
        asked = request(count, book.rules)
        works: dict[str, Callable[[], object]] = {
            "price": partial(price, book.plan, asked),
            "floor": floor_of(answer(book.plan, asked)),
        }
        times = compare(works, rounds=3 if count > 10_000 else 5, inner=max(1, 3_000 // count))
        spent = times["price"]
        if count >= 100:
            points.append((float(count), spent))
        ratio = spent / times["floor"]
        rows.append({"lines": count, "ms": spent / 1_000, "us a line": spent / count, "ratio to floor": ratio})
    rows.append({"lines": "fitted exponent (from 100)", "us a line": exponent(points)})
    return rows


def in_both(books: Sequence[Book]) -> list[dict[str, object]]:
    """As many lines as rules: linear growth is an exponent of 1."""
    rows: list[dict[str, object]] = []
    points = []
    for book in books:
        count = book.rules
        asked = request(count, count)
        answer(book.plan, asked)
        spent = cpu_us(partial(price, book.plan, asked), rounds=5, inner=max(1, 3_000 // count))
        points.append((float(count), spent))
        rows.append({"lines and rules": count, "ms": spent / 1_000, "us a line": spent / count})
    rows.append({"lines and rules": "fitted exponent", "us a line": exponent(points)})
    return rows


def one_edit(book: Book) -> list[dict[str, object]]:
    """Changing one line of 10,000: without and with a discount on the order, and where the edit lets a discount begin
    that falls on every line, so that nothing stays as it was. A coupon is no edit of lines: the quote is priced anew.
    """
    asked = request(LARGE, book.rules)
    edit = Edit(changed=(asked.lines[5_000]._replace(quantity=Decimal(42)),))
    always = with_order_discount(book, 0)
    before, after = (answer(always, each) for each in (asked, with_edit(asked, edit)))
    between = (before.totals.list.decimal + after.totals.list.decimal) / 2
    begins = with_order_discount(book, between)
    rows: list[dict[str, object]] = []
    for name, plan, discounted in (
        ("no order discount", book.plan, [False, False]),
        ("order discount", always, [True, True]),
        ("order discount that the edit lets begin", begins, [False, True]),
    ):
        priced = answer(plan, asked)
        found = reprice(plan, asked, priced, edit)
        assert isinstance(found, Repriced) and found.priced == answer(plan, found.request)
        assert [bool(each.order_discounts) for each in (priced, found.priced)] == discounted
        works: dict[str, Callable[[], object]] = {
            "edit": partial(reprice, plan, asked, priced, edit),
            "whole": partial(price, plan, found.request),
            "floor": floor_of(found.priced),
        }
        times = {kind: spent / 1_000 for kind, spent in compare(works, rounds=7).items()}
        row: dict[str, object] = {
            "ms": times["edit"],
            "whole quote ms": times["whole"],
            "floor of the quote ms": times["floor"],
            "of the whole": times["edit"] / times["whole"],
        }
        rows.append({"edit of 1 line of 10,000": name} | row)
    return rows


def with_order_discount(book: Book, above: Decimal | int) -> PricePlan:
    """The book with 3 % off orders whose list prices come to more than a sum."""
    when = check_expression(f"quote.list > {above}", scope=Scope(order_roots({}, {}, {})))
    off = Rule(RuleId("order-off"), "order", {"": Percent(Decimal(3), On.ORDER)}, when=(when,))
    groups, rules = book.checked.groups, book.checked.rules
    order = RuleGroup("order", Level.ORDER)
    return compile_plan(replace(book.checked, groups=(*groups, order), rules=(*rules, off)))


def with_edit(asked: PriceRequest, edit: Edit) -> PriceRequest:
    """A request with some lines in their new form."""
    changed = {line.id: line for line in edit.changed}
    return replace(asked, lines=tuple(changed.get(line.id, line) for line in asked.lines))


def memory(books: Sequence[Book]) -> list[dict[str, object]]:
    """Bytes that Python holds (tracemalloc) for each line of an answer, and for each rule of a book and of its plan."""
    rows: list[dict[str, object]] = []
    fixed = built(0)
    for book in books:
        count = book.rules
        asked = request(count, count)
        priced, for_lines = traced(partial(price, book.plan, asked))
        assert isinstance(priced, Priced)
        row: dict[str, object] = {"rules and lines": count, "bytes a priced line": for_lines / count}
        if book.checked_bytes:
            row["bytes a checked rule"] = (book.checked_bytes - fixed.checked_bytes) / count
            row["bytes a compiled rule"] = (book.compiled_bytes - fixed.compiled_bytes) / count
        rows.append(row)
    return rows


def traced(make: Callable[[], T]) -> tuple[T, int]:
    """What was made, and the bytes it keeps."""
    gc.collect()
    tracemalloc.start()
    made = make()
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return made, kept


def main() -> None:
    """Print and write all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="up to 100 000 rules, and 100 000 lines against them")
    full = parser.parse_args().full
    sizes = (10, 100, 1_000, LARGE, *([100_000] if full else []))
    books = {count: built(count) for count in sizes}
    gc.freeze()  # measuring collects garbage again and again, and would look through all books each time
    growing = list(books.values())
    report("price_rules", in_rules(growing), budgets={"1 000 lines, 10 000 rules": "at most 10 times the floor"})
    report("price_lines", in_lines(books[LARGE]), budgets={"100 000 lines": "at most 1 s, linear"})
    report("price_both", in_both(growing))
    report(
        "price_edit",
        one_edit(books[1_000]),
        budgets={"one line of 10 000": "at most 2 ms without an order discount, 20 ms with one"},
    )
    report("price_memory", memory(growing[2:]))


if __name__ == "__main__":
    main()

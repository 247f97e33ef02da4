"""Pricing whole quotes: curves in rules, in lines and in both, ratios to the floor, repricing one edit, memory.

The express lane is compared with the full treatment before anything is timed. ``--full`` goes on to 100 000 rules.
"""

from __future__ import annotations

import argparse
import gc
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from benchmarks.measure import compare, cpu_us, exponent, report
from benchmarks.price_book import PlainRule, floor_of, plain_rules, pricing_rules, request
from engine.diagnostics import Refusal
from engine.pricing import Edit, Lane, PricePlan, Repriced, compile_plan, price, reprice
from engine.pricing.effects import On, Percent
from engine.pricing.plan import Level, Rule, RuleGroup, RuleId
from engine.pricing.request import PriceRequest
from engine.pricing.result import Priced

T = TypeVar("T")


def answer(plan: PricePlan, asked: PriceRequest) -> Priced:
    """The priced quote, equal by both lanes before anything is timed."""
    found = price(plan, asked)
    assert not isinstance(found, Refusal), str(found)
    if len(asked.lines) <= 1_000:
        assert found == price(plan, asked, lane=Lane.FULL)
    return found


def in_rules(sizes: Sequence[int]) -> list[dict[str, object]]:
    """A 1,000-line quote against growing books."""
    rows: list[dict[str, object]] = []
    points = []
    for count in sizes:
        plan = compile_plan(pricing_rules(plain_rules(count)))
        asked = request(1_000, count)
        priced = answer(plan, asked)
        works = {"price": lambda p=plan, a=asked: price(p, a), "floor": floor_of(priced)}
        times = compare(works, rounds=9, inner=3)
        points.append((float(count), times["price"]))
        rows.append(
            {
                "rules": count,
                "rules a line": sum(len(line.applied) for line in priced.lines) / 1_000,
                "us a line": times["price"] / 1_000,
                "floor us": times["floor"] / 1_000,
                "ratio": times["price"] / times["floor"],
            }
        )
    rows.append({"rules": "fitted exponent", "us a line": exponent(points)})
    return rows


def in_lines(plan: PricePlan) -> list[dict[str, object]]:
    """Growing quotes against one book of 10,000 rules."""
    rows: list[dict[str, object]] = []
    points = []
    for count in (1, 10, 100, 1_000, 10_000, 100_000):
        asked = request(count, 10_000)
        works = {"price": lambda a=asked: price(plan, a), "floor": floor_of(answer(plan, asked))}
        times = compare(works, rounds=3 if count > 10_000 else 5, inner=max(1, 3_000 // count))
        spent = times["price"]
        if count >= 100:
            points.append((float(count), spent))
        ratio = spent / times["floor"]
        rows.append({"lines": count, "ms": spent / 1_000, "us a line": spent / count, "ratio to floor": ratio})
    rows.append({"lines": "fitted exponent (from 100)", "us a line": exponent(points)})
    return rows


def in_both(sizes: Sequence[int]) -> list[dict[str, object]]:
    """As many lines as rules: linear growth is an exponent of 1."""
    rows: list[dict[str, object]] = []
    points = []
    for count in sizes:
        plan = compile_plan(pricing_rules(plain_rules(count)))
        asked = request(count, count)
        answer(plan, asked)
        spent = cpu_us(lambda p=plan, a=asked: price(p, a), rounds=5, inner=max(1, 3_000 // count))
        points.append((float(count), spent))
        rows.append({"lines and rules": count, "ms": spent / 1_000, "us a line": spent / count})
    rows.append({"lines and rules": "fitted exponent", "us a line": exponent(points)})
    return rows


def one_edit(rules: list[PlainRule]) -> list[dict[str, object]]:
    """Changing one line of 10,000, without and with a discount on the order."""
    book = pricing_rules(rules)
    off = Rule(RuleId("order-off"), "order", {"": Percent(Decimal(3), On.ORDER)})
    ordered = replace(book, groups=(*book.groups, RuleGroup("order", Level.ORDER)), rules=(*book.rules, off))
    rows: list[dict[str, object]] = []
    for name, each in (("no order discount", book), ("order discount", ordered)):
        plan = compile_plan(each)
        asked = request(10_000, len(rules))
        before = price(plan, asked)
        assert isinstance(before, Priced)
        edit = Edit(changed=(asked.lines[5_000]._replace(quantity=Decimal(42)),))
        found = reprice(plan, asked, before, edit)
        assert isinstance(found, Repriced) and found.priced == price(plan, found.request)
        works = {
            "edit": lambda p=plan, a=asked, b=before, e=edit: reprice(p, a, b, e),
            "whole": lambda p=plan, a=asked: price(p, a),
            "floor": floor_of(before),
        }
        times = {name: spent / 1_000 for name, spent in compare(works, rounds=7).items()}
        row = {"ms": times["edit"], "whole quote ms": times["whole"], "floor of the quote ms": times["floor"]}
        rows.append({"edit of 1 line of 10,000": name} | row)
    return rows


def memory(sizes: Sequence[int]) -> list[dict[str, object]]:
    """Bytes that Python holds (tracemalloc) for each line of an answer, and for each rule of a book and of its plan."""
    rows: list[dict[str, object]] = []
    for count in sizes:
        plain = plain_rules(count, seed=8)
        book, for_book = traced(lambda plain=plain: pricing_rules(plain))
        plan, for_plan = traced(lambda book=book: compile_plan(book))
        asked = request(count, count)
        priced, for_lines = traced(lambda plan=plan, asked=asked: price(plan, asked))
        assert isinstance(priced, Priced)
        rows.append(
            {
                "rules and lines": count,
                "bytes a checked rule": (for_book - FIXED) / count,
                "bytes a compiled rule": for_plan / count,
                "bytes a priced line": for_lines / count,
            }
        )
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


FIXED = traced(lambda: pricing_rules([]))[1]
"""The bytes of the 1,000 list prices that every book has."""


def main() -> None:
    """Print and write all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="up to 100 000 rules, and 100 000 lines against them")
    full = parser.parse_args().full
    sizes = (10, 100, 1_000, 10_000, *([100_000] if full else []))
    rules = plain_rules(10_000)
    plan = compile_plan(pricing_rules(rules))
    report("price_rules", in_rules(sizes), budgets={"1 000 lines, 10 000 rules": "at most 10 times the floor"})
    report("price_lines", in_lines(plan), budgets={"100 000 lines": "at most 1 s, linear"})
    report("price_both", in_both(sizes))
    report(
        "price_edit",
        one_edit(rules[:1_000]),
        budgets={"one line of 10 000": "at most 2 ms without an order discount, 20 ms with one"},
    )
    report("price_memory", memory(sizes[2:]))


if __name__ == "__main__":
    main()

"""Pricing whole quotes: curves in lines and in rules, ratios to the floor, linear growth, repricing one edit.

The floor, verbatim: for each line one Decimal multiply, one quantize, one multiply, one add, one tuple.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from benchmarks.measure import compare, cpu_us, exponent, report
from benchmarks.price_book import PlainRule, plain_rules, pricing_rules, request
from engine.diagnostics import Refusal
from engine.money import EXACT
from engine.pricing import Edit, Lane, PricePlan, Repriced, compile_plan, price, reprice
from engine.pricing.effects import On, Percent
from engine.pricing.plan import Level, Rule, RuleGroup, RuleId
from engine.pricing.request import PriceRequest
from engine.pricing.result import Priced

CENT = Decimal("0.01")
NINETY = Decimal("0.9")


def floor_of(priced: Priced) -> Callable[[], object]:
    """The least that exact money costs for these lines."""
    units = [line.list_unit for line in priced.lines]
    quantities = [line.quantity for line in priced.lines]

    def work() -> object:
        total = Decimal(0)
        rows = []
        for unit, quantity in zip(units, quantities, strict=True):
            after = EXACT.multiply(unit, NINETY)
            rounded = after.quantize(CENT)
            amount = EXACT.multiply(rounded, quantity)
            total = EXACT.add(total, amount)
            rows.append((unit, rounded, amount))
        return rows

    return work


def answer(plan: PricePlan, asked: PriceRequest) -> Priced:
    """The priced quote, equal by both lanes before anything is timed."""
    found = price(plan, asked)
    assert not isinstance(found, Refusal), str(found)
    if len(asked.lines) <= 1_000:
        assert found == price(plan, asked, lane=Lane.FULL)
    return found


def in_rules() -> list[dict[str, object]]:
    """A 1,000-line quote against growing books."""
    rows: list[dict[str, object]] = []
    points = []
    for count in (10, 100, 1_000, 10_000):
        plan = compile_plan(pricing_rules(plain_rules(count)))
        asked = request(1_000, count)
        priced = answer(plan, asked)
        times = compare({"price": lambda p=plan, a=asked: price(p, a), "floor": floor_of(priced)}, rounds=7)
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
    rows.append({"rules": "fitted exponent", "ratio": exponent(points)})
    return rows


def in_lines(plan: PricePlan) -> list[dict[str, object]]:
    """Growing quotes against one book of 10,000 rules."""
    rows: list[dict[str, object]] = []
    points = []
    for count in (1, 10, 100, 1_000, 10_000, 100_000):
        asked = request(count, 10_000)
        answer(plan, asked)
        rounds = 3 if count > 10_000 else 5
        spent = cpu_us(lambda a=asked: price(plan, a), rounds=rounds, inner=max(1, 1_000 // count))
        if count >= 100:
            points.append((float(count), spent))
        rows.append({"lines": count, "ms": spent / 1_000, "us a line": spent / count})
    rows.append({"lines": "fitted exponent (from 100)", "us a line": exponent(points)})
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
        times = compare(
            {
                "edit": lambda p=plan, a=asked, b=before, e=edit: reprice(p, a, b, e),
                "whole": lambda p=plan, a=asked: price(p, a),
            },
            rounds=5,
        )
        rows.append(
            {"edit of 1 line of 10,000": name, "ms": times["edit"] / 1_000, "whole quote ms": times["whole"] / 1_000}
        )
    return rows


def memory(plan: PricePlan) -> list[dict[str, object]]:
    """Bytes a line of an answer, and a rule of a plan."""
    asked = request(10_000, 10_000)
    gc.collect()
    tracemalloc.start()
    kept = price(plan, asked)
    lines = tracemalloc.get_traced_memory()[0] / 10_000
    tracemalloc.stop()
    assert isinstance(kept, Priced)
    book = pricing_rules(plain_rules(2_000, seed=8))
    gc.collect()
    tracemalloc.start()
    made = compile_plan(book)
    rules = tracemalloc.get_traced_memory()[0] / 2_000
    tracemalloc.stop()
    assert made.index.everything
    return [{"kept for": "a priced line", "bytes": lines}, {"kept for": "a rule of a plan", "bytes": rules}]


def main() -> None:
    """Print and write all tables."""
    rules = plain_rules(10_000)
    start = time.thread_time()
    book = pricing_rules(rules)
    checked = time.thread_time()
    plan = compile_plan(book)
    compiled = time.thread_time()
    report(
        "price_rules",
        in_rules(),
        budgets={"1 000 lines, 10 000 rules": "at most 10 times the floor"},
    )
    report("price_lines", in_lines(plan), budgets={"100 000 lines": "at most 1 s, linear"})
    report(
        "price_edit",
        one_edit(rules[:1_000]),
        budgets={"one line of 10 000": "at most 2 ms without an order discount, 20 ms with one"},
    )
    report("price_memory", memory(plan))
    report(
        "price_load",
        [{"rules": 10_000, "check s": checked - start, "compile s": compiled - checked}],
        budgets={"10 000 rules": "at most 4 s cold"},
    )


if __name__ == "__main__":
    main()

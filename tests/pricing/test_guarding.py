"""Guards on a line's unit price, on both lanes: what they see, when they hold, and what they cannot hold."""

from __future__ import annotations

from datetime import date

import pytest

from engine.pricing import Lane, compile_plan, price
from engine.pricing.effects import Percent, Sign
from engine.pricing.plan import Guard, RuleId, Window
from engine.pricing.request import RequestLine
from engine.pricing.result import Priced
from engine.pricing.story import told_of
from tests.pricing.books import D, asked, book, formula, line, rule, when

FLOOR = RuleId("floor")
TEN = rule("ten", Percent(D(10)))


def unit(*guards: Guard, of: RequestLine, rules: tuple[object, ...] = (TEN,)) -> D:
    """The unit price of the only line, the same on both lanes."""
    plan = compile_plan(book(*rules, guards=guards))  # type: ignore[arg-type]
    found = [price(plan, asked(of), lane=lane) for lane in Lane]
    assert all(isinstance(each, Priced) for each in found), found
    (amount,) = {each.lines[0].unit for each in found}  # type: ignore[union-attr]
    return amount


@pytest.mark.parametrize(
    ("guard", "expected"),
    [
        # 100.00 less 10 percent is 90.00, which is what a condition sees
        (Guard(FLOOR, when("line.unit < 95"), floor=D(92)), "92"),
        (Guard(FLOOR, when("line.unit > 95"), floor=D(92)), "90"),
        (Guard(FLOOR, when("line.list >= 100"), floor=D(92)), "92"),
        (Guard(FLOOR, floor=D(89)), "90"),
        (Guard(FLOOR, ceiling=D(89)), "89"),
        (Guard(FLOOR, ceiling=D(91)), "90"),
        (Guard(FLOOR, floor=D(92), currency="EUR"), "92"),
        (Guard(FLOOR, floor=D(92), currency="USD"), "90"),
        (Guard(FLOOR, floor=D(92), window=Window(date(2026, 3, 1))), "92"),
        (Guard(FLOOR, floor=D(92), window=Window(date(2026, 3, 2))), "90"),
        (Guard(FLOOR, floor=D(92), window=Window(end=date(2026, 3, 1))), "90"),
        # a floor by formula above a ceiling is the last word; a cost of 60.00 with 40 percent of 100.00 left
        (Guard(FLOOR, floor=formula("line.cost + 35"), ceiling=D(80)), "95"),
        (Guard(FLOOR, margin_percent_min=D(40)), "100"),
        (Guard(FLOOR, margin_percent_min=D(40), floor=D(105)), "105"),
        (Guard(FLOOR, margin_percent_min=D(40), floor=D(95)), "100"),
        # no price leaves all of itself
        (Guard(FLOOR, margin_percent_min=formula("line.qty * 100")), "90"),
        (Guard(FLOOR, margin_percent_min=formula("line.qty * 120")), "90"),
        (Guard(FLOOR, margin_percent_min=formula("line.qty * 50")), "120"),
    ],
)
def test_one_guard(guard: Guard, expected: str) -> None:
    assert unit(guard, of=line("A", cost=D(60))) == D(expected)


def test_guards_act_one_after_the_other() -> None:
    guards = (Guard(FLOOR, floor=D(96)), Guard(RuleId("seen"), when("line.unit = 96"), ceiling=D(94)))
    # the second one sees the 96.00 of the first, which stays the floor of the order's discounts alone
    assert unit(*guards, of=line("A")) == D(94)


def test_a_surcharge_may_be_held_down() -> None:
    up = rule("up", Percent(D(50), sign=Sign.UP))
    assert unit(Guard(FLOOR, ceiling=D(120)), of=line("A"), rules=(up,)) == D(120)


def test_a_margin_without_a_cost_is_said_not_to_be_held() -> None:
    plan = compile_plan(book(TEN, guards=(Guard(FLOOR, margin_percent_min=D(40)), Guard(RuleId("low"), floor=D(1)))))
    for cost, expected in ((None, {"floor"}), (D(10), set())):
        request = asked(line("A", cost=cost))
        lost = told_of(plan, request, [request.lines[0].id]).about(request.lines[0].id)
        assert lost is not None
        assert {plan.source(number).id for number in lost.lost} == expected

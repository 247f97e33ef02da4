"""What the compiler says about a rule book: every finding, with its place."""

from __future__ import annotations

from datetime import date

import pytest

from engine.diagnostics import DiagnosticError, Span
from engine.pricing import codes, compile_plan
from engine.pricing.effects import Amount, BuyGet, On, Percent, UnitPick
from engine.pricing.models import PerUnit, Tier, Volume
from engine.pricing.plan import (
    BookFormula,
    FormulaBase,
    Guard,
    Match,
    ModelUse,
    Narrowness,
    PercentOfTotal,
    Pick,
    PriceBook,
    PriceEntry,
    PricingRules,
    RuleGroup,
    RuleId,
    Window,
)
from tests.pricing.books import D, book, entry, order_when, rule, when

TEN = Percent(D("10"))
PLACE = Span("discounts/a.yaml", 3, 5)


HALF_OF_B = PercentOfTotal(RuleId("p"), "A", D(50), when('line.sku = "B"'))
MAY = date(2026, 5, 1)


def errors(rules: PricingRules) -> list[tuple[str, str]]:
    with pytest.raises(DiagnosticError) as caught:
        compile_plan(rules)
    return [(each.code, each.message) for each in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("rules", "code", "message"),
    [
        (book(rule("r", TEN, "promos")), codes.UNKNOWN_GROUP, "unknown group `promos`"),
        (book(rule("r", TEN), rule("r", TEN)), codes.DUPLICATE_ID, "`r` is there twice"),
        (book(rule("r", Percent(D("101")))), codes.BAD_PERCENT, "`r` gives 101 percent"),
        (
            book(rule("r", TEN, not_with=frozenset({"q"}))),
            codes.UNKNOWN_RULE,
            "`r` names unknown rule `q`",
        ),
        (
            book(rule("r", Amount(D("5"), On.ORDER))),
            codes.WRONG_LEVEL,
            "`r` acts on the order but its group acts on lines",
        ),
        (
            book(rule("r", BuyGet(UnitPick(D("1")), UnitPick(D("1")), D("100")))),
            codes.WRONG_LEVEL,
            "`r` acts on the order but its group acts on lines",
        ),
        (
            book(rule("r", TEN, when=order_when("quote.net > 1"))),
            codes.WRONG_SCOPE,
            "`quote.net > 1` was checked for quote, customer, lines",
        ),
        (
            book(entries=(entry("A", "1", when=when("quote.net > 1")),)),
            codes.READS_TOTALS,
            "price entry `list-A` reads a total, which is not known before there are prices",
        ),
        (
            book(entries=(entry("A", "1", when=when("some each in [quote] satisfies each.net > 1")),)),
            codes.READS_TOTALS,
            "price entry `list-A` reads a total, which is not known before there are prices",
        ),
        (
            book(entries=(PriceEntry(RuleId("e"), Match(Narrowness.SKU, "A")),)),
            codes.NO_PRICE,
            "price entry `e` has neither price nor formula",
        ),
        (
            book(entries=(PriceEntry(RuleId("e"), formula=BookFormula(FormulaBase.BOOK, "x")),)),
            codes.UNKNOWN_BOOK,
            "unknown price book `x`",
        ),
        (
            book(guards=(Guard(RuleId("g"), floor=D("9"), ceiling=D("8")),)),
            codes.CONTRADICTORY_GUARD,
            "guard `g` has a floor of 9 above its ceiling of 8",
        ),
        (
            book(guards=(Guard(RuleId("g"), margin_percent_min=D("100")),)),
            codes.CONTRADICTORY_GUARD,
            "guard `g` asks for a margin of 100 percent, which no price has",
        ),
        (
            book(models=(ModelUse(RuleId("m"), "A", PerUnit(D(1))), ModelUse(RuleId("n"), "A", PerUnit(D(2))))),
            codes.TWO_MODELS,
            "`n` and `m` price `A` on the same days",
        ),
        (
            book(
                percent_of=(
                    PercentOfTotal(RuleId("p"), "A", D(5), window=Window(None, MAY)),
                    PercentOfTotal(RuleId("q"), "A", D(6), window=Window(date(2026, 4, 30))),
                )
            ),
            codes.TWO_MODELS,
            "`q` and `p` price `A` on the same days",
        ),
        (
            book(models=(ModelUse(RuleId("m"), "A", PerUnit(D(1)), currency="EUR"),), percent_of=(HALF_OF_B,)),
            codes.TWO_MODELS,
            "`p` and `m` price `A` on the same days",
        ),
    ],
)
def test_an_error_keeps_a_book_from_compiling(rules: PricingRules, code: str, message: str) -> None:
    assert (code, message) in errors(rules)


def test_all_errors_come_at_once_sorted_by_place_with_a_hint() -> None:
    rules = book(rule("b", TEN, "prmo", span=PLACE), rule("a", Percent(D("200")), span=Span("discounts/a.yaml", 1, 1)))
    with pytest.raises(DiagnosticError) as caught:
        compile_plan(rules)
    found = caught.value.diagnostics
    assert [each.code for each in found] == [codes.BAD_PERCENT, codes.UNKNOWN_GROUP]
    assert found[1].span == PLACE
    assert found[1].hint == "did you mean `promo`?"


def test_books_based_on_each_other_are_refused() -> None:
    one = PriceEntry(RuleId("a"), book="a", formula=BookFormula(FormulaBase.BOOK, "b"))
    other = PriceEntry(RuleId("b"), book="b", formula=BookFormula(FormulaBase.BOOK, "a"))
    assert {code for code, _ in errors(book(entries=(one, other)))} == {codes.BOOK_CYCLE}


def test_books_that_fall_back_to_nothing_or_in_a_circle_are_refused() -> None:
    def told(*books: PriceBook, **more: object) -> list[tuple[str, str]]:
        return errors(book(price_books=books, **more))

    unknown = (codes.UNKNOWN_BOOK, "unknown price book `retial`")
    assert told(PriceBook("dealer", "retial")) == [unknown]
    assert told(PriceBook("dealer", ""), PriceBook("dealer", "")) == [
        (codes.DUPLICATE_ID, "price book `dealer` is declared twice")
    ]
    assert told(PriceBook("a", "b"), PriceBook("b", "a")) == [
        (codes.BOOK_CYCLE, "price book `a` falls back to itself by way of `b`, `a`"),
        (codes.BOOK_CYCLE, "price book `b` falls back to itself by way of `a`, `b`"),
    ]
    # the default book starts from dealer, which would look there again
    computed = PriceEntry(RuleId("c"), Match(), formula=BookFormula(FormulaBase.BOOK, "dealer"))
    assert {code for code, _ in told(PriceBook("dealer", ""), entries=(computed,))} == {codes.BOOK_CYCLE}


def test_warnings_stand_in_the_plan() -> None:
    cliff = ModelUse(RuleId("m"), "A", Volume((Tier(D("9"), D("10")), Tier(None, D("8")))))
    tied = (rule("x", TEN), rule("y", Percent(D("5"))))
    plan = compile_plan(book(*tied, models=(cliff,), groups=(RuleGroup("promo", pick=Pick.FIRST),)))
    assert sorted((each.code, each.message) for each in plan.warnings) == [
        (codes.TIED_RULES, "`x` and `y` tie in group `promo`; the id decides"),
        (codes.PRICE_CLIFF, "`A`: 10 units cost 80, less than 9 for 90"),
    ]

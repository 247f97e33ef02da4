"""Price finding: the winner among entries, contracts, computed books, exchange, models in quotes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog import Charge, ChargeKind, ChargePeriod
from engine.diagnostics import Refusal
from engine.pricing import Lane, compile_plan, price, waterfall
from engine.pricing.effects import Percent
from engine.pricing.models import (
    CostPlus,
    Graduated,
    Package,
    PerUnit,
    PlusOf,
    Stairstep,
    Tier,
    TierEffect,
    Volume,
)
from engine.pricing.plan import (
    BookFormula,
    ContractedPrice,
    ExchangeRate,
    FormulaBase,
    Guard,
    Match,
    ModelUse,
    Narrowness,
    PercentBasis,
    PercentOfTotal,
    PoolScope,
    PriceBook,
    PriceEntry,
    RuleId,
    Window,
)
from engine.pricing.request import FrozenRate, PriceRequest
from engine.pricing.result import Priced
from engine.pricing.settings import RoundingSettings
from tests.pricing.books import DAY, D, amounts, asked, book, entry, formula, line, priced, refused, rule, units, when
from tests.pricing.twin_start import _winner

SKU_A = Match(Narrowness.SKU, "A")
BOOKS = ("", "one", "two", "three")


def unit_of(*entries: PriceEntry, request: PriceRequest | None = None, **more: object) -> Decimal:
    return units(priced(book(entries=entries, **more), request or asked(line("A"))))["a"]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (entry("A", "7", id="z", priority=1), entry("A", "9", id="a", when=when("line.qty >= 1"))),
        (entry("A", "7", id="z"), PriceEntry(RuleId("a"), Match(Narrowness.FAMILY, "f"), price=D("9"), weight=9)),
        (PriceEntry(RuleId("z"), Match(Narrowness.FAMILY, "f"), price=D("7")), PriceEntry(RuleId("a"), price=D("9"))),
        (entry("A", "7", id="z", weight=2), entry("A", "9", id="a", weight=1, when=when("line.qty >= 1"))),
        (entry("A", "7", id="z", when=when("line.qty >= 1")), entry("A", "9", id="a")),
        (entry("A", "7", id="z", window=Window(DAY)), entry("A", "9", id="a")),
        (entry("A", "7", id="z", quantity_min=D("1")), entry("A", "9", id="a")),
        (entry("A", "7", id="a"), entry("A", "9", id="z")),
    ],
)
def test_the_winner_is_declared_and_listing_order_never_matters(better: PriceEntry, worse: PriceEntry) -> None:
    request = asked(line("A", facts={"family": "f"}))
    assert unit_of(better, worse, request=request) == D("7")
    assert unit_of(worse, better, request=request) == D("7")


@pytest.mark.parametrize(
    "other",
    [
        entry("A", "7", id="b", quantity_min=D("2")),
        entry("A", "7", id="b", quantity_max=D("0.5")),
        entry("A", "7", id="b", window=Window(end=DAY)),
        entry("A", "7", id="b", when=when('customer.segment = "edu"')),
        PriceEntry(RuleId("b"), SKU_A, currency="USD", price=D("7"), priority=9),
        entry("A", "7", id="b", book="partners", priority=9),
    ],
)
def test_an_entry_that_does_not_hold_never_wins(other: PriceEntry) -> None:
    assert unit_of(entry("A", "9", id="a"), other) == D("9")


def test_a_quote_may_name_its_price_book() -> None:
    entries = (entry("A", "9", id="a"), entry("A", "7", id="b", book="partners"))
    assert unit_of(*entries, request=asked(line("A"), quote={"price_book": "partners"})) == D("7")


def test_a_condition_on_one_sku_makes_an_entry_one_for_that_sku() -> None:
    found = PriceEntry(RuleId("row"), currency="EUR", price=D("5"), when=when('line.sku = "A"'))
    assert unit_of(found, PriceEntry(RuleId("any"), price=D("9"))) == D("5")


@pytest.mark.parametrize(
    ("formula_", "expected"),
    [
        (BookFormula(FormulaBase.LIST, percent_off=D("20"), round_to=D("10"), surcharge=D("-0.01")), "79.99"),
        # 60 x 1.5 = 90
        (BookFormula(FormulaBase.COST, percent_off=D("-50")), "90"),
        # 100 - 50 % = 50, but at least 60 + 5 over the cost is not asked: the base is the list price
        (BookFormula(FormulaBase.LIST, percent_off=D("50"), margin_min=D("-40")), "60"),
        (BookFormula(FormulaBase.LIST, percent_off=D("-50"), margin_max=D("20")), "120"),
        # the base book says 40
        (BookFormula(FormulaBase.BOOK, "base", percent_off=D("10")), "36"),
    ],
)
def test_computed_prices(formula_: BookFormula, expected: str) -> None:
    computed = PriceEntry(RuleId("c"), SKU_A, formula=formula_)
    base = entry("A", "40", id="base-a", book="base")
    request = asked(line("A", list_price=D("100"), cost=D("60")))
    assert unit_of(computed, base, request=request) == D(expected)


def test_a_price_may_be_a_formula_over_the_line() -> None:
    found = PriceEntry(RuleId("f"), SKU_A, currency="EUR", price=formula("5 + 2 * line.qty"))
    assert unit_of(found, request=asked(line("A", "3"))) == D("11")


def test_the_products_own_price_counts_when_no_book_decides_and_an_explicit_zero_is_a_price() -> None:
    assert unit_of(request=asked(line("A", list_price=D("12"), surcharges=(D("3"),)))) == D("15")
    assert unit_of(entry("A", "0")) == D("0")


def test_contracted_prices_replace_or_discount_the_list_price() -> None:
    agreed = ContractedPrice(RuleId("c"), SKU_A, when('customer.id = "acme"'), price=D("80"))
    percent = ContractedPrice(RuleId("p"), Match(Narrowness.FAMILY, "f"), percent_off=D("30"))
    rules = book(contracted=(percent, agreed))
    request = asked(line("A", facts={"family": "f"}), customer={"id": "acme"})
    assert units(priced(rules, request))["a"] == D("80")
    assert units(priced(rules, asked(line("A", facts={"family": "f"}))))["a"] == D("70")
    plan = compile_plan(book(entries=(), contracted=(agreed,)))
    alone = priced(plan, asked(line("A"), customer={"id": "acme"}))
    assert plan.source(alone.lines[0].source).id == "c"


def test_a_percent_off_a_price_that_nobody_states_is_no_price() -> None:
    percent = ContractedPrice(RuleId("p"), SKU_A, percent_off=D("30"))
    refused = price(compile_plan(book(entries=(), contracted=(percent,))), asked(line("A")))
    assert isinstance(refused, Refusal) and [each.field for each in refused.faults] == ["lines[0].sku"]


def test_an_exchanged_price_is_rounded_at_the_unit() -> None:
    rates = (
        ExchangeRate("EUR", "USD", D("1.1"), DAY.replace(day=1)),
        ExchangeRate("EUR", "USD", D("9"), DAY.replace(month=4)),
    )
    rules = book(exchange_rates=rates)
    # 9.99 x 1.1 = 10.989: 10.99 a unit, three units are 32.97
    assert amounts(priced(rules, asked(line("C", "3"), currency="USD")))["c"] == D("32.97")
    frozen = asked(line("C", "3"), currency="USD", exchange=(FrozenRate("EUR", D("2"), DAY),))
    assert amounts(priced(rules, frozen))["c"] == D("59.94")


TIERS = (Tier(D("9"), D("10")), Tier(None, D("8")))


@pytest.mark.parametrize(
    ("model", "quantity", "expected"),
    [
        (PerUnit(D("3")), "4", "12.00"),
        (Volume(TIERS), "10", "80.00"),
        (Graduated(TIERS), "10", "98.00"),
        (Package(D("6"), D("50")), "7", "100.00"),
        (Stairstep(TIERS), "10", "8.00"),
        (CostPlus(D("50"), PlusOf.MARKUP), "2", "180.00"),
        (CostPlus(D("40"), PlusOf.MARGIN), "2", "200.00"),
        (Volume((Tier(D("1"), D("0")), Tier(None, D("25"))), TierEffect.PERCENT_OFF), "2", "150.00"),
    ],
)
def test_models_in_a_quote(model: object, quantity: str, expected: str) -> None:
    use = ModelUse(RuleId("m"), "A", model)  # type: ignore[arg-type]
    assert amounts(priced(book(models=(use,)), asked(line("A", quantity, cost=D("60")))))["a"] == D(expected)


@pytest.mark.parametrize(
    ("pool", "expected"),
    [(PoolScope.LINE, "60.00"), (PoolScope.SKU, "48.00"), (PoolScope.QUOTE, "48.00"), (PoolScope.GROUP, "60.00")],
)
def test_quantities_pool_only_when_the_book_says_so(pool: PoolScope, expected: str) -> None:
    use = ModelUse(RuleId("m"), "A", Volume(TIERS), pool)
    request = asked(line("A", "6"), line("A", "4", id="b", group="other"))
    assert amounts(priced(book(models=(use,)), request))["a"] == D(expected)


def test_past_orders_count_for_the_tier_and_a_pool_of_slabs_shares_by_quantity() -> None:
    use = ModelUse(RuleId("m"), "A", Volume(TIERS))
    request = asked(line("A", "2", prior_quantity=D("8")))
    assert amounts(priced(book(models=(use,)), request))["a"] == D("16.00")
    slabs = ModelUse(RuleId("m"), "A", Graduated(TIERS), PoolScope.SKU)
    request = asked(line("A", "6"), line("A", "6", id="b"))
    # 9 x 10 + 3 x 8 = 114, half each
    assert amounts(priced(book(models=(slabs,)), request)) == {"a": D("57.00"), "b": D("57.00")}


def test_beyond_the_last_block_without_overage_is_refused() -> None:
    use = ModelUse(RuleId("m"), "A", Stairstep((Tier(D("5"), D("100")),)))
    assert refused(book(models=(use,)), asked(line("A", "6"))).faults[0].field == "lines[0].quantity"


def test_percent_of_total_in_dependency_order_and_cycles_refused() -> None:
    care = PercentOfTotal(RuleId("care"), "CARE", D("20"), when('line.family = "hw"'))
    plus = PercentOfTotal(RuleId("plus"), "PLUS", D("10"), when('line.sku = "CARE"'), PercentBasis.NET)
    lines = (line("PLUS"), line("CARE", "2"), line("A", "3", facts={"family": "hw"}))
    quote = priced(book(percent_of=(care, plus)), asked(*lines))
    # 20 % of 300.00 twice, then 10 % of 120.00
    assert amounts(quote) == {"plus": D("12.00"), "care": D("120.00"), "a": D("300.00")}
    ring = PercentOfTotal(RuleId("care"), "CARE", D("20"), when('line.sku = "PLUS"'))
    answer = refused(book(percent_of=(ring, plus)), asked(*lines))
    assert "`plus`" in answer.faults[0].message and "`care`" in answer.faults[0].message


def test_terms_and_charges_make_the_totals() -> None:
    monthly = Charge(ChargeKind.RECURRING, ChargePeriod.MONTH)
    yearly = Charge(ChargeKind.RECURRING, ChargePeriod.YEAR)
    usage = Charge(ChargeKind.USAGE, ChargePeriod.MONTH, meter="gb")
    lines = (
        line("A", cost=D("60")),
        line("B", "2", charge=monthly, term_months=D("18"), cost=D("5")),
        line("C", "10", charge=yearly, term_months=D("18"), cost=D("1")),
        line("C", "3", id="u", charge=usage, cost=D("0")),
    )
    totals = priced(book(), asked(*lines)).totals
    assert totals.one_time.decimal == D("100.00")
    assert [(months, each.decimal) for months, each in totals.recurring] == [(1, D("40.00")), (12, D("99.90"))]
    assert totals.usage_estimate.decimal == D("29.97")
    # 40.00 a month, and 99.90 / 12 = 8.325
    assert totals.mrr.decimal == D("48.33")
    # 40.00 x 12 + 99.90
    assert totals.arr.decimal == D("579.90")
    # the yearly value of both terms, which are longer than a year
    assert totals.acv.decimal == D("579.90")
    # 100.00 + 18 x 40.00 + 99.90 + half of 99.90
    assert totals.tcv.decimal == D("969.85")
    # 60 + 10 + 10 + 0 of 269.87
    assert totals.cost is not None and totals.cost.decimal == D("80.00")
    assert totals.margin is not None and totals.margin.decimal == D("189.87")
    # 189.87 / 269.87
    assert totals.margin_percent == D("70.3561")


def test_a_missing_cost_leaves_the_margin_unknown() -> None:
    totals = priced(book(), asked(line("A", cost=D("1")), line("B"))).totals
    assert (totals.cost, totals.margin, totals.margin_percent) == (None, None, None)


def test_cash_rounding_is_a_line_of_its_own_on_the_payable_total() -> None:
    rounding = RoundingSettings(cash={"EUR": D("0.05")})
    totals = priced(book(rounding=rounding), asked(line("C"))).totals
    assert (totals.gross.decimal, totals.cash_rounding.decimal, totals.payable.decimal) == (
        D("9.99"),
        D("0.01"),
        D("10.00"),
    )


def test_conditions_may_read_how_many_units_the_quote_has() -> None:
    rules = book(rule("many", Percent(D("10")), when=when("quote.qty >= 5")))
    assert amounts(priced(rules, asked(line("A", "2"), line("B", "3"))))["a"] == D("180.00")
    assert amounts(priced(rules, asked(line("A", "2"), line("B", "2"))))["a"] == D("200.00")


def test_the_price_of_a_ramp_segment_stands_instead_of_list_contract_and_model() -> None:
    contract = ContractedPrice(RuleId("c"), Match(Narrowness.SKU, "A"), price=D("70"))
    volume = ModelUse(RuleId("m"), "B", Volume((Tier(None, D("15")),)))
    rules = book(contracted=(contract,), models=(volume,))
    lines = (
        line("A", segment_price=D("55")),
        line("B", "2", segment_price=D("12.5")),
        line("NEW", segment_price=D("9")),
    )
    quote = priced(rules, asked(*lines))
    assert amounts(quote) == {"a": D("55.00"), "b": D("25.00"), "new": D("9.00")}
    assert [each.list_unit for each in quote.lines] == [D("100"), D("20"), D("9")]


MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


@pytest.mark.parametrize(
    ("day", "amounts_then"),
    [
        # 15 % until May, 18 % in May, no floor and no percent from June on
        (date(2026, 4, 30), {"care": "15.00", "b": "20.00"}),
        (MAY, {"care": "18.00", "b": "25.00"}),
        (JUNE, None),
    ],
)
def test_percents_and_guards_hold_on_their_days(day: date, amounts_then: dict[str, str] | None) -> None:
    of = when('line.sku = "A"')
    parts = (
        PercentOfTotal(RuleId("care-15"), "CARE", D("15"), of, window=Window(None, MAY)),
        PercentOfTotal(RuleId("care-18"), "CARE", D("18"), of, window=Window(MAY, JUNE)),
    )
    floor = Guard(RuleId("dear"), when('line.sku = "B"'), floor=D("25"), window=Window(MAY, JUNE))
    plan = compile_plan(book(percent_of=parts, guards=(floor,)))
    request = replace(asked(line("A"), line("B"), line("CARE")), date=day)
    found = price(plan, request)
    if amounts_then is None:
        assert isinstance(found, Refusal) and [each.field for each in found.faults] == ["lines[2].sku"]
        found = price(plan, replace(request, lines=request.lines[:2]))
        assert isinstance(found, Priced) and amounts(found)["b"] == D("20.00")
        return
    assert isinstance(found, Priced) and price(plan, request, lane=Lane.FULL) == found
    assert {name: str(amounts(found)[name]) for name in amounts_then} == amounts_then


def test_the_story_names_the_book_that_a_price_was_found_in() -> None:
    dealer = entry("B", "15", id="dealer-B", book="dealer")
    books = (PriceBook("dealer", ""),)
    plan = compile_plan(book(entries=(entry("A", "100"), dealer), price_books=books))
    request = asked(line("A"), line("B"), quote={"price_book": "dealer"})
    found = price(plan, request)
    assert isinstance(found, Priced)
    (step,) = waterfall(plan, found, "a", request).steps
    assert (step.rule_id, step.inputs) == ("list-A", (("price book", "default, since dealer has no price for it"),))
    assert waterfall(plan, found, "b", request).steps[0].inputs == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(BOOKS),
            st.sampled_from((SKU_A, Match(Narrowness.FAMILY, "f"), Match())),
            st.integers(1, 99),
            st.integers(0, 1),
            st.sampled_from((None, D(2))),
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(BOOKS),
    st.lists(st.sampled_from(BOOKS), min_size=2, max_size=2),
    st.integers(1, 3),
)
def test_a_price_is_that_of_the_first_book_on_the_way_that_has_one(
    stated: list[tuple[str, Match, int, int, Decimal | None]], wanted: str, fallbacks: list[str], quantity: int
) -> None:
    entries = tuple(
        PriceEntry(RuleId(f"e{n}"), match, book=name, price=D(amount), priority=priority, quantity_min=least)
        for n, (name, match, amount, priority, least) in enumerate(stated)
    )
    # one falls back to something behind it, two to the default or to three: never in a circle
    way = {"one": fallbacks[0] if fallbacks[0] != "one" else "", "two": "three" if fallbacks[1] == "three" else ""}
    books = tuple(PriceBook(name, other) for name, other in way.items())
    rules = book(entries=(*entries, entry("Z", "1"), *(entry("Z", "1", id=f"z-{n}", book=n) for n in BOOKS[1:])))
    rules = replace(rules, price_books=books)
    asking = line("A", str(quantity), facts={"family": "f"})
    request = asked(asking, quote={"price_book": wanted} if wanted else {})
    expected, name = None, wanted
    while expected is None:
        expected = _winner(rules, request, asking, name, "EUR")
        if name not in way:
            break
        name = way[name]
    found = price(compile_plan(rules), request)
    if expected is None:
        assert isinstance(found, Refusal) and found.faults[0].code == "PRC002"
    else:
        assert isinstance(found, Priced) and found.lines[0].list_unit == expected.price
        assert price(compile_plan(rules), request, lane=Lane.FULL) == found

"""Repricing an edit equals pricing the edited quote from the start."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import Charge, ChargeKind, ChargePeriod, LineId
from engine.diagnostics import Refusal
from engine.money.problem import OUT_OF_RANGE
from engine.pricing import Edit, Repriced, compile_plan, price, reprice
from engine.pricing.edits import UnknownLineError
from engine.pricing.effects import Amount, Basis, BuyGet, ForEach, Gift, On, Percent, Select, Sign, UnitPick, UnitsOff
from engine.pricing.flow import Lane
from engine.pricing.models.tiers import Tier
from engine.pricing.models.volume import Volume
from engine.pricing.plain_guards import is_plain
from engine.pricing.plan import (
    BundlePrice,
    ContractedPrice,
    Guard,
    Level,
    Match,
    ModelUse,
    Narrowness,
    PercentOfTotal,
    PoolScope,
    PricingRules,
    Rule,
    RuleId,
)
from engine.pricing.repricing import Reach, reach_of
from engine.pricing.request import PriceRequest, RequestLine
from engine.pricing.result import Priced
from engine.pricing.settings import RoundingPoint, RoundingSettings, TaxRate, TaxSettings
from tests.pricing.books import D, asked, book, entry, line, order_when, rule, when
from tests.pricing.test_twin_order import books as order_books
from tests.pricing.test_twin_order import requests as order_requests
from tests.pricing.test_twin_quote import books as whole_books
from tests.pricing.test_twin_quote import requests as whole_requests

MONTHLY = Charge(ChargeKind.RECURRING, ChargePeriod.MONTH)
PLAIN = book(
    rule("ten", Percent(D("10")), when=when("line.qty >= 5")),
    rule("edu", Amount(D("1.5")), when=when('line.family = "disk"')),
    tax=TaxSettings(rates=(TaxRate("", D("0")), TaxRate("s", D("19")))),
)
WITH_ORDER = book(
    *PLAIN.rules,
    rule("big", Percent(D("7"), On.ORDER), "order", when=order_when("quote.net > 300")),
    rule("off", Amount(D("10"), On.ORDER), "order"),
)
THIRD_FREE = BuyGet(UnitPick(D(2)), UnitPick(D(1), select=Select.CHEAPEST), D(100), repeat=True)
UNITS = book(
    *PLAIN.rules,
    rule("third", THIRD_FREE, "order", when=order_when("quote.acv < 5000")),
    rule("half", UnitsOff(Percent(D(50)), Select.DEAREST, count=D(2)), "order", when=order_when("quote.tcv > 900")),
    rule("mugs", Gift("A", for_each=ForEach(D(3), when('line.sku = "B"'))), "order"),
)
WITH_VALUES = book(*PLAIN.rules, rule("total", Percent(D("3")), when=when("quote.acv > 4000 or quote.tcv > 9000")))
WITH_TOTALS = book(*PLAIN.rules, rule("total", Percent(D("3")), when=when("quote.list > 400")))
GUARDS = (Guard(RuleId("floor"), when('line.family = "disk"'), floor=D("15")), Guard(RuleId("most"), ceiling=D("95")))
GUARDED = replace(PLAIN, guards=GUARDS)
SEEING = replace(PLAIN, guards=(Guard(RuleId("many"), when("count(lines) > 2"), floor=D("90")),))
SUPPORT = PercentOfTotal(RuleId("support"), "C", D("20"), when('line.sku != "C"'))
WITH_PERCENT = replace(PLAIN, percent_of=(SUPPORT,))
TIERS = Volume((Tier(D(10), D(8)), Tier(None, D(6))))
POOLED = replace(PLAIN, models=(ModelUse(RuleId("tiers"), "C", TIERS, PoolScope.QUOTE),))
ALONE = replace(PLAIN, models=(ModelUse(RuleId("tiers"), "C", TIERS),))
# Lines without a list price are brought up by a surcharge or a floor, and so measured by what they cost then.
FREE = (entry("A", "100"), entry("B", "0"), entry("C", "9.99"))
RAISED = replace(
    book(rule("fee", Amount(D("1.5"), sign=Sign.UP), when=when("line.qty < 8")), *PLAIN.rules),
    entries=FREE,
)
BUNDLED = replace(PLAIN, bundle_prices=(BundlePrice(RuleId("set"), "C", D("30")),))
BOOKS = {
    "plain": PLAIN,
    "order": WITH_ORDER,
    "totals": WITH_TOTALS,
    "values": WITH_VALUES,
    "units": UNITS,
    "guards": GUARDED,
    "guards that see lines": SEEING,
    "guards and order": replace(WITH_ORDER, guards=GUARDS),
    "percent of total": WITH_PERCENT,
    "pooled tiers": POOLED,
    "tiers": ALONE,
    "raised": RAISED,
    "raised by guards": replace(GUARDED, entries=FREE),
    "bundle price": BUNDLED,
}

lines = st.builds(
    lambda sku, quantity, family, cost, monthly, taxed: (sku, quantity, family, cost, monthly, taxed),
    st.sampled_from("ABC"),
    st.integers(1, 9),
    st.sampled_from(("disk", "cpu")),
    st.none() | st.integers(1, 90),
    st.booleans(),
    st.booleans(),
)


def made(number: int, parts: tuple[str, int, str, int | None, bool, bool]) -> RequestLine:
    sku, quantity, family, cost, monthly, taxed = parts
    asked_line = line(
        sku,
        str(quantity),
        id=f"l{number}",
        facts={"family": family},
        cost=None if cost is None else D(cost),
        tax_code="s" if taxed else "",
    )
    # What is charged by the month is a segment of a ramp, or in none of them.
    return asked_line._replace(charge=MONTHLY, term_months=D("18"), segment=quantity % 4) if monthly else asked_line


@settings(max_examples=400)
@given(
    st.sampled_from(sorted(BOOKS)),
    st.lists(lines, min_size=1, max_size=5),
    st.lists(st.tuples(st.sampled_from(("change", "add", "remove")), st.integers(0, 9), lines), min_size=1, max_size=4),
)
def test_a_chain_of_edits_equals_pricing_from_the_start(
    name: str, start: list[tuple[str, int, str, int | None, bool, bool]], edits: list[tuple[str, int, object]]
) -> None:
    plan = compile_plan(BOOKS[name])
    request = asked(*(made(number, parts) for number, parts in enumerate(start)))
    current = price(plan, request)
    assert isinstance(current, Priced)
    for number, (kind, place, parts) in enumerate(edits):
        edit = edit_of(kind, place, parts, request, 100 + number)
        found = reprice(plan, request, current, edit)
        if isinstance(found, Refusal):
            assert len(request.lines) == 1 and kind == "remove"
            return
        assert found.priced == price(plan, found.request)
        request, current = found.request, found.priced


def edit_of(kind: str, place: int, parts: object, request: PriceRequest, number: int) -> Edit:
    assert isinstance(parts, tuple)
    target = request.lines[place % len(request.lines)]
    match kind:
        case "change":
            return Edit(changed=(made(0, parts)._replace(id=target.id),))
        case "add":
            return Edit(added=(made(number, parts),))
        case _:
            return Edit(removed=frozenset({target.id}))


@st.composite
def edits_between(draw: st.DrawFn, before: PriceRequest, after: PriceRequest) -> Edit:
    """Some lines of one request take what another one states, some go, and some come from there."""
    changed, removed = [], []
    for each in before.lines:
        what = draw(st.sampled_from(("stay", "stay", "change", "remove")))
        if what == "change":
            changed.append(draw(st.sampled_from(after.lines))._replace(id=each.id, root=None))
        elif what == "remove":
            removed.append(each.id)
    added = [each._replace(id=LineId(f"new-{each.id}"), root=None) for each in after.lines if draw(st.booleans())]
    return Edit(tuple(changed), frozenset(removed), tuple(added))


def untied(rules: PricingRules) -> PricingRules:
    """A book without what ties a whole quote together, so that less than all of it is priced again."""
    return replace(
        rules,
        guards=tuple(each for each in rules.guards if is_plain(each)),
        bundle_prices=(),
        models=tuple(replace(each, pool=PoolScope.LINE) for each in rules.models),
        rounding=replace(rules.rounding, points=rules.rounding.points - {RoundingPoint.TOTAL} | {RoundingPoint.LINE}),
        groups=tuple(each if each.level is Level.ORDER else replace(each, cap=None) for each in rules.groups),
    )


def without_percents(request: PriceRequest) -> PriceRequest:
    lines = tuple(each for each in request.lines if each.sku in "ABC")
    return replace(request, lines=lines, manual=())


def same_as_the_whole(rules: PricingRules, before: PriceRequest, edit: Edit) -> None:
    plan = compile_plan(rules)
    priced = price(plan, before)
    assert isinstance(priced, Priced)
    found = reprice(plan, before, priced, edit)
    lines = {each.id: each for each in (*before.lines, *edit.changed, *edit.added) if each.id not in edit.removed}
    edited = replace(before, lines=tuple(lines.values()))
    assert (found if isinstance(found, Refusal) else found.priced) == price(plan, edited)


@settings(max_examples=200, deadline=None)
@given(st.data(), order_books(), order_requests, order_requests)
def test_edits_under_random_order_rules_equal_pricing_from_the_start(
    data: st.DataObject, rules: PricingRules, before: PriceRequest, after: PriceRequest
) -> None:
    same_as_the_whole(rules, before, data.draw(edits_between(before, after)))


@settings(max_examples=200, deadline=None)
@given(st.data(), whole_books(), whole_requests(), whole_requests(), st.sampled_from((True, True, False)))
def test_edits_under_random_books_equal_pricing_from_the_start(
    data: st.DataObject, rules: PricingRules, before: PriceRequest, after: PriceRequest, is_free: bool
) -> None:
    if is_free:
        rules, before, after = untied(rules), without_percents(before), without_percents(after)
    same_as_the_whole(rules, before, data.draw(edits_between(before, after)))


@pytest.mark.parametrize(("guard", "reach"), [("15", Reach.ORDER), ("line.list * 0.5", Reach.QUOTE)])
def test_an_order_discount_holds_the_floors_of_plain_guards_after_an_edit(guard: str, reach: Reach) -> None:
    floor = D(guard) if reach is Reach.ORDER else when(guard)[0]
    guards = (Guard(RuleId("low"), when('line.sku = "B"'), floor=floor),)
    most = rule("most", Percent(D("60"), On.ORDER), "order")
    plan = compile_plan(book(most, guards=guards))
    request = asked(line("A"), line("B"))
    assert reach_of(plan, request) is reach
    before = price(plan, request)
    assert isinstance(before, Priced)
    found = reprice(plan, request, before, Edit(changed=(line("A", "2"),)))
    assert isinstance(found, Repriced) and found.priced == price(plan, found.request)
    # A is 100.00 a unit, B 20.00: 60 % of 220.00 are 132.00, of which B can take no more than 5.00, or 10.00 by formula
    assert [each.order_discount for each in found.priced.lines] == (
        [12700, 500] if reach is Reach.ORDER else [12200, 1000]
    )


def test_a_contracted_price_is_no_discount_after_an_edit_either() -> None:
    agreed = ContractedPrice(RuleId("agreed"), Match(Narrowness.SKU, "B"), price=D("15"))
    off = rule("off", Percent(D("10"), On.ORDER), "order", target=when("line.discounted"))
    rules = book(rule("ten", Percent(D("10")), when=when('line.sku = "A"')), off, contracted=(agreed,))
    plan = compile_plan(rules)
    request = asked(line("A"), line("B"), line("C"))
    before = price(plan, request)
    assert isinstance(before, Priced)
    found = reprice(plan, request, before, Edit(changed=(line("C", "2"),)))
    # A is discounted to 90.00 and takes 9.00; B costs 15.00 as agreed and takes nothing
    assert isinstance(found, Repriced) and found.priced == price(plan, found.request)
    assert [each.order_discount for each in found.priced.lines] == [900, 0, 0]


def test_a_guard_and_the_rounding_of_the_end_are_no_discounts_of_a_line() -> None:
    guards = (Guard(RuleId("top"), when('line.sku = "B"'), ceiling=D("15")),)
    off = rule("off", Percent(D("10"), On.ORDER), "order", target=when("line.discounted"))
    rounding = RoundingSettings(points=frozenset({RoundingPoint.UNIT, RoundingPoint.LINE}))
    prices = (entry("A", "100"), entry("B", "20"), entry("C", "9.991"))
    plan = compile_plan(book(off, guards=guards, rounding=rounding, entries=prices))
    for lane in Lane:
        found = price(plan, asked(line("A"), line("B"), line("C")), lane=lane)
        assert isinstance(found, Priced)
        # B is held at 15.00 and C rounded from 9.991 to 9.99: neither is a discount
        assert [each.stage_amount for each in found.lines] == [10000, 1500, 999]
        assert [each.order_discount for each in found.lines] == [0, 0, 0]


def test_a_discount_is_a_surcharge_only_as_long_as_the_order_is_below_zero() -> None:
    off = rule("off", Percent(D("3"), On.ORDER), "order")
    plan = compile_plan(book(off, entries=(entry("A", "100"), entry("D", "-4.50"))))
    request = asked(line("D"))
    before = price(plan, request)
    assert isinstance(before, Priced)
    # 3 % of -4.50 is -0.135, and so an amount of -0.14 off: a surcharge
    assert before.totals.offset is not None and before.totals.offset.decimal == D("0.14")
    more = reprice(plan, request, before, Edit(added=(line("A"),)))
    # 3 % of 95.50 is 2.865: nothing is raised
    assert isinstance(more, Repriced) and more.priced == price(plan, more.request)
    assert more.priced.totals.offset is None and more.priced.totals.order_discount.decimal == D("2.87")
    less = reprice(plan, more.request, more.priced, Edit(removed=frozenset({LineId("a")})))
    assert isinstance(less, Repriced) and less.priced == before


def test_another_rule_that_takes_as_much_goes_to_another_depth() -> None:
    of_b = when('line.sku = "B"')
    net = rule("net", Percent(D("10"), On.ORDER), "order", when=order_when("quote.net < 300"), target=of_b)
    by_list = Percent(D("15"), On.ORDER, of=Basis.LIST)
    listed = rule("list", by_list, "order", when=order_when("quote.net >= 300"), target=of_b)
    fee = rule("fee", Percent(D("50"), sign=Sign.UP), when=of_b)
    plan = compile_plan(book(fee, net, listed, entries=(entry("A", "100"), entry("B", "100"))))
    request = asked(line("A"), line("B"))
    before = price(plan, request)
    assert isinstance(before, Priced)
    # B comes to 150.00, of which 10 % are 15.00: a tenth of its 100.00, so 10.00 of 200.00
    assert before.totals.discount_percent == D("5.0000")
    found = reprice(plan, request, before, Edit(changed=(line("A", "2"),)))
    assert isinstance(found, Repriced) and found.priced == price(plan, found.request)
    # 15 % of its list price are 15.00, too, and count as that: 15.00 of 300.00
    assert found.priced.lines[1].order_discount == before.lines[1].order_discount == 1500
    assert found.priced.totals.discount_percent == D("5.0000")


@pytest.mark.parametrize("more", [(), (rule("off", Percent(D("10"), On.ORDER), "order"),)])
@pytest.mark.parametrize("percent", ["0", "60"])
def test_an_edit_refuses_what_no_document_can_hold(more: tuple[Rule, ...], percent: str) -> None:
    rules = book(rule("off line", Percent(D(percent))), *more, entries=(entry("A", "5E+16"), entry("B", "5E+16")))
    plan = compile_plan(rules)
    request = asked(line("A"))
    before = price(plan, request)
    assert isinstance(before, Priced)
    # twice 5e16.00 are 1e19 minor units by the list, beyond 2^63, which is about 9.22e18
    found = reprice(plan, request, before, Edit(added=(line("B"),)))
    assert isinstance(found, Refusal) and [each.code for each in found.faults] == [OUT_OF_RANGE]


def test_a_line_that_an_edit_changes_twice_is_what_it_says_last() -> None:
    plan = compile_plan(PLAIN)
    request = asked(line("A"), line("B"))
    before = price(plan, request)
    assert isinstance(before, Priced)
    found = reprice(plan, request, before, Edit(changed=(line("B", "2"), line("B", "3"))))
    assert isinstance(found, Repriced) and found.priced == price(plan, found.request)
    assert isinstance(reprice(plan, request, before, Edit(added=(line("C"), line("C", "2")))), Refusal)


@pytest.mark.parametrize("name", ["raised", "raised by guards"])
def test_the_depth_of_discounts_still_counts_lines_without_a_list_price(name: str) -> None:
    plan = compile_plan(BOOKS[name])
    free = line("B", facts={"family": "disk"})
    request = asked(line("A", "5"), free)
    before = price(plan, request)
    assert isinstance(before, Priced)
    for edit in (Edit(changed=(line("A", "6"),)), Edit(added=(line("C"),)), Edit(removed=frozenset({free.id}))):
        found = reprice(plan, request, before, edit)
        assert isinstance(found, Repriced)
        assert found.priced == price(plan, found.request)


def test_an_edit_reaches_only_what_depends_on_it() -> None:
    request = asked(line("A"))
    assert reach_of(compile_plan(PLAIN), request) is Reach.LINE
    assert reach_of(compile_plan(WITH_ORDER), request) is not Reach.QUOTE
    assert reach_of(compile_plan(WITH_TOTALS), request) is Reach.QUOTE
    assert reach_of(compile_plan(GUARDED), request) is Reach.LINE
    assert reach_of(compile_plan(SEEING), request) is Reach.QUOTE
    assert reach_of(compile_plan(ALONE), asked(line("C"))) is Reach.LINE


@pytest.mark.parametrize("rules", [WITH_PERCENT, POOLED, BUNDLED])
def test_prices_that_count_other_lines_tie_a_quote_that_has_them_only(rules: PricingRules) -> None:
    plan = compile_plan(rules)
    assert reach_of(plan, asked(line("A"))) is Reach.LINE
    assert reach_of(plan, asked(line("A"), line("C"))) is Reach.QUOTE
    assert reach_of(plan, asked(line("A")), Edit(added=(line("C"),))) is Reach.QUOTE
    assert reach_of(plan, asked(line("A")), Edit(changed=(line("C", id="a"),))) is Reach.QUOTE


def test_a_book_that_rounds_the_total_is_priced_again() -> None:
    rounded = replace(PLAIN, rounding=RoundingSettings(points=frozenset({RoundingPoint.TOTAL})))
    assert reach_of(compile_plan(rounded), asked(line("A"))) is Reach.QUOTE
    assert PoolScope.LINE.value == "line"


def test_a_bad_edit_is_refused_with_its_place_in_the_whole_quote() -> None:
    plan = compile_plan(PLAIN)
    request = asked(line("A"), line("B"))
    before = price(plan, request)
    assert isinstance(before, Priced)
    found = reprice(plan, request, before, Edit(changed=(line("B", "-1"),)))
    assert isinstance(found, Refusal)
    assert [fault.field for fault in found.faults] == ["lines[1].quantity"]


def test_an_edit_of_a_line_that_is_not_there_is_an_error_of_the_caller() -> None:
    plan = compile_plan(PricingRules("EUR", entries=PLAIN.entries))
    request = asked(line("A"))
    before = price(plan, request)
    assert isinstance(before, Priced)
    with pytest.raises(UnknownLineError, match="zz"):
        reprice(plan, request, before, Edit(removed=frozenset({LineId("zz")})))


def test_an_added_line_comes_last() -> None:
    plan = compile_plan(PLAIN)
    request = asked(line("A"))
    before = price(plan, request)
    assert isinstance(before, Priced)
    found = reprice(plan, request, before, Edit(added=(line("B"),)))
    assert isinstance(found, Repriced)
    assert [each.id for each in found.priced.lines] == ["a", "b"]
    # 100.00 + 20.00
    assert found.priced.totals.net.decimal == D("120.00")

"""Lines that are a percent of others: what is agreed for them acts on what they come to; amounts worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.catalog import Charge, ChargeKind, ChargePeriod, LineId
from engine.money import Ratio
from engine.pricing import Edit, compile_plan, explain_rule, price, reprice, waterfall
from engine.pricing.effects import Amount, On, Percent
from engine.pricing.flow import OF_OTHERS, Lane
from engine.pricing.models import Tier, Volume
from engine.pricing.plan import (
    BundlePrice,
    ContractedPrice,
    Guard,
    Match,
    ModelUse,
    Narrowness,
    PercentBasis,
    PercentOfTotal,
    PoolScope,
    PricingRules,
    RuleId,
    Window,
)
from engine.pricing.repricing import Repriced
from engine.pricing.request import (
    Beside,
    ManualDiscount,
    ManualKind,
    ManualOn,
    PriceRequest,
    Replaces,
    RequestLine,
    Runs,
)
from engine.pricing.result import Priced
from engine.pricing.settings import RoundingPoint, RoundingSettings
from tests.pricing.books import D, amounts, asked, book, entry, line, priced, refused, rule, when

CARE = PercentOfTotal(RuleId("care"), "CARE", D("20"), when('line.sku = "A"'))
PLUS = PercentOfTotal(RuleId("plus"), "PLUS", D("10"), when('line.sku = "CARE"'))
# Three of A at 100.00: care is 60.00.
LINES = (line("CARE", facts={"family": "service"}), line("A", "3"))


def by_agent(kind: ManualKind, value: str, **more: Any) -> ManualDiscount:
    return ManualDiscount("m", ManualOn.LINE, kind, D(value), "to win", "ann", "care", **more)


def care(rules: PricingRules, request: PriceRequest) -> str:
    """What care comes to; by either lane, and after an edit of the line that it counts."""
    plan = compile_plan(replace(rules, percent_of=rules.percent_of or (CARE,)))
    found = price(plan, request)
    assert isinstance(found, Priced), found
    assert price(plan, request, lane=Lane.FULL) == found
    less = replace(request, lines=tuple(each._replace(quantity=D(1)) for each in request.lines))
    before = price(plan, less)
    assert isinstance(before, Priced)
    edited = reprice(plan, less, before, Edit(changed=request.lines))
    assert isinstance(edited, Repriced) and edited.priced == found
    return str(amounts(found)["care"])


@pytest.mark.parametrize(
    ("manual", "amount"),
    [
        (by_agent(ManualKind.PERCENT, "10"), "54.00"),
        (by_agent(ManualKind.AMOUNT, "15"), "45.00"),
        (by_agent(ManualKind.TARGET, "50"), "50.00"),
        (by_agent(ManualKind.TARGET, "75"), "75.00"),
        (by_agent(ManualKind.TARGET, "50", replaces=Replaces.FINAL), "50.00"),
        (by_agent(ManualKind.PERCENT, "100"), "0.00"),
    ],
)
def test_the_agents_price_is_the_last_word(manual: ManualDiscount, amount: str) -> None:
    assert care(book(), asked(*LINES, manual=(manual,))) == amount


def test_an_agreed_price_takes_part_in_no_order_discount() -> None:
    tenth = rule("tenth", Percent(D(10), On.ORDER), "order")
    final = by_agent(ManualKind.TARGET, "50", replaces=Replaces.FINAL)
    assert care(book(tenth), asked(*LINES, manual=(final,))) == "50.00"
    assert care(book(tenth), asked(*LINES, manual=(replace(final, replaces=Replaces.NOTHING),))) == "45.00"


def test_what_is_counted_is_the_agreed_price() -> None:
    request = asked(line("PLUS"), *LINES, manual=(by_agent(ManualKind.TARGET, "50"),))
    assert amounts(priced(book(percent_of=(CARE, PLUS)), request))["plus"] == D("5.00")


def test_guards_and_floors_hold_what_the_percent_comes_to() -> None:
    floor = Guard(RuleId("least"), when('line.sku = "CARE"'), floor=D(70))
    ceiling = Guard(RuleId("most"), when('line.sku = "CARE"'), ceiling=D(40))
    margin = Guard(RuleId("margin"), when('line.sku = "CARE"'), margin_percent_min=D(20))
    assert care(book(guards=(floor,)), asked(*LINES)) == "70.00"
    assert care(book(guards=(ceiling,)), asked(*LINES)) == "40.00"
    costly = (LINES[0]._replace(cost=D(54)), LINES[1])
    assert care(book(guards=(margin,)), asked(*costly)) == "67.50"  # 54 / 0.8
    # 37.00 off 370.00, 7.00 of it off care, which the floor refuses: A takes all of it.
    tenth = rule("tenth", Percent(D(10), On.ORDER), "order")
    assert amounts(priced(book(tenth, guards=(floor,), percent_of=(CARE,)), asked(*LINES))) == {
        "care": D("70.00"),
        "a": D("263.00"),
    }
    held = (LINES[0]._replace(floor=D(58)), LINES[1])
    assert care(book(), asked(*held, manual=(by_agent(ManualKind.PERCENT, "10"),))) == "58.00"


@pytest.mark.parametrize(
    ("match", "agreed", "amount"),
    [
        (Match(Narrowness.SKU, "CARE"), {"price": D(45)}, "45.00"),
        (Match(Narrowness.FAMILY, "service"), {"price": D(45)}, "45.00"),
        (Match(Narrowness.SKU, "CARE"), {"percent_off": D(10)}, "54.00"),
        # Who has 10 % off everything pays 270.00 for A and 20 % of that, not 10 % less once more.
        (Match(), {"percent_off": D(10)}, "54.00"),
        (Match(Narrowness.FAMILY, "service"), {"percent_off": D(10)}, "60.00"),
    ],
)
def test_a_contract_for_the_product_acts_on_the_percent(match: Match, agreed: dict[str, Any], amount: str) -> None:
    contract = ContractedPrice(RuleId("k"), match, **agreed)
    assert care(book(contracted=(contract,)), asked(*LINES)) == amount


def test_the_price_of_a_segment_stands_instead_of_the_percent() -> None:
    own = (LINES[0]._replace(segment=1, segment_price=D(48)), LINES[1])
    assert care(book(), asked(*own)) == "48.00"
    # An uplift raises what it counts: 20 % of 330.00 is 66.00, its own uplift is not added once more.
    raised = tuple(each._replace(segment=2, uplift_percent=D(10)) for each in LINES)
    assert care(book(), asked(*raised)) == "66.00"


def test_rules_act_on_what_is_counted_and_say_so() -> None:
    half = rule("half", Percent(D(50)), when=when('line.sku = "CARE"'))
    fee = rule("off", Amount(D(5)))
    plan = compile_plan(book(half, fee, percent_of=(CARE,)))
    request = asked(*LINES)
    found = price(plan, request)
    assert isinstance(found, Priced)
    assert amounts(found) == {"care": D("57.00"), "a": D("285.00")}  # 3 x 95.00, and 20 % of that
    assert {plan.sources[no].id for no in found.applied} == {"off"}
    story = waterfall(plan, found, "care", request)
    assert [(each.rule_id, each.reason) for each in story.losers] == [("half", OF_OTHERS), ("off", OF_OTHERS)]
    assert (explain_rule(plan, request, "care", "half").applied, explain_rule(plan, request, "a", "off").applied) == (
        False,
        True,
    )
    assert explain_rule(plan, request, "care", "half").reason == OF_OTHERS


def test_the_story_tells_percent_agent_and_guard_in_order() -> None:
    floor = Guard(RuleId("least"), when('line.sku = "CARE"'), floor=D(55))
    plan = compile_plan(book(guards=(floor,), percent_of=(CARE,)))
    request = asked(*LINES, manual=(by_agent(ManualKind.TARGET, "50"),))
    found = price(plan, request)
    assert isinstance(found, Priced)
    steps = [(each.step, each.before, each.after) for each in waterfall(plan, found, "care", request).steps]
    assert steps == [
        ("list price", D(0), D(0)),
        ("percent of total", D(0), D(60)),
        ("manual discount", D(60), D(50)),
        ("guard", D(50), D(55)),
    ]
    read = waterfall(plan, found, "care", request).steps[1].inputs
    assert read == (("percent", D(20)), ("lines counted", "a"), ("their net amount", D(300)))
    many = asked(LINES[0], *(line("A", id=f"a{number}") for number in range(10)))
    answer = price(plan, many)
    assert isinstance(answer, Priced)
    inputs = dict(waterfall(plan, answer, "care", many).steps[1].inputs)
    assert inputs["lines counted"] == "a0, a1, a2, a3, a4, a5, a6, a7, 2 more"
    alone = asked(LINES[0])
    answer = price(plan, alone)
    assert isinstance(answer, Priced)
    assert ("lines counted", "none") in waterfall(plan, answer, "care", alone).steps[1].inputs


def test_what_has_no_list_price_stands_beside_the_list() -> None:
    half = by_agent(ManualKind.PERCENT, "50")
    totals = priced(book(percent_of=(CARE,)), asked(*LINES, manual=(half,))).totals
    assert (totals.list.minor_units, totals.unlisted and totals.unlisted.minor_units) == (30_000, 6_000)
    assert priced(book(percent_of=(CARE,)), asked(LINES[1])).totals.unlisted is None


def test_the_depth_is_measured_against_what_the_percent_comes_to() -> None:
    half = by_agent(ManualKind.PERCENT, "50")
    totals = priced(book(percent_of=(CARE,)), asked(*LINES, manual=(half,))).totals
    assert totals.discount_percent == D("8.3333")  # 30.00 of 300.00 + 60.00
    replaced = by_agent(ManualKind.TARGET, "36", replaces=Replaces.FINAL)
    assert priced(book(percent_of=(CARE,)), asked(*LINES, manual=(replaced,))).totals.discount_percent == D("6.6667")


def test_a_declared_rounding_of_units_is_for_these_lines_too() -> None:
    eighth = replace(CARE, percent=D("12.5"))
    rules = book(percent_of=(eighth,), entries=(entry("A", "33.33"),))
    lines = (line("CARE", "8"), line("A"))
    assert amounts(priced(rules, asked(*lines)))["care"] == D("33.33")  # 8 x 4.16625
    of_unit = RoundingSettings(points=frozenset({RoundingPoint.UNIT, RoundingPoint.LINE}))
    assert amounts(priced(replace(rules, rounding=of_unit), asked(*lines)))["care"] == D("33.36")  # 8 x 4.17


def test_a_percent_of_the_list_counts_lists_and_its_agent_all_the_same() -> None:
    of_list = replace(CARE, basis=PercentBasis.LIST)
    tenth = rule("tenth", Percent(D(10)), when=when('line.sku = "A"'))
    request = asked(*LINES, manual=(by_agent(ManualKind.PERCENT, "10"),))
    assert care(book(tenth, percent_of=(of_list,)), request) == "54.00"
    assert care(book(tenth), request) == "48.60"  # 90 % of 20 % of 270.00


def test_a_percent_is_no_part_of_the_price_of_a_bundle() -> None:
    kit = BundlePrice(RuleId("kit"), "A", D(80))
    lines = (line("A"), line("B", root=LineId("a"), bundle="A"), line("CARE", root=LineId("a"), bundle="A"))
    rules = book(bundle_prices=(kit,), percent_of=(replace(CARE, of=when('line.sku != "CARE"')),))
    # 80.00 over 100.00 and 20.00, and 20 % of 80.00 beside it
    assert amounts(priced(rules, asked(*lines))) == {"a": D("66.67"), "b": D("13.33"), "care": D("16.00")}


def test_lines_of_their_turn_are_seen_by_conditions_that_count_lines() -> None:
    guard = Guard(RuleId("many"), when('line.sku = "CARE" and count(lines) = 2'), floor=D(70))
    assert care(book(guards=(guard,)), asked(*LINES)) == "70.00"


def test_a_percent_holds_on_its_days_alone() -> None:
    ended = replace(CARE, window=Window(None, date(2026, 3, 1)))
    rules = book(percent_of=(ended,), entries=(entry("A", "100"), entry("CARE", "44")))
    manual = (by_agent(ManualKind.PERCENT, "50"),)
    assert amounts(priced(rules, asked(*LINES, manual=manual)))["care"] == D("22.00")


MONTHLY = Charge(ChargeKind.RECURRING, ChargePeriod.MONTH)


def segment(sku: str, number: int, months: int = 12, **more: Any) -> RequestLine:
    name = f"{sku.lower()}/{number}" if number else sku.lower()
    return line(sku, id=name, segment=number, charge=MONTHLY, term_months=D(months), **more)


def test_a_segment_counts_what_runs_beside_it() -> None:
    """Two years of A, 10 % dearer in the second; B runs all along and is no A."""
    ramp = [segment("A", number, uplift_percent=D(10 * (number - 1))) for number in (1, 2)]
    request = asked(segment("CARE", 1), segment("CARE", 2), *ramp, segment("A", 0, 24)._replace(id=LineId("base")))
    found = amounts(priced(book(percent_of=(CARE,)), request))
    # 20 % of 100.00 + 100.00, and of 110.00 + 100.00
    assert (found["care/1"], found["care/2"]) == (D("40.00"), D("42.00"))


def test_a_percent_without_segments_counts_the_first_one_and_says_so() -> None:
    ramp = [segment("A", number, uplift_percent=D(10 * (number - 1))) for number in (1, 2)]
    found = priced(book(percent_of=(CARE,)), asked(segment("CARE", 0, 24), *ramp))
    assert amounts(found)["care"] == D("20.00")
    assert found.warnings == (
        "`care` is a percent of a ramp and counts its first segment through the whole term: "
        "give `care` a ramp of its own to follow it",
    )
    assert priced(book(percent_of=(CARE,)), asked(segment("CARE", 0, 12), ramp[0])).warnings == ()


def test_a_line_that_costs_nothing_for_want_of_others_says_so() -> None:
    told = ("`care` costs nothing: it is a percent of other lines, and none that it counts runs beside it",)
    alone = asked(LINES[0], line("B"))
    rules = book(percent_of=(CARE,))
    found = priced(rules, alone)
    assert (amounts(found)["care"], found.warnings) == (D("0.00"), told)
    # after an edit that takes away or brings back what it counts, too
    plan, both = compile_plan(rules), asked(LINES[0], line("B"), LINES[1])
    full = priced(rules, both)
    less = reprice(plan, both, full, Edit(removed=frozenset({LINES[1].id})))
    assert isinstance(less, Repriced) and less.priced == found
    more = reprice(plan, less.request, less.priced, Edit(added=(LINES[1],)))
    assert isinstance(more, Repriced) and more.priced == full and full.warnings == ()
    # a price that is agreed, or that a guard holds, is one
    assert priced(rules, replace(alone, manual=(by_agent(ManualKind.TARGET, "50"),))).warnings == ()
    floor = Guard(RuleId("least"), when('line.sku = "CARE"'), floor=D(70))
    assert priced(replace(rules, guards=(floor,)), alone).warnings == ()
    # later segments are not what runs beside it
    assert priced(rules, asked(segment("CARE", 1), segment("A", 2))).warnings == (told[0].replace("care", "care/1"),)


def test_a_percent_of_list_prices_that_there_are_none_of_says_so() -> None:
    rules = book(percent_of=(CARE, replace(PLUS, basis=PercentBasis.LIST)))
    found = priced(rules, asked(line("PLUS"), *LINES))
    assert amounts(found)["plus"] == D("0.00")
    assert found.warnings == (
        "`plus` costs nothing: it is a percent of list prices, and no line that it counts has one",
    )
    # of what costs nothing itself only that is told
    nothing = priced(rules, asked(line("PLUS"), LINES[0]))
    assert [each.partition(":")[0] for each in nothing.warnings] == ["`care` costs nothing"]
    assert priced(book(percent_of=(CARE, PLUS)), asked(line("PLUS"), *LINES)).warnings == ()


def test_segments_of_other_months_are_refused_and_days_of_a_leap_year_are_not() -> None:
    ramp = [segment("A", number, 12) for number in (1, 2)]
    answer = refused(book(percent_of=(CARE,)), asked(*ramp, *(segment("CARE", number, 6) for number in (1, 2, 3, 4))))
    assert [str(each) for each in answer.faults] == [
        "PRC021: lines[2].segment: `care/1` is a percent of `a/1`, which is for other months; cut both ramps alike"
    ]
    # 366 days are 12 months and a day, which is 12/365 of a month: those months are alike
    desk = segment("A", 1)._replace(charge=Charge(ChargeKind.RECURRING, ChargePeriod.DAY), term_part=Ratio(12, 365))
    assert priced(book(percent_of=(CARE,)), asked(desk, segment("CARE", 1))).lines[1].amount > 0


def test_lines_that_count_each_other_are_refused() -> None:
    ring = (replace(CARE, of=when('line.sku = "PLUS"')), PLUS)
    answer = refused(book(percent_of=ring), asked(line("PLUS"), *LINES))
    assert [str(each) for each in answer.faults] == ["PRC014: lines: lines are percents of each other: `plus`, `care`"]


def test_segments_pool_with_what_runs_beside_them() -> None:
    """Up to ten at 10.00, more at 8.00: five and eight in two years never come together."""
    tiers = Volume((Tier(D(10), D(10)), Tier(None, D(8))))
    rules = book(models=(ModelUse(RuleId("m"), "A", tiers, PoolScope.SKU),))
    ramp = segment("A", 1)._replace(quantity=D(5)), segment("A", 2)._replace(quantity=D(8))
    assert amounts(priced(rules, asked(*ramp))) == {"a/1": D("50.00"), "a/2": D("80.00")}
    # Three more all along make eight, and eleven; they themselves count with the first year.
    always = segment("A", 0, 24)._replace(id=LineId("always"), quantity=D(3))
    assert amounts(priced(rules, asked(*ramp, always))) == {"a/1": D("50.00"), "a/2": D("64.00"), "always": D("30.00")}


def beside(sku: str, listed: int, amount: int, runs: Runs = Runs.THROUGH) -> Beside:
    return Beside(line(sku, "2", id=f"old-{sku.lower()}"), runs, listed, amount)


RUNNING = (beside("A", 50_000, 40_000), beside("B", 70_000, 70_000), beside("A", 90_000, 90_000, Runs.LATER))


@pytest.mark.parametrize(
    ("basis", "lines", "amount"),
    [
        (PercentBasis.NET, LINES[1:], "140.00"),  # 20 % of 300.00 + 400.00; B is not counted, nor what begins later
        (PercentBasis.LIST, LINES[1:], "160.00"),  # 20 % of 300.00 + 500.00
        (PercentBasis.NET, (), "80.00"),  # 20 % of 400.00
        (PercentBasis.LIST, (), "100.00"),
    ],
)
def test_what_runs_beside_counts_like_lines_of_the_quote(
    basis: PercentBasis, lines: tuple[RequestLine, ...], amount: str
) -> None:
    plan = book(percent_of=(replace(CARE, basis=basis),))
    assert amounts(priced(plan, asked(LINES[0]._replace(beside=RUNNING), *lines)))["care"] == D(amount)


def test_what_runs_beside_is_found_by_what_it_costs() -> None:
    dear = replace(CARE, of=when("line.net > 500 and line.list = 350 and line.discounted = false"))
    # B: 2 at 350.00; 20 % of 700.00
    assert amounts(priced(book(percent_of=(dear,)), asked(LINES[0]._replace(beside=RUNNING))))["care"] == D("140.00")


def test_what_is_not_there_through_the_whole_term_is_told() -> None:
    short = LINES[0]._replace(beside=(*RUNNING, beside("A", 0, 10_000, Runs.AT_FIRST)))
    found = priced(book(percent_of=(CARE,)), asked(short))
    assert found.warnings == (
        "`care` counts `old-a` through its whole term, although that ends before it: "
        "give `care` a ramp of its own to follow it",
        "`care` does not count `old-a`, since that begins after it: give `care` a ramp of its own to follow it",
    )
    # 20 % of 400.00 + 100.00
    assert amounts(found)["care"] == D("100.00")


def test_an_edit_of_what_runs_beside_is_priced_again() -> None:
    plan = compile_plan(book(percent_of=(CARE,)))
    alone = asked(*LINES)
    before = price(plan, alone)
    assert isinstance(before, Priced)
    changed = LINES[0]._replace(beside=RUNNING)
    edited = reprice(plan, alone, before, Edit(changed=(changed,)))
    assert isinstance(edited, Repriced) and edited.priced == price(plan, edited.request)
    assert amounts(edited.priced)["care"] == D("140.00")


YEAR, QUARTER, MONTH = (
    Charge(ChargeKind.RECURRING, each) for each in (ChargePeriod.YEAR, ChargePeriod.QUARTER, ChargePeriod.MONTH)
)


@pytest.mark.parametrize(
    ("own", "of", "amount"),
    [
        (MONTH, MONTH, "60.00"),  # 20 % of 300.00
        (YEAR, MONTH, "720.00"),  # of 12 x 300.00
        (MONTH, YEAR, "5.00"),  # of 300.00 / 12
        (QUARTER, YEAR, "15.00"),  # of 300.00 / 4
        (YEAR, Charge(ChargeKind.USAGE, ChargePeriod.MONTH), "720.00"),
        (YEAR, Charge(ChargeKind.ONE_TIME), "60.00"),  # goods count as they are: 20 % of them a year
        (Charge(ChargeKind.ONE_TIME), MONTH, "60.00"),  # and so does a month for what is charged once
    ],
)
def test_a_percent_counts_for_its_own_charge_period(own: Charge, of: Charge, amount: str) -> None:
    lines = (LINES[0]._replace(charge=own), LINES[1]._replace(charge=of))
    assert care(book(), asked(*lines)) == amount
    running = Beside(LINES[1]._replace(charge=of, id=LineId("old")), Runs.THROUGH, 30_000, 30_000)
    found = priced(book(percent_of=(CARE,)), asked(lines[0]._replace(beside=(running,))))
    assert amounts(found)["care"] == D(amount)

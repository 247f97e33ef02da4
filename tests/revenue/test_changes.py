"""What changes a running revenue contract: modifications, ends, credits, new estimates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.ledger import RevenueRecognised, RevenueReversed
from engine.money import Ratio, total
from engine.periods import Period
from engine.revenue.contract import RevenueContract, report
from engine.revenue.ending import end_early, take_back
from engine.revenue.modification import (
    Change,
    Remaining,
    Treatment,
    catch_up,
    change_prospectively,
    classify,
    credit_past_fault,
    reestimate,
    reestimate_line,
    variable_change_after_modification,
)
from engine.revenue.policy import RecognitionPolicy, Timing
from engine.revenue.recognition import recognise
from tests.revenue.made import DAILY, DELIVERY, EUR, EVEN, codes, eur, made, ok, promise


def test_a_prospective_change_spreads_what_is_left_and_keeps_what_was_earned() -> None:
    contract = recognise(made(promise("plan", 120_000, EVEN)), until=date(2026, 6, 30)).contract
    changed = ok(change_prospectively(contract, "plan", on=date(2026, 7, 1), price_delta=eur(12_000)))
    assert changed.accounts[0].price == eur(132_000)
    facts = recognise(changed, until=date(2026, 12, 31)).facts
    assert {each.amount.minor_units for each in facts if isinstance(each, RevenueRecognised)} == {12_000}
    assert len(facts) == 6


def test_a_prospective_change_within_a_month_cuts_a_daily_schedule_at_the_day() -> None:
    """31.00 for January, cancelled down by 5.00 from the 22nd: 21 days at 1.00, then 10 days share 5.00."""
    january = Period(date(2026, 1, 1), date(2026, 2, 1))
    contract = made(promise("plan", 3_100, DAILY, service=january))
    changed = ok(change_prospectively(contract, "plan", on=date(2026, 1, 22), price_delta=eur(-500)))
    assert [(each.service, each.amount.minor_units) for each in changed.accounts[0].lines] == [
        (Period(date(2026, 1, 1), date(2026, 1, 22)), 2_100),
        (Period(date(2026, 1, 22), date(2026, 2, 1)), 500),
    ]


def test_a_change_that_alters_a_recognised_month_is_posted_as_a_difference() -> None:
    done = recognise(made(promise("plan", 120_000, EVEN)), until=date(2026, 3, 31)).contract
    late = ok(change_prospectively(done, "plan", on=date(2026, 3, 1), price_delta=eur(-10_000)))
    facts = recognise(late, until=date(2026, 3, 31)).facts
    assert [type(each) for each in facts] == [RevenueReversed]
    assert [(each.key, each.amount) for each in facts if isinstance(each, RevenueReversed)] == [
        ("revenue/c/plan/2026-03/2", eur(1_000))
    ]


def test_a_catch_up_recognises_the_difference_now() -> None:
    """Price 1,000.00, 60 % done; 150.00 more and now 51.2 % done: 1,150.00 x 0.512 = 588.80, less 600.00."""
    work = RecognitionPolicy("project", Timing.PROGRESS)
    contract = made(promise("build", 100_000, work))
    contract = ok(report(contract, "build", on=date(2026, 2, 1), done=Ratio(60, 100)))
    changed = ok(catch_up(contract, "build", on=date(2026, 3, 1), price_delta=eur(15_000), done=Ratio(512, 1000)))
    assert [each.amount.minor_units for each in changed.accounts[0].lines] == [60_000, -1_120]
    finished = ok(report(changed, "build", on=date(2026, 5, 1), done=Ratio(1, 1)))
    assert finished.accounts[0].scheduled == eur(115_000)


def test_what_ended_is_not_changed_any_more() -> None:
    """1 200.00 for a year, ended after four months with 500.00 of the 800.00 left given up: 700.00 are kept."""
    contract = made(promise("plan", 120_000, EVEN))
    ended = ok(end_early(contract, {"plan": eur(50_000)}, on=date(2026, 5, 1)))
    account = ended.accounts[0]
    assert (account.price, account.scheduled, account.earned(date(2026, 5, 1))) == (eur(70_000),) * 3
    assert codes(change_prospectively(ended, "plan", on=date(2026, 6, 1), price_delta=eur(1))) == ["REV031"]


def test_an_end_within_a_month_leaves_what_was_served() -> None:
    """31.00 for January by days, ended on the 11th: 10.00 was earned, 21.00 is given up, and nothing is left."""
    contract = made(promise("plan", 3_100, DAILY, service=Period(date(2026, 1, 1), date(2026, 2, 1))))
    ended = ok(end_early(contract, {"plan": eur(2_100)}, on=date(2026, 1, 11)))
    assert (ended.price, ended.accounts[0].scheduled) == (eur(1_000), eur(1_000))


def test_taking_lines_back_undoes_their_revenue_and_leaves_the_price_of_the_others() -> None:
    """Box and plan at 60.00, list 40.00 and 80.00: allocated 40.00 and 80.00. Without the plan the box is 60.00."""
    contract = made(promise("box", 6_000, DELIVERY, ssp=4_000), promise("plan", 6_000, EVEN, ssp=8_000))
    contract = ok(report(contract, "box", on=date(2026, 1, 5), done=Ratio(1, 1)))
    contract = recognise(contract, until=date(2026, 1, 31)).contract
    changed = ok(take_back(contract, {"plan": eur(6_000)}, on=date(2026, 2, 10)))
    assert [each.price for each in changed.accounts] == [eur(6_000), eur(0)]
    facts = recognise(changed, until=date(2026, 2, 28)).facts
    assert [(type(each), each.amount) for each in facts if isinstance(each, RevenueRecognised | RevenueReversed)] == [
        (RevenueRecognised, eur(2_000)),
        (RevenueReversed, eur(667)),
    ]
    both = ok(take_back(contract, {"plan": eur(6_000), "box": eur(6_000)}, on=date(2026, 2, 10)))
    assert both.price == eur(0)
    short = ok(take_back(contract, {"plan": eur(5_999), "box": eur(6_000)}, on=date(2026, 2, 10)))
    assert (short.price, total((each.scheduled for each in short.accounts), EUR)) == (eur(1), eur(1))
    assert codes(take_back(contract, {"plam": eur(1)}, on=date(2026, 2, 10))) == ["REV020"]


def test_lines_that_end_early_take_what_the_allocation_had_moved() -> None:
    """Plan 60.00 allocated 80.00: after six months 40.00 are earned; the delivered box keeps its 40.00."""
    contract = made(promise("box", 6_000, DELIVERY, ssp=4_000), promise("plan", 6_000, EVEN, ssp=8_000))
    contract = ok(report(contract, "box", on=date(2026, 1, 5), done=Ratio(1, 1)))
    ended = ok(end_early(contract, {"plan": eur(3_000)}, on=date(2026, 7, 1)))
    assert [each.price for each in ended.accounts] == [eur(4_000), eur(5_000)]
    alone = made(promise("plan", 6_000, EVEN))
    kept = ok(end_early(alone, {"plan": eur(2_500)}, on=date(2026, 7, 1)))
    assert (kept.price, kept.accounts[0].earned(date(2026, 7, 1))) == (eur(3_500), eur(3_500))


YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


def sums(contract: RevenueContract, obligation: int, *months: tuple[int, int]) -> list[int]:
    """Minor units of an obligation from the first to the last of the months given."""
    lines = contract.accounts[obligation].lines
    return [
        sum(each.amount.minor_units for each in lines if first <= each.month.month <= last) for first, last in months
    ]


def test_an_end_that_is_decided_before_works_forward_over_the_days_that_are_left() -> None:
    """A box of 365.00 (182.50 alone), delivered, and a plan of 365.00 (547.50 alone): 1.50 a day are earned of it.

    On 1 April the end on 1 July is agreed: 184 days at 1.00 are not billed. 135.00 were earned in 90 days; of the price
    365.00 + 181.00 - 182.50 = 363.50 the rest, 228.50, is earned in the 91 days from April to June: 75.33 in April,
    228.50 x 61 / 91 = 153.17 by the end of May, and nothing in one amount on the day of the end.
    """
    contract = made(
        promise("box", 36_500, DELIVERY, ssp=18_250), promise("plan", 36_500, DAILY, ssp=54_750, service=YEAR)
    )
    contract = ok(report(contract, "box", on=date(2026, 1, 5), done=Ratio(1, 1)))
    ended = ok(end_early(contract, {"plan": eur(18_400)}, on=date(2026, 7, 1), decided=date(2026, 4, 1)))
    box, plan = ended.accounts
    assert (box.price, plan.price, plan.released) == (eur(18_250), eur(36_350), eur(18_400))
    assert sums(ended, 1, (1, 3), (4, 4), (5, 5), (6, 6), (7, 12)) == [13_500, 7_533, 7_784, 7_533, 0]
    assert (plan.obligation.service.end, box.released) == (date(2026, 7, 1), None)
    late = ok(end_early(contract, {"plan": eur(18_400)}, on=date(2026, 7, 1), decided=date(2026, 8, 1)))
    assert sums(late, 1, (1, 6), (7, 7)) == [27_150, 9_200], "decided too late, nothing is left to be given"


def test_what_was_never_begun_is_taken_back_without_touching_what_was_given() -> None:
    """Box 60.00 (40.00 alone), delivered; plan and training 60.00 each (80.00 alone each): 36.00, 72.00 and 72.00.

    The training is cancelled before it begins; a quarter of the year of the plan is earned then, 18.00. The price is
    120.00; the box keeps its 36.00, the plan has 84.00 and earns 66.00 of it in the nine months that are left.
    """
    contract = made(
        promise("box", 6_000, DELIVERY, ssp=4_000),
        promise("plan", 6_000, EVEN, ssp=8_000),
        promise("training", 6_000, DELIVERY, ssp=8_000),
    )
    contract = ok(report(contract, "box", on=date(2026, 1, 5), done=Ratio(1, 1)))
    changed = ok(take_back(contract, {"training": eur(6_000)}, on=date(2026, 4, 1)))
    assert [each.price for each in changed.accounts] == [eur(3_600), eur(8_400), eur(0)]
    assert sums(changed, 1, (1, 3), (4, 12)) == [1_800, 6_600]
    assert sums(changed, 0, (1, 12)) == [3_600]


def test_what_goes_on_takes_its_share_of_what_an_end_moves() -> None:
    """As before, with support of 365.00 beside it at its own price (1.00 a day).

    When the end is agreed on 1 April 136.50 of the plan until July and 275.00 of the support are still to be earned;
    the 92.00 that allocation had moved go to them in that proportion: 30.52 and 61.48.
    """
    contract = made(
        promise("box", 36_500, DELIVERY, ssp=18_250),
        promise("plan", 36_500, DAILY, ssp=54_750, service=YEAR),
        promise("support", 36_500, DAILY, ssp=36_500, service=YEAR),
    )
    contract = ok(report(contract, "box", on=date(2026, 1, 5), done=Ratio(1, 1)))
    ended = ok(end_early(contract, {"plan": eur(18_400)}, on=date(2026, 7, 1), decided=date(2026, 4, 1)))
    assert [each.price for each in ended.accounts] == [eur(18_250), eur(27_150 + 3_052), eur(36_500 + 6_148)]
    assert [each.scheduled for each in ended.accounts] == [each.price for each in ended.accounts]
    assert (sums(ended, 1, (1, 3)), sums(ended, 2, (1, 3))) == ([13_500], [9_000]), "what was earned stays"


def test_a_change_on_the_day_of_a_delivery_or_credit_keeps_both() -> None:
    contract = made(promise("plan", 120_000, EVEN))
    day = date(2026, 3, 1)
    credited = ok(credit_past_fault(contract, "plan", on=day, credit=eur(5_000)))
    changed = ok(change_prospectively(credited, "plan", on=day, price_delta=eur(10_000)))
    assert changed.accounts[0].earned(day) == eur(20_000 - 5_000)
    assert changed.accounts[0].scheduled == changed.price == eur(125_000)


def test_taking_back_one_line_of_a_merged_obligation_lowers_its_price() -> None:
    merged = RecognitionPolicy("install", Timing.POINT_IN_TIME, merge_key="system")
    contract = made(promise("licence", 5_000, merged), promise("work", 3_000, merged))
    changed = ok(take_back(contract, {"work": eur(3_000)}, on=date(2026, 2, 1)))
    assert changed.price == eur(5_000)
    late = ok(report(changed, "licence", on=date(2026, 2, 5), done=Ratio(1, 1)))
    assert late.accounts[0].scheduled == eur(5_000)
    delivered = ok(report(contract, "licence", on=date(2026, 1, 5), done=Ratio(1, 1)))
    freed = ok(take_back(delivered, {"work": eur(3_000)}, on=date(2026, 2, 1)))
    assert freed.accounts[0].earned(date(2026, 2, 1)) == eur(5_000)


def test_a_past_fault_reduces_revenue_now_and_is_never_blended() -> None:
    contract = made(promise("plan", 120_000, EVEN))
    credited = ok(credit_past_fault(contract, "plan", on=date(2026, 3, 31), credit=eur(5_000)))
    facts = recognise(credited, until=date(2026, 4, 30)).facts
    assert [each.amount.minor_units for each in facts if isinstance(each, RevenueRecognised)] == [
        10_000,
        10_000,
        5_000,
        10_000,
    ]
    assert codes(credit_past_fault(contract, "plan", on=date(2026, 1, 31), credit=eur(10_001))) == ["REV033"]


def test_a_new_estimate_goes_by_the_ratio_of_inception_and_its_satisfied_part_is_revenue_now() -> None:
    """1,200 over two equal obligations, one delivered: a rise of 40 is 20 now and 20 later."""
    later = Period(date(2026, 6, 1), date(2026, 7, 1))
    contract = made(promise("x", 60_000, DELIVERY), promise("y", 60_000, DAILY, service=later))
    contract = ok(report(contract, "x", on=date(2026, 2, 1), done=Ratio(1, 1)))
    raised = ok(reestimate(contract, on=date(2026, 3, 1), price_delta=eur(4_000)))
    assert [each.price for each in raised.accounts] == [eur(62_000), eur(62_000)]
    assert raised.accounts[0].earned(date(2026, 3, 1)) == eur(62_000)
    assert raised.accounts[1].earned(date(2026, 3, 1)) == eur(0)
    assert raised.accounts[1].scheduled == eur(62_000)


def mouse_and_care(mouse: int, care: int) -> RevenueContract:
    """360.00 over a mouse (120.00 alone), delivered, and a year of care (240.00 alone): 120.00 and 12 x 20.00."""
    contract = made(promise("mouse", mouse, DELIVERY, ssp=12_000), promise("care", care, EVEN, ssp=24_000))
    return ok(report(contract, "mouse", on=date(2026, 1, 10), done=Ratio(1, 1)))


def test_a_goodwill_credit_on_a_line_lowers_the_price_of_its_obligation_alone() -> None:
    """15.00 off the care after 3 of 12 months: a quarter, 3.75, now, and 1.25 of each of the 9 months to come."""
    credited = ok(
        reestimate_line(mouse_and_care(18_000, 18_000), "care", on=date(2026, 3, 31), price_delta=eur(-1_500))
    )
    mouse, care = credited.accounts
    assert (mouse.price, mouse.scheduled) == (eur(12_000), eur(12_000))
    assert (care.price, care.scheduled) == (eur(22_500), eur(22_500))
    assert care.earned(date(2026, 3, 31)) == eur(6_000 - 375)
    assert {each.amount.minor_units for each in care.lines if each.on > date(2026, 3, 31)} == {2_000 - 125}


def test_a_credit_above_the_price_of_an_obligation_goes_on_to_the_others() -> None:
    """The mouse was sold at 180.00 but earns 120.00; of 180.00 credited 60.00 are the care's (a quarter now)."""
    credited = ok(
        reestimate_line(mouse_and_care(18_000, 18_000), "mouse", on=date(2026, 3, 31), price_delta=eur(-18_000))
    )
    mouse, care = credited.accounts
    assert (mouse.price, mouse.scheduled) == (eur(0), eur(0))
    assert (care.price, care.earned(date(2026, 3, 31))) == (eur(18_000), eur(6_000 - 1_500))
    assert {each.amount.minor_units for each in care.lines if each.on > date(2026, 3, 31)} == {1_500}
    assert codes(reestimate_line(credited, "plan", on=date(2026, 3, 31), price_delta=eur(-1))) == ["REV020"]


@pytest.mark.parametrize(
    ("mouse", "care", "unbilled", "expected"),
    [
        # 6 x 15.00 are not billed: 360.00 less 90.00 less the 120.00 of the mouse
        (18_000, 18_000, 9_000, 15_000),
        # 6 x 25.00 are not billed: 360.00 less 150.00 less the 120.00 of the mouse
        (6_000, 30_000, 15_000, 9_000),
    ],
)
def test_an_early_end_leaves_what_was_delivered_alone(mouse: int, care: int, unbilled: int, expected: int) -> None:
    ended = ok(end_early(mouse_and_care(mouse, care), {"care": eur(unbilled)}, on=date(2026, 7, 1)))
    assert [each.price for each in ended.accounts] == [eur(12_000), eur(expected)]
    assert [each.scheduled for each in ended.accounts] == [eur(12_000), eur(expected)]
    assert ended.accounts[1].earned(date(2026, 6, 30)) == eur(12_000), "six months at 20.00 stay earned"


def test_an_early_end_that_its_lines_cannot_bear_lowers_what_was_delivered() -> None:
    """11 x 25.00 are not billed, 85.00 are left for 120.00 and 20.00 earned: the care cannot bear 55.00 less."""
    ended = ok(end_early(mouse_and_care(6_000, 30_000), {"care": eur(27_500)}, on=date(2026, 2, 1)))
    assert [each.price for each in ended.accounts] == [eur(6_500), eur(2_000)]
    assert [each.scheduled for each in ended.accounts] == [eur(6_500), eur(2_000)]


def test_no_obligation_comes_to_less_than_nothing_by_an_early_end() -> None:
    """Box 40.00 (140.00 alone), delivered, plan 200.00 (100.00 alone), visit 10.00: 140.00, 100.00 and 10.00 of 250.00.

    The plan ends after a month: 8.33 are earned, 183.33 are not billed. Of 66.67 that are left for 158.33 the visit can
    bear its 10.00, the plan nothing of what it earned, and the box the other 81.66.
    """
    contract = made(
        promise("box", 4_000, DELIVERY, ssp=14_000),
        promise("plan", 20_000, EVEN, ssp=10_000),
        promise("visit", 1_000, DELIVERY),
    )
    contract = ok(report(contract, "box", on=date(2026, 1, 5), done=Ratio(1, 1)))
    ended = ok(end_early(contract, {"plan": eur(18_333)}, on=date(2026, 2, 1)))
    assert [each.price for each in ended.accounts] == [eur(14_000 - 8_166), eur(833), eur(0)]
    assert ended.accounts[0].scheduled == ended.accounts[0].price
    assert ended.price == eur(25_000 - 18_333)


@pytest.mark.parametrize(("end", "months"), [(date(2026, 7, 1), 6), (date(2027, 4, 1), 15)])
def test_another_end_is_another_number_of_weights(end: date, months: int) -> None:
    weights = RecognitionPolicy("weights", Timing.WEIGHTS, weights=(Decimal(1),) * 12)
    changed = change_prospectively(
        made(promise("plan", 36_000, weights)), "plan", on=date(2026, 4, 1), price_delta=eur(0), service_end=end
    )
    assert isinstance(changed, RevenueContract)
    # 3 x 30.00 were earned before April; the other 270.00 are earned evenly until the end
    later = [each.amount for each in changed.accounts[0].lines if each.month >= date(2026, 4, 1)]
    assert later == [eur(27_000 // (months - 3))] * (months - 3)
    assert changed.accounts[0].lines[-1].month < end


def test_an_early_end_of_what_is_earned_by_weights_earns_nothing_after_it() -> None:
    """As by days: 45.63, 45.62 and 45.63 were earned when the end was agreed; of 363.50 the rest is 3 x 75.54."""
    weights = RecognitionPolicy("weights", Timing.WEIGHTS, weights=(Decimal(1),) * 12)
    contract = made(promise("box", 36_500, DELIVERY, ssp=18_250), promise("plan", 36_500, weights, ssp=54_750))
    contract = ok(report(contract, "box", on=date(2026, 1, 5), done=Ratio(1, 1)))
    ended = ok(end_early(contract, {"plan": eur(18_400)}, on=date(2026, 7, 1), decided=date(2026, 4, 1)))
    assert sums(ended, 1, (1, 3), (4, 4), (5, 5), (6, 6), (7, 12)) == [13_688, 7_554, 7_554, 7_554, 0]
    assert ended.accounts[1].price == eur(36_350)


@pytest.mark.parametrize(
    ("adds", "at_ssp", "remaining", "expected"),
    [
        (True, True, Remaining.DISTINCT, Treatment.SEPARATE_CONTRACT),
        (True, True, Remaining.NOT_DISTINCT, Treatment.SEPARATE_CONTRACT),
        (True, False, Remaining.DISTINCT, Treatment.PROSPECTIVE),
        (False, True, Remaining.DISTINCT, Treatment.PROSPECTIVE),
        (False, False, Remaining.NOT_DISTINCT, Treatment.CATCH_UP),
        (True, False, Remaining.SOME_DISTINCT, Treatment.MIXED),
    ],
)
def test_the_decision_table_of_modifications(
    adds: bool, at_ssp: bool, remaining: Remaining, expected: Treatment
) -> None:
    assert classify(Change(True, adds, at_ssp, remaining)) is expected
    assert classify(Change(False, adds, at_ssp, remaining)) is Treatment.NONE_YET
    enforceable = Change(False, adds, at_ssp, remaining, enforceable_without_approval=True)
    assert classify(enforceable) is expected


def test_a_variable_change_after_a_modification_belongs_to_the_first_promises() -> None:
    now, later = variable_change_after_modification(
        eur(4_000),
        inception={"x": eur(60_000), "y": eur(60_000)},
        satisfied=["x"],
        remaining={"y": Decimal(1), "z": Decimal(1)},
    )
    assert now == {"x": eur(2_000)}
    assert later == {"y": eur(1_000), "z": eur(1_000)}

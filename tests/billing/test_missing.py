"""Tests of engine.billing.missing, recurring, one_time, service and line; usage has its own module."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.billing import credit, missing_lines
from engine.catalog import BillingTiming, ChargePeriod
from engine.contracts import BillOn, ContractChange, ContractTerms, Credit, Delivery, LineEnd, cancel, change
from engine.diagnostics import Decision
from engine.money import total
from tests.billing.lines import AT, FAR, billed, changed, ended, shown
from tests.contracts.build import EUR, contract, day, eur, one_time, recurring


def test_monthly_in_advance_bills_each_period_when_it_begins() -> None:
    agreed = contract(recurring("seats", "100.00", "2026-01-31", "2026-05-31", term_total="400.00"))
    assert shown(billed(agreed, "2026-03-31")) == [
        ("recurring", "2026-01-31/2026-02-28", "100.00"),
        ("recurring", "2026-02-28/2026-03-31", "100.00"),
        ("recurring", "2026-03-31/2026-04-30", "100.00"),
    ]
    assert [str(each.due_on) for each in billed(agreed, "2040-01-01")] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]


def test_monthly_in_arrears_bills_each_period_when_it_has_ended() -> None:
    agreed = contract(recurring("seats", "100.00", "2026-01-01", None, timing=BillingTiming.ARREARS))
    assert billed(agreed, "2026-01-31") == ()
    (line,) = billed(agreed, "2026-02-01")
    assert shown([line]) == [("recurring", "2026-01-01/2026-02-01", "100.00")]
    assert line.due_on == day("2026-02-01")


def test_a_bill_day_prorates_the_first_part() -> None:
    # 14 days of the 31 from 15 December to 15 January: 100 x 0.451612903 = 45.16
    agreed = contract(recurring("seats", "100.00", "2026-01-01", None), terms=ContractTerms(bill_day=15))
    assert shown(billed(agreed, "2026-01-15")) == [
        ("recurring", "2026-01-01/2026-01-15", "45.16"),
        ("recurring", "2026-01-15/2026-02-15", "100.00"),
    ]


def test_the_last_part_of_a_term_takes_what_the_quote_has_left() -> None:
    # six months for 600.00 from 15 February with bill day 1: 14/28 of the first month are 50.00, five whole months,
    # and the last part gets 600 - 550 = 50.00 although 14/31 of August would be 45.16
    agreed = contract(
        recurring("seats", "100.00", "2026-02-15", "2026-08-15", term_total="600.00"), terms=ContractTerms(bill_day=1)
    )
    lines = billed(agreed, "2026-08-15")
    assert shown(lines)[0] == ("recurring", "2026-02-15/2026-03-01", "50.00")
    assert shown(lines)[-1] == ("recurring", "2026-08-01/2026-08-15", "50.00")
    assert total((each.amount for each in lines), EUR) == eur("600.00")


def test_eighteen_months_of_an_annual_price_are_one_and_a_half_years() -> None:
    agreed = contract(
        recurring("support", "1200.00", "2026-01-01", "2027-07-01", period=ChargePeriod.YEAR, term_total="1800.00")
    )
    assert shown(billed(agreed, "2040-01-01")) == [
        ("recurring", "2026-01-01/2027-01-01", "1200.00"),
        ("recurring", "2027-01-01/2027-07-01", "600.00"),
    ]


def test_a_cancellation_in_advance_credits_the_unused_days_of_the_billed_line() -> None:
    # 17 of the 31 days of January: 100 x 0.548387097 = 54.84
    agreed = contract(recurring("seats", "100.00", "2026-01-01", "2027-01-01", term_total="1200.00"))
    before = billed(agreed, "2026-01-01")
    after = ended(agreed, "2026-01-15")
    assert billed(after, "2026-01-14", before) == ()
    (credit,) = billed(after, "2026-01-15", before)
    assert shown([credit]) == [("credit", "2026-01-15/2026-02-01", "-54.84")]
    assert credit.credits == before[0].id
    assert billed(after, "2040-01-01", (*before, credit)) == ()


def test_a_cancellation_in_arrears_bills_the_part_that_was_served() -> None:
    # 14 of 31 days: 45.16, and nothing to credit
    agreed = contract(recurring("seats", "100.00", "2026-01-01", None, timing=BillingTiming.ARREARS))
    assert shown(billed(ended(agreed, "2026-01-15"), "2026-01-15")) == [("recurring", "2026-01-01/2026-01-15", "45.16")]


def test_a_credit_is_a_share_of_what_was_billed_not_of_the_price() -> None:
    # bill day 1: 25 of 31 days from 7 May are 8.02 of 9.95; from 8 May 24 of those 25 days are credited: 7.70
    agreed = contract(recurring("dart", "9.95", "2026-05-07", None), terms=ContractTerms(bill_day=1))
    before = billed(agreed, "2026-05-07")
    assert shown(before) == [("recurring", "2026-05-07/2026-06-01", "8.02")]
    assert shown(billed(ended(agreed, "2026-05-08"), "2026-05-08", before)) == [
        ("credit", "2026-05-08/2026-06-01", "-7.70")
    ]


def test_a_second_earlier_end_credits_only_what_is_left() -> None:
    agreed = contract(recurring("seats", "100.00", "2026-01-01", "2027-01-01"))
    lines = billed(agreed, "2026-01-01")
    once = ended(agreed, "2026-01-15")
    lines = (*lines, *billed(once, "2026-01-20", lines))
    twice = changed(
        change(once, ContractChange(0, day("2026-01-01"), "", "rep", AT, ended=(LineEnd("seats", day("2026-01-01")),)))
    )
    (rest,) = billed(twice, "2026-01-20", lines)
    assert shown([rest]) == [("credit", "2026-01-01/2026-01-15", "-45.16")]
    assert total((each.amount for each in (*lines, rest)), EUR).is_zero


def test_a_credit_by_hand_is_given_away_for_good() -> None:
    # 20.00 off January are neither billed again with the last part of the term nor with the next delivery
    agreed = contract(
        recurring("seats", "100.00", "2026-01-01", "2026-03-01", term_total="200.00"),
        one_time("disk", "90.00", "2026-01-01", quantity="3", bill_on=BillOn.DELIVERY),
    )
    handed = [Delivery(f"d-{n}", "disk", day(f"2026-01-0{n}"), Decimal(1)) for n in (1, 2, 3)]
    lines = missing_lines(agreed, handed[:1], (), (), day("2026-01-01"))
    given = [credit("hand", eur("20.00"), of=each, on=day("2026-01-01")) for each in lines]
    lines = (*lines, *(each.value for each in given if isinstance(each, Decision)))
    rest = missing_lines(agreed, handed, (), lines, FAR)
    assert [(each.subscription, str(each.amount.decimal)) for each in rest] == [
        ("disk", "30.00"),
        ("disk", "30.00"),
        ("seats", "100.00"),
    ]
    assert missing_lines(agreed, handed, (), (*lines, *rest), FAR) == ()


def test_an_end_without_credit_keeps_what_was_billed() -> None:
    agreed = contract(recurring("seats", "100.00", "2026-01-01", None))
    lines = billed(agreed, "2026-01-01")
    end = LineEnd("seats", day("2026-01-15"), Credit.NOTHING)
    after = changed(change(agreed, ContractChange(0, day("2026-01-15"), "", "rep", AT, ended=(end,))))
    assert billed(after, "2040-01-01", lines) == ()


def test_a_line_taken_back_before_it_was_billed_leaves_nothing() -> None:
    agreed = contract(recurring("seats", "100.00", "2026-03-01", None), one_time("setup", "50.00", "2026-03-01"))
    after = changed(cancel(agreed, on=day("2026-01-01"), at=AT, by="rep", reason="", lines=["seats", "setup"]))
    assert billed(after, "2040-01-01") == ()


def test_a_one_time_line_is_billed_once_and_credited_whole() -> None:
    agreed = contract(one_time("setup", "50.00", "2026-03-01"))
    assert billed(agreed, "2026-02-28") == ()
    lines = billed(agreed, "2026-03-01")
    assert shown(lines) == [("one_time", "2026-03-01/2026-03-02", "50.00")]
    after = changed(cancel(agreed, on=day("2026-03-01"), at=AT, by="rep", reason="", lines=["setup"]))
    (credit,) = billed(after, "2026-03-01", lines)
    assert credit.amount == eur("-50.00")
    assert billed(after, "2040-01-01", (*lines, credit)) == ()


def test_deliveries_bill_their_part_and_add_up() -> None:
    # three units for 100.00: 33.33, then 66.67 - 33.33 = 33.34, then the rest
    agreed = contract(one_time("disk", "100.00", "2026-03-01", quantity="3", bill_on=BillOn.DELIVERY))
    handed = [Delivery(f"d-{n}", "disk", day(f"2026-03-0{n}"), Decimal(1)) for n in (1, 2, 3)]
    assert billed(agreed, "2040-01-01") == ()
    first = missing_lines(agreed, handed, (), (), day("2026-03-02"))
    assert [str(each.amount.decimal) for each in first] == ["33.33", "33.34"]
    rest = missing_lines(agreed, handed, (), first, FAR)
    assert [str(each.amount.decimal) for each in rest] == ["33.33"]
    assert missing_lines(agreed, handed, (), (*first, *rest), FAR) == ()


def test_lines_carry_the_quoted_tax_of_their_part() -> None:
    # 1.67 on 8.32: 0.56, then 1.11 - 0.56 = 0.55, then 1.67 - 1.11 = 0.56 for three deliveries; 14/31 of it for 3.76
    disk = replace(one_time("disk", "8.32", "2026-01-01", quantity="3", bill_on=BillOn.DELIVERY), tax=eur("1.67"))
    seats = replace(recurring("seats", "8.32", "2026-01-01", None), tax=eur("1.67"))
    agreed = contract(disk, seats, terms=ContractTerms(bill_day=15))
    handed = [Delivery(f"d-{n}", "disk", day(f"2026-01-0{n}"), Decimal(1)) for n in (1, 2, 3)]
    lines = missing_lines(agreed, handed, (), (), day("2026-01-15"))
    taxes = {key: [str(each.tax) for each in lines if each.subscription == key] for key in ("disk", "seats")}
    assert taxes == {"disk": ["0.56 EUR", "0.55 EUR", "0.56 EUR"], "seats": ["0.75 EUR", "1.67 EUR"]}
    (credit_now,) = missing_lines(ended(agreed, "2026-01-15"), handed, (), lines, day("2026-01-15"))
    assert (credit_now.amount, credit_now.tax) == (eur("-8.32"), eur("-1.67"))


def test_lines_of_other_contracts_do_not_count() -> None:
    agreed = contract(one_time("setup", "50.00", "2026-03-01"))
    other = replace(agreed, id="c-2")
    assert billed(agreed, "2026-03-01", billed(other, "2026-03-01")) == billed(agreed, "2026-03-01")


def test_a_part_never_takes_more_than_the_quote_has_left() -> None:
    # 85 of the 90 days before 20 March are a cent of a cent a quarter, but the quote said nothing for the three months:
    # without the limit a cent would be billed and then taken back
    agreed = contract(
        recurring("tiny", "0.01", "2025-12-25", "2026-03-25", period=ChargePeriod.QUARTER, term_total="0.00"),
        terms=ContractTerms(bill_day=20),
    )
    assert [each.amount for each in billed(agreed, "2040-01-01")] == [eur("0.00"), eur("0.00")]


def test_no_line_is_billed_twice_is_an_assertion() -> None:
    agreed = contract(recurring("seats", "100.00", "2026-01-01", None))
    lines = billed(agreed, "2026-01-01")
    broken = (replace(lines[0], service=None),)
    with pytest.raises(AssertionError):
        billed(agreed, "2026-01-01", broken)

"""Coupons are spread over what earlier ones left, tax is on the rest, and credit notes keep the discount's share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.billing import (
    AmountOff,
    BillLine,
    Coupon,
    CreditNote,
    Discount,
    Invoice,
    LineKind,
    PercentOff,
    TaxPoint,
    TaxTable,
    bill_to,
    correct_draft,
    discount,
    draft_invoice,
    fact_of,
    finalize,
    given_back,
    spread,
    taken,
)
from engine.diagnostics import Decision
from engine.ledger import Books, Posted, post
from engine.money import HALF_UP, Money, currency, total
from tests.billing.coupons import amount_off, naive, percent_off
from tests.billing.test_documents import AGREED, AT, ON, credited, line, noted
from tests.contracts.build import EUR, eur

USD = currency("USD")
RATES = {"standard": Decimal(20), "reduced": Decimal(10)}


def drafted(*lines: BillLine, coupons: tuple[Coupon, ...], point: TaxPoint = TaxPoint.RATE) -> Invoice:
    charged = discount(lines, coupons, on=ON, currency=EUR, rounding=HALF_UP)
    outcome = draft_invoice("i-1", charged, bill_to(AGREED), on=ON, taxes=TaxTable(RATES, point), at=AT)
    assert isinstance(outcome, Decision), outcome
    return outcome.value


def final(*lines: BillLine, coupons: tuple[Coupon, ...], point: TaxPoint = TaxPoint.RATE) -> Invoice:
    outcome = finalize(drafted(*lines, coupons=coupons, point=point), number=7, on=ON, at=AT)
    assert isinstance(outcome, Decision), outcome
    return outcome.value


def test_coupons_are_taken_one_after_another_off_what_the_earlier_ones_left() -> None:
    lines = (line("a", "60.00"), line("b", "30.00", "reduced"), line("c", "10.00"))
    coupons = (amount_off("k-2", "16.00"), amount_off("k-1", "20.00", products=("a",)))
    invoice = drafted(*lines, coupons=coupons)
    # k-1 first: a is 40.00. k-2: 16.00 over 40, 30 and 10, a fifth each: 8.00, 6.00 and 2.00
    assert invoice.discounts == (Discount("k-1", eur("20.00")), Discount("k-2", eur("16.00")))
    assert [each.discount for each in invoice.lines] == [eur("28.00"), eur("6.00"), eur("2.00")]
    assert [each.amount for each in invoice.lines] == [each.amount for each in lines]
    # 20 % of 32.00 and 8.00 are 8.00, 10 % of 24.00 are 2.40
    assert [(each.base, each.tax) for each in invoice.taxes] == [
        (eur("40.00"), eur("8.00")),
        (eur("24.00"), eur("2.40")),
    ]
    assert (invoice.discount, invoice.net, invoice.gross) == (eur("36.00"), eur("64.00"), eur("74.40"))


def test_a_lower_priority_goes_first_and_only_usable_coupons_are_used() -> None:
    bill = line("a", "100.00")
    late = replace(amount_off("k-1", "5.00"), start=date(2026, 1, 6))
    over = replace(amount_off("k-2", "5.00"), end=ON)
    dollars = replace(amount_off("k-3", "5.00"), off=AmountOff(Money(500, USD), Money.zero(USD)))
    spent = amount_off("k-4", "5.00", used="5.00")
    done = replace(percent_off("k-5", "50"), off=PercentOff(Decimal(50), 2, used=2))
    half = percent_off("k-6", "50", priority=1)
    ten = percent_off("k-7", "10")
    other = amount_off("k-8", "5.00", contracts=("c-2",))
    invoice = drafted(bill, coupons=(late, over, dollars, spent, done, half, ten, other))
    # 10 % of 100.00, then 50 % of the 90.00 that are left
    assert invoice.discounts == (Discount("k-7", eur("10.00")), Discount("k-6", eur("45.00")))


def test_an_amount_left_is_used_up_by_invoice_after_invoice() -> None:
    coupon = amount_off("k-1", "150.00")
    first = drafted(line("a", "100.00"), coupons=(coupon,))
    assert (first.net, first.gross) == (eur("0.00"), eur("0.00"))
    (rest,) = taken((coupon,), first.discounts)
    second = drafted(line("b", "100.00"), coupons=(rest,))
    assert second.discounts == (Discount("k-1", eur("50.00")),)
    (nothing,) = taken((rest,), second.discounts)
    assert nothing.is_used_up and not drafted(line("c", "1.00"), coupons=(nothing,)).discounts
    assert given_back(given_back((nothing,), second.discounts), first.discounts) == (coupon,)


def test_a_percent_is_for_so_many_invoices() -> None:
    coupon = percent_off("k-1", "12.5", invoices=1)
    first = drafted(line("a", "0.20"), coupons=(coupon,))
    # 12.5 % of 0.20 are 0.025, half up
    assert first.discounts == (Discount("k-1", eur("0.03")),)
    (used,) = taken((coupon,), first.discounts)
    assert used.is_used_up and given_back((used,), first.discounts) == (coupon,)


POINTS = [TaxPoint.RATE, TaxPoint.TOTAL, TaxPoint.LINE, TaxPoint.UNIT]


@pytest.mark.parametrize("point", POINTS)
def test_credit_notes_keep_the_share_of_the_discount_and_add_up_to_the_invoice(point: TaxPoint) -> None:
    coupons = (amount_off("k-1", "10.00"),)
    invoice = final(line("a", "33.33"), line("b", "66.67"), coupons=coupons, point=point)
    first = noted(invoice, credited(invoice.lines[0], "10.00"))
    # a bears 3.33 of the discount; 10.00 of 33.33 are 0.9991 of it
    assert (first.discount, first.net, first.tax) == (eur("1.00"), eur("9.00"), eur("1.80"))
    rest = [credited(invoice.lines[0], "23.33", "2"), credited(invoice.lines[1], "66.67", "3")]
    last = noted(invoice, *rest, earlier=(first,))
    notes = (first, last)
    assert total((each.discount for each in notes), EUR) == invoice.discount
    assert total((each.gross for each in notes), EUR) == invoice.gross


def test_a_draft_that_takes_credits_works_its_discount_out_anew() -> None:
    coupon = percent_off("k-1", "10")
    draft = drafted(line("a", "100.00"), coupons=(coupon,), point=TaxPoint.LINE)
    back = replace(credited(draft.lines[0], "40.00"), by_hand=False)
    table = TaxTable(RATES, TaxPoint.LINE)
    changed = correct_draft(draft, [back], taxes=table, coupons=(coupon,), at=AT)
    assert isinstance(changed, Decision)
    # 10 % of the 60.00 that are left; tax of 20 % on 54.00
    assert (changed.value.discount, changed.value.net, changed.value.tax) == (eur("6.00"), eur("54.00"), eur("10.80"))
    outcome = finalize(changed.value, number=1, on=ON, at=AT)
    assert isinstance(outcome, Decision)
    half = noted(outcome.value, credited(draft.lines[0], "30.00", "2"))
    # half of the rest: 30.00 less half of the discount, and half of the tax
    assert (half.net, half.tax) == (eur("27.00"), eur("5.40"))


def test_the_fact_of_an_invoice_is_what_is_owed_after_discounts() -> None:
    invoice = final(line("a", "60.00"), line("b", "40.00"), coupons=(amount_off("k-1", "10.00"),))
    posted = post(fact_of(invoice), books=Books())
    assert isinstance(posted, Posted) and posted.entry is not None
    owed = total((each.amount for each in posted.entry.lines if each.account == "receivable"), EUR)
    assert owed == invoice.gross == eur("108.00")
    note = noted(invoice, credited(invoice.lines[0], "60.00"))
    assert (note.net, note.discount) == (eur("54.00"), eur("6.00"))


@st.composite
def bills(draw: st.DrawFn) -> tuple[list[BillLine], list[Coupon]]:
    amounts = draw(st.lists(st.integers(0, 9_999), min_size=1, max_size=6))
    lines = [
        replace(line(f"l{n}", "0.00"), amount=Money(each, EUR), sku=draw(st.sampled_from("xyz")))
        for n, each in enumerate(amounts)
    ]
    for charge in [each for each in lines if each.amount.minor_units]:
        if draw(st.booleans()):
            back = draw(st.integers(1, charge.amount.minor_units))
            credit = replace(charge, id=f"{charge.id}/c", kind=LineKind.CREDIT, credits=charge.id)
            lines.append(replace(credit, amount=Money(-back, EUR)))
    coupons: list[Coupon] = []
    for n in range(draw(st.integers(0, 4))):
        products = tuple(draw(st.sets(st.sampled_from("xyz"), max_size=2)))
        priority = draw(st.integers(0, 2))
        if draw(st.booleans()):
            amount = format(Decimal(draw(st.integers(1, 12_000))) / 100, ".2f")
            coupons.append(amount_off(f"k{n}", amount, products=products, priority=priority))
        else:
            percent = format(Decimal(draw(st.integers(1, 1_000))) / 10, "f")
            coupons.append(percent_off(f"k{n}", percent, products=products, priority=priority))
    return lines, coupons


@given(bills())
def test_the_spread_is_that_of_the_naive_twin(bill: tuple[list[BillLine], list[Coupon]]) -> None:
    lines, coupons = bill
    found = spread(lines, coupons, currency=EUR)
    given_amounts, lost = naive(lines, coupons)
    assert [each.amount.minor_units for each in found.discounts] == given_amounts
    assert [found.of_line(place) for place in range(len(lines))] == lost


@given(bills(), st.sampled_from(POINTS), st.data())
def test_discounts_add_up_and_no_line_comes_to_less_than_nothing(
    bill: tuple[list[BillLine], list[Coupon]], point: TaxPoint, data: st.DataObject
) -> None:
    lines, coupons = bill
    invoice = final(*lines, coupons=tuple(coupons), point=point)
    off = total((each.discount for each in invoice.lines if each.discount is not None), EUR)
    assert off == invoice.discount
    assert invoice.net + invoice.discount == total((each.amount for each in lines), EUR)
    left = {each.id: each.net for each in invoice.lines if not each.credits}
    amounts = {each.id: each.amount for each in invoice.lines if not each.credits}
    for each in invoice.lines:
        if each.credits:
            left[each.credits] += each.net
            amounts[each.credits] += each.amount
    assert all(each.minor_units >= 0 for each in left.values())
    notes: list[CreditNote] = []
    for key, amount in amounts.items():
        charge = next(each for each in invoice.lines if each.id == key)
        while amount.minor_units:
            part = data.draw(st.integers(1, amount.minor_units))
            back = credited(replace(charge, amount=amount), format(Decimal(part) / 100, ".2f"), str(len(notes)))
            notes.append(noted(invoice, back, earlier=tuple(notes)))
            amount -= Money(part, EUR)
            part_now = data.draw(st.booleans())
            if not part_now and amount.minor_units:
                back = credited(replace(charge, amount=amount), str(amount.decimal), str(len(notes)))
                notes.append(noted(invoice, back, earlier=tuple(notes)))
                amount = Money.zero(EUR)
    assert total((each.net for each in notes), EUR) == invoice.net
    assert total((each.discount for each in notes), EUR) == invoice.discount
    assert total((each.gross for each in notes), EUR) == invoice.gross
    assert all(each.net.minor_units >= 0 for each in notes)

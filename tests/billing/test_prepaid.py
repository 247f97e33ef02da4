"""Prepaid credits pay what they may of an invoice, in their order, and give back what was drawn last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.billing import Invoice, TaxPoint
from engine.billing.prepaid import (
    CreditSource,
    Draw,
    PrepaidCredit,
    PrepaidUse,
    drawn,
    given_back_of,
    grosses,
    less,
    more,
)
from engine.money import Money, currency, total
from tests.billing.coupons import amount_off
from tests.billing.test_coupon import final
from tests.billing.test_documents import ON, line
from tests.contracts.build import EUR, eur

USD = currency("USD")


def credit(key: str, amount: str, **more: object) -> PrepaidCredit:
    made = PrepaidCredit(key, "anna", key, CreditSource.GRANTED, eur(amount), eur("0.00"), eur("0.00"))
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_credit_for_some_products_pays_their_net_and_tax() -> None:
    invoice = final(line("a", "10.00"), line("b", "20.00", "reduced"), line("c", "30.00"), coupons=())
    # a with 20 % is 12.00, b with 10 % is 22.00, c with 20 % is 36.00
    assert list(grosses(invoice).values()) == [eur("12.00"), eur("22.00"), eur("36.00")]
    only = credit("k-1", "50.00", products=("a", "b"))
    assert drawn(invoice, [only], on=ON, left=invoice.gross) == (Draw("k-1", eur("34.00")),)
    assert drawn(invoice, [only], on=ON, left=eur("7.00")) == (Draw("k-1", eur("7.00")),)


def test_a_credit_pays_what_those_before_it_left_of_its_lines() -> None:
    """12.00 and 22.00 are open: of the first 5.00 are paid before, by a credit of its own or by one for both."""
    invoice = final(line("a", "10.00"), line("b", "20.00", "reduced"), coupons=())
    more_than_enough = credit("k-2", "50.00", products=("a",))
    own = credit("k-1", "5.00", products=("a",), priority=-1)
    assert [each.amount for each in drawn(invoice, [own, more_than_enough], on=ON, left=invoice.gross)] == [
        eur("5.00"),
        eur("7.00"),
    ]
    # 6.80 over both in proportion: 2.40 and 4.40
    both = credit("k-1", "6.80", priority=-1)
    assert [each.amount for each in drawn(invoice, [both, more_than_enough], on=ON, left=invoice.gross)] == [
        eur("6.80"),
        eur("9.60"),
    ]


def test_the_order_is_priority_then_end_then_age() -> None:
    invoice = final(line("a", "10.00"), coupons=())
    dollars = Money(500, USD)
    credits = (
        credit("k-1", "5.00"),
        credit("k-2", "5.00", end=date(2026, 3, 1)),
        credit("k-3", "5.00", end=date(2026, 2, 1)),
        credit("k-4", "1.00", priority=-1),
        credit("k-5", "5.00", end=ON),
        credit("k-6", "5.00", used=eur("4.00"), expired=eur("1.00")),
        replace(credit("k-7", "0.00"), amount=dollars, used=Money.zero(USD), expired=Money.zero(USD)),
    )
    assert drawn(invoice, credits, on=ON, left=invoice.gross) == (
        Draw("k-4", eur("1.00")),
        Draw("k-3", eur("5.00")),
        Draw("k-2", eur("5.00")),
        Draw("k-1", eur("1.00")),
    )


def test_what_was_drawn_last_goes_back_first() -> None:
    use = PrepaidUse("in-1", (Draw("k-1", eur("5.00")), Draw("k-2", eur("3.00"))))
    back = given_back_of(use, eur("4.00"))
    assert back == (Draw("k-2", eur("3.00")), Draw("k-1", eur("1.00")))
    rest = less(use, back)
    assert rest.draws == (Draw("k-1", eur("4.00")),)
    assert given_back_of(use, eur("-1.00")) == ()
    again = more(rest, [Draw("k-1", eur("0.50")), Draw("k-3", eur("2.00"))])
    assert (again.draws, again.paid(EUR)) == ((Draw("k-1", eur("4.50")), Draw("k-3", eur("2.00"))), eur("6.50"))


def naive(lines: dict[str, int], skus: dict[str, str], credits: Sequence[PrepaidCredit], left: int) -> list[int]:
    """What each credit pays, in cents and in the order given; a cent goes to the line with the largest remainder."""
    rests, found = dict(lines), []
    for each in credits:
        own = [key for key in rests if not each.products or skus[key] in each.products]
        whole = sum(rests[key] for key in own)
        pays = min(each.left.minor_units, whole, left)
        found.append(max(pays, 0))
        if pays <= 0:
            continue
        left -= pays
        exact = {key: Fraction(pays * rests[key], whole) for key in own}
        cents = {key: int(share) for key, share in exact.items()}
        order = sorted(own, key=lambda key: cents[key] - exact[key])
        for key in order[: pays - sum(cents.values())]:
            cents[key] += 1
        for key in own:
            rests[key] -= cents[key]
            assert rests[key] >= 0
    return found


@st.composite
def bills(draw: st.DrawFn) -> tuple[Invoice, list[PrepaidCredit]]:
    amounts = draw(st.lists(st.integers(1, 9_999), min_size=1, max_size=5))
    codes = st.sampled_from(["standard", "reduced"])
    lines = [
        replace(line(f"l{n}", "0.00", draw(codes)), amount=Money(each, EUR), sku=draw(st.sampled_from("xyz")))
        for n, each in enumerate(amounts)
    ]
    coupons = (amount_off("k", "5.00"),) if draw(st.booleans()) else ()
    point = draw(st.sampled_from([TaxPoint.RATE, TaxPoint.TOTAL, TaxPoint.LINE]))
    credits = [
        credit(
            f"c{n}",
            format(Decimal(draw(st.integers(1, 9_999))) / 100, ".2f"),
            products=tuple(draw(st.sets(st.sampled_from("xyz"), max_size=2))),
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    return final(*lines, coupons=coupons, point=point), credits


@given(bills(), st.integers(0, 30_000))
def test_credits_pay_what_the_naive_twin_says(bill: tuple[Invoice, list[PrepaidCredit]], open_cents: int) -> None:
    invoice, credits = bill
    lines = {each.id: amount.minor_units for each, amount in grosses(invoice).items()}
    assert sum(lines.values()) == invoice.gross.minor_units
    left = min(open_cents, invoice.gross.minor_units)
    found = {each.credit: each.amount.minor_units for each in drawn(invoice, credits, on=ON, left=Money(left, EUR))}
    skus = {each.id: each.sku for each in invoice.lines}
    assert [found.get(each.id, 0) for each in credits] == naive(lines, skus, credits, left)


@given(bills(), st.integers(0, 40_000))
def test_what_goes_back_and_what_stays_are_what_was_drawn(bill: tuple[Invoice, list[PrepaidCredit]], over: int) -> None:
    invoice, credits = bill
    use = PrepaidUse("in-1", drawn(invoice, credits, on=ON, left=invoice.gross))
    back = given_back_of(use, Money(over, EUR))
    assert total((each.amount for each in back), EUR) == min(Money(over, EUR), use.paid(EUR))
    sums = {each.credit: each.amount for each in more(less(use, back), tuple(reversed(back))).draws}
    assert sums == {each.credit: each.amount for each in use.draws}

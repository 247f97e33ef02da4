"""The audit finds nothing in books that tie out, and names every kind of corrupted row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audit.check import audit
from engine.audit.ledgered import Accounts
from engine.audit.rows import (
    CouponRow,
    CreditLineRow,
    DiscountRow,
    EventRow,
    InvoiceLineRow,
    InvoiceRow,
    JournalLineRow,
    ObligationRow,
    OrderItemRow,
    PaymentRow,
    PrepaidDrawRow,
    PrepaidRow,
    QuoteLineRow,
    ReconcilingRow,
    RefundRow,
    Rows,
    ScheduleRow,
    StateChangeRow,
)
from engine.audit.violation import TITLES

YEAR_END = date(2026, 12, 31)
MARCH = date(2026, 3, 31)
RUN = date(2026, 2, 28)


def entry(name: str, *lines: tuple[str, int, str, str]) -> tuple[JournalLineRow, ...]:
    return tuple(
        JournalLineRow(name, account, "EUR", amount, contract="c-1", obligation=obligation, invoice=invoice)
        for account, amount, obligation, invoice in lines
    )


def books() -> Rows:
    """A plan of 120.00 a year (10.00 a month, billed at once) and a box of 30.00, of which 10.00 was credited.

    Quoted 150.00 = ordered 150.00; invoiced 150.00 less 10.00; the box delivered (20.00 earned); two months recognised.
    Usage of 5.00 was invoiced and recognised on top. A draft takes 1.00 off by one coupon and 2.00 by another.
    A prepaid credit of 8.00 paid 3.00 of an invoice.
    """
    return Rows(
        quote_lines=(
            QuoteLineRow("q-1", 1, "plan", "EUR", 12_000),
            QuoteLineRow("q-1", 1, "box", "EUR", 3_000),
            QuoteLineRow("q-1", 1, "calls", "EUR", 0, as_billed=True),
            QuoteLineRow("q-2", 1, "open", "EUR", 99),
        ),
        order_items=(
            OrderItemRow("o-1", "1", "q-1", 1, "plan", "c-1", "EUR", 12_000, 0, date(2026, 1, 31)),
            OrderItemRow("o-1", "2", "q-1", 1, "box", "c-1", "EUR", 3_000, 1_000, date(2026, 1, 31)),
            OrderItemRow("o-1", "3", "q-1", 1, "calls", "c-1", "EUR", 0, 0, YEAR_END, as_billed=True),
        ),
        invoices=(InvoiceRow("INV-1", "INV", 1, "EUR", 15_000, 3_000), InvoiceRow("INV-2", "INV", 2, "EUR", 500, 100)),
        invoice_lines=(
            InvoiceLineRow("INV-1", "1", "o-1", "1", "c-1", "EUR", 12_000),
            InvoiceLineRow("INV-1", "2", "o-1", "2", "c-1", "EUR", 3_000),
            InvoiceLineRow("INV-2", "1", "o-1", "3", "c-1", "EUR", 500, as_billed=True),
        ),
        credit_lines=(CreditLineRow("CN-1", "1", "INV-1", "2", "o-1", "2", "c-1", "EUR", 1_000, 200),),
        coupons=(CouponRow("k-1", 100, None), CouponRow("k-2", None, 1)),
        discounts=(DiscountRow("D-1", "k-1", "EUR", 100), DiscountRow("D-1", "k-2", "EUR", 200)),
        prepaid=(PrepaidRow("pc-1", "EUR", 800, 300, 0), PrepaidRow("pc-2", "EUR", 100, 0, 0, 40)),
        draws=(PrepaidDrawRow("INV-1", "pc-1", 300),),
        payments=(PaymentRow("pa-1", "INV-1", 1_000),),
        refunds=(
            RefundRow("rf-1", "INV-1", "", kept=False, amount=150),
            RefundRow("rf-2", "INV-1", "pc-2", kept=True, amount=100),
            RefundRow("rf-3", "", "pc-2", kept=False, amount=40),
        ),
        obligations=(
            ObligationRow("c-1", "plan", "EUR", 12_000, 2_000, RUN),
            ObligationRow("c-1", "box", "EUR", 2_000, 2_000, RUN, scheduled=False),
            ObligationRow("c-1", "calls", "EUR", 500, 500, RUN, scheduled=False, as_billed=True),
        ),
        schedule=(
            *(ScheduleRow("c-1", "plan", "EUR", date(2026, month, 28), 1_000) for month in range(1, 13)),
            ScheduleRow("c-1", "box", "EUR", date(2026, 1, 20), 3_000),
            ScheduleRow("c-1", "box", "EUR", date(2026, 2, 10), -1_000),
            ScheduleRow("c-1", "calls", "EUR", date(2026, 1, 31), 500),
        ),
        journal=(
            *entry(
                "invoice/INV-1",
                ("receivable", 12_000, "", "INV-1"),
                ("contract_clearing", -12_000, "", "INV-1"),
                ("receivable", 3_000, "", "INV-1"),
                ("contract_clearing", -3_000, "", "INV-1"),
                ("receivable", 3_000, "", "INV-1"),
                ("tax_payable", -3_000, "", "INV-1"),
            ),
            *entry(
                "invoice/INV-2",
                ("receivable", 500, "", "INV-2"),
                ("contract_clearing", -500, "", "INV-2"),
                ("receivable", 100, "", "INV-2"),
                ("tax_payable", -100, "", "INV-2"),
            ),
            *entry(
                "credit-note/CN-1",
                ("contract_clearing", 1_000, "", "INV-1"),
                ("receivable", -1_000, "", "INV-1"),
                ("tax_payable", 200, "", "INV-1"),
                ("receivable", -200, "", "INV-1"),
            ),
            *entry("revenue/1", ("contract_clearing", 2_000, "plan", ""), ("revenue", -2_000, "plan", "")),
            *entry("revenue/2", ("contract_clearing", 3_000, "box", ""), ("revenue", -3_000, "box", "")),
            *entry("revenue/3", ("contract_clearing", -1_000, "box", ""), ("revenue", 1_000, "box", "")),
            *entry("revenue/4", ("contract_clearing", 500, "calls", ""), ("revenue", -500, "calls", "")),
            *entry("prepaid/pc-1", ("cash", 800, "", ""), ("customer_credits", -800, "", "")),
            *entry("prepaid-use/1", ("customer_credits", 300, "", "INV-1"), ("receivable", -300, "", "INV-1")),
            *entry("payment/1", ("cash", 1_000, "", "INV-1"), ("receivable", -1_000, "", "INV-1")),
            *entry("refund/rf-1", ("receivable", 150, "", "INV-1"), ("cash", -150, "", "INV-1")),
            *entry("prepaid/pc-2", ("receivable", 100, "", "INV-1"), ("customer_credits", -100, "", "INV-1")),
            *entry("refund/rf-3", ("customer_credits", 40, "", ""), ("cash", -40, "", "")),
        ),
        events=(EventRow("e1", "q-1"), EventRow("e2", "q-1"), EventRow("e3", "o-1")),
        changes=(StateChangeRow("q-1", 1, "e1"), StateChangeRow("q-1", 2, "e2"), StateChangeRow("o-1", 1, "e3")),
    )


def found(rows: Rows, *, at: date = MARCH) -> list[tuple[str, str]]:
    return [(each.code, each.where) for each in audit(rows, at=at)]


def test_books_that_tie_out_give_nothing() -> None:
    assert found(books()) == []
    assert found(books(), at=YEAR_END) == []
    assert found(Rows()) == []


def changed(name: str, index: int, **values: Any) -> Callable[[Rows], Rows]:
    """Corrupt one field of one row."""

    def corrupt(rows: Rows) -> Rows:
        listed = list(getattr(rows, name))
        listed[index] = replace(listed[index], **values)
        return replace(rows, **{name: tuple(listed)})

    return corrupt


def dropped(name: str, index: int) -> Callable[[Rows], Rows]:
    """Lose one row."""

    def corrupt(rows: Rows) -> Rows:
        listed = list(getattr(rows, name))
        del listed[index]
        return replace(rows, **{name: tuple(listed)})

    return corrupt


CORRUPTIONS = [
    ("a quote line", changed("quote_lines", 0, net=12_001), ("AUD001", "quote q-1 v1 line plan")),
    ("an order item", changed("order_items", 1, net=2_999), ("AUD001", "quote q-1 v1 line box")),
    ("an invoice line", changed("invoice_lines", 0, net=11_999), ("AUD004", "order o-1 item 1")),
    ("an invoice", changed("invoices", 1, number=3), ("AUD008", "series INV")),
    ("a credit line", changed("credit_lines", 0, net=3_001), ("AUD006", "invoice INV-1 line 2")),
    ("an obligation", changed("obligations", 0, price=12_001), ("AUD010", "contract c-1")),
    ("a schedule line", changed("schedule", 5, amount=999), ("AUD011", "contract c-1 obligation plan")),
    ("a journal line", changed("journal", 14, amount=2_001), ("AUD020", "entry revenue/1")),
    ("an event", dropped("events", 1), ("AUD031", "q-1 v2")),
    ("a state change", dropped("changes", 2), ("AUD030", "event e3 of o-1")),
]


@pytest.mark.parametrize(("what", "corrupt", "named"), CORRUPTIONS, ids=[each[0] for each in CORRUPTIONS])
def test_each_of_ten_kinds_of_corrupted_row_is_found_and_named(
    what: str, corrupt: Callable[[Rows], Rows], named: tuple[str, str]
) -> None:
    assert named in found(corrupt(books())), what


OTHERS = [
    (dropped("quote_lines", 0), ("AUD003", "order o-1 item 1")),
    (dropped("order_items", 1), ("AUD002", "quote q-1 v1 line box")),
    (changed("order_items", 0, billing_ends=YEAR_END, taken_back=1), ("AUD005", "order o-1 item 1")),
    (changed("invoice_lines", 1, item="9"), ("AUD005", "order o-1 item 9")),
    (changed("invoices", 0, net=15_001), ("AUD007", "invoice INV-1")),
    (dropped("invoices", 1), ("AUD007", "invoice INV-2")),
    (changed("prepaid", 0, used=299), ("AUD024", "credit pc-1")),
    (dropped("prepaid", 0), ("AUD024", "credit pc-1")),
    (changed("prepaid", 0, expired=1), ("AUD025", "credits in EUR")),
    (changed("coupons", 0, used=101), ("AUD009", "coupon k-1")),
    (changed("coupons", 1, invoices=2), ("AUD009", "coupon k-2")),
    (dropped("coupons", 1), ("AUD009", "coupon k-2")),
    (changed("schedule", 0, on=date(2026, 3, 28)), ("AUD012", "contract c-1 obligation plan")),
    (changed("obligations", 1, price=2_001), ("AUD013", "contract c-1")),
    (changed("order_items", 1, taken_back=900), ("AUD014", "contract c-1")),
    (changed("invoices", 0, tax=2_999), ("AUD021", "invoice INV-1")),
    (changed("journal", 5, account="receivable"), ("AUD022", "invoice INV-1")),
    (changed("journal", 14, contract="c-2"), ("AUD023", "contract c-2")),
    (changed("payments", 0, amount=999), ("AUD026", "invoice INV-1")),
    (dropped("payments", 0), ("AUD026", "invoice INV-1")),
    (dropped("refunds", 0), ("AUD026", "invoice INV-1")),
    (changed("refunds", 1, amount=99), ("AUD027", "credit pc-2")),
    (changed("prepaid", 1, refunded=41), ("AUD027", "credit pc-2")),
    (dropped("prepaid", 1), ("AUD027", "credit pc-2")),
    (changed("invoices", 0, is_void=True), ("AUD026", "invoice INV-1")),
    (changed("credit_lines", 0, tax=199), ("AUD022", "invoice INV-1")),
    (changed("changes", 1, version=3), ("AUD032", "q-1")),
    (changed("schedule", 0, obligation="plam"), ("AUD011", "contract c-1 obligation plam")),
]


@pytest.mark.parametrize(("corrupt", "named"), OTHERS, ids=[named[0] for _, named in OTHERS])
def test_every_code_is_raised_by_the_corruption_it_is_for(
    corrupt: Callable[[Rows], Rows], named: tuple[str, str]
) -> None:
    assert named in found(corrupt(books()))


def test_every_code_has_a_title_and_a_corruption() -> None:
    shown = {named[0] for _, named in OTHERS} | {named[0] for _, _, named in CORRUPTIONS}
    assert shown == set(TITLES)


def test_a_credit_note_and_the_invoice_itself_together_take_back_no_more_than_a_line() -> None:
    """The invoice takes 20.01 of the box of 30.00 back itself: with the note over 10.00 that is a cent too much."""
    taken = InvoiceLineRow("INV-1", "3", "o-1", "2", "c-1", "EUR", -2_001, credits="2")
    rows = books()
    assert ("AUD006", "invoice INV-1 line 2") in found(replace(rows, invoice_lines=(*rows.invoice_lines, taken)))
    within = (*rows.invoice_lines, replace(taken, net=-2_000))
    assert ("AUD006", "invoice INV-1 line 2") not in found(replace(rows, invoice_lines=within))


def test_a_violation_says_what_where_and_by_how_much() -> None:
    (first, *_) = audit(changed("quote_lines", 0, net=12_001)(books()), at=MARCH)
    assert str(first) == (
        "AUD001: quote q-1 v1 line plan: an order item has another net than its quote line: "
        "expected 120.01 EUR, found 120.00 EUR"
    )
    assert first.difference == -1


def test_named_reconciling_items_are_part_of_the_identities() -> None:
    """Interest of 1.00 on the advance, 0.40 of it accrued: allocated 141.00 for 140.00 billed."""
    rows = books()
    accrued = entry("interest/1", ("interest_expense", 40, "", ""), ("contract_clearing", -40, "", ""))
    plan = replace(rows.obligations[0], price=12_100)
    last = replace(rows.schedule[11], amount=1_100)
    interest = replace(
        rows,
        obligations=(plan, *rows.obligations[1:]),
        schedule=(*rows.schedule[:11], last, *rows.schedule[12:]),
        reconciling=(ReconcilingRow("c-1", "EUR", "financing interest", 100),),
        journal=(*rows.journal, *accrued),
    )
    assert found(interest) == []
    assert ("AUD010", "contract c-1") in found(replace(interest, reconciling=()))


def test_a_change_that_waits_for_the_next_run_is_no_violation() -> None:
    """Another 3.00 of the plan fell due after the run of its day: the obligation counts 20.00 and says it waits."""
    rows = changed("schedule", 0, amount=1_300)(changed("schedule", 11, amount=700)(books()))
    assert ("AUD012", "contract c-1 obligation plan") in found(rows)
    waiting = changed("obligations", 0, recognised_until=None)(rows)
    assert found(waiting) == []
    assert ("AUD012", "contract c-1 obligation plan") in found(changed("obligations", 0, recognised=2_001)(waiting))


def test_revenue_may_have_several_accounts() -> None:
    rows = changed("journal", 15, account="revenue_saas")(books())
    assert ("AUD012", "contract c-1 obligation plan") in found(rows)
    accounts = Accounts(revenue=frozenset({"revenue", "revenue_saas"}))
    assert audit(rows, at=MARCH, accounts=accounts) == ()


amount_fields = st.sampled_from(
    [
        ("quote_lines", 0, "net"),
        ("quote_lines", 1, "net"),
        ("order_items", 0, "net"),
        ("order_items", 1, "taken_back"),
        ("invoices", 0, "net"),
        ("invoices", 1, "tax"),
        ("invoice_lines", 0, "net"),
        ("invoice_lines", 2, "net"),
        ("credit_lines", 0, "net"),
        ("coupons", 0, "used"),
        ("prepaid", 0, "amount"),
        ("draws", 0, "amount"),
        ("discounts", 0, "amount"),
        ("obligations", 0, "price"),
        ("obligations", 1, "price"),
        ("obligations", 0, "recognised"),
        *(("schedule", n, "amount") for n in range(15)),
        *(("journal", n, "amount") for n in range(24)),
    ]
)


@settings(max_examples=150, deadline=None)
@given(amount_fields, st.integers(-5_000, 5_000).filter(bool))
def test_no_changed_amount_goes_unseen(field: tuple[str, int, str], by: int) -> None:
    name, index, column = field
    row = getattr(books(), name)[index]
    corrupted = changed(name, index, **{column: getattr(row, column) + by})(books())
    assert found(corrupted), f"{name}[{index}].{column} changed by {by}"


def test_amounts_of_a_violation_have_their_currency_even_where_the_other_row_is_lost() -> None:
    rows = books()
    lost = replace(rows, order_items=rows.order_items[1:], invoices=rows.invoices[1:], obligations=())
    shown = [str(each) for each in audit(lost, at=MARCH)]
    for text in (
        "AUD005: order o-1 item 1: an order item is billed beyond its net, or without an order: "
        "expected 0.00 EUR, found 120.00 EUR",
        "AUD007: invoice INV-1: an invoice is not the sum of its lines: expected 150.00 EUR, found 0.00 EUR",
    ):
        assert text in shown
    assert all("minor units" not in each for each in shown)
    unknown = changed("quote_lines", 0, net=1, currency="QQQ")(books())
    assert "expected 1 minor units of QQQ" in str(audit(unknown, at=MARCH)[0])


def test_an_obligation_is_named_once_whatever_its_journal_disagrees_with() -> None:
    """The schedule says 20.00, the obligation counts 20.01, the journal holds 19.99: one finding, not two."""
    wrong = changed("obligations", 0, recognised=2_001)(books())
    journal = tuple(
        replace(each, amount=each.amount + 1) if each.account == "revenue" and each.obligation == "plan" else each
        for each in wrong.journal
    )
    found_now = [each for each in audit(replace(wrong, journal=journal), at=MARCH) if each.code == "AUD012"]
    assert [each.where for each in found_now] == ["contract c-1 obligation plan"]

"""The ledger: facts become balanced entries, once, and stay."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnostics import Decision, Refusal
from engine.ledger.accounts import (
    CLEARING,
    DEFAULT_CHART,
    Account,
    AccountCode,
    AccountType,
    Chart,
    Component,
    PostingRule,
    chart_of,
)
from engine.ledger.balances import net_position
from engine.ledger.calendar import BooksCalendar, close_period
from engine.ledger.entry import DraftEntry, EntryKey, JournalLine, body_hash
from engine.ledger.facts import (
    ContractCostAmortised,
    ContractCostCapitalised,
    CreditNoteIssued,
    Fact,
    FactKey,
    FinancingAccrued,
    InvoiceFinalized,
    PaymentApplied,
    PaymentReceived,
    PaymentRefunded,
    ReceivableWrittenOff,
    RefundLiabilityRaised,
    RefundLiabilityReleased,
    RefundLiabilitySettled,
    RevenueRecognised,
    RevenueReversed,
    TaxAmount,
    Trace,
    TracedAmount,
)
from engine.ledger.posting import Books, Outcome, Posted, post, post_draft
from engine.ledger.presentation import CONTRACT_ASSET, CONTRACT_LIABILITY, present
from engine.money import Currency, Money, currency
from engine.periods import Period
from tests.ledger.journal import Journal, balances_of, post_all, reverse

EUR = currency("EUR")
USD = currency("USD")
TRACE = Trace(contract="c-1", customer="acme", invoice="INV-1")
JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))


def eur(units: int) -> Money:
    return Money(units, EUR)


def invoice(net: int = 120_000, tax: int = 24_000, *, key: str = "invoice/INV-1") -> InvoiceFinalized:
    return InvoiceFinalized(
        key=FactKey(key),
        on=date(2026, 1, 1),
        invoice="INV-1",
        customer="acme",
        lines=(TracedAmount(eur(net), TRACE),),
        taxes=(TaxAmount("standard", eur(tax), TRACE),),
    )


def revenue(units: int, *, key: str = "revenue/c-1/2026-01", on: date = date(2026, 1, 31)) -> RevenueRecognised:
    return RevenueRecognised(key=FactKey(key), on=on, amount=eur(units), trace=TRACE, service=JANUARY)


def booked(outcome: Decision[Journal] | Refusal) -> Journal:
    assert isinstance(outcome, Decision), str(outcome)
    return outcome.value


def created(outcome: Posted | Refusal) -> Posted:
    assert isinstance(outcome, Posted), str(outcome)
    return outcome


def test_an_invoice_debits_the_receivable_with_net_and_tax_and_keeps_tax_out_of_clearing() -> None:
    entry = created(post(invoice(), books=Books())).entry
    assert entry is not None
    assert [(each.account, each.amount.minor_units) for each in entry.lines] == [
        ("receivable", 120_000),
        ("contract_clearing", -120_000),
        ("receivable", 24_000),
        ("tax_payable", -24_000),
    ]


def test_billing_credits_and_recognition_debits_the_clearing_account() -> None:
    journal = booked(post_all(Journal(), [invoice(120_000), revenue(10_000)]))
    position = net_position(journal.entries, contract="c-1", currency=EUR)
    assert (position.contract_liability, position.contract_asset) == (eur(110_000), eur(0))
    earlier = net_position(journal.entries, contract="c-1", currency=EUR, until=date(2026, 1, 30))
    assert earlier.contract_liability == eur(120_000)


def test_revenue_before_billing_is_a_contract_asset() -> None:
    journal = booked(post_all(Journal(), [revenue(40_000)]))
    assert net_position(journal.entries, contract="c-1", currency=EUR).contract_asset == eur(40_000)


def test_the_same_key_and_body_is_a_replay_even_after_the_period_closed() -> None:
    first = created(post(revenue(10_000), books=Books()))
    assert first.entry is not None and first.outcome is Outcome.CREATED
    closed = Books(calendar=BooksCalendar(date(2026, 1, 31)))
    again = created(post(revenue(10_000), books=closed, earlier=first.entry))
    assert again.outcome is Outcome.REPLAYED
    assert again.entry == first.entry


def test_the_same_key_with_another_body_is_a_conflict() -> None:
    first = created(post(revenue(10_000), books=Books()))
    outcome = post(revenue(10_001), books=Books(), earlier=first.entry)
    assert isinstance(outcome, Refusal)
    assert [each.code for each in outcome.faults] == ["LED030"]


def test_the_body_hash_is_over_what_is_said_and_stays_as_it_is() -> None:
    """Stored hashes are compared with new ones for ever, so the text that is hashed may never change."""
    line = JournalLine(AccountCode("revenue"), eur(-5), Trace(contract="c-1"))
    draft = DraftEntry(EntryKey("k"), "Manual", date(2026, 1, 2), (line,))
    text = (
        '{"key":"k","kind":"Manual","lines":[["revenue",-5,"EUR",{"contract":"c-1"}]],'
        '"on":"2026-01-02","reverses":null,"service":null}'
    )
    assert body_hash(draft) == hashlib.sha256(text.encode()).hexdigest()


def test_a_fact_of_nothing_books_nothing() -> None:
    assert created(post(invoice(0, 0), books=Books())).outcome is Outcome.NOTHING


def test_a_negative_amount_is_refused_because_the_opposite_is_another_fact() -> None:
    outcome = post(revenue(-1), books=Books())
    assert isinstance(outcome, Refusal)
    assert outcome.faults[0].code == "LED031"


def test_an_unbalanced_draft_is_refused_per_currency() -> None:
    lines = (
        JournalLine(AccountCode("receivable"), Money(100, EUR), TRACE),
        JournalLine(AccountCode("revenue"), Money(-100, USD), TRACE),
        JournalLine(AccountCode("revenu"), Money(0, USD), TRACE),
    )
    outcome = post_draft(DraftEntry(EntryKey("x"), "Manual", date(2026, 1, 1), lines), books=Books())
    assert isinstance(outcome, Refusal)
    assert [each.code for each in outcome.faults] == ["LED010", "LED010", "LED001"]


def test_an_entry_needs_lines() -> None:
    outcome = post_draft(DraftEntry(EntryKey("x"), "Manual", date(2026, 1, 1), ()), books=Books())
    assert isinstance(outcome, Refusal)
    assert outcome.faults[0].code == "LED011"


def test_an_account_of_one_currency_takes_no_other() -> None:
    only_usd = Account(AccountCode("revenue"), "Revenue in dollars", AccountType.REVENUE, "USD")
    chart = chart_of((*DEFAULT_CHART.accounts.values(), only_usd), DEFAULT_CHART.rules.values())
    outcome = post(revenue(5), books=Books(chart))
    assert isinstance(outcome, Refusal)
    assert outcome.faults[0].code == "LED003"


def test_a_category_has_its_own_account() -> None:
    support = Account(AccountCode("revenue_support"), "Support revenue", AccountType.REVENUE)
    rule = PostingRule(Component.REVENUE, CLEARING, support.code, category="support")
    chart = chart_of((*DEFAULT_CHART.accounts.values(), support), (*DEFAULT_CHART.rules.values(), rule))
    fact = replace(revenue(700), trace=replace(TRACE, category="support"))
    entry = created(post(fact, books=Books(chart))).entry
    assert entry is not None
    assert [each.account for each in entry.lines] == ["contract_clearing", "revenue_support"]


def test_every_component_of_the_default_chart_leads_to_its_accounts() -> None:
    for component in Component:
        rule = DEFAULT_CHART.rule(component, "")
        assert rule is not None and {rule.debit, rule.credit} <= set(DEFAULT_CHART.accounts), component


def test_a_fact_without_a_rule_is_refused() -> None:
    missing = post(revenue(5), books=Books(Chart(DEFAULT_CHART.accounts, {})))
    assert isinstance(missing, Refusal)


def test_late_work_posts_in_the_first_open_period_and_keeps_its_service_period() -> None:
    books = Books(calendar=BooksCalendar(date(2026, 2, 28)))
    entry = created(post(revenue(10_000), books=books)).entry
    assert entry is not None
    assert (entry.on, entry.posted_on, entry.service) == (date(2026, 1, 31), date(2026, 3, 31), JANUARY)
    document = created(post(invoice(), books=books)).entry
    assert document is not None
    assert document.posted_on == date(2026, 3, 1)


def test_periods_close_in_order_at_month_ends() -> None:
    today = date(2028, 3, 1)
    closed = close_period(BooksCalendar(), until=date(2028, 2, 29), today=today)
    assert isinstance(closed, Decision)
    assert not closed.value.is_open(date(2028, 2, 29))
    assert closed.value.is_open(date(2028, 3, 1))
    outcome = close_period(closed.value, until=date(2028, 2, 28), today=today)
    assert isinstance(outcome, Refusal)
    assert [each.code for each in outcome.faults] == ["LED020", "LED021"]


@pytest.mark.parametrize("until", [date(2028, 2, 29), date(2028, 3, 31), date(2099, 12, 31)])
def test_a_month_closes_when_it_is_over(until: date) -> None:
    outcome = close_period(BooksCalendar(), until=until, today=date(2028, 2, 29))
    assert isinstance(outcome, Refusal)
    (fault,) = outcome.faults
    assert (fault.code, fault.field) == ("LED022", "until")
    assert "ends on 2028-01-31" in fault.hint
    assert isinstance(close_period(BooksCalendar(), until=date(2028, 1, 31), today=date(2028, 2, 1)), Decision)


def test_a_reversal_undoes_an_entry_once() -> None:
    journal = booked(post_all(Journal(), [revenue(7_500)]))
    undone = booked(reverse(journal, EntryKey("revenue/c-1/2026-01"), key=EntryKey("r"), on=date(2026, 2, 1)))
    assert all(each.balance.is_zero for each in balances_of(undone.entries))
    assert len(undone.entries) == 2
    again = reverse(undone, EntryKey("revenue/c-1/2026-01"), key=EntryKey("r"), on=date(2026, 2, 1))
    assert booked(again) == undone
    twice = reverse(undone, EntryKey("revenue/c-1/2026-01"), key=EntryKey("r2"), on=date(2026, 2, 1))
    assert isinstance(twice, Refusal) and twice.faults[0].code == "LED032"
    unknown = reverse(undone, EntryKey("nobody"), key=EntryKey("r3"), on=date(2026, 2, 1))
    assert isinstance(unknown, Refusal) and unknown.faults[0].code == "LED033"
    back = booked(reverse(undone, EntryKey("r"), key=EntryKey("rr"), on=date(2026, 2, 2)))
    assert net_position(back.entries, contract="c-1", currency=EUR).contract_asset == eur(7_500)


def test_facts_are_booked_all_or_none() -> None:
    outcome = post_all(Journal(), [invoice(), revenue(1), revenue(2)])
    assert isinstance(outcome, Refusal)
    assert [(each.field, each.code) for each in outcome.faults] == [("facts[2].key", "LED030")]


def test_statements_show_the_clearing_account_by_its_side() -> None:
    """Deliver 40.00 first, then bill 100.00 and deliver 60.00 on one day: the published example 39 in other units."""
    later = Period(date(2026, 2, 1), date(2026, 3, 1))
    second = replace(revenue(6_000, key="revenue/2", on=date(2026, 2, 10)), service=later)
    bill = replace(invoice(10_000, 0), on=date(2026, 2, 10))
    journal = booked(post_all(Journal(), [revenue(4_000), bill, second]))
    shown = [
        (each.on, {line.account: line.amount.minor_units for line in each.lines}) for each in present(journal.entries)
    ]
    assert shown == [
        (date(2026, 1, 31), {CONTRACT_ASSET: 4_000, "revenue": -4_000}),
        (date(2026, 2, 10), {"receivable": 10_000, CONTRACT_ASSET: -4_000, "revenue": -6_000}),
    ]
    prepaid = booked(post_all(Journal(), [invoice(10_000, 0)]))
    (only,) = present(prepaid.entries)
    assert {line.account for line in only.lines} == {"receivable", CONTRACT_LIABILITY}


amounts = st.integers(min_value=0, max_value=10**12)
units = st.sampled_from([EUR, USD, currency("JPY"), currency("KWD")])


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    unit: Currency = draw(units)
    amount = Money(draw(amounts), unit)
    key = FactKey(f"k-{draw(st.integers(0, 30))}")
    on = draw(st.dates(date(2025, 1, 1), date(2027, 12, 31)))
    trace = Trace(contract=draw(st.sampled_from(["c-1", "c-2"])), invoice=draw(st.sampled_from(["", "INV-1"])))
    kind = draw(st.integers(0, 13))
    service = Period(on, date(2028, 1, 1))
    lines = tuple(
        TracedAmount(Money(each, unit), trace) for each in draw(st.lists(st.integers(-(10**9), 10**9), max_size=3))
    )
    taxes = (TaxAmount("standard", amount, trace),)
    makers = (
        lambda: InvoiceFinalized(key, on, "INV-1", "acme", lines, taxes),
        lambda: CreditNoteIssued(key, on, "CN-1", "acme", lines, taxes),
        lambda: PaymentReceived(key, on, amount, trace),
        lambda: PaymentApplied(key, on, amount, trace),
        lambda: PaymentRefunded(key, on, amount, trace),
        lambda: ReceivableWrittenOff(key, on, amount, trace),
        lambda: RevenueRecognised(key, on, amount, trace, service),
        lambda: RevenueReversed(key, on, amount, trace, service),
        lambda: RefundLiabilityRaised(key, on, amount, trace),
        lambda: RefundLiabilityReleased(key, on, amount, trace),
        lambda: RefundLiabilitySettled(key, on, amount, trace),
        lambda: FinancingAccrued(key, on, amount, trace, on_advance=bool(amount.minor_units % 2)),
        lambda: ContractCostCapitalised(key, on, amount, trace),
        lambda: ContractCostAmortised(key, on, amount, trace, service),
    )
    made: Fact = makers[kind]()
    return made


@settings(max_examples=120, deadline=None)
@given(st.lists(facts(), max_size=12), st.sampled_from([None, date(2025, 6, 30), date(2026, 12, 31)]))
def test_whatever_is_booked_every_entry_and_every_trial_balance_sums_to_zero(
    stated: list[Fact], closed_until: date | None
) -> None:
    journal = Journal(Books(calendar=BooksCalendar(closed_until)))
    for fact in stated:
        before = journal
        outcome = post_all(journal, [fact])
        if isinstance(outcome, Refusal):
            assert [each.code for each in outcome.faults] == ["LED030"]
            continue
        journal = outcome.value
        assert journal.entries[: len(before.entries)] == before.entries
        assert booked(post_all(journal, [fact])) == journal
    for entry in journal.entries:
        assert entry.lines
        assert closed_until is None or entry.posted_on > closed_until
        for unit in {line.amount.currency for line in entry.lines}:
            assert sum(line.amount.minor_units for line in entry.lines if line.amount.currency == unit) == 0
    for until in (None, date(2026, 3, 31)):
        sums: dict[str, int] = {}
        for each in balances_of(journal.entries, until):
            code = each.debits.currency.code
            sums[code] = sums.get(code, 0) + each.balance.minor_units
        assert not any(sums.values())
    for shown in present(journal.entries):
        for unit in {line.amount.currency for line in shown.lines}:
            assert sum(line.amount.minor_units for line in shown.lines if line.amount.currency == unit) == 0


@pytest.mark.parametrize("component", Component)
def test_the_default_chart_books_every_component(component: Component) -> None:
    rule = DEFAULT_CHART.rule(component, "")
    assert rule is not None and rule.debit != rule.credit

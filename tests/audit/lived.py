"""A deal and what can happen to it, from the accepted offer to the journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from engine.billing import (
    BillLine,
    CreditNote,
    Invoice,
    Reason,
    TaxTable,
    bill_to,
    credit,
    draft_credit_note,
    draft_invoice,
    fact_of,
    finalize,
    issue,
    missing_lines,
    sort_onto_documents,
)
from engine.contracts import Contract, cancel
from engine.contracts import take_back as take_lines_back
from engine.diagnostics import Refusal
from engine.ledger import Fact
from engine.money import EXACT, Money, Ratio, currency, share_of
from engine.orders import (
    Booking,
    FulfilmentPlan,
    FulfilmentStep,
    Order,
    OrderState,
    cancel_order,
    cancelled_lines,
    create_order,
    deliver,
    deliveries,
)
from engine.quotes.accepted import AcceptedLine, AcceptedQuote
from engine.quotes.quote import QuoteParties
from engine.revenue import (
    RecognitionPolicy,
    RevenueContract,
    RevenuePolicies,
    Timing,
    credit_past_fault,
    end_early,
    obligations_of,
    open_contract,
    promises_of,
    recognise,
    report,
    take_back,
)
from tests.ledger.journal import Journal, post_all

EUR = currency("EUR")


START = date(2026, 1, 15)


SIGNED = datetime(2026, 1, 15, 9, tzinfo=UTC)


PLANS = {"ship": FulfilmentPlan("ship", (FulfilmentStep("pack", "warehouse", delivers=True),))}


POLICIES = RevenuePolicies(
    {
        "even": RecognitionPolicy("even", Timing.MONTHLY_EVEN, series=True),
        "daily": RecognitionPolicy("daily", Timing.DAILY, series=True),
        "prorated": RecognitionPolicy("prorated", Timing.MONTHLY_PRORATE_FIRST),
        "front": RecognitionPolicy("front", Timing.WEIGHTS, weights=(Decimal(3), Decimal(1))),
        "kit": RecognitionPolicy("kit", Timing.POINT_IN_TIME, merge_key="kit"),
    }
)


TAXES = TaxTable({"standard": Decimal(19)})


@dataclass
class Deal:
    """Everything that one deal has become so far."""

    accepted: AcceptedQuote
    contract: Contract
    order: Order
    revenue: RevenueContract
    invoices: list[Invoice] = field(default_factory=list)
    notes: list[CreditNote] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)
    journal: Journal = field(default_factory=Journal)
    billed_until: date = date.min
    unbilled: set[str] = field(default_factory=set)
    ended: dict[str, date] = field(default_factory=dict)

    def book(self, *facts: Fact) -> None:
        self.journal = unwrap(post_all(self.journal, facts))


def unwrap(outcome):  # type: ignore[no-untyped-def]
    assert not isinstance(outcome, Refusal), str(outcome)
    return getattr(outcome, "value", outcome)


def sign(lines: list[AcceptedLine]) -> Deal:
    accepted = AcceptedQuote(
        quote="q-1",
        version=2,
        parties=QuoteParties(customer="acme", owner="rep"),
        currency=EUR,
        accepted_at=SIGNED,
        start=START,
        term_months=None,
        rule_book="book",
        purchase_order="",
        net_total=Money(0, EUR),
        lines=tuple(lines),
    )
    booked = unwrap(create_order(accepted, Booking("o-1", "c-1", SIGNED, PLANS)))
    obligations = unwrap(obligations_of(unwrap(promises_of(accepted, POLICIES))))
    revenue = open_contract("c-1", customer="acme", inception=START, obligations=obligations, currency=EUR)
    deal = Deal(accepted, booked.contract, booked.order, revenue)
    _report(deal, before={})
    return deal


def hand_over(deal: Deal, item: str, quantity: Decimal, at: datetime) -> None:
    before = {each.id: each.delivered for each in deal.order.items}
    deal.order = unwrap(deliver(deal.order, item, quantity=quantity, at=at))
    deal.unbilled.add(item)
    _report(deal, before=before, on=at.date())


def bill(deal: Deal, until: date) -> None:
    """Draft what is missing, make it final, and book it; a second run finds nothing."""
    existing: list[BillLine] = [line for each in (*deal.invoices, *deal.notes) for line in each.lines]
    missing = missing_lines(deal.contract, deliveries(deal.order), (), existing, until)
    documents = sort_onto_documents(missing, deal.invoices)
    for day, lines in documents.invoices.items():
        number = len(deal.invoices) + 1
        at = datetime.combine(until, datetime.min.time(), tzinfo=UTC)
        draft = unwrap(draft_invoice(f"in-{number}", lines, bill_to(deal.contract), on=day, taxes=TAXES, at=at))
        final = unwrap(finalize(draft, number=number, on=max(day, until), at=at))
        deal.invoices.append(final)
        deal.book(fact_of(final))
    for key, credits in documents.credits.items():
        _issue(deal, [each for each in deal.invoices if each.id == key][0], list(credits), Reason("taken back"), until)
    again = [line for each in (*deal.invoices, *deal.notes) for line in each.lines]
    assert missing_lines(deal.contract, deliveries(deal.order), (), again, until) == ()
    deal.billed_until = max(deal.billed_until, until)
    deal.unbilled.clear()


def credit_fault(deal: Deal, percent: int, on: date) -> None:
    """Credit part of the first billed line for a fault, as far as its revenue was earned."""
    line = next((line for each in deal.invoices for line in each.lines if line.amount.minor_units > 100), None)
    if line is None:
        return
    amount = share_of(line.amount, Ratio(percent, 1000))
    invoice = next(each for each in deal.invoices if line in each.lines)
    earlier = [each for note in deal.notes for each in note.lines if each.credits == line.id]
    revenue = credit_past_fault(deal.revenue, line.quote_line, on=on, credit=amount)
    credited = credit(f"fault-{len(deal.notes)}", amount, of=line, on=on, earlier=earlier)
    if isinstance(revenue, Refusal) or isinstance(credited, Refusal):
        return
    _issue(deal, invoice, [credited.value], Reason("fault", past_fault=True), on)
    deal.revenue = revenue
    deal.faults[line.quote_line] = deal.faults.get(line.quote_line, 0) + amount.minor_units


def _issue(deal: Deal, invoice: Invoice, credits: list[BillLine], reason: Reason, on: date) -> None:
    at = datetime.combine(on, datetime.min.time(), tzinfo=UTC)
    number = len(deal.notes) + 1
    draft = draft_credit_note(f"cn-{number}", credits, invoice, earlier=deal.notes, reason=reason, at=at)
    note = unwrap(issue(unwrap(draft), number=number, on=on, at=at))
    deal.notes.append(note)
    deal.book(fact_of(note))


def take_back_some(deal: Deal, number: int, on: date) -> None:
    """Cancel one item of the order, as far as nothing of it was handed over, and bill its credit at once."""
    item = deal.order.items[number % len(deal.order.items)]
    at = noon(on)
    outcome = cancel_order(deal.order, at=at, note="no longer wanted", items=(item.id,))
    if isinstance(outcome, Refusal):
        return
    gone = cancelled_lines(deal.order, outcome.value)
    deal.order = outcome.value
    if not gone:
        return
    deal.contract = unwrap(take_lines_back(deal.contract, gone, at=at, by="rep", reason="cancelled"))
    lines = {}
    for each in deal.accepted.lines:
        if each.id in gone:
            lines[str(each.id)] = Money(each.term_total.minor_units - deal.faults.get(each.id, 0), EUR)
            deal.faults[each.id] = each.term_total.minor_units
    known = {key: amount for key, amount in lines.items() if deal.revenue.account_of_line(key) is not None}
    deal.revenue = unwrap(take_back(deal.revenue, known, on=on))
    bill(deal, max(on, deal.billed_until))


def end_some(deal: Deal, number: int, on: date) -> None:
    """End some services within their term; what was billed for later days is credited, the rest is not billed."""
    running = [
        each
        for each in deal.contract.lines
        if each.end is not None and each.end > on > each.start and each.id not in deal.ended
    ]
    gone = tuple(each.id for n, each in enumerate(running) if number % (n + 2) == 0)
    items = {each.quote_line: each for each in deal.order.items}
    gone = tuple(each for each in gone if items[each].state is not OrderState.CANCELLED)
    if not gone:
        return
    deal.contract = unwrap(cancel(deal.contract, on=on, at=noon(on), by="rep", reason="ended", lines=gone))
    deal.ended |= dict.fromkeys(gone, on)
    bill(deal, max(on, deal.billed_until))
    off = {}
    for key in gone:
        promised = next(each.term_total.minor_units for each in deal.accepted.lines if each.id == key)
        billed = sum(
            line.amount.minor_units
            for each in (*deal.invoices, *deal.notes)
            for line in each.lines
            if line.quote_line == key
        )
        before = deal.faults.get(key, 0)
        off[key] = Money(promised - before - billed, EUR)
        deal.faults[key] = promised - billed
    known = {key: amount for key, amount in off.items() if deal.revenue.account_of_line(key) is not None}
    deal.revenue = unwrap(end_early(deal.revenue, known, on=on))


def earn(deal: Deal, until: date) -> None:
    run = recognise(deal.revenue, until=until)
    deal.revenue = run.contract
    deal.book(*run.facts)


def _report(deal: Deal, *, before: dict[str, Decimal], on: date = START) -> None:
    for item in deal.order.items:
        account = deal.revenue.account_of_line(item.quote_line)
        if account is None or account.obligation.timing is not Timing.POINT_IN_TIME:
            continue
        if item.delivered == before.get(item.id, Decimal(0)):
            continue
        done = Ratio.of(EXACT.divide(item.delivered, item.quantity))
        deal.revenue = unwrap(report(deal.revenue, item.quote_line, on=on, done=done))


def noon(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)

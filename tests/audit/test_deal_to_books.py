"""Any deal, lived from the accepted offer to the journal by the engines themselves, passes the audit at every month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.audit import (
    CreditLineRow,
    InvoiceLineRow,
    InvoiceRow,
    JournalLineRow,
    ObligationRow,
    OrderItemRow,
    QuoteLineRow,
    Rows,
    ScheduleRow,
    audit,
)
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
from engine.catalog import ONE_TIME, BillingTiming, Charge, ChargeKind, ChargePeriod, LineId, Sku
from engine.contracts import Contract, cancel
from engine.diagnostics import Refusal
from engine.ledger import Fact, Journal, post_all
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
from engine.periods import add_months
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
    at = _noon(on)
    outcome = cancel_order(deal.order, at=at, note="no longer wanted", items=(item.id,))
    if isinstance(outcome, Refusal):
        return
    gone = cancelled_lines(deal.order, outcome.value)
    deal.order = outcome.value
    if not gone:
        return
    start = min(each.start for each in deal.contract.lines if each.id in gone)
    deal.contract = unwrap(cancel(deal.contract, on=start, at=at, by="rep", reason="cancelled", lines=gone))
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
    deal.contract = unwrap(cancel(deal.contract, on=on, at=_noon(on), by="rep", reason="ended", lines=gone))
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


def rows_of(deal: Deal) -> Rows:
    """The rows of a deal as a store would hold them."""
    return Rows(
        quote_lines=tuple(
            QuoteLineRow("q-1", 2, each.id, "EUR", each.term_total.minor_units) for each in deal.accepted.lines
        ),
        order_items=tuple(
            OrderItemRow(
                "o-1",
                each.id,
                "q-1",
                2,
                each.quote_line,
                "c-1",
                "EUR",
                each.term_total.minor_units,
                deal.faults.get(each.quote_line, 0),
                _billing_ends(deal, each.quote_line),
            )
            for each in deal.order.items
        ),
        invoices=tuple(
            InvoiceRow(each.id, "INV", n, "EUR", each.net.minor_units, each.tax.minor_units)
            for n, each in enumerate(deal.invoices, 1)
        ),
        invoice_lines=tuple(
            InvoiceLineRow(each.id, line.id, "o-1", line.quote_line, "c-1", "EUR", line.amount.minor_units)
            for each in deal.invoices
            for line in each.lines
        ),
        credit_lines=tuple(
            CreditLineRow(
                note.id,
                line.id,
                note.invoice,
                line.credits,
                "o-1",
                line.quote_line,
                "c-1",
                "EUR",
                -line.amount.minor_units,
            )
            for note in deal.notes
            for line in note.lines
        ),
        obligations=tuple(
            ObligationRow(
                "c-1",
                each.id,
                "EUR",
                each.price.minor_units,
                each.recognised.minor_units,
                deal.revenue.settled_until,
                each.obligation.timing is not Timing.POINT_IN_TIME,
            )
            for each in deal.revenue.accounts
        ),
        schedule=tuple(
            ScheduleRow("c-1", each.id, "EUR", line.on, line.amount.minor_units)
            for each in deal.revenue.accounts
            for line in each.lines
        ),
        journal=tuple(
            JournalLineRow(
                entry.key,
                line.account,
                line.amount.currency.code,
                line.amount.minor_units,
                line.trace.contract or ("c-1" if line.account == "contract_clearing" else ""),
                line.trace.obligation,
                _invoice_id(deal, line.trace.invoice),
            )
            for entry in deal.journal.entries
            for line in entry.lines
        ),
    )


def _invoice_id(deal: Deal, name: str) -> str:
    return next((each.id for each in deal.invoices if name in (each.id, each.number)), name)


def _billing_ends(deal: Deal, key: str) -> date:
    """The day by which a line was billed whole: its term is over, or all of it was delivered, and billing ran then."""
    line = next(each for each in deal.contract.lines if each.quote_line == key)
    item = next(each for each in deal.order.items if each.quote_line == key)
    handed_over = item.delivered == item.quantity and item.id not in deal.unbilled
    whole = deal.ended.get(key) or line.end or (line.start if handed_over else date.max)
    return whole if whole <= deal.billed_until else date.max


@st.composite
def accepted_lines(draw: st.DrawFn, number: int) -> AcceptedLine:
    kind = draw(st.sampled_from(["shipped", "at once", "month", "quarter", "year"]))
    listed, net = draw(st.integers(0, 300_000)), draw(st.integers(0, 300_000))
    months: int | None = None
    charge, recognition, fulfilment = ONE_TIME, draw(st.sampled_from(["", "kit"])), ""
    quantity = draw(st.integers(1, 7))
    term = net
    if kind == "shipped":
        fulfilment = "ship"
    elif kind != "at once":
        period = {"month": ChargePeriod.MONTH, "quarter": ChargePeriod.QUARTER, "year": ChargePeriod.YEAR}[kind]
        charge = Charge(ChargeKind.RECURRING, period, draw(st.sampled_from(BillingTiming)))
        months = draw(st.integers(1, 26))
        recognition = draw(st.sampled_from(["", "even", "daily", "prorated", "front"]))
        exact = share_of(Money(net, EUR), Ratio(months, period.value)).minor_units
        # What the quote promised for the term need not be the sum of its periods to the cent.
        term = max(exact + draw(st.integers(-3, 3)), 0) if net else 0
    return AcceptedLine(
        id=LineId(f"l{number}"),
        sku=Sku(f"S{number}"),
        name=f"product {number}",
        quantity=Decimal(quantity),
        parent=None,
        group="",
        charge=charge,
        unit_net=Decimal(1),
        list_total=Money(listed, EUR),
        net_total=Money(net, EUR),
        term_total=Money(term, EUR),
        tax=None,
        tax_code="standard",
        recognition=recognition,
        fulfilment=fulfilment,
        start=START,
        term_months=months,
    )


deals = st.integers(1, 4).flatmap(lambda n: st.tuples(*(accepted_lines(number) for number in range(n))))
steps = st.lists(
    st.tuples(
        st.sampled_from(["bill", "earn", "deliver", "fault", "cancel", "end"]), st.integers(0, 400), st.integers(1, 7)
    ),
    max_size=10,
)


@settings(max_examples=120, deadline=None)
@given(deals, steps)
def test_any_deal_ties_out_from_quote_to_journal(
    lines: tuple[AcceptedLine, ...], happened: list[tuple[str, int, int]]
) -> None:
    deal = sign(list(lines))
    today = START
    for kind, days, number in sorted(happened, key=lambda each: each[1]):
        today = max(today, START + timedelta(days=days))
        match kind:
            case "bill":
                bill(deal, today)
            case "earn":
                earn(deal, today)
            case "fault":
                credit_fault(deal, number * 40, today)
            case "cancel":
                take_back_some(deal, number, today)
            case "end":
                end_some(deal, number, today)
            case "deliver":
                _deliver_some(deal, number, today)
        assert audit(rows_of(deal), at=today) == (), kind
    for item in deal.order.items:
        if item.delivered < item.quantity and item.state is not OrderState.CANCELLED:
            hand_over(deal, item.id, item.quantity - item.delivered, _noon(today))
    end = add_months(START, 40)
    bill(deal, end)
    earn(deal, end)
    assert audit(rows_of(deal), at=end) == ()
    stated = sum(each.term_total.minor_units for each in lines)
    booked = -sum(
        line.amount.minor_units for each in deal.journal.entries for line in each.lines if line.account == "revenue"
    )
    assert booked == stated - sum(deal.faults.values())


def _deliver_some(deal: Deal, number: int, today: date) -> None:
    open_items = [each for each in deal.order.items if each.state is not OrderState.CANCELLED]
    waiting = [each for each in open_items if each.delivered < each.quantity]
    if waiting:
        item = waiting[number % len(waiting)]
        hand_over(deal, item.id, min(Decimal(number), item.quantity - item.delivered), _noon(today))


def _noon(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)

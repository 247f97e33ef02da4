"""Rows that finance and BI query beside the typed text: quotes, orders, invoices, obligations, journal."""

from __future__ import annotations

from collections.abc import Iterator

from engine.application.approvals import StoredDelegation
from engine.application.billing_runs import BillingRun
from engine.application.book_days import BookDays
from engine.application.corrections import BillingMark
from engine.application.dunning import DunningDay
from engine.application.invoices import Payment, Refund
from engine.application.kept_usage import StoredUsage, UsageSums
from engine.application.ledger import BooksState, LedgerEntry
from engine.application.ports import in_order
from engine.application.promotions import PromotionUse
from engine.application.renewals import RenewalRefused, RenewedByItself
from engine.application.revenue import RevenueChanged, RevenueContractOpened, RevenueRecognised
from engine.application.rule_books import PublishedBook
from engine.application.usage import UsageLook
from engine.approvals.run import ApprovalRun
from engine.billing import BillLine, CreditNote, Invoice
from engine.billing.dunning import FailedPayment, Reminder
from engine.contracts import BillOn, Contract, ContractChanged, ContractSigned, LineEnd, renews_on
from engine.orders.order import Order
from engine.quotes.quote import Quote
from engine.revenue import RevenueContract
from engine.storage.tables import Cell, Child, Table


def _quote_lines(quote: Quote) -> Iterator[tuple[Cell, ...]]:
    asked = {each.id: each for each in quote.request.lines}
    for line in quote.priced.priced.lines:
        parent = asked[line.id].parent if line.id in asked else None
        asked_for = int(line.id in asked)
        yield line.id, line.sku, format(line.quantity, "f"), line.list_amount, line.net, line.term, parent, asked_for
    for gift in quote.priced.priced.gifts:
        yield gift.id, gift.sku, format(gift.quantity, "f"), gift.amount, gift.net, gift.net, None, 1


def _subscription_lines(contract: Contract) -> Iterator[tuple[Cell, ...]]:
    ends: dict[str, list[LineEnd]] = {}
    for end in (each for change in contract.changes for each in change.ended):
        ends.setdefault(end.line, []).append(end)
    for line in (*contract.lines, *(added for change in contract.changes for added in change.added)):
        agreed = line.end.isoformat() if line.end is not None else None
        cuts = [each for each in ends.get(line.id, ()) if each.on != line.end]
        released = [each.released.minor_units for each in cuts if each.released is not None]
        yield (
            line.id,
            line.quote_line,
            line.sku,
            line.charge.kind.value,
            line.amount.minor_units,
            line.term_total.minor_units if line.term_total is not None else None,
            line.start.isoformat(),
            agreed,
            min(each.on for each in cuts).isoformat() if cuts else None,
            int(line.bill_on is BillOn.DELIVERY),
            sum(released) if released else None,
        )


def _order_items(order: Order) -> Iterator[tuple[Cell, ...]]:
    told = order.customer, order.placed_at.date().isoformat()
    for item in order.items:
        net, term = item.net_total.minor_units, item.term_total.minor_units
        plain = item.id, item.quote_line, item.sku, item.state.value, format(item.quantity, "f"), net, term
        yield *plain, item.action.name, *told


def _bill_lines(document: Invoice | CreditNote) -> Iterator[tuple[Cell, ...]]:
    for line in document.lines:
        yield _bill_line(line)


def _bill_line(line: BillLine) -> tuple[Cell, ...]:
    start, end = (line.service.start.isoformat(), line.service.end.isoformat()) if line.service else (None, None)
    return (
        line.id,
        line.contract,
        line.quote_line,
        line.sku,
        line.kind.value,
        line.amount.minor_units,
        start,
        end,
        line.credits,
        int(line.by_hand),
        line.discount.minor_units if line.discount is not None else 0,
    )


def _discounts(invoice: Invoice) -> Iterator[tuple[Cell, ...]]:
    for each in invoice.discounts:
        yield each.coupon, each.amount.minor_units


def _obligations(contract: RevenueContract) -> Iterator[tuple[Cell, ...]]:
    for account in contract.accounts:
        obligation = account.obligation
        yield (
            obligation.id,
            ",".join(obligation.order_lines),
            obligation.timing.value,
            obligation.stated.minor_units,
            obligation.allocated.minor_units,
            account.price.minor_units,
            account.recognised.minor_units,
            account.ended_on.isoformat() if account.ended_on is not None else None,
        )


def _schedule_lines(contract: RevenueContract) -> Iterator[tuple[Cell, ...]]:
    for account in contract.accounts:
        for line in account.lines:
            yield account.id, line.month.isoformat(), line.on.isoformat(), line.amount.minor_units


def _stated_items(contract: RevenueContract) -> Iterator[tuple[Cell, ...]]:
    for item in contract.stated:
        yield item.id, type(item).__name__, item.on.isoformat(), item.priced.minor_units


def _journal_lines(stored: LedgerEntry) -> Iterator[tuple[Cell, ...]]:
    for line in stored.entry.lines:
        trace = line.trace
        yield (
            line.account,
            line.amount.currency.code,
            line.amount.minor_units,
            trace.contract,
            trace.order_line,
            trace.obligation,
            trace.invoice,
        )


def _contract_of(document: Invoice | CreditNote) -> str:
    return document.lines[0].contract if document.lines else ""


BILL_COLUMNS = (
    "line_id",
    "contract",
    "quote_line",
    "sku",
    "kind",
    "amount_minor",
    "service_start",
    "service_end",
    "credits",
    "by_hand",
    "discount_minor",
)
REVENUE_EVENTS = (RevenueContractOpened, RevenueChanged, RevenueRecognised)
DOCUMENTS = (
    Table(
        Quote,
        "quotes",
        listed_by=("status", "customer", "deal"),
        columns={
            "status": lambda quote: quote.status.value,
            "customer": lambda quote: quote.parties.customer,
            "owner": lambda quote: quote.parties.owner,
            "deal": lambda quote: quote.parties.deal,
            "offer_version": lambda quote: quote.version,
            "currency": lambda quote: quote.priced.priced.currency.code,
            "net_minor": lambda quote: quote.priced.priced.totals.net.minor_units,
            "valid_until": lambda quote: quote.valid_until.isoformat(),
        },
        children=(
            Child(
                "quote_lines",
                ("line_id", "sku", "quantity", "list_minor", "net_minor", "term_minor", "parent_line", "asked"),
                _quote_lines,
            ),
        ),
    ),
    Table(
        ApprovalRun,
        "approvals",
        listed_by=("quote", "status"),
        key=lambda run: str(run.case.id),
        columns={
            "quote": lambda run: run.case.quote,
            "status": lambda run: run.status.value,
            "due_at": lambda run: in_order(due) if (due := run.next_due()) is not None else None,
        },
    ),
    Table(StoredDelegation, "delegations"),
    Table(
        Contract,
        "contracts",
        listed_by=("customer",),
        columns={
            "customer": lambda contract: contract.customer,
            "quote": lambda contract: contract.quote,
            "currency": lambda contract: contract.currency.code,
            "start_on": lambda contract: contract.start.isoformat(),
            "renews_on": lambda contract: day.isoformat() if (day := renews_on(contract)) is not None else None,
        },
        children=(
            Child(
                "subscription_lines",
                (
                    "line_id",
                    "quote_line",
                    "sku",
                    "charge",
                    "amount_minor",
                    "term_minor",
                    "start_on",
                    "end_on",
                    "ended_on",
                    "by_delivery",
                    "released_minor",
                ),
                _subscription_lines,
            ),
        ),
        told_by=(ContractSigned, ContractChanged, RenewalRefused, RenewedByItself),
    ),
    Table(
        Order,
        "orders",
        listed_by=("customer", "state"),
        columns={
            "customer": lambda order: order.customer,
            "quote": lambda order: order.quote,
            "quote_version": lambda order: order.quote_version,
            "contract": lambda order: order.contract,
            "state": lambda order: order.state.value,
        },
        children=(
            Child(
                "order_items",
                (
                    *("item_id", "quote_line", "sku", "state", "quantity", "net_minor", "term_minor"),
                    *("action", "customer", "placed_on"),
                ),
                _order_items,
            ),
        ),
    ),
    Table(
        Invoice,
        "invoices",
        listed_by=("contract", "customer", "number"),
        columns={
            "contract": _contract_of,
            "customer": lambda invoice: invoice.bill_to.customer,
            "number": lambda invoice: invoice.number,
            "status": lambda invoice: invoice.status.value,
            "currency": lambda invoice: invoice.bill_to.currency.code,
            "invoice_date": lambda invoice: invoice.on.isoformat(),
            "net_minor": lambda invoice: invoice.net.minor_units,
            "gross_minor": lambda invoice: invoice.gross.minor_units,
            "voided_on": lambda invoice: invoice.voided_on.isoformat() if invoice.voided_on is not None else None,
        },
        children=(
            Child("invoice_lines", BILL_COLUMNS, _bill_lines),
            Child("invoice_discounts", ("coupon", "amount_minor"), _discounts),
        ),
    ),
    Table(
        CreditNote,
        "credit_notes",
        listed_by=("contract", "invoice"),
        columns={
            "contract": _contract_of,
            "invoice": lambda note: note.invoice,
            "number": lambda note: note.number,
            "net_minor": lambda note: note.net.minor_units,
            "gross_minor": lambda note: note.gross.minor_units,
            "voided_on": lambda note: note.voided_on.isoformat() if note.voided_on is not None else None,
        },
        children=(Child("credit_note_lines", BILL_COLUMNS, _bill_lines),),
    ),
    Table(
        Payment,
        "payments",
        listed_by=("invoice",),
        columns={
            "invoice": lambda payment: payment.invoice,
            "paid_on": lambda payment: payment.on.isoformat(),
            "amount_minor": lambda payment: payment.amount.minor_units,
        },
    ),
    Table(
        Refund,
        "refunds",
        listed_by=("customer", "invoice"),
        columns={
            "customer": lambda refund: refund.customer,
            "invoice": lambda refund: refund.invoice,
            "credit": lambda refund: refund.credit,
            "kept": lambda refund: int(refund.kept),
            "refunded_on": lambda refund: refund.on.isoformat(),
            "amount_minor": lambda refund: refund.amount.minor_units,
        },
    ),
    Table(
        FailedPayment,
        "failed_payments",
        listed_by=("invoice", "customer"),
        columns={
            "invoice": lambda failed: failed.invoice,
            "customer": lambda failed: failed.customer,
            "retry_on": lambda failed: failed.retry_on.isoformat() if failed.retry_on is not None else None,
        },
    ),
    Table(
        Reminder,
        "reminders",
        listed_by=("customer",),
        columns={
            "customer": lambda reminder: reminder.customer,
            "reminded_on": lambda reminder: reminder.on.isoformat(),
        },
    ),
    Table(PromotionUse, "promotion_uses", columns={"uses": lambda use: use.uses}, told_by=()),
    Table(BillingMark, "billing_marks", columns={"until": lambda mark: mark.until.isoformat()}, told_by=()),
    Table(DunningDay, "dunning_days", told_by=()),
    Table(UsageLook, "usage_looks", told_by=()),
    Table(UsageSums, "usage_sums", told_by=()),
    Table(StoredUsage, "usage_records", listed_by=("contract",), columns={"contract": lambda usage: usage.contract}),
    Table(
        RevenueContract,
        "revenue_contracts",
        told_by=REVENUE_EVENTS,
        columns={
            "customer": lambda contract: contract.customer,
            "currency": lambda contract: contract.currency.code,
            "price_minor": lambda contract: contract.price.minor_units,
            "recognised_until": lambda contract: (
                contract.settled_until.isoformat() if contract.settled_until is not None else None
            ),
        },
        children=(
            Child(
                "obligations",
                (
                    "obligation_id",
                    "quote_lines",
                    "timing",
                    "stated_minor",
                    "allocated_minor",
                    "price_minor",
                    "recognised_minor",
                    "ended_on",
                ),
                _obligations,
            ),
            Child("schedule_lines", ("obligation_id", "month", "due_on", "amount_minor"), _schedule_lines),
            Child("stated_items", ("item_id", "kind", "stated_on", "price_minor"), _stated_items),
        ),
    ),
    Table(
        LedgerEntry,
        "journal_entries",
        listed_by=("entry_key", "reverses"),
        columns={
            "entry_key": lambda stored: stored.entry.key,
            "kind": lambda stored: stored.entry.kind,
            "posted_on": lambda stored: stored.entry.posted_on.isoformat(),
            "happened_on": lambda stored: stored.entry.on.isoformat(),
            "reverses": lambda stored: stored.entry.reverses,
        },
        children=(
            Child(
                "journal_lines",
                ("account", "currency", "amount_minor", "contract", "quote_line", "obligation", "invoice"),
                _journal_lines,
            ),
        ),
    ),
    Table(BooksState, "books_state"),
    Table(PublishedBook, "rule_books", columns={"number": lambda book: book.number}, numbered_by="number"),
    Table(
        BillingRun,
        "billing_runs",
        listed_by=("state",),
        columns={
            "state": lambda run: run.state.value,
            "until": lambda run: run.until.isoformat(),
            "contracts": lambda run: run.counts.contracts,
            "done": lambda run: run.counts.done,
            "invoices": lambda run: run.counts.invoices,
            "credit_notes": lambda run: run.counts.credit_notes,
            "failed": lambda run: run.counts.failed,
        },
    ),
    Table(BookDays, "book_days", told_by=()),
)

"""The metrics use case: the facts that a metric reads, taken from the store as they are, and its figures."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from engine.application.faults import not_found
from engine.application.kept_usage import StoredUsage
from engine.application.ledger import LedgerEntry
from engine.application.paging import every
from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.application.unbilled import unbilled_lines
from engine.billing import Coupon, CreditNote, DocumentStatus, Invoice
from engine.contracts import Contract
from engine.diagnostics import Refusal, did_you_mean
from engine.metrics import (
    METRICS,
    BookedLine,
    Facts,
    FinalInvoice,
    Happened,
    Market,
    Metric,
    QuoteEvent,
    Report,
    SoldLine,
    measured,
    stories_of,
)
from engine.money import Currency, currency
from engine.orders.order import Order
from engine.parties import Customer
from engine.periods import Period
from engine.quotes.quote import Quote
from engine.revenue import RevenueContract


def find_metric(name: str) -> Metric | Refusal:
    """The metric of that name."""
    found = METRICS.get(name)
    if found is not None:
        return found
    (fault,) = not_found("name", f"metrics/{name}").faults
    return Refusal((replace(fault, hint=did_you_mean(name, METRICS)),))


def kinds_of(metric: Metric) -> tuple[type[object], ...]:
    """The kinds of records whose changes change a metric."""
    read = {kind for name in metric.reads for kind in KINDS[name]}
    return tuple(sorted({*read, Customer}, key=lambda each: each.__name__))


def report_of(
    env: Environment, reader: Reader, metric: Metric, period: Period, by: tuple[str, ...] = ()
) -> Report | Refusal:
    """The figures of a metric over a period, and the rows behind them."""
    facts = facts_for(env, reader, metric, period)
    return facts if isinstance(facts, Refusal) else measured(metric, facts, period, by)


def facts_for(env: Environment, reader: Reader, metric: Metric, period: Period) -> Facts | Refusal:
    """The facts that a metric reads, and the markets of all customers."""
    read = {name: LOADERS[name](reader) for name in sorted(metric.reads - {UNBILLED})}
    if UNBILLED in metric.reads:
        unbilled = unbilled_lines(env, reader, period.last_day)
        if isinstance(unbilled, Refusal):
            return unbilled
        read[UNBILLED] = unbilled
    return Facts(markets=_markets(reader), **read)


def _markets(reader: Reader) -> Mapping[str, Market]:
    rows = reader.rows("customers", ("id", "segment", "region"))
    return {each["id"]: Market(each["segment"], each["region"]) for each in rows}


def _quotes(reader: Reader) -> tuple[Any, ...]:
    told = []
    for happened in Happened:
        for row in reader.rows("events", ("cursor", "at", "body"), {"name": happened.value}):
            told.append((row["cursor"], _event(happened, row["at"], json.loads(row["body"]))))
    return stories_of((event for _, event in sorted(told, key=lambda each: each[0])), _currencies(reader))


def _event(happened: Happened, at: str, body: Mapping[str, Any]) -> QuoteEvent:
    return QuoteEvent(
        quote=body["quote"],
        happened=happened,
        at=datetime.fromisoformat(at),
        customer=body.get("customer", ""),
        owner=body.get("owner", ""),
        how=body.get("how", ""),
        levels=body.get("levels", 0),
    )


def _currencies(reader: Reader) -> Mapping[str, Currency]:
    return {each["id"]: currency(each["currency"]) for each in reader.rows("quotes", ("id", "currency"))}


def _sold(reader: Reader) -> tuple[SoldLine, ...]:
    units = {
        each["id"]: currency(each["currency"])
        for each in reader.rows("quotes", ("id", "currency"), {"status": "ordered"})
    }
    columns = ("parent_id", "line_id", "sku", "list_minor", "net_minor", "asked")
    return tuple(
        SoldLine(
            each["parent_id"],
            each["line_id"],
            each["sku"],
            units[each["parent_id"]],
            each["list_minor"],
            each["net_minor"],
        )
        for each in reader.rows("quote_lines", columns)
        if each["asked"] and each["parent_id"] in units
    )


def _journal(reader: Reader) -> tuple[BookedLine, ...]:
    entries = {each["id"]: each for each in reader.rows("journal_entries", ("id", "kind", "posted_on", "happened_on"))}
    columns = ("parent_id", "account", "currency", "amount_minor", "contract", "invoice", "quote_line")
    return tuple(
        BookedLine(
            entry=each["parent_id"],
            kind=entries[each["parent_id"]]["kind"],
            account=each["account"],
            currency=currency(each["currency"]),
            on=date.fromisoformat(entries[each["parent_id"]]["posted_on"]),
            amount_minor=each["amount_minor"],
            contract=each["contract"],
            invoice=each["invoice"],
            happened_on=date.fromisoformat(entries[each["parent_id"]]["happened_on"]),
            order_line=each["quote_line"],
        )
        for each in reader.rows("journal_lines", columns)
    )


def _invoices(reader: Reader) -> tuple[FinalInvoice, ...]:
    corrected: dict[str, date] = {}
    for note in every(reader, CreditNote):
        if note.is_final and note.is_by_hand:
            corrected[note.invoice] = min(corrected.get(note.invoice, note.on), note.on)
    columns = ("id", "contract", "customer", "invoice_date", "status", "voided_on")
    return tuple(
        FinalInvoice(
            each["id"],
            each["contract"],
            each["customer"],
            date.fromisoformat(each["invoice_date"]),
            corrected.get(each["id"]) if each["voided_on"] is None else date.fromisoformat(each["voided_on"]),
            each["voided_on"] is not None,
        )
        for each in reader.rows("invoices", columns)
        if each["status"] != DocumentStatus.DRAFT.value
    )


UNBILLED = "unbilled"
"""The one field of the facts that rule books are needed for."""
LOADERS: Mapping[str, Callable[[Reader], tuple[Any, ...]]] = {
    "contracts": lambda reader: tuple(every(reader, Contract)),
    "quotes": _quotes,
    "sold": _sold,
    "orders": lambda reader: tuple(every(reader, Order)),
    "revenue": lambda reader: tuple(every(reader, RevenueContract)),
    "journal": _journal,
    "invoices": _invoices,
}
"""How each field of the facts is read."""
KINDS: Mapping[str, tuple[type[object], ...]] = {
    "contracts": (Contract,),
    "quotes": (Quote,),
    "sold": (Quote,),
    "orders": (Order,),
    "revenue": (RevenueContract,),
    "journal": (LedgerEntry,),
    "invoices": (Invoice, CreditNote),
    UNBILLED: (Contract, Order, Invoice, CreditNote, StoredUsage, Coupon),
}
"""Which records each field of the facts is made of; a quote is saved with each of its events."""

"""Adapters for the ledger kinds: ``ledger_post``, ``ledger_sequence``, ``journal`` and ``journal_subscription``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.diagnostics import Decision, Refusal
from engine.ledger import (
    DEFAULT_CHART,
    Account,
    AccountCode,
    AccountType,
    Books,
    DraftEntry,
    EntryKey,
    Fact,
    FactKey,
    Grouping,
    InvoiceFinalized,
    JournalLine,
    PaymentReceived,
    Posted,
    PresentedEntry,
    ReceivableWrittenOff,
    RefundLiabilityRaised,
    RevenueRecognised,
    TaxAmount,
    Trace,
    TracedAmount,
    chart_of,
    post_draft,
    present,
)
from engine.ledger.entry import NO_LINES, UNBALANCED
from engine.ledger.posting import KEY_CONFLICT
from engine.money import Money, UnitPrice, settle
from engine.money.rounding import HALF_UP
from engine.periods import Period
from tests.conformance.adapters.revenue_case import Case, day, money, text, unit_of, value_of
from tests.ledger.journal import Journal, append, balances_of, post_all, reverse

ON = date(2025, 1, 1)
TRACE = Trace(contract="c", customer="acme", invoice="i")
REASONS = {UNBALANCED: "unbalanced", KEY_CONFLICT: "conflict", NO_LINES: "empty"}


def ledger_post(case: Case) -> Any:
    lines = _lines(case, case["input"]["lines"])
    outcome = post_draft(DraftEntry(EntryKey("k"), "Manual", ON, lines), books=_books(case["input"]["lines"]))
    if isinstance(outcome, Refusal):
        return {"accepted": False, "reason": REASONS.get(outcome.faults[0].code, outcome.faults[0].code)}
    return {"accepted": True}


def ledger_sequence(case: Case) -> Any:
    posts = case["input"]["posts"]
    journal = Journal(_books([line for each in posts for line in each.get("lines", ())]))
    results = []
    for each in posts:
        key = EntryKey(each["key"])
        before = len(journal.entries)
        outcome = _posted(case, journal, each, key)
        if isinstance(outcome, Refusal):
            results.append(REASONS.get(outcome.faults[0].code, str(outcome)))
            continue
        journal = outcome.value
        results.append("created" if len(journal.entries) > before else "replayed")
    balances = {each.account: text(each.balance) for each in balances_of(journal.entries)}
    return {"results": results, "entries": len(journal.entries), "balances": balances}


def journal_subscription(case: Case) -> Any:
    given = case["input"]
    facts: list[Fact] = [_invoice(day(given["invoice_date"]), money(case, given["price"]))]
    facts += [_revenue(f"r{n}", day(on), money(case, amount)) for n, (on, amount) in enumerate(given["recognition"])]
    return {"entries": _entries(facts, grouping=Grouping.ENTRY)}


def prepayment(case: Case) -> Any:
    return {"entries": _with_label(_entries(_prepayment(case)), _years(case["input"]))}


def conditional_payment(case: Case) -> Any:
    return {"entries": _with_label(_entries(_conditional(case)), _moments(case["input"]))}


def expected_rebate(case: Case) -> Any:
    return {"entries": _with_label(_entries(_expected_rebate(case)), {ON: "transfer"})}


def write_off(case: Case) -> Any:
    fact = ReceivableWrittenOff(FactKey("w"), ON, money(case, case["input"]["receivable"]), TRACE)
    return {"entries": _with_label(_entries([fact]), {ON: "write-off"})}


def taxed_invoice(case: Case) -> Any:
    given = case["input"]
    net = money(case, given["net"])
    price = UnitPrice(net.decimal, net.currency)
    tax = settle(price, quantity=Decimal(given["tax_rate"]), rounding=HALF_UP)
    return {"entries": _with_label(_entries([_invoice(ON, net, tax)]), {ON: "invoice"})}


def story_of(given: Any) -> str:
    """Which small story a journal case tells, by the facts that it gives; empty for one that is not known."""
    if given.get("event") == "write_off":
        return "write_off"
    told = {
        "cancellable": "prepayment",
        "payment_conditional_on": "conditional_payment",
        "price_reduction_expected": "expected_rebate",
        "tax_rate": "taxed_invoice",
    }
    return next((story for fact, story in told.items() if fact in given), "")


def same_entries(expected: list[Any], found: list[Any]) -> bool:
    """Entries in order, their lines in any order, amounts as decimals."""
    return [_shape(each) for each in expected] == [_shape(each) for each in found]


def _shape(entry: Any) -> tuple[str, list[tuple[str, str, Decimal]]]:
    lines = [
        (line["account"], side, Decimal(line[side])) for line in entry["lines"] for side in ("dr", "cr") if side in line
    ]
    return entry["date"], sorted(lines)


def _prepayment(case: Case) -> list[Fact]:
    """An invoice for a cancellable contract is held back until it is paid; one that is due stands at once."""
    given = case["input"]
    price = money(case, given["price"])
    calendar = {label: on for on, label in _years(given).items()}
    invoiced = calendar[given["paid"] if given["cancellable"] else given["due"]]
    paid = PaymentReceived(FactKey("p"), calendar[given["paid"]], price, TRACE)
    return [_invoice(invoiced, price), paid, _revenue("r", calendar[given["transferred"]], price)]


def _years(given: Any) -> dict[date, str]:
    """The placeholder years of the published examples as real ones."""
    labels = {given[name] for name in ("due", "paid", "transferred")}
    return {date.fromisoformat(label.replace("X", "1")): label for label in labels}


def _conditional(case: Case) -> list[Fact]:
    """Transfers in order; the whole price is billed when the one that payment hangs on is transferred."""
    given = case["input"]
    facts: list[Fact] = []
    whole = Money.zero(unit_of(case))
    for amount in given["allocated"].values():
        whole += money(case, amount)
    for on, (name, _) in zip(_moments(given), given["transfers"], strict=True):
        if name == given["payment_conditional_on"]:
            facts.append(_invoice(on, whole))
        facts.append(_revenue(name, on, money(case, given["allocated"][name])))
    return facts


def _moments(given: Any) -> dict[date, str]:
    return {ON + timedelta(days=n): label for n, (_, label) in enumerate(given["transfers"])}


def _expected_rebate(case: Case) -> list[Fact]:
    given = case["input"]
    units = Decimal(given["units"])
    invoiced = money(case, str(Decimal(given["invoice_price"]) * units))
    expected = money(case, str(Decimal(given["expected_price"]) * units))
    facts: list[Fact] = [_invoice(ON, invoiced), _revenue("r", ON, expected)]
    if given["price_reduction_expected"]:
        facts.append(RefundLiabilityRaised(FactKey("x"), ON, invoiced - expected, TRACE))
    return facts


def _invoice(on: date, net: Money, tax: Money | None = None) -> InvoiceFinalized:
    taxes = () if tax is None else (TaxAmount("standard", tax, TRACE),)
    return InvoiceFinalized(FactKey("i"), on, "i", "acme", (TracedAmount(net, TRACE),), taxes)


def _revenue(key: str, on: date, amount: Money) -> RevenueRecognised:
    return RevenueRecognised(FactKey(f"revenue/{key}"), on, amount, TRACE, Period(on, on + timedelta(days=1)))


def _entries(facts: list[Fact], *, grouping: Grouping = Grouping.DAY) -> list[dict[str, Any]]:
    entries = value_of(post_all(Journal(), facts)).value.entries
    return [_shown(each) for each in present(entries, grouping=grouping)]


def _shown(entry: PresentedEntry) -> dict[str, Any]:
    """One entry in the form of the cases; movements of one account are netted."""
    net: dict[str, Money] = {}
    for line in entry.lines:
        net[line.account] = net[line.account] + line.amount if line.account in net else line.amount
    lines = [
        {"account": account, "dr" if amount.minor_units > 0 else "cr": text(abs(amount))}
        for account, amount in net.items()
        if not amount.is_zero
    ]
    return {"date": entry.on.isoformat(), "lines": lines}


def _with_label(entries: list[dict[str, Any]], labels: dict[date, str]) -> list[dict[str, Any]]:
    return [{**each, "date": labels[date.fromisoformat(each["date"])]} for each in entries]


def _posted(case: Case, journal: Journal, each: Any, key: EntryKey) -> Decision[Journal] | Refusal:
    if "reverses" in each:
        return reverse(journal, EntryKey(each["reverses"]), key=key, on=ON)
    draft = DraftEntry(key, "Manual", ON, _lines(case, each["lines"]))
    posted: Posted | Refusal = post_draft(draft, books=journal.books, earlier=journal.by_key.get(key))
    return append(journal, posted)


def _books(lines: Iterable[Any]) -> Books:
    """The default chart with every account that the case names."""
    named = {each["account"] for each in lines}
    extra = [
        Account(AccountCode(each), each, AccountType.ASSET) for each in sorted(named - set(DEFAULT_CHART.accounts))
    ]
    return Books(chart_of((*DEFAULT_CHART.accounts.values(), *extra), DEFAULT_CHART.rules.values()))


def _lines(case: Case, lines: Iterable[Any]) -> tuple[JournalLine, ...]:
    return tuple(
        JournalLine(
            AccountCode(each["account"]), money(case, each["dr"]) if "dr" in each else -money(case, each["cr"]), TRACE
        )
        for each in lines
    )

"""Revenue contracts, journal entries, balances: proto and domain."""

from __future__ import annotations

from cpq.v1 import revenue_pb2

from engine.application.ledger import LedgerEntry
from engine.application.positions import ContractPosition
from engine.ledger import AccountBalance, JournalLine
from engine.money import Money, total
from engine.revenue import ObligationAccount, RevenueContract
from engine.wire.basics import decimal_text, fill_date
from engine.wire.stated import fill_stated

REVENUE_CONTRACTS = "revenueContracts"
JOURNAL_ENTRIES = "journalEntries"


def revenue_contract_message(contract: RevenueContract, etag: str) -> revenue_pb2.RevenueContract:
    """A revenue contract with its schedules by month."""
    message = revenue_pb2.RevenueContract(name=f"{REVENUE_CONTRACTS}/{contract.id}", etag=etag)
    message.contract, message.currency_code = f"contracts/{contract.id}", contract.currency.code
    fill_date(message.inception, contract.inception)
    message.price = contract.price.minor_units
    message.recognized = total((each.recognised for each in contract.accounts), contract.currency).minor_units
    for account in contract.accounts:
        _fill_obligation(message.obligations.add(), account)
    for item in contract.stated:
        fill_stated(message.stated.add(), item)
    if contract.recognised_until is not None:
        fill_date(message.recognized_until, contract.recognised_until)
    return message


def _fill_obligation(row: revenue_pb2.Obligation, account: ObligationAccount) -> None:
    obligation = account.obligation
    row.id, row.timing, row.category = obligation.id, obligation.timing.value, obligation.category
    row.quote_lines.extend(obligation.order_lines)
    row.skus.extend(obligation.products)
    row.stated, row.allocated = obligation.stated.minor_units, obligation.allocated.minor_units
    row.price, row.recognized = account.price.minor_units, account.recognised.minor_units
    row.released = account.released.minor_units if account.released is not None else 0
    fill_date(row.end_date, account.ended_on)
    row.ssp = decimal_text(obligation.ssp)
    fill_date(row.service.start, obligation.service.start)
    fill_date(row.service.end, obligation.service.end)
    booked = {each.month: each.amount for each in account.posted}
    due: dict[object, Money] = {}
    for line in account.lines:
        due[line.month] = due.get(line.month, Money.zero(account.price.currency)) + line.amount
    for month in sorted({*(line.month for line in account.lines), *booked}):
        part = row.schedule.add()
        fill_date(part.month, month)
        part.amount = due[month].minor_units if month in due else 0
        part.recognized = booked[month].minor_units if month in booked else 0


def position_message(found: ContractPosition) -> revenue_pb2.RevenuePosition:
    """A contract at a day."""
    unit, due = found.contract.currency, found.due
    message = revenue_pb2.RevenuePosition(name=f"{REVENUE_CONTRACTS}/{found.contract.id}", currency_code=unit.code)
    fill_date(message.until, found.at)
    message.recognized, message.billed = due.recognised.minor_units, due.billed.minor_units
    message.contract_liability = due.contract_liability.minor_units
    message.set_aside = due.set_aside.minor_units
    message.contract_asset = due.contract_asset.minor_units
    message.rpo, message.rpo_current = due.rpo.minor_units, due.rpo_current.minor_units
    message.unbilled_backlog = due.unbilled_backlog.minor_units
    message.booked_liability = found.booked.contract_liability.minor_units
    message.booked_asset = found.booked.contract_asset.minor_units
    for entry in found.movements:
        row = message.movements.add()
        fill_date(row.date, entry.on)
        for line in entry.lines:
            row.lines.add(account=line.account, amount=line.amount.minor_units)
    if found.functional is not None:
        own = found.functional
        functional = message.functional
        functional.currency_code = own.billed.currency.code
        functional.billed, functional.earned = own.billed.minor_units, own.earned.minor_units
        functional.contract_liability = own.contract_liability.minor_units
        functional.contract_asset, functional.gain = own.contract_asset.minor_units, own.gain.minor_units
    return message


def entry_message(stored: LedgerEntry, etag: str) -> revenue_pb2.JournalEntry:
    """A journal entry."""
    entry = stored.entry
    message = revenue_pb2.JournalEntry(name=f"{JOURNAL_ENTRIES}/{stored.id}", key=entry.key, kind=entry.kind, etag=etag)
    fill_date(message.fact_date, entry.on)
    fill_date(message.post_date, entry.posted_on)
    message.reverses = entry.reverses or ""
    for line in entry.lines:
        _fill_line(message.lines.add(), line)
    return message


def _fill_line(row: revenue_pb2.JournalLine, line: JournalLine) -> None:
    trace = line.trace
    row.account, row.currency_code, row.amount = line.account, line.amount.currency.code, line.amount.minor_units
    row.contract = f"contracts/{trace.contract}" if trace.contract else ""
    row.customer = f"customers/{trace.customer}" if trace.customer else ""
    row.invoice = f"invoices/{trace.invoice}" if trace.invoice else ""
    row.quote_line, row.obligation, row.product = trace.order_line, trace.obligation, trace.product


def fill_balance(row: revenue_pb2.AccountBalance, balance: AccountBalance) -> None:
    """Set the balance of an account."""
    row.account, row.currency_code = balance.account, balance.debits.currency.code
    row.debits, row.credits = balance.debits.minor_units, balance.credits.minor_units
    row.balance = balance.balance.minor_units

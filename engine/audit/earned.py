"""Identities of revenue: allocated = billable, schedule = allocated, journal = schedule, position = remaining."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from engine.audit.ledgered import Accounts, other_in_clearing
from engine.audit.rows import Rows
from engine.audit.violation import ALLOCATION, CONTRACT_VALUE, NET_POSITION, RECOGNISED, SCHEDULE, Violation

ContractCurrency = tuple[str, str]


def allocated_as_billable(rows: Rows) -> Iterator[Violation]:
    """Per contract and currency: the prices of its fixed obligations are its items' nets and the reconciling items."""
    billable: dict[ContractCurrency, int] = defaultdict(int)
    for item in rows.order_items:
        if not item.as_billed:
            billable[item.contract, item.currency] += item.net - item.taken_back
    for named in rows.reconciling:
        billable[named.contract, named.currency] += named.amount
    allocated: dict[ContractCurrency, int] = defaultdict(int)
    for obligation in rows.obligations:
        if not obligation.as_billed:
            allocated[obligation.contract, obligation.currency] += obligation.price
    for key in sorted({*billable, *allocated}):
        if billable[key] != allocated[key]:
            yield Violation(ALLOCATION, f"contract {key[0]}", billable[key], allocated[key], key[1])


def scheduled_as_allocated(rows: Rows) -> Iterator[Violation]:
    """Per obligation: recognised and remaining are its price. What is not scheduled yet never exceeds it."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for line in rows.schedule:
        sums[line.contract, line.obligation] += line.amount
    known = set()
    for obligation in rows.obligations:
        key = (obligation.contract, obligation.obligation)
        known.add(key)
        over = abs(sums[key]) > abs(obligation.price)
        if sums[key] != obligation.price if obligation.scheduled else over:
            where = f"contract {key[0]} obligation {key[1]}"
            yield Violation(SCHEDULE, where, obligation.price, sums[key], obligation.currency)
    for key in sorted(sums.keys() - known):
        lost = next(each.currency for each in rows.schedule if (each.contract, each.obligation) == key)
        yield Violation(SCHEDULE, f"contract {key[0]} obligation {key[1]}", 0, sums[key], lost)


def recognised_as_scheduled(rows: Rows, accounts: Accounts) -> Iterator[Violation]:
    """Per obligation: revenue in the journal is what it counts as recognised, and what its schedule has due by then."""
    due = _due(rows)
    booked: dict[tuple[str, str], int] = defaultdict(int)
    for line in rows.journal:
        if accounts.is_revenue(line.account) and line.obligation:
            booked[line.contract, line.obligation] -= line.amount
    currencies = {(each.contract, each.obligation): each.currency for each in rows.obligations}
    counted = {(each.contract, each.obligation): each.recognised for each in rows.obligations}
    for key in sorted({*due, *booked, *counted}):
        where = f"contract {key[0]} obligation {key[1]}"
        wrong = [each for each in (due.get(key, 0), counted.get(key, 0)) if each != booked[key]]
        if wrong:
            yield Violation(RECOGNISED, where, wrong[0], booked[key], currencies.get(key, ""))


def value_is_earned_or_remains(rows: Rows, accounts: Accounts) -> Iterator[Violation]:
    """Contract value = revenue in the journal + remaining; net position + unbilled backlog = remaining.

    Both over the fixed part. The remaining performance obligation is read from the schedule and from what waits for a
    report; the net position from the clearing account; the backlog from orders and invoices. Reconciling items that
    the clearing account does not show yet (interest still to come) belong to the backlog.
    """
    contracts: dict[ContractCurrency, _Sums] = defaultdict(_Sums)
    _add_promised(rows, contracts)
    _add_billed(rows, contracts)
    _add_booked(rows, contracts, accounts)
    for (contract, currency), sums in sorted(contracts.items()):
        if not contract:
            continue
        where = f"contract {contract}"
        value = sums.billable + sums.reconciling
        if value != sums.earned + sums.remaining:
            yield Violation(CONTRACT_VALUE, where, value, sums.earned + sums.remaining, currency)
        backlog = (sums.billable - sums.billed) + (sums.reconciling - sums.other)
        position = -sums.clearing - (sums.variable_billed - sums.variable_earned) + backlog
        if position != sums.remaining:
            yield Violation(NET_POSITION, where, sums.remaining, position, currency)


class _Sums:
    """Running sums of one contract and currency; ``other`` is what clearing holds beside billing and revenue."""

    def __init__(self) -> None:
        self.billable = self.reconciling = self.remaining = self.billed = 0
        self.clearing = self.earned = self.other = self.variable_billed = self.variable_earned = 0

    def bill(self, amount: int, *, as_billed: bool) -> None:
        if as_billed:
            self.variable_billed += amount
        else:
            self.billed += amount


def _add_promised(rows: Rows, contracts: dict[ContractCurrency, _Sums]) -> None:
    due = _due(rows)
    for obligation in rows.obligations:
        if not obligation.as_billed:
            sums = contracts[obligation.contract, obligation.currency]
            sums.remaining += obligation.price - due.get((obligation.contract, obligation.obligation), 0)
    for item in rows.order_items:
        if not item.as_billed:
            contracts[item.contract, item.currency].billable += item.net - item.taken_back
    for named in rows.reconciling:
        contracts[named.contract, named.currency].reconciling += named.amount


def _add_billed(rows: Rows, contracts: dict[ContractCurrency, _Sums]) -> None:
    for line in rows.invoice_lines:
        contracts[line.contract, line.currency].bill(line.net, as_billed=line.as_billed)
    for credit in rows.credit_lines:
        contracts[credit.contract, credit.currency].bill(-credit.net, as_billed=credit.as_billed)


def _add_booked(rows: Rows, contracts: dict[ContractCurrency, _Sums], accounts: Accounts) -> None:
    variable = {(each.contract, each.obligation) for each in rows.obligations if each.as_billed}
    for key, amount in other_in_clearing(rows, accounts).items():
        contracts[key].other += amount
    for line in rows.journal:
        sums = contracts[line.contract, line.currency]
        if line.account == accounts.clearing:
            sums.clearing += line.amount
        elif accounts.is_revenue(line.account):
            if (line.contract, line.obligation) in variable:
                sums.variable_earned -= line.amount
            else:
                sums.earned -= line.amount


def _due(rows: Rows) -> dict[tuple[str, str], int]:
    """What each obligation's schedule has due by its latest run; what it counts itself while a change waits for one."""
    due: dict[tuple[str, str], int] = {}
    until: dict[tuple[str, str], date] = {}
    for each in rows.obligations:
        key = (each.contract, each.obligation)
        due[key] = each.recognised if each.recognised_until is None else 0
        if each.recognised_until is not None:
            until[key] = each.recognised_until
    for line in rows.schedule:
        key = (line.contract, line.obligation)
        if key in until and line.on <= until[key]:
            due[key] += line.amount
    return due

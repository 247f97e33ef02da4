"""The use case of stating something of a revenue contract: its effect on the price is saved, its facts are booked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from engine.application.faults import not_found
from engine.application.ledger import book
from engine.application.perform import Work
from engine.application.revenue import save_revenue
from engine.diagnostics import Code, Fault, Refusal
from engine.money import Money
from engine.parties import User
from engine.periods import Period
from engine.revenue import Basis, ContractCost, RevenueContract, Stated, capitalise, change_prospectively

Statement: TypeAlias = Callable[[RevenueContract], Stated | Refusal]
"""What is stated, of whichever contract."""
NOT_BY_TIME = Code("REV059")
FIELDS = {"order_line": "quote_line", "service_end": "end"}
"""How the request names what the core refuses."""


def state(
    work: Work, key: str, *, statement: Callable[[RevenueContract], Statement], author: str, kind: str, etag: str
) -> RevenueContract | Refusal:
    """State something: all that is wrong with it is refused at once, and then nothing is saved."""
    contract = work.tx.get(RevenueContract, key)
    if contract is None:
        return not_found("name", f"revenueContracts/{key}")
    stale = work.check_etag(RevenueContract, key, etag)
    if stale is not None:
        return stale
    outcome = statement(contract)(contract)
    found = outcome.faults if isinstance(outcome, Refusal) else ()
    faults = [replace(each, field=f"{kind}.{each.field}") for each in found]
    if work.tx.get(User, author) is None:
        faults += not_found("author", f"users/{author}").faults
    if faults or isinstance(outcome, Refusal):
        return Refusal(tuple(faults))
    problem = book(work, outcome.facts)
    if problem is not None:
        return problem
    save_revenue(work, outcome.contract, cause=kind.replace("_", " "))
    return outcome.contract


def state_costs(
    contract: RevenueContract, *, on: date, costs: Sequence[ContractCost], service: Period | None, basis: Basis
) -> Stated | Refusal:
    """Costs of a contract, used up with its service; not said otherwise, that of all its lines."""
    services = [each.obligation.service for each in contract.accounts]
    whole = Period(min(each.start for each in services), max(each.end for each in services))
    return capitalise(contract, on=on, costs=costs, service=service or whole, basis=basis)


def change_service(contract: RevenueContract, order_line: str, *, on: date, end: date) -> Stated | Refusal:
    """A service goes on until another day at no other price: what is not earned by then is earned until that day."""
    account = contract.account_of_line(order_line)
    if account is not None and not account.runs_with_time:
        message = f"`{order_line}` is not given by and by at an agreed price"
        return Refusal((Fault(NOT_BY_TIME, "quote_line", message, "report its progress or delivery"),))
    nothing = Money.zero(contract.currency)
    changed = change_prospectively(contract, order_line, on=on, price_delta=nothing, service_end=end)
    if isinstance(changed, Refusal):
        return Refusal(tuple(replace(each, field=FIELDS.get(each.field, each.field)) for each in changed.faults))
    return Stated(changed)

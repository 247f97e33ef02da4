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
from engine.diagnostics import Refusal
from engine.parties import User
from engine.periods import Period
from engine.revenue import Basis, ContractCost, RevenueContract, Stated, capitalise

Statement: TypeAlias = Callable[[RevenueContract], Stated | Refusal]
"""What is stated, of whichever contract."""


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

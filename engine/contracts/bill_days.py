"""Signing that the periods of a contract turn over on another day of the month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from engine.contracts.contract import Contract, ContractChange
from engine.contracts.signing import change
from engine.contracts.turning import bill_day_on
from engine.diagnostics import Code, Decision, Fault, Refusal

SAME_BILL_DAY = Code("CON036")
BEFORE_OTHER = Code("CON037")
NO_BILL_DAY = Code("CON011")


def change_bill_day(
    contract: Contract, bill_day: int, *, on: date, at: datetime, by: str, reason: str
) -> Decision[Contract] | Refusal:
    """Sign that periods turn over on another day of the month from a day on; what is billed stays as it is."""
    faults = tuple(_faults(contract, bill_day, on))
    if faults:
        return Refusal(faults)
    return change(contract, replace(ContractChange(0, on, reason, by, at), bill_day=bill_day))


def _faults(contract: Contract, bill_day: int, on: date) -> Iterator[Fault]:
    if not 1 <= bill_day <= 31:
        yield Fault(NO_BILL_DAY, "bill_day", f"day {bill_day} of a month does not exist", "a bill day is 1 to 31")
    elif bill_day == bill_day_on(contract, on):
        yield Fault(SAME_BILL_DAY, "bill_day", f"the bill day is {bill_day} already", "choose another day of the month")
    earlier = [contract.start, *(each.effective for each in contract.changes if each.bill_day is not None)]
    if on < max(earlier):
        message = f"{on} is before {max(earlier)}, on which the contract began or its bill day changed last"
        yield Fault(BEFORE_OTHER, "effective", message, "choose a later day")

"""Use case on contracts: the periods of a running contract turn over on another day of the month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.application.corrections import reopen
from engine.application.faults import not_found
from engine.application.paging import every
from engine.application.perform import Work
from engine.billing import Invoice, LineKind
from engine.catalog import ChargeKind
from engine.contracts import Contract, all_lines, change_bill_day, turnover_of
from engine.diagnostics import Code, Fault, Refusal

USAGE_BILLED = Code("CON038")


@dataclass(frozen=True, slots=True)
class BillDayWish:
    """The day of the month on which periods turn over, from when on, and why."""

    bill_day: int
    effective: date
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class BillDayChanged:
    """A contract on its new bill day, and the drafts thrown away since they may be for other periods now."""

    contract: Contract
    dropped: tuple[Invoice, ...]


def set_bill_day(work: Work, key: str, wish: BillDayWish, *, etag: str) -> BillDayChanged | Refusal:
    """Let the periods that run on a day end as agreed, and those that follow turn over on another day of the month.

    What is on final invoices stays; drafts are thrown away, and a billing run drafts what is due then.
    """
    contract = work.tx.get(Contract, key)
    if contract is None:
        return not_found("name", f"contracts/{key}")
    stale = work.check_etag(Contract, key, etag)
    if stale is not None:
        return stale
    decision = change_bill_day(contract, wish.bill_day, on=wish.effective, at=work.at, by=wish.by, reason=wish.reason)
    changed = work.decided(decision)
    if isinstance(changed, Refusal):
        return changed
    faults = tuple(_usage_faults(work, changed))
    if faults:
        return Refusal(faults)
    dropped = reopen(work, key)
    work.tx.replace(changed)
    return BillDayChanged(changed, dropped)


def _usage_faults(work: Work, contract: Contract) -> Iterator[Fault]:
    """Usage that is on a final invoice was rated for a period as it was; another one would rate it again."""
    finals = [each for each in every(work.tx, Invoice, contract=contract.id) if each.is_final]
    billed: dict[str, date] = {}
    for line in (line for each in finals for line in each.lines if line.kind is LineKind.USAGE):
        if line.service is not None:
            billed[line.subscription] = max(line.service.end, billed.get(line.subscription, line.service.end))
    for each in all_lines(contract):
        if each.charge.kind is not ChargeKind.USAGE or each.id not in billed or each.charge.period is None:
            continue
        turns = turnover_of(contract, each, each.charge.period.recurrence).stretches[-1].since
        if turns < billed[each.id]:
            message = f"usage of `{each.id}` is billed up to {billed[each.id]}, and would turn over on {turns}"
            yield Fault(USAGE_BILLED, "effective", message, f"let it change from {billed[each.id]} on")
            return

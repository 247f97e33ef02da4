"""Use cases on contracts: lines of a running contract pause, and come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engine.application.bill_of_contract import bill_of
from engine.application.billing import DAYS_AHEAD_MAX
from engine.application.corrections import reopen_changed
from engine.application.ending import Settled, settle_end
from engine.application.faults import invalid, not_found
from engine.application.perform import Work
from engine.application.revenue import save_revenue
from engine.billing import BillingPolicy, missing_lines
from engine.catalog import ChargeKind
from engine.contracts import (
    Contract,
    Signing,
    SubscriptionLine,
    SuspendedTerm,
    resume,
    resumed_lines,
    suspend,
    suspended_lines,
)
from engine.diagnostics import Code, Fault, Refusal
from engine.money import EXACT, Money, total
from engine.periods import Cycle, Period
from engine.revenue import Obligation, RevenueContract, Timing, add_obligations

NO_DAYS_TO_LEAVE_OUT = Code("CON048")
BY_DAYS = frozenset({Timing.DAILY, Timing.MONTHLY_EVEN, Timing.MONTHLY_PRORATE_FIRST, Timing.BY_SECOND, Timing.USAGE})


@dataclass(frozen=True, slots=True)
class SuspensionWish:
    """Which lines pause from a day on (none named: all that run then), what becomes of their term, and why."""

    start: date
    reason: str
    lines: tuple[str, ...] = ()
    term: SuspendedTerm = SuspendedTerm.KEPT
    by: str = ""


@dataclass(frozen=True, slots=True)
class ResumptionWish:
    """Which suspended lines come back from a day on (none named: all of them), and why."""

    start: date
    reason: str
    lines: tuple[str, ...] = ()
    by: str = ""


def suspend_contract(work: Work, key: str, wish: SuspensionWish, *, etag: str) -> Settled | Refusal:
    """Let lines pause: unused days that were billed are credited, nothing is billed or earned until they come back.

    What has begun of their fulfilment goes on, since they come back.
    """
    contract = _load(work, key, etag, wish.start)
    if isinstance(contract, Refusal):
        return contract
    signing = Signing(wish.start, work.at, wish.by, wish.reason)
    paused = suspend(contract, wish.lines, wish.term, signing)
    if isinstance(paused, Refusal):
        return paused
    faults = tuple(_timing_faults(work, paused.value))
    if faults:
        return Refusal(faults)
    work.tx.emit(*paused.events)
    return settle_end(work, paused.value)


def resume_contract(work: Work, key: str, wish: ResumptionWish, *, etag: str) -> Settled | Refusal:
    """Let suspended lines come back at the price that they had: they are billed and earned from that day on."""
    contract = _load(work, key, etag, wish.start)
    if isinstance(contract, Refusal):
        return contract
    lines = resumed_lines(contract, wish.lines, wish.start)
    if isinstance(lines, Refusal):
        return lines
    signing = Signing(wish.start, work.at, wish.by, wish.reason)
    promising = _promising(work, contract, lines, signing)
    if isinstance(promising, Refusal):
        return promising
    resumed = work.decided(resume(contract, promising, signing))
    if isinstance(resumed, Refusal):
        return resumed
    problem = _earn(work, contract, promising)
    if problem is not None:
        return problem
    reopened = reopen_changed(work, resumed, wish.start)
    if isinstance(reopened, Refusal):
        return reopened
    work.tx.replace(resumed)
    return Settled(resumed, (), reopened)


def _load(work: Work, key: str, etag: str, start: date) -> Contract | Refusal:
    contract = work.tx.get(Contract, key)
    if contract is None:
        return not_found("name", f"contracts/{key}")
    if start > work.at.date() + timedelta(days=DAYS_AHEAD_MAX):
        message = f"{start} is more than {DAYS_AHEAD_MAX} days ahead"
        return Refusal((invalid("start", message, "choose an earlier day"),))
    return work.check_etag(Contract, key, etag) or contract


def _promising(
    work: Work, contract: Contract, lines: Sequence[SubscriptionLine], signing: Signing
) -> tuple[SubscriptionLine, ...] | Refusal:
    """Lines that come back with what they promise to their end: all that was left of an extended term, else what the
    days to the end of the kept one cost.
    """
    waiting = suspended_lines(contract)
    bill = bill_of(work.env, work.tx, contract, work.tenant)
    if isinstance(bill, Refusal):
        return bill
    # Signed first, since a change of the bill day counts for what was signed before it in another way than for these.
    back = resume(contract, lines, signing)
    if isinstance(back, Refusal):
        return back
    return tuple(
        each
        if each.end is None or each.charge.kind is ChargeKind.USAGE
        else replace(each, term_total=waiting[each.follows].released or Money.zero(contract.currency))
        if waiting[each.follows].term is SuspendedTerm.EXTENDED
        else replace(each, term_total=_cost(back.value, each, bill.policy))
        for each in lines
    )


def _cost(contract: Contract, line: SubscriptionLine, policy: BillingPolicy) -> Money:
    """What a line bills from its start to its end, period by period."""
    assert line.end is not None, "asked of a line with an agreed end"
    found = missing_lines(contract, (), (), (), line.end, policy)
    return total((each.amount for each in found if each.subscription == line.id), contract.currency)


def _earn(work: Work, contract: Contract, lines: Sequence[SubscriptionLine]) -> Refusal | None:
    """The obligations of lines that come back, each with what its line promises: that much left the price before."""
    revenue = work.tx.get(RevenueContract, contract.id)
    assert revenue is not None, "a contract has its revenue contract"
    waiting = suspended_lines(contract)
    fresh = []
    for line in lines:
        account = revenue.account_of_line(waiting[line.follows].line.quote_line)
        if account is not None:
            fresh.append(_obligation(account.obligation, line))
    changed = add_obligations(revenue, fresh)
    if isinstance(changed, Refusal):
        return changed
    if fresh:
        save_revenue(work, changed, cause="resumption")
    return None


def _obligation(before: Obligation, line: SubscriptionLine) -> Obligation:
    promised = line.term_total or Money.zero(before.stated.currency)
    assert line.charge.period is not None, "what pauses is charged by the period"
    scaled = before.ssp
    if before.ssp is not None and before.stated.minor_units:
        scaled = EXACT.divide(EXACT.multiply(before.ssp, promised.decimal), before.stated.decimal)
    return replace(
        before,
        id=line.id,
        order_lines=(line.quote_line,),
        products=(line.sku,),
        stated=promised,
        allocated=promised,
        service=Period(line.start, line.end or Cycle.anchored(line.start, line.charge.period.recurrence).boundary(1)),
        ssp=scaled,
    )


def _timing_faults(work: Work, contract: Contract) -> Iterator[Fault]:
    """Revenue that does not come by days has none to leave out."""
    revenue = work.tx.get(RevenueContract, contract.id)
    assert revenue is not None, "a contract has its revenue contract"
    lines = {each: paused.line for each, paused in suspended_lines(contract).items()}
    for end in contract.changes[-1].ended:
        account = revenue.account_of_line(lines[end.line].quote_line)
        if account is not None and account.obligation.timing not in BY_DAYS:
            message = f"revenue of `{end.line}` is recognised by {account.obligation.timing.value}, not by days"
            yield Fault(NO_DAYS_TO_LEAVE_OUT, "lines", message, "end it, and sell it again when it goes on")

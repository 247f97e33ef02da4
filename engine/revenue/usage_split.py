"""Usage that relates to stated obligations: to one alone, or to several by the ratio of inception (IFRS 15.84-86)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.diagnostics import Code, Fault, Refusal
from engine.money import Money, allocate, total
from engine.revenue.allocation import allocate_variable
from engine.revenue.contract import ObligationAccount, RevenueContract, opened, unknown
from engine.revenue.modification import with_shares
from engine.revenue.rebates import NOT_AS_BILLED
from engine.revenue.stated import Basis, Promised, UsageSplit
from engine.revenue.stating import NO_FIXED_PRICE, Stated, next_id, with_changed, with_item

BEGUN = Code("REV056")
NO_STAND_ALONE_PRICE = Code("REV057")
SPLIT_TWICE = Code("REV058")


def relate_usage(
    contract: RevenueContract,
    order_line: str,
    *,
    on: date,
    estimates: Mapping[str, Decimal],
    targeted: bool,
    basis: Basis,
) -> Stated | Refusal:
    """Say which obligations a line of usage pays for, and what is expected of it for each, before anything is earned.

    ``targeted``: its terms relate to those alone and the result fits the objective of allocation; the fixed price then
    follows what their stand-alone prices leave. Else all obligations share it, and the fixed price, by their
    stand-alone prices, as it arises.
    """
    fixed = [each for each in contract.accounts if not each.obligation.priced_as_billed]
    faults = _faults(contract, order_line, fixed, estimates)
    if faults:
        return Refusal(tuple(faults))
    owners = {line: each.id for each in fixed for line in each.obligation.order_lines}
    ssp = {each.id: each.obligation.ssp or Decimal(0) for each in fixed}
    price = total((each.price for each in fixed), contract.currency)
    expected = {owners[line]: amount for line, amount in estimates.items()}
    found = allocate_variable(price, ssp, estimates=expected, targeted=targeted)
    accounts = tuple(
        opened(replace(each.obligation, allocated=found.fixed[each.id])) if each.id in found.fixed else each
        for each in contract.accounts
    )
    changed = replace(contract, accounts=accounts, version=contract.version + 1)
    shares = tuple(Promised(name, ssp[name]) for name in found.variable_to)
    item = UsageSplit(next_id(contract), on, basis, order_line, shares, Money.zero(contract.currency))
    return with_item(changed, item)


def split_of(contract: RevenueContract, order_line: str) -> UsageSplit | None:
    """How what is billed of a line is shared; None where its revenue is its own."""
    found = (each for each in contract.stated if isinstance(each, UsageSplit) and each.order_line == order_line)
    return next(found, None)


def _shares_of(item: UsageSplit, amount: Money) -> Mapping[str, Money]:
    """An amount that has arisen, by the ratio of inception."""
    parts = allocate(amount, [each.weight for each in item.promised])
    return dict(zip((each.obligation for each in item.promised), parts, strict=True))


def with_split(contract: RevenueContract, item: UsageSplit, *, on: date, amount: Money) -> RevenueContract:
    """The contract with an amount that was billed: what belongs to satisfied obligations is revenue of that day."""
    changed = with_shares(contract, _shares_of(item, amount), on=on)
    return with_changed(changed, replace(item, split=item.split + amount))


def _faults(
    contract: RevenueContract, order_line: str, fixed: list[ObligationAccount], estimates: Mapping[str, Decimal]
) -> list[Fault]:
    account = contract.account_of_line(order_line)
    faults = []
    if account is None:
        faults += [replace(each, field="quote_line") for each in unknown(contract, order_line).faults]
    elif not account.obligation.priced_as_billed:
        message = f"`{order_line}` has an agreed price"
        faults.append(Fault(NOT_AS_BILLED, "quote_line", message, "name a line of usage"))
    if split_of(contract, order_line) is not None:
        faults.append(Fault(SPLIT_TWICE, "quote_line", f"what `{order_line}` pays for was stated already"))
    lines = {line for each in fixed for line in each.obligation.order_lines}
    for name in estimates:
        if name not in lines:
            faults.append(Fault(NO_FIXED_PRICE, f"shares[{name}]", f"`{name}` is no line with a fixed price"))
    touched = [each.id for each in contract.accounts if each.lines and each.posted or each.reported or each.ended_on]
    billed = account is not None and account.obligation.priced_as_billed and bool(account.lines)
    if touched or billed or any(each.price != each.obligation.allocated for each in fixed):
        message = f"contract `{contract.id}` was earned or changed already"
        faults.append(
            Fault(BEGUN, "quote_line", message, "it is stated at inception, before the first recognition run")
        )
    bare = [each.id for each in fixed if not each.obligation.ssp]
    if bare or not fixed:
        message = (
            f"no stand-alone price of {', '.join(f'`{each}`' for each in bare)}" if bare else "nothing has a price"
        )
        faults.append(Fault(NO_STAND_ALONE_PRICE, "shares", message, "give one under `ssp` in the terms"))
    return faults

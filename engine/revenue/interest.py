"""Stating a significant financing component: the price of a line that is paid long before or after it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from engine.diagnostics import Code, Fault, Refusal
from engine.money import Money, total
from engine.periods import months_between
from engine.revenue.contract import ObligationAccount, RevenueContract
from engine.revenue.financing import earned_at, financed, implied_rate, interest_lines, period_number, rate_of_period
from engine.revenue.modification import reestimate_line
from engine.revenue.stated import Basis, Financing
from engine.revenue.stating import Stated, above_zero, line_faults, next_id, with_item

NO_TRANSFER = Code("REV043")
PAYMENTS_DIFFER = Code("REV044")
BAD_RATE = Code("REV048")
TOO_LONG = Code("REV049")
ALREADY_FINANCED = Code("REV051")
MOST_MONTHS = 600
MOST_RATE = 10
RATE_PLACES = 8
COMPOUNDED = (1, 3, 6, 12)
"""Months of a compounding period."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A yearly rate, compounded every so many months; or the price in cash, from which the rate follows."""

    annual: Decimal | None = None
    months: int = 12
    cash_price: Money | None = None


def finance(
    contract: RevenueContract,
    order_line: str,
    *,
    rate: Rate,
    payments: Sequence[tuple[date, Money]],
    transfer: date | None,
    basis: Basis,
) -> Stated | Refusal:
    """A line is paid long before or after it is given (IFRS 15.60-65): its price is what it costs in cash.

    The payments add up to its price as it stands. Revenue follows its schedule, or is that of ``transfer`` where the
    line has none. Interest is worked out by the effective rate, and booked by the recognition run.
    """
    account = contract.account_of_line(order_line)
    faults = line_faults(contract, order_line, contract.inception)
    if any(isinstance(each, Financing) and each.order_line == order_line for each in contract.stated):
        faults.append(Fault(ALREADY_FINANCED, "quote_line", f"the financing of `{order_line}` was stated before"))
    if account is not None:
        faults += _financing_faults(account, rate, payments, transfer)
    if faults or account is None:
        return Refusal(tuple(faults))
    earned = _earned(account, transfer)
    start = min(*(day for day, _ in payments), *(day for day, _ in earned), _first_day(account, transfer))
    cash, performed = (_by_period(each, start, rate.months) for each in (payments, earned))
    shares = {number: Fraction(part.minor_units, account.price.minor_units) for number, part in performed.items()}
    periodic = _periodic(rate, cash, shares)
    if isinstance(periodic, Refusal):
        return periodic
    found = financed(cash, shares, periodic, contract.currency)
    lines = interest_lines(found.interest, start=start, months=rate.months)
    interest = total((each.amount for each in lines), contract.currency)
    item = Financing(next_id(contract), start, basis, order_line, lines, interest)
    changed = reestimate_line(contract, order_line, on=start, price_delta=interest)
    return changed if isinstance(changed, Refusal) else with_item(changed, item)


def _periodic(rate: Rate, cash: Mapping[int, Money], shares: Mapping[int, Fraction]) -> Fraction | Refusal:
    """The rate of a compounding period: as stated, or as the price in cash implies it."""
    if rate.annual is not None:
        return rate_of_period(rate.annual, rate.months)
    assert rate.cash_price is not None, "a rate without either is refused"
    implied = implied_rate(cash, shares, rate.cash_price)
    if implied is None:
        message = f"no rate makes the payments worth {rate.cash_price}"
        return Refusal((Fault(BAD_RATE, "cash_price", message, "is it the price in cash of the whole line?"),))
    return Fraction(implied)


def _financing_faults(
    account: ObligationAccount, rate: Rate, payments: Sequence[tuple[date, Money]], transfer: date | None
) -> list[Fault]:
    paid = total((amount for _, amount in payments), account.price.currency)
    faults = [fault for n, (_, amount) in enumerate(payments) for fault in above_zero(amount, f"payments[{n}].amount")]
    faults += above_zero(account.price, "quote_line")
    if paid != account.price:
        message = f"the payments come to {paid}, the price of the line to {account.price}"
        faults.append(Fault(PAYMENTS_DIFFER, "payments", message))
    faults += _rate_faults(rate)
    days = [*(day for day, _ in payments), *(day for day, _ in _earned(account, transfer))]
    if days and months_between(min(days), max(days)) > MOST_MONTHS:
        message = f"from {min(days)} to {max(days)} are more than {MOST_MONTHS} months"
        faults.append(Fault(TOO_LONG, "payments", message))
    if account.scheduled != account.price and transfer is None:
        message = "not all of the line has a schedule: it is not known when the rest is earned"
        faults.append(Fault(NO_TRANSFER, "transfer_date", message, "say when it passes to the customer"))
    return faults


def _rate_faults(rate: Rate) -> list[Fault]:
    faults = []
    if (rate.annual is None) == (rate.cash_price is None):
        message = "either a rate or a price in cash is stated"
        faults.append(Fault(BAD_RATE, "annual_rate", message, "from a price in cash the rate follows"))
    if rate.annual is not None and not 0 < rate.annual <= MOST_RATE:
        message = f"{rate.annual} is not above 0 and up to {MOST_RATE}"
        faults.append(Fault(BAD_RATE, "annual_rate", message, "6 % is 0.06"))
    elif rate.annual is not None and rate.annual != round(rate.annual, RATE_PLACES):
        faults.append(Fault(BAD_RATE, "annual_rate", f"{rate.annual} has more than {RATE_PLACES} decimals"))
    if rate.cash_price is not None:
        faults += above_zero(rate.cash_price, "cash_price")
    if rate.months not in COMPOUNDED:
        known = ", ".join(map(str, COMPOUNDED))
        faults.append(Fault(BAD_RATE, "compounding_months", f"{rate.months} is none of {known}"))
    return faults


def _earned(account: ObligationAccount, transfer: date | None) -> list[tuple[date, Money]]:
    """When the price of an obligation is earned: by its schedule, and what has none when it passes."""
    planned = [(earned_at(each), each.amount) for each in account.lines]
    rest = account.price - account.scheduled
    return planned if rest.is_zero else [*planned, (transfer or account.obligation.service.start, rest)]


def _by_period(amounts: Sequence[tuple[date, Money]], start: date, months: int) -> dict[int, Money]:
    found: dict[int, Money] = {}
    for day, amount in amounts:
        number = period_number(day, start=start, months=months)
        found[number] = found[number] + amount if number in found else amount
    return found


def _first_day(account: ObligationAccount, transfer: date | None) -> date:
    """The first day on which something is earned."""
    return min((each.service.start for each in account.lines), default=transfer or account.obligation.service.start)

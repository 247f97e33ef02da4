"""Step 12: tax at the declared level, on prices with or without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from math import lcm

from engine.catalog import Value
from engine.diagnostics import did_you_mean
from engine.money import EXACT, Ratio, Rounding, divide_rounded, shares_rounded
from engine.pricing.order_state import OrderState
from engine.pricing.request import NO_FACTS, RequestLine, TaxAnswer, TaxState
from engine.pricing.settings import TaxLevel, TaxSettings, TaxSide
from engine.pricing.spread import proportional
from engine.pricing.state import ZERO, Record
from engine.pricing.told import facts_read
from engine.pricing.wording import shown
from engine.pricing.work import Work, line_record

NO_TAX = TaxAnswer(ZERO)


@dataclass(frozen=True, slots=True)
class TaxedAmounts:
    """Net and tax in all, and the tax of each line: its share, where tax is rounded for a rate or the total."""

    net: int
    tax: int
    line_tax: tuple[int, ...]


def rate_of(order: OrderState, index: int) -> TaxAnswer | None:
    """The tax rate of a line: the hook's answer, or the first rate of the book that holds; None when unknown."""
    return _rate(order.work, order.lines[index], lambda: order.records[index])


def _added_rate(work: Work, added: Added) -> TaxAnswer | None:
    return _rate(work, added.line, lambda: added.record)


def _rate(work: Work, line: RequestLine, record: Callable[[], Record]) -> TaxAnswer | None:
    settings, state = work.plan.rules.tax, work.request.tax_state
    if not line.tax_code or settings is None or state is TaxState.OPEN:
        return NO_TAX
    if state is TaxState.ANSWERED:
        return work.request.tax_answers.get(line.tax_code)
    for rate, tests in zip(settings.rates, work.plan.tax_tests, strict=True):
        if rate.code != line.tax_code or (rate.window is not None and not rate.window.holds(work.request.date)):
            continue
        if not tests or work.holds(tests, NO_FACTS if work.plan.tax_by_code else record()):
            return TaxAnswer(rate.percent, rate.fixed)
    return None


def untaxed(work: Work, added: Sequence[Added]) -> list[Added]:
    """The added lines that are charged for and have no rate, where the book refuses that."""
    settings = work.plan.rules.tax
    if settings is None or not settings.unknown_is_refused:
        return []
    return [each for each in added if each.amount and _added_rate(work, each) is None]


def rates_of(order: OrderState) -> list[TaxAnswer | None]:
    """The rate of each line; looked up once a tax code where nothing about the line decides."""
    if not order.work.plan.tax_by_code:
        return [rate_of(order, index) for index in range(len(order.lines))]
    return rates_by_code(order.work, order.lines, order.rate_by_code)


def rates_by_code(
    work: Work, lines: Sequence[RequestLine], known: dict[str, TaxAnswer | None]
) -> list[TaxAnswer | None]:
    """The rate of each line in a book where nothing about a line but its tax code decides; ``known`` grows."""
    codes = [line.tax_code for line in lines]
    for code in set(codes).difference(known):
        known[code] = _rate(work, lines[codes.index(code)], dict)
    return list(map(known.__getitem__, codes))


@dataclass(frozen=True, slots=True)
class Added:
    """A line that a rule added, with its amount and the conditions' view of it."""

    line: RequestLine
    amount: int
    record: Record


def tax_on(work: Work, order: OrderState, added: Sequence[Added] = ()) -> TaxedAmounts:
    """Tax on line amounts that are in the basis of the quote's prices; the lines that rules added come last."""
    settings = work.plan.rules.tax
    amounts = [*order.running, *(each.amount for each in added)] if added else order.running
    if settings is None:
        whole = sum(amounts)
        return TaxedAmounts(whole, 0, (0,) * len(amounts))
    lines = (*work.request.lines, *(each.line for each in added)) if added else work.request.lines
    rates = [rate or NO_TAX for rate in (*rates_of(order), *(_added_rate(work, each) for each in added))]
    whole = sum(amounts)
    line_tax = _line_tax(work, settings, amounts, rates, lines)
    tax = sum(line_tax)
    net = whole - tax if settings.inclusive else whole
    return TaxedAmounts(net, tax, tuple(line_tax))


def tax_of(work: Work, lines: Sequence[RequestLine], amounts: Sequence[int]) -> list[int]:
    """The tax of each of some lines on a document of their own, amounts in the basis of the quote's prices."""
    return tax_by_rates(
        work, lines, amounts, [_rate(work, line, partial(line_record, work.plan, line)) for line in lines]
    )


def tax_by_rates(
    work: Work, lines: Sequence[RequestLine], amounts: Sequence[int], rates: Sequence[TaxAnswer | None]
) -> list[int]:
    """The same where the rates are known."""
    settings = work.plan.rules.tax
    if settings is None or not lines:
        return [0] * len(lines)
    return _line_tax(work, settings, amounts, [rate or NO_TAX for rate in rates], lines)


def _line_tax(
    work: Work,
    settings: TaxSettings,
    amounts: Sequence[int],
    rates: Sequence[TaxAnswer],
    lines: Sequence[RequestLine],
) -> list[int]:
    taxing = _Taxing(settings, settings.mode or work.plan.rules.rounding.mode, work.currency.scale)
    match settings.level:
        case TaxLevel.LINE:
            return taxing.by_line(amounts, rates, lines)
        case TaxLevel.UNIT:
            return [taxing.by_unit(a, r, x.quantity) for a, r, x in zip(amounts, rates, lines, strict=True)]
        case TaxLevel.RATE:
            return taxing.by_rate(amounts, rates, lines)
        case TaxLevel.TOTAL:
            return taxing.by_total(amounts, rates, lines)


class _Taxing:
    """Exact tax as a ratio of minor units, rounded once where it is declared."""

    def __init__(self, settings: TaxSettings, mode: Rounding, scale: int) -> None:
        self.settings = settings
        self.mode = mode
        self.scale = scale
        self._from_net = settings.inclusive and settings.side is TaxSide.NET
        self._shares: dict[int, Ratio] = {}

    def by_line(self, amounts: Sequence[int], rates: Sequence[TaxAnswer], lines: Sequence[RequestLine]) -> list[int]:
        """Each line by itself; the lines of a quote mostly bear one rate."""
        first = rates[0]
        if first.fixed or self._from_net or rates.count(first) < len(rates):
            return [self.line(a, r, x.quantity) for a, r, x in zip(amounts, rates, lines, strict=True)]
        share, mode = self._share(first), self.mode
        top, bottom = share.numerator, share.denominator
        return shares_rounded(amounts, top, bottom, mode)

    def line(self, amount: int, rate: TaxAnswer, quantity: Decimal) -> int:
        if rate.fixed:
            return self._settle(amount, self._exact(amount, rate, quantity))
        share = self._shares.get(id(rate)) or self._share(rate)
        top, bottom = share.numerator, share.denominator
        if self._from_net:
            return amount - divide_rounded(amount * (bottom - top), bottom, self.mode)
        return divide_rounded(amount * top, bottom, self.mode)

    def _share(self, rate: TaxAnswer) -> Ratio:
        """The share of an amount that is tax, when nothing is fixed; the rates of a quote live as long as this does."""
        share = self._shares[id(rate)] = _share_of(rate.percent, inclusive=self.settings.inclusive)
        return share

    def by_unit(self, amount: int, rate: TaxAnswer, quantity: Decimal) -> int:
        """The line's amount is split over its units first; tax is rounded on each."""
        units = int(quantity)
        if units != quantity or units <= 0:
            return self.line(amount, rate, quantity)
        low, rest = divmod(abs(amount), units)
        sign = -1 if amount < 0 else 1
        one = Decimal(1)
        return (units - rest) * self.line(sign * low, rate, one) + rest * self.line(sign * (low + 1), rate, one)

    def by_rate(self, amounts: Sequence[int], rates: Sequence[TaxAnswer], lines: Sequence[RequestLine]) -> list[int]:
        """Amounts of one rate are summed first; its tax is split over them."""
        members: dict[TaxAnswer, list[int]] = {}
        for index, rate in enumerate(rates):
            members.setdefault(rate, []).append(index)
        found = [0] * len(amounts)
        for rate, indexes in members.items():
            quantity = ZERO
            for index in indexes:
                quantity = EXACT.add(quantity, lines[index].quantity)
            tax = self.line(sum(amounts[index] for index in indexes), rate, quantity)
            exact = [self._exact(amounts[index], rate, lines[index].quantity) for index in indexes]
            for index, share in zip(indexes, _split(tax, exact), strict=True):
                found[index] = share
        return found

    def by_total(self, amounts: Sequence[int], rates: Sequence[TaxAnswer], lines: Sequence[RequestLine]) -> list[int]:
        """The exact tax of all lines is rounded once, and split over them."""
        exact = [self._exact(a, r, x.quantity) for a, r, x in zip(amounts, rates, lines, strict=True)]
        return _split(self._settle(sum(amounts), sum(exact, Ratio(0, 1))), exact)

    def _exact(self, amount: int, rate: TaxAnswer, quantity: Decimal) -> Ratio:
        """Tax in minor units before rounding."""
        percent = Ratio.of(rate.percent)
        fixed = Ratio.of(EXACT.multiply(EXACT.multiply(rate.fixed, quantity), self.scale))
        if not self.settings.inclusive:
            return Ratio(amount * percent.numerator, 100 * percent.denominator) + fixed
        taxed = Ratio(amount, 1) + Ratio(-fixed.numerator, fixed.denominator)
        share = Ratio(percent.numerator, 100 * percent.denominator + percent.numerator)
        return taxed * share + fixed

    def _settle(self, amount: int, exact: Ratio) -> int:
        if self._from_net:
            net = Ratio(amount, 1) + Ratio(-exact.numerator, exact.denominator)
            return amount - divide_rounded(net.numerator, net.denominator, self.mode)
        return divide_rounded(exact.numerator, exact.denominator, self.mode)


@lru_cache(maxsize=1_000)
def _share_of(percent: Decimal, *, inclusive: bool) -> Ratio:
    """The share of an amount that is tax, by the percent."""
    found = Ratio.of(percent)
    return Ratio(found.numerator, 100 * found.denominator + (found.numerator if inclusive else 0))


def _split(tax: int, exact: Sequence[Ratio]) -> list[int]:
    """Largest-remainder shares of a tax over the lines it came from."""
    denominator = lcm(*(each.denominator for each in exact)) if exact else 1
    return proportional(tax, [each.numerator * (denominator // each.denominator) for each in exact])


def unknown_codes(work: Work, order: OrderState) -> list[int]:
    """The lines whose tax code has no rate, where the book refuses that."""
    settings = work.plan.rules.tax
    if settings is None or not settings.unknown_is_refused:
        return []
    codes, known = {line.tax_code for line in order.lines}, order.rate_by_code
    if work.plan.tax_by_code and all([known.get(code) is not None for code in codes]):
        return []
    return [index for index, rate in enumerate(rates_of(order)) if rate is None]


def no_rate(work: Work, code: str, what: str = "") -> tuple[str, str]:
    """The message and the hint for a tax code that has no rate: what its rates look at, and what is known of that."""
    settings = work.plan.rules.tax
    if work.request.tax_state is TaxState.ANSWERED:
        return f"no tax rate for `{code}`{what}", "the tax service named none"
    rates = settings.rates if settings is not None else ()
    records = {"customer": work.customer, "quote": work.quote}
    asked = {
        path: value
        for rate in rates
        if rate.code == code
        for condition in rate.when
        for path, value in facts_read(condition, records)
    }
    told = ", ".join(f"`{path}`, which is {_known(value)}" for path, value in asked.items())
    known = dict.fromkeys(rate.code for rate in rates)
    hint = f"its rates look at {told}" if told else did_you_mean(code, known) or "add its rate to the taxes of the book"
    return f"no tax rate for `{code}`{what}", hint


def _known(value: Value) -> str:
    return f"`{shown(value)}`" if value not in (None, "") else "not known"

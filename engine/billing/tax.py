"""Tax on a document: worked out from the rates that the tax hook or the rule book answered, rounded where it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

from engine.billing.line import BillLine, tax_share
from engine.diagnostics import Code, Fault, did_you_mean
from engine.money import HALF_UP, Currency, Money, Ratio, RoundingRule, allocate, share_of, total

UNKNOWN_TAX_CODE = Code("BIL001")
NOTHING_OFF: Mapping[str, Ratio] = MappingProxyType({})


class TaxPoint(Enum):
    """Where tax is rounded: once for each rate (EN 16931, rule BR-CO-17), once for the whole document, or on each line.

    ``LINE`` and ``UNIT`` work out the tax of each line, or of each of its units, on the amount that is billed of it; a
    delivery bears what the tax of the quoted line has left for it, so that all deliveries bear what was quoted.
    ``QUOTED`` takes the tax of each line as the quote worked it out, and a share of it for a part of the line: where
    prices include tax, since the customer pays the price and not a cent more, and where tax has a part per unit.
    """

    RATE = "rate"
    TOTAL = "total"
    QUOTED = "quoted"
    LINE = "line"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class TaxTable:
    """Percent by tax code, as the tax hook or the rule book answered for the day of the document, and how to round."""

    percents: Mapping[str, Decimal]
    point: TaxPoint = TaxPoint.RATE
    rounding: RoundingRule = HALF_UP


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The tax of one code on a whole document: its base, and the tax on it."""

    tax_code: str
    percent: Decimal
    base: Money
    tax: Money


def tax_faults(lines: Sequence[BillLine], table: TaxTable) -> Iterator[Fault]:
    """Name every tax code that has no rate; a document is taxed as a whole or not at all."""
    for at, line in enumerate(lines):
        if line.tax_code not in table.percents:
            hint = did_you_mean(line.tax_code, table.percents)
            yield Fault(UNKNOWN_TAX_CODE, f"lines[{at}].tax_code", f"no rate for tax code `{line.tax_code}`", hint)


def tax_lines(
    lines: Sequence[BillLine], table: TaxTable, *, currency: Currency, off: Mapping[str, Ratio] = NOTHING_OFF
) -> tuple[TaxLine, ...]:
    """The tax of a document, one line a tax code in the order met; every code has a rate.

    Tax is on what coupons leave. ``off`` is exactly what they take off lines, in minor units by line id: where tax is
    rounded once for the document, it is worked out on that and nothing is rounded before.
    """
    codes = dict.fromkeys(each.tax_code for each in lines)
    bases = {code: total((each.net for each in lines if each.tax_code == code), currency) for code in codes}
    match table.point:
        case TaxPoint.QUOTED | TaxPoint.LINE | TaxPoint.UNIT:
            taxes: Sequence[Money] = [_by_line(lines, code, table, currency) for code in codes]
        case TaxPoint.RATE | TaxPoint.TOTAL:
            by_rate = [
                share_of(bases[code], percent_ratio(table.percents[code]), rounding=table.rounding) for code in codes
            ]
            exact = [_exact_base(lines, code, off) * percent_ratio(table.percents[code]) for code in codes]
            once = table.point is TaxPoint.TOTAL
            taxes = _rounded_once(exact, by_rate, currency, table.rounding) if once else by_rate
    return tuple(TaxLine(code, table.percents[code], bases[code], tax) for code, tax in zip(codes, taxes, strict=True))


def percent_ratio(percent: Decimal) -> Ratio:
    """A percentage as a share."""
    return Ratio.of(percent) * Ratio(1, 100)


def line_tax(line: BillLine, percent: Decimal, *, point: TaxPoint, rounding: RoundingRule) -> Money:
    """The tax of one line: as quoted where that counts, else by the rate, rounded on the line or on its units."""
    if line.tax is not None and (point is TaxPoint.QUOTED or (point is TaxPoint.LINE and line.delivery)):
        return tax_share(line.tax, line.net, of=line.amount)
    taxed = [(line.net, 1)] if point is not TaxPoint.UNIT else _units(line)
    taxes = ((share_of(amount, percent_ratio(percent), rounding=rounding), count) for amount, count in taxed)
    return Money(sum(tax.minor_units * count for tax, count in taxes), line.amount.currency)


def _units(line: BillLine) -> Sequence[tuple[Money, int]]:
    """The net of a line split over its units, as evenly as minor units allow; whole where units are not whole."""
    units = int(line.quantity)
    if units != line.quantity or units <= 0:
        return [(line.net, 1)]
    sign, currency = (-1 if line.net.minor_units < 0 else 1), line.net.currency
    low, rest = divmod(abs(line.net.minor_units), units)
    return [(Money(sign * low, currency), units - rest), (Money(sign * (low + 1), currency), rest)]


def _by_line(lines: Sequence[BillLine], code: str, table: TaxTable, currency: Currency) -> Money:
    own = (each for each in lines if each.tax_code == code)
    taxes = (line_tax(each, table.percents[code], point=table.point, rounding=table.rounding) for each in own)
    return total(taxes, currency)


def _exact_base(lines: Sequence[BillLine], code: str, off: Mapping[str, Ratio]) -> Ratio:
    """What tax of a code is on, in minor units, before anything is rounded."""
    base = Ratio(0, 1)
    for line in lines:
        if line.tax_code == code:
            less = off.get(line.id)
            base += Ratio(line.amount.minor_units, 1)
            base += Ratio(0, 1) if less is None else Ratio(-less.numerator, less.denominator)
    return base


def _rounded_once(
    exact: Sequence[Ratio], by_rate: Sequence[Money], currency: Currency, rounding: RoundingRule
) -> Sequence[Money]:
    """Round the sum of the exact taxes once; the rates share it, the largest remainder first.

    With bases of both signs there are no shares: then the largest tax takes the difference.
    """
    rounded = share_of(Money(1, currency), sum(exact, Ratio(0, 1)), rounding=rounding)
    if exact and all(each.numerator >= 0 for each in exact):
        return allocate(rounded, exact)
    taxes = list(by_rate)
    if taxes:
        largest = max(range(len(taxes)), key=lambda each: abs(taxes[each].minor_units))
        taxes[largest] += rounded - total(taxes, currency)
    return taxes

"""Tax on a document: worked out from the rates that the tax hook or the rule book answered, rounded once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from engine.billing.line import BillLine
from engine.diagnostics import Code, Fault, did_you_mean
from engine.money import HALF_UP, Currency, Money, Ratio, RoundingRule, allocate, share_of, total

UNKNOWN_TAX_CODE = Code("BIL001")


class TaxPoint(Enum):
    """Where tax is rounded: once for each rate (EN 16931, rule BR-CO-17), or once for the whole document."""

    RATE = "rate"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class TaxTable:
    """Percent by tax code, as the tax hook or the rule book answered for the day of the document."""

    percents: Mapping[str, Decimal]
    point: TaxPoint = TaxPoint.RATE


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
    lines: Sequence[BillLine], table: TaxTable, *, currency: Currency, rounding: RoundingRule = HALF_UP
) -> tuple[TaxLine, ...]:
    """The tax of a document, one line a tax code in the order met; every code has a rate."""
    codes = dict.fromkeys(each.tax_code for each in lines)
    bases = {code: total((each.amount for each in lines if each.tax_code == code), currency) for code in codes}
    taxes = _taxes([(bases[code], table.percents[code]) for code in codes], table.point, currency, rounding)
    return tuple(TaxLine(code, table.percents[code], bases[code], tax) for code, tax in zip(codes, taxes, strict=True))


def percent_ratio(percent: Decimal) -> Ratio:
    """A percentage as a share."""
    return Ratio.of(percent) * Ratio(1, 100)


def _taxes(
    taxed: Sequence[tuple[Money, Decimal]], point: TaxPoint, currency: Currency, rounding: RoundingRule
) -> Sequence[Money]:
    by_rate = [share_of(base, percent_ratio(percent), rounding=rounding) for base, percent in taxed]
    match point:
        case TaxPoint.RATE:
            return by_rate
        case TaxPoint.TOTAL:
            return _rounded_once(taxed, by_rate, currency, rounding)


def _rounded_once(
    taxed: Sequence[tuple[Money, Decimal]], by_rate: Sequence[Money], currency: Currency, rounding: RoundingRule
) -> Sequence[Money]:
    """Round the sum of the exact taxes once; the rates share it, the largest remainder first.

    With bases of both signs there are no shares: then the largest tax takes the difference.
    """
    exact = [Ratio(base.minor_units, 1) * percent_ratio(percent) for base, percent in taxed]
    rounded = share_of(Money(1, currency), sum(exact, Ratio(0, 1)), rounding=rounding)
    if exact and all(each.numerator >= 0 for each in exact):
        return allocate(rounded, exact)
    taxes = list(by_rate)
    if taxes:
        largest = max(range(len(taxes)), key=lambda each: abs(taxes[each].minor_units))
        taxes[largest] += rounded - total(taxes, currency)
    return taxes

"""Contract arithmetic of the revenue cases: terms and their ends, values, chains of amendments, parts of a term."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.billing.proration import period_ratio
from engine.catalog import BillingTiming, Charge, ChargeKind, ChargePeriod
from engine.contracts import (
    Contract,
    ContractChange,
    ContractTerms,
    LineEnd,
    NoticeEnds,
    PaymentFrom,
    RenewalPrice,
    RenewalTerms,
    SubscriptionLine,
    change,
    due_day,
    earliest_end,
    last_notice_day,
    lines_in_force,
    renewed_price,
)
from engine.contracts.joining import CoTermination, common_end
from engine.diagnostics import Decision
from engine.money import HALF_UP, Money, Ratio, UnitPrice, settle
from engine.periods import Cycle, DayCount, Period, Recurrence, add_months, cut, month_share
from engine.pricing.plan import PricingRules
from tests.conformance.adapters.revenue_case import Case, day, money, text, through, unit_of
from tests.pricing.books import asked, line, priced

MONTHLY = Charge(ChargeKind.RECURRING, ChargePeriod.MONTH, BillingTiming.ADVANCE)
MONTHS = {"month": 1, "year": 12}
SIGNED = datetime(2026, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)


def term_end(case: Case) -> Any:
    """The last day of a term; ours end with the day after it."""
    given = case["input"]
    return {"end": str(add_months(day(given["start"]), given["months"]) - ONE_DAY)}


def payment_form(case: Case) -> str:
    """What terms of payment ask for: days from the invoice or the end of its month, or less for paying early."""
    terms = case["input"]["terms"]
    return "discount" if "discount_rate" in terms else str(terms["type"])


def due_date(case: Case) -> Any:
    """The due day of an invoice."""
    given = case["input"]
    since = {"net": PaymentFrom.INVOICE, "end_of_month_plus": PaymentFrom.MONTH_END}[payment_form(case)]
    return {"due": str(due_day(day(given["invoice_date"]), int(given["terms"]["days"]), since))}


def coterm_end(case: Case) -> Any:
    """The common end of lines, whatever day they began."""
    given = case["input"]
    ends = [day(each) + ONE_DAY for each in given["line_ends"]]
    end = common_end(ends, {"earliest": CoTermination.FIRST, "latest": CoTermination.LAST}[given["policy"]])
    assert end is not None
    return {"end": str(end - ONE_DAY)}


def renewal(case: Case) -> Any:
    """The prices of the terms that follow, each from the one before: by uplifts, an index within bounds, a list."""
    given = case["input"]
    price = money(case, given["price"])
    if given.get("base") == "list":
        off = Decimal(given["renewal_discount"]) * 100
        terms = RenewalTerms(price=RenewalPrice.LIST, list_discount_percent=off)
        return {"prices": [text(_renewed(price, terms, listed=money(case, given["list"])))]}
    prices = []
    for rise in given.get("uplifts") or given["index"]:
        terms = RenewalTerms(
            price=RenewalPrice.UPLIFT,
            uplift_percent_min=_percent(given.get("floor")),
            uplift_percent_max=_percent(given.get("cap")),
        )
        price = _renewed(price, terms, index_percent=Decimal(rise) * 100)
        prices.append(text(price))
    return {"prices": prices}


def _percent(share: str | None) -> Decimal | None:
    return None if share is None else Decimal(share) * 100


def _renewed(price: Money, terms: RenewalTerms, **more: Any) -> Money:
    found = renewed_price(price, terms, **more)
    assert isinstance(found, Money), found
    return found


def notice(case: Case) -> Any:
    """The last day for notice before a term ends, or the end that a notice leads to; both as last days."""
    given = case["input"]
    if "term_end" in given:
        end = day(given["term_end"]) + ONE_DAY
        return {"last_notice_date": str(last_notice_day(end, given["notice_days"]))}
    ends = {"end_of_billing_month": NoticeEnds.PERIOD}.get(given.get("rule", ""), NoticeEnds.DAY)
    terms = ContractTerms(bill_day=given["billing_day"], notice_days=given["notice_days"], notice_ends=ends)
    start = date(2000, 1, given["billing_day"])
    return {"contract_end": str(earliest_end(day(given["notice_given"]), terms, start=start) - ONE_DAY)}


def contract_value(case: Case) -> Any:
    """The totals of a quote with a monthly charge over the term and something once."""
    given = case["input"]
    code, months = unit_of(case).code, given["months"]
    monthly = Decimal(given["recurring_total"]) / months
    fields: dict[str, Any] = {"charge": MONTHLY, "term_months": Decimal(months), "list_price": monthly}
    lines = (line("R", **fields), line("S", list_price=Decimal(given["one_off"])))
    totals = priced(PricingRules(code), asked(*lines, currency=code)).totals
    return {name: text(getattr(totals, name)) for name in ("tcv", "acv", "arr", "mrr")}


def quantity_chain(case: Case) -> Any:
    """Each amendment ends the line in force and begins one of the new quantity on that day."""
    first, *later = (Decimal(each) for each in case["input"]["deltas"])
    start = date(2026, 1, 1)
    agreed = Contract(
        "c", "a", unit_of(case), "q", 1, "o", "book", SIGNED, start, (_seats(case, 0, first, start),), ContractTerms()
    )
    quantities = [_in_force(agreed, start)]
    for number, delta in enumerate(later, 1):
        on = add_months(start, number)
        new = _seats(case, number, quantities[-1].quantity + delta, on)
        wish = ContractChange(0, on, "amendment", "rep", SIGNED, (LineEnd(quantities[-1].id, on),), (new,))
        outcome = change(agreed, wish)
        assert isinstance(outcome, Decision), outcome
        agreed = outcome.value
        quantities.append(_in_force(agreed, on))
    return {"quantities": [str(each.quantity) for each in quantities]}


def proration_term(case: Case) -> Any:
    """A price per month or year for a stretch that is no whole number of them."""
    given, convention = case["input"], case["input"]["convention"]
    term = through(given["start"], given["end"])
    match convention["type"]:
        case "boundary_day":
            months = _from_boundaries(term, convention["day"])
        case "daily_365":
            months = Ratio(*month_share(term, DayCount.ACTUAL_365))
        case "months_plus_days":
            months = Ratio(*month_share(term))
        case other:
            raise AssertionError(other)
    share = Ratio(months.numerator, months.denominator * MONTHS[given["unit"]])
    price = UnitPrice(Decimal(given["price_per_unit"]), unit_of(case))
    return {"amount": text(settle(price, quantity=Decimal(1), rounding=HALF_UP, share=share))}


def _from_boundaries(term: Period, bill_day: int) -> Ratio:
    """Months that turn over on a day of the month: the parts before and after the whole ones by their days."""
    recurrence, terms = Recurrence.parse("P1M"), ContractTerms()
    cycle = Cycle.on_day(term.start, recurrence, bill_day)
    ratios = (
        period_ratio(each.part, each.whole, recurrence=recurrence, terms=terms)
        for each in cut(term.start, term.end, cycle=cycle, until=term.end)
    )
    whole = sum((Fraction(each.numerator, each.denominator) for each in ratios), Fraction(0))
    return Ratio(whole.numerator, whole.denominator)


def _seats(case: Case, number: int, quantity: Decimal, start: date) -> SubscriptionLine:
    price = money(case, "1.00")
    return SubscriptionLine(
        id=f"seats-{number}",
        quote_line="seats",
        sku="SEAT",
        name="Seat",
        quantity=quantity,
        charge=MONTHLY,
        unit_price=price.decimal,
        amount=Money(int(quantity) * price.minor_units, price.currency),
        start=start,
    )


def _in_force(agreed: Contract, on: date) -> SubscriptionLine:
    (state,) = [
        each for each in lines_in_force(agreed) if each.line.start <= on and (each.end is None or each.end > on)
    ]
    return state.line

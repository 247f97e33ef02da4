"""From an accepted offer to promises and obligations."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from engine.catalog import ONE_TIME, Charge, ChargeKind, ChargePeriod, LineId, Sku
from engine.diagnostics import Refusal
from engine.money import Money, currency
from engine.periods import Period
from engine.quotes.accepted import AcceptedLine, AcceptedQuote
from engine.quotes.quote import QuoteParties
from engine.revenue.obligation import Promise, obligations_of
from engine.revenue.policy import (
    RangePolicy,
    RecognitionPolicy,
    RevenuePolicies,
    SspBook,
    SspBundle,
    SspChoice,
    SspEntry,
    Timing,
)
from engine.revenue.promises import bundles_of, promises_of, service_of

EUR = currency("EUR")
MONTHLY = Charge(ChargeKind.RECURRING, ChargePeriod.MONTH)
YEARLY = Charge(ChargeKind.RECURRING, ChargePeriod.YEAR)
START = date(2026, 1, 1)


def line(
    line_id: str,
    charge: Charge = ONE_TIME,
    *,
    list_units: int = 1_000,
    term_units: int = 1_000,
    months: int | None = None,
    recognition: str = "",
    quantity: int = 1,
) -> AcceptedLine:
    return AcceptedLine(
        id=LineId(line_id),
        sku=Sku(line_id.upper()),
        name=line_id,
        quantity=Decimal(quantity),
        parent=None,
        group="",
        charge=charge,
        unit_net=Decimal(1),
        list_total=Money(list_units, EUR),
        full_total=Money(list_units, EUR),
        net_total=Money(term_units, EUR),
        term_total=Money(term_units, EUR),
        tax=None,
        tax_code="standard",
        recognition=recognition,
        fulfilment="",
        start=START,
        term_months=months,
    )


def accepted(*lines: AcceptedLine) -> AcceptedQuote:
    return AcceptedQuote(
        quote="q-1",
        version=1,
        parties=QuoteParties(customer="acme", owner="rep"),
        currency=EUR,
        accepted_at=datetime(2026, 1, 1, tzinfo=UTC),
        start=START,
        term_months=None,
        rule_book="hash",
        purchase_order="",
        net_total=Money(0, EUR),
        lines=lines,
    )


def promised(*lines: AcceptedLine, policies: RevenuePolicies | None = None) -> tuple[Promise, ...]:
    found = promises_of(accepted(*lines), policies or RevenuePolicies())
    assert not isinstance(found, Refusal), str(found)
    return found


def entry(sku: str, low: str, high: str, *, region: str = "", policy: RangePolicy | None = None) -> SspEntry:
    middle = (Decimal(low) + Decimal(high)) / 2
    return SspEntry(
        sku, "EUR", Decimal(low), middle, Decimal(high), region=region, range_policy=policy or RangePolicy()
    )


def test_the_list_price_over_the_term_stands_for_a_missing_stand_alone_price() -> None:
    """10.00 a month for a year at list is 120.00; 20.00 a year for 18 months is 30.00."""
    plan, support = promised(
        line("plan", MONTHLY, months=12, term_units=9_000), line("support", YEARLY, list_units=2_000, months=18)
    )
    assert (plan.ssp, plan.stated, plan.service) == (Decimal(120), Money(9_000, EUR), Period(START, date(2027, 1, 1)))
    assert (support.ssp, support.service.end) == (Decimal(30), date(2027, 7, 1))


def test_lines_without_a_policy_are_recognised_by_their_charge() -> None:
    box, plan, calls = promised(
        line("box"), line("plan", MONTHLY, months=12), line("calls", Charge(ChargeKind.USAGE, ChargePeriod.MONTH))
    )
    assert [each.policy.timing for each in (box, plan, calls)] == [Timing.POINT_IN_TIME, Timing.DAILY, Timing.USAGE]
    assert (box.service.days, calls.service.end) == (1, date(2026, 2, 1))


def test_a_one_time_charge_with_a_term_is_served_over_it() -> None:
    assert service_of(line("care", months=36)) == Period(START, date(2029, 1, 1))


def test_what_costs_nothing_and_is_worth_nothing_promises_nothing() -> None:
    assert promised(line("bundle", list_units=0, term_units=0), line("part"))[0].order_line == "part"
    free = RevenuePolicies(ssp=SspBook("1", (entry("PHONE", "600", "600"),)))
    assert len(promised(line("phone", list_units=0, term_units=0), policies=free)) == 1


def test_every_unknown_policy_is_named_with_the_nearest() -> None:
    policies = RevenuePolicies({"ratable": RecognitionPolicy("ratable", Timing.DAILY)})
    found = promises_of(accepted(line("a", recognition="ratabel"), line("b", recognition="x")), policies)
    assert isinstance(found, Refusal)
    assert [(each.field, each.hint) for each in found.faults] == [
        ("lines[0].recognition", "did you mean `ratable`?"),
        ("lines[1].recognition", ""),
    ]


def test_the_range_of_the_book_is_scaled_to_what_was_sold() -> None:
    """10 seats at 10.00 to 12.00 a month for a year: 1 200 to 1 440; sold at 900, so the nearest bound counts."""
    book = SspBook("1", (entry("PLAN", "10", "12"), entry("PLAN", "5", "6", region="US")))
    plan = line("plan", MONTHLY, list_units=11_000, term_units=90_000, months=12, quantity=10)
    found = promised(plan, line("box", term_units=30_000, list_units=30_000), policies=RevenuePolicies(ssp=book))
    assert found[0].range is not None
    assert (found[0].range.low, found[0].range.high) == (Decimal(1_200), Decimal(1_440))
    obligations = obligations_of(found)
    assert not isinstance(obligations, Refusal)
    assert [each.ssp for each in obligations] == [Decimal(1_200), Decimal(300)]
    assert [each.allocated for each in obligations] == [Money(96_000, EUR), Money(24_000, EUR)]


def test_each_range_is_read_by_its_own_policy() -> None:
    middle = RangePolicy(SspChoice.MID, SspChoice.MID, SspChoice.MID)
    book = SspBook("1", (entry("A", "10", "20", policy=middle), entry("B", "10", "20")))
    found = promised(line("a", term_units=1_100), line("b", term_units=1_100), policies=RevenuePolicies(ssp=book))
    obligations = obligations_of(found)
    assert not isinstance(obligations, Refusal)
    assert [each.ssp for each in obligations] == [Decimal(15), Decimal(11)]


def test_a_bundle_counts_when_all_of_it_was_sold_in_one_quantity() -> None:
    book = SspBook("1", bundles=(SspBundle("kit", ("A", "B"), "EUR", Decimal(15)),))
    both = promised(line("a", quantity=3), line("b", quantity=3))
    (bundle,) = bundles_of(both, book)
    assert (bundle.members, bundle.price) == (("A", "B"), Decimal(45))
    assert bundles_of(promised(line("a", quantity=3), line("b")), book) == ()
    assert bundles_of(promised(line("a")), book) == ()

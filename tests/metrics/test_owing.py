"""What is owed and still to be earned, against a slow twin that adds up every line of the journal again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from engine.metrics import METRICS, BookedLine, Facts, Figure, Report, measured
from engine.money import currency
from engine.periods import Period

EUR, USD = currency("EUR"), currency("USD")
FIRST = date(2026, 1, 1)
KINDS = ("InvoiceFinalized", "CreditNoteIssued", "RevenueRecognised", "RevenueReversed", "FinancingAccrued")


@st.composite
def journals(draw: st.DrawFn) -> tuple[BookedLine, ...]:
    return tuple(
        BookedLine(
            entry=str(n),
            kind=draw(st.sampled_from(KINDS)),
            account=draw(st.sampled_from(("contract_clearing", "revenue", "receivable"))),
            currency=draw(st.sampled_from((EUR, USD))),
            on=FIRST + timedelta(days=draw(st.integers(0, 120))),
            amount_minor=draw(st.integers(-9_999, 9_999)),
            contract=draw(st.sampled_from(("k-1", "k-2"))),
            invoice=draw(st.sampled_from(("in-1", "in-2"))),
            happened_on=FIRST,
        )
        for n in range(draw(st.integers(0, 20)))
    )


def periods() -> st.SearchStrategy[Period]:
    return st.builds(
        lambda start, length: Period(FIRST + timedelta(days=start), FIRST + timedelta(days=start + length)),
        st.integers(0, 100),
        st.integers(1, 80),
    )


def values(name: str, journal: tuple[BookedLine, ...], period: Period, *by: str) -> tuple[Figure, ...]:
    found = measured(METRICS[name], Facts(journal=journal), period, by)
    assert isinstance(found, Report)
    return found.figures


def in_euro(figures: Iterable[Figure]) -> Decimal:
    return sum((each.value or Decimal(0) for each in figures if each.currency == EUR), Decimal(0))


def owed(journal: tuple[BookedLine, ...], contract: str, before: date) -> int:
    """What the clearing account of a contract owes in euro before a day, line by line."""
    return -sum(
        each.amount_minor
        for each in journal
        if each.account == "contract_clearing"
        and each.contract == contract
        and each.currency == EUR
        and each.on < before
    )


@given(journals(), periods())
def test_the_roll_forward_ends_where_the_books_stand(journal: tuple[BookedLine, ...], period: Period) -> None:
    closing = sum(owed(journal, each, period.end) for each in ("k-1", "k-2"))
    assert in_euro(values("deferred_rollforward", journal, period)) * 100 == closing
    liability = in_euro(values("deferred_revenue", journal, period))
    asset = in_euro(values("contract_assets", journal, period))
    assert (liability - asset) * 100 == closing
    assert liability * 100 == sum(max(owed(journal, each, period.end), 0) for each in ("k-1", "k-2"))


@given(journals(), periods())
def test_a_month_opens_where_the_one_before_closed(journal: tuple[BookedLine, ...], period: Period) -> None:
    months = [each for each in values("deferred_rollforward", journal, period, "month") if each.currency == EUR]
    by_month = {each.by["month"]: each for each in months}
    names = sorted(by_month)
    for before, after in zip(names, names[1:], strict=False):
        opening, closing = by_month[after].measures["opening"], by_month[before].value
        first, second = (date.fromisoformat(f"{each}-01") for each in (before, after))
        if (second.year, second.month) == (first.year + first.month // 12, first.month % 12 + 1):
            assert opening == closing


@given(journals(), periods())
def test_receivables_are_the_balance_of_their_account(journal: tuple[BookedLine, ...], period: Period) -> None:
    figures = values("dso", journal, period)
    for each in figures:
        if each.currency is None:
            continue
        lines = [line for line in journal if line.account == "receivable" and line.currency == each.currency]
        open_units = sum(line.amount_minor for line in lines if line.on < period.end)
        sold = sum(line.amount_minor for line in lines if line.on in period and line.kind in KINDS[:2])
        assert each.measures["receivables"] * 100 == open_units
        assert each.measures["credit_sales"] * 100 == sold
        assert (each.value is None) == (sold == 0)

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from engine.catalog import Catalog, ChargeKind, LineId
from engine.diagnostics import Decision
from engine.quotes import lifecycle
from engine.quotes.accepted import AcceptedQuote, accepted_quote
from engine.quotes.evaluation import PricedQuote
from engine.quotes.quote import QuoteParties
from tests.quotes.offers import catalog, line, priced, request

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def handed_on(offer: PricedQuote, products: Catalog | None = None) -> AcceptedQuote:
    drafted = lifecycle.draft("q-1", QuoteParties("c-1", "ann"), offer, valid_until=date(2026, 4, 1), at=AT)
    assert isinstance(drafted, Decision)
    submitted = lifecycle.submit(drafted.value, at=AT)
    assert isinstance(submitted, Decision)
    accepted = lifecycle.accept(submitted.value, version=1, at=AT)
    assert isinstance(accepted, Decision)
    return accepted_quote(accepted.value, products or catalog(), at=AT)


def test_an_accepted_offer_hands_on_frozen_prices() -> None:
    handed = handed_on(priced(request(line("d", "DISK", "2"), line("s", "SEAT", "5"))))
    disk, seat = handed.lines
    assert (disk.net_total.decimal, disk.term_total.decimal) == (Decimal("200.00"), Decimal("200.00"))
    # 5 seats at 10.00 a month, for 12 months
    assert (seat.net_total.decimal, seat.term_total.decimal) == (Decimal("50.00"), Decimal("600.00"))
    assert (seat.start, seat.term_months) == (date(2026, 3, 2), 12)
    assert handed.net_total.currency.code == "EUR"


def test_days_and_terms_are_those_of_the_line_before_those_of_the_quote() -> None:
    plain = line("plain", "SEAT")
    lines = (
        plain,
        plain._replace(id=LineId("later"), start=date(2026, 6, 1)),
        plain._replace(id=LineId("longer"), term_months=24),
        plain._replace(id=LineId("until"), start=date(2026, 4, 15), end=date(2026, 9, 1)),
        line("once", "DISK"),
    )
    handed = handed_on(priced(replace(request(*lines), start=date(2026, 4, 1))))
    assert handed.start == date(2026, 4, 1)
    assert [(str(each.id), each.start, each.term_months, each.last_end) for each in handed.lines] == [
        ("plain", date(2026, 4, 1), 12, date(2027, 4, 1)),
        ("later", date(2026, 6, 1), 12, date(2027, 6, 1)),
        ("longer", date(2026, 4, 1), 24, date(2028, 4, 1)),
        ("until", date(2026, 4, 15), None, date(2026, 9, 1)),
        ("once", date(2026, 4, 1), 12, None),
    ]
    assert not any(each.has_no_agreed_price for each in handed.lines)


def test_what_has_no_agreed_end_has_no_agreed_price() -> None:
    """A service without a term goes on until somebody ends it; one with an end, or a thing sold once, is agreed."""
    lines = line("open", "SEAT"), line("until", "SEAT")._replace(start=date(2026, 4, 1), end=date(2026, 9, 1))
    handed = handed_on(priced(replace(request(*lines, line("once", "DISK")), term_months=None)))
    assert [(str(each.id), each.last_end, each.has_no_agreed_price) for each in handed.lines] == [
        ("open", None, True),
        ("until", date(2026, 9, 1), False),
        ("once", None, False),
    ]


def test_usage_has_no_agreed_price_whatever_its_term() -> None:
    (seat,) = handed_on(priced(request(line("s", "SEAT")))).lines
    metered = replace(seat, charge=replace(seat.charge, kind=ChargeKind.USAGE))
    assert (seat.has_no_agreed_price, metered.has_no_agreed_price) == (False, True)

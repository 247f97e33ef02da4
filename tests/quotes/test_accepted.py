from datetime import UTC, date, datetime
from decimal import Decimal

from engine.diagnostics import Decision
from engine.quotes import lifecycle
from engine.quotes.accepted import accepted_quote
from engine.quotes.quote import QuoteParties
from tests.quotes.offers import catalog, line, priced, request

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_an_accepted_offer_hands_on_frozen_prices() -> None:
    offer = priced(request(line("d", "DISK", "2"), line("s", "SEAT", "5")))
    drafted = lifecycle.draft("q-1", QuoteParties("c-1", "ann"), offer, valid_until=date(2026, 4, 1), at=AT)
    assert isinstance(drafted, Decision)
    submitted = lifecycle.submit(drafted.value, at=AT)
    assert isinstance(submitted, Decision)
    accepted = lifecycle.accept(submitted.value, version=1, at=AT)
    assert isinstance(accepted, Decision)
    handed = accepted_quote(accepted.value, catalog(), at=AT)
    disk, seat = handed.lines
    assert (disk.net_total.decimal, disk.term_total.decimal) == (Decimal("200.00"), Decimal("200.00"))
    # 5 seats at 10.00 a month, for 12 months
    assert (seat.net_total.decimal, seat.term_total.decimal) == (Decimal("50.00"), Decimal("600.00"))
    assert (seat.start, seat.term_months) == (date(2026, 3, 2), 12)
    assert handed.net_total.currency.code == "EUR"

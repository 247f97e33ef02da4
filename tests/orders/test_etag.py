"""The etag of an order tells one state of it from the next."""

from __future__ import annotations

from decimal import Decimal

from engine.orders import deliver
from tests.orders.build import LATER, accepted_line, booked, done, through


def test_every_change_counts_the_etag_up_by_one() -> None:
    order = booked(accepted_line("pc", "900.00", quantity="2", fulfilment="workshop")).order
    assert order.etag == 1
    for task in ("pc.reserve", "pc.assemble", "pc.image"):
        before, order = order, through(order, task)
        assert order.etag == before.etag + 1
    handed = done(deliver(order, "pc", quantity=Decimal(1), at=LATER))
    assert handed.etag == order.etag + 1

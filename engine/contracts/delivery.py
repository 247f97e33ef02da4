"""What happened under a contract that lets it be billed: deliveries and usage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.contracts.contract import BillOn, Contract
from engine.contracts.force import lines_in_force
from engine.money import EXACT


@dataclass(frozen=True, slots=True)
class Delivery:
    """So many units of a contract line were handed over on a day; ``id`` names the delivery for ever."""

    id: str
    line: str
    on: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """So much was used on a day; ``id`` is the sender's, and the same id counts once. A correction is a new record.

    ``reported`` is the day on which it was told of, by which it is in time or late; None: nobody noted it.
    """

    id: str
    line: str
    on: date
    quantity: Decimal
    reported: date | None = None


def undelivered(contract: Contract, deliveries: Sequence[Delivery], *, on: date) -> Iterator[Delivery]:
    """Yield what is still to be handed over of each line that is billed so, as if all of it came on one day."""
    for state in lines_in_force(contract):
        line = state.line
        if not line.is_one_time or line.bill_on is not BillOn.DELIVERY or state.was_taken_back:
            continue
        done = sum((each.quantity for each in deliveries if each.line == line.id), Decimal(0))
        if done < line.quantity:
            yield Delivery(f"{line.id}/rest", line.id, on, EXACT.subtract(line.quantity, done))

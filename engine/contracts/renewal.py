"""Renewal: what a line costs in its next term, and on which day a contract renews by itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from engine.diagnostics import Code, Fault, Refusal
from engine.money import Money, Ratio, share_of

NO_LIST_PRICE = Code("CON020")
HUNDRED = Decimal(100)


class RenewalKind(Enum):
    """Whether a contract renews by itself, or only when somebody quotes it."""

    ON_REQUEST = "on_request"
    AUTOMATIC = "automatic"


class RenewalPrice(Enum):
    """What the next term costs: the price that ends, that price with an uplift, or what the rule book says then."""

    SAME = "same"
    UPLIFT = "uplift"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class RenewalTerms:
    """How a contract goes on after its term.

    ``months`` is the next term; 0 takes as many as the term that ends. ``uplift_percent`` is the agreed uplift; where
    an index is stated instead, ``uplift_percent_min`` and ``uplift_percent_max`` bound it (None: no bound).
    ``list_discount_percent`` is what a renewal at list prices takes off. A contract that renews by itself does so
    ``lead_days`` before its last line ends.
    """

    kind: RenewalKind = RenewalKind.ON_REQUEST
    months: int = 0
    price: RenewalPrice = RenewalPrice.SAME
    uplift_percent: Decimal = Decimal(0)
    uplift_percent_min: Decimal | None = None
    uplift_percent_max: Decimal | None = None
    list_discount_percent: Decimal = Decimal(0)
    lead_days: int = 0

    def uplift(self, index_percent: Decimal | None = None) -> Decimal:
        """The uplift in percent: the agreed one, or an index between its bounds."""
        wanted = self.uplift_percent if index_percent is None else index_percent
        if self.uplift_percent_min is not None:
            wanted = max(wanted, self.uplift_percent_min)
        return wanted if self.uplift_percent_max is None else min(wanted, self.uplift_percent_max)


def renewed_price(
    price: Money, terms: RenewalTerms, *, index_percent: Decimal | None = None, listed: Money | None = None
) -> Money | Refusal:
    """What is charged in the next term for what cost ``price`` in this one, rounded once; uplifts compound so.

    ``listed`` is what the list says by then; it is needed where the renewal is at list prices.
    """
    match terms.price:
        case RenewalPrice.SAME:
            return price
        case RenewalPrice.UPLIFT:
            return _percent_of(price, HUNDRED + terms.uplift(index_percent))
        case RenewalPrice.LIST:
            if listed is None:
                return Refusal((Fault(NO_LIST_PRICE, "listed", "a renewal at list prices needs the list price"),))
            return _percent_of(listed, HUNDRED - terms.list_discount_percent)


def _percent_of(price: Money, percent: Decimal) -> Money:
    return share_of(price, Ratio.of(percent) * Ratio(1, 100))

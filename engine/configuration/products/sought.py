"""What a full configuration is to be best by."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.configuration.products.answers import Aim, Prices
from engine.configuration.products.completion import amounts_of


@dataclass(frozen=True, slots=True)
class Sought:
    """What a completion is to be best by: tables are list prices and costs, ``limit`` is of the list price.

    ``several`` configurations are wanted, told apart by products, quantities and the attributes of the names
    ``counted``.
    """

    aim: Aim
    prices: Prices
    costs: Prices
    limit: Decimal | None = None
    several: int = 1
    counted: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        """How many configurations are searched for: what is preferred is one, whatever others cost."""
        return 1 if self.aim is Aim.PREFERRED else self.several

    @property
    def amounts(self) -> Prices:
        """What a unit of each product adds to what is made small."""
        return amounts_of(self.aim, self.prices, self.costs)

"""Options of a group as messages: in which order, how many, with which prices and reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from cpq.v1 import configuration_pb2

from engine.catalog import Product, Sku
from engine.configuration.products import Conflict, Option, Pick, Prices, ProductChoice, SlotState, Standing
from engine.wire.basics import price_text

STANDINGS: Mapping[Standing, int] = {
    each: configuration_pb2.Standing.Value(f"STANDING_{each.name}") for each in Standing
}
_FIRST = (Standing.SELECTED, Standing.IMPLIED)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reply shows of options: names, how many, and what was asked for beside their standing.

    Prices have at least the ``digits`` of their currency. ``reasons`` say why a product (the first of its option) or a
    value follows.
    """

    products: Mapping[Sku, Product]
    choices: Sequence[ProductChoice]
    show_impossible: bool
    limit: int
    prices: Prices | None = None
    digits: int = 2
    reasons: Mapping[ProductChoice, Conflict] = field(default_factory=lambda: MappingProxyType({}))


def options_of(slot: SlotState, *, show_impossible: bool, start: int, count: int) -> list[tuple[Sku, Option]]:
    """A stretch of the options of a group: what is chosen, what follows, then the rest as in the catalog."""
    found: list[tuple[Sku, Option]] = []
    for option in _ordered(slot, show_impossible=show_impossible):
        if start >= len(option.skus):
            start -= len(option.skus)
            continue
        found += [(sku, option) for sku in option.skus[start : start + count - len(found)]]
        start = 0
        if len(found) == count:
            break
    return found


def count_of(slot: SlotState, *standings: Standing) -> int:
    """How many options stand so."""
    return sum(len(each.skus) for each in slot.options if each.standing in standings)


class OptionWriter:
    """Writes the options of one group."""

    def __init__(self, slot: SlotState, shown: Shown) -> None:
        self._slot = slot
        self._shown = shown
        picks = [each for each in shown.choices if isinstance(each, Pick) and each.slot == slot.path and each.sku]
        self._units = max(1, slot.quantity_minimum)
        self._held = ZERO
        self._picked = {each.sku for each in picks}
        if slot.maximum == 1 and picks:
            self._units = picks[0].quantity or self._units
            self._held = (shown.prices or {}).get(picks[0].sku, ZERO) * self._units

    def write(self, message: configuration_pb2.OptionState, sku: Sku, option: Option) -> None:
        """Set one option."""
        message.sku, message.display_name = sku, self._shown.products[sku].name
        message.standing = STANDINGS[option.standing]  # type: ignore[assignment]
        if option.units is not None:
            message.quantity_minimum, message.quantity_maximum = option.units
        if self._shown.prices is not None and sku in self._shown.prices:
            difference = self._difference(sku, self._shown.prices[sku])
            message.price_difference = price_text(difference, self._shown.digits)

    def _difference(self, sku: Sku, price: Decimal) -> Decimal:
        return ZERO if sku in self._picked else price * self._units - self._held


def _ordered(slot: SlotState, *, show_impossible: bool) -> Iterator[Option]:
    yield from (each for each in slot.options if each.standing in _FIRST)
    for each in slot.options:
        if each.standing not in _FIRST and (show_impossible or each.standing is not Standing.IMPOSSIBLE):
            yield each

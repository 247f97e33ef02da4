"""Wish lists in the words of the catalog: which places may hold what is wished for, and what was kept in the end."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from engine.catalog import Sku
from engine.configuration.answers import Choice
from engine.configuration.products.answers import Pick, ProductChoice, Set
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.slots import Place, Slot
from engine.configuration.wishing import Way, Wish


@dataclass(frozen=True, slots=True)
class ProductWish:
    """A choice that the customer would like, and how much it matters beside other wishes."""

    choice: ProductChoice
    weight: int = 1


def spoken_wishes(
    product: ProductModel,
    wishes: Sequence[ProductWish],
    choices: Sequence[ProductChoice],
    offered: Container[Sku],
) -> tuple[Wish, ...]:
    """The wishes in solver words: a product may go to any place that the choices made leave, if it is offered."""

    def ways(wish: ProductChoice) -> tuple[Way, ...]:
        if isinstance(wish, Pick) and wish.sku and wish.sku not in offered:
            return ()
        return tuple(_ways(product, wish, choices))

    return tuple(Wish(ways(each.choice), each.weight) for each in wishes)


def placed_wishes(wishes: Sequence[ProductWish], ways: Sequence[Way | None]) -> dict[str, Sku]:
    """The product wished for in each place that a kept wish goes to."""
    found: dict[str, Sku] = {}
    for wish, way in zip(wishes, ways, strict=False):
        if way is not None and way.place and isinstance(wish.choice, Pick):
            found[way.place] = wish.choice.sku
    return found


def missed_wishes(wishes: Sequence[ProductWish], full: Sequence[ProductChoice]) -> tuple[ProductChoice, ...]:
    """The wishes that a full configuration does not keep."""
    return tuple(each.choice for each in wishes if not _kept(each.choice, full))


def _kept(wish: ProductChoice, full: Sequence[ProductChoice]) -> bool:
    if isinstance(wish, Set):
        return wish in full
    mine = [each for each in full if isinstance(each, Pick) and each.slot == wish.slot and each.sku]
    if not wish.sku:
        return not mine
    return any(each.sku == wish.sku and wish.quantity in (None, each.quantity) for each in mine)


def _ways(product: ProductModel, wish: ProductChoice, choices: Sequence[ProductChoice]) -> Iterator[Way]:
    if isinstance(wish, Set):
        yield Way((Choice(wish.setting, wish.value),))  # type: ignore[arg-type]
        return
    slot = product.slots[wish.slot]
    if not wish.sku:
        yield Way((slot.left_empty(product.model),))
        return
    firm = slot.held(each.sku for each in choices if isinstance(each, Pick) and each.slot == slot.path and each.sku)
    own = firm.get(wish.sku)
    taken = {each.path for each in firm.values()}
    at = slot.class_of[wish.sku]
    places = [own] if own is not None else [each for each, _ in slot.holders(at) if each.path not in taken]
    for place in places:
        yield Way(tuple(_in_place(slot, place, wish)), place.path)


def _in_place(slot: Slot, place: Place, wish: Pick) -> Iterator[Choice]:
    yield Choice(place.path, slot.classes[slot.class_of[wish.sku]].label)
    if wish.quantity is not None and place.quantity is not None:
        yield Choice(place.quantity_name, wish.quantity)

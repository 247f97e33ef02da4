"""Groups with more picks than they take: no pick has a place of its own there, so fewer of them are asked about.

What clashes by rules holds no more picks of a group than it takes, or the group alone says that they are too many. So
it is enough to ask about every way to leave some out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, islice
from itertools import product as every
from math import comb, prod

from engine.configuration.products.answers import Pick, ProductChoice
from engine.configuration.products.problem import ProductModel

WAYS_MAX = 100
"""So many ways to leave picks out are looked at: all of them where a group of eight has one or two too many."""


def too_many(
    product: ProductModel, kept: Sequence[ProductChoice], wanted: Sequence[ProductChoice]
) -> tuple[ProductChoice, ...] | None:
    """A smallest set of choices that are too many for their group beside what is wanted; None where all have room."""
    found: tuple[ProductChoice, ...] | None = None
    for mine, room in _crowded(product, kept, wanted):
        clash = tuple(mine[: max(room + 1, 0)])
        if found is None or len(clash) < len(found):
            found = clash
    return found


def ways_out(
    product: ProductModel, kept: Sequence[ProductChoice], wanted: Sequence[ProductChoice]
) -> tuple[list[tuple[ProductChoice, ...]], bool]:
    """What can be left out so that every group has room, and whether these are all ways; none without any."""
    crowded = [(mine, len(mine) - room) for mine, room in _crowded(product, kept, wanted)]
    if any(over > len(mine) for mine, over in crowded):
        return [], True
    ways = every(*(combinations(mine, over) for mine, over in crowded))
    found: list[tuple[ProductChoice, ...]] = []
    found += (tuple(pick for part in each for pick in part) for each in islice(ways, WAYS_MAX))
    return found, prod(comb(len(mine), over) for mine, over in crowded) <= WAYS_MAX


def _crowded(
    product: ProductModel, kept: Sequence[ProductChoice], wanted: Sequence[ProductChoice]
) -> list[tuple[list[Pick], int]]:
    """The picks of each group that has no room for all of them, with the room there is beside what is wanted."""
    asked = _picked(wanted)
    found = []
    for path, mine in _picked(kept).items():
        slot = product.slots[path]
        room = slot.group.maximum - len(asked.get(path, ()))
        if not slot.apart and len(mine) > room:
            found.append((mine, room))
    return found


def _picked(choices: Sequence[ProductChoice]) -> dict[str, list[Pick]]:
    """The picks of each group, in a fixed order."""
    found: dict[str, list[Pick]] = {}
    picks = (each for each in choices if isinstance(each, Pick) and each.sku)
    for each in sorted(picks, key=lambda pick: (pick.slot, pick.sku)):
        found.setdefault(each.slot, []).append(each)
    return found

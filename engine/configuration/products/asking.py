"""What a click asks of the solver: what is shown, and no more."""

from __future__ import annotations

from collections.abc import Mapping

from engine.configuration.model import Model
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.slots import Place, Slot
from engine.configuration.solver.seen import Wanted
from engine.configuration.solver.witnesses import Possible

KNOWN_MAX = 1_024
"""So many questions are kept ready: they differ only in how many products are picked in each slot."""


class Questions:
    """The atoms and quantities behind everything that is shown of a product.

    Places of a slot are alike, so of several only the next one to fill is asked about.
    """

    def __init__(self, product: ProductModel) -> None:
        self._product = product
        self._known: dict[frozenset[tuple[str, int]], Wanted] = {}
        model = product.model
        self._hold = self._fail = 0
        for setting in product.settings.values():
            for literal in (*setting.literals, setting.absent):
                self._hold |= 1 << literal if literal > 0 else 0
                self._fail |= 0 if literal > 0 else 1 << -literal
        for slot in product.slots.values():
            if slot.empty:
                self._hold |= 1 << _atom(model, slot.empty)
            for name in slot.taken_at_all.values():
                self._fail |= 1 << _atom(model, name)
        self._places = {place.path: _values(place) for slot in product.slots.values() for place in slot.places}

    def about(self, picks: Mapping[str, int]) -> Wanted:
        """What is wanted when so many products are picked in each slot."""
        key = frozenset(picks.items())
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            found = self._known[key] = self._about(picks)
        return found

    def _about(self, picks: Mapping[str, int]) -> Wanted:
        hold = self._hold
        quantities: list[int] = []
        for path, slot in self._product.slots.items():
            count = picks.get(path, 0)
            for place in _open_places(slot, count):
                hold |= self._places[place.path]
            counted = slot.places if slot.apart else slot.places[: count + 1]
            quantities += [place.quantity for place in counted if place.quantity is not None]
        return Wanted(Possible(hold, self._fail), frozenset(quantities))


def _open_places(slot: Slot, count: int) -> tuple[Place, ...]:
    return slot.places if slot.apart or slot.single else slot.places[count : count + 1]


def _values(place: Place) -> int:
    """The atoms of a place, staying empty included."""
    found = 0
    for literal in (*place.taken, place.empty):
        found |= 1 << literal if literal > 0 else 0
    return found


def _atom(model: Model, name: str) -> int:
    return model.variables[model.index[name]].first

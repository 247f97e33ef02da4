"""A solver state as people see it: slots with their options, attributes with their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from engine.catalog import Sku
from engine.configuration.answers import State
from engine.configuration.model import Model
from engine.configuration.products.answers import (
    Option,
    Pick,
    ProductChoice,
    ProductState,
    Set,
    SettingState,
    SlotState,
    Standing,
)
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.slots import Place, Setting, Slot
from engine.configuration.solver.bits import mask

ONE, ZERO, OPEN = "1", "0", "?"
NOTHING_OPEN = (0, 0)
KEPT_MAX = 128
"""So many looks of one slot are kept: a click changes few slots, and the same looks come back."""


class Display:
    """Shows solver states of one product; what does not change from click to click is made once."""

    def __init__(self, product: ProductModel) -> None:
        self._settings = {path: _SettingDisplay(each) for path, each in product.settings.items()}
        ranks = {each.name: at for at, (_, each) in enumerate(product.model.quantities())}
        self._slots = {path: _SlotDisplay(each, product.model, ranks) for path, each in product.slots.items()}

    def show(
        self, state: State, choices: Sequence[ProductChoice], *, undecided: tuple[int, int] | None = None
    ) -> ProductState:
        """The whole state; an inconsistent one shows the choices as selected and everything else as impossible.

        ``undecided`` are atoms that may hold or fail for all one knows; None: everything was decided.
        """
        picked: dict[str, list[Sku]] = {}
        for each in choices:
            if isinstance(each, Pick):
                picked.setdefault(each.slot, []).extend([each.sku] if each.sku else [])
        chosen = {each.setting for each in choices if isinstance(each, Set)}
        left_open = undecided or NOTHING_OPEN
        shown = [each.show(state, picked.get(path), left_open) for path, each in self._slots.items()]
        settings = tuple([each.show(state, left_open, chosen=path in chosen) for path, each in self._settings.items()])
        settled = undecided is None
        complete = settled and state.consistent and all(decided for _, decided in shown)
        return ProductState(state.consistent, complete, tuple(slot for slot, _ in shown), settings, settled, state)


class _SlotDisplay:
    def __init__(self, slot: Slot, model: Model, ranks: Mapping[str, int]) -> None:
        self._slot = slot
        self._ranks = [None if each.quantity is None else ranks[each.quantity_name] for each in slot.places]
        self._counted = [each for each in self._ranks if each is not None]
        names = [slot.empty] if slot.empty else []
        self._read = mask(
            [
                *(abs(literal) for place in slot.places for literal in (*place.taken, place.empty)),
                *(model.variables[model.index[name]].first for name in (*names, *slot.taken_at_all.values())),
            ]
        )
        self._kept: dict[tuple[object, ...], tuple[SlotState, bool]] = {}

    def show(self, state: State, picked: Sequence[Sku] | None, undecided: tuple[int, int]) -> tuple[SlotState, bool]:
        """The slot, and whether nothing is left to choose in it; ``picked`` is None when nothing is said about it.

        What looks as it did before is the same object again.
        """
        ranges = [(state.ranges[at].minimum, state.ranges[at].maximum) for at in self._counted] if state.ranges else []
        atoms = (state.can_hold, state.can_fail, *undecided)
        said = None if picked is None else tuple(picked)
        key = (state.consistent, said, *(each & self._read for each in atoms), *ranges)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= KEPT_MAX:
                self._kept.clear()
            found = self._kept[key] = self._shown(state, picked, undecided)
        return found

    @cached_property
    def _possible(self) -> list[Option]:
        return [Option(each.skus, Standing.POSSIBLE) for each in self._slot.classes]

    @cached_property
    def _impossible(self) -> list[Option]:
        return [Option(each.skus, Standing.IMPOSSIBLE) for each in self._slot.classes]

    @cached_property
    def _undecided(self) -> list[Option]:
        return [Option(each.skus, Standing.UNDECIDED) for each in self._slot.classes]

    def _shown(self, state: State, picked: Sequence[Sku] | None, undecided: tuple[int, int]) -> tuple[SlotState, bool]:
        slot, group = self._slot, self._slot.group
        left = self._left(state.can_hold, picked or ())
        options = [
            can if bit == ONE else cannot
            for bit, can, cannot in zip(left, self._possible, self._impossible, strict=True)
        ]
        if undecided != NOTHING_OPEN:
            for at, bit in enumerate(self._left(undecided[0], picked or ())):
                if bit == ONE and left[at] != ONE:
                    options[at] = self._undecided[at]
                    left = f"{left[:at]}{OPEN}{left[at + 1 :]}"
        implied = list(self._implied(state, picked or (), left, undecided[1]))
        for at in implied:
            options[at] = Option(slot.classes[at].skus, Standing.IMPLIED)
        shown = tuple(self._with_picks(options, state, picked)) if picked else tuple(options)
        may_be_empty = not picked and self._may_be_empty(state)
        low, high = self._units(state, 0 if slot.single else len(picked or ()))
        found = SlotState(slot.path, group.title, group.minimum, group.maximum, shown, may_be_empty, low, high)
        if picked is not None and len(picked) >= group.minimum:
            return found, True
        if implied:
            sure = all(len(slot.classes[at].skus) == 1 for at in implied)
            return found, sure and len(implied) + len(picked or ()) >= group.minimum
        return found, may_be_empty and ONE not in left

    def _left(self, atoms: int, picked: Sequence[Sku]) -> str:
        """For each class whether the atoms hold one more product of it beside those picked: ones and zeros."""
        slot = self._slot
        count = len(slot.classes)
        if slot.apart:
            return "".join(ONE if atoms >> each.taken[0] & 1 else ZERO for each in slot.places)
        at = 0 if slot.single else len(picked)
        if not count or at >= len(slot.places):
            return ZERO * count
        bits = atoms >> slot.places[at].taken[0] & (1 << count) - 1
        return f"{bits:0{count}b}"[::-1]

    def _implied(self, state: State, picked: Sequence[Sku], left: str, may_fail: int) -> Iterator[int]:
        """The classes of which a product is in every configuration left, and is not picked."""
        slot = self._slot
        if slot.single:
            if OPEN not in left and not picked and left.count(ONE) == 1 and not self._may_be_empty(state):
                yield left.index(ONE)
            return
        if OPEN in left:
            return
        can_fail = state.can_fail | may_fail
        for at, each in enumerate(slot.classes):
            if left[at] != ONE or each.skus[0] in picked or not state.consistent:
                continue
            if slot.apart:
                if not state.can_hold >> slot.places[at].empty & 1:
                    yield at
            elif at in slot.taken_at_all and not can_fail >> self._product_atom(state, at) & 1:
                yield at

    def _product_atom(self, state: State, at: int) -> int:
        return state.model.variables[state.model.index[self._slot.taken_at_all[at]]].first

    def _may_be_empty(self, state: State) -> bool:
        slot = self._slot
        if slot.single:
            empty = slot.places[0].empty
            return empty > 0 and bool(state.can_hold >> empty & 1)
        first = state.model.variables[state.model.index[slot.empty]].first
        return bool(state.can_hold >> first & 1)

    def _units(self, state: State, at: int) -> tuple[int, int]:
        """The least and most units possible in a place; the declared ones when it is full or nothing is possible."""
        rank = self._ranks[at] if at < len(self._ranks) else None
        if rank is None or not state.consistent:
            return self._slot.group.quantity_minimum, self._slot.group.quantity_maximum
        return state.ranges[rank].minimum, state.ranges[rank].maximum

    def _with_picks(self, options: Sequence[Option], state: State, picked: Sequence[Sku]) -> Iterator[Option]:
        slot = self._slot
        held = slot.held(picked)
        numbers = {each.path: at for at, each in enumerate(slot.places)}
        touched = {slot.class_of[sku] for sku in picked}
        for at, option in enumerate(options):
            if at not in touched:
                yield option
                continue
            mine = [sku for sku in slot.classes[at].skus if sku in picked]
            for sku in mine:
                place: Place | None = held.get(sku)
                units = None if place is None else self._units(state, numbers[place.path])
                yield Option((sku,), Standing.SELECTED, units)
            rest = tuple(sku for sku in slot.classes[at].skus if sku not in picked)
            if rest:
                yield Option(rest, Standing.IMPOSSIBLE if slot.single else option.standing)


class _SettingDisplay:
    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._ways = (*setting.literals, setting.absent)
        self._read = mask([abs(each) for each in self._ways])
        self._kept: dict[tuple[object, ...], SettingState] = {}

    def show(self, state: State, undecided: tuple[int, int], *, chosen: bool) -> SettingState:
        """The attribute; what looks as it did before is the same object again."""
        key = (chosen, *(each & self._read for each in (state.can_hold, state.can_fail, *undecided)))
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= KEPT_MAX:
                self._kept.clear()
            found = self._kept[key] = self._shown(state, undecided, chosen=chosen)
        return found

    def _shown(self, state: State, undecided: tuple[int, int], *, chosen: bool) -> SettingState:
        """A literal below zero is the "no" of a boolean, which holds when its atom fails.

        No value follows while the bundle may be absent.
        """
        setting, can = self._setting, (state.can_hold, state.can_fail)
        *fits, may_be_absent = (can[each < 0] >> abs(each) & 1 for each in self._ways)
        *unknown, absence_open = (undecided[each < 0] >> abs(each) & 1 for each in self._ways)
        alone = sum(fits) == 1 and not any((*unknown, may_be_absent, absence_open))
        values = []
        for value, possible, is_open in zip(setting.values, fits, unknown, strict=True):
            standing = Standing.UNDECIDED if is_open else Standing.IMPOSSIBLE
            if possible:
                standing = Standing.POSSIBLE if not alone else Standing.SELECTED if chosen else Standing.IMPLIED
            values.append((value, standing))
        return SettingState(setting.path, setting.definition.title or setting.definition.name, tuple(values))

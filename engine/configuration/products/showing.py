"""A solver state as people see it: slots with their options, attributes with their values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.catalog import Sku
from engine.configuration.answers import State
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
from engine.configuration.products.slots import NOTHING, Setting, Slot


def show_state(product: ProductModel, state: State, choices: Sequence[ProductChoice]) -> ProductState:
    """The whole state; an inconsistent one shows the choices as selected and everything else as impossible."""
    picked: dict[str, list[Sku]] = {each.slot: [] for each in choices if isinstance(each, Pick)}
    for each in choices:
        if isinstance(each, Pick) and each.sku:
            picked[each.slot].append(each.sku)
    chosen = {each.setting: each.value for each in choices if isinstance(each, Set)}
    slots = tuple(_slot(slot, state, picked.get(path, ())) for path, slot in product.slots.items())
    settings = tuple(_setting(each, state, path in chosen) for path, each in product.settings.items())
    complete = state.consistent and all(_decided(each, picked.get(each.path)) for each in slots)
    return ProductState(state.consistent, complete, slots, settings)


def _slot(slot: Slot, state: State, picked: Sequence[Sku]) -> SlotState:
    standing = _single_standing(slot, state, picked) if slot.single else _several_standing(slot, state, picked)
    may_be_empty = not picked and state.consistent and _may_be_empty(slot, state)
    low, high = slot.group.quantity_minimum, slot.group.quantity_maximum
    if slot.single and low < high and state.consistent:
        found = state.domain(f"{slot.path}.qty").range
        if found is not None:
            low, high = found.minimum, found.maximum
    options = tuple(_options(slot, standing, picked))
    group = slot.group
    return SlotState(slot.path, group.title, group.minimum, group.maximum, options, may_be_empty, low, high)


def _single_standing(slot: Slot, state: State, picked: Sequence[Sku]) -> list[Standing]:
    domain = state.domain(slot.path)
    possible = set(domain.possible)
    found = []
    for each in slot.classes:
        if each.label not in possible:
            found.append(Standing.IMPOSSIBLE)
        else:
            found.append(Standing.IMPLIED if len(possible) == 1 and not picked else Standing.POSSIBLE)
    return found


def _several_standing(slot: Slot, state: State, picked: Sequence[Sku]) -> list[Standing]:
    """Whether one more product of the class fits beside those already picked from it."""
    found = []
    for each, tally in zip(slot.classes, slot.tallies, strict=True):
        taken = sum(sku in picked for sku in each.skus)
        counts = [state.domain(name).possible for name in tally.entries.literals]
        most = sum(True in possible for possible in counts)
        least = sum(False not in possible for possible in counts)
        if most <= taken:
            found.append(Standing.IMPOSSIBLE)
        else:
            found.append(Standing.IMPLIED if least > taken and len(each.skus) == 1 else Standing.POSSIBLE)
    return found


def _may_be_empty(slot: Slot, state: State) -> bool:
    if slot.single:
        return NOTHING in state.domain(slot.path).possible
    counters = (each.entries.literals[0] for each in slot.tallies)
    return slot.group.minimum == 0 and all(False in state.domain(name).possible for name in counters)


def _options(slot: Slot, standing: Sequence[Standing], picked: Sequence[Sku]) -> Iterable[Option]:
    for each, stands in zip(slot.classes, standing, strict=True):
        mine = tuple(sku for sku in each.skus if sku in picked)
        rest = tuple(sku for sku in each.skus if sku not in picked)
        if mine:
            yield Option(mine, Standing.SELECTED)
        if rest:
            yield Option(rest, Standing.IMPOSSIBLE if mine and slot.single else stands)


def _setting(setting: Setting, state: State, chosen: bool) -> SettingState:  # noqa: FBT001 (a fact, not a mode)
    possible = state.domain(setting.path).possible
    values = []
    for value in setting.values:
        standing = Standing.POSSIBLE if value in possible else Standing.IMPOSSIBLE
        if possible == (value,):
            standing = Standing.SELECTED if chosen else Standing.IMPLIED
        values.append((value, standing))
    return SettingState(setting.path, setting.definition.title or setting.definition.name, tuple(values))


def _decided(slot: SlotState, picked: Sequence[Sku] | None) -> bool:
    """Whether nothing is left to choose: enough is picked, it is left empty on purpose, or one option remains."""
    if picked is not None and len(picked) >= slot.minimum:
        return True
    standings = [each.standing for each in slot.options]
    if Standing.IMPLIED in standings:
        return all(len(each.skus) == 1 for each in slot.options if each.standing is Standing.IMPLIED)
    return slot.may_be_empty and Standing.POSSIBLE not in standings

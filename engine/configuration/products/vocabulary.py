"""From choices in catalog words to choices in solver words, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from engine.catalog import Sku
from engine.configuration.answers import Choice, Relation
from engine.configuration.products.answers import Pick, ProductChoice, Set
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.slots import NEVER, NOTHING, Slot
from engine.diagnostics import Code, Fault, did_you_mean

UNKNOWN_SLOT = Code("CFG201")
UNKNOWN_OPTION = Code("CFG202")
UNKNOWN_SETTING = Code("CFG203")
UNKNOWN_VALUE = Code("CFG204")
BAD_QUANTITY = Code("CFG205")
CHOSEN_TWICE = Code("CFG206")


class Vocabulary:
    """Translates choices of one product; the order of choices never matters."""

    def __init__(self, product: ProductModel) -> None:
        self._product = product

    def faults(self, choices: Sequence[ProductChoice]) -> tuple[Fault, ...]:
        """What is wrong with the choices themselves: unknown names, quantities out of range, slots chosen twice."""
        return tuple(self._faults(choices))

    def spoken(self, choices: Iterable[ProductChoice]) -> list[Choice]:
        """The choices in solver words."""
        return [spoken for spoken, _ in self.pairs(choices)]

    def otherwise(self, choice: ProductChoice) -> tuple[Choice, ...]:
        """What it means that a value is not set, or that no product of that class is taken."""
        if isinstance(choice, Set):
            return (Choice(choice.setting, choice.value, Relation.IS_NOT),)  # type: ignore[arg-type]
        slot = self._product.slots[choice.slot]
        at = slot.class_of[choice.sku]
        return tuple(Choice(place.path, slot.classes[at].label, Relation.IS_NOT) for place, _ in slot.holders(at))

    def without_slot_of(
        self, choices: Sequence[ProductChoice], wanted: ProductChoice | None
    ) -> tuple[ProductChoice, ...]:
        """The choices without those that the wanted one replaces."""
        if wanted is None:
            return tuple(choices)
        return tuple(each for each in choices if self.place(each) != self.place(wanted))

    def place(self, choice: ProductChoice) -> tuple[str, str]:
        """What a choice decides: a setting, a slot of one entry, or one product in a slot of several."""
        if isinstance(choice, Set):
            return ("set", choice.setting)
        slot = self._product.slots[choice.slot]
        return (choice.slot, "" if slot.single else choice.sku)

    @staticmethod
    def picks(choices: Iterable[ProductChoice]) -> tuple[Pick, ...]:
        """The products taken."""
        return tuple(each for each in choices if isinstance(each, Pick) and each.sku)

    @staticmethod
    def list_price(choices: Iterable[ProductChoice], prices: Mapping[Sku, Decimal]) -> Decimal:
        """The list price of all products taken."""
        return sum((prices[each.sku] * (each.quantity or 1) for each in Vocabulary.picks(choices)), Decimal(0))

    def closing(self, choices: Sequence[ProductChoice]) -> list[Choice]:
        """What it means that nothing else is taken: every other place of a slot that has what it needs is empty."""
        picked: dict[str, set[Sku]] = {}
        for each in self.picks(choices):
            picked.setdefault(each.slot, set()).add(each.sku)
        found: list[Choice] = []
        for path, slot in self._product.slots.items():
            mine = picked.get(path, set())
            if len(mine) < slot.group.minimum:
                continue
            held = {place.path for place in slot.held(mine).values()}
            found += [Choice(place.path, NOTHING) for place in slot.places if place.path not in held]
        return found

    def pairs(self, choices: Iterable[ProductChoice]) -> Iterator[tuple[Choice, ProductChoice]]:
        """Each choice in solver words, one or more, with the choice itself.

        Which place a pick goes to depends on the picks beside it, so words of different lists do not mix.
        """
        picked: dict[str, list[Pick]] = {}
        for each in choices:
            if isinstance(each, Set):
                yield Choice(each.setting, each.value), each  # type: ignore[arg-type]
            elif each.sku:
                picked.setdefault(each.slot, []).append(each)
            else:
                yield self._product.slots[each.slot].left_empty(self._product.model), each
        for path, picks in picked.items():
            yield from self._placed(self._product.slots[path], picks)

    @staticmethod
    def _placed(slot: Slot, picks: Sequence[Pick]) -> Iterator[tuple[Choice, ProductChoice]]:
        held = slot.held(each.sku for each in picks)
        for pick in picks:
            place = held.get(pick.sku)
            if place is None:
                yield Choice(NEVER, value=False), pick
                continue
            yield Choice(place.path, slot.classes[slot.class_of[pick.sku]].label), pick
            if pick.quantity is not None and place.quantity is not None:
                yield Choice(place.quantity_name, pick.quantity), pick

    def _faults(self, choices: Sequence[ProductChoice]) -> Iterator[Fault]:
        seen: set[tuple[str, str]] = set()
        for at, each in enumerate(choices):
            place = f"choices[{at}]"
            found = list(self._set_faults(each, place) if isinstance(each, Set) else self._pick_faults(each, place))
            yield from found
            if found:
                continue
            if self.place(each) in seen:
                name = each.setting if isinstance(each, Set) else each.slot
                yield Fault(CHOSEN_TWICE, place, f"`{name}` is chosen twice")
            seen.add(self.place(each))

    def _set_faults(self, choice: Set, place: str) -> Iterator[Fault]:
        setting = self._product.settings.get(choice.setting)
        if setting is None:
            hint = did_you_mean(choice.setting, self._product.settings)
            yield Fault(UNKNOWN_SETTING, f"{place}.setting", f"unknown attribute `{choice.setting}`", hint)
        elif not setting.takes(choice.value):
            message = f"`{choice.setting}` cannot be `{choice.value}`"
            yield Fault(UNKNOWN_VALUE, f"{place}.value", message, setting.hint(choice.value))

    def _pick_faults(self, choice: Pick, place: str) -> Iterator[Fault]:
        slot = self._product.slots.get(choice.slot)
        if slot is None:
            hint = did_you_mean(choice.slot, self._product.slots)
            yield Fault(UNKNOWN_SLOT, f"{place}.slot", f"unknown option group `{choice.slot}`", hint)
            return
        if choice.sku and choice.sku not in slot.class_of:
            hint = did_you_mean(choice.sku, slot.class_of)
            yield Fault(UNKNOWN_OPTION, f"{place}.sku", f"`{choice.slot}` does not offer `{choice.sku}`", hint)
        low, high = slot.group.quantity_minimum, slot.group.quantity_maximum
        if choice.quantity is not None and not low <= choice.quantity <= high:
            message = f"`{choice.slot}` takes {low} to {high} of one product, not {choice.quantity}"
            yield Fault(BAD_QUANTITY, f"{place}.quantity", message)

"""From choices in catalog words to choices in solver words, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from engine.catalog import Sku
from engine.configuration.answers import Choice
from engine.configuration.products.answers import Pick, ProductChoice, Set
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.slots import NOTHING, Slot
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
        return [spoken for spoken, _ in self._pairs(choices)]

    def spoken_after(self, kept: Sequence[ProductChoice], wanted: ProductChoice) -> list[Choice]:
        """What a further choice adds to the choices already spoken."""
        before = set(self.spoken(kept))
        return [each for each in self.spoken([*kept, wanted]) if each not in before]

    def heard(self, spoken: Iterable[Choice], choices: Sequence[ProductChoice]) -> tuple[ProductChoice, ...]:
        """The customer's choices that go when these solver choices are given up, in the order of ``choices``."""
        meant = set(spoken)
        found = {said for choice, said in self._pairs(choices) if choice in meant}
        return tuple(each for each in choices if each in found)

    def behind(self, spoken: Iterable[Choice], choices: Sequence[ProductChoice]) -> tuple[ProductChoice, ...]:
        """The customer's choices that together say these solver choices, in the order of ``choices``.

        "Two products of this class" is said by two choices, though giving up one of them takes it back.
        """
        meant = set(spoken)
        counted: dict[tuple[str, int], list[ProductChoice]] = {}
        found: set[ProductChoice] = set()
        for choice, said in self._pairs(choices):
            together: list[ProductChoice] = [said]
            if isinstance(said, Pick) and said.sku and not self._product.slots[said.slot].single:
                together = counted.setdefault((said.slot, self._product.slots[said.slot].class_of[said.sku]), [])
                together.append(said)
            if choice in meant:
                found.update(together)
        return tuple(each for each in choices if each in found)

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

    def _pairs(self, choices: Iterable[ProductChoice]) -> Iterator[tuple[Choice, ProductChoice]]:
        several: dict[str, list[Pick]] = {}
        for each in choices:
            if isinstance(each, Set):
                yield Choice(each.setting, each.value), each  # type: ignore[arg-type]
                continue
            slot = self._product.slots[each.slot]
            if slot.single:
                yield from ((spoken, each) for spoken in self._single(slot, each))
            elif each.sku:
                several.setdefault(each.slot, []).append(each)
            else:
                yield from ((spoken, each) for spoken in self._emptied(slot))
        for path, picks in several.items():
            yield from self._several(self._product.slots[path], sorted(picks, key=lambda pick: pick.sku))

    def _single(self, slot: Slot, pick: Pick) -> Iterator[Choice]:
        if not pick.sku:
            yield Choice(slot.path, NOTHING)
            return
        yield Choice(slot.path, slot.classes[slot.class_of[pick.sku]].label)
        if pick.quantity is not None and slot.group.quantity_minimum < slot.group.quantity_maximum:
            yield Choice(f"{slot.path}.qty", pick.quantity)

    def closing(self, choices: Sequence[ProductChoice]) -> list[Choice]:
        """What it means that nothing else is taken: no more and no other in every slot that has what it needs."""
        counts: dict[tuple[str, int], tuple[int, int]] = {}
        filled: dict[str, int] = {}
        for each in self.picks(choices):
            slot = self._product.slots[each.slot]
            filled[each.slot] = filled.get(each.slot, 0) + 1
            key = (each.slot, slot.class_of[each.sku])
            entries, units = counts.get(key, (0, 0))
            counts[key] = (entries + 1, units + (each.quantity or slot.group.quantity_minimum))
        found: list[Choice] = []
        for path, slot in self._product.slots.items():
            if filled.get(path, 0) < slot.group.minimum:
                continue
            if not slot.single:
                found += self._closed(slot, counts)
            elif path not in filled and slot.group.minimum == 0:
                found.append(Choice(path, NOTHING))
        return found

    @staticmethod
    def _closed(slot: Slot, counts: Mapping[tuple[str, int], tuple[int, int]]) -> Iterator[Choice]:
        for at, tally in enumerate(slot.tallies):
            entries, units = counts.get((slot.path, at), (0, 0))
            yield from tally.entries.at_most(entries)
            yield from tally.units.at_most(units)
            yield from tally.above.at_most(units - entries * slot.group.quantity_minimum)

    @staticmethod
    def _emptied(slot: Slot) -> Iterator[Choice]:
        for tally in slot.tallies:
            yield from tally.entries.at_most(0)

    @staticmethod
    def _several(slot: Slot, picks: Sequence[Pick]) -> Iterator[tuple[Choice, ProductChoice]]:
        """Picks of one class count up: the first says "at least one entry", the second "at least two"."""
        low, high = slot.group.quantity_minimum, slot.group.quantity_maximum
        counts: dict[int, tuple[int, int, int]] = {}
        for pick in picks:
            at = slot.class_of[pick.sku]
            entries, above, below = counts.get(at, (0, 0, 0))
            tally = slot.tallies[at]
            entries += 1
            yield from ((choice, pick) for choice in tally.entries.at_least(entries))
            if pick.quantity is not None and low < high:
                above, below = above + pick.quantity - low, below + high - pick.quantity
                yield from ((choice, pick) for choice in tally.above.at_least(above))
                yield from ((choice, pick) for choice in tally.below.at_least(below))
            counts[at] = (entries, above, below)

    def _faults(self, choices: Sequence[ProductChoice]) -> Iterator[Fault]:
        seen: set[tuple[str, str]] = set()
        for at, each in enumerate(choices):
            place = f"choices[{at}]"
            found = list(self._set_faults(each, place) if isinstance(each, Set) else self._pick_faults(each, place))
            yield from found
            if found:
                continue
            if self.place(each) in seen:
                yield Fault(CHOSEN_TWICE, place, f"`{self.place(each)[0]}` is chosen twice")
            seen.add(self.place(each))

    def _set_faults(self, choice: Set, place: str) -> Iterator[Fault]:
        setting = self._product.settings.get(choice.setting)
        if setting is None:
            hint = did_you_mean(choice.setting, self._product.settings)
            yield Fault(UNKNOWN_SETTING, f"{place}.setting", f"unknown attribute `{choice.setting}`", hint)
        elif choice.value not in setting.values:
            known = [str(each) for each in setting.values]
            hint = did_you_mean(str(choice.value), known) or f"one of {', '.join(known)}"
            yield Fault(UNKNOWN_VALUE, f"{place}.value", f"`{choice.setting}` cannot be `{choice.value}`", hint)

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

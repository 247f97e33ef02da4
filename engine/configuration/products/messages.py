"""The author's message of a constraint, with the values of what is chosen and the ranges of what is still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product as combinations
from math import prod

from engine.catalog import Bundle, Value
from engine.configuration.products.answers import Pick, ProductChoice, Set
from engine.configuration.products.problem import ProductModel, Stated
from engine.language.template import ABSENT, Template, compile_template, show_value

MOST_COMBINED = 5_000
"""Up to so many combinations of open options, a message says between which values one of its formulas is."""
MOST_NAMED = 4
"""So many values are named; more are only counted."""


def message_of(stated: Stated, product: ProductModel, choices: Sequence[ProductChoice]) -> str:
    """What to tell a person about a broken constraint."""
    say = stated.constraint.say
    if say is None:
        return f"the rule `{stated.constraint.id}` is not kept"
    if not say.formulas:
        return "".join(say.texts)
    chosen = _Chosen(product, choices)
    known = chosen.within(stated.prefix)
    roots = tuple(say.formulas[0].scope.roots)
    filled = _Filled(compile_template(say), roots, known)
    shown = []
    for at, formula in enumerate(say.formulas):
        value = filled.value(at, {})
        reads = {path.partition(".")[0] for path in formula.reads}
        open_names = [name for name in roots if name in reads and known.get(name) is None]
        shown.append(
            filled.range(at, chosen.options(stated.prefix, open_names)) if value is None else show_value(value)
        )
    return filled.message.join(shown)


@dataclass(frozen=True, slots=True)
class _Filled:
    """A message over what is known."""

    message: Template
    roots: tuple[str, ...]
    known: Mapping[str, Value]

    def value(self, at: int, more: Mapping[str, Value]) -> object:
        """The value of one formula when more than the known is known."""
        return self.message.value(at, *(more.get(name, self.known.get(name)) for name in self.roots))

    def range(self, at: int, options: Mapping[str, Sequence[Value]]) -> str:
        """Between which values a formula is, whatever is taken of the options that are open."""
        if not options or prod(len(each) for each in options.values()) > MOST_COMBINED:
            return ABSENT
        taken = (dict(zip(options, each, strict=True)) for each in combinations(*options.values()))
        found = [value for each in taken if (value := self.value(at, each)) is not None]
        return _between(found) if found else ABSENT


def _between(values: Sequence[object]) -> str:
    """Numbers as their range, a few other values by name."""
    numbers = [each for each in values if isinstance(each, Decimal)]
    if len(numbers) == len(values):
        ends = dict.fromkeys(show_value(each) for each in (min(numbers), max(numbers)))
        return " to ".join(ends)
    names = sorted({show_value(each) for each in values})
    if len(names) > MOST_NAMED:
        return f"one of {len(names)} values"
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


class _Chosen:
    def __init__(self, product: ProductModel, choices: Sequence[ProductChoice]) -> None:
        self._product = product
        self._settings = {each.setting: each.value for each in choices if isinstance(each, Set)}
        self._picks: dict[str, list[Pick]] = {}
        for each in choices:
            if isinstance(each, Pick) and each.sku:
                self._picks.setdefault(each.slot, []).append(each)
        self._mentioned = [*self._settings, *self._picks]

    def within(self, prefix: str) -> dict[str, Value]:
        """The attributes and groups of the bundle whose names start with this path."""
        bundle = self._bundle_at(prefix)
        found: dict[str, Value] = {each.name: self._settings.get(prefix + each.name) for each in bundle.attributes}
        for group in bundle.groups:
            paths = self._product.paths_of(prefix + group.id)
            entries = tuple(each for path in paths for each in self._entries(path, nested=bool(group.bundle)))
            found[group.id] = entries if group.maximum > 1 else next(iter(entries), None)
        return found

    def options(self, prefix: str, names: Sequence[str]) -> Mapping[str, Sequence[Value]]:
        """What each of these can still be: the products of a group of one entry, the values of an attribute."""
        found: dict[str, Sequence[Value]] = {}
        for name in names:
            if (slot := self._product.slots.get(prefix + name)) is not None and slot.single:
                skus = [sku for each in slot.classes for sku in each.skus]
                amounts = sorted({slot.group.quantity_minimum, slot.group.quantity_maximum})
                found[name] = [self._record(Pick(slot.path, sku, units)) for units in amounts for sku in skus]
            elif (setting := self._product.settings.get(prefix + name)) is not None:
                found[name] = setting.values
        return found

    def _bundle_at(self, prefix: str) -> Bundle:
        bundle = self._product.bundle
        for name in filter(None, prefix.split(".")):
            group = bundle.group(name.partition("[")[0])
            inner = None if group is None else self._product.catalog.bundle(group.bundle)
            assert inner is not None, "prefixes are paths of nested bundles"
            bundle = inner
        return bundle

    def _entries(self, path: str, *, nested: bool) -> Iterator[Value]:
        for pick in self._picks.get(path, ()):
            inner = self.within(f"{path}.") if nested else {}
            yield {**self._record(pick), **inner}
        if nested and path not in self._picks and any(each.startswith(f"{path}.") for each in self._mentioned):
            yield self.within(f"{path}.")

    def _record(self, pick: Pick) -> dict[str, Value]:
        chosen = self._product.catalog.products[pick.sku]
        quantity = pick.quantity if pick.quantity is not None else self._product.slots[pick.slot].group.quantity_minimum
        own: dict[str, Value] = {
            "sku": chosen.sku,
            "category": chosen.category,
            "family": chosen.family,
            "qty": Decimal(quantity),
        }
        return {**chosen.attributes, **own}

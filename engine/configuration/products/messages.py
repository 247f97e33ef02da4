"""The author's message of a constraint, with the values of what is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from engine.catalog import Bundle, Value
from engine.configuration.products.answers import Pick, ProductChoice, Set
from engine.configuration.products.problem import ProductModel, Stated
from engine.language.template import render


def message_of(stated: Stated, product: ProductModel, choices: Sequence[ProductChoice]) -> str:
    """What to tell a person about a broken constraint."""
    say = stated.constraint.say
    if say is None:
        return f"the rule `{stated.constraint.id}` is not kept"
    if not say.formulas:
        return "".join(say.texts)
    known = _Chosen(product, choices).within(stated.prefix)
    return render(say, *(known.get(name) for name in say.formulas[0].scope.roots))


def roots_of(product: ProductModel, choices: Sequence[ProductChoice]) -> Mapping[str, Value]:
    """What is chosen as records: a record for a group of one entry, a list for others; nothing chosen is empty."""
    return _Chosen(product, choices).within("")


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

"""Products of one class that a configuration takes several of, told apart by what each of them adds.

The solver knows classes, and counts the best product of a class for every entry of it. That is too good where several
are taken: none is there twice. So those classes are told apart: a fact says of each product that a place holds it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from engine.catalog import Sku
from engine.configuration.model import Cardinality, Clause, Value
from engine.configuration.products.answers import Pick, Prices, ProductChoice
from engine.configuration.products.completion import Fact
from engine.configuration.products.problem import ProductModel
from engine.configuration.solver.engine import SatConfigurator
from engine.configuration.wider import Wider

ClassAt: TypeAlias = tuple[str, int]
"""A class by the path of its slot and its number there."""


@dataclass(frozen=True, slots=True)
class ToldApart:
    """An engine that tells the products of some classes apart, in the places that no pick holds."""

    engine: SatConfigurator
    classes: frozenset[ClassAt] = frozenset()
    facts: Mapping[tuple[str, int], Sequence[Fact]] = field(default_factory=lambda: MappingProxyType({}))
    """By the path of a place and the number of the class there."""

    def placed(self, values: Sequence[tuple[str, Value]]) -> dict[str, Sku]:
        """The product in each place of a solution that a fact names."""
        held = {name for name, value in values if value is True}
        return {path: each.sku for (path, _), facts in self.facts.items() for each in facts if each.name in held}


def taken_often(
    product: ProductModel, full: Sequence[ProductChoice], picks: Sequence[Pick], least: int
) -> frozenset[ClassAt]:
    """The classes of several products of which a full configuration takes at least so many beside those picked."""
    firm = {(each.slot, each.sku) for each in picks}
    taken = Counter(
        (each.slot, product.slots[each.slot].class_of[each.sku])
        for each in full
        if isinstance(each, Pick) and each.sku and (each.slot, each.sku) not in firm
    )
    often = ((path, at) for (path, at), count in taken.items() if count >= least)
    return frozenset((path, at) for path, at in often if len(product.slots[path].classes[at].skus) > 1)


def told_apart(
    product: ProductModel, classes: frozenset[ClassAt], picks: Sequence[Pick], amounts: Prices, *, every: bool
) -> ToldApart:
    """The engine for these classes: ``every`` product of them, or only those that add the least."""
    wider = Wider(product.model)
    facts: dict[tuple[str, int], Sequence[Fact]] = {}
    rivals: list[Cardinality] = []
    for path, at in sorted(classes):
        slot = product.slots[path]
        mine = [each.sku for each in picks if each.slot == path]
        held = {each.path for each in slot.held(mine).values()}
        free = [place for place, _ in slot.holders(at) if place.path not in held]
        skus = [each for each in slot.classes[at].skus if each in amounts and each not in mine]
        if not every:
            skus = sorted(skus, key=lambda each: (amounts[each], each))[: len(free)]
        for place in free:
            made = [wider.fact() for _ in skus]
            facts[place.path, at] = [Fact(sku, each.name, each.first) for sku, each in zip(skus, made, strict=True)]
            taken = place.taken[at]
            wider.clauses.append(Clause((-taken, *(each.first for each in made))))
            wider.clauses += [Clause((-each.first, taken)) for each in made]
            rivals.append(Cardinality(tuple(each.first for each in made), 0, 1))
        for number in range(len(skus)):
            rivals.append(Cardinality(tuple(facts[place.path, at][number].literal for place in free), 0, 1))
    return ToldApart(SatConfigurator(wider.built(rivals)), classes, facts)

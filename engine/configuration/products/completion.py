"""Objectives over list prices and costs, and completions read back as products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from engine.catalog import Sku
from engine.configuration.answers import Choice, Objective, Relation
from engine.configuration.model import Term, Value
from engine.configuration.products.answers import Aim, Pick, ProductChoice
from engine.configuration.products.answers import Set as SetChoice
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.slots import NEVER, NOTHING, Place, Slot


@dataclass(frozen=True, slots=True)
class Fact:
    """That a place holds a product: the name and the literal for the solver."""

    sku: Sku
    name: str
    literal: int


Facts: TypeAlias = Mapping[tuple[str, int], Sequence[Fact]]
"""Which product a place holds, by the path of the place and the number of the class there."""
NO_FACTS: Facts = MappingProxyType({})
NOWHERE: Mapping[str, Sku] = MappingProxyType({})
PRICE_SCALE = 10_000
"""Prices enter the solver in ten-thousandths; a list price with more decimals than four is no list price of a part."""


def aims_of(
    product: ProductModel,
    picks: Sequence[Pick],
    aim: Aim,
    tables: tuple[Mapping[Sku, Decimal], Mapping[Sku, Decimal]],
    limit: Decimal | None,
    facts: Facts = NO_FACTS,
) -> tuple[Objective, tuple[Choice, ...]]:
    """The objective of a completion, and the choices that keep products without a price out; tables: prices, costs.

    For the best margin a product whose cost is unknown counts as bringing none; ``facts`` tell some products apart.
    """
    prices, costs = tables
    terms = tuple(_amounts(product, prices, picks, facts))
    limits = [*_few_with_prices(product, prices)]
    if limit is not None:
        limits.append((terms, int(limit * PRICE_SCALE)))
    objective = terms
    if aim is Aim.BEST_MARGIN:
        objective = tuple(_amounts(product, amounts_of(aim, prices, costs), picks, facts))
    return Objective(objective, tuple(limits)), tuple(_not_offered(product, prices, picks))


def amounts_of(aim: Aim, prices: Mapping[Sku, Decimal], costs: Mapping[Sku, Decimal]) -> Mapping[Sku, Decimal]:
    """What a unit of each product adds to what the aim makes small: its price, or for the best margin what it loses."""
    if aim is not Aim.BEST_MARGIN:
        return prices
    return {sku: costs.get(sku, price) - price for sku, price in prices.items()}


def choices_from(
    product: ProductModel,
    values: Sequence[tuple[str, Value]],
    choices: Sequence[ProductChoice],
    prices: Mapping[Sku, Decimal],
    *,
    placed: Mapping[str, Sku] = NOWHERE,
) -> tuple[ProductChoice, ...]:
    """A solution as products: in each class what the customer chose, else the least by ``prices``; empty without one.

    ``placed`` are products that go to a place by its path, if no choice holds it.
    """
    if not values:
        return ()
    found = dict(values)
    chosen: dict[str, list[Sku]] = {}
    for each in choices:
        if isinstance(each, Pick) and each.sku:
            chosen.setdefault(each.slot, []).append(each.sku)
    full: list[ProductChoice] = [
        SetChoice(path, found[path])  # type: ignore[arg-type]
        for path, setting in product.settings.items()
        if found[path] in setting.values
    ]
    for slot in product.slots.values():
        held = {place.path: each for each, place in slot.held(chosen.get(slot.path, ())).items()}
        mine = {place.path: placed[place.path] for place in slot.places if place.path in placed}
        full += _entries(slot, found, {**mine, **held}, prices)
    return tuple(full)


def _amounts(
    product: ProductModel, each_unit: Mapping[Sku, Decimal], picks: Sequence[Pick], facts: Facts
) -> Iterator[Term]:
    """What the entries add up to: a place that holds a pick counts that product, others the least of the class."""
    for slot in product.slots.values():
        mine = {each.sku for each in picks if each.slot == slot.path}
        held = {place.path: sku for sku, place in slot.held(mine).items()}
        least = [_least(each.skus, each_unit, mine) for each in slot.classes]
        for at, each in enumerate(slot.classes):
            for place, own in slot.holders(at):
                if (place.path, own) in facts:
                    for fact in facts[place.path, own]:
                        yield from _units(place, fact.literal, each_unit[fact.sku])
                    continue
                sku = held.get(place.path)
                amount = each_unit.get(sku) if sku is not None and sku in each.skus else least[at]
                if amount is not None:
                    yield from _units(place, place.taken[own], amount)


def _least(skus: Sequence[Sku], each_unit: Mapping[Sku, Decimal], picked: Set[Sku]) -> Decimal | None:
    """What the next product of a class adds: the least of those not picked."""
    return min((each_unit[sku] for sku in skus if sku in each_unit and sku not in picked), default=None)


def _units(place: Place, held: int, amount: Decimal) -> Iterator[Term]:
    """So much a unit of what a place holds when the literal says so."""
    scaled = int((amount * PRICE_SCALE).to_integral_value())
    if not scaled:
        return
    if place.quantity is None:
        yield Term(scaled * place.low, held)
    else:
        yield Term(scaled, held, place.quantity)


def _not_offered(product: ProductModel, prices: Mapping[Sku, Decimal], picks: Sequence[Pick]) -> Iterator[Choice]:
    """Choices that keep out what has no price; where the customer chose it, nothing fits them."""
    for slot in product.slots.values():
        for at, each in enumerate(slot.classes):
            if not any(sku in prices for sku in each.skus):
                yield from (Choice(place.path, each.label, Relation.IS_NOT) for place, _ in slot.holders(at))
    if any(each.sku not in prices for each in picks):
        yield Choice(NEVER, value=False)


def _few_with_prices(product: ProductModel, prices: Mapping[Sku, Decimal]) -> Iterator[tuple[tuple[Term, ...], int]]:
    """Where fewer products of a class have a price than there are places: no more entries of it than those."""
    for slot in product.slots.values():
        for at, each in enumerate(slot.classes):
            taken = [place.taken[own] for place, own in slot.holders(at)]
            priced = sum(sku in prices for sku in each.skus)
            if 0 < priced < min(len(taken), len(each.skus)):
                yield tuple(Term(1, literal) for literal in taken), priced


def _entries(
    slot: Slot, found: Mapping[str, Value], held: Mapping[str, Sku], prices: Mapping[Sku, Decimal]
) -> Iterator[ProductChoice]:
    """Products for the entries of a slot: what is held stays, further entries take the cheapest of their class."""
    used = set(held.values())
    taken = 0
    for place in slot.places:
        label = found[place.path]
        if label is NOTHING:
            continue
        taken += 1
        quantity = place.low if place.quantity is None else int(found[place.quantity_name])
        sku = held.get(place.path)
        if sku is None:
            free = [each for each in slot.classes[slot.class_of[Sku(str(label))]].skus if each not in used]
            sku = min(free, key=lambda each: (each not in prices, prices.get(each), each))
            used.add(sku)
        yield Pick(slot.path, sku, quantity)
    if not taken and slot.group.minimum == 0:
        yield Pick(slot.path)

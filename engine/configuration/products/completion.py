"""Objectives over list prices and costs, and completions read back as products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from engine.catalog import Sku
from engine.configuration.answers import Choice, Objective, Relation
from engine.configuration.model import Term, Value
from engine.configuration.products.answers import Aim, Pick, ProductChoice, Set
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.slots import NOTHING, Slot

PRICE_SCALE = 10_000
"""Prices enter the solver in ten-thousandths; a list price with more decimals than four is no list price of a part."""


def price_terms(
    product: ProductModel, prices: Mapping[Sku, Decimal], picks: Sequence[Pick]
) -> tuple[tuple[Term, ...], int]:
    """The list price of a configuration as terms, and their scale; each class costs what its cheapest product does."""
    chosen = _chosen(picks)
    terms: list[Term] = []
    for slot in product.slots.values():
        for at in range(len(slot.classes)):
            sku = cheapest(slot, at, prices, chosen.get(slot.path, ()))
            if sku is not None:
                terms += _units(slot, at, prices[sku])
    return tuple(terms), PRICE_SCALE


def aims_of(
    product: ProductModel,
    picks: Sequence[Pick],
    aim: Aim,
    tables: tuple[Mapping[Sku, Decimal], Mapping[Sku, Decimal]],
    limit: Decimal | None,
) -> tuple[Objective, tuple[Choice, ...]]:
    """The objective of a completion, and the choices that keep products without a price out; tables: prices, costs.

    For the best margin a product whose cost is unknown counts as bringing none.
    """
    prices, costs = tables
    terms, scale = price_terms(product, prices, picks)
    limits = () if limit is None else ((terms, int(limit * scale)),)
    objective: tuple[Term, ...] = terms
    if aim is Aim.PREFERRED:
        objective = ()
    elif aim is Aim.BEST_MARGIN:
        objective = tuple(_margin_terms(product, picks, prices, costs))
    return Objective(objective, limits), tuple(_not_offered(product, prices))


def choices_from(
    product: ProductModel,
    values: Sequence[tuple[str, Value]],
    choices: Sequence[ProductChoice],
    prices: Mapping[Sku, Decimal],
) -> tuple[ProductChoice, ...]:
    """A solution as products: in each class what the customer chose, else the cheapest; empty without a solution."""
    if not values:
        return ()
    found = dict(values)
    chosen = {(each.slot, each.sku): each for each in choices if isinstance(each, Pick)}
    full: list[ProductChoice] = [Set(path, found[path]) for path in product.settings]  # type: ignore[arg-type]
    for slot in product.slots.values():
        full += _single(slot, found, chosen, prices) if slot.single else _several(slot, found, chosen, prices)
    return tuple(full)


def cheapest(slot: Slot, at: int, prices: Mapping[Sku, Decimal], chosen: Sequence[Sku]) -> Sku | None:
    """What a class is priced by: the product chosen from it, else its cheapest one; None when none has a price."""
    members = slot.classes[at].skus
    mine = [sku for sku in members if sku in chosen and sku in prices]
    return min(mine or (sku for sku in members if sku in prices), key=lambda sku: (prices[sku], sku), default=None)


def _margin_terms(
    product: ProductModel, picks: Sequence[Pick], prices: Mapping[Sku, Decimal], costs: Mapping[Sku, Decimal]
) -> Iterator[Term]:
    margins = {sku: prices[sku] - costs.get(sku, prices[sku]) for sku in prices}
    losses = {sku: -margin for sku, margin in margins.items()}
    chosen = _chosen(picks)
    for slot in product.slots.values():
        for at in range(len(slot.classes)):
            sku = cheapest(slot, at, losses, chosen.get(slot.path, ()))
            if sku is not None:
                yield from _units(slot, at, losses[sku])


def _units(slot: Slot, at: int, amount: Decimal) -> Iterator[Term]:
    scaled = int((amount * PRICE_SCALE).to_integral_value())
    for term in slot.variables[at].units:
        if scaled:
            yield Term(term.coefficient * scaled, term.literal, term.quantity)


def _not_offered(product: ProductModel, prices: Mapping[Sku, Decimal]) -> Iterator[Choice]:
    for slot in product.slots.values():
        for at, each in enumerate(slot.classes):
            if any(sku in prices for sku in each.skus):
                continue
            if slot.single:
                yield Choice(slot.path, each.label, Relation.IS_NOT)
            else:
                yield from slot.tallies[at].entries.at_most(0)


def _chosen(picks: Sequence[Pick]) -> dict[str, tuple[Sku, ...]]:
    found: dict[str, tuple[Sku, ...]] = {}
    for each in picks:
        found[each.slot] = (*found.get(each.slot, ()), each.sku)
    return found


def _single(
    slot: Slot, found: Mapping[str, Value], chosen: Mapping[tuple[str, Sku], Pick], prices: Mapping[Sku, Decimal]
) -> list[ProductChoice]:
    label = found[slot.path]
    if label == NOTHING:
        return [Pick(slot.path)] if slot.group.minimum == 0 else []
    at = slot.class_of[Sku(str(label))]
    sku = cheapest(slot, at, prices, [sku for path, sku in chosen if path == slot.path])
    quantity = int(found.get(f"{slot.path}.qty", slot.group.quantity_minimum))
    return [Pick(slot.path, sku or slot.classes[at].skus[0], quantity)]


def _several(
    slot: Slot, found: Mapping[str, Value], chosen: Mapping[tuple[str, Sku], Pick], prices: Mapping[Sku, Decimal]
) -> list[ProductChoice]:
    picks: list[ProductChoice] = []
    for at, tally in enumerate(slot.tallies):
        entries = sum(bool(found[name]) for name in tally.entries.literals)
        if not entries:
            continue
        units = sum(bool(found[name]) for name in tally.units.literals)
        if tally.above.quantity:
            units = entries * slot.group.quantity_minimum + int(found[tally.above.quantity])
        picks += _spread(slot, at, (entries, units), chosen, prices)
    return picks


def _spread(
    slot: Slot,
    at: int,
    counts: tuple[int, int],
    chosen: Mapping[tuple[str, Sku], Pick],
    prices: Mapping[Sku, Decimal],
) -> list[ProductChoice]:
    """Products for the entries of one class: those chosen first, then the cheapest; units are dealt out in order."""
    entries, units = counts
    members = sorted(
        slot.classes[at].skus, key=lambda sku: ((slot.path, sku) not in chosen, sku not in prices, prices.get(sku), sku)
    )[:entries]
    low, high = slot.group.quantity_minimum, slot.group.quantity_maximum
    wanted = [chosen[slot.path, sku].quantity if (slot.path, sku) in chosen else None for sku in members]
    dealt = [low if quantity is None else quantity for quantity in wanted]
    for n, quantity in enumerate(wanted):
        more = min(units - sum(dealt), high - dealt[n])
        if quantity is None and more > 0:
            dealt[n] += more
    return [Pick(slot.path, sku, quantity) for sku, quantity in zip(members, dealt, strict=True)]

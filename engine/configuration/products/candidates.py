"""The best configurations of a product by an additive aim, told apart by what a price may hang on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from heapq import heapify, heappop, heappush, nsmallest
from itertools import count, islice, pairwise
from typing import TypeAlias

from engine.catalog import Sku
from engine.configuration.answers import Apart
from engine.configuration.products.answers import Pick, ProductChoice
from engine.configuration.products.answers import Set as SetChoice
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.slots import Slot

Full: TypeAlias = tuple[ProductChoice, ...]
Firm: TypeAlias = Set[tuple[str, Sku]]
"""Products by group that are not exchanged: the customer's own, and those wished for."""
SWAPS_MAX = 100
"""Of one configuration no more exchanges are looked at, the best first."""
LOOKS_MAX = 5_000
"""Exchanges of products looked at for one question, those that would take a product twice included."""


def apart_of(
    product: ProductModel, counted: Set[str], choices: Sequence[ProductChoice], wishes: Sequence[ProductChoice] = ()
) -> Apart:
    """What tells configurations apart: products with their quantities, and the attributes of these names.

    Entries of a group are alike, and so are instances of a nested bundle with all that is in them. But an entry that
    holds the customer's own product is none like the others of its class, and which holds one wished for is not known.
    """
    named = Named(product, choices, wishes)
    groups: dict[str, dict[str, list[str]]] = {}
    for path, slot in product.slots.items():
        held = {each.path for each in slot.held(named.picked(path)).values()}
        for place in slot.places:
            group, one = named.instance(place.path)
            alone = slot.apart or place.path in held or path in named.wished
            names = [place.path] if place.quantity is None else [place.path, place.quantity_name]
            places = groups.setdefault(group or (place.path if alone else path), {})
            places.setdefault(one or place.path, []).extend(names)
    for path in product.settings:
        if path.rpartition(".")[2] in counted:
            group, one = named.instance(path)
            groups.setdefault(group or path, {}).setdefault(one or path, []).append(path)
    return tuple(tuple(map(tuple, places.values())) for places in groups.values())


class Named:
    """Which groups hold products that a customer named, and which instances hold such groups."""

    def __init__(
        self, product: ProductModel, choices: Sequence[ProductChoice], wishes: Sequence[ProductChoice]
    ) -> None:
        self._product = product
        self._picks = [each for each in choices if isinstance(each, Pick) and each.sku]
        self.wished = {each.slot for each in wishes if isinstance(each, Pick)}
        inside = [each.slot for each in self._picks if each.quantity or _instance(product, each.slot)[1] != each.slot]
        self._special = {_instance(product, path) for path in (*inside, *self.wished)}

    def picked(self, path: str) -> list[Sku]:
        """The products chosen in a group."""
        return [each.sku for each in self._picks if each.slot == path]

    def instance(self, path: str) -> tuple[str, str]:
        """The group of like instances that a path lies in, and its instance; empty for none."""
        found = _instance(self._product, path)
        return ("", "") if found in self._special else found


def content_of(product: ProductModel, full: Sequence[ProductChoice], counted: Set[str]) -> object:
    """What tells a configuration apart from others, whichever entry and whichever instance comes first."""
    held: dict[tuple[str, str], list[object]] = {}
    for each in full:
        if isinstance(each, Pick) and each.sku:
            group, one = _instance(product, each.slot)
            held.setdefault((group, one), []).append((each.slot.removeprefix(one), each.sku, each.quantity))
        elif isinstance(each, SetChoice) and each.setting.rpartition(".")[2] in counted:
            group, one = _instance(product, each.setting)
            held.setdefault((group, one), []).append((each.setting.removeprefix(one), each.value))
    return frozenset(Counter((group, frozenset(Counter(some).items())) for (group, _), some in held.items()).items())


@dataclass(frozen=True, slots=True)
class Exchange:
    """Entries that hold products of one class in one quantity, what they may hold, best first, and what each adds."""

    entries: tuple[int, ...]
    pool: tuple[Sku, ...]
    adds: tuple[Decimal, ...]


class Variants:
    """Configurations by rising amounts, each solution with every product of its classes.

    ``cut`` says that there were too many to look at.
    """

    def __init__(
        self, product: ProductModel, solutions: Sequence[tuple[Full, Firm]], amounts: Mapping[Sku, Decimal]
    ) -> None:
        self._solutions = [each for each, _ in solutions]
        self._exchanges = [tuple(_exchanges(product, full, firm, amounts)) for full, firm in solutions]
        self._fixed = [_fixed(*each, amounts) for each in zip(self._solutions, self._exchanges, strict=True)]
        self.cut = False

    def __iter__(self) -> Iterator[Full]:
        heap = []
        for at, exchanges in enumerate(self._exchanges):
            first = tuple(tuple(range(len(each.entries))) for each in exchanges)
            heap.append((self._total(at, first), at, first))
        heapify(heap)
        met = {each[1:] for each in heap}
        looks = count(1)
        while heap:
            _, at, state = heappop(heap)
            full = self._full(at, state)
            if _is_sound(full):
                yield full
            if next(looks) >= LOOKS_MAX:
                self.cut = True
                return
            for following in self._following(at, state):
                if (at, following) not in met:
                    met.add((at, following))
                    heappush(heap, (self._total(at, following), at, following))

    def _following(self, at: int, state: tuple[tuple[int, ...], ...]) -> Iterator[tuple[tuple[int, ...], ...]]:
        """One product exchanged for the next of its class; entries of one quantity keep the order of the pool."""
        for number, (each, positions) in enumerate(zip(self._exchanges[at], state, strict=True)):
            ends = (*positions[1:], len(each.pool))
            for entry, (position, end) in enumerate(zip(positions, ends, strict=True)):
                if position + 1 < end:
                    moved = (*positions[:entry], position + 1, *positions[entry + 1 :])
                    yield (*state[:number], moved, *state[number + 1 :])

    def _total(self, at: int, state: tuple[tuple[int, ...], ...]) -> Decimal:
        exchanged = zip(self._exchanges[at], state, strict=True)
        return self._fixed[at] + sum(each.adds[position] for each, positions in exchanged for position in positions)

    def _full(self, at: int, state: tuple[tuple[int, ...], ...]) -> Full:
        full = list(self._solutions[at])
        for each, positions in zip(self._exchanges[at], state, strict=True):
            for entry, position in zip(each.entries, positions, strict=True):
                pick = full[entry]
                assert isinstance(pick, Pick), "products are exchanged"
                full[entry] = Pick(pick.slot, each.pool[position], pick.quantity)
        return tuple(full)


def neighbours(
    product: ProductModel,
    found: Sequence[tuple[Full, Firm]],
    amounts: Mapping[Sku, Decimal],
    fits: Callable[[Full], bool | None],
) -> Iterator[Full]:
    """Valid configurations that come from some by exchanges of single products, the best first.

    ``fits`` says whether one is valid; None ends the search.
    """
    firm = found[0][1]
    heap: list[tuple[Decimal, int, Full]] = []
    numbers, met = count(), {frozenset(full) for full, _ in found}

    def expand(full: Full, total: Decimal) -> None:
        for more, at, sku in _swaps(product, full, firm, amounts):
            old = full[at]
            assert isinstance(old, Pick), "products are exchanged"
            other = (*full[:at], Pick(old.slot, sku, old.quantity), *full[at + 1 :])
            if frozenset(other) not in met:
                met.add(frozenset(other))
                heappush(heap, (total + more, next(numbers), other))

    for full, _ in found:
        expand(full, _fixed(full, (), amounts))
    while heap:
        total, _, full = heappop(heap)
        valid = fits(full)
        if valid is None:
            return
        if valid:
            yield full
            expand(full, total)


def _swaps(
    product: ProductModel, full: Full, firm: Firm, amounts: Mapping[Sku, Decimal]
) -> list[tuple[Decimal, int, Sku]]:
    """The best exchanges of single products: what each adds, the entry, and the product that comes in."""
    taken = {(each.slot, each.sku) for each in full if isinstance(each, Pick)}
    found = [
        ((amounts[sku] - amounts[pick.sku]) * (pick.quantity or 1), at, sku)
        for at, pick in _free(full, firm)
        if pick.sku in amounts
        for sku in product.slots[pick.slot].class_of
        if sku in amounts and (pick.slot, sku) not in taken
    ]
    return nsmallest(SWAPS_MAX, found)


def first_of(
    some: Iterator[Full], most: int, content: Callable[[Full], object], known: Sequence[Full]
) -> tuple[list[Full], bool]:
    """The different ones among known configurations and some more, at most so many; and whether these are all."""
    found = {content(each): each for each in known}
    for each in some:
        key = content(each)
        if key in found:
            continue
        if len(found) >= most:
            return list(found.values()), False
        found[key] = each
    return list(islice(found.values(), most)), len(found) <= most


def _instance(product: ProductModel, path: str) -> tuple[str, str]:
    """The outermost group of instances that a path lies in, and its instance; empty for none."""
    for group in product.instances:
        if path.startswith(f"{group}["):
            return group, path[: path.index("]", len(group)) + 1]
    return "", ""


def _exchanges(product: ProductModel, full: Full, firm: Firm, amounts: Mapping[Sku, Decimal]) -> Iterator[Exchange]:
    alike: dict[tuple[str, int, int | None], list[int]] = {}
    for at, pick in _free(full, firm):
        if pick.sku in amounts:
            alike.setdefault((pick.slot, product.slots[pick.slot].class_of[pick.sku], pick.quantity), []).append(at)
    for (path, number, quantity), entries in alike.items():
        pool = _pool(product.slots[path], number, firm, amounts)
        if len(pool) > 1:
            yield Exchange(tuple(entries), pool, tuple(amounts[sku] * (quantity or 1) for sku in pool))


def _fixed(full: Full, exchanges: Sequence[Exchange], amounts: Mapping[Sku, Decimal]) -> Decimal:
    """What the entries add up to that are not exchanged."""
    moving = {at for each in exchanges for at in each.entries}
    stay = (each for at, each in enumerate(full) if at not in moving and isinstance(each, Pick))
    return sum((amounts.get(each.sku, Decimal(0)) * (each.quantity or 1) for each in stay), Decimal(0))


def _pool(slot: Slot, number: int, firm: Firm, amounts: Mapping[Sku, Decimal]) -> tuple[Sku, ...]:
    offered = (sku for sku in slot.classes[number].skus if sku in amounts and (slot.path, sku) not in firm)
    return tuple(sorted(offered, key=lambda sku: (amounts[sku], sku)))


def _free(full: Full, firm: Firm) -> Iterator[tuple[int, Pick]]:
    for at, each in enumerate(full):
        if isinstance(each, Pick) and each.sku and (each.slot, each.sku) not in firm:
            yield at, each


def _is_sound(full: Full) -> bool:
    """Whether no group takes a product twice."""
    picks = sorted((each.slot, each.sku) for each in full if isinstance(each, Pick) and each.sku)
    return all(one != other for one, other in pairwise(picks))

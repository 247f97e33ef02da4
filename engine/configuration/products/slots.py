"""Slots: the option groups and attributes of a bundle as variables of the solver problem.

Products that agree on every attribute that any constraint reads are one class, and a class is one value for the solver.
A slot that takes one entry is an enumeration of classes with a quantity; a slot that takes several is, for each class,
a number of entries and a number of units. Either way each class offers the same three things: the literal that it is
taken, the terms that count its entries, and the terms that count its units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.catalog import AttributeDef, Catalog, OptionGroup, Product, Sku, Value
from engine.configuration.builder import ModelBuilder
from engine.configuration.model import Term
from engine.configuration.products.bags import Tally, tally
from engine.language.types import EnumType, required

NOTHING = "(none)"
"""The value of a slot that is left empty."""


@dataclass(frozen=True, slots=True)
class SlotClass:
    """Products that no constraint can tell apart, in catalog order; ``values`` holds what constraints read of them."""

    skus: tuple[Sku, ...]
    values: Mapping[str, Value]

    @property
    def label(self) -> str:
        """The name of the class in the solver: its first product."""
        return self.skus[0]


@dataclass(frozen=True, slots=True)
class ClassVariables:
    """How the solver sees one class of a slot: taken or not, how many entries and units; counters where several."""

    taken: int
    entries: tuple[Term, ...]
    units: tuple[Term, ...]
    tally: Tally | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """One option group of one bundle; ``path`` is its name from the root bundle, such as ``storage.drives``."""

    path: str
    group: OptionGroup
    classes: tuple[SlotClass, ...]
    variables: tuple[ClassVariables, ...]
    empty: int
    class_of: Mapping[Sku, int]

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """The counters of each class of a slot that takes several entries."""
        return tuple(each.tally for each in self.variables if each.tally is not None)

    @property
    def single(self) -> bool:
        """Whether the slot takes at most one entry."""
        return self.group.maximum == 1


@dataclass(frozen=True, slots=True)
class Setting:
    """An attribute of a bundle as a variable; ``values`` in the order of the solver's."""

    path: str
    definition: AttributeDef
    values: tuple[Value, ...]
    literals: tuple[int, ...]


def classify(
    skus: Iterable[Sku], catalog: Catalog, read: frozenset[str], named: frozenset[str]
) -> tuple[SlotClass, ...]:
    """Group candidates by the attributes in ``read``; a SKU that rules do not name counts as no SKU in particular."""
    found: dict[tuple[object, ...], list[Sku]] = {}
    names = sorted(read)
    for sku in skus:
        values = _values(catalog.products[sku], names, named)
        found.setdefault(tuple(values[name] for name in names), []).append(sku)
    return tuple(
        SlotClass(tuple(members), _values(catalog.products[members[0]], names, named)) for members in found.values()
    )


def build_slot(
    builder: ModelBuilder, path: str, group: OptionGroup, classes: Sequence[SlotClass], present: int
) -> Slot:
    """Add the variables of an option group; ``present`` is the literal that its bundle is there at all."""
    class_of = {sku: at for at, each in enumerate(classes) for sku in each.skus}
    if group.maximum == 1:
        variables, empty = _single(builder, path, group, classes, present)
    else:
        variables, empty = _several(builder, path, group, classes, present)
    return Slot(path, group, tuple(classes), variables, empty, class_of)


def build_setting(builder: ModelBuilder, path: str, definition: AttributeDef) -> Setting:
    """Add the variable of a bundle attribute: an enumeration, or a boolean."""
    kind = required(definition.type)
    if isinstance(kind, EnumType):
        index = builder.enumeration(path, kind.values, span=definition.span)
        values: tuple[Value, ...] = kind.values
        return Setting(path, definition, values, tuple(builder.is_(index, value) for value in kind.values))
    index = builder.boolean(path, span=definition.span)
    return Setting(path, definition, (False, True), (builder.is_(index, False), builder.is_(index, True)))


def _values(product: Product, names: Sequence[str], named: frozenset[str]) -> dict[str, Value]:
    own: dict[str, Value] = {
        "sku": product.sku if product.sku in named else "",
        "category": product.category,
        "family": product.family,
    }
    return {name: own[name] if name in own else product.attributes.get(name) for name in names}


def _single(
    builder: ModelBuilder, path: str, group: OptionGroup, classes: Sequence[SlotClass], present: int
) -> tuple[tuple[ClassVariables, ...], int]:
    always = present == builder.truth() and group.minimum >= 1
    labels = [each.label for each in classes]
    if not labels or not always:
        labels.append(Sku(NOTHING))
    index = builder.enumeration(path, labels, span=group.span)
    empty = builder.is_(index, NOTHING)
    builder.clause((present, empty))
    if group.minimum >= 1:
        builder.clause((-present, -empty))
    low, high = group.quantity_minimum, group.quantity_maximum
    quantity = None
    if low < high:
        quantity = builder.quantity(f"{path}.qty", low, high)
        builder.clause((-empty, -builder.at_least(quantity, low + 1)))
    found = []
    for each in classes:
        literal = builder.is_(index, each.label)
        units = Term(low, literal) if quantity is None else Term(1, literal, quantity)
        found.append(ClassVariables(literal, (Term(1, literal),), (units,)))
    return tuple(found), empty


def _several(
    builder: ModelBuilder, path: str, group: OptionGroup, classes: Sequence[SlotClass], present: int
) -> tuple[tuple[ClassVariables, ...], int]:
    found = []
    for each in classes:
        counters, entries, units = tally(builder, f"{path}[{each.label}]", group, len(each.skus))
        found.append(ClassVariables(entries[0].literal, entries, units, counters))
        builder.clause((present, -entries[0].literal))
    literals = [term.literal for each in found for term in each.entries]
    builder.cardinality(literals, 0, group.maximum)
    builder.cardinality(literals, group.minimum, None, when=(present,))
    empty = builder.variable(builder.boolean(f"{path}.(empty)", decision=False)).first
    for variables in found:
        builder.clause((-empty, -variables.taken))
    builder.clause((empty, *(variables.taken for variables in found)))
    return tuple(found), empty

"""Slots: the option groups and attributes of a bundle as variables of the solver problem.

Products that agree on every attribute that any constraint reads are one class, and a class is one value for the solver.
An entry goes to a place, and a place is an enumeration of classes with a quantity. A slot that takes one entry has one
place. A slot that takes a few has as many places, each offering everything: which entry goes where means nothing, so a
customer's choices go to the first ones. A slot that takes many has a place for each of its products, used or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from engine.catalog import AttributeDef, Catalog, OptionGroup, Product, Sku, Value
from engine.configuration.answers import Choice
from engine.configuration.model import STRUCTURE, Model
from engine.configuration.products.logic import Logic
from engine.diagnostics import did_you_mean
from engine.language.types import NUMBER, EnumType, required

NOTHING = False
"""The value of a place that is left empty: no SKU, whatever catalogs call their products."""
NEVER = "(true)"
"""The name of the literal that always holds; choosing it false is a choice that never fits."""
MOST_WORDS = 12
FEW_PLACES = 8
"""Up to so many entries, every place of a slot offers everything."""


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
class Place:
    """Where one entry goes: the literal of each class, of staying empty, and the quantity when it can vary."""

    path: str
    classes: tuple[SlotClass, ...]
    taken: tuple[int, ...]
    empty: int
    low: int
    high: int
    quantity: int | None = None

    @property
    def quantity_name(self) -> str:
        """The name of the quantity in the solver."""
        return f"{self.path}.qty"


@dataclass(frozen=True, slots=True)
class Slot:
    """One option group of one bundle; ``path`` is its name from the root bundle, such as ``storage.drives``.

    ``apart`` says that each place is for one product of its own. A slot of several entries has a boolean for staying
    empty and, for a class of one product, one for being taken at all, by its number.
    """

    path: str
    group: OptionGroup
    classes: tuple[SlotClass, ...]
    class_of: Mapping[Sku, int]
    places: tuple[Place, ...]
    apart: bool = False
    empty: str = ""
    taken_at_all: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def single(self) -> bool:
        """Whether the slot takes at most one entry."""
        return self.group.maximum == 1

    def left_empty(self, model: Model) -> Choice:
        """What it means that the customer takes nothing here; where there always is something, that never fits."""
        if not self.single:
            return Choice(self.empty, value=True)
        can = NOTHING in model.variables[model.index[self.path]].values
        return Choice(self.path, NOTHING) if can else Choice(NEVER, value=False)

    def holders(self, at: int) -> tuple[tuple[Place, int], ...]:
        """The places that may hold a class, each with the number the class has there."""
        return ((self.places[at], 0),) if self.apart else tuple((each, at) for each in self.places)

    def held(self, skus: Iterable[Sku]) -> dict[Sku, Place]:
        """The place of each product picked, the first ones where all are alike; what finds none is left out."""
        ordered = sorted(skus)
        if self.apart:
            return {sku: self.places[self.class_of[sku]] for sku in ordered}
        return dict(zip(ordered, self.places, strict=False))


@dataclass(frozen=True, slots=True)
class Setting:
    """An attribute of a bundle as a variable; ``values`` in the order of the solver's.

    ``absent`` is the literal that its bundle is not there: then the attribute has no value.
    """

    path: str
    definition: AttributeDef
    values: tuple[Value, ...]
    literals: tuple[int, ...]
    absent: int

    def takes(self, value: Value) -> bool:
        """Whether it can have the value; yes is not the number one."""
        return any(each == value and isinstance(each, bool) is isinstance(value, bool) for each in self.values)

    def hint(self, value: Value) -> str:
        """What to say where it cannot have a value: the nearest word, or what it takes."""
        if isinstance(self.values[0], bool):
            return f"give true or false{', not a text' if isinstance(value, str) else ''}"
        known = [str(each) for each in self.values]
        if isinstance(self.values[0], Decimal):
            return f"a whole number from {known[0]} to {known[-1]}"
        return did_you_mean(str(value), known) or f"one of {', '.join(known[:MOST_WORDS])}"


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


def build_slot(logic: Logic, path: str, group: OptionGroup, classes: Sequence[SlotClass], present: int) -> Slot:
    """Add the variables of an option group; ``present`` is the literal that its bundle is there at all."""
    if group.maximum == 1:
        always = present == logic.true and group.minimum >= 1
        places = [_place(logic, path, group, classes, always=always)]
    elif group.maximum > FEW_PLACES:
        classes = [SlotClass((sku,), each.values) for each in classes for sku in each.skus]
        places = [_place(logic, f"{path}[{at}]", group, [each]) for at, each in enumerate(classes, 1)]
    else:
        places = [_place(logic, f"{path}[{at}]", group, classes) for at in range(1, group.maximum + 1)]
    apart = group.maximum > FEW_PLACES
    for each in places:
        logic.clause((present, each.empty), STRUCTURE)
    class_of = {sku: at for at, each in enumerate(classes) for sku in each.skus}
    if group.maximum == 1:
        if group.minimum >= 1:
            logic.clause((-present, -places[0].empty), STRUCTURE)
        return Slot(path, group, tuple(classes), class_of, tuple(places))
    _count(logic, group, places, present)
    empty = _same(logic, f"{path}.()", logic.all_of(each.empty for each in places))
    at_all: dict[int, str] = {}
    if not apart:
        _keep_apart(logic, classes, places)
        for at, offered in enumerate(classes):
            if len(offered.skus) == 1:
                somewhere = logic.any_of(place.taken[at] for place in places)
                at_all[at] = _same(logic, f"{path}.({offered.label})", somewhere)
    return Slot(path, group, tuple(classes), class_of, tuple(places), apart, empty, MappingProxyType(at_all))


def build_setting(logic: Logic, path: str, definition: AttributeDef, present: int) -> Setting:
    """Add the variable of a bundle attribute; ``present`` is the literal that its bundle is there at all.

    Where the bundle may be absent, that is one more value: what rules read of it is unknown then.
    """
    builder = logic.builder
    values = _values_of(definition)
    if present != logic.true:
        nothing = _unlike(values)
        index = builder.enumeration(path, (*values, nothing), span=definition.span)  # type: ignore[arg-type]
        absent = builder.is_(index, nothing)
        logic.clause((present, absent), STRUCTURE)
        logic.clause((-present, -absent), STRUCTURE)
    elif isinstance(values[0], bool):
        index, absent = builder.boolean(path, span=definition.span), logic.false
    else:
        index, absent = builder.enumeration(path, values, span=definition.span), logic.false  # type: ignore[arg-type]
    literals = tuple(builder.is_(index, value) for value in values)  # type: ignore[arg-type]
    logic.own([each for each in (*literals, absent) if each != logic.false])
    return Setting(path, definition, values, literals, absent)


def _values_of(definition: AttributeDef) -> tuple[Value, ...]:
    """What a customer may choose: words, whole numbers of a range, or no and yes."""
    kind, low, high = required(definition.type), definition.minimum, definition.maximum
    if isinstance(kind, EnumType):
        return kind.values
    if kind is NUMBER and low is not None and high is not None:
        return tuple(map(Decimal, range(low, high + 1)))
    return (False, True)


def _unlike(values: Sequence[Value]) -> str:
    """A name for having no value that none of the values has."""
    name = "(none)"
    while name in values:
        name += "'"
    return name


def _values(product: Product, names: Sequence[str], named: frozenset[str]) -> dict[str, Value]:
    own: dict[str, Value] = {
        "sku": product.sku if product.sku in named else "",
        "category": product.category,
        "family": product.family,
    }
    return {name: own[name] if name in own else product.attributes.get(name) for name in names}


def _place(logic: Logic, path: str, group: OptionGroup, classes: Sequence[SlotClass], *, always: bool = False) -> Place:
    builder = logic.builder
    labels: list[str | bool] = [each.label for each in classes]
    if not labels or not always:
        labels.append(NOTHING)
    index = builder.enumeration(path, labels, span=group.span)
    values = tuple(builder.is_(index, label) for label in labels)
    logic.own(values)
    empty = builder.is_(index, NOTHING)
    low, high = group.quantity_minimum, group.quantity_maximum
    quantity = None
    if low < high:
        quantity = builder.quantity(f"{path}.qty", low, high)
        logic.clause((-empty, -builder.at_least(quantity, low + 1)), STRUCTURE)
    return Place(path, tuple(classes), values[: len(classes)], empty, low, high, quantity)


def _count(logic: Logic, group: OptionGroup, places: Sequence[Place], present: int) -> None:
    """As many entries as the group asks for."""
    taken = [-each.empty for each in places]
    if group.maximum < len(places):
        logic.builder.cardinality(taken, 0, group.maximum)
    if group.minimum:
        logic.builder.cardinality(taken, group.minimum, None, when=(present,))


def _same(logic: Logic, name: str, literal: int) -> str:
    """A decision of that name that holds exactly when the literal does."""
    made = logic.builder.variable(logic.builder.boolean(name)).first
    logic.clause((-made, literal), STRUCTURE)
    logic.clause((made, -literal), STRUCTURE)
    return name


def _keep_apart(logic: Logic, classes: Sequence[SlotClass], places: Sequence[Place]) -> None:
    """No product is taken twice: entries of one class are no more than its products."""
    for at, each in enumerate(classes):
        if len(each.skus) < len(places):
            logic.builder.cardinality([place.taken[at] for place in places], 0, len(each.skus))

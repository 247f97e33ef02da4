"""Compiles a bundle with its constraints into a solver problem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from engine.catalog import Bundle, Catalog, OptionGroup, Sku
from engine.configuration.builder import ModelBuilder
from engine.configuration.model import STRUCTURE, Model
from engine.configuration.products.constraint import SOFT, Constraint, ConstraintKind
from engine.configuration.products.logic import Logic
from engine.configuration.products.numbers import Unsupported
from engine.configuration.products.rewrite import with_subject
from engine.configuration.products.slots import Place, Setting, Slot, build_setting, build_slot, classify
from engine.configuration.products.space import NO_ENV, Space
from engine.configuration.products.sums import Sums
from engine.configuration.products.translate import Translator
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span, did_you_mean
from engine.language.scope import Checked
from engine.language.tree import (
    Comparison,
    ComparisonOp,
    Expression,
    In,
    Name,
    Node,
    Path,
    TextLiteral,
    walk,
)

UNSUPPORTED = Code("CFG101")
SEVERAL_CONFIGURABLE = Code("CFG102")
UNKNOWN_BUNDLE = Code("CFG103")
TOO_DEEP = Code("CFG104")
TOO_LARGE = Code("CFG105")
TOO_VARIED = Code("CFG106")
NESTING_MAX = 4
INSTANCES_MAX = 16
SLOTS_MAX = 400
CLASSES_MAX = 10_000
"""Kinds of products that rules tell apart in one slot: memory grows with their square."""
_NUMBER = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Stated:
    """A constraint stated for one bundle; ``prefix`` leads to the names it reads, such as ``storage.``."""

    constraint: Constraint
    prefix: str


@dataclass(frozen=True, slots=True)
class ProductModel:
    """A compiled bundle: the solver problem, what its variables stand for, the constraint behind each rule.

    Entries that are configured themselves are slots of their own where a group takes several: ``storage[1]`` and so on.
    """

    bundle: Bundle
    catalog: Catalog
    model: Model
    slots: Mapping[str, Slot]
    settings: Mapping[str, Setting]
    stated: Mapping[str, Stated]
    """By the id of the solver's rule."""
    instances: Mapping[str, int]
    """Path of a group that takes several configurable entries to how many it takes."""

    def paths_of(self, path: str) -> tuple[str, ...]:
        """The slots of a group: itself, or one for each of its configurable entries."""
        count = self.instances.get(path)
        return (path,) if count is None else tuple(f"{path}[{at}]" for at in range(1, count + 1))


def compile_product(
    bundle: Bundle, catalog: Catalog, constraints: Mapping[Sku, Sequence[Constraint]], *, day: date | None = None
) -> ProductModel:
    """Compile a bundle with the constraints of it and of the bundles nested in it, by SKU of the bundle.

    ``day`` leaves out constraints that are not in force then; None keeps all. Raises DiagnosticError with every part of
    a constraint that the solver cannot carry.
    """
    return _Compiler(bundle, catalog, constraints, day).compile()


class _Compiler:
    def __init__(
        self, bundle: Bundle, catalog: Catalog, constraints: Mapping[Sku, Sequence[Constraint]], day: date | None
    ) -> None:
        self._bundle = bundle
        self._catalog = catalog
        self._constraints = {
            sku: tuple(each for each in found if day is None or each.holds_on(day))
            for sku, found in constraints.items()
        }
        self._builder = ModelBuilder(bundle.sku)
        self._logic = Logic(self._builder)
        self._sums = Sums(self._builder, self._logic)
        self._slots: dict[str, Slot] = {}
        self._settings: dict[str, Setting] = {}
        self._places: dict[str, Place] = {}
        self._lists: dict[str, tuple[Place, ...]] = {}
        self._instances: dict[str, int] = {}
        self._stated: dict[str, Stated] = {}
        self._problems: list[Diagnostic] = []
        self._named = _named_skus([each for found in self._constraints.values() for each in found], catalog)
        self._readers: list[tuple[str, tuple[Constraint, ...]]] = []

    def compile(self) -> ProductModel:
        self._add_bundle(self._bundle, "", self._logic.true, ())
        if self._problems:
            raise DiagnosticError(*self._problems)
        return ProductModel(
            self._bundle,
            self._catalog,
            self._builder.build(),
            MappingProxyType(self._slots),
            MappingProxyType(self._settings),
            MappingProxyType(self._stated),
            MappingProxyType(self._instances),
        )

    def _add_bundle(self, bundle: Bundle, prefix: str, present: int, above: tuple[Sku, ...]) -> None:
        constraints = self._constraints.get(bundle.sku, ())
        self._readers.append((prefix, constraints))
        for definition in bundle.attributes:
            path = prefix + definition.name
            self._settings[path] = build_setting(self._logic, path, definition, present)
        for group in bundle.groups:
            if group.bundle:
                self._add_configurable(group, prefix, present, (*above, bundle.sku))
            else:
                self._add_slot(prefix + group.id, group, present)
        space = Space(self._places, self._lists, self._settings, prefix)
        for constraint in constraints:
            self._add_constraint(constraint, space, present)
        self._readers.pop()

    def _add_slot(self, path: str, group: OptionGroup, present: int) -> Slot:
        classes = classify(group.candidates, self._catalog, self._attributes_read(path), self._named)
        if len(classes) > CLASSES_MAX:
            place = group.span or self._bundle.span or Span(self._bundle.sku)
            message = f"rules tell the products of `{path}` apart into {len(classes)} kinds; {CLASSES_MAX} are the most"
            self._problem(TOO_VARIED, message, place, "let rules read attributes of fewer different values")
            classes = classes[:1]
        slot = self._slots[path] = build_slot(self._logic, path, group, classes, present)
        if slot.single:
            self._places[path] = slot.places[0]
        else:
            self._lists[path] = slot.places
        for each in slot.places:
            self._sums.know(each)
        return slot

    def _add_configurable(self, group: OptionGroup, prefix: str, present: int, above: tuple[Sku, ...]) -> None:
        """A group whose entries are configured: a slot with its parts for each entry, filled from the first on."""
        nested = self._nested(group, above)
        if nested is None:
            return
        if group.maximum == 1:
            slot = self._add_slot(prefix + group.id, group, present)
            self._add_bundle(nested, f"{slot.path}.", -slot.places[0].empty, above)
            return
        path = prefix + group.id
        self._instances[path] = group.maximum
        places: list[Place] = []
        for at in range(1, group.maximum + 1):
            one = replace(group, title=f"{group.title} {at}", maximum=1, minimum=int(at <= group.minimum))
            slot = self._add_slot(f"{path}[{at}]", one, present)
            if places:
                self._logic.clause((-places[-1].empty, slot.places[0].empty), STRUCTURE)
            places += slot.places
            self._add_bundle(nested, f"{slot.path}.", -slot.places[0].empty, above)
        self._lists[path] = tuple(places)

    def _nested(self, group: OptionGroup, above: tuple[Sku, ...]) -> Bundle | None:
        """The bundle of a configurable group, or None (and a problem) when it cannot be carried."""
        nested = self._catalog.bundle(group.bundle)
        place = group.span or self._bundle.span or Span(self._bundle.sku)
        if nested is None:
            hint = did_you_mean(group.bundle, self._catalog.bundles)
            self._problem(UNKNOWN_BUNDLE, f"`{group.bundle}` is no bundle", place, hint)
        elif nested.sku in above:
            shown = " → ".join((*above[above.index(nested.sku) :], nested.sku))
            self._problem(TOO_DEEP, f"the bundle holds itself: {shown}", place, "break the circle")
        elif len(above) > NESTING_MAX:
            shown = " → ".join((*above, nested.sku))
            self._problem(TOO_DEEP, f"bundles lie {NESTING_MAX} levels deep at most: {shown}", place, "join two levels")
        elif group.maximum > INSTANCES_MAX:
            message = f"the group `{group.id}` takes {group.maximum} configurable entries; {INSTANCES_MAX} are the most"
            self._problem(SEVERAL_CONFIGURABLE, message, place, "use its quantity for entries that are alike")
        elif len(self._slots) > SLOTS_MAX:
            message = f"`{self._bundle.sku}` has more than {SLOTS_MAX} option groups, counting those of every entry"
            if all(each.code != TOO_LARGE for each in self._problems):
                self._problem(TOO_LARGE, message, place, "let groups take fewer configurable entries")
        else:
            return nested
        return None

    def _attributes_read(self, path: str) -> frozenset[str]:
        """The attributes of a slot's products that constraints of its bundle, or of one around it, read."""
        found: set[str] = set()
        for prefix, constraints in self._readers:
            start = _NUMBER.sub("", f"{path.removeprefix(prefix)}.")
            for part in _parts(constraints):
                found |= {each.removeprefix(start) for each in part.reads if each.startswith(start)}
        return frozenset(name for name in found if "." not in name and name != "qty")

    def _add_constraint(self, constraint: Constraint, space: Space, present: int) -> None:
        """State a constraint of a bundle; where the bundle is not there, it asks nothing."""
        rule = self._builder.rule(space.prefix + constraint.id, "", constraint.span)
        self._stated[space.prefix + constraint.id] = Stated(constraint, space.prefix)
        unless: tuple[int, ...] = () if present == self._logic.true else (-present,)
        if constraint.when is not None:
            unless = (*unless, -self._literal(constraint.when, space, want=True))
        if constraint.kind in SOFT:
            self._add_soft(constraint, space, unless, rule)
        elif constraint.kind is ConstraintKind.ALLOW_TABLE:
            possible = [-self._row_false(row, space) for row in constraint.rows]
            self._logic.clause((*unless, self._logic.any_of(possible)), rule)
        elif constraint.kind is ConstraintKind.FORBID_TABLE:
            for row in constraint.rows:
                cells = [self._literal(cell, space, want=True) for cell in row]
                self._logic.clause((*unless, *(-each for each in cells)), rule)
        else:
            self._forbid(constraint, space, unless, rule)

    def _add_soft(self, constraint: Constraint, space: Space, unless: tuple[int, ...], rule: int) -> None:
        """A wish is kept when it does not apply or is not definitely false."""
        assert constraint.body is not None, "a soft constraint has a body"
        kept = -self._literal(constraint.body, space, want=False)
        self._builder.prefer(self._logic.any_of((*unless, kept)), constraint.weight, rule)

    def _forbid(self, constraint: Constraint, space: Space, unless: tuple[int, ...], rule: int) -> None:
        body = constraint.body
        assert body is not None, "require and exclude have a body"
        translator = Translator(self._logic, self._sums, space, body)
        excluded = constraint.kind is ConstraintKind.EXCLUDE
        try:
            translator.forbid(_tree(body), NO_ENV, want=excluded, rule=rule, unless=unless)
        except Unsupported as error:
            self._unsupported(body, error)

    def _row_false(self, row: tuple[Checked, ...], space: Space) -> int:
        return self._logic.any_of(self._literal(cell, space, want=False) for cell in row)

    def _literal(self, checked: Checked, space: Space, *, want: bool) -> int:
        try:
            return Translator(self._logic, self._sums, space, checked).literal(_tree(checked), NO_ENV, want=want)
        except Unsupported as error:
            self._unsupported(checked, error)
            return self._logic.true

    def _unsupported(self, checked: Checked, error: Unsupported) -> None:
        part = checked.text[error.node.start : error.node.end]
        message = f"the configurator cannot decide `{part}`: {error.reason}"
        self._problem(UNSUPPORTED, message, checked.span_of(error.node))

    def _problem(self, code: Code, message: str, span: Span, hint: str = "") -> None:
        self._problems.append(Diagnostic(code, message, span, hint))


def _tree(checked: Checked) -> Expression:
    """The condition with the subject of a cell in place of ``?``."""
    return with_subject(checked.tree, checked.subject)


def _parts(constraints: Iterable[Constraint]) -> Iterator[Checked]:
    for each in constraints:
        yield from (part for part in (each.when, each.body) if part is not None)
        yield from (cell for row in each.rows for cell in row)


def _named_skus(constraints: Sequence[Constraint], catalog: Catalog) -> frozenset[str]:
    """The SKUs that have to be told apart: those a constraint mentions, or all when one reads more than equality."""
    parts = tuple(_parts(constraints))
    if any(_reads_more_of_sku(_tree(part)) for part in parts):
        return frozenset(catalog.products)
    return frozenset(node.value for part in parts for node in walk(part.tree) if isinstance(node, TextLiteral))


def _reads_more_of_sku(tree: Expression) -> bool:
    """Whether a SKU is used in another way than compared with a text by `=`, `!=` or `in`."""
    nodes = tuple(walk(tree))
    plain = {id(_sku_side(each)) for each in nodes}
    return any(_is_sku(each) and id(each) not in plain for each in nodes)


def _is_sku(node: Node) -> bool:
    return isinstance(node, Path | Name) and node.name == "sku"


def _sku_side(node: Node) -> Node | None:
    """The SKU of a comparison with texts only, or None."""
    match node:
        case Comparison(op=ComparisonOp.EQUAL | ComparisonOp.UNEQUAL, left=left, right=TextLiteral()):
            return left
        case Comparison(op=ComparisonOp.EQUAL | ComparisonOp.UNEQUAL, left=TextLiteral(), right=right):
            return right
        case In(value=value, tests=tests) if all(isinstance(each, TextLiteral) for each in tests):
            return value
        case _:
            return None

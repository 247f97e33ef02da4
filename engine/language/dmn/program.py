"""A set of DMN models ready to run: names resolved, expressions prepared when first needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from engine.diagnostics import Diagnostic, DiagnosticError, Span, did_you_mean
from engine.language.dmn import model
from engine.language.dmn.boxes import Boxes, converted
from engine.language.dmn.items import Items
from engine.language.dmn.xml import UNKNOWN_NAME, UNKNOWN_REFERENCE
from engine.language.evaluate import Step
from engine.language.names import KnownNames
from engine.language.problems import Origin
from engine.language.types import ANY, NULL, FunctionType

_DEEPEST_IMPORTS = 20


@dataclass(slots=True)
class Home:
    """One model with what it imports and what its expressions may name."""

    content: model.Model
    path: str
    imports: dict[str, Home] = field(default_factory=dict)
    items: Items = field(init=False)
    by_id: dict[str, model.Element] = field(init=False)
    by_name: dict[str, model.Element] = field(init=False)
    steps: dict[str, Step] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_id = {each.id: each for each in self.content.elements if each.id}
        self.by_name = {each.variable.name: each for each in self.content.elements}

    def names(self, depth: int = 0) -> frozenset[str]:
        """Return every name that may stand in an expression of this model."""
        found = set(self.by_name) | set(self.imports) | self.items.names()
        if depth < _DEEPEST_IMPORTS:
            for inner in self.imports.values():
                found |= inner.names(depth + 1)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Placed:
    """An element with the model it is in."""

    element: model.Element
    home: Home

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all other elements: namespace and name."""
        return self.home.content.namespace, self.element.variable.name


class Program:
    """Models that import each other by namespace; the first one is the main model."""

    def __init__(self, models: Sequence[tuple[str, model.Model]]) -> None:
        homes = [Home(each, path) for path, each in models]
        self._by_namespace = {home.content.namespace: home for home in reversed(homes)}
        self.main = homes[0]
        for home in homes:
            home.imports = {
                each.name: self._by_namespace[each.namespace]
                for each in home.content.imports
                if each.namespace in self._by_namespace
            }
        self._build_items(homes)
        self._boxes: dict[str, Boxes] = {}

    def _build_items(self, homes: Iterable[Home]) -> None:
        empty: dict[str, Items] = {}
        for home in homes:
            home.items = Items(home.content.items, empty)
        for home in homes:
            reached = {name: inner.items for name, inner in home.imports.items() if not _reaches(inner, home)}
            home.items.add_imports(reached)

    def find(self, name: str, namespace: str = "") -> Placed:
        """Return the element with a name in the main model, or in the model of a namespace.

        Raises ``DiagnosticError`` with the nearest known name when there is none.
        """
        home = self._by_namespace.get(namespace, self.main) if namespace else self.main
        found = home.by_name.get(name)
        if found is None:
            raise _unknown(name, home)
        return Placed(found, home)

    def resolve(self, reference: str, home: Home) -> Placed | None:
        """Return the element that a reference (``#id`` or ``namespace#id``) means, or None."""
        namespace, _, identifier = reference.rpartition("#")
        target = home if namespace in ("", home.content.namespace) else self._by_namespace.get(namespace)
        if target is None:
            return None
        found = target.by_id.get(identifier)
        return Placed(found, target) if found is not None else None

    def step(self, placed: Placed) -> Step:
        """Return the prepared logic of a decision or a business knowledge model."""
        name = placed.element.variable.name
        home = placed.home
        if name not in home.steps:
            home.steps[name] = self._prepared(placed)
        return home.steps[name]

    def _prepared(self, placed: Placed) -> Step:
        element = placed.element
        boxes = replace(self._boxes_of(placed.home), where=element.variable.name)
        kind = element.variable.type_name
        match element:
            case model.Decision():
                return converted(boxes.step(element.logic), placed.home.items.converter(kind))
            case model.Knowledge(function=function) if function is not None:
                returns_function = isinstance(placed.home.items.type_named(kind), FunctionType) if kind else True
                return boxes.function(function, None if returns_function else placed.home.items.converter(kind))
            case _:
                return boxes.step(None)

    def signature(self, placed: Placed, function: model.BoxedFunction) -> FunctionType:
        """Return the type of a business knowledge model: its parameters' types, and its result's where declared."""
        items = placed.home.items
        taken = tuple(items.type_named(each.type_name) or ANY for each in function.parameters)
        given = items.type_named(placed.element.variable.type_name)
        return given if isinstance(given, FunctionType) else FunctionType(taken, given or NULL)

    def _boxes_of(self, home: Home) -> Boxes:
        key = home.content.namespace
        if key not in self._boxes:
            self._boxes[key] = Boxes(known(home.names()), home.items, Origin(home.path), home.findings)
        return self._boxes[key]

    def check(self) -> tuple[Diagnostic, ...]:
        """Prepare everything and return what is wrong: unreadable expressions and references that lead nowhere."""
        found: list[Diagnostic] = []
        for home in self._by_namespace.values():
            for element in home.content.elements:
                if isinstance(element, (model.Decision, model.Knowledge)):
                    self.step(Placed(element, home))
                found += self._lost(element, home)
            found += home.findings
        return tuple(found)

    def _lost(self, element: model.Element, home: Home) -> list[Diagnostic]:
        references = () if isinstance(element, model.InputData) else references_of(element)
        return [
            Diagnostic(
                UNKNOWN_REFERENCE,
                f"`{element.variable.name}` refers to `{each[:80]}`, which is in none of the files",
                Span(home.path),
            )
            for each in references
            if self.resolve(each, home) is None
        ]


def references_of(element: model.Decision | model.Knowledge | model.Service) -> tuple[str, ...]:
    """Return every reference of an element to others."""
    match element:
        case model.Decision():
            return (*element.requires, *element.uses)
        case model.Knowledge():
            return element.uses
        case model.Service():
            return (*element.outputs, *element.encapsulated, *element.input_decisions, *element.input_data)


@lru_cache(maxsize=64)
def known(names: frozenset[str]) -> KnownNames:
    """Return the index of some names; the same set is indexed once."""
    return KnownNames(names)


def _reaches(start: Home, wanted: Home) -> bool:
    """Whether a model imports another, directly or not: cyclic imports share no types."""
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        home = waiting.pop()
        if home is wanted:
            return True
        if id(home) not in seen:
            seen.add(id(home))
            waiting.extend(home.imports.values())
    return False


def _unknown(name: str, home: Home) -> DiagnosticError:
    hint = did_you_mean(name, home.by_name)
    return DiagnosticError(Diagnostic(UNKNOWN_NAME, f"the model has no `{name[:80]}`", Span(home.path), hint))

"""Item definitions at work: the type a name stands for, and the bringing of values to it with their constraints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar

from engine.diagnostics import DiagnosticError
from engine.language.dmn.model import ItemDefinition
from engine.language.evaluate import Environment, Run, Test, prepare_tests, run_bounded
from engine.language.evaluate.conformance import STANDARD_TYPES, coerce
from engine.language.parse import parse_unary_tests
from engine.language.types import ANY, ContextType, FunctionType, ListType, Type

_DEEPEST = 40

EVALUATION: ContextVar[Run | None] = ContextVar("EVALUATION", default=None)
"""The evaluation that is going on: testing the constraints of values takes from its steps."""

Convert = Callable[[object], object]
"""Brings a value to a type: returns it, converted where the standard converts implicitly, or null."""


class Items:
    """The item definitions of one model and, by the name of the import, those of the models it imports."""

    def __init__(self, definitions: tuple[ItemDefinition, ...], imports: Mapping[str, Items]) -> None:
        self._definitions = {each.name: each for each in definitions}
        self._imports = imports
        self._types: dict[str, Type | None] = {}
        self._tests: dict[str, Test | None] = {}

    def add_imports(self, imports: Mapping[str, Items]) -> None:
        """Make imported models' items known; to be called before anything is asked."""
        self._imports = {**self._imports, **imports}

    def names(self) -> frozenset[str]:
        """Return all names of types and components, which may hold spaces."""
        found: set[str] = set(self._definitions)
        waiting = list(self._definitions.values())
        while waiting:
            each = waiting.pop()
            found.update(part.name for part in each.components)
            waiting.extend(each.components)
        for inner in set(self._imports.values()):
            found |= inner.names()
        return frozenset(found)

    def find(self, name: str) -> tuple[ItemDefinition, Items] | None:
        """Return a definition and the items it belongs to; ``import.name`` looks into an imported model."""
        if name in self._definitions:
            return self._definitions[name], self
        for prefix, inner in self._imports.items():
            if not prefix and (found := inner.find(name)):
                return found
            if prefix and name.startswith(prefix + "."):
                return inner.find(name[len(prefix) + 1 :])
        return None

    def type_named(self, name: str) -> Type | None:
        """Return the type a name stands for, without its constraints; None for an unknown name."""
        if name not in self._types:
            self._types[name] = self._resolved(name, 0)
        return self._types[name]

    def _resolved(self, name: str, depth: int) -> Type | None:
        found = self.find(name)
        if found is None:
            return STANDARD_TYPES.get(name)
        definition, home = found
        return home._type_of(definition, depth)

    def _type_of(self, definition: ItemDefinition, depth: int) -> Type:
        if depth > _DEEPEST:
            return ANY
        base: Type
        if definition.function is not None:
            taken = tuple(self._resolved(each.type_name, depth + 1) or ANY for each in definition.function.parameters)
            base = FunctionType(taken, self._resolved(definition.function.result, depth + 1) or ANY)
        elif definition.components:
            base = ContextType({each.name: self._type_of(each, depth + 1) for each in definition.components})
        else:
            base = self._resolved(definition.type_name, depth + 1) or ANY
        return ListType(base) if definition.is_collection else base

    def converter(self, name: str) -> Convert | None:
        """Return what brings values to the type of a name, or None when it is empty, unknown, or means any type."""
        found = self.find(name) if name else None
        if found is not None:
            definition, home = found
            return lambda value: home._convert(value, definition, 0)
        kind = STANDARD_TYPES.get(name)
        if kind is None or kind == ANY:
            return None
        return lambda value: coerce(value, kind)

    def _convert(self, value: object, definition: ItemDefinition, depth: int) -> object:
        """Bring a value to a definition: its components or base type first, then its constraints."""
        if value is None or depth > _DEEPEST:
            return value
        if not definition.is_collection:
            if isinstance(value, tuple) and len(value) == 1 and not self._is_list(definition):
                value = value[0]
            return self._single(value, definition, depth)
        items = value if isinstance(value, tuple) else (value,)
        converted = tuple(self._single(each, definition, depth) for each in items)
        if any(after is None and before is not None for before, after in zip(items, converted, strict=True)):
            return None
        return self._constrained(converted, definition.constraint)

    def _is_list(self, definition: ItemDefinition) -> bool:
        return isinstance(self._type_of(definition, 0), ListType) or self._type_of(definition, 0) == ANY

    def _single(self, value: object, definition: ItemDefinition, depth: int) -> object:
        if value is None:
            return None
        if definition.components:
            value = self._components(value, definition, depth)
        elif definition.function is not None:
            value = coerce(value, self._type_of(definition, depth))
        else:
            value = self._base(value, definition.type_name, depth)
        value = self._constrained(value, definition.allowed)
        return value if definition.is_collection else self._constrained(value, definition.constraint)

    def _base(self, value: object, type_name: str, depth: int) -> object:
        found = self.find(type_name)
        if found is not None:
            return found[1]._convert(value, found[0], depth + 1)
        kind = STANDARD_TYPES.get(type_name)
        return value if kind is None else coerce(value, kind)

    def _components(self, value: object, definition: ItemDefinition, depth: int) -> object:
        if not isinstance(value, Mapping):
            return None
        converted = dict(value)
        for part in definition.components:
            before = value.get(part.name)
            after = self._convert(before, part, depth + 1)
            if after is None and before is not None:
                return None
            if part.name in value:
                converted[part.name] = after
        return converted

    def _constrained(self, value: object, text: str) -> object:
        if value is None or not text.strip():
            return value
        test = self._test(text)
        if test is None:
            return value
        own, shared = Run(), EVALUATION.get()
        if shared is not None:
            own.steps = shared.steps
        holds = run_bounded(lambda scope: test(scope, value), Environment({}, None, own)) is True
        if shared is not None:
            shared.steps = own.steps
        return value if holds else None

    def _test(self, text: str) -> Test | None:
        if text not in self._tests:
            try:
                self._tests[text] = prepare_tests(parse_unary_tests(text, names=self.names()), types=self.type_named)
            except DiagnosticError:
                self._tests[text] = None
        return self._tests[text]

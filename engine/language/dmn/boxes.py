"""Prepares boxed expressions: each becomes a step in the scope it stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import assert_never

from engine.diagnostics import Diagnostic, DiagnosticError
from engine.language import tree
from engine.language.dmn import model
from engine.language.dmn.items import Convert, Items
from engine.language.evaluate import Environment, Step
from engine.language.evaluate.access import filtering
from engine.language.evaluate.calls import call_by_name, guarded
from engine.language.evaluate.iteration import Source, looping, testing
from engine.language.names import KnownNames
from engine.language.problems import NOWHERE, Origin
from engine.language.tables.prepare import Reading, table_of
from engine.language.types import ANY, NULL, FunctionType
from engine.language.values.fault import UndefinedError
from engine.language.values.interval import FunctionValue
from engine.language.values.kind import describe_kind
from engine.language.wording import shown

_NOWHERE = tree.NullLiteral(0, 0)


@dataclass(frozen=True, slots=True)
class Boxes:
    """Where boxed expressions stand: the names in scope, the item definitions, and the list of what is found wrong.

    ``where`` is the element of the model, for messages.
    """

    names: KnownNames
    items: Items
    origin: Origin = NOWHERE
    findings: list[Diagnostic] = field(default_factory=list)
    where: str = ""

    def knowing(self, names: Iterable[str]) -> Boxes:
        """Return the same place with more names in scope."""
        return replace(self, names=self.names.with_names(names))

    def step(self, boxed: model.Boxed | None) -> Step:
        """Prepare an expression; a missing one is null, a wrong one is null and its findings are kept."""
        if boxed is None:
            return _null
        try:
            made = self._made(boxed)
        except DiagnosticError as error:
            told = [self._placed(each, boxed) for each in error.diagnostics]
            self.findings.extend(told)
            reason = told[0].message
            return lambda env: env.run.note(_NOWHERE, reason)
        return converted(made, self.items.converter(boxed.type_name))

    def _placed(self, found: Diagnostic, boxed: model.Boxed) -> Diagnostic:
        """A finding that names the element, and the text when it is one expression."""
        text = f" in {shown(boxed.text)}" if isinstance(boxed, model.Literal) else ""
        place = f"`{self.where}`: " if self.where else ""
        return replace(found, message=f"{place}{found.message}{text}")

    def _reading(self) -> Reading:
        return Reading(self.names, self.items.type_named, self.origin, self.items.converter)

    def _made(self, boxed: model.Boxed) -> Step:
        match boxed:
            case model.Literal():
                return self._reading().expression(boxed.text)
            case model.BoxedTable():
                return table_of(boxed.table, self._reading()).decide
            case model.BoxedContext():
                return self._context(boxed)
            case model.Invocation():
                return self._invocation(boxed)
            case model.BoxedList():
                return self._list(boxed)
            case model.Relation():
                return self._relation(boxed)
            case model.BoxedFunction():
                return self.function(boxed)
            case _:
                return self._control(boxed)

    def _control(self, boxed: model.Conditional | model.Loop | model.BoxedFilter) -> Step:
        match boxed:
            case model.Conditional():
                parts = (boxed.condition, boxed.consequence, boxed.alternative)
                test, then, otherwise = (self.step(each) for each in parts)
                return lambda env: then(env) if test(env) is True else otherwise(env)
            case model.Loop():
                return self._loop(boxed)
            case model.BoxedFilter():
                inner = self.knowing(["item"])
                return filtering(_NOWHERE, self.step(boxed.source), inner.step(boxed.condition), logical=False)
            case _:
                assert_never(boxed)

    def _context(self, boxed: model.BoxedContext) -> Step:
        inner = self
        entries: list[tuple[str | None, Step]] = []
        for entry in boxed.entries:
            itself = [entry.variable.name] if entry.variable and isinstance(entry.value, model.BoxedFunction) else []
            step = inner.knowing(itself).step(entry.value)
            if entry.variable is None:
                entries.append((None, step))
                continue
            step = converted(step, self.items.converter(entry.variable.type_name))
            entries.append((entry.variable.name, step))
            inner = inner.knowing([entry.variable.name])

        def run(env: Environment) -> object:
            values: dict[str, object] = {}
            scope = env.inner(values)
            for name, step in entries:
                value = step(scope)
                if name is None:
                    return value
                values[name] = value
            return values

        return run

    def _invocation(self, boxed: model.Invocation) -> Step:
        function = self.step(boxed.function)
        bindings = tuple((each.parameter, self.step(each.value)) for each in boxed.bindings)

        def run(env: Environment) -> object:
            called = function(env)
            if not isinstance(called, FunctionValue):
                return env.run.note(_NOWHERE, f"{describe_kind(called)} cannot be called")
            given = {name: step(env) for name, step in bindings}
            if called.by_name is None:
                given = {**dict.fromkeys(called.parameters), **given}
            try:
                return call_by_name(called, given)
            except UndefinedError as error:
                return env.run.note(_NOWHERE, str(error))

        return run

    def _list(self, boxed: model.BoxedList) -> Step:
        steps = tuple(self.step(each) for each in boxed.items)
        return lambda env: tuple([step(env) for step in steps])

    def _relation(self, boxed: model.Relation) -> Step:
        converters = tuple(self.items.converter(column.type_name) for column in boxed.columns)
        names = tuple(column.name for column in boxed.columns)
        rows = tuple(
            tuple(converted(self.step(cell), convert) for cell, convert in zip(row, converters, strict=False))
            for row in boxed.rows
        )
        return lambda env: tuple([dict(zip(names, [cell(env) for cell in row], strict=False)) for row in rows])

    def _loop(self, boxed: model.Loop) -> Step:
        sources = (Source(boxed.variable.name, self.step(boxed.source)),)
        body = self.knowing([boxed.variable.name, "partial"]).step(boxed.body)
        match boxed.kind:
            case model.LoopKind.FOR:
                return looping(_NOWHERE, sources, body, partial=True)
            case model.LoopKind.SOME | model.LoopKind.EVERY:
                return testing(_NOWHERE, sources, body, deciding=boxed.kind is model.LoopKind.SOME)

    def function(self, boxed: model.BoxedFunction, result: Convert | None = None) -> Step:
        """Prepare a function definition; ``result`` brings what it returns to a type."""
        if boxed.kind != "FEEL":
            return lambda env: env.run.note(_NOWHERE, "functions of other languages are not supported")
        names = tuple(each.name for each in boxed.parameters)
        converters = tuple(self.items.converter(each.type_name) for each in boxed.parameters)
        body = converted(self.knowing(names).step(boxed.body), result)
        kinds = tuple(self.items.type_named(each.type_name) or ANY for each in boxed.parameters)
        signature = FunctionType(kinds, NULL)

        def run(env: Environment) -> object:
            def called(*arguments: object) -> object:
                values = bound(arguments, converters)
                return body(env.inner(dict(zip(names, values, strict=True))))

            return FunctionValue(names, guarded(env.run, called, len(names)), signature=signature)

        return run


def bound(arguments: Iterable[object], converters: Iterable[Convert | None]) -> list[object]:
    """Return the arguments brought to the parameters' types; raises ``UndefinedError`` where one does not conform."""
    values = []
    for argument, convert in zip(arguments, converters, strict=True):
        value = convert(argument) if convert is not None else argument
        if value is None and argument is not None:
            raise UndefinedError("an argument is not of the parameter's type")
        values.append(value)
    return values


def converted(step: Step, convert: Callable[[object], object] | None) -> Step:
    """Return a step whose value is brought to a type; a value that does not conform becomes null, with a note."""
    if convert is None:
        return step

    def run(env: Environment) -> object:
        value = step(env)
        result = convert(value)
        if result is None and value is not None:
            return env.run.note(_NOWHERE, f"{describe_kind(value)} is not of the declared type")
        return result

    return run


def _null(_env: Environment) -> object:
    return None

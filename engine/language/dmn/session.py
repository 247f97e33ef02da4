"""One evaluation of a program: each decision at most once, with the values it requires and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.language import tree
from engine.language.dmn import model
from engine.language.dmn.boxes import bound
from engine.language.dmn.items import EVALUATION
from engine.language.dmn.program import Placed, Program
from engine.language.evaluate import Environment, Problem, Run, run_bounded
from engine.language.evaluate.calls import guarded
from engine.language.values.interval import FunctionValue
from engine.language.values.temporal import DateTime

_NOWHERE = tree.NullLiteral(0, 0)

Given = Mapping[tuple[str, str], object]
"""Values from outside, by namespace and name."""


class Session:
    """Values of elements, computed when first asked for."""

    def __init__(self, program: Program, given: Given, run: Run | None = None) -> None:
        self._program = program
        self._given = given
        self._run = run or Run()
        self._values: dict[tuple[str, str], object] = {}
        self._busy: set[tuple[str, str]] = set()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why values became null."""
        return tuple(self._run.problems)

    def value(self, placed: Placed) -> object:
        """Return the value of an input, decision, business knowledge model or decision service.

        What decisions require is computed before them, one after the other, so that long chains need no deep calls.
        """
        if EVALUATION.get() is self._run:
            return self._ordered(placed)
        token = EVALUATION.set(self._run)
        try:
            return self._ordered(placed)
        finally:
            EVALUATION.reset(token)

    def _ordered(self, placed: Placed) -> object:
        if placed.key not in self._values:
            for each in self._before(placed):
                self._value(each)
        return self._value(placed)

    def _before(self, placed: Placed) -> list[Placed]:
        """The decisions that one requires, directly or not, each behind those that it requires itself."""
        found: list[Placed] = []
        entered = {*self._values, *self._busy, *self._given} - {placed.key}
        waiting = [(placed, False)]
        while waiting:
            each, is_left = waiting.pop()
            if is_left:
                found.append(each)
            elif each.key not in entered:
                entered.add(each.key)
                waiting.append((each, True))
                waiting += [(target, False) for target in self._decisions_of(each)]
        return found[:-1]

    def _decisions_of(self, placed: Placed) -> list[Placed]:
        if not isinstance(placed.element, model.Decision):
            return []
        targets = (self._program.resolve(each, placed.home) for each in placed.element.requires)
        return [each for each in targets if each is not None and isinstance(each.element, model.Decision)]

    def _value(self, placed: Placed) -> object:
        key = placed.key
        if key not in self._values:
            if key in self._busy:
                return self._run.note(_NOWHERE, f"`{key[1]}` requires itself")
            self._busy.add(key)
            self._values[key] = self._computed(placed)
            self._busy.discard(key)
        return self._values[key]

    def _computed(self, placed: Placed) -> object:
        element = placed.element
        if isinstance(element, (model.InputData, model.Decision)) and placed.key in self._given:
            convert = placed.home.items.converter(element.variable.type_name)
            value = self._given[placed.key]
            result = convert(value) if convert is not None else value
            if result is None and value is not None:
                self._run.note(_NOWHERE, f"the input `{element.variable.name}` is not of its declared type")
            return result
        match element:
            case model.InputData():
                return self._run.note(_NOWHERE, f"the input `{element.variable.name}` is missing")
            case model.Decision():
                return self._logic(placed, (*element.requires, *element.uses))
            case model.Knowledge():
                return self._knowledge(placed, element)
            case model.Service():
                return self.service(placed, element)

    def _knowledge(self, placed: Placed, element: model.Knowledge) -> object:
        """Return a function that looks for what it uses when first called, so that functions may call each other."""
        if element.function is None or element.function.kind != "FEEL":
            return self._run.note(_NOWHERE, "functions of other languages are not supported")
        names = tuple(each.name for each in element.function.parameters)
        made: list[object] = []

        def called(*arguments: object) -> object:
            if not made:
                made.append(self._logic(placed, element.uses))
            return made[0].call(*arguments) if isinstance(made[0], FunctionValue) else None

        whole = FunctionValue(names, called, signature=self._program.signature(placed, element.function))
        self._values[placed.key] = whole
        return whole

    def _logic(self, placed: Placed, references: Sequence[str]) -> object:
        values = self._required(placed, references)
        if isinstance(placed.element, model.Knowledge):
            values.setdefault(placed.element.variable.name, self._values[placed.key])
        env = Environment(values, None, self._run)
        return run_bounded(self._program.step(placed), env)

    def _required(self, placed: Placed, references: Sequence[str]) -> dict[str, object]:
        """Return the values an element requires by the names its expressions use, imported ones below their import."""
        values: dict[str, object] = {}
        for reference in references:
            target = self._program.resolve(reference, placed.home)
            if target is None:
                self._run.note(_NOWHERE, f"`{reference[:80]}` is in none of the files")
                continue
            name, value = target.element.variable.name, self.value(target)
            prefix = next((known for known, home in placed.home.imports.items() if home is target.home), "")
            if target.home is placed.home or not prefix:
                values[name] = value
                continue
            below = values.setdefault(prefix, {})
            if isinstance(below, dict):
                below[name] = value
        return values

    def service(self, placed: Placed, element: model.Service) -> FunctionValue:
        """Return a decision service as a function of its input data and input decisions."""
        references = (*element.input_data, *element.input_decisions)
        inputs = [found for each in references if (found := self._program.resolve(each, placed.home)) is not None]
        names = tuple(each.element.variable.name for each in inputs)
        converters = [each.home.items.converter(each.element.variable.type_name) for each in inputs]
        result = placed.home.items.converter(element.variable.type_name)

        def called(*arguments: object) -> object:
            values = bound(arguments, converters)
            given = {each.key: value for each, value in zip(inputs, values, strict=True)}
            decided = self._outputs(placed, element, given)
            only = next(iter(decided.values())) if len(decided) == 1 else decided
            return result(only) if result is not None else only

        return FunctionValue(names, guarded(self._run, called, len(names)))

    def _outputs(self, placed: Placed, element: model.Service, given: Given) -> dict[str, object]:
        inner = Session(self._program, given, self._run)
        outputs = [found for each in element.outputs if (found := self._program.resolve(each, placed.home))]
        return {each.element.variable.name: inner.value(each) for each in outputs}

    def serve(self, placed: Placed) -> dict[str, object]:
        """Return the output decisions of a service, by name, for the values given to the session."""
        element = placed.element
        assert isinstance(element, model.Service)
        references = (*element.input_decisions, *element.input_data)
        asked = [found.key for each in references if (found := self._program.resolve(each, placed.home))]
        return self._outputs(placed, element, {**dict.fromkeys(asked), **self._given})


def decide(
    program: Program, name: str, inputs: Mapping[str, object], *, moment: DateTime | None = None
) -> tuple[object, tuple[Problem, ...]]:
    """Return the value of a decision (or of a service's output) for inputs by name, and why anything became null.

    Raises ``DiagnosticError`` when the main model has no such decision.
    """
    placed = program.find(name)
    namespace = program.main.content.namespace
    session = Session(program, {(namespace, key): value for key, value in inputs.items()}, Run(moment))
    if isinstance(placed.element, model.Service):
        outputs = session.serve(placed)
        value = next(iter(outputs.values())) if len(outputs) == 1 else outputs
        return value, session.problems
    return session.value(placed), session.problems

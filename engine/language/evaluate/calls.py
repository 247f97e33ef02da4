"""Prepares function calls, of built-ins and of functions as values, and function definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from engine.diagnostics import counted
from engine.language import tree
from engine.language.builtins import FUNCTIONS, Builtin, Signature
from engine.language.evaluate.conformance import coerce, resolve
from engine.language.evaluate.environment import DEEPEST_CALLS, Environment, ExhaustedError, Preparer, Run, Step
from engine.language.evaluate.inference import result_type
from engine.language.foreign_functions import hint_for
from engine.language.types import ANY, NULL, BasicType, ContextType, FunctionType, Type, TypeVariable
from engine.language.values.fault import UndefinedError
from engine.language.values.interval import FunctionValue
from engine.language.values.kind import describe_kind

_CLOCK = ("now", "today")


@lru_cache(maxsize=256)
def builtin_value(name: str) -> FunctionValue:
    """Return a built-in as a value that can be passed on."""
    builtin = FUNCTIONS[name]
    first = builtin.signatures[0]

    def call(*arguments: object) -> object:
        chosen = _by_count(builtin, len(arguments))
        if chosen is None:
            raise UndefinedError(f"`{name}` does not take {counted(len(arguments), 'argument')}")
        return chosen.run(*_coerced(list(arguments), _single_places(chosen)))

    def by_name(given: Mapping[str, object]) -> object:
        found = _arranged(builtin, len(given), tuple(given))
        if found is None:
            raise UndefinedError(f"`{name}` does not take these arguments")
        values = tuple(given.values())
        arguments = [values[place] if place is not None else None for place in found[1]]
        return found[0].run(*_coerced(arguments, _single_places(found[0])))

    return FunctionValue(tuple(each.name for each in first.parameters), call, first.variadic, by_name=by_name)


def _by_count(builtin: Builtin, count: int) -> Signature | None:
    return next((each for each in builtin.signatures if each.accepts(count)), None)


def _single_places(signature: Signature) -> tuple[int, ...]:
    """Places of the parameters that take one value: a list of one item is given as that item."""
    return tuple(place for place, each in enumerate(signature.parameters) if _is_single(each.type))


def _is_single(kind: Type) -> bool:
    if isinstance(kind, TypeVariable):
        return kind.name != "T"
    return kind != ANY and isinstance(kind, (BasicType, ContextType))


def _coerced(arguments: list[object], places: tuple[int, ...]) -> list[object]:
    for place in places:
        if place < len(arguments):
            value = arguments[place]
            if type(value) is tuple and len(value) == 1:
                arguments[place] = value[0]
    return arguments


def call(node: tree.Call, preparer: Preparer) -> Step:
    """A call by position or by name; a variable that hides a built-in wins."""
    steps = tuple(preparer.step(each) for each in (*node.arguments, *(named.value for named in node.named)))
    names = tuple(each.name for each in node.named)
    if not isinstance(node.function, tree.Name):
        return _value_call(node, preparer.step(node.function), steps, names)
    wanted = node.function.name
    known = _builtin_call(node, FUNCTIONS[wanted], steps, names) if wanted in FUNCTIONS else None

    def run(env: Environment) -> object:
        scope: Environment | None = env
        while scope is not None:
            if wanted in scope.values:
                return _call_value(node, env, scope.values[wanted], steps, names)
            scope = scope.parent
        if known is not None:
            return known(env)
        return env.run.note_missing(node, f"function `{wanted}`", lambda: hint_for(wanted, env.names()))

    return run


def _builtin_call(node: tree.Call, builtin: Builtin, steps: Sequence[Step], names: Sequence[str]) -> Step:
    if builtin.name in _CLOCK and not steps:
        return _clock(node, builtin.name)
    found = _arranged(builtin, len(steps), names)
    if found is None:
        return lambda env: env.run.note(node, f"`{builtin.name}` does not take these arguments")
    signature, order = found
    implementation, singles = signature.run, _single_places(signature)
    ordered = tuple(steps[place] if place is not None else _null for place in order)

    def run(env: Environment) -> object:
        arguments = [step(env) for step in ordered]
        if singles:
            _coerced(arguments, singles)
        for each in arguments:
            env.run.handle(each)
        try:
            result = implementation(*arguments)
        except UndefinedError as error:
            return env.run.note(node, f"`{builtin.name}`: {error}")
        env.run.handle(result)
        return result

    return run


def _arranged(builtin: Builtin, count: int, names: Sequence[str]) -> tuple[Signature, tuple[int | None, ...]] | None:
    """Choose the signature and where each of its parameters finds its argument."""
    if not names:
        chosen = _by_count(builtin, count)
        return None if chosen is None else (chosen, tuple(range(count)))
    for signature in builtin.signatures:
        order = signature.arrange(names)
        if order is not None:
            return signature, order
    return None


def _null(_env: Environment) -> object:
    return None


def _clock(node: tree.Call, wanted: str) -> Step:
    def run(env: Environment) -> object:
        moment = env.run.moment
        if moment is None:
            return env.run.note(node, "the evaluation was given no current time")
        return moment if wanted == "now" else moment.date

    return run


def _value_call(node: tree.Call, function: Step, steps: Sequence[Step], names: Sequence[str]) -> Step:
    return lambda env: _call_value(node, env, function(env), steps, names)


def _call_value(
    node: tree.Call, env: Environment, called: object, steps: Sequence[Step], names: Sequence[str]
) -> object:
    if not isinstance(called, FunctionValue):
        return env.run.note(node, f"{describe_kind(called)} cannot be called")
    arguments = [step(env) for step in steps]
    try:
        if names:
            return call_by_name(called, dict(zip(names, arguments, strict=True)))
        return called.call(*arguments)
    except UndefinedError as error:
        return env.run.note(node, str(error))


def call_by_name(called: FunctionValue, given: Mapping[str, object]) -> object:
    """Call a function with named arguments; raises ``UndefinedError`` where they do not fit its parameters."""
    if called.by_name is not None:
        return called.by_name(given)
    if set(given) != set(called.parameters):
        raise UndefinedError("the arguments do not fit the parameters")
    return called.call(*(given[name] for name in called.parameters))


def definition(node: tree.FunctionDefinition, preparer: Preparer) -> Step:
    """``function(a: number) body``: a function over the scope it is written in. Foreign functions are refused."""
    names = tuple(each.name for each in node.parameters)
    types = tuple(resolve(each.type, preparer.type_named) if each.type else ANY for each in node.parameters)
    if node.external:
        return lambda env: env.run.note(node, "functions of other languages are not supported")
    if any(each is None for each in types):
        return lambda env: env.run.note(node, "a parameter has an unknown type")
    known = tuple(each for each in types if each is not None)
    body = preparer.step(node.body)
    signature = FunctionType(known, result_type(node.body) or NULL)

    def run(env: Environment) -> object:
        def called(*arguments: object) -> object:
            return body(env.inner(dict(zip(names, bound(arguments, known), strict=True))))

        return FunctionValue(names, guarded(env.run, called, len(names)), signature=signature)

    return run


def bound(arguments: Sequence[object], types: Sequence[Type]) -> list[object]:
    """Return the arguments as values of the parameter types; raises ``UndefinedError`` where one does not conform."""
    values = []
    for argument, kind in zip(arguments, types, strict=True):
        value = coerce(argument, kind)
        if value is None and argument is not None:
            raise UndefinedError("an argument is not of the parameter's type")
        values.append(value)
    return values


def guarded(run: Run, body: Callable[..., object], count: int) -> Callable[..., object]:
    """Return ``body`` with its number of arguments checked and its depth bounded."""

    def call(*arguments: object) -> object:
        if len(arguments) != count:
            raise UndefinedError(f"the function takes {counted(count, 'argument')}, not {len(arguments)}")
        run.spend()
        if run.depth >= DEEPEST_CALLS:
            raise ExhaustedError(f"functions call each other more than {DEEPEST_CALLS} deep")
        run.depth += 1
        try:
            return body(*arguments)
        finally:
            run.depth -= 1

    return call

"""Types of calls: which built-in is meant, whether the arguments fit, and what comes out."""

from __future__ import annotations

from engine.diagnostics import counted, nearest_name
from engine.language.builtins import FUNCTIONS, Parameter, Signature
from engine.language.checker import Checker, Frame, element_of
from engine.language.foreign_functions import hint_for
from engine.language.misfits import Fit, misfit, report
from engine.language.problems import (
    ARGUMENT_COUNT,
    ARGUMENT_TYPE,
    BAD_LITERAL,
    BAD_PATTERN,
    NOT_A_FUNCTION,
    NOT_REPRODUCIBLE,
    OUTSIDE_PROFILE,
    UNKNOWN_ARGUMENT,
    UNKNOWN_FUNCTION,
)
from engine.language.relations import currencies_clash, fits, is_numeric, is_ordered, is_text, unite
from engine.language.rules_forms import condition
from engine.language.rules_names import outside_profile, type_of_temporal
from engine.language.scope import ResolvedCall
from engine.language.tree import Call, Expression, FunctionDefinition, Name, Path, TextLiteral
from engine.language.types import (
    ANY,
    NULL,
    ContextType,
    FunctionType,
    ListType,
    OptionalType,
    RangeType,
    Type,
    TypeVariable,
    optional,
    required,
)
from engine.language.values.fault import UndefinedError
from engine.language.wording import a, shown

CLOCK_FUNCTIONS = frozenset({"now", "today"})
PATTERN_FUNCTIONS = frozenset({"matches", "replace", "split"})
_EXAMPLES = {
    "date": 'date("2026-03-01")',
    "time": 'time("10:30:00")',
    "date and time": 'date and time("2026-03-01T10:30:00")',
    "duration": 'duration("P30D")',
}


def call(checker: Checker, node: Expression) -> Type:
    """A call of a built-in function or a decision table."""
    assert isinstance(node, Call)
    name = node.function.name if isinstance(node.function, Name) else ""
    if not name or checker.find(name) is not None:
        message = f"{shown(checker.source(node.function))} is not a function"
        called = "only built-in functions and decision tables are called"
        hint = "write `*` to multiply" if checker.check(node.function) != ANY else called
        checker.findings.error(NOT_A_FUNCTION, message, node.start, node.end, hint=hint)
        return ANY
    builtin = checker.function(name)
    if builtin is None or not builtin.strict:
        _unknown(checker, node, name)
        return ANY
    if name in _EXAMPLES and len(node.arguments) == 1 and isinstance(node.arguments[0], TextLiteral):
        return _literal(checker, node, name, node.arguments[0])
    return _known(checker, node, name, builtin.signatures)


def _unknown(checker: Checker, node: Call, name: str) -> None:
    for each in node.arguments:
        checker.check(each)
    place = node.function
    if name in CLOCK_FUNCTIONS:
        message = f"`{name}()` is not used in rule books: the same quote must give the same answer every day"
        checker.findings.error(NOT_REPRODUCIBLE, message, node.start, node.end, hint="use the date of the quote")
        return
    if name in FUNCTIONS:
        message = f"`{name}` is not used in rule books"
        hint = "name the attributes, or write a list or range in brackets"
        checker.findings.error(OUTSIDE_PROFILE, message, place.start, place.end, hint=hint)
        return
    hint = hint_for(name, checker.scope.tables)
    checker.findings.error(UNKNOWN_FUNCTION, f"unknown function `{name}`", place.start, place.end, hint=hint)


def _literal(checker: Checker, node: Call, name: str, argument: TextLiteral) -> Type:
    """``date("2026-03-01")`` and the like are read now, so that a wrong one is found now."""
    checker.check(argument)
    try:
        value = FUNCTIONS[name].signatures[0].run(argument.value)
    except UndefinedError:
        message = f'"{argument.value}" is not a {name}'
        hint = f"write for example `{_EXAMPLES[name]}`"
        checker.findings.error(BAD_LITERAL, message, argument.start, argument.end, hint=hint)
        return ANY
    checker.analysis.constants[id(node)] = value
    return type_of_temporal(value)


def _known(checker: Checker, node: Call, name: str, signatures: tuple[Signature, ...]) -> Type:
    placed = _place(checker, node, name, signatures)
    if placed is None:
        return ANY
    candidates, arguments = placed
    types = {
        id(each): _argument_type(checker, each, _parameter(candidates[0], place).type)
        for place, each in enumerate(arguments)
        if not isinstance(each, FunctionDefinition | None)
    }
    if name == "duration":
        message = "a duration in rule books is a text written out"
        checker.findings.error(OUTSIDE_PROFILE, message, node.start, node.end, hint='write for example `@"P30D"`')
        return ANY
    best: Fit | None = None
    for signature in candidates:
        fit = _fit(checker, signature, arguments, types)
        if fit.misfit is None and fit.currencies is None:
            _check_lambdas(checker, signature, arguments, fit)
            _check_pattern(checker, name, signature, arguments)
            checker.analysis.calls[id(node)] = ResolvedCall(name, arguments, signature)
            return _result(signature, fit, arguments, types)
        best = fit if best is None else best
    assert best is not None
    report(checker, name, best)
    return ANY


def _argument_type(checker: Checker, node: Expression, wanted: Type) -> Type:
    """The type of an argument; where a list is wanted, a slot and an attribute of a slot are lists of one or none."""
    noted = len(checker.findings.found)
    found = checker.check(node)
    if isinstance(wanted, ListType) and isinstance(found, OptionalType):
        if isinstance(found.item, ContextType):
            return found.item
        if isinstance(node, Path) and _is_slot(checker.analysis.types.get(id(node.source), ANY)):
            listed = ListType(found.item)
            checker.analysis.types[id(node)] = listed
            checker.findings.forget(noted)
            checker.warned.discard(checker.source(node.source))
            return listed
    if not isinstance(wanted, OptionalType):
        checker.warn_if_missing(node, found)
    return found


def _is_slot(kind: Type) -> bool:
    return isinstance(kind, OptionalType) and isinstance(kind.item, ContextType)


def _place(
    checker: Checker, node: Call, name: str, signatures: tuple[Signature, ...]
) -> tuple[list[Signature], tuple[Expression | None, ...]] | None:
    """The signatures that take the number (or the names) of the arguments, and the arguments by position."""
    if node.named:
        return _place_named(checker, node, name, signatures)
    count = len(node.arguments)
    found = [each for each in signatures if each.accepts(count)]
    if found:
        return found, node.arguments
    for each in node.arguments:
        if not isinstance(each, FunctionDefinition):
            checker.check(each)
    wanted = " or ".join(dict.fromkeys(_usage(name, each) for each in signatures))
    message = f"`{name}` does not take {_arguments(count)}" if count else f"`{name}` needs its arguments"
    checker.findings.error(ARGUMENT_COUNT, message, node.start, node.end, hint=f"write {wanted}")
    return None


def _arguments(count: int) -> str:
    return "one argument" if count == 1 else f"{count} arguments"


def _usage(name: str, signature: Signature) -> str:
    parts = [each.name or "value" for each in signature.parameters if each.required]
    return f"`{name}({', '.join(parts)}{', ...' if signature.variadic else ''})`"


def _place_named(
    checker: Checker, node: Call, name: str, signatures: tuple[Signature, ...]
) -> tuple[list[Signature], tuple[Expression | None, ...]] | None:
    given = {each.name: each.value for each in node.named}
    for signature in signatures:
        places = signature.arrange(list(given))
        if places is not None:
            values = tuple(given.values())
            return [signature], tuple(None if place is None else values[place] for place in places)
    for value in given.values():
        if not isinstance(value, FunctionDefinition):
            checker.check(value)
    known = [each.name for signature in signatures for each in signature.parameters if each.name]
    wrong = next((each for each in node.named if each.name not in known), node.named[0])
    near = nearest_name(wrong.name, known)
    hint = (
        f"did you mean `{near}`?"
        if near
        else "its arguments are " + ", ".join(f"`{each}`" for each in dict.fromkeys(known))
    )
    message = f"`{name}` has no argument `{wrong.name}`"
    if wrong.name in known:
        message = f"`{name}` cannot be called with these argument names"
    checker.findings.error(UNKNOWN_ARGUMENT, message, wrong.start, wrong.end, hint=hint)
    return None


def _parameter(signature: Signature, place: int) -> Parameter:
    return signature.parameters[min(place, len(signature.parameters) - 1)]


def _fit(
    checker: Checker, signature: Signature, arguments: tuple[Expression | None, ...], types: dict[int, Type]
) -> Fit:
    fit = Fit()
    for place, each in enumerate(arguments):
        if each is None:
            continue
        parameter = _parameter(signature, place)
        if isinstance(each, FunctionDefinition):
            if not isinstance(parameter.type, FunctionType):
                fit.misfit = fit.misfit or (each, f"needs {a(parameter.type)}, not a function", parameter.type)
            continue
        found = types[id(each)]
        if not _bind(parameter.type, found, fit, each) and fit.misfit is None:
            fit.misfit = (each, misfit(checker, arguments, each, parameter.type, found, fit), parameter.type)
    return fit


def _bind(wanted: Type, found: Type, fit: Fit, node: Expression) -> bool:
    """Match an argument with a parameter type, binding its variables; a missing value is the function's business."""
    found = required(found)
    if found == ANY:
        return True
    match wanted:
        case TypeVariable(name):
            return _bind_variable(name, found, fit, node)
        case ListType(item):
            inner = element_of(found)
            return inner is not None and found != NULL and _bind(item, inner, fit, node)
        case RangeType(item):
            return isinstance(found, RangeType) and _bind(item, found.item, fit, node)
        case FunctionType():
            return False
        case OptionalType(item):
            return found == NULL or _bind(item, found, fit, node)
        case _:
            return found != NULL and fits(found, wanted)


def _bind_variable(name: str, found: Type, fit: Fit, node: Expression) -> bool:
    if name == "N" and not is_numeric(found) or name == "O" and not (is_ordered(found) or is_text(found)):
        return False
    before = fit.bound.get(name, ANY)
    if currencies_clash(before, found):
        fit.currencies = fit.currencies or (node, before, found)
        return True
    united = unite(before, found)
    if united is None:
        return False
    fit.bound[name] = united
    return True


def _check_lambdas(checker: Checker, signature: Signature, arguments: tuple[Expression | None, ...], fit: Fit) -> None:
    source = checker.path(arguments[0]) if arguments[0] is not None else ""
    for node in arguments:
        if not isinstance(node, FunctionDefinition):
            continue
        wanted = next(each.type for each in signature.parameters if isinstance(each.type, FunctionType))
        if len(node.parameters) != len(wanted.parameters) or node.external:
            message = f"the order of `sort` compares {counted(len(wanted.parameters), 'item')}"
            hint = "write `sort(list, function(a, b) a.qty < b.qty)`"
            checker.findings.error(ARGUMENT_TYPE, message, node.start, node.end, hint=hint)
            continue
        item = fit.bound.get("T", ANY)
        frame: Frame = {}
        for each in node.parameters:
            frame[each.name] = (checker.new_variable(each.name, source), item)
        with checker.within(frame):
            condition(checker, node.body, "the order of `sort`")
        checker.analysis.variables[id(node)] = tuple(frame[each.name][0].number for each in node.parameters)
        checker.analysis.types[id(node)] = wanted


def _check_pattern(checker: Checker, name: str, signature: Signature, arguments: tuple[Expression | None, ...]) -> None:
    """Try a pattern that is written out, on the empty text."""
    if name not in PATTERN_FUNCTIONS or len(arguments) < 2:
        return
    node, *rest = arguments[1:]
    if not isinstance(node, TextLiteral) or not all(isinstance(each, TextLiteral) for each in rest):
        return
    try:
        signature.run("", node.value, *(each.value for each in rest if isinstance(each, TextLiteral)))
    except UndefinedError as error:
        hint = "the reference page lists what patterns may hold"
        checker.findings.error(BAD_PATTERN, str(error), node.start, node.end, hint=hint)


def _result(signature: Signature, fit: Fit, arguments: tuple[Expression | None, ...], types: dict[int, Type]) -> Type:
    """What a call gives: it may be missing when an argument may be that the function cannot do without."""
    found = _substitute(signature.result, fit.bound)
    needed = [
        each for place, each in enumerate(arguments) if not isinstance(_parameter(signature, place).type, OptionalType)
    ]
    return optional(found) if any(isinstance(types.get(id(each)), OptionalType) for each in needed) else found


def _substitute(kind: Type, bound: dict[str, Type]) -> Type:
    match kind:
        case TypeVariable(name):
            return bound.get(name, ANY)
        case ListType(item):
            return ListType(_substitute(item, bound))
        case OptionalType(item):
            return optional(_substitute(item, bound))
        case _:
            return kind


def function_definition(checker: Checker, node: Expression) -> Type:
    """A function outside ``sort``."""
    return outside_profile(checker, node)

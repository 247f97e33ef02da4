"""Python for iterations, filters and calls of built-ins; the most used built-ins are written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.language.builtins import Signature
from engine.language.emit_tests import is_direct
from engine.language.emitter import Emitter
from engine.language.relations import is_numeric
from engine.language.scope import ResolvedCall
from engine.language.tree import (
    Call,
    Expression,
    Filter,
    For,
    FunctionDefinition,
    Iteration,
    Quantified,
    Quantifier,
    Range,
)
from engine.language.types import ANY, ContextType, ListType, OptionalType, RangeType, Type, required


def loop(emitter: Emitter, node: Expression) -> str:
    """``for``."""
    assert isinstance(node, For)
    with_result = _looped(emitter, node, node.iterations, node.result)
    return f"tuple([{with_result}])"


def quantified(emitter: Emitter, node: Expression) -> str:
    """``some``, ``every``."""
    assert isinstance(node, Quantified)
    inner = _looped(emitter, node, node.iterations, node.condition)
    some = node.quantifier is Quantifier.SOME
    if emitter.maybe(node.condition):
        return f"{'_some_of' if some else '_every_of'}({inner})"
    return f"{'any' if some else 'all'}({inner})"


def _looped(emitter: Emitter, node: Expression, iterations: tuple[Iteration, ...], result: Expression) -> str:
    numbers = emitter.checked.analysis.variables[id(node)]
    emitter.loops += len(iterations)
    clauses = []
    for number, each in zip(numbers, iterations, strict=True):
        clauses.append(f"for v{number} in {_run_through(emitter, each)}")
    text = f"{emitter.code(result)} {' '.join(clauses)}"
    emitter.loops -= len(iterations)
    return text


def _run_through(emitter: Emitter, node: Iteration) -> str:
    """What an iteration runs through, its rounds counted when there are several loops or it counts by itself."""
    if node.until is not None:
        first, last = emitter.code(node.source), emitter.code(node.until)
        text = f"{emitter.mark(node)}_counting({first}, {last})"
    elif isinstance(node.source, Range) and isinstance(emitter.kind(node.source), RangeType):
        text = f"{emitter.mark(node)}_across({emitter.code(node.source)})"
    elif emitter.loops < 2:
        return emitter.items(node.source)
    else:
        text = emitter.items(node.source)
    emitter.counts_steps = True
    return f"s({text})"


def filtered(emitter: Emitter, node: Expression) -> str:
    """``list[condition]`` or ``list[position]``."""
    assert isinstance(node, Filter)
    source = emitter.items(node.source)
    if is_numeric(emitter.kind(node.condition)):
        return f"{emitter.mark(node)}_at({source}, {emitter.code(node.condition)})"
    (number,) = emitter.checked.analysis.variables[id(node)]
    emitter.loops += 1
    counted = emitter.loops > 1
    emitter.counts_steps = emitter.counts_steps or counted
    text = f"tuple([v{number} for v{number} in {f's({source})' if counted else source} if "
    text += f"{emitter.condition(node.condition)}])"
    emitter.loops -= 1
    return text


def call(emitter: Emitter, node: Expression) -> str:
    """A built-in: written out when it is a common one, otherwise the function of the table."""
    assert isinstance(node, Call)
    constants = emitter.checked.analysis.constants
    if id(node) in constants:
        return emitter.constant(constants[id(node)])
    resolved = emitter.checked.analysis.calls[id(node)]
    written_out = _WRITTEN_OUT.get(resolved.name)
    text = written_out(emitter, node, resolved) if written_out else None
    return text if text is not None else _of_table(emitter, node, resolved)


def _of_table(emitter: Emitter, node: Call, resolved: ResolvedCall) -> str:
    parts, maybe = [], False
    for place, each in enumerate(resolved.arguments):
        if each is None:
            parts.append("None")
            continue
        parameter = _parameter_type(resolved.signature, place)
        if isinstance(each, FunctionDefinition):
            parts.append(_order(emitter, each))
            continue
        if isinstance(parameter, ListType) and isinstance(emitter.kind(each), ContextType):
            parts.append(emitter.items(each))
        else:
            parts.append(emitter.code(each))
            maybe = maybe or parameter != ANY and emitter.maybe(each)
    # A function that takes a missing value for one argument looks after the others itself.
    maybe = maybe and not any(isinstance(each.type, OptionalType) for each in resolved.signature.parameters)
    run = emitter.constants.name(resolved.signature.run)
    return emitter.lifted(run, *parts, maybe=maybe, mark=emitter.mark(node))


def _parameter_type(signature: Signature, place: int) -> Type:
    return signature.parameters[min(place, len(signature.parameters) - 1)].type


def _order(emitter: Emitter, node: FunctionDefinition) -> str:
    numbers = emitter.checked.analysis.variables[id(node)]
    names = ", ".join(f"v{number}" for number in numbers)
    given = ", ".join(ascii(each.name) for each in node.parameters)
    return f"_FunctionValue(({given},), lambda {names}: {emitter.condition(node.body)})"


def _list_argument(emitter: Emitter, resolved: ResolvedCall) -> str | None:
    """The items of a list that is the only argument, of values the plain functions can work with."""
    first = resolved.arguments[0]
    if first is None or len(resolved.arguments) != 1 or resolved.signature.variadic:
        return None
    if emitter.maybe(first) and not isinstance(emitter.kind(first), ContextType):
        return None
    return emitter.items(first)


def _sum(emitter: Emitter, node: Call, resolved: ResolvedCall) -> str | None:
    items = _list_argument(emitter, resolved)
    return None if items is None else f"{emitter.mark(node)}_total({_unwrapped(items)})"


def _unwrapped(items: str) -> str:
    """The list inside ``tuple([...])``: a sum does not need the tuple."""
    return items[6:-1] if items.startswith("tuple([") and _closes_last(items) else items


def _closes_last(text: str) -> bool:
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and character == ")":
            return place == len(text) - 1
    return False


def _count(emitter: Emitter, node: Call, resolved: ResolvedCall) -> str | None:
    items = _list_argument(emitter, resolved)
    return None if items is None else f"_Decimal(len({items}))"


def _extreme(emitter: Emitter, node: Call, resolved: ResolvedCall) -> str | None:
    first = resolved.arguments[0]
    items = _list_argument(emitter, resolved)
    if items is None or first is None:
        return None
    kind = required(emitter.type(first))
    if not isinstance(kind, ListType) or not is_direct(kind.item):
        return None
    return f"{emitter.mark(node)}{resolved.name}({items}, default=None)"


def _not(emitter: Emitter, node: Call, resolved: ResolvedCall) -> str | None:
    (inner,) = resolved.arguments
    assert inner is not None
    text = emitter.code(inner)
    return f"_negated({text})" if emitter.maybe(inner) else f"(not {text})"


def _contains(emitter: Emitter, node: Call, resolved: ResolvedCall) -> str | None:
    whole, part = resolved.arguments
    if whole is None or part is None or emitter.maybe(whole, part):
        return None
    return f"({emitter.code(part)} in {emitter.code(whole)})"


def _starts_with(emitter: Emitter, node: Call, resolved: ResolvedCall) -> str | None:
    whole, part = resolved.arguments
    if whole is None or part is None or emitter.maybe(whole, part):
        return None
    method = "startswith" if resolved.name == "starts with" else "endswith"
    return f"{emitter.code(whole)}.{method}({emitter.code(part)})"


_WRITTEN_OUT: Mapping[str, Callable[[Emitter, Call, ResolvedCall], str | None]] = {
    "sum": _sum,
    "count": _count,
    "min": _extreme,
    "max": _extreme,
    "not": _not,
    "contains": _contains,
    "starts with": _starts_with,
    "ends with": _starts_with,
}

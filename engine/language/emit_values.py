"""Python for literals, names, attributes, arithmetic, branches and connectives."""

from __future__ import annotations

from engine.language.constants import NotConstant, constant
from engine.language.emitter import Emitter, attribute
from engine.language.relations import is_numeric
from engine.language.scope import MeaningKind
from engine.language.tree import (
    Arithmetic,
    ArithmeticOp,
    ContextLiteral,
    Expression,
    If,
    ListLiteral,
    Logic,
    LogicOp,
    Name,
    Negation,
    Path,
    walk,
)
from engine.language.types import ContextType, ListType, OptionalType, Type, required
from engine.language.values import arithmetic as generic

_NUMERIC = {
    ArithmeticOp.ADD: "_add",
    ArithmeticOp.SUBTRACT: "_subtract",
    ArithmeticOp.MULTIPLY: "_multiply",
    ArithmeticOp.DIVIDE: "_divide",
    ArithmeticOp.POWER: "_power",
}
_GENERIC = {
    ArithmeticOp.ADD: generic.add,
    ArithmeticOp.SUBTRACT: generic.subtract,
    ArithmeticOp.MULTIPLY: generic.multiply,
    ArithmeticOp.DIVIDE: generic.divide,
    ArithmeticOp.POWER: generic.power,
}


def literal(emitter: Emitter, node: Expression) -> str:
    """A value that stands in the text."""
    return emitter.constant(constant(node, emitter.checked.analysis.constants))


def name(emitter: Emitter, node: Expression) -> str:
    """A root, a variable, or an attribute of the item of a filter."""
    assert isinstance(node, Name)
    meaning = emitter.checked.analysis.meanings[id(node)]
    match meaning.kind:
        case MeaningKind.ROOT:
            return f"r{meaning.number}"
        case MeaningKind.VARIABLE:
            return f"v{meaning.number}"
        case MeaningKind.FIELD:
            if emitter.maybe(node):
                return f"_entry(v{meaning.number}, {ascii(meaning.name)})"
            return f"v{meaning.number}[{ascii(meaning.name)}]"


def subject(emitter: Emitter, node: Expression) -> str:
    """The column a cell is about."""
    assert emitter.checked.subject is not None
    before, emitter.about_subject = emitter.about_subject, True
    text = emitter.code(emitter.checked.subject)
    emitter.about_subject = before
    return text


def path(emitter: Emitter, node: Expression) -> str:
    """An attribute, a property, or a projection."""
    assert isinstance(node, Path)
    source, kind = emitter.code(node.source), emitter.kind(node.source)
    text = _attribute(emitter, node, source, kind, maybe=emitter.maybe(node.source))
    if isinstance(kind, ContextType) and isinstance(emitter.type(node), ListType):
        field = kind.fields.get(node.name)
        return text if field is not None and isinstance(required(field), ListType) else f"_single({text})"
    return text


def _attribute(emitter: Emitter, node: Path, source: str, kind: Type, *, maybe: bool) -> str:
    match kind:
        case ContextType(fields):
            if maybe:
                return f"_entry({source}, {ascii(node.name)})"
            return attribute(source, node.name, fields.get(node.name))
        case ListType(item):
            inner = _attribute(emitter, node, "p", required(item), maybe=isinstance(item, OptionalType))
            listed = f"({source} or ())" if maybe else source
            return f"tuple([{inner} for p in {listed}])"
        case _:
            call = emitter.mark(node) + "_property"
            return emitter.lifted(call, source, ascii(node.name), maybe=maybe)


def negation(emitter: Emitter, node: Expression) -> str:
    """``-x``."""
    assert isinstance(node, Negation)
    try:
        return literal(emitter, node)
    except NotConstant:
        operation = "_minus" if is_numeric(emitter.kind(node)) else emitter.constant(generic.negate)
        return emitter.lifted(
            operation, emitter.code(node.operand), maybe=emitter.maybe(node.operand), mark=emitter.mark(node)
        )


def arithmetic(emitter: Emitter, node: Expression) -> str:
    """``left op right``: decimal arithmetic of 34 digits, or the general operation of texts, dates and durations."""
    assert isinstance(node, Arithmetic)
    numeric = is_numeric(emitter.kind(node.left)) and is_numeric(emitter.kind(node.right))
    operation = _NUMERIC[node.op] if numeric else emitter.constant(_GENERIC[node.op])
    left, right = emitter.code(node.left), emitter.code(node.right)
    return emitter.lifted(operation, left, right, maybe=emitter.maybe(node.left, node.right), mark=emitter.mark(node))


def logic(emitter: Emitter, node: Expression) -> str:
    """``and``, ``or``: the plain ones when no answer may be absent."""
    assert isinstance(node, Logic)
    if emitter.maybe(*node.operands):
        whole = "_all_hold" if node.op is LogicOp.AND else "_one_holds"
        return f"{whole}({', '.join(f'lambda: {emitter.code(each)}' for each in node.operands)})"
    return "(" + f" {node.op.value} ".join(emitter.code(each) for each in node.operands) + ")"


def branch(emitter: Emitter, node: Expression) -> str:
    """``if``."""
    assert isinstance(node, If)
    condition = emitter.condition(node.condition)
    return f"({emitter.code(node.consequence)} if {condition} else {emitter.code(node.alternative)})"


def list_literal(emitter: Emitter, node: Expression) -> str:
    """``[a, b]``."""
    assert isinstance(node, ListLiteral)
    return "(" + "".join(f"{emitter.code(each)}, " for each in node.items) + ")"


def context_literal(emitter: Emitter, node: Expression) -> str:
    """``{a: 1, b: a + 1}``: each entry is the argument of a function around the later ones when they use it."""
    assert isinstance(node, ContextLiteral)
    numbers = emitter.checked.analysis.variables[id(node)]
    meanings = emitter.checked.analysis.meanings
    used = {
        meanings[id(each)].number
        for each in walk(node)
        if isinstance(each, Name) and id(each) in meanings and meanings[id(each)].kind is MeaningKind.VARIABLE
    }
    parts = []
    for number, each in zip(numbers, node.entries, strict=True):
        value = f"v{number}" if number in used else emitter.code(each.value)
        parts.append(f"{ascii(each.name)}: {value}")
    text = "{" + ", ".join(parts) + "}"
    for number, each in reversed(list(zip(numbers, node.entries, strict=True))):
        if number in used:
            text = f"(lambda v{number}: {text})({emitter.code(each.value)})"
    return text

"""Writes a tree as FEEL text with as few brackets as the grammar needs; reading the text gives the same tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from engine.language.grammar import ADD, AND, COMPARE, INSTANCE, LOWEST, MULTIPLY, NEGATE, OR, POSTFIX, POWER
from engine.language.names import KEYWORDS
from engine.language.tokens import token_texts
from engine.language.tree import (
    Arithmetic,
    ArithmeticOp,
    AtLiteral,
    Between,
    BooleanLiteral,
    Call,
    Comparison,
    ContextLiteral,
    Expression,
    Filter,
    For,
    FunctionDefinition,
    If,
    In,
    InstanceOf,
    Iteration,
    ListLiteral,
    Logic,
    LogicOp,
    Name,
    Negation,
    NullLiteral,
    NumberLiteral,
    OperatorTest,
    Path,
    Quantified,
    Range,
    Subject,
    TextLiteral,
    TypeContext,
    TypeExpression,
    TypeFunction,
    TypeList,
    TypeName,
    TypeRange,
    UnaryTests,
)

PRIMARY = POSTFIX + 1
_LONGEST_PLAIN = 40
_STARTS_WITH_EXTERNAL = re.compile(r"external\b")

_POWERS = {
    ArithmeticOp.ADD: ADD,
    ArithmeticOp.SUBTRACT: ADD,
    ArithmeticOp.MULTIPLY: MULTIPLY,
    ArithmeticOp.DIVIDE: MULTIPLY,
    ArithmeticOp.POWER: POWER,
}
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def print_expression(node: Expression) -> str:
    """Write an expression; names are written as they are, so read the text back with the same known names."""
    return _write(node, LOWEST)


def print_unary_tests(cell: UnaryTests) -> str:
    """Write the content of a cell."""
    if not cell.tests:
        return "-"
    text = ", ".join(_test(each) for each in cell.tests)
    return f"not({text})" if cell.negated else text


def print_text(value: str) -> str:
    """Write a text literal."""
    return '"' + "".join(_ESCAPES.get(each) or _printable(each) for each in value) + '"'


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    point = ord(character)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:06x}"


def _write(node: Expression, above: int) -> str:
    """Write a node for a place that takes operators binding tighter than ``above``."""
    text, power = _WRITERS[type(node)](node)
    return f"({text})" if power <= above else text


Written = tuple[str, int]


def _number(node: Expression) -> Written:
    assert isinstance(node, NumberLiteral)
    return print_number(node.value), PRIMARY


def print_number(value: Decimal) -> str:
    """Write a number without exponent unless it would be very long."""
    plain = format(value, "f")
    return plain if len(plain) <= _LONGEST_PLAIN else str(value).lower().replace("e+", "e")


def _literal(node: Expression) -> Written:
    match node:
        case TextLiteral(value=value):
            return print_text(value), PRIMARY
        case BooleanLiteral(value=truth):
            return "true" if truth else "false", PRIMARY
        case AtLiteral(text=text):
            return "@" + print_text(text), PRIMARY
        case Subject():
            return "?", PRIMARY
        case _:
            return "null", PRIMARY


def _name(node: Expression) -> Written:
    assert isinstance(node, Name)
    return node.name, PRIMARY


def _path(node: Expression) -> Written:
    assert isinstance(node, Path)
    source = _write(node.source, INSTANCE)
    if isinstance(node.source, NumberLiteral):
        source = f"({source})"
    return f"{source}.{node.name}", POSTFIX


def _filter(node: Expression) -> Written:
    assert isinstance(node, Filter)
    return f"{_write(node.source, INSTANCE)}[{_write(node.condition, LOWEST)}]", POSTFIX


def _call(node: Expression) -> Written:
    assert isinstance(node, Call)
    parts = [_write(each, LOWEST) for each in node.arguments]
    parts += [f"{each.name}: {_write(each.value, LOWEST)}" for each in node.named]
    return f"{_write(node.function, INSTANCE)}({', '.join(parts)})", POSTFIX


def _negation(node: Expression) -> Written:
    assert isinstance(node, Negation)
    if isinstance(node.operand, NumberLiteral):
        return f"-{_number(node.operand)[0]}", NEGATE
    if _starts_with_number(node.operand):
        return f"-({_write(node.operand, LOWEST)})", NEGATE
    return f"-{_write(node.operand, NEGATE)}", NEGATE


def _starts_with_number(node: Expression) -> bool:
    """Whether the text begins with a number, to which a minus sign would stick."""
    match node:
        case NumberLiteral():
            return True
        case Path(source=source) | Filter(source=source) | Call(function=source) | InstanceOf(value=source):
            return _starts_with_number(source)
        case _:
            return False


def _arithmetic(node: Expression) -> Written:
    assert isinstance(node, Arithmetic)
    power = _POWERS[node.op]
    return f"{_write(node.left, power - 1)} {node.op.value} {_write(node.right, power)}", power


def _comparison(node: Expression) -> Written:
    assert isinstance(node, Comparison)
    return f"{_write(node.left, COMPARE - 1)} {node.op.value} {_write(node.right, COMPARE)}", COMPARE


def _logic(node: Expression) -> Written:
    assert isinstance(node, Logic)
    power = AND if node.op is LogicOp.AND else OR
    return f" {node.op.value} ".join(_write(each, power) for each in node.operands), power


def _between(node: Expression) -> Written:
    assert isinstance(node, Between)
    ends = f"{_write(node.low, COMPARE)} and {_write(node.high, COMPARE)}"
    return f"{_write(node.value, COMPARE - 1)} between {ends}", COMPARE


def _in(node: Expression) -> Written:
    assert isinstance(node, In)
    value = _write(node.value, COMPARE - 1)
    return f"{value} in ({', '.join(_test(each) for each in node.tests)})", COMPARE


def _test(node: Expression) -> str:
    if isinstance(node, OperatorTest):
        return f"{node.op.value} {_write(node.operand, COMPARE)}"
    return _write(node, LOWEST)


def _instance(node: Expression) -> Written:
    assert isinstance(node, InstanceOf)
    return f"{_write(node.value, INSTANCE - 1)} instance of {print_type(node.type)}", INSTANCE


def _range(node: Expression) -> Written:
    assert isinstance(node, Range)
    low = "" if node.low is None else _write(node.low, LOWEST)
    high = "" if node.high is None else _write(node.high, LOWEST)
    opening, closing = "[" if node.low_included else "(", "]" if node.high_included else ")"
    return f"{opening}{low}..{high}{closing}", PRIMARY


def _operator_test(node: Expression) -> Written:
    return f"({_test(node)})", PRIMARY


def _list(node: Expression) -> Written:
    assert isinstance(node, ListLiteral)
    return f"[{', '.join(_test(each) for each in node.items)}]", PRIMARY


def _context(node: Expression) -> Written:
    assert isinstance(node, ContextLiteral)
    return "{" + ", ".join(f"{_key(each.name)}: {_write(each.value, LOWEST)}" for each in node.entries) + "}", PRIMARY


def _key(name: str) -> str:
    texts = token_texts(name)
    bare = texts is not None and " ".join(name.split()) == name and name[:1].isalpha()
    plain = bare and all(each.isalnum() for each in name.replace(" ", "").replace("_", ""))
    return name if plain and not KEYWORDS & set(texts or ()) else print_text(name)


def _if(node: Expression) -> Written:
    assert isinstance(node, If)
    parts = (_write(each, LOWEST) for each in (node.condition, node.consequence, node.alternative))
    return "if {} then {} else {}".format(*parts), OR


def _iterations(iterations: tuple[Iteration, ...]) -> str:
    parts = []
    for each in iterations:
        until = "" if each.until is None else f"..{_write(each.until, LOWEST)}"
        parts.append(f"{each.name} in {_write(each.source, LOWEST)}{until}")
    return ", ".join(parts)


def _for(node: Expression) -> Written:
    assert isinstance(node, For)
    return f"for {_iterations(node.iterations)} return {_write(node.result, LOWEST)}", OR


def _quantified(node: Expression) -> Written:
    assert isinstance(node, Quantified)
    head = f"{node.quantifier.value} {_iterations(node.iterations)}"
    return f"{head} satisfies {_write(node.condition, LOWEST)}", OR


def _function(node: Expression) -> Written:
    assert isinstance(node, FunctionDefinition)
    parts = (each.name + (f": {print_type(each.type)}" if each.type else "") for each in node.parameters)
    external = "external " if node.external else ""
    body = _write(node.body, LOWEST)
    if not external and _STARTS_WITH_EXTERNAL.match(body):
        body = f"({body})"  # a name of the author's, which would be read as the word that marks a foreign function
    return f"function({', '.join(parts)}) {external}{body}", OR


def print_type(node: TypeExpression) -> str:
    """Write a type expression."""
    match node:
        case TypeName(name=name):
            return name
        case TypeList(item=item):
            return f"list<{print_type(item)}>"
        case TypeRange(item=item):
            return f"range<{print_type(item)}>"
        case TypeContext(fields=fields):
            return f"context<{', '.join(f'{each.name}: {print_type(each.type)}' for each in fields)}>"
        case TypeFunction(parameters=parameters, result=result):
            return f"function<{', '.join(map(print_type, parameters))}>->{print_type(result)}"


_WRITERS: Mapping[type, Callable[[Expression], Written]] = MappingProxyType(
    {
        NumberLiteral: _number,
        TextLiteral: _literal,
        BooleanLiteral: _literal,
        NullLiteral: _literal,
        AtLiteral: _literal,
        Subject: _literal,
        Name: _name,
        Path: _path,
        Filter: _filter,
        Call: _call,
        Negation: _negation,
        Arithmetic: _arithmetic,
        Comparison: _comparison,
        Logic: _logic,
        Between: _between,
        In: _in,
        InstanceOf: _instance,
        Range: _range,
        OperatorTest: _operator_test,
        ListLiteral: _list,
        ContextLiteral: _context,
        If: _if,
        For: _for,
        Quantified: _quantified,
        FunctionDefinition: _function,
    }
)

"""The tree of FEEL: one set of nodes for full FEEL and for its strict profile.

Every node knows the stretch of the text it came from, ``start`` (from 0) up to ``end`` (exclusive). Positions do not
take part in equality, so that two readings of the same meaning compare equal. Parentheses leave no trace beyond the
shape of the tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import Enum
from typing import TypeAlias


class ArithmeticOp(Enum):
    """Arithmetic operators."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    POWER = "**"


class ComparisonOp(Enum):
    """Comparison operators."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


class LogicOp(Enum):
    """The connectives."""

    AND = "and"
    OR = "or"


class Quantifier(Enum):
    """``some`` holds when one combination satisfies, ``every`` when all do."""

    SOME = "some"
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class Node:
    """What all nodes have: their place in the text."""

    start: int = field(compare=False)
    end: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class NumberLiteral(Node):
    """A number, never negative: a leading minus is a ``Negation``."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class TextLiteral(Node):
    """A text in double quotes, escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class BooleanLiteral(Node):
    """``true`` or ``false``."""

    value: bool


@dataclass(frozen=True, slots=True)
class NullLiteral(Node):
    """``null``."""


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    """``@"2026-03-01"``: a date, time, date and time or duration; ``text`` is what stands between the quotes."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable or a function by name; inner spaces are single."""

    name: str


@dataclass(frozen=True, slots=True)
class Subject(Node):
    """``?``: the value a unary test is about."""


@dataclass(frozen=True, slots=True)
class Path(Node):
    """``source.name``: an entry of a context, a property of a value, or a projection over a list."""

    source: Expression
    name: str
    name_start: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """``source[condition]``: the items that satisfy, or the item at a position (from 1, negative from the end)."""

    source: Expression
    condition: Expression


@dataclass(frozen=True, slots=True)
class NamedArgument(Node):
    """``name: value`` in a call."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function call, with positional or with named arguments, never both."""

    function: Expression
    arguments: tuple[Expression, ...]
    named: tuple[NamedArgument, ...] = ()


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """``-operand``."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``left op right``; addition also joins texts and moves dates."""

    op: ArithmeticOp
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """``left op right``."""

    op: ComparisonOp
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """Two or more operands joined by the same connective; a bracketed chain inside a chain stays its own node."""

    op: LogicOp
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``value between low and high``, both ends included."""

    value: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class In(Node):
    """``value in test`` or ``value in (test, test)``: one of the tests holds."""

    value: Expression
    tests: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """``value instance of type``."""

    value: Expression
    type: TypeExpression


@dataclass(frozen=True, slots=True)
class Range(Node):
    """``[low..high)``: an interval; a missing end (None) is unbounded and never included."""

    low: Expression | None
    high: Expression | None
    low_included: bool
    high_included: bool


@dataclass(frozen=True, slots=True)
class OperatorTest(Node):
    """``< 10``: a unary test by operator; in parentheses it is also a value, an interval with one end."""

    op: ComparisonOp
    operand: Expression


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """``[a, b]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ContextEntry(Node):
    """``name: value`` in a context; a later entry may use an earlier one."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """``{a: 1, b: a + 1}``."""

    entries: tuple[ContextEntry, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if condition then consequence else alternative``."""

    condition: Expression
    consequence: Expression
    alternative: Expression


@dataclass(frozen=True, slots=True)
class Iteration(Node):
    """``name in source``, or ``name in source..until`` counting up or down, both ends included."""

    name: str
    source: Expression
    until: Expression | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    """``for a in x, b in y return result``: the later name runs fastest; ``partial`` holds the results so far."""

    iterations: tuple[Iteration, ...]
    result: Expression


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """``some a in x satisfies condition`` or ``every a in x satisfies condition``."""

    quantifier: Quantifier
    iterations: tuple[Iteration, ...]
    condition: Expression


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A parameter of a function definition, with its type when one is written."""

    name: str
    type: TypeExpression | None = None


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    """``function(a, b: number) body``; ``external`` bodies name a foreign function and are refused when called."""

    parameters: tuple[Parameter, ...]
    body: Expression
    external: bool = False


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """A built-in type or an item definition by name; inner spaces single, dots kept."""

    name: str


@dataclass(frozen=True, slots=True)
class TypeList(Node):
    """``list<item>``."""

    item: TypeExpression


@dataclass(frozen=True, slots=True)
class TypeRange(Node):
    """``range<item>``."""

    item: TypeExpression


@dataclass(frozen=True, slots=True)
class TypeField(Node):
    """``name: type`` in a context type."""

    name: str
    type: TypeExpression


@dataclass(frozen=True, slots=True)
class TypeContext(Node):
    """``context<a: number, b: string>``."""

    fields: tuple[TypeField, ...]


@dataclass(frozen=True, slots=True)
class TypeFunction(Node):
    """``function<number, string>->boolean``."""

    parameters: tuple[TypeExpression, ...]
    result: TypeExpression


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """The content of a decision table cell. ``-`` has no tests and always holds.

    A test is an ``OperatorTest``, an interval, or an expression: one that uses ``?`` is the condition itself; any other
    is compared with the subject (equal to it, or a member when it is a list).
    """

    tests: tuple[Expression, ...]
    negated: bool = False


Expression: TypeAlias = (
    NumberLiteral
    | TextLiteral
    | BooleanLiteral
    | NullLiteral
    | AtLiteral
    | Name
    | Subject
    | Path
    | Filter
    | Call
    | Negation
    | Arithmetic
    | Comparison
    | Logic
    | Between
    | In
    | InstanceOf
    | Range
    | OperatorTest
    | ListLiteral
    | ContextLiteral
    | If
    | For
    | Quantified
    | FunctionDefinition
)

TypeExpression: TypeAlias = TypeName | TypeList | TypeRange | TypeContext | TypeFunction


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly below ``node``, in the order of the text."""
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))


def walk(node: Node) -> Iterator[Node]:
    """Yield ``node`` and all nodes below it, a node before what is below it."""
    yield node
    for each in children(node):
        yield from walk(each)

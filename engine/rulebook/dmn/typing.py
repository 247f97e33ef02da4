"""Types of DMN as the types of the folder ``tables/``: words, words to choose from, and what may be missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.language.dmn.items import Items
from engine.language.dmn.model import ItemDefinition
from engine.language.evaluate import evaluate
from engine.language.evaluate.conformance import STANDARD_TYPES
from engine.language.names import KnownNames
from engine.language.parse import parse_expression, parse_unary_tests
from engine.language.printer import print_expression, print_unary_tests
from engine.language.tables.region import Admitted, admitted, key_of
from engine.language.tree import (
    AtLiteral,
    BooleanLiteral,
    Call,
    Expression,
    Name,
    Negation,
    NullLiteral,
    NumberLiteral,
    TextLiteral,
    UnaryTests,
)
from engine.language.types import ListType
from engine.language.values.kind import Kind
from engine.rulebook.decision_table import TYPE_WORDS
from engine.rulebook.dmn.draft import DraftColumn

OWN_WORDS = ("percent", "money")
"""Words of rule books that DMN knows as names of numbers only."""
KIND_WORDS = {
    Kind.TEXT: "text",
    Kind.NUMBER: "number",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.DATE_TIME: "date and time",
    Kind.DAYS: "days",
    Kind.MONTHS: "months",
}
ANYTHING = "? != null"
"""What the allowed values of an optional input say beside ``null`` when it may be anything."""


@dataclass(frozen=True, slots=True)
class Described:
    """What a DMN type says of a value; ``word`` is empty when it says nothing that rule books know."""

    word: str = ""
    allowed: str = ""
    is_list: bool = False
    components: tuple[ItemDefinition, ...] = ()


def describe(name: str, items: Items, depth: int = 0) -> Described:
    """Return what the type of a name says, its item definitions followed."""
    found = items.find(name) if name and depth < 40 else None
    if found is None:
        return Described(_word_of(name))
    definition, home = found
    return described(definition, home, depth + 1)


def described(definition: ItemDefinition, home: Items, depth: int = 0) -> Described:
    """Return what an item definition says."""
    if definition.components:
        return Described(components=definition.components, is_list=definition.is_collection)
    base = describe(definition.type_name, home, depth)
    allowed = definition.allowed.strip() or definition.constraint.strip() or base.allowed
    word = definition.name if definition.name in OWN_WORDS and base.word == "number" else base.word
    return Described(word, allowed, definition.is_collection or base.is_list, base.components)


def _word_of(name: str) -> str:
    kind = STANDARD_TYPES.get(name)
    kind = kind.item if isinstance(kind, ListType) else kind
    return next((word for word, each in TYPE_WORDS.items() if each is kind), "")


def declared(about: Described, allowed: str, known: KnownNames, title: str) -> DraftColumn:
    """Return the declaration of an input: its type, and the words or values that it may be."""
    column = DraftColumn(about.word, title=title, is_list=about.is_list)
    if not allowed.strip():
        return column
    tests = parse_unary_tests(allowed, names=known)
    kept = tuple(each for each in tests.tests if not isinstance(each, NullLiteral))
    column = replace(column, is_optional=len(kept) < len(tests.tests) and not tests.negated)
    tests = replace(tests, tests=kept)
    texts = words_in(tests)
    if texts and about.word == "text":
        return replace(column, values=texts)
    printed = print_unary_tests(tests)
    return column if printed in ("-", ANYTHING) else replace(column, allowed=printed)


def words_in(tests: UnaryTests) -> tuple[str, ...]:
    """Return the texts when a list of tests is nothing but texts."""
    texts = tuple(each.value for each in tests.tests if isinstance(each, TextLiteral))
    return texts if len(texts) == len(tests.tests) and not tests.negated else ()


def asks_for_null(cells: Iterable[UnaryTests]) -> bool:
    """Whether a cell tests that the value is missing."""
    return any(isinstance(each, NullLiteral) for cell in cells for each in cell.tests)


def word_of_cells(cells: Iterable[UnaryTests]) -> str:
    """Return the type that the constant cells of a column speak of; empty when they do not agree or say nothing."""
    found: set[Kind] = set()
    for cell in cells:
        kept = tuple(each for each in cell.tests if not isinstance(each, NullLiteral))
        seen: Admitted | None = admitted(replace(cell, tests=kept))
        if seen is not None and seen.kind is not None:
            found.add(seen.kind)
    return KIND_WORDS[found.pop()] if len(found) == 1 else ""


def word_of_outputs(outputs: Sequence[Expression]) -> str:
    """Return the type of outputs that are constants of one kind; empty when they do not tell."""
    found: set[str] = set()
    for each in outputs:
        match each:
            case NullLiteral():
                continue
            case NumberLiteral() | Negation(operand=NumberLiteral()):
                found.add("number")
            case TextLiteral():
                found.add("text")
            case BooleanLiteral():
                found.add("boolean")
            case AtLiteral() | Call(function=Name(name="date" | "time" | "date and time" | "duration")):
                found.add(_word_of_constant(each))
            case _:
                return ""
    return found.pop() if len(found) == 1 else ""


def _word_of_constant(node: Expression) -> str:
    key = key_of(evaluate(node, {}))
    return KIND_WORDS.get(key[0], "") if key is not None else ""


def looks_at(node: Expression) -> str:
    """Return the name that an input expression is, empty for anything else."""
    return node.name if isinstance(node, Name) else ""


def is_plain_constant(node: Expression) -> bool:
    """Whether a node is a text, number, truth value, date or duration that is written out."""
    return isinstance(node, TextLiteral | NullLiteral) or bool(word_of_outputs([node]))


def listed(text: str, known: KnownNames) -> tuple[str, ...]:
    """Return the values that an output column lists, as words for texts and as FEEL otherwise."""
    tests = parse_unary_tests(text, names=known)
    return words_in(tests) or tuple(print_expression(each) for each in tests.tests)


def expression(text: str, known: KnownNames) -> Expression:
    """Read an output cell; an empty one is null."""
    return parse_expression(text, names=known) if text.strip() not in ("", "-") else NullLiteral(0, 0)

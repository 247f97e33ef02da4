"""Types of literals, names and attributes."""

from __future__ import annotations

from collections.abc import Mapping

from engine.diagnostics import nearest_name
from engine.language.checker import Checker
from engine.language.problems import BAD_LITERAL, NO_SUBJECT, OUTSIDE_PROFILE, UNKNOWN_ATTRIBUTE, UNKNOWN_NAME
from engine.language.tree import (
    AtLiteral,
    BooleanLiteral,
    Expression,
    InstanceOf,
    Name,
    NullLiteral,
    NumberLiteral,
    Path,
    TextLiteral,
)
from engine.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NULL,
    NUMBER,
    TEXT,
    TIME,
    BasicType,
    ContextType,
    EnumType,
    ListType,
    OptionalType,
    RangeType,
    Type,
    optional,
    required,
)
from engine.language.values.duration import DaysDuration, MonthsDuration
from engine.language.values.fault import UndefinedError
from engine.language.values.reading import read_at_literal
from engine.language.values.temporal import DateTime, Time
from engine.language.wording import a, shown

_DATE_PROPERTIES: dict[str, Type] = {"year": NUMBER, "month": NUMBER, "day": NUMBER, "weekday": NUMBER}
_TIME_PROPERTIES: dict[str, Type] = {
    "hour": NUMBER,
    "minute": NUMBER,
    "second": NUMBER,
    "time offset": optional(DAYS_DURATION),
    "timezone": optional(TEXT),
}
_PROPERTIES: Mapping[Type, Mapping[str, Type]] = {
    DATE: _DATE_PROPERTIES,
    TIME: _TIME_PROPERTIES,
    DATE_TIME: _DATE_PROPERTIES | _TIME_PROPERTIES,
    DAYS_DURATION: {"days": NUMBER, "hours": NUMBER, "minutes": NUMBER, "seconds": NUMBER},
    MONTHS_DURATION: {"years": NUMBER, "months": NUMBER},
}


def literal(checker: Checker, node: Expression) -> Type:
    """A number, text, truth value or null."""
    match node:
        case NumberLiteral():
            return NUMBER
        case TextLiteral(value=value):
            return EnumType("", (value,))
        case BooleanLiteral():
            return BOOLEAN
        case _:
            assert isinstance(node, NullLiteral)
            return NULL


def at_literal(checker: Checker, node: Expression) -> Type:
    """``@"..."``: what the text says."""
    assert isinstance(node, AtLiteral)
    try:
        value = read_at_literal(node.text)
    except UndefinedError:
        message = f"{shown(checker.source(node))} is not a date, time or duration"
        hint = 'write for example `@"2026-03-01"`, `@"10:30:00"`, `@"P30D"` or `@"P1Y6M"`'
        checker.findings.error(BAD_LITERAL, message, node.start, node.end, hint=hint)
        return ANY
    checker.analysis.constants[id(node)] = value
    return type_of_temporal(value)


def type_of_temporal(value: object) -> BasicType:
    """The type of a date, time or duration value."""
    match value:
        case DateTime():
            return DATE_TIME
        case Time():
            return TIME
        case DaysDuration():
            return DAYS_DURATION
        case MonthsDuration():
            return MONTHS_DURATION
        case _:
            return DATE


def subject(checker: Checker, node: Expression) -> Type:
    """``?``: the subject of a cell."""
    if checker.subject_type is None:
        message = "`?` means the value of a column and has no meaning here"
        hint = "write the attribute itself, such as `line.qty`"
        checker.findings.error(NO_SUBJECT, message, node.start, node.end, hint=hint)
        return ANY
    checker.read(node)
    return required(checker.subject_type) if "?" in checker.present else checker.subject_type


def name(checker: Checker, node: Expression) -> Type:
    """A root of the scope or a variable."""
    assert isinstance(node, Name)
    found = checker.find(node.name)
    if found is None:
        checker.findings.error(
            UNKNOWN_NAME, *_unknown(checker, node), node.start, node.end, hint=_name_hint(checker, node.name)
        )
        return ANY
    meaning, kind = found
    checker.analysis.meanings[id(node)] = meaning
    checker.read(node)
    if isinstance(kind, OptionalType) and checker.key(node) in checker.present:
        return kind.item
    return kind


def _unknown(checker: Checker, node: Name) -> tuple[str]:
    if checker.function(node.name) is not None:
        return (f"`{node.name}` is a function and needs its arguments",)
    return (f"unknown name `{node.name}`",)


_WORDS = {
    "yes": "write `true`",
    "no": "write `false`",
    "any": "write `-` for any value",
    "all": "write `-` for any value",
}


def _name_hint(checker: Checker, text: str) -> str:
    if text.lower() in _WORDS and (checker.subject_type is not None or text.lower() in ("yes", "no")):
        return _WORDS[text.lower()]
    if checker.function(text) is not None:
        return f"write `{text}(...)`"
    owners = attribute_owners(checker, text)
    if owners:
        return f"did you mean `{owners[0]}.{text}`?"
    near = nearest_name(text, checker.names())
    if near:
        return f"did you mean `{near}`?"
    near = nearest_name(text, _all_attributes(checker))
    if near:
        return f"did you mean `{attribute_owners(checker, near)[0]}.{near}`?"
    return "known here: " + ", ".join(f"`{each}`" for each in list(dict.fromkeys(checker.names()))[:8])


def attribute_owners(checker: Checker, attribute: str) -> list[str]:
    """The roots that have an attribute of that name."""
    found = []
    for root, kind in checker.scope.roots.items():
        inner = required(kind)
        if isinstance(inner, ContextType) and attribute in inner.fields:
            found.append(root)
    return found


def _all_attributes(checker: Checker) -> list[str]:
    inner = (required(kind) for kind in checker.scope.roots.values())
    return [each for kind in inner if isinstance(kind, ContextType) for each in kind.fields]


def path(checker: Checker, node: Expression) -> Type:
    """An attribute of a record, a property of a value, or the projection of a list of records."""
    assert isinstance(node, Path)
    source = checker.use(node.source)
    checker.read_further(node.source)
    checker.read(node)
    found = _attribute(checker, node, required(source))
    if isinstance(source, OptionalType):
        found = optional(found)
    if isinstance(found, OptionalType) and checker.key(node) in checker.present:
        return found.item
    return found


def _attribute(checker: Checker, node: Path, source: Type) -> Type:
    match source:
        case ContextType(fields):
            kind = fields.get(node.name)
            return _unknown_attribute(checker, node, fields, source) if kind is None else kind
        case ListType(item):
            inner = required(item)
            kind = ANY if inner == ANY else _attribute(checker, node, inner)
            return kind if kind == ANY else ListType(kind)
        case RangeType(item):
            properties: Mapping[str, Type] = {
                "start": optional(item),
                "end": optional(item),
                "start included": BOOLEAN,
                "end included": BOOLEAN,
            }
        case _:
            if source == ANY:
                return ANY
            properties = _PROPERTIES.get(source, {})
    found = properties.get(node.name)
    return _unknown_attribute(checker, node, properties, source) if found is None else found


def _unknown_attribute(checker: Checker, node: Path, known: Mapping[str, Type], source: Type) -> Type:
    owner = shown(checker.source(node.source))
    if not known:
        message = f"{owner} is {a(source)} and has no attribute `{node.name}`"
    else:
        message = f"{owner} has no attribute `{node.name}`"
    near = nearest_name(node.name, known)
    others = [each for each in attribute_owners(checker, node.name) if each != checker.source(node.source)]
    if near:
        hint = f"did you mean `{near}`?"
    elif others:
        hint = f"`{node.name}` is an attribute of `{others[0]}`: write `{others[0]}.{node.name}`"
    elif known:
        some = ", ".join(f"`{each}`" for each in list(known)[:8])
        hint = f"it has {some}" + (", ..." if len(known) > 8 else "")
    else:
        hint = OUTSIDE_HINT
    start = node.name_start
    checker.findings.error(UNKNOWN_ATTRIBUTE, message, start, max(node.end, start + 1), hint=hint)
    return ANY


OUTSIDE_HINT = "only records, dates, times, durations and ranges have attributes"


def outside_profile(checker: Checker, node: Expression) -> Type:
    """Parts of full FEEL that rule books do not use."""
    message = f"{shown(checker.source(node))} is not used in rule books"
    hint = "a function may only be written as the order of `sort`"
    if isinstance(node, InstanceOf):
        hint = "kinds of values are known from the catalog; leave the test out"
    checker.findings.error(OUTSIDE_PROFILE, message, node.start, node.end, hint=hint)
    return ANY

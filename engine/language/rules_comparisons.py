"""What can be compared: operators, `between`, `in`, ranges and the tests of cells."""

from __future__ import annotations

import re

from engine.diagnostics import nearest_name
from engine.language.checker import Checker
from engine.language.constants import NotConstant, constant, in_order
from engine.language.problems import (
    EMPTY_RANGE,
    IMPOSSIBLE_VALUE,
    NEVER_MISSING,
    NOT_COMPARABLE,
    OPERAND_TYPE,
    SAME_VALUE_TWICE,
    TWO_CURRENCIES,
    UNKNOWN_NAME,
)
from engine.language.relations import comparable, currencies_clash, is_numeric, is_ordered, is_text, unite
from engine.language.rules_names import attribute_owners
from engine.language.tree import (
    Between,
    Comparison,
    ComparisonOp,
    Expression,
    In,
    ListLiteral,
    Name,
    NumberLiteral,
    OperatorTest,
    Range,
    Subject,
    TextLiteral,
)
from engine.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    NULL,
    TEXT,
    ContextType,
    EnumType,
    ListType,
    MoneyType,
    OptionalType,
    RangeType,
    Type,
    optional,
    required,
)
from engine.language.wording import a, many, shown, values_shown

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_A_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_EQUALITY = (ComparisonOp.EQUAL, ComparisonOp.UNEQUAL)


def comparison(checker: Checker, node: Expression) -> Type:
    """``left op right``."""
    assert isinstance(node, Comparison)
    if _looks_like_bare_word(checker, node.right):
        left = checker.check(node.left)
        right = _bare_word(checker, node.right, left)
    else:
        right = checker.check(node.right)
        left = _bare_word(checker, node.left, right)
    if node.op not in _EQUALITY:
        checker.warn_if_missing(node.left, left)
        checker.warn_if_missing(node.right, right)
        if isinstance(node.left, Comparison) and required(left) == BOOLEAN:
            middle = checker.source(node.left.right)
            message = "comparisons cannot be chained"
            hint = f"write `{checker.source(node.left)} and {middle} {node.op.value} {checker.source(node.right)}`"
            checker.findings.error(OPERAND_TYPE, message, node.start, node.end, hint=hint)
            return BOOLEAN
    return compare(checker, node, node.op, (node.left, left), (node.right, right))


def _looks_like_bare_word(checker: Checker, node: Expression) -> bool:
    return isinstance(node, Name) and checker.find(node.name) is None and checker.function(node.name) is None


def _bare_word(checker: Checker, node: Expression, other: Type) -> Type:
    """Check a side of a comparison; an unknown name beside a text is a text whose quotes were forgotten."""
    if not isinstance(node, Name) or not is_text(required(other)) or not _looks_like_bare_word(checker, node):
        return checker.check(node)
    if attribute_owners(checker, node.name):
        return checker.check(node)
    message = f"unknown name `{node.name}`"
    checker.findings.error(
        UNKNOWN_NAME, message, node.start, node.end, hint=f'a text stands in quotes: write `"{node.name}"`'
    )
    checker.analysis.types[id(node)] = ANY
    return ANY


def compare(
    checker: Checker,
    node: Expression,
    op: ComparisonOp,
    left: tuple[Expression, Type],
    right: tuple[Expression, Type],
) -> Type:
    """Report what cannot be compared, or never equals; returns the type of the comparison."""
    here, there = required(left[1]), required(right[1])
    if here is ANY or there is ANY:
        return BOOLEAN
    maybe = isinstance(left[1], OptionalType) or isinstance(right[1], OptionalType)
    if here is NULL or there is NULL:
        return _with_null(checker, node, op, left, right)
    if not comparable(here, there):
        _cannot_compare(checker, node, left, right)
    elif currencies_clash(here, there):
        assert isinstance(here, MoneyType) and isinstance(there, MoneyType)
        message = f"{_shown(checker, left)} is in {here.currency} and {_shown(checker, right)} is in {there.currency}"
        hint = "compare amounts of one currency"
        checker.findings.error(TWO_CURRENCIES, message, node.start, node.end, hint=hint)
    elif op in _EQUALITY:
        _possible(checker, left, right)
    else:
        _need_order(checker, node, op, left, right)
    return optional(BOOLEAN) if maybe and op not in _EQUALITY else BOOLEAN


def _with_null(
    checker: Checker,
    node: Expression,
    op: ComparisonOp,
    left: tuple[Expression, Type],
    right: tuple[Expression, Type],
) -> Type:
    tested = right if left[1] == NULL else left
    if op not in _EQUALITY:
        message = f"`{op.value}` cannot be used with `null`"
        checker.findings.error(OPERAND_TYPE, message, node.start, node.end, hint="write `= null` or `!= null`")
    elif (
        tested[1] != NULL and not isinstance(tested[1], OptionalType) and checker.key(tested[0]) not in checker.present
    ):
        message = f"{_shown(checker, tested)} is never missing"
        checker.findings.warn(NEVER_MISSING, message, node.start, node.end, hint="leave the test out")
    return BOOLEAN


def _shown(checker: Checker, side: tuple[Expression, Type]) -> str:
    node = side[0]
    if isinstance(node, Subject) and checker.source(node) != "?":
        return f"`{checker.subject_path}`"
    return shown(checker.source(node))


def _cannot_compare(
    checker: Checker, node: Expression, left: tuple[Expression, Type], right: tuple[Expression, Type]
) -> None:
    message = f"{_shown(checker, left)} is {a(left[1])} and {_shown(checker, right)} is {a(right[1])}"
    hint = _comparison_hint(checker, left, right) or _comparison_hint(checker, right, left)
    code = NOT_COMPARABLE
    checker.findings.error(code, message, node.start, node.end, hint=hint or "compare two values of one kind")


def _comparison_hint(checker: Checker, one: tuple[Expression, Type], other: tuple[Expression, Type]) -> str:
    node, kind, against = one[0], required(one[1]), required(other[1])
    written = checker.source(node)
    dated = _DATE.search(written)
    if against == DATE and dated and not isinstance(node, TextLiteral):
        return f'write a date as `@"{dated.group()}"`'
    if isinstance(node, TextLiteral):
        return _text_hint(node, against)
    if against == BOOLEAN and isinstance(node, NumberLiteral):
        return "write `true` or `false`"
    if kind == DATE_TIME and against == DATE:
        return f"write `date({written})` for its day"
    if isinstance(node, Range):
        return f"write a range of {many(against)}"
    if is_text(against) and isinstance(node, NumberLiteral):
        return f'write `"{written}"` in quotes'
    if isinstance(kind, ContextType):
        return f"compare one of its attributes, such as `{written}.{next(iter(kind.fields), 'name')}`"
    if isinstance(kind, ListType):
        return _list_hint(checker, written, kind, other)
    return ""


def _text_hint(node: TextLiteral, against: Type) -> str:
    if is_numeric(against):
        return "write the number without quotes" if _A_NUMBER.fullmatch(node.value) else "write a number"
    if against in (DATE, DATE_TIME):
        return f'write a date as `@"{node.value}"`'
    if against == BOOLEAN and node.value.lower() in ("true", "false", "yes", "no"):
        return f"write `{'true' if node.value.lower() in ('true', 'yes') else 'false'}` without quotes"
    return ""


def _list_hint(checker: Checker, written: str, kind: ListType, other: tuple[Expression, Type]) -> str:
    inner, against = required(kind.item), required(other[1])
    if isinstance(inner, ContextType):
        return f"name an attribute: `{checker.source(other[0])} in {written}.{next(iter(inner.fields), 'name')}`"
    if is_numeric(against) and is_numeric(inner):
        return f"write `sum({written})`, `max({written})` or another single number"
    if isinstance(against, ListType) or not comparable(inner, against):
        return f"its items are {many(inner)}"
    return f"write `{checker.source(other[0])} in {written}`"


def _possible(checker: Checker, left: tuple[Expression, Type], right: tuple[Expression, Type]) -> None:
    """Report texts that can never be equal because the list of values does not hold them."""
    here, there = required(left[1]), required(right[1])
    if not isinstance(here, EnumType) or not isinstance(there, EnumType) or set(here.values) & set(there.values):
        return
    if here.name and there.name:
        message = f"{_shown(checker, left)} and {_shown(checker, right)} have no value in common"
        hint = f"{_shown(checker, left)} is one of {values_shown(here.values)}"
        checker.findings.error(IMPOSSIBLE_VALUE, message, left[0].start, right[0].end, hint=hint)
    elif here.name:
        impossible_value(checker, right, _shown(checker, left), here)
    elif there.name:
        impossible_value(checker, left, _shown(checker, right), there)


def impossible_value(checker: Checker, side: tuple[Expression, Type], whose: str, wanted: EnumType) -> None:
    """Report a text that the list of values of ``whose`` does not hold."""
    given = required(side[1])
    assert isinstance(given, EnumType)
    value = given.values[0]
    near = nearest_name(value, wanted.values)
    hint = f'did you mean `"{near}"`?' if near else f"it is one of {values_shown(wanted.values)}"
    checker.findings.error(IMPOSSIBLE_VALUE, f'{whose} is never "{value}"', side[0].start, side[0].end, hint=hint)


def _need_order(
    checker: Checker,
    node: Expression,
    op: ComparisonOp,
    left: tuple[Expression, Type],
    right: tuple[Expression, Type],
) -> None:
    for side in (left, right):
        kind = required(side[1])
        if not is_ordered(kind):
            message = f"`{op.value}` needs values with an order, but {_shown(checker, side)} is {a(kind)}"
            hint = "list the values: `in (...)`" if is_text(kind) else "use `=` or `!=`"
            checker.findings.error(OPERAND_TYPE, message, node.start, node.end, hint=hint)
            return


def between(checker: Checker, node: Expression) -> Type:
    """``value between low and high``."""
    assert isinstance(node, Between)
    value = checker.use(node.value)
    result: Type = BOOLEAN
    for op, end in ((ComparisonOp.AT_LEAST, node.low), (ComparisonOp.AT_MOST, node.high)):
        found = compare(checker, node, op, (node.value, value), (end, checker.use(end)))
        result = optional(BOOLEAN) if isinstance(found, OptionalType) else result
    _not_empty(checker, node, node.low, node.high, closed=True)
    return result


def membership(checker: Checker, node: Expression) -> Type:
    """``value in tests``."""
    assert isinstance(node, In)
    value = checker.check(node.value)
    result: Type = BOOLEAN
    for each in node.tests:
        found = one_test(checker, node.value, value, each)
        result = optional(BOOLEAN) if isinstance(found, OptionalType) else result
    _repeated(checker, node.tests)
    if isinstance(result, OptionalType):
        checker.warn_if_missing(node.value, value)
    return result


def one_test(checker: Checker, subject: Expression, value: Type, node: Expression) -> Type:
    """One test of ``in`` or of a cell; returns whether the answer may be unknown."""
    if isinstance(node, OperatorTest):
        operand = _bare_word(checker, node.operand, value)
        checker.analysis.types[id(node)] = RangeType(required(operand))
        return compare(checker, node, node.op, (subject, value), (node.operand, operand))
    if isinstance(node, ListLiteral) and not isinstance(required(value), ListType):
        return _list_test(checker, subject, value, node)
    found = _bare_word(checker, node, value)
    inner = required(found)
    if isinstance(inner, RangeType):
        if not comparable(inner.item, value):
            _cannot_compare(checker, node, (subject, value), (node, found))
            return BOOLEAN
        return compare(checker, node, ComparisonOp.AT_LEAST, (subject, value), (node, inner.item))
    if isinstance(inner, ListType) and not isinstance(required(value), ListType):
        if not comparable(inner.item, value):
            _cannot_compare(checker, node, (subject, value), (node, found))
            return BOOLEAN
        return compare(checker, node, ComparisonOp.EQUAL, (subject, value), (node, inner.item))
    return compare(checker, node, ComparisonOp.EQUAL, (subject, value), (node, found))


def _list_test(checker: Checker, subject: Expression, value: Type, node: ListLiteral) -> Type:
    result: Type = BOOLEAN
    for each in node.items:
        found = one_test(checker, subject, value, each)
        result = optional(BOOLEAN) if isinstance(found, OptionalType) else result
    _repeated(checker, node.items)
    checker.analysis.types[id(node)] = ListType(required(value))
    return result


def _repeated(checker: Checker, tests: tuple[Expression, ...]) -> None:
    seen: set[object] = set()
    for each in tests:
        try:
            value = constant(each, checker.analysis.constants)
        except NotConstant:
            continue
        if value in seen:
            message = f"{shown(checker.source(each))} stands here twice"
            checker.findings.warn(SAME_VALUE_TWICE, message, each.start, each.end, hint="leave one out")
        seen.add(value)


def interval(checker: Checker, node: Expression) -> Type:
    """``[low..high]``: both ends of one kind that has an order, the lower end first."""
    assert isinstance(node, Range)
    ends = [(each, checker.use(each)) for each in (node.low, node.high) if each is not None]
    found: Type = ANY
    for end, kind in ends:
        united = unite(found, required(kind)) if comparable(found, kind) else None
        if united is None or currencies_clash(found, required(kind)):
            _cannot_compare(checker, node, ends[0], ends[1])
            return RangeType(ANY)
        if kind != ANY and not is_ordered(required(kind)):
            message = f"a range needs values with an order, but {shown(checker.source(end))} is {a(kind)}"
            checker.findings.error(OPERAND_TYPE, message, end.start, end.end, hint="list the values instead")
            return RangeType(ANY)
        found = united
    _not_empty(checker, node, node.low, node.high, closed=node.low_included and node.high_included)
    return RangeType(_free(found))


def _free(kind: Type) -> Type:
    """The type of the values between two written texts is any text."""
    return TEXT if isinstance(kind, EnumType) and not kind.name else kind


def _not_empty(
    checker: Checker, node: Expression, low: Expression | None, high: Expression | None, *, closed: bool
) -> None:
    if low is None or high is None:
        return
    known = checker.analysis.constants
    try:
        rising = in_order(constant(low, known), constant(high, known))
    except NotConstant:
        return
    if rising is False or rising is None and not closed:
        message = f"{shown(checker.source(node))} holds no value"
        hint = "the lower end comes first" if rising is False else "write `[` and `]` to include the ends"
        checker.findings.error(EMPTY_RANGE, message, node.start, node.end, hint=hint)


def operator_value(checker: Checker, node: Expression) -> Type:
    """``(< 10)`` as a value: a range with one end."""
    assert isinstance(node, OperatorTest)
    kind = checker.use(node.operand)
    return RangeType(_free(required(kind)))

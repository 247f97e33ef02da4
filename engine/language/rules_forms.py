"""Types of connectives, branches, iterations, lists, filters and contexts."""

from __future__ import annotations

from engine.language.checker import Checker, Frame, element_of
from engine.language.constants import NotConstant, constant
from engine.language.presence import NOTHING, proves
from engine.language.problems import BRANCH_TYPES, ITEM_TYPES, NOT_A_CONDITION, NOT_A_LIST, OUTSIDE_PROFILE
from engine.language.relations import is_condition, is_numeric, is_text, unite
from engine.language.scope import Meaning, MeaningKind
from engine.language.tree import (
    Comparison,
    ContextLiteral,
    Expression,
    Filter,
    For,
    If,
    Iteration,
    ListLiteral,
    Logic,
    LogicOp,
    Name,
    Quantified,
    Range,
    walk,
)
from engine.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    NUMBER,
    ContextType,
    ListType,
    OptionalType,
    RangeType,
    Type,
    optional,
    required,
)
from engine.language.wording import a, shown


def condition(checker: Checker, node: Expression, where: str) -> Type:
    """Check a node that must be true or false; ``where`` says what needs it."""
    found = checker.use(node)
    if not is_condition(found):
        message = f"{where} needs a condition, but {shown(checker.source(node))} is {a(found)}"
        hint = "write a comparison such as `... = ...`"
        checker.findings.error(NOT_A_CONDITION, message, node.start, node.end, hint=hint)
        return ANY
    return found


def logic(checker: Checker, node: Expression) -> Type:
    """``and``, ``or``: a later operand may rely on what the earlier ones say, unless their answer may be unknown."""
    assert isinstance(node, Logic)
    proven = NOTHING
    result: Type = BOOLEAN
    before = checker.present
    for place, each in enumerate(node.operands):
        checker.present = before | proven
        found = checker.use(each)
        if not is_condition(found):
            _not_a_condition(checker, node, place, found)
        if checker.saw_optional and not isinstance(found, OptionalType):
            proven |= proves(checker, each, outcome=node.op is LogicOp.AND)
        if isinstance(found, OptionalType):
            result = optional(BOOLEAN)
    checker.present = before
    return result


def _not_a_condition(checker: Checker, node: Logic, place: int, found: Type) -> None:
    operand = node.operands[place]
    before = node.operands[place - 1] if place else None
    hint = "write a comparison such as `... = ...`"
    if isinstance(before, Comparison) and before.op.value == "=" and node.op is LogicOp.OR:
        subject, first = checker.source(before.left), checker.source(before.right)
        hint = f"write `{subject} in ({first}, {checker.source(operand)})`"
    message = f"`{node.op.value}` joins conditions, but {shown(checker.source(operand))} is {a(found)}"
    checker.findings.error(NOT_A_CONDITION, message, operand.start, operand.end, hint=hint)


def branch(checker: Checker, node: Expression) -> Type:
    """``if``: both branches of one kind; each may rely on what the condition says (an unknown one says nothing)."""
    assert isinstance(node, If)
    answer = condition(checker, node.condition, "`if`")
    with checker.knowing(proves(checker, node.condition, outcome=True)):
        one = checker.check(node.consequence)
    unknown = isinstance(answer, OptionalType)
    with checker.knowing(NOTHING if unknown else proves(checker, node.condition, outcome=False)):
        other = checker.check(node.alternative)
    found = unite(one, other)
    if found is None:
        first, second = shown(checker.source(node.consequence)), shown(checker.source(node.alternative))
        message = f"the branches differ: {first} is {a(one)}, {second} is {a(other)}"
        hint = "both branches give the same kind of value"
        checker.findings.error(BRANCH_TYPES, message, node.start, node.end, hint=hint)
        return ANY
    return found


def list_literal(checker: Checker, node: Expression) -> Type:
    """``[a, b]``: items of one kind."""
    assert isinstance(node, ListLiteral)
    found: Type = ANY
    for each in node.items:
        kind = checker.check(each)
        united = unite(found, kind)
        if united is None:
            first = node.items[0]
            message = (
                f"the items of a list are of one kind, but {shown(checker.source(first))} is {a(found)} "
                f"and {shown(checker.source(each))} is {a(kind)}"
            )
            checker.findings.error(ITEM_TYPES, message, each.start, each.end, hint="make two lists")
            return ListType(ANY)
        found = united
    return ListType(found)


def context_literal(checker: Checker, node: Expression) -> Type:
    """``{a: 1, b: a + 1}``: a later entry may use an earlier one."""
    assert isinstance(node, ContextLiteral)
    fields: dict[str, Type] = {}
    frame: Frame = {}
    numbers: list[int] = []
    with checker.within(frame):
        for each in node.entries:
            fields[each.name] = checker.check(each.value)
            meaning = checker.new_variable(each.name, checker.path(each.value))
            numbers.append(meaning.number)
            frame[each.name] = (meaning, fields[each.name])
    checker.analysis.variables[id(node)] = tuple(numbers)
    return ContextType(fields)


def loop(checker: Checker, node: Expression) -> Type:
    """``for``: a list of the results."""
    assert isinstance(node, For)
    if any(isinstance(each, Name) and each.name == "partial" for each in walk(node.result)):
        message = "`partial` is not used in rule books"
        hint = "results of earlier rounds cannot be read; use `sum`, `min`, `max` or `sublist`"
        checker.findings.error(OUTSIDE_PROFILE, message, node.start, node.end, hint=hint)
        return ListType(ANY)
    frame: Frame = {}
    with checker.within(frame):
        _iterate(checker, node.iterations, frame)
        result = checker.check(node.result)
    _number(checker, node, node.iterations, frame)
    return ListType(result)


def quantified(checker: Checker, node: Expression) -> Type:
    """``some`` and ``every``: true or false; over nothing ``some`` is false and ``every`` true."""
    assert isinstance(node, Quantified)
    frame: Frame = {}
    with checker.within(frame):
        _iterate(checker, node.iterations, frame)
        found = condition(checker, node.condition, "`satisfies`")
    _number(checker, node, node.iterations, frame)
    return optional(BOOLEAN) if isinstance(found, OptionalType) else BOOLEAN


def _number(checker: Checker, node: Expression, iterations: tuple[Iteration, ...], frame: Frame) -> None:
    checker.analysis.variables[id(node)] = tuple(frame[each.name][0].number for each in iterations)


def _iterate(checker: Checker, iterations: tuple[Iteration, ...], frame: Frame) -> None:
    for each in iterations:
        kind = _element(checker, each)
        frame[each.name] = (checker.new_variable(each.name, checker.path(each.source)), kind)


def _element(checker: Checker, node: Iteration) -> Type:
    source = checker.items(node.source)
    if node.until is not None:
        until = checker.use(node.until)
        for end, kind in ((node.source, source), (node.until, until)):
            if required(kind) not in (NUMBER, ANY):
                message = f"counting needs whole numbers, but {shown(checker.source(end))} is {a(kind)}"
                checker.findings.error(
                    NOT_A_LIST, message, end.start, end.end, hint="write `for i in 1..10 return ...`"
                )
        return NUMBER
    if isinstance(node.source, Range) and isinstance(source, RangeType) and source.item in (NUMBER, DATE):
        return source.item
    found = element_of(source)
    if found is None:
        message = f"`{node.name}` needs a list to run over, but {shown(checker.source(node.source))} is {a(source)}"
        hint = "name a list or an option group"
        checker.findings.error(NOT_A_LIST, message, node.source.start, node.source.end, hint=hint)
        return ANY
    return found


def filtered(checker: Checker, node: Expression) -> Type:
    """``list[condition]`` keeps items, ``list[number]`` takes one; in the condition an item's attributes are names."""
    assert isinstance(node, Filter)
    source = checker.items(node.source)
    item = element_of(source)
    if item is None:
        message = f"{shown(checker.source(node.source))} is {a(source)} and cannot be filtered"
        checker.findings.error(NOT_A_LIST, message, node.start, node.end, hint="filters belong behind lists")
        return ANY
    variable = checker.new_variable("item", checker.path(node.source))
    checker.analysis.variables[id(node)] = (variable.number,)
    with checker.within(_item_frame(variable, item)):
        found = checker.use(node.condition)
    if is_numeric(required(found)):
        _whole_position(checker, node.condition)
        return optional(item)
    if not is_condition(found) and item is not ANY:
        message = f"a filter needs a condition or a position, but {shown(checker.source(node.condition))} is {a(found)}"
        place = node.condition
        hint = "write for example `[qty > 1]`" if is_text(required(found)) else "write a comparison"
        checker.findings.error(NOT_A_CONDITION, message, place.start, place.end, hint=hint)
    return ListType(item)


def _whole_position(checker: Checker, node: Expression) -> None:
    try:
        value = constant(node, checker.analysis.constants)
    except NotConstant:
        return
    if value == 0:
        message = "positions count from 1 (or from -1 at the end)"
        checker.findings.error(NOT_A_LIST, message, node.start, node.end, hint="write `[1]` for the first")


def _item_frame(variable: Meaning, item: Type) -> Frame:
    frame: Frame = {"item": (variable, item)}
    inner = required(item)
    if isinstance(inner, ContextType):
        for name, kind in inner.fields.items():
            path = f"{variable.path}.{name}" if variable.path else ""
            frame[name] = (Meaning(MeaningKind.FIELD, name, variable.number, path), kind)
    return frame

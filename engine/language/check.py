"""The strict profile: checks an expression or a cell against the types of a scope, and reports all problems at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.diagnostics import Diagnostic, Severity
from engine.language.cells import combine, read_bare_words
from engine.language.checker import Checker
from engine.language.cursor import Profile
from engine.language.parse import read_expression, read_unary_tests
from engine.language.problems import NOWHERE, RESULT_TYPE, Findings, Origin
from engine.language.relations import fits
from engine.language.rules_calls import call, function_definition
from engine.language.rules_comparisons import (
    between,
    comparison,
    impossible_value,
    interval,
    membership,
    operator_value,
)
from engine.language.rules_forms import branch, context_literal, filtered, list_literal, logic, loop, quantified
from engine.language.rules_names import at_literal, literal, name, outside_profile, path, subject
from engine.language.rules_operators import arithmetic, negation
from engine.language.scope import MOST_REMEMBERED, Analysis, Checked, Scope
from engine.language.tree import (
    Arithmetic,
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
    ListLiteral,
    Logic,
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
    UnaryTests,
)
from engine.language.types import BOOLEAN, EnumType, OptionalType, Type, required
from engine.language.wording import a, shown

_RULES: Mapping[type, Callable[[Checker, Expression], Type]] = MappingProxyType(
    {
        NumberLiteral: literal,
        TextLiteral: literal,
        BooleanLiteral: literal,
        NullLiteral: literal,
        AtLiteral: at_literal,
        Subject: subject,
        Name: name,
        Path: path,
        Filter: filtered,
        Call: call,
        Negation: negation,
        Arithmetic: arithmetic,
        Comparison: comparison,
        Logic: logic,
        Between: between,
        In: membership,
        InstanceOf: outside_profile,
        Range: interval,
        OperatorTest: operator_value,
        ListLiteral: list_literal,
        ContextLiteral: context_literal,
        If: branch,
        For: loop,
        Quantified: quantified,
        FunctionDefinition: function_definition,
    }
)


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A check without errors, and where in the text its warnings are, so that they can be shown elsewhere."""

    checked: Checked
    places: tuple[tuple[int, int], ...]


def check_expression(text: str, *, scope: Scope, expected: Type | None = None, origin: Origin = NOWHERE) -> Checked:
    """Check a formula or condition; with ``expected`` its result must be of that type.

    A bare number may stand for money and for a percent. Raises ``DiagnosticError`` with every problem found.
    """
    key = (text, expected)
    remembered = scope.checks.get(key)
    if isinstance(remembered, _Remembered):
        return _moved(remembered, origin)
    findings = Findings(text, origin)
    tree = read_expression(findings, scope.known, Profile.STRICT)
    checker = Checker(findings, scope, _RULES)
    found = checker.check(tree)
    if expected is not None:
        _expect(checker, tree, found, expected)
    return _finish(checker, tree, found, key, expected=expected)


def _expect(checker: Checker, tree: Expression, found: Type, expected: Type) -> None:
    inner, wanted = required(found), required(expected)
    if not isinstance(expected, OptionalType) and wanted != BOOLEAN:
        checker.warn_if_missing(tree, found)
    if fits(found, expected):
        return
    if isinstance(inner, EnumType) and isinstance(wanted, EnumType):
        impossible_value(checker, (tree, _outside(inner, wanted)), f"a value of `{wanted.name}`", wanted)
        return
    message = f"{a(expected)} is needed here, but {shown(checker.source(tree))} is {a(found)}"
    hint = "write a comparison such as `... = ...`" if wanted == BOOLEAN else ""
    checker.findings.error(RESULT_TYPE, message, tree.start, tree.end, hint=hint)


def _outside(given: EnumType, wanted: EnumType) -> EnumType:
    return EnumType("", tuple(each for each in given.values if each not in wanted.values))


def check_unary_tests(
    text: str, *, subject: str, scope: Scope, origin: Origin = NOWHERE, bare_words: bool = True
) -> Checked:
    """Check a cell of a decision table as a condition on ``subject`` (an expression in the scope, such as `line.qty`).

    ``-`` and an empty cell always hold. With ``bare_words`` a cell about texts may hold words without quotes, such as
    ``DE | AT``. Raises ``DiagnosticError`` with every problem found.
    """
    key = (text, subject, bare_words)
    remembered = scope.checks.get(key)
    if isinstance(remembered, _Remembered):
        return _moved(remembered, origin)
    about = check_expression(subject, scope=scope, origin=origin)
    analysis = Analysis()
    analysis.types.update(about.analysis.types)
    analysis.meanings.update(about.analysis.meanings)
    analysis.calls.update(about.analysis.calls)
    analysis.constants.update(about.analysis.constants)
    analysis.variables.update(about.analysis.variables)
    findings = Findings(text, origin)
    checker = Checker(findings, scope, _RULES, about.type, subject, analysis)
    tests = UnaryTests(0, len(text), ()) if text.strip() in ("", "-") else None
    if tests is None and bare_words:
        tests = read_bare_words(text, required(about.type), scope)
    if tests is None:
        tests = read_unary_tests(findings, scope.known, Profile.STRICT)
        findings.stop_on_errors()
    if not tests.tests:
        anything = BooleanLiteral(0, len(text), value=True)
        return _finish(checker, anything, checker.check(anything), key, about, expected=BOOLEAN)
    tree = combine(checker, tests)
    checker.reads.update(about.reads)
    return _finish(checker, tree, checker.analysis.types[id(tree)], key, about, expected=BOOLEAN)


def _finish(
    checker: Checker,
    tree: Expression,
    found: Type,
    key: object,
    about: Checked | None = None,
    *,
    expected: Type | None,
) -> Checked:
    """Raise when there are errors; otherwise remember the check for other places with the same text."""
    findings, scope = checker.findings, checker.scope
    findings.stop_on_errors()
    reads = tuple(sorted(path for path, count in checker.reads.items() if count > 0))
    checked = Checked(
        findings.text,
        findings.origin,
        tree,
        found,
        reads,
        findings.warnings,
        scope,
        checker.analysis,
        about.tree if about else None,
        expected,
    )
    if len(scope.checks) < MOST_REMEMBERED:
        scope.checks[key] = _Remembered(checked, tuple(findings.places))
    return checked


def _moved(remembered: _Remembered, origin: Origin) -> Checked:
    """The same check at another place."""
    checked = remembered.checked
    if origin == checked.origin:
        return checked
    warnings = tuple(
        Diagnostic(each.code, each.message, origin.span(checked.text, *place), each.hint, Severity.WARNING)
        for each, place in zip(checked.warnings, remembered.places, strict=True)
    )
    return replace(checked, origin=origin, warnings=warnings)


class Postponed(Checked):
    """An expression known to be without errors whose tree is read when it is first looked at."""

    __slots__ = ()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """Fill in what the check learns; asked for what is not there yet."""
            if name not in _LEARNT:
                raise AttributeError(name)
            found = check_expression(self.text, scope=self.scope, expected=self.expected, origin=self.origin)
            for each in _LEARNT:
                object.__setattr__(self, each, getattr(found, each))
            return getattr(found, name)


_LEARNT = ("tree", "type", "reads", "analysis", "warnings")


def postponed(text: str, scope: Scope, expected: Type | None, origin: Origin) -> Checked:
    """Return what ``check_expression`` did for a text that passed it before in an equal scope."""
    made: Postponed = object.__new__(Postponed)
    told = {"text": text, "scope": scope, "expected": expected, "origin": origin, "subject": None}
    for each, value in told.items():
        object.__setattr__(made, each, value)
    return made

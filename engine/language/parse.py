"""Reads FEEL text into its tree: one grammar for full FEEL and for the strict profile.

``parse_expression`` reads a formula or condition, ``parse_unary_tests`` the content of a decision table cell.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics import DiagnosticError
from engine.language.cursor import Cursor, Profile, ReadingStopped, shouted, show
from engine.language.grammar import expression, test
from engine.language.names import KnownNames
from engine.language.problems import NOTHING_THERE, NOWHERE, TOO_DEEP, UNEXPECTED, Findings, Origin
from engine.language.tokens import TokenKind, tokenize
from engine.language.tree import Expression, OperatorTest, UnaryTests


def parse_expression(
    text: str,
    *,
    names: Iterable[str] | KnownNames = (),
    origin: Origin = NOWHERE,
    profile: Profile = Profile.FULL,
) -> Expression:
    """Read one expression.

    ``names`` are all names that may hold spaces or signs: variables and entries of their contexts. Raises
    ``DiagnosticError`` with every slip of spelling found and the first break of the grammar.
    """
    findings = Findings(text, origin)
    found = read_expression(findings, names, profile)
    findings.stop_on_errors()
    return found


def read_expression(findings: Findings, names: Iterable[str] | KnownNames, profile: Profile) -> Expression:
    """Read one expression, noting slips of spelling that do not hinder; raises ``DiagnosticError`` when one does."""
    cursor = _cursor(findings, names, profile)
    try:
        _something(cursor, "an expression")
        found = expression(cursor)
        _nothing_left(cursor)
    except ReadingStopped:
        raise DiagnosticError(*findings.found) from None
    return found


def parse_unary_tests(
    text: str,
    *,
    names: Iterable[str] | KnownNames = (),
    origin: Origin = NOWHERE,
    profile: Profile = Profile.FULL,
) -> UnaryTests:
    """Read the content of a cell: tests separated by commas, ``not(...)`` around them, or ``-`` for anything."""
    findings = Findings(text, origin)
    found = read_unary_tests(findings, names, profile)
    findings.stop_on_errors()
    return found


def read_unary_tests(findings: Findings, names: Iterable[str] | KnownNames, profile: Profile) -> UnaryTests:
    """Read a cell, noting slips of spelling that do not hinder; raises ``DiagnosticError`` when one does."""
    cursor = _cursor(findings, names, profile)
    try:
        _something(cursor, "a test")
        found = _tests(cursor)
        _nothing_left(cursor)
    except ReadingStopped:
        raise DiagnosticError(*findings.found) from None
    return found


def _cursor(findings: Findings, names: Iterable[str] | KnownNames, profile: Profile) -> Cursor:
    known = names if isinstance(names, KnownNames) else KnownNames(names)
    return Cursor(tokenize(findings), findings, known, profile, expression)


def _tests(cursor: Cursor) -> UnaryTests:
    start = cursor.token.start
    if cursor.word == "-" and cursor.tokens[1].kind is TokenKind.END:
        cursor.take()
        return UnaryTests(start, cursor.end, ())
    if cursor.word == "-" and cursor.word_after(1) == ",":
        raise cursor.stop(UNEXPECTED, "`-` holds for every value", cursor.token, hint="leave it or the other tests out")
    if cursor.word == "not" and cursor.word_after(1) == "(":
        found = _negated(cursor)
        if found is not None:
            return UnaryTests(start, cursor.end, found, negated=True)
    found = _test_list(cursor)
    return UnaryTests(start, cursor.end, found)


def _negated(cursor: Cursor) -> tuple[Expression, ...] | None:
    """Read ``not(tests)`` when it is the whole cell; otherwise go back, since ``not(a) and b`` is an expression."""
    place, noted, brackets = cursor.position, len(cursor.findings.found), cursor.brackets
    cursor.take()
    opening = cursor.open()
    try:
        found = _test_list(cursor)
        cursor.close(opening, ")")
    except ReadingStopped:
        known = cursor.findings.broken or cursor.findings.found[-1].code == TOO_DEEP
        if known or not _reads_otherwise(cursor, place, noted, brackets):
            raise
        return None
    if cursor.token.kind is TokenKind.END:
        return found
    cursor.position = place
    return None


def _reads_otherwise(cursor: Cursor, place: int, noted: int, brackets: int) -> bool:
    """Whether the cell reads as plain tests; on success the cursor is put back to its start."""
    complaints = cursor.findings.found[noted:]
    del cursor.findings.found[noted:]
    cursor.position, cursor.brackets, cursor.depth = place, brackets, 0
    try:
        _test_list(cursor)
    except ReadingStopped:
        cursor.findings.found[noted:] = complaints
        return False
    cursor.position = place
    return True


def _test_list(cursor: Cursor) -> tuple[Expression, ...]:
    found = [test(cursor)]
    while cursor.word == ",":
        cursor.take()
        found.append(test(cursor))
        cursor.count(len(found), "tests")
    last = found[-1]
    if isinstance(last, OperatorTest) and cursor.word in ("and", "or"):
        hint = "write a range such as `(5..10)`, tests separated by commas for `or`, or `? > 5 and ? < 10`"
        message = f"`{cursor.word}` cannot join two tests"
        raise cursor.stop(UNEXPECTED, message, cursor.token, hint=hint)
    return tuple(found)


def _something(cursor: Cursor, what: str) -> None:
    if cursor.token.kind is TokenKind.END:
        if not cursor.findings.found:
            cursor.findings.error(NOTHING_THERE, f"{what} is missing", 0, max(1, len(cursor.findings.text)))
        raise ReadingStopped


def _nothing_left(cursor: Cursor) -> None:
    token = cursor.token
    if token.kind is TokenKind.END:
        return
    word = cursor.word
    if word in (")", "]", "}"):
        raise cursor.stop(UNEXPECTED, f"the bracket `{word}` closes nothing", token, hint="leave it out")
    if word == ",":
        hint = "put a list in brackets: `[a, b]`; in numbers write a decimal point"
        raise cursor.stop(UNEXPECTED, "`,` cannot stand here", token, hint=hint)
    hint = shouted(token) or "an operator such as `and`, `=` or `+` is missing before it"
    before = cursor.tokens[cursor.position - 1]
    if before.text == "not":
        hint = "write `not(...)` with round brackets"
    elif word == ".." and before.kind is TokenKind.NAME:
        hint = "one dot leads to an attribute; a range stands in brackets"
    elif word == "..":
        hint = f"put a range in brackets: `[{before.text}..{cursor.tokens[cursor.position + 1].text}]`"
    elif before.kind is TokenKind.NUMBER and len(word) == 3 and word.isupper() and not shouted(token):
        hint = "amounts are written without their currency"
    raise cursor.stop(UNEXPECTED, f"{show(token)} cannot stand here", token, hint=hint)

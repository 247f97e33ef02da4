"""``cpq rules diff OLD NEW``: which rules differ between two books, and which example quotes cost something else."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from engine.adapters.compiled_books import kept_books
from engine.adapters.rule_folder import read_folder
from engine.application.rule_books import ActiveBook
from engine.cli.failure import CLEAN, FINDINGS, VerbFailed
from engine.cli.prices import plain, signed
from engine.cli.progress import progress
from engine.cli.screen import Screen
from engine.diagnostics import Diagnostic, Severity, Span, as_json, counted, one_line
from engine.rulebook.authored import Authored
from engine.rulebook.difference import Change, QuoteChange, RuleChange, changed_quotes, changed_rules
from engine.rulebook.loading.sources import Files
from engine.rulebook.retold import in_authors_words

MARKS = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~"}
LONGEST = 60
"""How much of a part is shown to people; machines get all of it."""


def run_diff(options: argparse.Namespace) -> int:
    """Show what differs; exit code 1 when something does, 2 when a book cannot be used."""
    with progress("comparing the books"):
        (old, were), (new, are) = _book(options.old), _book(options.new)
        rules = in_authors_words(changed_rules(old.book, new.book), Authored(were), Authored(are))
        quotes = changed_quotes((old.book, old.parts), (new.book, new.parts))
    if options.json:
        print(json.dumps({"rules": [*map(_rule_data, rules)], "quotes": [*map(_quote_data, quotes)]}, indent=1))
    else:
        _show(rules, quotes, examples=len({each.name for book in (old, new) for each in book.book.tests}))
    return FINDINGS if rules or quotes else CLEAN


def _book(folder: Path) -> tuple[ActiveBook, Files]:
    files = read_folder(folder)
    checked = kept_books(os.environ).checked(files)
    if checked.active is None:
        errors = [_in_folder(folder, each) for each in checked.findings if each.severity is Severity.ERROR]
        shown = "".join(f"\n  {one_line(each)}" for each in errors)
        raise VerbFailed(f"the rules in `{folder}` cannot be used:{shown}", facts={"findings": as_json(errors)})
    return checked.active, files


def _in_folder(folder: Path, finding: Diagnostic) -> Diagnostic:
    """The finding at its place outside the book: two books have files of the same names."""
    return replace(finding, span=replace(finding.span, path=str(folder / finding.span.path)))


def _show(rules: tuple[RuleChange, ...], quotes: tuple[QuoteChange, ...], *, examples: int) -> None:
    screen = Screen()
    for each in rules:
        place = " -> ".join(dict.fromkeys(_at(span) for span in (each.was, each.span) if span is not None))
        screen.say(f"{MARKS[each.change]} {each.kind} {each.id}{place and f'  {place}'}")
        for name, before, after in each.parts:
            start = _first_difference(before, after)
            screen.say(f"    {name}: {_short(before, start)} -> {_short(after, start)}")
    screen.say(f"{counted(len(rules), 'rule')} {'differs' if len(rules) == 1 else 'differ'}")
    if quotes:
        screen.say()
        rows = [
            [each.name, _net(each.before), _net(each.after), _difference(each.before, each.after)] for each in quotes
        ]
        screen.table(["example quote", "net before", "net after", "difference"], rows, right=(1, 2, 3))
    verb = "costs" if len(quotes) == 1 else "cost"
    screen.say(f"{len(quotes)} of {counted(examples, 'example quote')} {verb} something else")


def _at(span: Span) -> str:
    return f"{span.path}:{span.line}"


def _first_difference(before: str, after: str) -> int:
    """Where to start showing two texts of which one is too long: at the word before the first that differs."""
    if max(len(before), len(after)) <= LONGEST:
        return 0
    same = len(os.path.commonprefix([before, after]))
    word = before.rfind(" ", 0, same) + 1
    return before.rfind(" ", 0, max(word - 1, 0)) + 1


def _short(text: str, start: int) -> str:
    shown = f"…{text[start:]}" if start else text or "nothing"
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _net(text: str) -> str:
    """A net total as other tables show it, or why there is none."""
    try:
        return plain(text)
    except InvalidOperation:
        return text


def _difference(before: str, after: str) -> str:
    try:
        return signed(str(Decimal(after) - Decimal(before)))
    except InvalidOperation:
        return ""


def _rule_data(each: RuleChange) -> dict[str, object]:
    place: dict[str, object] = {} if each.span is None else {"path": each.span.path, "line": each.span.line}
    if each.was is not None:
        place["was"] = {"path": each.was.path, "line": each.was.line}
    parts = [{"name": name, "before": before, "after": after} for name, before, after in each.parts]
    return {"change": each.change.value, "kind": each.kind, "id": each.id, **place, "parts": parts}


def _quote_data(each: QuoteChange) -> dict[str, object]:
    lines = [{"line": line, "before": before, "after": after} for line, before, after in each.lines]
    return {"name": each.name, "net_before": each.before, "net_after": each.after, "lines": lines}

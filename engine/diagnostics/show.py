"""How findings are shown: one line, whole text with the source line and a caret, and JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from engine.diagnostics.finding import Diagnostic, Severity, sorted_findings

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_LINE_END = re.compile(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
MOST_SHOWN = 100
WIDEST_LINE = 160


def one_line(diagnostic: Diagnostic) -> str:
    """Return ``path:line:column: CODE: message; hint``, with ``warning:`` or ``note:`` before a lesser finding."""
    label = "" if diagnostic.severity is Severity.ERROR else f"{diagnostic.severity.value}: "
    tail = f"; {diagnostic.hint}" if diagnostic.hint else ""
    told = f"{diagnostic.span}: {diagnostic.code}: {label}{diagnostic.message}{tail}"
    return _LINE_END.sub(lambda found: found[0].encode("unicode_escape").decode(), told)


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> str:
    """Show findings sorted by place, each with its source line and a caret line where ``sources`` has the file.

    At most 100 are shown; a last line says how many were left out.
    """
    found = sorted_findings(diagnostics)
    blocks = [_block(each, sources) for each in found[:MOST_SHOWN]]
    if len(found) > MOST_SHOWN:
        blocks.append(f"... and {len(found) - MOST_SHOWN} more")
    return "\n".join(blocks)


def as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, object]]:
    """Return plain values for JSON, sorted by place; the keys are stable."""
    return [
        {
            "code": str(each.code),
            "severity": each.severity.value,
            "message": each.message,
            "hint": each.hint,
            "path": each.span.path,
            "line": each.span.line,
            "column": each.span.column,
            "end_line": each.span.end_line or each.span.line,
            "end_column": each.span.end_column or each.span.column + 1,
        }
        for each in sorted_findings(diagnostics)
    ]


def _block(diagnostic: Diagnostic, sources: Mapping[str, str]) -> str:
    head = one_line(diagnostic)
    text = sources.get(diagnostic.span.path)
    lines = text.splitlines() if text is not None else []
    if not 1 <= diagnostic.span.line <= len(lines):
        return head
    source = lines[diagnostic.span.line - 1]
    if _CONTROL.search(source):
        return head  # not a text: the file is in another encoding
    column = min(max(diagnostic.span.column, 1), len(source) + 1)
    last = diagnostic.span.end_column if diagnostic.span.end_line in (0, diagnostic.span.line) else len(source) + 1
    width = max(1, min(last, len(source) + 1) - column)
    shown, shift = _window(source, column)
    lead = "".join("\t" if each == "\t" else " " for each in shown[: column - 1 - shift])
    caret = "^" * max(1, min(width, len(shown) + 1 - (column - shift)))
    gutter = str(diagnostic.span.line)
    return f"{head}\n  {gutter} | {shown}\n  {' ' * len(gutter)} | {lead}{caret}"


def _window(source: str, column: int) -> tuple[str, int]:
    """Cut a very long line around the column; return the text shown and how many characters were cut before it."""
    if len(source) <= WIDEST_LINE:
        return source, 0
    shift = max(0, min(column - WIDEST_LINE // 2, len(source) - WIDEST_LINE))
    return source[shift : shift + WIDEST_LINE], shift

"""Bytes of a rule file into text: UTF-8 only, line ends made one kind."""

from __future__ import annotations

import re

from engine.diagnostics import Span
from engine.rulebook.codes import finding
from engine.rulebook.nodes import Report

MOST_BYTES = 20_000_000
_YAML_BREAK = re.compile("[\n\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")


def decode(path: str, content: bytes, report: Report) -> str | None:
    """Return the text of a file, or None after saying why it cannot be read."""
    if len(content) > MOST_BYTES:
        message = f"the file has {len(content)} bytes; a rule file has at most {MOST_BYTES}"
        report.add(finding("FIL002", message, Span(path), "split the file"))
        return None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        report.add(finding("FIL001", "the file is UTF-16, not UTF-8", Span(path), "save it as UTF-8"))
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        before = content[: problem.start].decode("utf-8", "replace")
        place = Span(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
        byte = f"0x{content[problem.start]:02X}"
        report.add(finding("FIL001", f"the byte {byte} is not UTF-8 text", place, "save the file as UTF-8"))
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return None if _has_control(path, text, report) else text


def yaml_lines(text: str) -> list[str]:
    """The lines as YAML counts them: three signs end one there that are text elsewhere."""
    return _YAML_BREAK.split(text)


def _has_control(path: str, text: str, report: Report) -> bool:
    found = _CONTROL.search(text)
    if found is None:
        return False
    bad = found.start()
    place = Span(path, text.count("\n", 0, bad) + 1, bad - text.rfind("\n", 0, bad))
    message = f"the control character U+{ord(text[bad]):04X} stands in the file"
    report.add(finding("FIL001", message, place, "remove it, and save the file as UTF-8 text"))
    return True

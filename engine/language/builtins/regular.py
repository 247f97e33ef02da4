"""The built-ins with patterns: ``matches``, ``replace``, ``split`` (DMN 10.3.4.3, XPath functions 3.1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Protocol, cast

import re2

from engine.language.builtins.arguments import text
from engine.language.builtins.patterns import Flags, translate
from engine.language.builtins.signature import Builtin, builtin
from engine.language.values.fault import LONGEST_TEXT, LimitError, UndefinedError, bounded_count

_MOST_MEMORY = 8 << 20


class _Match(Protocol):
    def group(self, number: int, /) -> str | None: ...

    def start(self) -> int: ...

    def end(self) -> int: ...


class _Pattern(Protocol):
    groups: int

    def search(self, text: str, /) -> _Match | None: ...

    def finditer(self, text: str, /) -> list[_Match]: ...


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> _Pattern:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    translated = translate(pattern, Flags(flags))
    try:
        return cast(_Pattern, re2.compile(translated, options))
    except re2.error:
        raise UndefinedError(f"`{pattern[:60]}` is not a pattern") from None


def _pattern(pattern: object, flags: object) -> _Pattern:
    return _compiled(text(pattern), "" if flags is None else text(flags))


def matches(input: object, pattern: object, flags: object = None) -> bool:
    """``matches("foobar", "^fo*b") = true``: whether the pattern is found anywhere."""
    return _pattern(pattern, flags).search(text(input)) is not None


def _never_empty(pattern: _Pattern) -> _Pattern:
    if pattern.search("") is not None:
        raise UndefinedError("a pattern that matches the empty text cannot be replaced or split at")
    return pattern


def replace(input: object, pattern: object, replacement: object, flags: object = None) -> str:
    """``replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") = "[1=ab][2=]cd"``: ``$n`` is a group, ``\\$`` a dollar sign."""
    source = text(input)
    found = _never_empty(_pattern(pattern, flags))
    literal = flags is not None and "q" in text(flags)
    write = _template(text(replacement), 0 if literal else found.groups, literal=literal)
    pieces: list[str] = []
    at = length = 0
    for match in found.finditer(source):
        pieces += [source[at : match.start()], write(match)]
        length += len(pieces[-1]) + len(pieces[-2])
        if length > LONGEST_TEXT:
            raise LimitError(f"a text may hold at most {LONGEST_TEXT} characters")
        at = match.end()
    return "".join([*pieces, source[at:]])


def _template(replacement: str, groups: int, *, literal: bool) -> Callable[[_Match], str]:
    if literal:
        return lambda _match: replacement
    parts = _parts(replacement, groups)

    def write(match: _Match) -> str:
        return "".join(part if isinstance(part, str) else match.group(part) or "" for part in parts)

    return write


def _parts(replacement: str, groups: int) -> list[str | int]:
    parts: list[str | int] = []
    at = 0
    while at < len(replacement):
        character = replacement[at]
        following = replacement[at + 1 : at + 2]
        at += 1
        if character == "\\":
            if following not in ("\\", "$"):
                raise UndefinedError("a backslash in a replacement stands before `\\` or `$`")
            parts.append(following)
            at += 1
        elif character == "$":
            number, at = _group_number(replacement, at, groups)
            parts.append(number if number <= groups else "")
        else:
            parts.append(character)
    return parts


def _group_number(replacement: str, at: int, groups: int) -> tuple[int, int]:
    """Read the digits after a dollar sign, as many as still name a group of the pattern."""
    if not replacement[at : at + 1].isdecimal():
        raise UndefinedError("a dollar sign in a replacement stands before the number of a group")
    number = int(replacement[at])
    at += 1
    while replacement[at : at + 1].isdecimal() and number * 10 + int(replacement[at]) <= groups:
        number = number * 10 + int(replacement[at])
        at += 1
    return number, at


def split(string: object, delimiter: object) -> tuple[str, ...]:
    """``split("John Doe", "\\s") = ["John", "Doe"]``: the delimiter is a pattern."""
    source = text(string)
    pieces: list[str] = []
    at = 0
    for match in _never_empty(_pattern(delimiter, None)).finditer(source):
        pieces.append(source[at : match.start()])
        at = match.end()
    bounded_count(len(pieces))
    return (*pieces, source[at:])


REGULAR: tuple[Builtin, ...] = (
    builtin("matches", ("input: text, pattern: text, flags?: text -> boolean", matches)),
    builtin("replace", ("input: text, pattern: text, replacement: text, flags?: text -> text", replace)),
    builtin("split", ("string: text, delimiter: text -> list<text>", split)),
)

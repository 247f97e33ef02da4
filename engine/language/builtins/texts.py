"""Text built-ins (DMN 10.3.4.3). Lengths and positions count code points; positions start at 1."""

from __future__ import annotations

from decimal import Decimal

from engine.language.builtins.arguments import integer, items, text
from engine.language.builtins.signature import Builtin, builtin
from engine.language.values.fault import LONGEST_TEXT, LimitError, UndefinedError, bounded_text


def substring(string: object, start_position: object, length: object = None) -> str:
    """``substring("foobar", -2, 1) = "a"``; a negative start counts from the end."""
    whole, start = text(string), integer(start_position)
    if not start:
        raise UndefinedError("positions count from 1, or from -1 at the end")
    first = start - 1 if start > 0 else max(len(whole) + start, 0)
    if length is None:
        return whole[first:]
    count = integer(length)
    if count < 1:
        raise UndefinedError("the length of a substring is at least 1")
    return whole[first : first + count]


def string_length(string: object) -> Decimal:
    """Number of code points."""
    return Decimal(len(text(string)))


def upper_case(string: object) -> str:
    """``upper case("aBc4") = "ABC4"``."""
    return bounded_text(text(string).upper())


def lower_case(string: object) -> str:
    """``lower case("aBc4") = "abc4"``."""
    return bounded_text(text(string).lower())


def substring_before(string: object, match: object) -> str:
    """``substring before("foobar", "bar") = "foo"``; without a match the empty text."""
    before, found, _ = _parted(text(string), text(match))
    return before if found else ""


def substring_after(string: object, match: object) -> str:
    """``substring after("foobar", "ob") = "ar"``; without a match the empty text."""
    _, found, after = _parted(text(string), text(match))
    return after if found else ""


def _parted(string: str, match: str) -> tuple[str, bool, str]:
    if not match:
        return "", True, string
    before, found, after = string.partition(match)
    return before, bool(found), after


def contains(string: object, match: object) -> bool:
    """``contains("foobar", "of") = false``."""
    return text(match) in text(string)


def starts_with(string: object, match: object) -> bool:
    """``starts with("foobar", "fo") = true``."""
    return text(string).startswith(text(match))


def ends_with(string: object, match: object) -> bool:
    """``ends with("foobar", "r") = true``."""
    return text(string).endswith(text(match))


def string_join(values: object, delimiter: object = None) -> str:
    """``string join(["a", null, "c"], "-") = "a-c"``: nulls are left out."""
    between = "" if delimiter is None else text(delimiter)
    parts = [text(value) for value in items(values) if value is not None]
    if sum(map(len, parts)) + len(between) * len(parts) > LONGEST_TEXT:
        raise LimitError(f"a text may hold at most {LONGEST_TEXT} characters")
    return between.join(parts)


_FIND = "string: text, match: text -> {}"

TEXTUAL: tuple[Builtin, ...] = (
    builtin("substring", ("string: text, start position: number, length?: number -> text", substring)),
    builtin("string length", ("string: text -> number", string_length)),
    builtin("upper case", ("string: text -> text", upper_case)),
    builtin("lower case", ("string: text -> text", lower_case)),
    builtin("substring before", (_FIND.format("text"), substring_before)),
    builtin("substring after", (_FIND.format("text"), substring_after)),
    builtin("contains", (_FIND.format("boolean"), contains)),
    builtin("starts with", (_FIND.format("boolean"), starts_with)),
    builtin("ends with", (_FIND.format("boolean"), ends_with)),
    builtin("string join", ("list: list<text>, delimiter?: text -> text", string_join)),
)

"""Regular expressions of XPath (which DMN refers to), translated for RE2, whose matching time is linear.

What RE2 cannot express is refused by name: back-references, and repetitions above a thousand.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.language.builtins.characters import Ranges, in_class, property_ranges, re2_property, subtract
from engine.language.values.fault import UndefinedError

_LONGEST_PATTERN = 10_000
_SINGLE = {"n": "\\n", "r": "\\r", "t": "\\t"}
_LITERAL = frozenset("\\|.?*+(){}-[]^$")
_SPACE = "\\t\\n\\r "
_NAME_START = (
    "A-Z_a-z:\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{2ff}\\x{370}-\\x{37d}\\x{37f}-\\x{1fff}\\x{200c}-\\x{200d}"
)
_NAME_START += "\\x{2070}-\\x{218f}\\x{2c00}-\\x{2fef}\\x{3001}-\\x{d7ff}\\x{f900}-\\x{fdcf}\\x{fdf0}-\\x{fffd}"
_NAME_MORE = _NAME_START + "0-9.\\-\\x{b7}\\x{300}-\\x{36f}\\x{203f}-\\x{2040}"
_INSIDE = {"s": _SPACE, "d": "\\p{Nd}", "i": _NAME_START, "c": _NAME_MORE}
_OUTSIDE = {
    **{letter: f"[{inside}]" for letter, inside in _INSIDE.items()},
    **{letter.upper(): f"[^{inside}]" for letter, inside in _INSIDE.items()},
    "w": "[^\\p{P}\\p{Z}\\p{C}]",
    "W": "[\\p{P}\\p{Z}\\p{C}]",
}
_BLANK = frozenset(" \t\n\r")


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of XPath: ``s`` dot matches line ends, ``m`` lines, ``i`` case, ``x`` blanks ignored, ``q`` quoted."""

    text: str

    def __post_init__(self) -> None:
        unknown = sorted(set(self.text) - set("smixq"))
        if unknown:
            raise UndefinedError(f"`{unknown[0]}` is not a flag; the flags are s, m, i, x and q")

    def __contains__(self, letter: str) -> bool:
        return letter in self.text


def translate(pattern: str, flags: Flags) -> str:
    """Return the RE2 text of an XPath pattern; raises ``UndefinedError`` for a wrong or inexpressible one."""
    if len(pattern) > _LONGEST_PATTERN:
        raise UndefinedError("the pattern is too long")
    head = "".join(letter for letter in "im" if letter in flags and "q" not in flags or letter == "i" and "i" in flags)
    prefix = f"(?{head})" if head else ""
    if "q" in flags:
        return prefix + "".join(quote(each) for each in pattern)
    source = without_blanks(pattern) if "x" in flags else pattern
    return prefix + _Translator(source, dot="(?s:.)" if "s" in flags else "[^\\n\\r]").run()


def quote(character: str) -> str:
    """Write one character so that RE2 takes it literally."""
    if character.isascii() and (character.isalnum() or character == "_"):
        return character
    return f"\\x{{{ord(character):x}}}"


def without_blanks(pattern: str) -> str:
    """Drop the blanks that flag ``x`` ignores: all outside character classes."""
    kept: list[str] = []
    depth = 0
    escaped = False
    for character in pattern:
        if character in _BLANK and not depth:
            continue
        if not escaped:
            depth += (character == "[") - (character == "]" and depth > 0)
        escaped = character == "\\" and not escaped
        kept.append(character)
    return "".join(kept)


class _Translator:
    """Walks over one pattern."""

    def __init__(self, source: str, *, dot: str) -> None:
        self._source = source
        self._at = 0
        self._dot = dot

    def run(self) -> str:
        out: list[str] = []
        while self._at < len(self._source):
            out.append(self._piece())
        return "".join(out)

    def _next(self) -> str:
        if self._at >= len(self._source):
            raise UndefinedError("the pattern ends too early")
        character = self._source[self._at]
        self._at += 1
        return character

    def _peek(self, text: str) -> bool:
        return self._source.startswith(text, self._at)

    def _piece(self) -> str:
        character = self._next()
        match character:
            case "\\":
                return self._escape()
            case "[":
                return self._class()
            case ".":
                return self._dot
            case "(":
                return self._group()
            case "]" | "}":
                raise UndefinedError(f"`{character}` in a pattern needs a backslash")
            case "{":
                return self._repetition()
            case ")" | "|" | "?" | "*" | "+" | "^" | "$":
                return character
            case _:
                return quote(character)

    def _group(self) -> str:
        if not self._peek("?"):
            return "("
        if not self._peek("?:"):
            raise UndefinedError("`(?` is not a group of the pattern language; only `(?:` is")
        self._at += 2
        return "(?:"

    def _repetition(self) -> str:
        end = self._source.find("}", self._at)
        body = self._source[self._at : end] if end > 0 else ""
        low, comma, high = body.partition(",")
        if not low.isdecimal() or (high and not high.isdecimal()):
            raise UndefinedError("`{` in a pattern stands before a count such as `{2}` or `{2,5}`")
        if int(low[:6]) > 1000 or int(high[:6] or 0) > 1000:
            raise UndefinedError("a repetition above 1000 is not supported")
        self._at = end + 1
        return "{" + low + comma + high + "}"

    def _escape(self) -> str:
        character = self._next()
        if character in _SINGLE:
            return _SINGLE[character]
        if character in _LITERAL:
            return quote(character)
        if character in "pP":
            return re2_property(self._property_name(), negated=character == "P")
        if character in _OUTSIDE:
            return _OUTSIDE[character]
        if character.isdigit():
            raise UndefinedError("back-references are not supported in patterns")
        raise UndefinedError(f"`\\{character}` is not an escape of the pattern language")

    def _property_name(self) -> str:
        end = self._source.find("}", self._at)
        if not self._peek("{") or end < 0:
            raise UndefinedError("`\\p` needs a property in braces, such as `\\p{L}`")
        name = self._source[self._at + 1 : end]
        self._at = end + 1
        return name

    def _class(self) -> str:
        text, ranges = self._set()
        if ranges is not None:
            return in_class(ranges)
        return text

    def _set(self) -> tuple[str, Ranges | None]:
        """Read a character class after its ``[``: its RE2 text, and its ranges when they had to be computed."""
        negated = self._peek("^")
        self._at += negated
        parts: list[tuple[str, Ranges]] = []
        first = True
        while first or not self._peek("]"):
            if self._peek("-[") and not first:
                self._at += 2
                return "", self._without(parts, negated=negated)
            parts.append(self._member())
            first = False
        self._at += 1
        return "[" + ("^" if negated else "") + "".join(text for text, _ in parts) + "]", None

    def _without(self, parts: list[tuple[str, Ranges]], *, negated: bool) -> Ranges:
        taken = tuple(span for _, ranges in parts for span in ranges)
        base = property_ranges_all(taken) if negated else taken
        start = self._at
        text, ranges = self._set()
        inner = ranges if ranges is not None else _Translator(self._source[start:], dot="").members()
        if self._next() != "]":
            raise UndefinedError("a subtraction ends a character class")
        return subtract(base, inner) if text or ranges is not None else base

    def members(self) -> Ranges:
        """Return the characters of the class whose text starts here (after its ``[``)."""
        negated = self._peek("^")
        self._at += negated
        spans: list[tuple[int, int]] = []
        first = True
        while first or not self._peek("]"):
            spans.extend(self._member()[1])
            first = False
        return property_ranges_all(tuple(spans)) if negated else tuple(spans)

    def _member(self) -> tuple[str, Ranges]:
        """Read one character, escape or range of a class."""
        low = self._next()
        if low == "[":
            raise UndefinedError("`[` inside a character class needs a backslash")
        if low == "\\":
            escape = self._source[self._at : self._at + 1]
            if escape and escape in "pPsSdDwWiIcC":
                return self._class_escape()
            low = self._literal_escape()
        if self._peek("-") and not self._peek("-[") and not self._peek("-]"):
            self._at += 1
            high = self._next()
            if high == "\\":
                high = self._literal_escape()
            if ord(high) < ord(low):
                raise UndefinedError(f"the range `{low}-{high}` of a character class runs backwards")
            return f"{quote(low)}-{quote(high)}", ((ord(low), ord(high)),)
        return quote(low), ((ord(low), ord(low)),)

    def _literal_escape(self) -> str:
        character = self._next()
        if character in _SINGLE:
            return {"n": "\n", "r": "\r", "t": "\t"}[character]
        if character not in _LITERAL:
            raise UndefinedError(f"`\\{character}` is not an escape of a character class")
        return character

    def _class_escape(self) -> tuple[str, Ranges]:
        letter = self._next()
        if letter in "pP":
            name = self._property_name()
            return re2_property(name, negated=letter == "P", inside=True), property_ranges(name, negated=letter == "P")
        ranges = property_ranges(f"\\{letter.lower()}", negated=letter.isupper())
        if letter in _INSIDE:
            return _INSIDE[letter], ranges
        return in_class(ranges)[1:-1], ranges


def property_ranges_all(ranges: Ranges) -> Ranges:
    """Return every character that is not in ``ranges``."""
    return subtract(((0, 0x10FFFF),), ranges)

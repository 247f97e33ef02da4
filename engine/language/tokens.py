"""Cuts FEEL text into tokens; goes on after a slip so that several are reported at once."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum, auto
from typing import NamedTuple

from engine.language.problems import (
    BAD_CHARACTER,
    BAD_ESCAPE,
    BAD_NUMBER,
    FOREIGN_OPERATOR,
    OPEN_COMMENT,
    OPEN_TEXT,
    TOO_LONG,
    Findings,
)

LONGEST_TEXT = 20_000
MOST_DIGITS = 34
LARGEST_EXPONENT = 6144
SMALLEST_EXPONENT = -6143


class TokenKind(Enum):
    """What a token is."""

    NUMBER = auto()
    TEXT = auto()
    NAME = auto()
    SYMBOL = auto()
    END = auto()


class Token(NamedTuple):
    """One token; ``text`` is the source text, or the meaning of a text literal with its escapes resolved."""

    kind: TokenKind
    text: str
    start: int
    end: int


_NAME, _SYMBOL = TokenKind.NAME, TokenKind.SYMBOL
_SPACE = "\\s\u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_NAME_START = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
_NAME_PART = _NAME_START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"

_TOKEN = re.compile(
    rf"(?P<space>[{_SPACE}]+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<currency>[\u20ac\u00a3\u00a5$](?=\s?[0-9]))"
    rf"|(?P<name>[{_NAME_START}][{_NAME_PART}]*)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r'|(?P<text>"(?:[^"\\]|\\.)*")'
    r"|(?P<foreign>==|&&|\|\||(?<!function)(?<!context)<>(?!\s*->)|=<|=>(?!=)|[\u2264\u2265\u2260\u00d7\u00f7\u2212\u2013\u2014!^%;$#&|](?!=)|[\u201c\u201d\u201e\u2018\u2019'])"
    r"|(?P<symbol>\*\*|\.\.|!=|<=|>=|->|[-+*/=<>()\[\]{},:.?@])",
    re.DOTALL,
)

_NO_SIGN = "leave the currency sign out: amounts are plain numbers"
_FOREIGN: dict[str, tuple[str, str]] = {
    "==": ("=", "write `=` to compare"),
    "&&": ("and", "write `and`"),
    "&": ("and", "write `and`; to join texts write `+`"),
    "||": ("or", "write `or`"),
    "|": ("or", "write `or`; between the values of a cell write a comma"),
    "<>": ("!=", "write `!=`"),
    "=<": ("<=", "write `<=`"),
    "=>": (">=", "write `>=`"),
    "\u2264": ("<=", "write `<=`"),
    "\u2265": (">=", "write `>=`"),
    "\u2260": ("!=", "write `!=`"),
    "\u00d7": ("*", "write `*`"),
    "\u00f7": ("/", "write `/`"),
    "\u2212": ("-", "write the plain minus sign `-`"),
    "\u2013": ("-", "write the plain minus sign `-`"),
    "\u2014": ("-", "write the plain minus sign `-`"),
    "^": ("**", "write `**` for a power"),
    ";": (",", "leave it out; parts are separated by a comma"),
    "!": ("", "write `not(...)` around the condition"),
    "%": ("", "percents are plain numbers: write 15, not 15 %"),
    "$": ("", _NO_SIGN),
    "\u20ac": ("", _NO_SIGN),
    "\u00a3": ("", _NO_SIGN),
    "\u00a5": ("", _NO_SIGN),
    "#": ("", "leave it out"),
}
_QUOTES = "\u201c\u201d\u201e\u2018\u2019'"

_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))",
    re.DOTALL,
)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


def tokenize(findings: Findings) -> list[Token]:
    """Return the tokens of the text with an END token last; what is wrong goes to ``findings``."""
    text = findings.text
    if len(text) > LONGEST_TEXT:
        message = f"the expression has {len(text)} characters; {LONGEST_TEXT} are allowed"
        findings.error(TOO_LONG, message, LONGEST_TEXT, LONGEST_TEXT + 1, hint="split it into several rules or a table")
        return [Token(TokenKind.END, "", 0, 0)]
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        position = _run(findings, position, tokens)
    tokens.append(Token(TokenKind.END, "", position, position))
    return tokens


def _run(findings: Findings, position: int, tokens: list[Token]) -> int:
    """Cut tokens until one needs a second look; return where to go on."""
    text = findings.text
    append = tokens.append
    for found in _TOKEN.finditer(text, position):
        start, end = found.span()
        if start != position:
            return _stray(findings, position, start)
        kind = found.lastgroup
        if kind == "name":
            append(Token(_NAME, found[0], start, end))
        elif kind == "symbol":
            if text.startswith("/*", start):
                return _stray(findings, start, end)
            append(Token(_SYMBOL, found[0], start, end))
        elif kind != "space":
            token = _token(found, findings)
            if token is not None:
                append(token)
                if token.end != end:
                    return token.end
        position = end
    return position if position == len(text) else _stray(findings, position, len(text))


def token_texts(name: str) -> tuple[str, ...] | None:
    """Return the tokens a name consists of, or None when it cannot be written as a bare name."""
    texts: list[str] = []
    position = 0
    while position < len(name):
        found = _TOKEN.match(name, position)
        if found is None or found.lastgroup in ("text", "foreign") and found.group() != "'":
            return None
        position = found.end()
        if found.lastgroup != "space":
            texts.append(found.group())
    return tuple(texts) or None


def _token(found: re.Match[str], findings: Findings) -> Token | None:
    start, end, text = found.start(), found.end(), found.group()
    match found.lastgroup:
        case "number":
            return Token(TokenKind.NUMBER, _number(findings, start, text), start, end)
        case "text":
            return Token(TokenKind.TEXT, _resolve(findings, text, start), start, end)
        case _:
            return _foreign(findings, text, start, end)


def _number(findings: Findings, start: int, text: str) -> str:
    """Check a number for decimal128: at most 34 digits and exponents up to 6144; a bad one is read as 0."""
    mantissa, _, exponent = text.lower().partition("e")
    digits = mantissa.replace(".", "").lstrip("0")
    end = start + len(text)
    if len(digits) > MOST_DIGITS:
        message = f"the number has {len(digits)} digits; {MOST_DIGITS} are allowed"
        findings.error(BAD_NUMBER, message, start, end, hint="round it")
        return "0"
    if exponent and (len(exponent) > 6 or not _in_range(text)):
        findings.error(BAD_NUMBER, "the number is too large or too small", start, end, hint="check the exponent")
        return "0"
    return text


def _in_range(text: str) -> bool:
    value = Decimal(text)
    return not value or SMALLEST_EXPONENT <= value.adjusted() <= LARGEST_EXPONENT


def _resolve(findings: Findings, quoted: str, start: int) -> str:
    """The meaning of a quoted text. A backslash before any other character stands for itself, as in patterns."""
    inner = quoted[1:-1]
    if "\\" not in inner:
        return inner

    def replaced(escape: re.Match[str]) -> str:
        high, low, four, six, plain = escape.groups()
        if high:
            return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00))
        if plain is not None:
            return _PLAIN_ESCAPES.get(plain, "\\" + plain)
        point = int(four or six, 16)
        if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
            place = start + 1 + escape.start()
            message = f"`{escape.group()}` is not a character"
            findings.error(BAD_ESCAPE, message, place, place + len(escape.group()), hint="give a Unicode code point")
            return ""
        return chr(point)

    return _ESCAPE.sub(replaced, inner)


def _foreign(findings: Findings, text: str, start: int, end: int) -> Token | None:
    """Report an operator or quote of another language and go on with what was probably meant."""
    if text in _QUOTES:
        return _foreign_quote(findings, start)
    instead, hint = _FOREIGN[text]
    findings.error(FOREIGN_OPERATOR, f"`{text}` is not an operator here", start, end, hint=hint)
    if not instead:
        findings.broken = True
        return None
    kind = TokenKind.NAME if instead.isalpha() else TokenKind.SYMBOL
    return Token(kind, instead, start, end)


def _foreign_quote(findings: Findings, start: int) -> Token:
    """Read up to the next quote mark of any kind and take it as a text; inside a word it may be part of a name."""
    text = findings.text
    if text[start] == "'" and start and text[start - 1].isalnum():
        return Token(TokenKind.SYMBOL, "'", start, start + 1)
    end = start + 1
    while end < len(text) and text[end] not in _QUOTES + '"\n':
        end += 1
    end = min(end + 1, len(text))
    inner = text[start + 1 : end - 1] if end - start > 1 else ""
    message = f"a text stands between straight double quotes, not `{text[start]}`"
    findings.error(BAD_CHARACTER, message, start, end, hint=f'write `"{inner}"`')
    return Token(TokenKind.TEXT, inner, start, end)


def _stray(findings: Findings, position: int, until: int) -> int:
    """Report what no token starts with, up to where the next one does, and return where to go on."""
    text = findings.text
    findings.broken = True
    if text.startswith("/*", position):
        findings.error(OPEN_COMMENT, "the comment has no end", position, position + 2, hint="close it with `*/`")
        return len(text)
    if text[position] == '"':
        hint = 'put `"` behind its last letter'
        findings.error(OPEN_TEXT, "the text has no closing quote", position, len(text), hint=hint)
        return len(text)
    until = min((place for mark in ('"', "/*") if (place := text.find(mark, position, until)) >= 0), default=until)
    first = text[position] if text[position].isprintable() else f"U+{ord(text[position]):04X}"
    findings.error(BAD_CHARACTER, f"`{first}` has no meaning here", position, until, hint="leave it out")
    return until

"""The reading position in a list of tokens: looking, taking, limits, and how reading stops at an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from engine.diagnostics import Code
from engine.language.names import (
    FUNCTION_NAMES,
    KEYWORDS,
    NAME_SYMBOLS,
    PROPERTY_NAMES,
    KnownNames,
)
from engine.language.problems import OPEN_BRACKET, TOO_DEEP, TOO_MANY, UNEXPECTED, Findings
from engine.language.tokens import Token, TokenKind
from engine.language.tree import Expression

DEEPEST = 60
"""Levels of a tree: what is generated for it stays within the brackets that may be nested there (200)."""

MOST_ITEMS = 2_000


class Profile(Enum):
    """Full FEEL joins unknown words behind a dot into one name; the strict profile takes each as a name of its own."""

    FULL = auto()
    STRICT = auto()


class ReadingStopped(Exception):
    """Reading cannot go on; the reason is in the findings."""


@dataclass(slots=True)
class Cursor:
    """A place in the tokens of one text."""

    tokens: list[Token]
    findings: Findings
    known: KnownNames
    profile: Profile
    read: Callable[[Cursor, int], Expression]
    local: KnownNames = field(default_factory=KnownNames)
    ever_local: KnownNames = field(default_factory=KnownNames)
    position: int = 0
    depth: int = 0
    height: int = 0
    brackets: int = 0
    endpoint_at: int = -1
    words: list[str] = field(init=False)

    def __post_init__(self) -> None:
        plain = (TokenKind.NAME, TokenKind.SYMBOL)
        self.words = [each.text if each.kind in plain else "" for each in self.tokens]

    def expression(self) -> Expression:
        """Read a whole expression."""
        return self.read(self, 0)

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.position]

    @property
    def word(self) -> str:
        """The text of the next token when it is a word or a symbol, otherwise an empty text."""
        return self.words[self.position]

    @property
    def end(self) -> int:
        """Where the last token read ends."""
        return self.tokens[self.position - 1].end if self.position else 0

    def word_after(self, count: int) -> str:
        """The word ``count`` tokens ahead, or an empty text."""
        place = self.position + count
        return self.words[place] if place < len(self.words) else ""

    def take(self) -> Token:
        """Read one token."""
        token = self.tokens[self.position]
        if token.kind is not TokenKind.END:
            self.position += 1
        return token

    def stop(self, code: Code, message: str, token: Token, *, hint: str = "") -> ReadingStopped:
        """Note an error at a token and return what to raise."""
        # A sign of another language was told already; that its meaning cannot stand there either would only confuse.
        told = (token.start, token.end) in self.findings.places
        if not self.findings.broken and not told:
            self.findings.error(code, message, token.start, token.end, hint=hint)
        return ReadingStopped()

    def expect(self, word: str, *, hint: str) -> Token:
        """Read a keyword or symbol that must stand here."""
        if self.word != word:
            raise self.stop(UNEXPECTED, f"`{word}` is missing before {show(self.token)}", self.token, hint=hint)
        return self.take()

    def open(self) -> Token:
        """Read an opening bracket."""
        self.brackets += 1
        return self.take()

    def close(self, opening: Token, closers: str) -> Token:
        """Read the bracket that closes ``opening``: one of the characters of ``closers``."""
        token = self.token
        if not self.word or self.word not in closers:
            if token.kind is TokenKind.END:
                message = f"the bracket `{opening.text}` is not closed"
                raise self.stop(OPEN_BRACKET, message, opening, hint=f"add `{closers[0]}`")
            message = f"{show(token)} cannot stand here"
            hint = f"write `,` or `{closers[0]}` before it"
            raise self.stop(UNEXPECTED, message, token, hint=shouted(token) or hint)
        self.brackets -= 1
        return self.take()

    def enter(self) -> int:
        """Go one level down; return what ``leave`` needs. Too deep a nesting stops the reading."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._too_deep()
        outer, self.height = self.height, 0
        return outer

    def leave(self, outer: int) -> None:
        """Go one level up; the height of the tree read so far is that of its highest part."""
        self.depth -= 1
        self.height = max(outer, self.height + 1)
        if self.height > DEEPEST:
            raise self._too_deep()

    def count(self, items: list[object] | int, what: str) -> None:
        """Stop when a list, context or call has too many parts."""
        number = items if isinstance(items, int) else len(items)
        if number > MOST_ITEMS:
            message = f"more than {MOST_ITEMS} {what}"
            raise self.stop(TOO_MANY, message, self.token, hint="use a table")

    def known_name(self) -> tuple[str, int] | None:
        """The longest known name of several words that starts here, and its count of tokens."""
        here = self.tokens, self.position
        found = self.local.longest(*here) or self.known.longest(*here)
        if found:
            return found
        function = FUNCTION_NAMES.longest(*here)
        if function and (" and " not in function[0] or self.word_after(function[1]) == "("):
            return function
        return None

    def known_attribute(self) -> tuple[str, int] | None:
        """The longest name of several words that may follow a dot here."""
        here = self.tokens, self.position
        found = self.ever_local.longest(*here) or self.known.longest(*here) or PROPERTY_NAMES.longest(*here)
        if found or self.profile is Profile.STRICT:
            return found
        count = 1
        while self._joins(count):
            count += 1
        return (self.name_text(count), count) if count > 1 else None

    def _joins(self, count: int) -> bool:
        place = self.position + count
        token = self.tokens[place] if place < len(self.tokens) else None
        return token is not None and token.kind is TokenKind.NAME and token.text not in KEYWORDS

    def name_text(self, count: int) -> str:
        """The name that the next ``count`` tokens spell, as written, inner spaces single."""
        first, last = self.tokens[self.position], self.tokens[self.position + count - 1]
        return " ".join(self.findings.text[first.start : last.end].split())

    def name_before(self, *stops: str) -> int:
        """How many tokens spell a new name up to one of ``stops``; 0 when something else stands there."""
        count = 0
        while self.position + count < len(self.tokens):
            token = self.tokens[self.position + count]
            if count and token.kind in (TokenKind.NAME, TokenKind.SYMBOL) and token.text in stops:
                return count
            if token.kind is TokenKind.SYMBOL and (token.text not in NAME_SYMBOLS or not count):
                return 0
            if token.kind in (TokenKind.TEXT, TokenKind.END):
                return 0
            count += 1
        return 0

    def declare(self, name: str) -> None:
        """Make a local name known from here on."""
        self.local.add(name)
        self.ever_local.add(name)

    def _too_deep(self) -> ReadingStopped:
        message = f"the expression is nested more than {DEEPEST} levels deep"
        return self.stop(TOO_DEEP, message, self.token, hint="name a part of it, or add a list with `sum`")


def shouted(token: Token) -> str:
    """A hint for a word of the language in capital letters."""
    if token.kind is TokenKind.NAME and token.text.lower() in KEYWORDS and token.text not in KEYWORDS:
        return f"write `{token.text.lower()}` in small letters"
    return ""


def show(token: Token) -> str:
    """How a message speaks of a token."""
    match token.kind:
        case TokenKind.END:
            return "the end"
        case TokenKind.TEXT:
            shown = token.text if len(token.text) <= 20 else token.text[:17] + "..."
            return f'the text `"{shown}"`'
        case _:
            return f"`{token.text}`"

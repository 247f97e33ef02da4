"""Words of the grammar, and names that consist of several words, found by the longest known match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.language.tokens import Token, TokenKind, token_texts

KEYWORDS = frozenset(
    {
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "function",
        "true",
        "false",
        "null",
    }
)

SPACED_FUNCTIONS = (
    "date and time",
    "years and months duration",
    "string length",
    "upper case",
    "lower case",
    "substring before",
    "substring after",
    "starts with",
    "ends with",
    "string join",
    "list contains",
    "insert before",
    "list replace",
    "index of",
    "distinct values",
    "duplicate values",
    "get value",
    "get entries",
    "context put",
    "context merge",
    "round up",
    "round down",
    "round half up",
    "round half down",
    "overlaps before",
    "overlaps after",
    "met by",
    "finished by",
    "started by",
    "day of year",
    "day of week",
    "month of year",
    "week of year",
)
"""Built-in functions whose names hold spaces; the function table is tested to have no others."""

SPACED_PROPERTIES = ("time offset", "start included", "end included")
SPACED_TYPES = ("days and time duration", "day time duration", "years and months duration", "date and time")
NAME_SYMBOLS = frozenset("./-'+*")


class KnownNames:
    """An index of names, by their first token, of those that consist of more than one token."""

    __slots__ = ("_by_first",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make a name known; one that is a single token needs no index and is left out."""
        texts = token_texts(name)
        if texts is None or len(texts) < 2:
            return
        row = self._by_first.setdefault(texts[0], [])
        if (texts, name) not in row:
            row.append((texts, name))
            row.sort(key=lambda each: -len(each[0]))

    def with_names(self, names: Iterable[str]) -> KnownNames:
        """Return an index of these names and some more."""
        more = KnownNames(names)
        if not more._by_first:
            return self
        for first, row in self._by_first.items():
            joined = {*row, *more._by_first.get(first, ())}
            more._by_first[first] = sorted(joined, key=lambda each: (-len(each[0]), each[1]))
        return more

    def drop(self, name: str) -> None:
        """Forget a name that ``add`` made known."""
        texts = token_texts(name)
        if texts is not None and len(texts) > 1:
            row = self._by_first.get(texts[0], [])
            if (texts, name) in row:
                row.remove((texts, name))

    def longest(self, tokens: Sequence[Token], position: int) -> tuple[str, int] | None:
        """Return the longest known name that starts at a token and how many tokens it takes."""
        row = self._by_first.get(tokens[position].text)
        if row is None:
            return None
        for texts, name in row:
            stretch = tokens[position : position + len(texts)]
            if len(stretch) == len(texts) and all(
                token.text == text and token.kind is not TokenKind.TEXT
                for token, text in zip(stretch, texts, strict=True)
            ):
                return name, len(texts)
        return None


FUNCTION_NAMES = KnownNames(SPACED_FUNCTIONS)
PROPERTY_NAMES = KnownNames(SPACED_PROPERTIES)
TYPE_NAMES = KnownNames(SPACED_TYPES)

"""The declarations of a COOM file as they are written: the product, structures and enumerations."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from engine.configuration.formats.coom_rules import Statement, read_block
from engine.configuration.formats.coom_text import MALFORMED, UNSUPPORTED, Token, Words, error, tokens
from engine.diagnostics import Diagnostic, Span, counted

PRODUCT = "product"

Constant: TypeAlias = Fraction | str


@dataclass(frozen=True, slots=True)
class Feature:
    """A field of a structure: how many instances (``high`` None: any number), and of what type.

    ``type`` is ``num``, ``Bool`` or a declared type; ``low`` and ``high`` of a number are its ``bounds``.
    """

    name: str
    type: str
    span: Span
    cardinality: tuple[int, int | None] = (1, 1)
    bounds: tuple[Fraction, Fraction] | None = None


@dataclass(slots=True)
class Enumeration:
    """Values, and per attribute the constant of each value."""

    name: str
    span: Span
    attributes: list[str] = field(default_factory=list)
    options: dict[str, tuple[Constant, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Behavior:
    """The rules of one block, and the type whose instances they hold for."""

    context: str
    span: Span
    statements: tuple[Statement, ...]


@dataclass(slots=True)
class CoomFile:
    """Everything declared, by name; the product is a structure of its own name."""

    structures: dict[str, tuple[Feature, ...]] = field(default_factory=dict)
    enumerations: dict[str, Enumeration] = field(default_factory=dict)
    behaviors: list[Behavior] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)


def parse(text: str, path: str) -> CoomFile:
    """Read the file; raises ``DiagnosticError`` with the place of what is malformed or unknown."""
    return _Parser(Words(tokens(text, path)), path).read()


class _Parser:
    def __init__(self, words: Words, path: str) -> None:
        self.words = words
        self.path = path
        self.file = CoomFile()

    def read(self) -> CoomFile:
        while self.words.look().kind != "end":
            if self.words.faults.found and self.words.accept("}"):
                continue  # it closes a block that could not be read
            with self.words.recovering():
                self._block(self.words.take())
        self.words.faults.settle()
        if PRODUCT not in self.file.structures:
            raise error(Span(self.path), "no `product` block")
        return self.file

    def _block(self, word: Token) -> None:
        match word.value if word.kind == "name" else "":
            case "product":
                self._structure(PRODUCT, word)
            case "structure":
                self._structure(self.words.name("a structure").value, word)
            case "enumeration":
                self._enumeration(word)
            case "behavior":
                self._behavior(word)
            case _:
                hint = "a COOM file has `product`, `structure`, `enumeration` and `behavior` blocks"
                raise error(word.span, f"unexpected `{word.value}`", hint=hint)

    def _behavior(self, word: Token) -> None:
        named = self.words.look().value != "{"
        context = self.words.name("a type").value if named else PRODUCT
        statements, notes = read_block(self.words, word)
        self.file.behaviors.append(Behavior(context, word.span, statements))
        self.file.notes += notes

    def _declare(self, name: str, word: Token) -> None:
        if name in self.file.structures or name in self.file.enumerations:
            raise error(word.span, f"`{name}` is declared twice")

    def _structure(self, name: str, word: Token) -> None:
        self._declare(name, word)
        self.words.expect("{")
        features: dict[str, Feature] = {}
        while not self.words.accept("}"):
            if self.words.accept(";"):
                continue
            if self.words.look().kind == "end":
                self.words.expect("}")
            with self.words.recovering():
                made = self._feature()
                if made.name in features:
                    raise error(made.span, f"feature `{made.name}` is there twice")
                features[made.name] = made
        self.file.structures[name] = tuple(features.values())

    def _feature(self) -> Feature:
        word = self.words.look()
        if word.value in ("static", "reference") and self.words.look(1).kind == "name":
            raise error(word.span, f"`{word.value}` features are not supported", UNSUPPORTED)
        cardinality = self._cardinality() if word.kind == "number" else (1, 1)
        kind = self.words.name("a type")
        if kind.value == "num":
            return self._number(cardinality)
        if kind.value == "string":
            raise error(kind.span, "features of type `string` are not supported", UNSUPPORTED)
        name = self.words.name("a feature")
        return Feature(name.value, "Bool" if kind.value == "bool" else kind.value, name.span, cardinality)

    def _cardinality(self) -> tuple[int, int | None]:
        low = self.words.whole("a cardinality")
        high: int | None = low
        self.words.accept("x")
        if self.words.accept(".."):
            word = self.words.look()
            high = None if self.words.accept("*") else self.words.whole("a cardinality")
            self.words.accept("x")
            if high is not None and high < low:
                raise error(word.span, f"the cardinality {low}..{high} is empty")
        return low, high

    def _number(self, cardinality: tuple[int, int | None]) -> Feature:
        """Number of decimals and unit say how a number is shown; they change no value."""
        self._shown_as()
        bounds = None
        if self.words.look().kind == "number" or self.words.look().value in ("-", "∞"):
            at = self.words.look().span
            bounds = (self._limit(), self._limit(after="-"))
            if bounds[0] > bounds[1]:
                raise error(at, f"the range {bounds[0]}-{bounds[1]} is empty")
        name = self.words.name("a feature")
        return Feature(name.value, "num", name.span, cardinality, bounds)

    def _shown_as(self) -> None:
        if self.words.accept(".", "^"):
            while self.words.accept("#"):
                pass
        if self.words.accept("/"):
            self.words.take()

    def _limit(self, after: str = "") -> Fraction:
        if after:
            self.words.expect(after)
        negative = self.words.accept("-") is not None
        word = self.words.take()
        if word.kind != "number":
            code = UNSUPPORTED if word.value == "∞" else MALFORMED
            raise error(word.span, f"a limit of the range is expected, not `{word.value}`", code)
        return Fraction(word.value) * (-1 if negative else 1)

    def _enumeration(self, word: Token) -> None:
        name = self.words.name("an enumeration")
        self._declare(name.value, name)
        made = Enumeration(name.value, word.span)
        self.words.expect("{")
        while not self.words.accept("}"):
            if self.words.accept(";"):
                continue
            if self.words.look().value == "attribute" and self.words.look(1).kind == "name":
                made.attributes.append(self._attribute())
            else:
                self._option(made)
        if not made.options:
            raise error(word.span, f"enumeration `{made.name}` has no values")
        self.file.enumerations[made.name] = made

    def _attribute(self) -> str:
        """``attribute [type] name``: the type only matters to people, since the constants show what they are."""
        line = self.words.take().span.line
        first = self.words.name("an attribute")
        if first.value == "num":
            self._shown_as()
        following = self.words.look()
        named = following.kind == "name" and following.span.line == line
        return self.words.take().value if named else first.value

    def _option(self, made: Enumeration) -> None:
        name = self.words.name("a value")
        if name.value in made.options:
            raise error(name.span, f"`{name.value}` is a value of `{made.name}` twice")
        constants: list[Constant] = []
        if self.words.accept("="):
            self.words.expect("(")
            while not self.words.accept(")"):
                constants.append(self._constant())
                self.words.accept(",")
        if len(constants) != len(made.attributes):
            raise error(
                name.span,
                f"`{name.value}` has {counted(len(constants), 'constant')} for {len(made.attributes)} attributes",
            )
        made.options[name.value] = tuple(constants)

    def _constant(self) -> Constant:
        negative = self.words.accept("-") is not None
        word = self.words.take()
        if word.kind == "number":
            return Fraction(word.value) * (-1 if negative else 1)
        if word.kind not in ("name", "text") or negative:
            raise error(word.span, f"a constant is expected, not `{word.value}`")
        return word.value

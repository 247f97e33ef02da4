"""Field types: what a rule file may hold, declared once for the reader, the JSON Schema and the reference page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class ScalarKind(Enum):
    """How the text of a scalar is read; the value is the word used in messages."""

    TEXT = "a text"
    ID = "an id of letters, digits, `.`, `_` and `-`"
    NUMBER = "a number"
    INTEGER = "a whole number"
    PERCENT = "a percent such as 15"
    MONEY = "an amount such as 89.90"
    DATE = "a date such as 2026-03-31"
    FLAG = "true or false"
    CURRENCY = "a currency such as EUR"
    DURATION = "a duration such as P2D or PT4H"
    FORMULA = "a formula"
    CONDITION = "a condition"
    MESSAGE = "a message"
    EFFECT = "an effect such as `10 % off unit`"
    CAP = "a cap such as `15 %` or `200.00`"
    FILE = "a file name"


class Limits(Enum):
    """Which numbers a key takes; the value is the word used in messages."""

    ANY = ""
    ABOVE_ZERO = "above zero"
    FROM_ZERO = "zero or more"
    TO_HUNDRED = "at most 100"
    SHARE = "between 0 and 100"
    DAYS = "between 0 and 3650"
    PERIODS = "between 0 and 120"
    MONTH_DAY = "between 0 and 31"


@dataclass(frozen=True, slots=True)
class ScalarField:
    """One text, read as its kind says; ``choices`` limits it to known words, ``limits`` to some numbers."""

    kind: ScalarKind = ScalarKind.TEXT
    choices: tuple[str, ...] = ()
    limits: Limits = Limits.ANY


@dataclass(frozen=True, slots=True)
class ListField:
    """A list whose items are alike; with ``lone`` a single item may stand for a list of one."""

    item: FieldType
    lone: bool = False


@dataclass(frozen=True, slots=True)
class MapField:
    """A record whose keys the author chooses and whose values are alike."""

    value: FieldType
    key: str = "name"


@dataclass(frozen=True, slots=True)
class RecordField:
    """A record of known keys."""

    record: Record


@dataclass(frozen=True, slots=True)
class EitherField:
    """One text, or a record, or a list: the first of ``options`` whose shape fits is read."""

    options: tuple[FieldType, ...]


FieldType: TypeAlias = ScalarField | ListField | MapField | RecordField | EitherField


@dataclass(frozen=True, slots=True)
class Field:
    """One key: its name, type, one sentence about it, whether it must be there, what holds when it is not."""

    name: str
    type: FieldType
    doc: str
    required: bool = False
    default: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A named record type with the keys it knows."""

    name: str
    doc: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((each for each in self.fields if each.name == name), None)


TEXT = ScalarField()
ID = ScalarField(ScalarKind.ID)
NUMBER = ScalarField(ScalarKind.NUMBER)
INTEGER = ScalarField(ScalarKind.INTEGER)
PERCENT = ScalarField(ScalarKind.PERCENT)
MONEY = ScalarField(ScalarKind.MONEY)
DATE = ScalarField(ScalarKind.DATE)
FLAG = ScalarField(ScalarKind.FLAG)
CURRENCY = ScalarField(ScalarKind.CURRENCY)
DURATION = ScalarField(ScalarKind.DURATION)
FORMULA = ScalarField(ScalarKind.FORMULA)
CONDITION = ScalarField(ScalarKind.CONDITION)
MESSAGE = ScalarField(ScalarKind.MESSAGE)
CAP = ScalarField(ScalarKind.CAP)
FILE = ScalarField(ScalarKind.FILE)
COUNT = ScalarField(ScalarKind.INTEGER, limits=Limits.ABOVE_ZERO)
POSITIVE = ScalarField(ScalarKind.NUMBER, limits=Limits.ABOVE_ZERO)
FROM_ZERO = ScalarField(ScalarKind.NUMBER, limits=Limits.FROM_ZERO)
SHARE = ScalarField(ScalarKind.PERCENT, limits=Limits.SHARE)
IDS = ListField(ID, lone=True)
TEXTS = ListField(TEXT, lone=True)
AMOUNTS = MapField(MONEY, "currency")
PAYABLE = MapField(ScalarField(ScalarKind.MONEY, limits=Limits.FROM_ZERO), "currency")
LARGEST = MapField(ScalarField(ScalarKind.MONEY, limits=Limits.ABOVE_ZERO), "currency")


def record_in(field: FieldType) -> Record | None:
    """The record that a field holds, or a list or map of it; None for a field of plain values."""
    match field:
        case RecordField(record):
            return record
        case ListField(item) | MapField(item):
            return record_in(item)
        case EitherField(options):
            return next((found for each in options if (found := record_in(each)) is not None), None)
        case ScalarField():
            return None


def choice(*words: str) -> ScalarField:
    """A field that takes one of the words."""
    return ScalarField(ScalarKind.TEXT, words)


def many(record: Record) -> ListField:
    """A list of records."""
    return ListField(RecordField(record))


def dates() -> tuple[Field, Field]:
    """The two keys of a half-open range of dates."""
    return (
        Field("from", DATE, "The first day it holds.", example="2026-01-01"),
        Field("until", DATE, "The first day it no longer holds.", example="2027-01-01"),
    )

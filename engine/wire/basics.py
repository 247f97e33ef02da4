"""Values that every service sends: dates, instants, decimals, resource names; read with every fault named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from cpq.v1 import common_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from google.type import date_pb2

from engine.application.faults import invalid, required
from engine.catalog import Value
from engine.diagnostics import Fault
from engine.parties import Address

MOST_DIGITS = 34
DECIMAL = re.compile(r"[+-]?[0-9]{1,34}(\.[0-9]{1,34})?")
KEY = re.compile(r"[a-z0-9A-Z][a-zA-Z0-9._-]{0,127}")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
NEVER = date(1, 1, 1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_SECONDS = 86_400
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Years that a request may name: further ones are typing errors, or a "forever" that periods could not count past."""


class Faults:
    """Collects what is wrong with a message; ``at`` gives a view for a part of it."""

    __slots__ = ("found", "place")

    def __init__(self, found: list[Fault] | None = None, place: str = "") -> None:
        self.found = found if found is not None else []
        self.place = place

    def at(self, part: str) -> Faults:
        """The same collection, with ``part`` before every field named."""
        return Faults(self.found, self.path(part))

    def path(self, field: str) -> str:
        """The whole path of a field."""
        return f"{self.place}.{field}" if self.place and field else self.place or field

    def invalid(self, field: str, message: str, hint: str = "") -> None:
        """A value is not acceptable."""
        self.found.append(invalid(self.path(field), message, hint))

    def required(self, field: str) -> None:
        """A value is missing."""
        self.found.append(required(self.path(field)))


def read_date(message: date_pb2.Date, field: str, faults: Faults) -> date | None:
    """A whole day, or None when the field is not set; an impossible day or a year out of reach is a fault."""
    if not (message.year or message.month or message.day):
        return None
    try:
        found = date(message.year, message.month, message.day)
    except (ValueError, OverflowError):
        faults.invalid(field, f"{message.year}-{message.month}-{message.day} is not a day")
        return None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        hint = "leave a date without an end empty"
        faults.invalid(field, f"{found} is not between the years {FIRST_YEAR} and {LAST_YEAR}", hint)
        return None
    return found


def need_date(message: date_pb2.Date, field: str, faults: Faults) -> date:
    """A whole day that has to be given."""
    before = len(faults.found)
    found = read_date(message, field, faults)
    if found is None and len(faults.found) == before:
        faults.required(field)
    return found or NEVER


def fill_date(message: date_pb2.Date, day: date | None) -> None:
    """Set a day; None leaves the field unset."""
    if day is not None:
        message.year, message.month, message.day = day.year, day.month, day.day


def read_instant(message: Timestamp, field: str, faults: Faults) -> datetime:
    """An instant that has to be given, in UTC."""
    if not (message.seconds or message.nanos):
        faults.required(field)
        return EPOCH
    try:
        found = message.ToDatetime(UTC)
    except (ValueError, OverflowError):
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        faults.invalid(field, f"not an instant between the years {FIRST_YEAR} and {LAST_YEAR}")
        return EPOCH
    return found


def fill_instant(message: Timestamp, at: datetime | None) -> None:
    """Set an instant; None leaves the field unset."""
    if at is not None:
        since = at - EPOCH
        message.seconds = since.days * DAY_SECONDS + since.seconds
        message.nanos = since.microseconds * 1_000


def read_decimal(text: str, field: str, faults: Faults) -> Decimal | None:
    """An exact number, or None when the text is empty; infinities, exponents and more than 34 digits are faults."""
    if not text:
        return None
    try:
        if DECIMAL.fullmatch(text):
            return Decimal(text)
    except InvalidOperation:
        pass
    faults.invalid(field, f"`{text[:40]}` is not a decimal number", "write digits with a point, such as `12.50`")
    return None


def need_decimal(text: str, field: str, faults: Faults) -> Decimal:
    """An exact number that has to be given."""
    before = len(faults.found)
    found = read_decimal(text, field, faults)
    if found is None and len(faults.found) == before:
        faults.required(field)
    return found if found is not None else Decimal(0)


def decimal_text(number: Decimal | None) -> str:
    """A number without exponent; None is empty."""
    return "" if number is None else format(number, "f")


def price_text(price: Decimal, digits: int) -> str:
    """A unit price: exact, with at least the digits of its currency and without zeros beyond them."""
    whole, _, decimals = format(price, "f").partition(".")
    if len(decimals) != digits:
        decimals = decimals.rstrip("0").ljust(digits, "0")
    return f"{whole}.{decimals}" if decimals else whole


def read_key(name: str, collection: str, field: str, faults: Faults, *, optional: bool = False) -> str:
    """The id in a resource name such as ``customers/c-1``; another form is a fault."""
    if not name:
        if not optional:
            faults.required(field)
        return ""
    prefix, _, key = name.rpartition("/")
    if prefix == collection and KEY.fullmatch(key):
        return key
    faults.invalid(field, f"`{name[:80]}` is not a name of the form `{collection}/...`")
    return ""


def read_new_key(key: str, field: str, faults: Faults) -> str:
    """An id that the caller chose, or empty."""
    if key and not KEY.fullmatch(key):
        faults.invalid(
            field, f"`{key[:80]}` is not an id", "letters, digits, dots, dashes and underscores, at most 128"
        )
    return key


def check_own_id(text: str, field: str, faults: Faults) -> None:
    """An id of the sender's own system may be any text of one line: control characters in it are a fault."""
    if CONTROL.search(text):
        faults.invalid(field, f"{text[:80]!a} has control characters", "leave out line breaks, tabs and the like")


def read_value(message: common_pb2.Value, field: str, faults: Faults, *, depth: int = 4) -> Value:
    """A value of the rule language; nothing set is unknown."""
    match message.WhichOneof("kind"):
        case "text":
            return message.text
        case "number":
            return need_decimal(message.number, field, faults)
        case "flag":
            return message.flag
        case "date":
            return need_date(message.date, field, faults)
        case "list" if depth:
            parts = enumerate(message.list.values)
            return tuple(read_value(each, f"{field}[{n}]", faults, depth=depth - 1) for n, each in parts)
        case "list":
            faults.invalid(field, "lists are nested too deeply")
        case _:
            pass
    return None


def read_values(messages: Mapping[str, common_pb2.Value], field: str, faults: Faults) -> Mapping[str, Value]:
    """A record of values."""
    return MappingProxyType({name: read_value(messages[name], f"{field}.{name}", faults) for name in sorted(messages)})


def fill_value(message: common_pb2.Value, value: Value) -> None:
    """Set a value of the rule language; what the wire has no form for is sent as its text."""
    match value:
        case None:
            pass
        case bool():
            message.flag = value
        case str():
            message.text = value
        case Decimal():
            message.number = decimal_text(value)
        case date():
            fill_date(message.date, value)
        case tuple():
            message.list.SetInParent()
            for each in value:
                fill_value(message.list.values.add(), each)
        case _:
            message.text = str(value)


def read_address(message: common_pb2.Address) -> Address:
    """A postal address."""
    return Address(tuple(message.lines), message.city, message.postal_code, message.region, message.country)


def fill_address(message: common_pb2.Address, address: Address) -> None:
    """Set a postal address."""
    message.lines.extend(address.lines)
    message.city, message.postal_code = address.city, address.postal_code
    message.region, message.country = address.region, address.country

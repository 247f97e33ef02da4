"""Messages from plain Python values: what a client is given as text, numbers, dates and mappings.

The JSON form of a message (dates as mappings, instants and 64-bit numbers as text) is read too, so that what one call
answered as JSON can be given to the next.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

from cpq.v1 import common_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type import date_pb2

from engine.diagnostics import did_you_mean
from engine.wire.basics import decimal_text, fill_date, fill_value

LONGEST_SHOWN = 80
WHOLE = re.compile(r"-?\d{1,20}", re.ASCII)
WHOLE_NUMBERS = {
    FieldDescriptor.TYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.TYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_UINT64: (0, 2**64 - 1),
}
"""The least and the largest number that a kind of field holds."""
Plain: TypeAlias = Mapping[str, Any] | Message
"""A message, or a mapping of its fields to plain values."""


class PlainError(ValueError):
    """Plain values do not fit a message; the text names every field that does not, one a line."""


def fill(message: Message, values: Mapping[str, Any]) -> None:
    """Set fields by name: decimals become decimal text, dates days, enum values go by their short name, lower case.

    Raises PlainError with everything that does not fit.
    """
    faults: list[str] = []
    _Filler(faults, "").fill(message, values)
    if faults:
        raise PlainError("\n".join(faults))


def _is_map(field: Any) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


class _Filler:
    """Fills one message and those inside it; ``place`` is where it stands in what was given, such as ``lines[0]``."""

    def __init__(self, faults: list[str], place: str) -> None:
        self.faults, self.place = faults, place

    def fill(self, message: Message, values: Mapping[str, Any]) -> None:
        """Set the fields of a message; what does not fit is kept as a fault."""
        fields: Mapping[str, Any] = message.DESCRIPTOR.fields_by_name
        if not isinstance(values, Mapping):
            raise TypeError(f"a record is expected, with the fields {', '.join(fields)}")
        at = f"{self.place}: " if self.place else ""
        for name, value in values.items():
            if name not in fields:
                hint = did_you_mean(str(name), fields) or f"fields are {', '.join(fields)}"
                self.faults.append(f"{at}`{name}` is not a field of {message.DESCRIPTOR.name}; {hint}")
            elif value is not None:
                self._try(at, message, fields[name], value)

    def _try(self, at: str, message: Message, field: Any, value: Any) -> None:
        inner = _Filler(self.faults, f"{self.place}.{field.name}".removeprefix("."))
        try:
            inner.field(message, field, value)
        except (AttributeError, TypeError, ValueError) as problem:
            name = message.DESCRIPTOR.name
            self.faults.append(f"{at}`{field.name}` of {name} cannot be {_short(value)}: {problem}")

    def field(self, message: Message, field: Any, value: Any) -> None:
        """Set the field of this place."""
        target = getattr(message, field.name)
        if _is_map(field):
            self._map(target, field, value)
        elif field.is_repeated:
            self._list(target, field, value)
        elif field.message_type is not None:
            self._message(target, value)
        else:
            setattr(message, field.name, _scalar(field, value))

    def _map(self, target: Any, field: Any, values: Any) -> None:
        if not isinstance(values, Mapping):
            raise TypeError("a record is expected")
        inner = field.message_type.fields_by_name["value"]
        for key, value in values.items():
            if inner.message_type is not None:
                _Filler(self.faults, f"{self.place}.{key}")._message(target[key], value)
            else:
                target[key] = _scalar(inner, value)

    def _list(self, target: Any, field: Any, values: Any) -> None:
        if isinstance(values, Mapping | str | bytes) or not isinstance(values, Iterable):
            raise TypeError("a list is expected")
        for number, value in enumerate(values):
            if field.message_type is not None:
                _Filler(self.faults, f"{self.place}[{number}]")._message(target.add(), value)
            else:
                target.append(_scalar(field, value))

    def _message(self, message: Any, value: Any) -> None:
        match message:
            case Message() if isinstance(value, type(message)):
                message.CopyFrom(value)
            case date_pb2.Date() | common_pb2.Value() if isinstance(value, Mapping):
                message.SetInParent()
                self.fill(message, value)
            case date_pb2.Date():
                fill_date(message, _day(value))
            case Timestamp():
                _instant(message, value)
            case FieldMask() if isinstance(value, str):
                message.FromJsonString(value)
            case FieldMask() if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
                message.paths.extend(value)
            case FieldMask():
                raise TypeError("names of fields are expected, with commas between or as a list")
            case common_pb2.Value():
                fill_value(message, _language_value(value))
            case _:
                message.SetInParent()
                self.fill(message, value)


def _short(value: object) -> str:
    """A value as it was given, not more of it than a reader needs."""
    text = f"`{value}`" if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _day(value: Any) -> date:
    """A day, also as files and forms write it: ``2026-03-31``."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("a day is written like 2026-03-31") from None


def _language_value(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, list | tuple):
        return tuple(_language_value(each) for each in value)
    if value is None or isinstance(value, str | bool | Decimal | date):
        return value
    raise TypeError("a value is a text, a decimal, a truth value, a date or a list of these")


def _scalar(field: Any, value: Any) -> Any:
    if field.enum_type is not None:
        return _enum_number(field, value)
    if field.type in WHOLE_NUMBERS:
        return _whole(value, *WHOLE_NUMBERS[field.type])
    match field.type:
        case FieldDescriptor.TYPE_STRING:
            return _text(value)
        case FieldDescriptor.TYPE_BOOL if not isinstance(value, bool):
            raise TypeError("true or false is expected")
        case FieldDescriptor.TYPE_BYTES if isinstance(value, str):
            return _bytes(value)
    return value


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        inexact = isinstance(value, float)
        raise TypeError(f"write decimal text, such as `'{value}'`, or a Decimal" if inexact else "a text is expected")
    return value


def _whole(value: Any, low: int, high: int) -> int:
    """A whole number, also as text, as JSON has those of 64 bits."""
    is_text = isinstance(value, str) and WHOLE.fullmatch(value) is not None
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not (is_text or is_number or (isinstance(value, Decimal) and value == value.to_integral_value())):
        raise TypeError("a whole number is expected, such as 12")
    number = int(value)
    if not low <= number <= high:
        raise ValueError(f"it is between {low} and {high}")
    return number


def _bytes(value: str) -> bytes:
    try:
        return b64decode(value, validate=True)
    except ValueError:
        raise ValueError("bytes are written as base64") from None


def _instant(message: Timestamp, value: Any) -> None:
    """Set an instant from a time with its zone, or from text."""
    try:
        if isinstance(value, str):
            message.FromJsonString(value)
        else:
            message.FromDatetime(value.astimezone(UTC))
    except (AttributeError, TypeError, ValueError):
        raise ValueError("an instant is written like 2026-03-31T12:00:00Z") from None


def _enum_number(field: Any, value: Any) -> int:
    if isinstance(value, int):
        return value
    text = value.name if isinstance(value, Enum) else str(value)
    prefix = field.enum_type.values[0].name.removesuffix("UNSPECIFIED")
    full = text.upper() if text.upper().startswith(prefix) else f"{prefix}{text.upper()}"
    known = field.enum_type.values_by_name
    if full not in known:
        names = ", ".join(each.removeprefix(prefix).lower() for each in known if not each.endswith("UNSPECIFIED"))
        raise TypeError(f"known are {names}")
    return int(known[full].number)

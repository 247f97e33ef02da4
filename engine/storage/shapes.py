"""How each annotation is written: one pair of functions a type, compiled once and reused.

What the encoder writes by itself (text, numbers, days, and rows and records made of them alone) is handed to it as it
is: a quote of ten lines is some hundred values, of which a dozen have to be turned into others first.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec


class Shape(NamedTuple):
    """A pair of functions: typed value to what the encoder writes, and JSON value back.

    ``record`` writes a dataclass field by field also where the encoder could do so, for a tag to stand beside them.
    """

    plain: Callable[[Any], Any]
    typed: Callable[[Any], Any]
    record: Callable[[Any], dict[str, Any]] | None = None


@dataclass(slots=True)
class Later:
    """Stands for a shape that is still being compiled, so that a type may mention itself."""

    shape: Shape | None = None

    def plain(self, value: Any) -> Any:
        """Write by the finished shape."""
        assert self.shape is not None, "compiled before the first use"
        return self.shape.plain(value)

    def typed(self, value: Any) -> Any:
        """Read by the finished shape."""
        assert self.shape is not None, "compiled before the first use"
        return self.shape.typed(value)

    def known(self) -> Shape:
        """The finished shape, or one that will use it."""
        return self.shape or Shape(self.plain, self.typed, self.plain)


def _same(value: Any) -> Any:
    return value


def _checked(kind: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"expected {kind.__name__}, found {type(value).__name__}")
        return value

    return check


whole = _checked(int)
BASIC: dict[Any, Shape] = {
    str: Shape(_same, _checked(str)),
    int: Shape(_same, whole),
    bool: Shape(_same, _checked(bool)),
    type(None): Shape(_same, _checked(type(None))),
    Decimal: Shape(_same, Decimal),
    date: Shape(_same, date.fromisoformat),
    datetime: Shape(datetime.isoformat, datetime.fromisoformat),
    timedelta: Shape(lambda value: value // timedelta(microseconds=1), lambda value: timedelta(microseconds=value)),
    bytes: Shape(bytes.hex, bytes.fromhex),
}
TAGS: dict[type, str] = {Decimal: "decimal", date: "date", datetime: "instant", timedelta: "span", bytes: "bytes"}


def shape_of(kind: Any, known: dict[Any, Any]) -> Shape:
    """The shape of a type; ``known`` holds the finished ones and grows."""
    if kind in BASIC:
        return BASIC[kind]
    if kind in known:
        found = known[kind]
        return found.known() if isinstance(found, Later) else found
    if isinstance(kind, typing.NewType):
        return shape_of(kind.__supertype__, known)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Shape(attrgetter("_name_"), kind.__getitem__)
    if is_dataclass(kind):
        return _dataclass(kind, known)
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _named_tuple(kind, known)
    return _generic(kind, known)


def _generic(kind: Any, known: dict[Any, Any]) -> Shape:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _union(arguments, known)
    if origin is tuple:
        return _tuple(arguments, known)
    if origin in (frozenset, set):
        each = shape_of(arguments[0], known)
        return Shape(
            lambda value: sorted(map(each.plain, value)), lambda value: frozenset(each.typed(item) for item in value)
        )
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(arguments, known)
    if is_dataclass(origin):
        return _dataclass(origin, known, dict(zip(getattr(origin, "__parameters__", ()), arguments, strict=True)))
    raise TypeError(f"no stored form for {kind!r}")


def _dataclass(kind: Any, known: dict[Any, Any], arguments: Mapping[Any, Any] | None = None) -> Shape:
    later = Later()
    if not arguments:
        known[kind] = later
    hints = typing.get_type_hints(kind)
    stored = [each for each in fields(kind) if each.init]
    parts = {each.name: shape_of((arguments or {}).get(hints[each.name], hints[each.name]), known) for each in stored}
    optional = {each.name for each in stored if each.default is not MISSING or each.default_factory is not MISSING}
    names, values = tuple(parts), _getter(tuple(parts))
    writers = [(name, shape.plain) for name, shape in parts.items() if shape.plain is not _same]
    readers = [(name, shape.typed, name in optional) for name, shape in parts.items()]

    def plain(value: Any) -> Any:
        written = dict(zip(names, values(value), strict=True))
        for name, write in writers:
            written[name] = write(written[name])
        return written

    def typed(value: Any) -> Any:
        return kind(**{name: read(value[name]) for name, read, spare in readers if not (spare and name not in value)})

    whole = len(stored) == len(fields(kind)) and not any(name.startswith("_") for name in names)
    later.shape = Shape(plain if writers or not whole else _same, typed, plain)
    return later.shape


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Reads the fields of a record; ``attrgetter`` of one name alone gives no tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple([getattr(value, name) for name in names])


def _named_tuple(kind: Any, known: dict[Any, Any]) -> Shape:
    """Rows that come by the thousand are lists; the defaults at the end of a row are left out, and are taken when read.

    A row that was stored by names, when its class was a dataclass still, is read by them.
    """
    later = Later()
    known[kind] = later
    hints = typing.get_type_hints(kind)
    parts = [shape_of(hints[name], known) for name in kind._fields]
    readers = [part.typed for part in parts]
    writers = [(place, part.plain) for place, part in enumerate(parts) if part.plain is not _same]
    needed = len(parts) - len(kind._field_defaults)
    usual, first = tuple(kind._field_defaults.values()), [each for each in writers if each[0] < needed]

    def plain(value: Any) -> Any:
        short = value[needed:] == usual
        row = list(value[:needed] if short else value)
        for place, write in first if short else writers:
            row[place] = write(row[place])
        return row

    by_name = dict(zip(kind._fields, readers, strict=True))

    def typed(value: Any) -> Any:
        if isinstance(value, dict):
            return kind(**{name: by_name[name](item) for name, item in value.items() if name in by_name})
        return kind(*[read(item) for read, item in zip(readers, value, strict=False)])

    later.shape = Shape(plain, typed) if writers else Shape(_same, _quick(kind, typed))
    return later.shape


def _quick(kind: Any, careful: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Reads what the encoder wrote by itself in one call; any other form is left to the careful reader."""

    def typed(value: Any) -> Any:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError:
            return careful(value)

    return typed


def _tuple(arguments: tuple[Any, ...], known: dict[Any, Any]) -> Shape:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        each = shape_of(arguments[0], known)
        write, read = each.plain, each.typed
        return Shape(
            _same if write is _same else lambda value: [write(item) for item in value],
            lambda value: tuple([read(item) for item in value]),
        )
    parts = [shape_of(argument, known) for argument in arguments]
    ready = all(part.plain is _same for part in parts)
    return Shape(
        _same if ready else lambda value: [part.plain(item) for part, item in zip(parts, value, strict=True)],
        lambda value: tuple([part.typed(item) for part, item in zip(parts, value, strict=True)]),
    )


def _mapping(arguments: tuple[Any, ...], known: dict[Any, Any]) -> Shape:
    """A mapping with text keys is an object; any other is a list of pairs in order of the keys' written form."""
    key, value = shape_of(arguments[0], known), shape_of(arguments[1], known)
    if _is_text(arguments[0]):
        return Shape(
            dict if value.plain is _same else lambda items: {name: value.plain(item) for name, item in items.items()},
            lambda items: MappingProxyType({name: value.typed(item) for name, item in items.items()}),
        )
    return Shape(
        lambda items: sorted(
            ([key.plain(name), value.plain(item)] for name, item in items.items()), key=lambda pair: repr(pair[0])
        ),
        lambda items: MappingProxyType({key.typed(name): value.typed(item) for name, item in items}),
    )


def _is_text(kind: Any) -> bool:
    while isinstance(kind, typing.NewType):
        kind = kind.__supertype__
    return kind is str


def _union(arguments: tuple[Any, ...], known: dict[Any, Any]) -> Shape:
    rest = tuple(argument for argument in arguments if argument is not type(None))
    if len(rest) == 1:
        only = shape_of(rest[0], known)
        write, read = only.plain, only.typed
        return Shape(
            _same if write is _same else lambda value: None if value is None else write(value),
            lambda value: None if value is None else read(value),
        )
    by_class = {argument: shape_of(argument, known) for argument in rest if is_dataclass(argument)}
    by_enum = {argument: shape_of(argument, known) for argument in rest if _is_enum(argument)}
    members: dict[Any, Shape] = {**by_class, **by_enum}
    by_name = {kind.__name__: shape for kind, shape in members.items()}
    return Shape(lambda value: _tagged(value, members), lambda value: _untagged(value, by_name))


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _tagged(value: Any, members: Mapping[Any, Shape]) -> Any:
    kind = type(value)
    if value is None or kind in (str, bool, int):
        return value
    if kind in members:
        plain, _, record = members[kind]
        return {"$": kind.__name__, **record(value)} if record else {"$": kind.__name__, "=": plain(value)}
    if kind in TAGS:
        return {TAGS[kind]: BASIC[kind].plain(value)}
    if isinstance(value, tuple | list):
        return [_tagged(item, members) for item in value]
    if isinstance(value, Mapping):
        return {"map": {name: _tagged(item, members) for name, item in value.items()}}
    raise TypeError(f"no stored form for {kind.__name__} in a union")


def _untagged(value: Any, members: Mapping[str, Shape]) -> Any:
    if isinstance(value, list):
        return tuple(_untagged(item, members) for item in value)
    if not isinstance(value, dict):
        return value
    if "$" in value:
        rest = {name: item for name, item in value.items() if name != "$"}
        shape = members[value["$"]]
        return shape.typed(rest["="]) if "=" in rest else shape.typed(rest)
    if "map" in value:
        return MappingProxyType({name: _untagged(item, members) for name, item in value["map"].items()})
    for kind, tag in TAGS.items():
        if tag in value:
            return BASIC[kind].typed(value[tag])
    raise ValueError(f"unknown tag in {sorted(value)}")

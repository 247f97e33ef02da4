"""What a packed book is made of: kinds of batches, the classes that may stand in it, and shared constants by name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import MappingProxyType

FORMAT = 1
"""The layout of the bytes; older ones are not read."""

CORE = frozenset(
    "approvals billing catalog configuration contracts diagnostics language ledger money orders parties periods "
    "pricing quotes revenue rulebook".split()
)
"""The packages whose classes and constants a packed book may name."""


class PackError(Exception):
    """Something cannot be packed, or bytes are not a packed book."""


class Kind(Enum):
    """How a batch of values is put together."""

    OBJECT = "object"
    TUPLE = "tuple"
    LIST = "list"
    SET = "set"
    FROZENSET = "frozenset"
    DICT = "dict"
    PROXY = "proxy"
    MADE = "made"


@cache
def class_name(kind: type) -> str:
    """The name of a class in a packed book; only frozen data of the core and its enums have one."""
    name = f"{kind.__module__}:{kind.__qualname__}"
    if class_named(name) is not kind:
        raise PackError(f"`{name}` cannot be packed")
    return name


@cache
def class_named(name: str) -> type:
    """The class of a name: an enum, a dataclass with slots, or a named tuple of the core."""
    found = _named(name)
    if isinstance(found, type) and (issubclass(found, Enum) or is_row(found) or is_record(found)):
        return found
    raise PackError(f"`{name}` is not a class that may be packed")


def is_row(kind: type) -> bool:
    """Whether a class is a named tuple."""
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


def is_record(kind: type) -> bool:
    """Whether a class is a dataclass whose fields are slots."""
    return is_dataclass(kind) and kind.__dictoffset__ == 0


@cache
def field_names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass or named tuple, in order."""
    if is_row(kind):
        return tuple(kind._fields)  # type: ignore[attr-defined]
    return tuple(each.name for each in fields(kind))


def constants() -> dict[int, str]:
    """The named constants of the core by identity: what is compared with ``is`` stays the one object it was."""
    return {id(value): name for name, value in _constants()}


def constant_named(name: str) -> object:
    """The constant of a name."""
    found = _named(name)
    if not _is_shared(found) or not _is_upper(name.partition(":")[2]):
        raise PackError(f"`{name}` is not a constant")
    return found


def _constants() -> Iterator[tuple[str, object]]:
    # Of the modules that share a constant the one with the shortest name names it, the last of this order: it is where
    # the constant is made or a package that shows it, and not a reader of files, which whoever unpacks would import.
    for module in sorted(filter(_is_core, sys.modules), key=lambda name: (-len(name), name)):
        for name, value in sorted(vars(sys.modules[module]).items()):
            if _is_upper(name) and _is_shared(value):
                yield f"{module}:{name}", value


def _is_shared(value: object) -> bool:
    return isinstance(value, MappingProxyType) or (is_dataclass(value) and not isinstance(value, type))


def _is_upper(name: str) -> bool:
    return name.isupper() and name.isidentifier()


def _is_core(module: str) -> bool:
    return module.startswith("engine.") and module.split(".")[1] in CORE


def _named(name: str) -> object:
    module, _, path = name.partition(":")
    if not _is_core(module) or not path.isidentifier():
        raise PackError(f"`{name}` is not of the core")
    try:
        return getattr(importlib.import_module(module), path)
    except (ImportError, AttributeError) as problem:
        raise PackError(f"`{name}` is not there") from problem

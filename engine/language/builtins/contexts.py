"""Context built-ins (DMN 10.3.4.7)."""

from __future__ import annotations

from collections.abc import Mapping

from engine.language.builtins.arguments import context, items, text
from engine.language.builtins.signature import Builtin, builtin
from engine.language.values.fault import UndefinedError, bounded_count

Context = Mapping[str, object]


def get_value(m: object, key: object) -> object:
    """``get value({a: 1}, "a") = 1``; null when there is no such entry. A list of keys walks into inner contexts."""
    found: object = context(m)
    for name in key if isinstance(key, tuple) else (key,):
        if not isinstance(found, Mapping):
            return None
        found = found.get(text(name))
    return found


def get_entries(m: object) -> tuple[Context, ...]:
    """``get entries({a: 1}) = [{key: "a", value: 1}]``."""
    return tuple({"key": key, "value": value} for key, value in context(m).items())


def from_entries(entries: object) -> Context:
    """``context([{key: "a", value: 1}]) = {a: 1}``; a key that comes twice has no value."""
    built: dict[str, object] = {}
    for entry in items(entries):
        row = context(entry)
        if "key" not in row or "value" not in row:
            raise UndefinedError("each entry needs `key` and `value`")
        key = text(row["key"])
        if key in built:
            raise UndefinedError(f"the key `{key}` comes twice")
        built[key] = row["value"]
    return built


def context_put(given: object, key: object, value: object) -> Context:
    """``context put({a: 1}, "b", 2) = {a: 1, b: 2}``; a list of keys walks into inner contexts."""
    whole = context(given)
    if not isinstance(key, tuple):
        return {**whole, text(key): value}
    if not key:
        raise UndefinedError("the list of keys is empty")
    name = text(key[0])
    inner = value if len(key) == 1 else context_put(whole.get(name), key[1:], value)
    return {**whole, name: inner}


def context_merge(contexts: object) -> Context:
    """``context merge([{a: 1}, {a: 2, b: 3}]) = {a: 2, b: 3}``: the later entry wins."""
    merged: dict[str, object] = {}
    for each in items(contexts):
        merged.update(context(each))
        bounded_count(len(merged))
    return merged


def context_put_one(given: object, key: object, value: object) -> Context:
    """``context put(context: {a: 1}, key: "b", value: 2) = {a: 1, b: 2}``: called by name, one key is a text."""
    return context_put(given, text(key), value)


CONTEXTS: tuple[Builtin, ...] = (
    builtin(
        "get value",
        ("m: context, key: any -> any", get_value),
        ("context: context, keys: list<text> -> any", get_value),
        strict=False,
    ),
    builtin("get entries", ("m: context -> list<context>", get_entries), strict=False),
    builtin("context", ("entries: list<context> -> context", from_entries), strict=False),
    builtin(
        "context put",
        ("context: context, keys: any, value: any -> context", context_put),
        ("context: context, key: text, value: any -> context", context_put_one),
        strict=False,
    ),
    builtin("context merge", ("contexts: list<context> -> context", context_merge), strict=False),
)

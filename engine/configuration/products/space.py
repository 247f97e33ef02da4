"""What the names of a constraint stand for: places, lists of places, attributes, settings, and iteration variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from engine.configuration.products.slots import Place, Setting
from engine.language.tree import Expression, Name, Path, children

QUANTITY = "qty"
IMPLICIT = ""
"""The name under which a filter binds the item whose attributes may be read without saying ``item``."""

Env: TypeAlias = Mapping[str, Place]
"""Iteration variables and the place that each stands for."""
NO_ENV: Env = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """The entry of one place."""

    place: Place


@dataclass(frozen=True, slots=True)
class ListRef:
    """The entries of several places, or (``name``) an attribute of each."""

    places: tuple[Place, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class AttributeRef:
    """An attribute of the entry of one place."""

    place: Place
    name: str


@dataclass(frozen=True, slots=True)
class SettingRef:
    """An attribute of the bundle."""

    setting: Setting


Ref: TypeAlias = PlaceRef | ListRef | AttributeRef | SettingRef


@dataclass(frozen=True, slots=True)
class Space:
    """Places and settings by path; ``prefix`` is the path of the bundle whose constraints are being read."""

    places: Mapping[str, Place]
    lists: Mapping[str, tuple[Place, ...]]
    settings: Mapping[str, Setting]
    prefix: str = ""

    def resolve(self, node: Expression, env: Env) -> Ref | None:
        """What a name or a path stands for, or None when it is neither."""
        match node:
            case Name(name=name):
                return self._name(name, env)
            case Path(source=source, name=name):
                below = self.resolve(source, env)
                return None if below is None else self._member(below, name)
            case _:
                return None

    def _name(self, name: str, env: Env) -> Ref | None:
        if name in env:
            return PlaceRef(env[name])
        item = env.get(IMPLICIT)
        if item is not None:
            inner = self._at(f"{item.path}.{name}")
            if inner is not None:
                return inner
            if name == QUANTITY or any(name in each.values for each in item.classes):
                return AttributeRef(item, name)
        return self._at(self.prefix + name)

    def _at(self, path: str) -> Ref | None:
        if path in self.places:
            return PlaceRef(self.places[path])
        if path in self.lists:
            return ListRef(self.lists[path])
        return SettingRef(self.settings[path]) if path in self.settings else None

    def _member(self, below: Ref, name: str) -> Ref | None:
        match below:
            case PlaceRef(place):
                return self._at(f"{place.path}.{name}") or AttributeRef(place, name)
            case ListRef(places, ""):
                return ListRef(places, name)
            case _:
                return None


def reads(space: Space, node: Expression, env: Env) -> Iterator[tuple[Ref, tuple[str, ...]]]:
    """Everything that an expression reads and how it names it, the widest reading first; unknown names are functions.

    The first of the names may be a variable of ``env``.
    """
    found = space.resolve(node, env)
    if found is not None:
        yield found, _names(node)
        return
    for each in children(node):
        yield from reads(space, each, env)  # type: ignore[arg-type]


def _names(node: Expression) -> tuple[str, ...]:
    match node:
        case Path(source=source, name=name):
            return (*_names(source), name)
        case Name(name=name):
            return (name,)
        case _:
            return ()

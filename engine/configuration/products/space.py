"""What the names of a constraint stand for: slots, attributes, settings, and iteration variables bound to a class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from engine.catalog import Value
from engine.configuration.products.slots import Setting, Slot
from engine.language.tree import Expression, Name, Path, children

QUANTITY = "qty"
IMPLICIT = ""
"""The name under which a filter binds the item whose attributes may be read without saying ``item``."""


@dataclass(frozen=True, slots=True)
class Bound:
    """An iteration variable that stands for an entry of one class of a slot."""

    slot: Slot
    at: int

    @property
    def values(self) -> Mapping[str, Value]:
        """The attributes of the class."""
        return self.slot.classes[self.at].values


Env: TypeAlias = Mapping[str, Bound]
NO_ENV: Env = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SlotRef:
    """A whole slot, as a list of its entries."""

    slot: Slot


@dataclass(frozen=True, slots=True)
class AttributeRef:
    """An attribute of a slot: of its one entry, or (a slot that takes several) of each."""

    slot: Slot
    name: str


@dataclass(frozen=True, slots=True)
class BoundRef:
    """An attribute of an entry bound to a variable; ``name`` is empty for the entry itself."""

    bound: Bound
    name: str = ""


@dataclass(frozen=True, slots=True)
class SettingRef:
    """An attribute of the bundle."""

    setting: Setting


Ref: TypeAlias = SlotRef | AttributeRef | BoundRef | SettingRef


@dataclass(frozen=True, slots=True)
class Space:
    """Slots and settings by path; ``prefix`` is the path of the bundle whose constraints are being read."""

    slots: Mapping[str, Slot]
    settings: Mapping[str, Setting]
    prefix: str = ""
    fields: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

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
            return BoundRef(env[name])
        item = env.get(IMPLICIT)
        if item is not None and (name == QUANTITY or name in item.values):
            return BoundRef(item, name)
        return self._at(self.prefix + name)

    def _at(self, path: str) -> Ref | None:
        if path in self.slots:
            return SlotRef(self.slots[path])
        return SettingRef(self.settings[path]) if path in self.settings else None

    def _member(self, below: Ref, name: str) -> Ref | None:
        match below:
            case SlotRef(slot):
                return self._at(f"{slot.path}.{name}") or AttributeRef(slot, name)
            case BoundRef(bound, ""):
                return BoundRef(bound, name)
            case _:
                return None


def reads(space: Space, node: Expression, env: Env) -> Iterator[Ref]:
    """Everything that an expression reads, the widest reading of each name first; unknown names are functions."""
    found = space.resolve(node, env)
    if found is not None:
        yield found
        return
    for each in children(node):
        yield from reads(space, each, env)  # type: ignore[arg-type]

"""The instances that a COOM product can have: every feature in every possible place, as variables of a model.

An instance that may be missing is present or not: an enumeration then has the value ``(none)``, a structure and a
number have a yes-or-no variable. Instances of one feature come in order: the second is never there without the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.configuration.builder import ModelBuilder
from engine.configuration.formats.coom_ranges import Ranges
from engine.configuration.formats.coom_text import MALFORMED, UNSUPPORTED, error
from engine.configuration.formats.coom_tree import PRODUCT, CoomFile, Feature
from engine.configuration.formats.faults import Faults
from engine.configuration.model import Value
from engine.diagnostics import Code, Diagnostic, Severity, Span, did_you_mean

NONE = "(none)"
OPEN_MAX = 5
INSTANCES_MAX = 20_000
NESTING_MAX = 50
UNKNOWN_TYPE = Code("MDL063")
OPEN_NOTE = Code("MDL064")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One instance; ``present`` is the literal that says so (0: always), ``variable`` holds the value of a leaf."""

    name: str
    type: str
    present: int = 0
    variable: int = -1
    parts: Mapping[str, tuple[Part, ...]] = field(default_factory=lambda: MappingProxyType({}))


class Planter:
    """Grows the whole tree of instances below the product."""

    def __init__(self, builder: ModelBuilder, file: CoomFile) -> None:
        self._builder = builder
        self._file = file
        self._ranges = Ranges(file)
        self._noted: set[Span] = set()
        self.by_type: dict[str, list[Part]] = {}

    def product(self) -> Part:
        """The product with everything it can have."""
        self._check()
        return self._structure("", PRODUCT, 0)

    def _check(self) -> None:
        """Refuse unknown types, structures that contain themselves, and products of too many instances."""
        file = self._file
        faults = Faults()
        for features in file.structures.values():
            for each in features:
                if each.type not in ("num", "Bool") and each.type not in {**file.structures, **file.enumerations}:
                    hint = did_you_mean(each.type, [*file.structures, *file.enumerations, "num", "Bool"])
                    faults.found += error(each.span, f"unknown type `{each.type}`", UNKNOWN_TYPE, hint).diagnostics
        faults.settle()
        self._size(PRODUCT, {}, ())

    def _size(self, name: str, known: dict[str, int], inside: tuple[str, ...]) -> int:
        """How many instances one instance of a structure brings, itself included."""
        if name not in known:
            total = 1
            for each in self._file.structures[name]:
                if each.type in (*inside, name):
                    raise error(each.span, f"`{each.type}` contains itself", UNSUPPORTED)
                if len(inside) > NESTING_MAX:
                    raise error(each.span, f"structures are nested deeper than {NESTING_MAX}")
                below = self._size(each.type, known, (*inside, name)) if each.type in self._file.structures else 1
                total += self._most(each) * below
                if total > INSTANCES_MAX:
                    message = f"with up to {self._most(each)} of `{each.name}` there are more than {INSTANCES_MAX}"
                    raise error(each.span, f"{message} instances", UNSUPPORTED)
            known[name] = total
        return known[name]

    def _most(self, feature: Feature) -> int:
        low, high = feature.cardinality
        if high is not None:
            return high
        if feature.span not in self._noted:
            self._noted.add(feature.span)
            most = max(low, OPEN_MAX)
            note = f"`{feature.name}` has no upper limit; read with {most} at most"
            self._note(feature, note)
        return max(low, OPEN_MAX)

    def _note(self, feature: Feature, message: str) -> None:
        self._builder.notes.append(Diagnostic(OPEN_NOTE, message, feature.span, severity=Severity.WARNING))

    def _structure(self, name: str, kind: str, present: int) -> Part:
        prefix = f"{name}." if name else ""
        parts = {each.name: self._instances(prefix, each, present) for each in self._file.structures[kind]}
        made = Part(name, kind, present, parts=MappingProxyType(parts))
        self.by_type.setdefault(kind, []).append(made)
        return made

    def _instances(self, prefix: str, feature: Feature, above: int) -> tuple[Part, ...]:
        low, most = feature.cardinality[0], self._most(feature)
        made: list[Part] = []
        for at in range(most):
            name = f"{prefix}{feature.name}" + (f"[{at}]" if most > 1 else "")
            if at < low:
                made.append(self._always(name, feature, above))
            else:
                made.append(self._perhaps(name, feature, made[-1].present if made else above))
        return tuple(made)

    def _always(self, name: str, feature: Feature, above: int) -> Part:
        """An instance that is there whenever what it belongs to is (``above``; 0: always)."""
        if feature.type in self._file.structures:
            return self._structure(name, feature.type, above)
        if feature.type == "num":
            return self._leaf(Part(name, "num", above, self._number(name, feature, above)))
        if not above:
            return self._leaf(Part(name, feature.type, 0, self._choice(name, feature)))
        made = self._optional_choice(name, feature, above)
        self._builder.clause([-above, made.present])
        return self._leaf(made)

    def _perhaps(self, name: str, feature: Feature, before: int) -> Part:
        """An instance that may be missing, and is when the one before it (or what it belongs to) is missing."""
        if feature.type in self._file.enumerations or feature.type == "Bool":
            return self._leaf(self._optional_choice(name, feature, before))
        structure = feature.type in self._file.structures
        switch = self._builder.boolean(name if structure else f"{name} (present)", span=feature.span)
        present = self._builder.variable(switch).first
        self._only_if(present, before)
        if structure:
            return self._structure(name, feature.type, present)
        return self._leaf(Part(name, "num", present, self._number(name, feature, present)))

    def _leaf(self, part: Part) -> Part:
        self.by_type.setdefault(part.type, []).append(part)
        return part

    def _only_if(self, present: int, before: int) -> None:
        if before:
            self._builder.clause([-present, before])

    def _values(self, feature: Feature) -> list[Value]:
        return [False, True] if feature.type == "Bool" else [*self._file.enumerations[feature.type].options]

    def _choice(self, name: str, feature: Feature) -> int:
        if feature.type == "Bool":
            return self._builder.boolean(name, span=feature.span)
        return self._builder.enumeration(name, self._values(feature), span=feature.span)

    def _optional_choice(self, name: str, feature: Feature, before: int) -> Part:
        index = self._builder.enumeration(name, [*self._values(feature), NONE], span=feature.span)
        present = -self._builder.is_(index, NONE)
        self._only_if(present, before)
        return Part(name, feature.type, present, index)

    def _number(self, name: str, feature: Feature, present: int) -> int:
        """A number; one that is not there has its least value, so that every configuration counts once."""
        low, high = self._bounds(feature)
        index = self._builder.quantity(name, low, high, span=feature.span)
        if present and high > low:
            self._builder.clause([present, -self._builder.at_least(index, low + 1)])
        return index

    def _bounds(self, feature: Feature) -> tuple[int, int]:
        bounds = self._ranges.of_number(feature)
        if feature.bounds is None and feature.span not in self._noted:
            self._noted.add(feature.span)
            self._note(feature, f"`{feature.name}` has no range; read as {bounds[0]} to {bounds[1]}")
        if any(each.denominator != 1 for each in bounds):
            raise error(feature.span, f"the range of `{feature.name}` is not in whole numbers", MALFORMED)
        return int(bounds[0]), int(bounds[1])

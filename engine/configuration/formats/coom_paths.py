"""Where the paths of COOM rules lead: to instances and their attributes, or to a constant's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.configuration.formats.coom_parts import Part
from engine.configuration.formats.coom_text import Call, Formula, Operation, Path, Step, error
from engine.configuration.formats.coom_tree import CoomFile, Enumeration
from engine.configuration.formats.coom_values import Amount, Reader, constant
from engine.diagnostics import Code, Diagnostic, Severity, did_you_mean

UNKNOWN_NAME = Code("MDL066")
ROOT = "root"


@dataclass(frozen=True, slots=True)
class Found:
    """One instance that a path leads to, or an attribute of its value."""

    part: Part
    attribute: str = ""


class Paths:
    """Follows paths from any instance."""

    def __init__(self, file: CoomFile, top: Part, notes: list[Diagnostic]) -> None:
        self._file = file
        self._top = top
        self._notes = notes
        self._noted: set[Path] = set()
        enumerations = file.enumerations.values()
        self._constants = {"True", "False", *(name for each in enumerations for name in each.options)}
        self._constants |= {text for each in enumerations for row in each.options.values() for text in map(str, row)}

    def leads(self, path: Path, start: Part) -> bool:
        """Whether the path leads anywhere from there; if not, its one name is a constant."""
        first = path.steps[0]
        if first.name == ROOT or self._has(start, first.name):
            return True
        if len(path.steps) > 1 or first.low is not None:
            self._unknown(path, first.name, start)
        return False

    def instances(self, path: Path, start: Part) -> list[Found]:
        """Everything that the path leads to."""
        found = [Found(start)]
        for step in path.steps:
            if step.name == ROOT:
                found = [Found(self._top)]
                continue
            found = [after for each in found for after in self._step(each, step, path)]
        if not found:
            self.note(path, f"`{path}` leads to no instance")
        return found

    def value(self, reader: Reader, found: Found, path: Path) -> Amount:
        """The value at the end of a path."""
        if found.part.type in self._file.structures:
            raise error(path.span, f"`{path}` is a structure and has no value")
        return reader.value_of(found.part, self._enumeration(found.part), found.attribute)

    def constant(self, path: Path) -> Amount:
        """The name as a constant; one that is no value anywhere is noted, since nothing ever equals it."""
        name = path.steps[0].name
        if name in ("true", "false"):
            name = name.capitalize()
        if name not in self._constants:
            self.note(path, f"`{name}` is no feature here and no value of an enumeration; nothing equals it")
        return constant(name)

    def note(self, path: Path, message: str) -> None:
        """A warning about a path, once."""
        if path not in self._noted:
            self._noted.add(path)
            self._notes.append(Diagnostic(UNKNOWN_NAME, message, path.span, severity=Severity.WARNING))

    def _enumeration(self, part: Part) -> Enumeration | None:
        return self._file.enumerations.get(part.type)

    def _has(self, part: Part, name: str) -> bool:
        enumeration = self._enumeration(part)
        return name in part.parts or (enumeration is not None and name in enumeration.attributes)

    def _step(self, found: Found, step: Step, path: Path) -> list[Found]:
        if found.attribute or not self._has(found.part, step.name):
            self._unknown(path, step.name, found.part)
        if step.name not in found.part.parts:
            return [Found(found.part, step.name)]
        parts = found.part.parts[step.name]
        low = 0 if step.low is None else step.low
        high = len(parts) - 1 if step.high is None else step.high
        return [Found(each) for each in parts[low : high + 1]]

    def _unknown(self, path: Path, name: str, part: Part) -> None:
        enumeration = self._enumeration(part)
        known = [*part.parts, *(enumeration.attributes if enumeration is not None else ())]
        raise error(path.span, f"`{part.type}` has no `{name}` (in `{path}`)", UNKNOWN_NAME, did_you_mean(name, known))


def paths_in(formula: Formula) -> Iterator[Path]:
    """Every path of a formula outside ``count``, ``sum``, ``min`` and ``max``."""
    stack = [formula]
    while stack:
        each = stack.pop()
        if isinstance(each, Path):
            yield each
        elif isinstance(each, Operation):
            stack.extend(reversed(each.operands))


def arguments_of(call: Call) -> Iterator[Path]:
    """The paths that an aggregate runs over."""
    for each in call.arguments:
        if not isinstance(each, Path):
            raise error(each.span, f"`{call.function}` takes paths")
        yield each

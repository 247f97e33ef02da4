"""A DMN file as data: what its XML says, before any expression is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from engine.language.tables.model import DecisionTable


@dataclass(frozen=True, slots=True)
class Variable:
    """A name with the name of its type, empty when not given, and what people read instead of the name."""

    name: str
    type_name: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """Another model whose elements are known here below ``name``; an empty name makes them known directly."""

    name: str
    namespace: str


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type: of another type, of components, or of a function; with its allowed values as unary tests."""

    name: str
    type_name: str = ""
    allowed: str = ""
    constraint: str = ""
    is_collection: bool = False
    components: tuple[ItemDefinition, ...] = ()
    function: FunctionItem | None = None


@dataclass(frozen=True, slots=True)
class FunctionItem:
    """A function type: its parameters and the type of its result."""

    parameters: tuple[Variable, ...]
    result: str = ""


@dataclass(frozen=True, slots=True)
class Literal:
    """A FEEL text."""

    text: str
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class BoxedTable:
    """A decision table as an expression."""

    table: DecisionTable
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class BoxedEntry:
    """An entry of a boxed context; without a variable it is the result."""

    variable: Variable | None
    value: Boxed | None


@dataclass(frozen=True, slots=True)
class BoxedContext:
    """Entries that may use the ones before."""

    entries: tuple[BoxedEntry, ...]
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """A parameter and its argument."""

    parameter: str
    value: Boxed | None


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call with named arguments."""

    function: Boxed
    bindings: tuple[Binding, ...]
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class BoxedList:
    """A list of expressions."""

    items: tuple[Boxed | None, ...]
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows of expressions under named columns: a list of contexts."""

    columns: tuple[Variable, ...]
    rows: tuple[tuple[Boxed | None, ...], ...]
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class BoxedFunction:
    """A function definition; ``kind`` other than FEEL is a function of another language."""

    parameters: tuple[Variable, ...]
    body: Boxed | None
    kind: str = "FEEL"
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class Conditional:
    """``if``, ``then``, ``else``."""

    condition: Boxed | None
    consequence: Boxed | None
    alternative: Boxed | None
    type_name: str = ""


class LoopKind(Enum):
    """Which iterator."""

    FOR = "for"
    SOME = "some"
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class Loop:
    """A boxed iterator."""

    kind: LoopKind
    variable: Variable
    source: Boxed | None
    body: Boxed | None
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class BoxedFilter:
    """A boxed filter."""

    source: Boxed | None
    condition: Boxed | None
    type_name: str = ""


Boxed: TypeAlias = (
    Literal
    | BoxedTable
    | BoxedContext
    | Invocation
    | BoxedList
    | Relation
    | BoxedFunction
    | Conditional
    | Loop
    | BoxedFilter
)


@dataclass(frozen=True, slots=True)
class InputData:
    """A value that comes from outside."""

    id: str
    variable: Variable


@dataclass(frozen=True, slots=True)
class Decision:
    """A value that is decided; ``requires`` are references to decisions and inputs, ``uses`` to knowledge."""

    id: str
    variable: Variable
    logic: Boxed | None
    requires: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function with a name."""

    id: str
    variable: Variable
    function: BoxedFunction | None
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: decisions behind one interface, called like a function."""

    id: str
    variable: Variable
    outputs: tuple[str, ...] = ()
    encapsulated: tuple[str, ...] = ()
    input_decisions: tuple[str, ...] = ()
    input_data: tuple[str, ...] = ()


Element: TypeAlias = InputData | Decision | Knowledge | Service


@dataclass(frozen=True, slots=True)
class Model:
    """One DMN file."""

    name: str
    namespace: str
    imports: tuple[Import, ...]
    items: tuple[ItemDefinition, ...]
    elements: tuple[Element, ...]

"""Decision tables as functions: a formula of the strict profile calls a table by name, typed like a built-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.language.builtins import Builtin, Parameter, Signature
from engine.language.problems import NOWHERE, Origin
from engine.language.tables.model import Aggregation, DecisionTable, HitPolicy
from engine.language.tables.prepare import PreparedTable, prepare_table
from engine.language.types import NUMBER, ContextType, ListType, OptionalType, Type, optional

_ONE_ROW = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY})


def table_function(
    name: str, table: DecisionTable, parameters: Mapping[str, Type], result: Type, *, origin: Origin = NOWHERE
) -> Builtin:
    """Return the function that runs a table for its parameters; raises ``DiagnosticError`` for an unreadable cell.

    It has no value (null) where no row matches or a parameter it cannot do without is missing, and raises
    ``UndefinedError`` where the hit policy is violated or an output cannot be computed.
    """
    run = TableRun(table, parameters, origin)
    run.prepare()
    taken = tuple(Parameter(each, kind) for each, kind in parameters.items())
    return Builtin(name, (Signature(taken, result, run),))


class TableRun:
    """Runs a table for its parameters by position; its cells are read once, when it is first asked at the latest."""

    __slots__ = ("_names", "_needed", "_prepared", "origin", "parameters", "table")

    def __init__(self, table: DecisionTable, parameters: Mapping[str, Type], origin: Origin) -> None:
        self.table = table
        self.parameters = parameters
        self.origin = origin
        self._names = tuple(parameters)
        kinds = enumerate(parameters.values())
        self._needed = tuple(place for place, kind in kinds if not isinstance(kind, OptionalType))
        self._prepared: PreparedTable | None = None

    def __call__(self, *arguments: object) -> object:
        """Return what the table says; null when a parameter it cannot do without is missing."""
        for place in self._needed:
            if arguments[place] is None:
                return None
        return self.prepare().answer(dict(zip(self._names, arguments, strict=True)))

    def prepare(self) -> PreparedTable:
        """Read the cells; raises ``DiagnosticError`` for one that cannot be read."""
        if self._prepared is None:
            self._prepared = prepare_table(self.table, names=self.parameters, origin=self.origin)
        return self._prepared


def result_type(table: DecisionTable, outputs: Sequence[Type], *, complete: bool) -> Type:
    """Return what a table gives for the types of its outputs; ``complete`` says that some row matches every input."""
    defaults = [bool(each.default.strip()) for each in table.outputs]
    if any(defaults) and not complete:
        outputs = [kind if given else optional(kind) for kind, given in zip(outputs, defaults, strict=True)]
    row = outputs[0]
    if len(outputs) > 1:
        row = ContextType({each.name: kind for each, kind in zip(table.outputs, outputs, strict=True)})
    always = complete or any(defaults)
    if table.hit_policy is HitPolicy.COLLECT:
        if table.aggregation is Aggregation.COUNT:
            return NUMBER
        if table.aggregation is Aggregation.LIST:
            return ListType(row)
    elif table.hit_policy not in _ONE_ROW:
        row = ListType(row)
    return row if always else optional(row)

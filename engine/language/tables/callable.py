"""Decision tables as functions: a formula of the strict profile calls a table by name, typed like a built-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.language.builtins import Builtin, Parameter, Signature
from engine.language.problems import NOWHERE, Origin
from engine.language.tables.model import Aggregation, DecisionTable, HitPolicy
from engine.language.tables.prepare import prepare_table
from engine.language.types import NUMBER, ContextType, ListType, OptionalType, Type, optional

_ONE_ROW = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY})


def table_function(
    name: str, table: DecisionTable, parameters: Mapping[str, Type], result: Type, *, origin: Origin = NOWHERE
) -> Builtin:
    """Return the function that runs a table for its parameters; raises ``DiagnosticError`` for an unreadable cell.

    It has no value (null) where no row matches or a parameter it cannot do without is missing, and raises
    ``UndefinedError`` where the hit policy is violated or an output cannot be computed.
    """
    prepared = prepare_table(table, names=parameters, origin=origin)
    names = tuple(parameters)
    needed = tuple(place for place, kind in enumerate(parameters.values()) if not isinstance(kind, OptionalType))

    def run(*arguments: object) -> object:
        for place in needed:
            if arguments[place] is None:
                return None
        return prepared.answer(dict(zip(names, arguments, strict=True)))

    taken = tuple(Parameter(each, kind) for each, kind in parameters.items())
    return Builtin(name, (Signature(taken, result, run),))


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

"""The hit policies: what the outputs of the matching rules amount to (DMN 8.2.10, 8.2.11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from engine.language.builtins.statistics import greatest, least, total
from engine.language.tables.model import Aggregation, HitPolicy
from engine.language.values.fault import UndefinedError
from engine.language.values.relation import equal

Row = tuple[object, ...]
"""The outputs of one matching rule, one value a column."""

Ranking = Callable[[int, object], int]
"""Place of a value in the list of values of an output column (by number), 0 the best."""

_AGGREGATES: Mapping[Aggregation, Callable[[object], object]] = {
    Aggregation.SUM: total,
    Aggregation.MIN: least,
    Aggregation.MAX: greatest,
    Aggregation.COUNT: lambda values: Decimal(len(values)) if isinstance(values, tuple) else None,
}


class Hits:
    """Turns matching rows into a result: names of the outputs, hit policy, and the ranking of output values."""

    __slots__ = ("_aggregation", "_names", "_policy", "_ranking")

    def __init__(self, names: tuple[str, ...], policy: HitPolicy, aggregation: Aggregation, ranking: Ranking) -> None:
        self._names = names
        self._policy = policy
        self._aggregation = aggregation
        self._ranking = ranking

    def shaped(self, row: Row) -> object:
        """Return one row as a value: the only output itself, several as a context."""
        if len(row) == 1:
            return row[0]
        return dict(zip(self._names, row, strict=True))

    def result(self, rows: Sequence[Row]) -> object:
        """Return the result of at least one matching row; raises ``UndefinedError`` where the policy is violated."""
        match self._policy:
            case HitPolicy.UNIQUE:
                if len(rows) > 1:
                    raise UndefinedError("more than one rule matches, and the table says UNIQUE")
                return self.shaped(rows[0])
            case HitPolicy.ANY:
                return self._any([self.shaped(row) for row in rows])
            case HitPolicy.FIRST:
                return self.shaped(rows[0])
            case HitPolicy.PRIORITY:
                return self.shaped(min(rows, key=self._rank))
            case HitPolicy.RULE_ORDER:
                return tuple(self.shaped(row) for row in rows)
            case HitPolicy.OUTPUT_ORDER:
                return tuple(self.shaped(row) for row in sorted(rows, key=self._rank))
            case HitPolicy.COLLECT:
                return self._collected(rows)

    def nothing(self) -> object:
        """Return the result when no rule matches and there is no default."""
        if self._policy is HitPolicy.COLLECT and self._aggregation is Aggregation.LIST:
            return ()
        if self._policy is HitPolicy.COLLECT and self._aggregation is Aggregation.COUNT:
            return Decimal(0)
        return None

    def _any(self, values: list[object]) -> object:
        if any(equal(value, values[0]) is not True for value in values[1:]):
            raise UndefinedError("the matching rules disagree, and the table says ANY")
        return values[0]

    def _rank(self, row: Row) -> tuple[int, ...]:
        return tuple(self._ranking(column, value) for column, value in enumerate(row))

    def _collected(self, rows: Sequence[Row]) -> object:
        if self._aggregation is Aggregation.LIST:
            return tuple(self.shaped(row) for row in rows)
        if self._aggregation is Aggregation.COUNT:
            return Decimal(len(rows))
        aggregate = _AGGREGATES[self._aggregation]
        return self.shaped(tuple(aggregate(tuple(column)) for column in zip(*rows, strict=True)))

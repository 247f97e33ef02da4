"""Constraints as decision diagrams of CUDD: values in bits, tables and counts built directly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.configuration.model import Cardinality, Kind, Model, Table
from engine.configuration.solver.order import Scope
from engine.configuration.solver.rows import RowGraph

Node = Any
"""A function of the diagram manager; the library has no types."""


class Canvas:
    """One manager with the model's variables declared in an order, several bits to a value."""

    def __init__(self, manager: Any, model: Model, order: Sequence[int]) -> None:
        self.manager = manager
        self.model = model
        self.place = {variable: at for at, variable in enumerate(order)}
        self.bits: dict[int, list[str]] = {}
        self._owner: dict[int, int] = {}
        for variable in order:
            width = max(1, (len(model.variables[variable].values) - 1).bit_length())
            self.bits[variable] = [f"v{variable}_{bit}" for bit in range(width)]
            for name in self.bits[variable]:
                manager.add_var(name)
            if width > 1:
                manager.group({self.bits[variable][0]: width})
        for at, each in enumerate(model.variables):
            for atom in range(each.first, each.first + (1 if each.kind is Kind.BOOLEAN else len(each.values))):
                self._owner[atom] = at

    def everything(self) -> list[tuple[Scope, Node]]:
        """Every constraint with its variables, in the order in which they are best joined."""
        found: list[tuple[Scope, Node]] = []
        for at in self.bits:
            if self.model.variables[at].kind is Kind.ENUMERATION:
                found.append(((at,), self._valid(at)))
        for clause in self.model.clauses:
            joined = self.manager.false
            for literal in clause.literals:
                joined |= self.literal(literal)
            found.append((self._scope(clause.literals), joined))
        found += [(table.variables, self._table(table)) for table in self.model.tables]
        found += [(self._scope((*each.literals, *each.when)), self._count(each)) for each in self.model.cardinalities]
        found.sort(key=lambda part: self._depth(part[0]))
        return found

    def _depth(self, scope: Scope) -> tuple[int, int]:
        """The deepest and the highest place of a constraint's variables."""
        places = [self.place[each] for each in scope]
        return max(places, default=-1), min(places, default=-1)

    def literal(self, literal: int) -> Node:
        """The function of a literal."""
        variable = self._owner[abs(literal)]
        each = self.model.variables[variable]
        if each.kind is Kind.BOOLEAN:
            held = self.manager.var(self.bits[variable][0])
        else:
            held = self.value(variable, abs(literal) - each.first)
        return held if literal > 0 else ~held

    def value(self, variable: int, position: int) -> Node:
        """The function "variable has the value at that position"."""
        held = self.manager.true
        for at, name in enumerate(self.bits[variable]):
            bit = self.manager.var(name)
            held &= bit if position >> at & 1 else ~bit
        return held

    def _scope(self, literals: Sequence[int]) -> Scope:
        return tuple(dict.fromkeys(self._owner[abs(each)] for each in literals))

    def _valid(self, variable: int) -> Node:
        size = len(self.model.variables[variable].values)
        if size == 1 << len(self.bits[variable]):
            return self.manager.true
        valid = self.manager.false
        for position in range(size):
            valid |= self.value(variable, position)
        return valid

    def _table(self, table: Table) -> Node:
        columns = sorted(range(len(table.variables)), key=lambda column: self.place[table.variables[column]])
        graph = RowGraph.of([tuple(row[column] for column in columns) for row in table.rows])
        below = [self.manager.true]
        for depth in range(len(graph.layers) - 1, -1, -1):
            variable = table.variables[columns[depth]]
            made = []
            for edges in graph.layers[depth]:
                node = self.manager.false
                for position, child in edges:
                    node |= self.value(variable, position) & below[child]
                made.append(node)
            below = made
        rows = below[0] if graph.layers else self.manager.false
        return rows if table.allowed else ~rows

    def _count(self, group: Cardinality) -> Node:
        """A triangle of counters from the last literal up."""
        most = len(group.literals) if group.maximum is None else group.maximum
        literals = sorted(group.literals, key=lambda each: self.place[self._owner[abs(each)]])
        fits = [
            self.manager.true if group.minimum <= held <= most else self.manager.false
            for held in range(len(literals) + 1)
        ]
        for literal in reversed(literals):
            holds = self.literal(literal)
            fits = [self.manager.ite(holds, fits[at + 1], fits[at]) for at in range(len(fits) - 1)]
        wanted = fits[0]
        for literal in group.when:
            wanted |= ~self.literal(literal)
        return wanted

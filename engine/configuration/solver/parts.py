"""Constraints as decision diagrams of CUDD: values in bits, tables and counts built directly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine.configuration.model import Cardinality, Kind, Table
from engine.configuration.solver.normal import Component, Constraint, Normal
from engine.configuration.solver.rows import RowGraph

Node = Any
"""A function of the diagram manager; the library has no types."""


class Canvas:
    """One manager with the variables of a component declared in an order, several bits to a value."""

    def __init__(self, manager: Any, form: Normal, component: Component, order: Sequence[int]) -> None:
        self.manager = manager
        self.form = form
        self.component = component
        self.place = {variable: at for at, variable in enumerate(order)}
        self.bits: dict[int, list[str]] = {}
        for variable in order:
            width = max(1, (len(form.model.variables[variable].values) - 1).bit_length())
            self.bits[variable] = [f"v{variable}_{bit}" for bit in range(width)]
            for name in reversed(self.bits[variable]):
                manager.add_var(name)
            if width > 1:
                manager.group({self.bits[variable][-1]: width})

    def everything(self) -> list[Node]:
        """Every constraint, in the order in which they are best joined: from the bottom of the order up.

        What is joined so far lies below the next constraint then, so that each join only touches the top.
        """
        scopes = [(self.form.scope(each), each) for each in self.component.constraints]
        scopes.sort(key=lambda part: self._height(part[0]))
        valid = [self._valid(each) for each in self.bits]
        return [*(each for each in valid if each != self.manager.true), *(self.node(each) for _, each in scopes)]

    def helpers(self) -> list[str]:
        """The bits of variables that are no decision."""
        variables = self.form.model.variables
        return [name for at, names in self.bits.items() if not variables[at].decision for name in names]

    def _height(self, scope: Sequence[int]) -> tuple[int, int]:
        places = [self.place[each] for each in scope]
        return -min(places, default=-1), -max(places, default=-1)

    def node(self, constraint: Constraint) -> Node:
        """The function of a constraint."""
        if isinstance(constraint, Table):
            return self._table(constraint)
        if isinstance(constraint, Cardinality):
            return self._count(constraint)
        joined = self.manager.false
        for literal in self._upwards(constraint):
            joined |= self.literal(literal)
        return joined

    def literal(self, name: int) -> Node:
        """The function of a literal that is a name."""
        if abs(name) == self.form.truth:
            return self.manager.true if name > 0 else self.manager.false
        variable = self.form.owner[abs(name)]
        each = self.form.model.variables[variable]
        if each.kind is Kind.BOOLEAN:
            held = self.manager.var(self.bits[variable][0])
        else:
            held = self._bits(variable, [abs(name) - each.first])
        return held if name > 0 else ~held

    def among(self, variable: int, positions: Sequence[int]) -> Node:
        """The function "variable has a value at one of the positions", also of one that goes by another name."""
        each = self.form.model.variables[variable]
        if each.kind is Kind.ENUMERATION:
            return self._bits(variable, positions)
        held = self.manager.false
        for position in positions:
            name = self.form.names[each.first]
            held |= self.literal(name if position else -name)
        return held

    def _bits(self, variable: int, positions: Sequence[int]) -> Node:
        """Halved from the highest bit down: a hundred thousand values take as many steps."""
        return self._halved(self.bits[variable], positions)

    def _halved(self, names: Sequence[str], positions: Sequence[int]) -> Node:
        if len(positions) in (0, 1 << len(names)):
            return self.manager.true if positions else self.manager.false
        half = 1 << len(names) - 1
        low = self._halved(names[:-1], [each for each in positions if each < half])
        high = self._halved(names[:-1], [each - half for each in positions if each >= half])
        return self.manager.ite(self.manager.var(names[-1]), high, low)

    def _upwards(self, literals: Sequence[int]) -> list[int]:
        return sorted(literals, key=self._place_of, reverse=True)

    def _place_of(self, name: int) -> int:
        return -1 if abs(name) == self.form.truth else self.place[self.form.owner[abs(name)]]

    def _valid(self, variable: int) -> Node:
        """The bits of an enumeration spell one of its values."""
        each = self.form.model.variables[variable]
        size = len(each.values)
        if each.kind is Kind.BOOLEAN or size == 1 << len(self.bits[variable]):
            return self.manager.true
        return self._bits(variable, range(size))

    def _table(self, table: Table) -> Node:
        variables = self.form.model.variables

        def place(column: int) -> int:
            first = variables[table.variables[column]].first
            return self._place_of(self.form.names[first])

        columns = sorted(range(len(table.variables)), key=place)
        graph = RowGraph.of([tuple(row[column] for column in columns) for row in table.rows])
        below = [self.manager.true]
        for depth in range(len(graph.layers) - 1, -1, -1):
            variable = table.variables[columns[depth]]
            made = []
            for edges in graph.layers[depth]:
                leading: dict[int, list[int]] = {}
                for position, child in edges:
                    leading.setdefault(child, []).append(position)
                node = self.manager.false
                for child, positions in leading.items():
                    node |= self.among(variable, positions) & below[child]
                made.append(node)
            below = made
        rows = below[0] if graph.layers else self.manager.false
        return rows if table.allowed else ~rows

    def _count(self, group: Cardinality) -> Node:
        """A triangle of counters from the last literal up."""
        most = len(group.literals) if group.maximum is None else group.maximum
        fits = [
            self.manager.true if group.minimum <= held <= most else self.manager.false
            for held in range(len(group.literals) + 1)
        ]
        for literal in self._upwards(group.literals):
            holds = self.literal(literal)
            fits = [self.manager.ite(holds, fits[at + 1], fits[at]) for at in range(len(fits) - 1)]
        wanted = fits[0]
        for literal in group.when:
            wanted |= ~self.literal(literal)
        return wanted


def joined(parts: Sequence[Node]) -> Iterator[Node]:
    """Everything so far, constraint by constraint."""
    result = parts[0]
    yield result
    for part in parts[1:]:
        result &= part
        yield result


def joined_in_pairs(parts: Sequence[Node]) -> Iterator[Node]:
    """Join neighbours, then neighbouring pairs, and so on: tables that are large themselves stay small for long."""
    left = list(parts)
    while len(left) > 1:
        pairs = []
        for first, second in zip(left[::2], left[1::2], strict=False):
            pairs.append(first & second)
            yield pairs[-1]
        left = pairs + ([left[-1]] if len(left) % 2 else [])
    yield left[0]

"""From the solver problem to clauses: groups, cardinalities and tables spelt out, each clause with its rule.

Sums are not spelt out here; the sum theory turns a violated sum into a clause when a search runs into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb

from engine.configuration.model import STRUCTURE, Cardinality, Kind, Model, Table
from engine.configuration.solver.rows import Edges, RowGraph

PAIRWISE_MAX = 6
"""Groups up to this size are spelt out by combinations; larger ones count with auxiliary atoms."""

COMBINATIONS_MAX = 40
COMPLEMENT_MAX = 512
COUNTER_MAX = 100
"""Atoms of a counter up to which counting its clauses is as good as counting the group."""


@dataclass(frozen=True, slots=True)
class Cnf:
    """Clauses over atoms ``1..top``; ``rules`` names the rule of each clause. Atoms above the model's are auxiliary.

    The last ``redundant`` clauses follow from the model's sums.
    """

    clauses: tuple[tuple[int, ...], ...]
    rules: tuple[int, ...]
    top: int
    redundant: int = 0


def encode(model: Model, *, functional: bool = False) -> Cnf:
    """All clauses of a model, sums aside; ``functional`` makes every auxiliary atom follow from the model's own.

    Searches do without that, counts need it.
    """
    return _Encoder(model, functional=functional).encode()


def counted(group: Cardinality) -> bool:
    """Whether clauses say what the group allows only with a counter, and a large one."""
    count = len(group.literals)
    most = count if group.maximum is None else min(group.maximum, count)
    fewer = count - max(group.minimum, 0)
    return any(
        0 < limit < count and not _spelt_out(count, limit) and count * min(limit, count - limit) > COUNTER_MAX
        for limit in (most, fewer)
    )


class _Encoder:
    def __init__(self, model: Model, *, functional: bool) -> None:
        self.model = model
        self.functional = functional
        self.clauses: list[tuple[int, ...]] = []
        self.rules: list[int] = []
        self.top = model.atom_count

    def encode(self) -> Cnf:
        self._groups()
        self._bounds()
        for clause in self.model.clauses:
            self.add(clause.literals, clause.rule)
        for table in self.model.tables:
            self._table(table)
        for cardinality in self.model.cardinalities:
            self._cardinality(cardinality)
        for clause in self.model.spelt:
            self.add(clause.literals, clause.rule)
        return Cnf(tuple(self.clauses), tuple(self.rules), self.top, len(self.model.spelt))

    def add(self, literals: Iterable[int], rule: int) -> None:
        self.clauses.append(tuple(literals))
        self.rules.append(rule)

    def fresh(self) -> int:
        self.top += 1
        return self.top

    def _groups(self) -> None:
        for variable in self.model.variables:
            if variable.kind is Kind.ENUMERATION:
                atoms = range(variable.first, variable.first + len(variable.values))
                self.add(atoms, STRUCTURE)
                self.at_most(atoms, 1, STRUCTURE, ())

    def _bounds(self) -> None:
        ladder: dict[int, list[tuple[int, int]]] = {}
        for bound in self.model.bounds:
            ladder.setdefault(bound.variable, []).append((bound.at_least, bound.atom))
        for steps in ladder.values():
            steps.sort()
            for (_, lower), (_, higher) in zip(steps, steps[1:], strict=False):
                self.add((-higher, lower), STRUCTURE)

    def _cardinality(self, group: Cardinality) -> None:
        prefix = tuple(-each for each in group.when)
        literals: Sequence[int] = group.literals
        least = group.minimum
        most = len(literals) if group.maximum is None else group.maximum
        if _counts_once(len(literals), least, most):
            if len(literals) - least < most:
                literals = [-each for each in literals]
                least, most = len(literals) - most, len(literals) - least
            self._counter(literals, (least, most), group.rule, prefix)
            return
        if least == 1:
            self.add((*prefix, *literals), group.rule)
        elif least > len(literals):
            self.add(prefix, group.rule)
        elif least > 1:
            self.at_most([-each for each in literals], len(literals) - least, group.rule, prefix)
        self.at_most(literals, most, group.rule, prefix)

    def at_most(self, literals: Sequence[int], limit: int, rule: int, prefix: tuple[int, ...]) -> None:
        """At most ``limit`` of the literals hold, or one of ``prefix`` does."""
        count = len(literals)
        if limit >= count:
            return
        if limit < 0:
            self.add(prefix, rule)
        elif _spelt_out(count, limit):
            for some in combinations(literals, limit + 1):
                self.add((*prefix, *(-each for each in some)), rule)
        elif 2 * limit <= count:
            self._counter(literals, (0, limit), rule, prefix)
        else:  # at least 4 of 1 000 counts to 4, not to 996
            self._counter([-each for each in literals], (count - limit, None), rule, prefix)

    def _counter(
        self, literals: Sequence[int], limits: tuple[int, int | None], rule: int, prefix: tuple[int, ...]
    ) -> None:
        """Sinz's sequential counter: ``seen[j]`` holds when more than ``j`` of the literals so far hold."""
        least, most = limits
        width = least if most is None else most
        seen: list[int] = []
        for at, literal in enumerate(literals):
            if most is not None and len(seen) == most:
                self.add((*prefix, -literal, -seen[most - 1]), rule)
            if not least and at == len(literals) - 1:
                return
            following = [self.fresh() for _ in range(min(width, at + 1))]
            if most is not None or self.functional:
                self._at_once(following, seen, literal)
            if least or self.functional:
                self._only_then(following, seen, literal)
            seen = following
        self.add((*prefix, seen[least - 1]), rule)

    def _at_once(self, following: Sequence[int], seen: Sequence[int], literal: int) -> None:
        """A counter's atom holds as soon as the count is reached."""
        self.add((-literal, following[0]), STRUCTURE)
        for j, old in enumerate(seen):
            self.add((-old, following[j]), STRUCTURE)
            if j + 1 < len(following):
                self.add((-literal, -old, following[j + 1]), STRUCTURE)

    def _only_then(self, following: Sequence[int], seen: Sequence[int], literal: int) -> None:
        """A counter's atom holds only when the count is reached."""
        for j, now in enumerate(following):
            before = (seen[j],) if j < len(seen) else ()
            self.add((-now, literal, *before), STRUCTURE)
            if j:
                self.add((-now, *before, seen[j - 1]), STRUCTURE)

    def _literal(self, variable: int, position: int) -> int:
        each = self.model.variables[variable]
        if each.kind is Kind.BOOLEAN:
            return each.first if position else -each.first
        return each.first + position

    def _table(self, table: Table) -> None:
        sizes = [len(self.model.variables[each].values) for each in table.variables]
        space = 1
        for size in sizes:
            space *= size
        if not table.allowed:
            for row in table.rows:
                self._forbid(table, row)
        elif space - len(table.rows) <= min(COMPLEMENT_MAX, 2 * len(table.rows) + 8) and space <= 4 * COMPLEMENT_MAX:
            allowed = set(table.rows)
            for row in product(*map(range, sizes)):
                if row not in allowed:
                    self._forbid(table, row)
        else:
            self._graph(table)

    def _forbid(self, table: Table, row: Sequence[int]) -> None:
        self.add((-self._literal(v, p) for v, p in zip(table.variables, row, strict=True)), table.rule)

    def _graph(self, table: Table) -> None:
        """The rows merged into a layered graph, one auxiliary atom a node: a valid row is a path from the root."""
        graph = RowGraph.of(table.rows)
        if not graph.layers:
            self.add((), table.rule)
            return
        atoms = [[self.fresh() for _ in layer] for layer in graph.layers]
        self.add((atoms[0][0],), table.rule)
        for depth, layer in enumerate(graph.layers):
            variable = table.variables[depth]
            below = atoms[depth + 1] if depth + 1 < len(atoms) else None
            carriers: dict[int, list[int]] = {}
            parents: dict[int, list[int]] = {}
            for node, edges in zip(atoms[depth], layer, strict=True):
                self.add((-node, *(self._literal(variable, position) for position, _ in edges)), table.rule)
                for position, child in edges:
                    carriers.setdefault(position, []).append(node)
                    if below is not None:
                        parents.setdefault(below[child], []).append(node)
                        self.add((-node, -self._literal(variable, position), below[child]), table.rule)
            for position in range(len(self.model.variables[variable].values)):
                self.add((-self._literal(variable, position), *carriers.get(position, ())), table.rule)
            for child_atom, above in parents.items():
                self.add((-child_atom, *above), table.rule)
            if self.functional and below is not None:
                self._only_on_path(layer, (atoms[depth], below), variable)

    def _only_on_path(self, layer: Sequence[Edges], atoms: tuple[Sequence[int], Sequence[int]], variable: int) -> None:
        """A node below holds only when its parent does and the variable's value leads there."""
        for node, edges in zip(atoms[0], layer, strict=True):
            leading: dict[int, list[int]] = {}
            for position, child in edges:
                leading.setdefault(atoms[1][child], []).append(self._literal(variable, position))
            for child_atom, values in leading.items():
                self.add((-node, -child_atom, *values), STRUCTURE)


def _spelt_out(count: int, limit: int) -> bool:
    """Whether "at most" takes so few clauses without a counter."""
    return count <= PAIRWISE_MAX or not limit or comb(count, limit + 1) <= COMBINATIONS_MAX


def _counts_once(count: int, least: int, most: int) -> bool:
    """Whether both limits of a group are better read from one counter than from two."""
    if not 1 < least <= most < count or (_spelt_out(count, most) and _spelt_out(count, count - least)):
        return False
    return min(most, count - least) <= min(least, count - least) + min(most, count - most)

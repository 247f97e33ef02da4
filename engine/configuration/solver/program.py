"""The best completion as an integer program (HiGHS), for objectives that multiply prices by quantities.

HiGHS computes in floating point, so its answer is only a proposal: the caller checks the configuration against the
exact engine and adds up its exact total.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

import highspy
from highspy._core import _Highs

from engine.configuration.model import Model, Sum, Term
from engine.configuration.solver.cnf import Cnf
from engine.configuration.solver.search import Allowance

COEFFICIENT_MAX = 10**9
"""Beyond this, floating point cannot tell whole numbers of a sum apart; such models are not given to HiGHS."""


@dataclass(slots=True)
class Proposal:
    """Atoms that hold and quantities by variable index; ``bound`` limits any total from below (None: nothing found)."""

    feasible: bool
    optimal: bool
    held: frozenset[int] = frozenset()
    quantities: dict[int, int] = field(default_factory=dict)
    bound: int | None = None


class Program:
    """Rows and columns of the integer program of one model."""

    def __init__(self, model: Model, cnf: Cnf) -> None:
        self._model = model
        self._highs = _Highs()  # the public subclass greets on standard output
        self._highs.setOptionValue("output_flag", "off")
        self._atoms = cnf.top
        self._limits: list[tuple[int, int]] = []
        for _ in range(cnf.top):
            self._column(0, 1)
        self._quantity = {at: self._column(each.minimum, each.maximum) for at, each in model.quantities()}
        self._product: dict[tuple[int, int], int] = {}
        for clause in cnf.clauses[: len(cnf.clauses) - cnf.redundant]:
            self._clause(clause)
        for bound in model.bounds:
            self._bound(bound.atom, bound.variable, bound.at_least)
        for total in model.sums:
            self.limit(total)

    def fix(self, literals: Iterable[int]) -> None:
        """These literals hold."""
        for literal in literals:
            self._highs.changeColBounds(abs(literal) - 1, float(literal > 0), float(literal > 0))

    def restrict(self, variable: int, low: int, high: int) -> None:
        """The quantity stays within these bounds as well."""
        column = self._quantity[variable]
        lower, upper = self._model.variables[variable].minimum, self._model.variables[variable].maximum
        self._highs.changeColBounds(column, float(max(low, lower)), float(min(high, upper)))

    def limit(self, total: Sum) -> None:
        """The sum holds, when its conditions do."""
        columns, offset = self._columns(total.terms)
        bound = total.bound - offset
        reach = sum(abs(factor) * self._largest(column) for column, factor in columns.items()) + abs(bound)
        for literal in total.when:
            column, sign = abs(literal) - 1, 1 if literal > 0 else -1
            columns[column] = columns.get(column, 0) + sign * reach
            bound += reach if literal > 0 else 0
        self._row(columns, None, bound)

    def minimise(self, terms: Sequence[Term], allowance: Allowance) -> Proposal:
        """Search for the least total within the time allowed."""
        columns, offset = self._columns(terms)
        for column, factor in columns.items():
            self._highs.changeColCost(column, float(factor))
        self._highs.setOptionValue("time_limit", max(0.01, allowance.milliseconds_left() / 1000))
        self._highs.setOptionValue("mip_rel_gap", 0.0)
        self._highs.setOptionValue("mip_abs_gap", 0.999)
        self._highs.setOptionValue("threads", 1)
        self._highs.run()
        status = self._highs.getModelStatus()
        infeasible = highspy.HighsModelStatus.kInfeasible
        if status in (infeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return Proposal(feasible=False, optimal=True)
        information = self._highs.getInfo()
        lower = information.mip_dual_bound
        bound = ceil(lower - 1e-4) + offset if abs(lower) < 1e15 else None
        values = list(self._highs.getSolution().col_value)
        if not values or information.primal_solution_status != 2:
            return Proposal(feasible=False, optimal=False, bound=bound)
        held = frozenset(at + 1 for at in range(self._atoms) if values[at] > 0.5)
        quantities = {at: round(values[column]) for at, column in self._quantity.items()}
        optimal = status == highspy.HighsModelStatus.kOptimal
        return Proposal(feasible=True, optimal=optimal, held=held, quantities=quantities, bound=bound)

    def _column(self, low: int, high: int) -> int:
        column = len(self._limits)
        self._limits.append((low, high))
        self._highs.addCol(0.0, float(low), float(high), 0, [], [])
        self._highs.changeColIntegrality(column, highspy.HighsVarType.kInteger)
        return column

    def _row(self, columns: dict[int, int], low: int | None, high: int | None) -> None:
        infinity = highspy.kHighsInf
        lower = -infinity if low is None else float(low)
        upper = infinity if high is None else float(high)
        used = {column: factor for column, factor in columns.items() if factor}
        self._highs.addRow(lower, upper, len(used), list(used), [float(each) for each in used.values()])

    def _clause(self, literals: Sequence[int]) -> None:
        columns: dict[int, int] = {}
        for literal in literals:
            column = abs(literal) - 1
            columns[column] = columns.get(column, 0) + (1 if literal > 0 else -1)
        self._row(columns, 1 - sum(each < 0 for each in literals), None)

    def _bound(self, atom: int, variable: int, at_least: int) -> None:
        """The atom holds exactly when the quantity reaches the bound."""
        each = self._model.variables[variable]
        column = self._quantity[variable]
        self._row({column: 1, atom - 1: each.minimum - at_least}, each.minimum, None)
        self._row({column: 1, atom - 1: at_least - 1 - each.maximum}, None, at_least - 1)

    def _columns(self, terms: Sequence[Term]) -> tuple[dict[int, int], int]:
        """Coefficients by column and the constant left over."""
        columns: dict[int, int] = {}
        offset = 0
        for term in terms:
            if term.literal == 0 and term.quantity is None:
                offset += term.coefficient
                continue
            if term.quantity is not None:
                column = self._quantity[term.quantity] if not term.literal else self._times(term.literal, term.quantity)
                columns[column] = columns.get(column, 0) + term.coefficient
                continue
            column, sign = abs(term.literal) - 1, 1 if term.literal > 0 else -1
            offset += term.coefficient if sign < 0 else 0
            columns[column] = columns.get(column, 0) + sign * term.coefficient
        return columns, offset

    def _times(self, literal: int, variable: int) -> int:
        """A column that equals the quantity when the literal holds, else zero."""
        key = (literal, variable)
        if key not in self._product:
            each = self._model.variables[variable]
            low, high = each.minimum, each.maximum
            made = self._column(min(0, low), max(0, high))
            atom, quantity = abs(literal) - 1, self._quantity[variable]
            on, shift = (1, 0) if literal > 0 else (-1, 1)
            self._row({made: 1, atom: -high * on}, None, high * shift)
            self._row({made: 1, atom: -low * on}, low * shift, None)
            self._row({made: 1, quantity: -1, atom: -low * on}, None, -low + low * shift)
            self._row({made: 1, quantity: -1, atom: -high * on}, -high + high * shift, None)
            self._product[key] = made
        return self._product[key]

    def _largest(self, column: int) -> int:
        low, high = self._limits[column]
        return max(abs(low), abs(high))


def fits(model: Model, terms: Sequence[Term]) -> bool:
    """Whether all coefficients are small enough for floating point to keep whole numbers apart."""
    factors = [each.coefficient for total in model.sums for each in total.terms]
    factors += [each.coefficient for each in terms] + [each.bound for each in model.sums]
    return all(abs(each) < COEFFICIENT_MAX for each in factors)

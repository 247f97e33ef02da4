"""Rules that never bind: what each says is denied, and if nothing fits then, the other rules say it already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.configuration.answers import Implied, ImpliedRule
from engine.configuration.model import STRUCTURE, Cardinality, Model, Sum, Table, Term
from engine.configuration.solver.cnf import encode
from engine.configuration.solver.conflicts import minimal_core
from engine.configuration.solver.facts import value_literal
from engine.configuration.solver.search import Allowance, BudgetSpentError, Search
from engine.configuration.solver.sums import SumTheory
from engine.configuration.solver.workbench import Foundation, needs_theory


def implied_rules(foundation: Foundation, allowance: Allowance) -> Implied:
    """Every rule that the rest of a satisfiable model implies, and the rules that do; soft rules are left out."""
    return _Denier(foundation, allowance).implied()


class _Denier:
    """A search of its own: every rule has a selector, and every denial a literal to assume."""

    def __init__(self, foundation: Foundation, allowance: Allowance) -> None:
        self.model = foundation.model
        self.theory = SumTheory(self.model) if needs_theory(self.model) else None
        count = len(self.model.rules)
        self.search = Search(foundation.cnf, rule_count=count, selectable=True, theory=self.theory)
        self.search.allowance = allowance
        self.selectors = [self.search.selector(at) for at in range(count)]

    def implied(self) -> Implied:
        found: list[ImpliedRule] = []
        rules = self.model.rules
        said = _said(self.model)
        waiting = sorted(said)
        try:
            while waiting:
                because = self._because(waiting[0], said[waiting[0]])
                if because is not None:
                    found.append(ImpliedRule(rules[waiting[0]], tuple(rules[at] for at in because)))
                del waiting[0]
        except BudgetSpentError:
            pass
        finally:
            self.search.close()
        return Implied(tuple(found), tuple(rules[at] for at in waiting))

    def _because(self, rule: int, said: list[Said]) -> tuple[int, ...] | None:
        """The rules that imply everything that this one says, or None when something is said by it alone."""
        others = [each for at, each in enumerate(self.selectors) if at != rule]
        used: set[int] = set()
        for each in said:
            for denial in self._denials(each):
                core = minimal_core(self.search, denial, others)
                if core is None:
                    return None
                used |= {literal - self.selectors[0] for literal in core}
        return tuple(sorted(used))

    def _denials(self, said: Said) -> Iterator[list[int]]:
        """Ways to break a constraint, as literals to assume; together they are all ways there are."""
        match said:
            case Cardinality():
                yield from self._off_count(said)
            case Table():
                yield [self._off_table(said)]
            case Sum():
                yield [self._off_sum(said)]
            case _:
                yield [-each for each in said]

    def _off_count(self, said: Cardinality) -> Iterator[list[int]]:
        count = len(said.literals)
        negated = tuple(-each for each in said.literals)
        if said.minimum > 0:
            yield [*said.when, self._at_most(said.literals, min(said.minimum, count + 1) - 1)]
        if said.maximum is not None and said.maximum < count:
            yield [*said.when, self._at_most(negated, count - said.maximum - 1)]

    def _at_most(self, literals: tuple[int, ...], limit: int) -> int:
        """A literal under which at most so many of the literals hold."""
        switch = self.search.fresh()
        piece = Model("", (), cardinalities=(Cardinality(literals, 0, limit),), atom_count=self.model.atom_count)
        cnf = encode(piece)
        names = {atom: self.search.fresh() for atom in range(self.model.atom_count + 1, cnf.top + 1)}
        for clause in cnf.clauses:
            renamed = (names.get(abs(each), abs(each)) * (1 if each > 0 else -1) for each in clause)
            self.search.add([-switch, *renamed])
        return self._known(switch)

    def _off_table(self, said: Table) -> int:
        """A literal under which the row is none of those allowed, or one of those forbidden."""
        switch = self.search.fresh()
        rows = [
            [value_literal(self.model.variables[v], at) for v, at in zip(said.variables, row, strict=True)]
            for row in said.rows
        ]
        if said.allowed:
            for row in rows:
                self.search.add([-switch, *(-each for each in row)])
            return self._known(switch)
        chosen: list[int] = []
        for row in rows:
            chosen.append(self.search.fresh())
            for each in row:
                self.search.add([-chosen[-1], each])
        self.search.add([-switch, *chosen])
        return self._known(switch)

    def _off_sum(self, said: Sum) -> int:
        """A literal under which the sum is above its bound, its conditions holding."""
        assert self.theory is not None, "a model with sums has a sum theory"
        switch = self.search.fresh()
        for each in said.when:
            self.search.add([-switch, each])
        above = tuple(Term(-each.coefficient, each.literal, each.quantity) for each in said.terms)
        self.theory.add(Sum(above, -said.bound - 1, STRUCTURE, (switch,)))
        return self._known(switch)

    def _known(self, switch: int) -> int:
        self.search.add([switch, -switch])
        return switch


Said = tuple[int, ...] | Cardinality | Table | Sum
"""What a rule says in one place: the literals of a clause, a count, a table or a sum."""


def _said(model: Model) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = {}

    def keep(rule: int, said: Said) -> None:
        if rule != STRUCTURE:
            found.setdefault(rule, []).append(said)

    for clause in model.clauses:
        keep(clause.rule, clause.literals)
    constraints: Iterable[Sequence[Cardinality] | Sequence[Table] | Sequence[Sum]]
    constraints = (model.cardinalities, model.tables, model.sums)
    for group in constraints:
        for each in group:
            keep(each.rule, each)
    return found

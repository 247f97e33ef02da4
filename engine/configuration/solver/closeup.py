"""The few clauses around a clash: guilty rules are made minimal among them, where one look costs next to nothing.

A search over the whole model settles every atom before it says that something fits; a clash is about a few rules.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from engine.configuration.model import STRUCTURE
from engine.configuration.solver.cnf import Cnf
from engine.configuration.solver.conflicts import minimised
from engine.configuration.solver.search import Allowance, Search

CLAUSES_MAX = 600
"""A close-up of more clauses than this costs more to set up than it saves."""

Clause = tuple[int, ...]


class Statements:
    """The clauses of a model by the rule that they belong to, those of its structure by the atoms that they mention."""

    def __init__(self, cnf: Cnf) -> None:
        self._clauses = cnf.clauses
        order = sorted(range(len(cnf.rules)), key=cnf.rules.__getitem__)
        # Places and numbers as plain arrays: a model may have tens of thousands of rules.
        self._places = array("i", order)
        self._rules = array("i", [cnf.rules[at] for at in order])
        self._structure: defaultdict[int, list[Clause]] = defaultdict(list)
        for clause in self.of_rule(STRUCTURE):
            for literal in clause:
                self._structure[abs(literal)].append(clause)

    def of_rule(self, rule: int) -> list[Clause]:
        """What the rule says."""
        first, last = bisect_left(self._rules, rule), bisect_right(self._rules, rule)
        return [self._clauses[at] for at in self._places[first:last]]

    def structure_of(self, atoms: Iterable[int]) -> list[Clause]:
        """The structure that has anything to do with these atoms; at most one clause more than a close-up takes."""
        found: dict[Clause, None] = {}
        waiting = list(atoms)
        known = set(waiting)
        while waiting and len(found) <= CLAUSES_MAX:
            for clause in self._structure.get(waiting.pop(), ()):
                if clause not in found:
                    found[clause] = None
                    new = {abs(each) for each in clause} - known
                    known |= new
                    waiting += new
        return list(found)


def minimal_rules(
    statements: Statements, rules: Sequence[int], hard: Sequence[int], allowance: Allowance
) -> list[int] | None:
    """Of rules that clash with the hard literals a set of which none can be spared; None when there is too much to see.

    The structure that touches neither stays out: it can always be met, or the clash would not need the rules.
    """
    said = [(clause, at) for at, rule in enumerate(rules) for clause in statements.of_rule(rule)]
    if len(said) > CLAUSES_MAX:
        return None
    atoms = {abs(each) for each in hard}.union(*({abs(each) for each in clause} for clause, _ in said))
    said += [(clause, STRUCTURE) for clause in statements.structure_of(atoms)]
    if len(said) > CLAUSES_MAX:
        return None
    numbers: dict[int, int] = {}

    def seen(literals: Iterable[int]) -> list[int]:
        """The literals in the numbers of the close-up."""
        return [numbers.setdefault(abs(each), len(numbers) + 1) * (1 if each > 0 else -1) for each in literals]

    clauses = tuple(tuple(seen(clause)) for clause, _ in said)
    fixed = seen(hard)
    search = Search(Cnf(clauses, tuple(rule for _, rule in said), len(numbers)), rule_count=len(rules), selectable=True)
    search.allowance = allowance
    try:
        selectors = [search.selector(at) for at in range(len(rules))]
        return [rules[each - selectors[0]] for each in minimised(search, fixed, selectors)]
    finally:
        search.close()

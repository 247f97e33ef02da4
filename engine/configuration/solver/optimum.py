"""The best completion by weighted MaxSAT (RC2), with sums added lazily; honest when the time runs out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import Enum

from pysat.examples.rc2 import RC2
from pysat.formula import WCNF

from engine.configuration.solver.cnf import Cnf
from engine.configuration.solver.search import Allowance, Host, Theory

CONFLICTS_MAX = 60
"""So many conflicts may the solutions after the first cost: each is found the harder, the more costs lie close."""
FOLLOWING_MS = 500
"""And so long may they take: conflicts are counted between two of them only, and one alone may take seconds."""


@dataclass(frozen=True, slots=True)
class Best:
    """A solution of least cost when ``proven``; else ``model`` is empty and ``cost`` a lower bound."""

    model: tuple[int, ...]
    cost: int
    proven: bool


class Weigher:
    """Collects costs of literals; a negative cost is turned into the cost of the opposite, plus an offset."""

    def __init__(self) -> None:
        self.costs: dict[int, int] = {}
        self.offset = 0

    def add(self, literal: int, cost: int) -> None:
        """Holding the literal costs that much more."""
        if cost < 0:
            self.offset += cost
            literal, cost = -literal, -cost
        self.costs[literal] = self.costs.get(literal, 0) + cost

    def net(self) -> dict[int, int]:
        """Positive costs by literal, where a literal and its opposite have paid each other off (into the offset)."""
        result: dict[int, int] = {}
        for literal, cost in self.costs.items():
            both = min(cost, self.costs.get(-literal, 0))
            if literal > 0:
                self.offset += both
            if cost > both:
                result[literal] = cost - both
        self.costs = result
        return result


class Priced(Enum):
    """What the costs are mostly about: features one by one, or values of which one has to be taken."""

    FEATURES = "features"
    VALUES = "values"


class Demand:
    """The clauses of a model and what is asked besides: the host of the atoms and clauses that the question needs."""

    def __init__(self, cnf: Cnf) -> None:
        self.clauses = [list(each) for each in cnf.clauses]
        self.top = cnf.top

    def fresh(self) -> int:
        """A new atom."""
        self.top += 1
        return self.top

    def selector(self, rule: int) -> int:
        """Nothing can be switched off here."""
        return 0 * rule

    def add(self, clause: Iterable[int]) -> None:
        """One more clause."""
        self.clauses.append(list(clause))


Block = Callable[[Sequence[int], Host], Iterable[Iterable[int]]]
"""Clauses that a solution breaks, so that the next one is another one."""


def cheapest(
    demand: Demand, costs: Mapping[int, int], *, priced: Priced, theory: Theory | None, allowance: Allowance
) -> Best | None:
    """Minimise the costs of the literals that hold. None when nothing satisfies the demand."""
    with closing(rising(demand, costs, priced=priced, theory=theory, allowance=allowance)) as found:
        return next(found, None)


def rising(
    demand: Demand,
    costs: Mapping[int, int],
    *,
    priced: Priced,
    theory: Theory | None,
    allowance: Allowance,
    block: Block | None = None,
) -> Generator[Best, None, None]:
    """Solutions by rising costs, each one blocked before the next; an end without one unproven: there are no others.

    An unproven one comes last, when the time is over or the next ones are too hard to find.

    Looking for costs that exclude each other first halves the time where values are priced, and doubles it where
    features are. Once is enough: what comes next starts from the costs found out so far.
    """
    formula = WCNF()
    formula.hard = demand.clauses
    if demand.top:
        formula.hard.append([demand.top, -demand.top])  # makes every atom known, mentioned or not
    formula.soft = [[-literal] for literal in costs]
    formula.wght = list(costs.values())
    formula.nv = demand.top
    formula.topw = sum(formula.wght) + 1
    with RC2(formula, solver="g4", adapt=priced is Priced.VALUES, exhaust=False, minz=False) as search:
        host, first = _Host(search, demand.top), 0
        while (best := _run(search, host, theory, allowance)) is not None:
            yield best
            if not best.proven or block is None:
                return
            if search.oracle.accum_stats()["conflicts"] > CONFLICTS_MAX + first:
                yield Best((), search.cost, proven=False)
                return
            if search.adapt or not first:
                first = 1 + search.oracle.accum_stats()["conflicts"]
                allowance = allowance.share(FOLLOWING_MS)
                search.adapt = False
            for clause in block(best.model, host):
                host.add(clause)


class _Host:
    """Lets a theory make atoms for the optimiser."""

    def __init__(self, search: RC2, top: int) -> None:
        self._search = search
        self.top = top

    def fresh(self) -> int:
        self.top += 1
        return self.top

    def selector(self, rule: int) -> int:
        """Nothing can be switched off here."""
        return 0 * rule

    def add(self, clause: Iterable[int]) -> None:
        self._search.add_clause(list(clause))


def _run(search: RC2, host: _Host, theory: Theory | None, allowance: Allowance) -> Best | None:
    """RC2 forgets an interruption that comes between two of its runs, so it is noted here: it is no proof."""
    late = threading.Event()

    def stop() -> None:
        late.set()
        search.interrupt()

    timer = threading.Timer(allowance.milliseconds_left() / 1000, stop)
    timer.daemon = True
    timer.start()
    try:
        while True:
            model = search.compute(expect_interrupt=True)
            lemmas = theory.lemmas(model, host) if theory and model is not None else []
            if model is not None and not lemmas:
                return Best(tuple(model), search.cost, proven=True)
            if late.is_set():
                return Best((), search.cost, proven=False)
            if model is None:
                return None
            for lemma in lemmas:
                host.add(lemma)
    finally:
        timer.cancel()
        timer.join()  # or it might interrupt a solver that is gone

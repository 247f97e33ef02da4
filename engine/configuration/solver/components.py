"""Counts solutions of clauses and groups: parts that nothing joins are counted apart, branched on, and remembered.

Where a group alone joins parts, each is counted by how many of the group's literals hold in it: a polynomial, whose
coefficients are such numbers. The product of those of all parts says how many solutions have so many literals. A
polynomial is kept as one whole number, its coefficients so many bits apart that they never meet, so that the same
steps count numbers and polynomials: a literal that is counted by a group is worth a shift by so many bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import accumulate
from operator import or_
from typing import TypeAlias

from engine.configuration.model import Clause, Model
from engine.configuration.solver.bits import atoms_of
from engine.configuration.solver.cnf import Cnf, encode
from engine.configuration.solver.limits import Limit, Literals
from engine.configuration.solver.search import Allowance, BudgetSpentError, Search

Clauses = tuple[Literals, ...]
Limits = tuple[Limit, ...]
Asked: TypeAlias = Literals | Limit
Part = tuple[int, Clauses, Limits]
"""The atoms of what hangs together, as bits, and what is asked of them."""

Left = tuple[Clauses, Limits, set[int]]
"""Clauses and groups when some literals hold, and those literals with all that follow at once."""

CACHE_MAX = 400_000
CHECK_EVERY = 8
LONG = 9
"""Clauses of so many literals are taken out where they alone join parts: all solutions without those that break it."""


class Counter:
    """Atoms are numbered so that the highest of a part is the one to branch on; sets of atoms are bits.

    Once ``spent``, nothing is branched on any more and totals are lower bounds.
    """

    def __init__(self, allowance: Allowance) -> None:
        self.spent = False
        self._allowance = allowance
        self._last = allowance
        self._known: dict[tuple[object, ...], int] = {}
        self._masks: dict[Asked, int] = {}
        self._shifts: dict[int, int] = {}
        self._steps = 0

    def total(self, clauses: Clauses, limits: Limits = ()) -> int:
        """Solutions over the atoms that clauses and groups mention; no clause has one literal only."""
        product = 1
        for part in self._parts(clauses, limits):
            product *= self._part(part)
            if not product:
                break
        return product

    def floor(self, cnf: Cnf, literals: Sequence[int] = ()) -> int:
        """One when the clauses are seen to have a solution, with a last allowance of all such looks together.

        Where groups count its literals, it is worth what they do.
        """
        search = Search(cnf)
        search.allowance = self._last
        try:
            if not search.solve(literals):
                return 0
            return 1 << sum(self._shifts.get(each, 0) for each in search.model()) if self._shifts else 1
        except BudgetSpentError:
            return 0
        finally:
            search.close()

    def end(self) -> None:
        """Branch no more."""
        self.spent = True
        self._last = self._allowance.extended()

    def _part(self, part: Part) -> int:
        atoms, clauses, limits = part
        key = (frozenset(clauses), limits, self._worth(atoms))
        known = self._known.get(key)
        if known is not None:
            return known
        if self.spent:
            return self._least(part)
        self._steps += 1
        if self._steps % CHECK_EVERY == 0:
            self._pause()
        found = self._apart(part)
        if found is None:
            found = self._branched(part)
        if self.spent and not found:
            return self._least(part)
        return self._remembered(key, found)

    def _remembered(self, key: tuple[object, ...], found: int) -> int:
        if not self.spent and len(self._known) < CACHE_MAX:
            self._known[key] = found
        return found

    def _apart(self, part: Part) -> int | None:
        """The solutions of a part that only a group or a long clause holds together, or None."""
        atoms, clauses, limits = part
        for limit in sorted(limits, key=lambda each: -len(each.terms)):
            rest = self._parts(clauses, tuple(each for each in limits if each is not limit))
            alone = atoms & ~reduce(or_, (each[0] for each in rest), 0)
            if not limit.when and len(rest) + alone.bit_count() > 1:
                return self._joined(limit.turned(), atoms, rest, alone)
        longest = max(clauses, key=len, default=())
        if len(longest) < LONG:
            return None
        others = tuple(each for each in clauses if each is not longest)
        rest = self._parts(others, limits)
        alone = atoms & ~reduce(or_, (each[0] for each in rest), 0)
        if len(rest) + alone.bit_count() < 2:
            return None
        every = self._times(self.total(others, limits), alone, ())
        none = self._under(atoms, _decided(others, _occurrences(others), limits, [-each for each in longest]))
        return 0 if self.spent else every - none

    def _branched(self, part: Part) -> int:
        """The solutions with the highest atom and those without."""
        atoms, clauses, limits = part
        atom = atoms.bit_length() - 1
        found = 0
        places = _occurrences(clauses)
        for literal in (atom, -atom):
            found += self._under(atoms, _decided(clauses, places, limits, [literal]))
            if self.spent:
                break
        return found

    def _under(self, atoms: int, left: Left | None) -> int:
        """The solutions of what is left over these atoms, those decided and those free included."""
        if left is None:
            return 0
        clauses, limits, holds = left
        found = 1
        for part in self._parts(clauses, limits):  # as in total(), one call less deep
            atoms &= ~part[0]
            found *= self._part(part)
            if not found:
                return 0
        return self._times(found, atoms, holds)

    def _joined(self, limit: Limit, atoms: int, rest: Iterable[Part], alone: int) -> int:
        """The solutions of parts that only a group joins, by how many of its literals hold in each.

        Of atoms ``alone`` nothing else is asked: there are as many ways for so many of them as there are choices.
        """
        outer = self._shifts
        worth = sum(max(outer.get(each, 0), outer.get(-each, 0)) for each in atoms_of(atoms)) if outer else 0
        width = (atoms.bit_count() + worth) // 8 + 1
        self._shifts = inner = dict(outer)
        plain = 0
        for literal, count in limit.terms:
            if alone >> abs(literal) & 1 and count == 1 and literal not in outer and -literal not in outer:
                plain += 1
                alone &= ~(1 << abs(literal))
            else:
                inner[literal] = inner.get(literal, 0) + 8 * width * count
        coefficients = (1 << 8 * width * (limit.most + 1)) - 1
        product = 1
        for atom in atoms_of(alone):
            product = product * ((1 << inner.get(atom, 0)) + (1 << inner.get(-atom, 0))) & coefficients
        try:
            for part in rest:
                product = product * self._part(part) & coefficients
                if not product:
                    break
        finally:  # where parts hang together too deep, a look at all of it counts no literal of this group
            self._shifts = outer
        digits = product.to_bytes(width * (limit.most + 1), "little")
        up_to = _up_to(plain, limit.most)
        found = 0
        for held in range(limit.most + 1):
            ways = int.from_bytes(digits[held * width : (held + 1) * width], "little")
            if ways:
                found += ways * (
                    up_to[limit.most - held] - (up_to[limit.least - held - 1] if limit.least > held else 0)
                )
        return found

    def _times(self, found: int, loose: int, holds: Iterable[int]) -> int:
        """Solutions when these literals hold and the other ``loose`` atoms are free, each worth what groups count."""
        free = loose & ~reduce(or_, (1 << abs(each) for each in holds), 0)
        shifts = self._shifts
        if shifts:
            found <<= sum(shifts.get(each, 0) for each in holds)
            for atom in [each for each in atoms_of(free) if each in shifts or -each in shifts]:
                free &= ~(1 << atom)
                found *= (1 << shifts.get(atom, 0)) + (1 << shifts.get(-atom, 0))
        return found << free.bit_count()

    def _worth(self, atoms: int) -> tuple[tuple[int, int], ...]:
        """What the literals of a part are worth to groups around it."""
        shifts = self._shifts
        if not shifts:
            return ()
        return tuple((each, shifts[each]) for atom in atoms_of(atoms) for each in (atom, -atom) if each in shifts)

    def _least(self, part: Part) -> int:
        """One where a part is seen to have a solution."""
        atoms, clauses, limits = part
        groups = tuple(each.group() for each in limits)
        said = tuple(map(Clause, clauses))
        top = atoms.bit_length() - 1
        return self.floor(encode(Model("left", (), clauses=said, cardinalities=groups, atom_count=top)))

    def _pause(self) -> None:
        """Take the steps since the last look off the allowance."""
        try:
            self._allowance.spend(CHECK_EVERY)
        except BudgetSpentError:
            self.end()

    def _mask(self, asked: Asked) -> int:
        """The atoms of a clause or a group."""
        known = self._masks.get(asked)
        if known is None:
            atoms = asked.atoms() if isinstance(asked, Limit) else map(abs, asked)
            known = self._masks[asked] = reduce(or_, (1 << atom for atom in atoms))
        return known

    def _parts(self, clauses: Clauses, limits: Limits) -> list[Part]:
        """Clauses and groups that share no atom with the others, the smallest first."""
        found: list[Part] = []
        asked: tuple[Asked, ...] = (*clauses, *limits)
        left = [(self._mask(each), each) for each in asked]
        while left:
            mask = left[0][0]
            together: list[Asked] = []
            while True:
                apart: list[tuple[int, Asked]] = []
                for each in left:
                    if each[0] & mask:
                        mask |= each[0]
                        together.append(each[1])
                    else:
                        apart.append(each)
                # Backwards next time: what this pass met too early joins at once.
                grown, left = len(apart) < len(left), apart[::-1]
                if not grown or not left:
                    break
            kept = tuple(each for each in together if not isinstance(each, Limit))
            found.append((mask, kept, tuple(each for each in together if isinstance(each, Limit)) if limits else ()))
        return sorted(found, key=lambda each: len(each[1]))


def _up_to(count: int, most: int) -> list[int]:
    """In how many ways at most none, one, two ... ``most`` of so many can be chosen."""
    ways = [1]
    for held in range(most):
        ways.append(ways[held] * (count - held) // (held + 1))
    return list(accumulate(ways))


def _occurrences(clauses: Clauses) -> dict[int, list[int]]:
    """The positions of the clauses that hold each literal."""
    found: dict[int, list[int]] = {}
    for at, clause in enumerate(clauses):
        for literal in clause:
            if literal in found:
                found[literal].append(at)
            else:
                found[literal] = [at]
    return found


def _decided(clauses: Clauses, places: dict[int, list[int]], limits: Limits, literals: Iterable[int]) -> Left | None:
    """What is left when the literals hold, or None when they cannot."""
    reduced = _propagate(clauses, places, literals)
    if reduced is None or not limits:
        return None if reduced is None else (reduced[0], (), reduced[1])
    clauses, holds = reduced
    news = holds
    while True:
        said: list[Literals] = []
        open_limits: list[Limit] = []
        for each in limits:
            limit = each.under(news)
            settled = limit.settled()
            if settled is None:
                open_limits.append(limit)
            else:
                said += settled
        limits = tuple(open_limits)
        if () in said:
            return None
        units = [each[0] for each in said if len(each) == 1]
        if any(-each in units for each in units):
            return None
        clauses = (*clauses, *(each for each in said if len(each) > 1))
        if not units:
            return clauses, limits, holds
        reduced = _propagate(clauses, _occurrences(clauses), units)
        if reduced is None:
            return None
        clauses, news = reduced
        holds = holds | news


def _propagate(
    clauses: Clauses, places: dict[int, list[int]], decided: Iterable[int]
) -> tuple[Clauses, set[int]] | None:
    """Clauses left when the literals hold and all unit consequences do, and what holds then; or None."""
    holds = set(decided)
    waiting = list(holds)
    gone: set[int] = set()
    shorter: dict[int, Literals] = {}
    while waiting:
        literal = waiting.pop()
        gone.update(places.get(literal, ()))
        for at in places.get(-literal, ()):
            if at in gone:
                continue
            clause = tuple(each for each in shorter.get(at, clauses[at]) if each != -literal)
            if len(clause) > 1:
                shorter[at] = clause
                continue
            if not clause or -clause[0] in holds:
                return None
            gone.add(at)
            if clause[0] not in holds:
                holds.add(clause[0])
                waiting.append(clause[0])
    if shorter:
        left = tuple(shorter.get(at, clause) for at, clause in enumerate(clauses) if at not in gone)
    else:
        left = tuple(clause for at, clause in enumerate(clauses) if at not in gone)
    return left, holds

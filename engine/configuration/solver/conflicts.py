"""Conflicts and corrections among soft groups of literals: smallest clashes, smallest sets to give up, guilty rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.configuration.solver.hitting import smallest_hitting_set
from engine.configuration.solver.search import Search

Group = tuple[int, ...]
"""Literals that stand or fall together: one choice of the customer."""


class SoftGroups:
    """Groups that may be kept or given up while the ``hard`` literals stay; sets of groups are bits by position.

    What is proven on the way stays, for when the budget ends: ``clash``, ``corrections`` of the smallest sizes, and
    ``correction``, which may give up more than it has to.
    """

    def __init__(self, search: Search, groups: Sequence[Group], hard: Sequence[int] = ()) -> None:
        self._search = search
        self._groups = groups
        self._hard = list(hard)
        self.all = (1 << len(groups)) - 1
        self.clash: int | None = None
        self.correction: int | None = None
        self.corrections: list[int] = []

    def holds(self, kept: int) -> bool:
        """Whether these groups fit together (and with the hard literals)."""
        return self._search.solve(self._assume(kept))

    def smallest_conflict(self) -> int | None:
        """The groups of a clash of minimum size, or None when all fit. Zero groups: the hard literals clash already."""
        if self.holds(self.all):
            return None
        self.clash = self._core(self.all)
        best = self.clash = self._minimal(self.clash)
        corrections: list[int] = []
        while True:
            candidate = smallest_hitting_set(corrections, (), len(self._groups), self._search.allowance)
            assert candidate is not None, "every correction set has an element"
            if candidate.bit_count() >= best.bit_count():
                return best
            if not self.holds(candidate):
                self.clash = candidate
                return candidate
            corrections.append(self.all & ~self._grow(candidate))

    def smallest_corrections(self, limit: int) -> list[int]:
        """Sets of groups to give up, smallest first: all of the smallest size up to ``limit``, then larger ones."""
        found = self.corrections = []
        if not self._search.solve(self._hard):
            return found
        self.correction = self.all & ~self._true_groups()
        clashes: list[int] = []
        while len(found) < limit:
            candidate = smallest_hitting_set(clashes, found, len(self._groups), self._search.allowance)
            if candidate is None:
                break
            kept = self.all & ~candidate
            if self.holds(kept):
                found.append(candidate)
                if not candidate:
                    break
            else:
                clashes.append(self._minimal(self._core(kept)))
        return found

    def _assume(self, kept: int) -> list[int]:
        literals = list(self._hard)
        for at, group in enumerate(self._groups):
            if kept >> at & 1:
                literals.extend(group)
        return literals

    def _core(self, kept: int) -> int:
        """The kept groups that the solver's last refusal used."""
        core = set(self._search.core())
        used = 0
        for at, group in enumerate(self._groups):
            if kept >> at & 1 and not core.isdisjoint(group):
                used |= 1 << at
        return used

    def _minimal(self, clash: int) -> int:
        """Drop every group that the clash does not need."""
        for at in range(len(self._groups)):
            bit = 1 << at
            if clash & bit and not self.holds(clash & ~bit):
                clash = self._core(clash & ~bit)
        return clash

    def _grow(self, kept: int) -> int:
        """Keep as many further groups as fit; the last solution is one of those kept."""
        kept |= self._true_groups()
        for at in range(len(self._groups)):
            if not kept >> at & 1 and self.holds(kept | 1 << at):
                kept |= self._true_groups() | 1 << at
        return kept

    def _true_groups(self) -> int:
        """The groups that the last solution satisfies anyway."""
        model = self._search.model()
        true = 0
        for at, group in enumerate(self._groups):
            if all(abs(each) <= len(model) and model[abs(each) - 1] == each for each in group):
                true |= 1 << at
        return true


def minimal_core(search: Search, hard: Sequence[int], soft: Iterable[int]) -> list[int] | None:
    """A minimal set of soft literals (selectors) that clashes with the hard ones, or None when all fit."""
    core = clashing(search, hard, soft)
    return None if core is None else minimised(search, hard, core)


def clashing(search: Search, hard: Sequence[int], soft: Iterable[int]) -> list[int] | None:
    """Soft literals that clash with the hard ones, few but maybe not minimal, or None when all fit."""
    candidates = list(soft)
    if search.solve([*hard, *candidates]):
        return None
    return sorted(set(search.core()).intersection(candidates))


def minimised(search: Search, hard: Sequence[int], clash: Sequence[int]) -> list[int]:
    """What is left of a clash of soft literals when none can be spared any more."""
    kept = list(clash)
    for each in clash:
        if each not in kept:
            continue
        rest = [other for other in kept if other != each]
        if not search.solve([*hard, *rest]):
            core = set(search.core())
            kept = [other for other in rest if other in core]
    return kept

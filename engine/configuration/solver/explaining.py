"""Explain, Validate and Repair on a workbench; out of budget, each says what it had proven."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.configuration.answers import Blamed, Choice, Clash, Explanation, OutOfBudget, Violation
from engine.configuration.model import Rule
from engine.configuration.solver.closeup import minimal_rules
from engine.configuration.solver.conflicts import SoftGroups, clashing, minimised
from engine.configuration.solver.facts import Unit, canonical
from engine.configuration.solver.search import Allowance, BudgetSpentError
from engine.configuration.solver.workbench import Workbench

SMALLEST_MILLISECONDS = 1_000
"""How long a smaller set of guilty rules is looked for once a minimal one is known."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """Sets of units to give up, the smallest first; ``complete`` unless the budget ended before all were found.

    Without ``smallest`` there is one set at most, and a smaller one may exist.
    """

    sets: tuple[tuple[Unit, ...], ...]
    complete: bool = True
    smallest: bool = True


def explain(
    bench: Workbench, units: tuple[Unit, ...], wanted: Sequence[Choice]
) -> Explanation | None | OutOfBudget[Clash]:
    """A smallest clash of units with ``wanted``, and the minimal rules behind it; None when everything fits."""
    soft = SoftGroups(bench.search, _literals(bench, units), bench.literals(wanted))
    try:
        clash = soft.smallest_conflict()
    except BudgetSpentError:
        known = None if soft.clash is None else Clash(_chosen(units, soft.clash))
        return OutOfBudget("explain", known)
    if clash is None:
        return None
    guilty = _chosen(units, clash)
    core: list[int] | None = None
    try:
        hard = bench.blaming_literals((*wanted, *guilty))
        core = clashing(bench.blaming(), hard, bench.selectors())
        assert core is not None, "the rules together are as strict as the model"
        core = _narrowed(bench, hard, core)
    except BudgetSpentError:
        rules = None if core is None else _rules(bench, core)
        return OutOfBudget("explain", Clash(guilty, smallest=True, rules=rules))
    return Explanation(guilty, _rules(bench, core), tuple(sorted(each - bench.selectors()[0] for each in core)))


def blame(bench: Workbench, wanted: Sequence[Choice], allowance: Allowance) -> Blamed | None | OutOfBudget[Blamed]:
    """The smallest set of rules that leaves no configuration with ``wanted``; minimal only where that takes long."""
    search = bench.blaming()
    selectors = bench.selectors()
    hard = bench.blaming_literals(wanted)
    core = clashing(search, hard, selectors)
    if core is None:
        return None
    try:
        core = _narrowed(bench, hard, core)
    except BudgetSpentError:
        return OutOfBudget("blame", Blamed(_rules(bench, core), smallest=False))
    smallest = len(core) <= 1
    if not smallest:
        search.allowance = allowance.share(SMALLEST_MILLISECONDS)
        try:
            found = SoftGroups(search, [(each,) for each in selectors], hard).smallest_conflict()
            assert found is not None, "a clash stays one"
            core, smallest = [each for at, each in enumerate(selectors) if found >> at & 1], True
        except BudgetSpentError:
            pass  # the minimal set is an answer too, and says that a smaller one may exist
        finally:
            search.allowance = allowance
    return Blamed(_rules(bench, core), smallest)


def validate(
    bench: Workbench, choices: tuple[Choice, ...]
) -> tuple[Violation, ...] | OutOfBudget[tuple[Violation, ...]]:
    """Disjoint minimal sets of broken rules with the choices involved: single rules when every variable is chosen."""
    found: list[Violation] = []
    try:
        _add_violations(found, bench, choices)
    except BudgetSpentError:
        return OutOfBudget("validate", tuple(found))
    return tuple(found)


def corrections(bench: Workbench, units: tuple[Unit, ...], wanted: Sequence[Choice], limit: int) -> Corrections:
    """Smallest sets of units to give up so that ``wanted`` fits, smallest first."""
    soft = SoftGroups(bench.search, _literals(bench, units), bench.literals(wanted))

    def named(found: Iterable[int]) -> tuple[tuple[Unit, ...], ...]:
        return tuple(tuple(unit for at, unit in enumerate(units) if each >> at & 1) for each in found)

    try:
        return Corrections(named(soft.smallest_corrections(limit)))
    except BudgetSpentError:
        if soft.corrections:
            return Corrections(named(soft.corrections), complete=False)
        return Corrections(named([] if soft.correction is None else [soft.correction]), complete=False, smallest=False)


def _add_violations(found: list[Violation], bench: Workbench, choices: tuple[Choice, ...]) -> None:
    search = bench.blaming()
    groups = [tuple(bench.blaming_literals([each])) for each in choices]
    hard = list(dict.fromkeys(literal for group in groups for literal in group))
    remaining: Sequence[int] = bench.selectors()
    while (core := _guilty(bench, hard, remaining)) is not None:
        clash = SoftGroups(search, groups, core).smallest_conflict()
        assert clash is not None, "a clash of rules stays one when all choices are there"
        involved = tuple(each for at, each in enumerate(choices) if clash >> at & 1)
        found.append(Violation(_rules(bench, core), involved))
        if not core:
            break
        broken = set(core)
        remaining = [each for each in remaining if each not in broken]


def _guilty(bench: Workbench, hard: Sequence[int], selectors: Sequence[int]) -> list[int] | None:
    """The selectors of a minimal set of rules that clashes with the hard literals, or None when all fit."""
    clash = clashing(bench.blaming(), hard, selectors)
    return _narrowed(bench, hard, clash) if clash else clash


def _narrowed(bench: Workbench, hard: Sequence[int], clash: list[int]) -> list[int]:
    """What is left of a clash when none of its rules can be spared."""
    search = bench.blaming()
    first = search.selector(0)
    if bench.theory is None:  # sums have no clauses that a close-up could show
        rules = [each - first for each in clash]
        found = minimal_rules(bench.foundation.statements, rules, hard, search.allowance)
        if found is not None:
            return [first + each for each in found]
    return minimised(search, hard, clash)


def _chosen(units: tuple[Unit, ...], bits: int) -> tuple[Choice, ...]:
    return canonical(each for at, unit in enumerate(units) if bits >> at & 1 for each in unit)


def _rules(bench: Workbench, selectors: Iterable[int]) -> tuple[Rule, ...]:
    first = bench.blaming().selector(0)
    return tuple(bench.foundation.model.rules[each - first] for each in sorted(selectors))


def _literals(bench: Workbench, units: Iterable[Unit]) -> list[tuple[int, ...]]:
    return [tuple(literal for each in unit for literal in bench.group(each)) for unit in units]

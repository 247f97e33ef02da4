"""Explain, Validate and Repair on a workbench."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.configuration.answers import Blamed, Choice, Explanation, Violation
from engine.configuration.solver.closeup import minimal_rules
from engine.configuration.solver.conflicts import SoftGroups, clashing, minimised
from engine.configuration.solver.facts import Unit, canonical
from engine.configuration.solver.search import Allowance, BudgetSpentError
from engine.configuration.solver.workbench import Workbench

SMALLEST_MILLISECONDS = 1_000
"""How long a smaller set of guilty rules is looked for once a minimal one is known."""


def explain(bench: Workbench, units: tuple[Unit, ...], wanted: Sequence[Choice]) -> Explanation | None:
    """A smallest clash of units with ``wanted``, and the minimal rules behind it; None when everything fits."""
    soft = SoftGroups(bench.search, _literals(bench, units), bench.literals(wanted))
    clash = soft.smallest_conflict()
    if clash is None:
        return None
    guilty = canonical(each for at, unit in enumerate(units) if clash >> at & 1 for each in unit)
    selectors = bench.selectors()
    core = _guilty(bench, bench.blaming_literals((*wanted, *guilty)), selectors)
    assert core is not None, "the rules together are as strict as the model"
    numbers = tuple(sorted(each - selectors[0] for each in core))
    rules = bench.foundation.model.rules
    return Explanation(guilty, tuple(rules[at] for at in numbers), numbers)


def blame(bench: Workbench, wanted: Sequence[Choice], allowance: Allowance) -> Blamed | None:
    """The smallest set of rules that leaves no configuration with ``wanted``; minimal only where that takes long."""
    search = bench.blaming()
    selectors = bench.selectors()
    hard = bench.blaming_literals(wanted)
    core = _guilty(bench, hard, selectors)
    if core is None:
        return None
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
    rules = bench.foundation.model.rules
    return Blamed(tuple(rules[at - selectors[0]] for at in sorted(core)), smallest)


def validate(bench: Workbench, choices: tuple[Choice, ...]) -> tuple[Violation, ...]:
    """Disjoint minimal sets of broken rules with the choices involved: single rules when every variable is chosen."""
    search = bench.blaming()
    groups = [tuple(bench.blaming_literals([each])) for each in choices]
    hard = list(dict.fromkeys(literal for group in groups for literal in group))
    remaining: Sequence[int] = bench.selectors()
    rules = bench.foundation.model.rules
    found: list[Violation] = []
    while (core := _guilty(bench, hard, remaining)) is not None:
        clash = SoftGroups(search, groups, core).smallest_conflict()
        assert clash is not None, "a clash of rules stays one when all choices are there"
        involved = tuple(each for at, each in enumerate(choices) if clash >> at & 1)
        first = search.selector(0)
        found.append(Violation(tuple(rules[each - first] for each in sorted(core)), involved))
        if not core:
            break
        broken = set(core)
        remaining = [each for each in remaining if each not in broken]
    return tuple(found)


def corrections(
    bench: Workbench, units: tuple[Unit, ...], wanted: Sequence[Choice], limit: int
) -> list[tuple[Unit, ...]]:
    """Smallest sets of units to give up so that ``wanted`` fits, smallest first."""
    soft = SoftGroups(bench.search, _literals(bench, units), bench.literals(wanted))
    sets = soft.smallest_corrections(limit)
    return [tuple(unit for at, unit in enumerate(units) if found >> at & 1) for found in sets]


def _guilty(bench: Workbench, hard: Sequence[int], selectors: Sequence[int]) -> list[int] | None:
    """The selectors of a minimal set of rules that clashes with the hard literals, or None when all fit."""
    search = bench.blaming()
    clash = clashing(search, hard, selectors)
    if not clash:
        return clash
    first = search.selector(0)
    if bench.theory is None:  # sums have no clauses that a close-up could show
        rules = [each - first for each in clash]
        found = minimal_rules(bench.foundation.statements, rules, hard, search.allowance)
        if found is not None:
            return [first + each for each in found]
    return minimised(search, hard, clash)


def _literals(bench: Workbench, units: Iterable[Unit]) -> list[tuple[int, ...]]:
    return [tuple(literal for each in unit for literal in bench.group(each)) for unit in units]

"""Bundles compiled for the solver, and what is wrong with their constraints: contradictions and dead options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

from engine.catalog import Catalog, Sku
from engine.configuration.answers import Budget, OutOfBudget
from engine.configuration.products import (
    Constraint,
    Pick,
    ProductModel,
    Season,
    Standing,
    compile_product,
    season_starts,
)
from engine.configuration.products.answers import Conflict, ProductState
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import Diagnostic, DiagnosticError, Severity, Span
from engine.rulebook.codes import finding, warning
from engine.rulebook.nodes import Report

MOST_DEAD = 20
MOST_SEASONS = 24
"""Days on which constraints of one bundle begin or end to hold: each is a problem of its own in memory."""
DEAD_OPTIONS = Budget(milliseconds=3_000)
HINT = "these rules are a smallest guilty set; change one of them"
HINT_SO_FAR = "these rules are guilty together, but perhaps not all of them are: the search for fewer took too long"


def compile_bundles(
    catalog: Catalog, constraints: Mapping[Sku, tuple[Constraint, ...]], report: Report
) -> tuple[Mapping[Sku, ProductModel], Mapping[Sku, tuple[Season, ...]]]:
    """Compile every bundle, and again from each day on that other constraints are in force.

    One whose constraints the solver cannot carry is reported and left out.
    """
    found: dict[Sku, ProductModel] = {}
    seasons: dict[Sku, tuple[Season, ...]] = {}
    if any(each.code == "CAT006" for each in report.found):
        return found, seasons
    for sku, bundle in catalog.bundles.items():
        if any(not each.candidates for each in bundle.groups):
            continue
        starts = season_starts(bundle, catalog, constraints)
        if len(starts) > MOST_SEASONS:
            report.add(_too_many_days(sku, len(starts), bundle.span))
            continue
        try:
            first = compile_product(bundle, catalog, constraints, day=date.min if starts else None)
            later = [Season(day, compile_product(bundle, catalog, constraints, day=day)) for day in starts]
        except DiagnosticError as problem:
            report.add(*problem.diagnostics)
            continue
        found[sku] = first
        if later:
            seasons[sku] = tuple(later)
    return MappingProxyType(found), MappingProxyType(seasons)


def _too_many_days(sku: Sku, count: int, span: Span | None) -> Diagnostic:
    message = f"constraints of `{sku}` begin and end on {count} days; {MOST_SEASONS} are allowed"
    return finding("CST004", message, span or Span(""), "take out those that hold no more, or let them share days")


def configuration_findings(
    products: Mapping[Sku, ProductModel], seasons: Mapping[Sku, tuple[Season, ...]]
) -> Iterator[Diagnostic]:
    """A bundle that has no valid configuration is an error; an option that no valid one holds is a warning.

    What a season shares with the one before is told once.
    """
    told: dict[Diagnostic, None] = {}
    for sku, model in products.items():
        later = seasons.get(sku, ())
        told.update(dict.fromkeys(_findings_of(f"`{sku}`", model)))
        for season in later:
            told.update(dict.fromkeys(_findings_of(f"from {season.start} on `{sku}`", season.model)))
    yield from told


def _findings_of(what: str, model: ProductModel) -> Iterator[Diagnostic]:
    configurator = ProductConfigurator(model)
    conflict = configurator.explain(())
    if isinstance(conflict, OutOfBudget) and conflict.known is not None:
        yield _contradiction(what, conflict.known, model, HINT_SO_FAR)
        return
    if isinstance(conflict, Conflict):
        yield _contradiction(what, conflict, model, HINT)
        return
    state = configurator.configure((), budget=DEAD_OPTIONS)
    if isinstance(state, OutOfBudget) or not state.settled:
        place = model.bundle.span or Span("")
        message = f"{what} is too large to look for all dead options at load"
        yield finding("CST002", message, place, severity=Severity.NOTE)
    if not isinstance(state, OutOfBudget):
        yield from _dead(configurator, model, state)


def _contradiction(what: str, conflict: Conflict, model: ProductModel, hint: str) -> Diagnostic:
    """Point at the last rule of the smallest guilty set: the one that was probably written last."""
    place = model.bundle.span or Span("")
    if not conflict.rules:
        message = f"{what} has no valid configuration"
        reason = "its option groups cannot be filled" if hint == HINT else "the search for the reason took too long"
        return finding("CST001", message, place, reason)
    rules = sorted(conflict.rules, key=lambda each: (each.span, each.rule))
    names = " and ".join(f"`{each.rule}` ({each.span.path}:{each.span.line})" for each in rules)
    message = f"{what} has no valid configuration: {names} contradict each other"
    if len(rules) == 1:
        message = f"{what} has no valid configuration: nothing satisfies `{rules[0].rule}`"
    return finding("CST001", message, rules[-1].span, hint)


def _dead(configurator: ProductConfigurator, model: ProductModel, state: ProductState) -> Iterator[Diagnostic]:
    told = 0
    for slot in state.slots:
        for option in slot.options:
            if option.standing is not Standing.IMPOSSIBLE:
                continue
            told += 1
            if told > MOST_DEAD:
                return
            yield _dead_option(configurator, model, slot.path, option.skus)


def _dead_option(
    configurator: ProductConfigurator, model: ProductModel, slot: str, skus: tuple[Sku, ...]
) -> Diagnostic:
    conflict = configurator.explain((), wanted=Pick(slot, skus[0]))
    rules = conflict.rules if isinstance(conflict, Conflict) else ()
    product = model.catalog.products[skus[0]]
    more = f" and {len(skus) - 1} more like it" if len(skus) > 1 else ""
    blame = ", ".join(f"`{each.rule}`" for each in sorted(rules, key=lambda each: (each.span, each.rule)))
    message = f"no valid configuration holds `{skus[0]}`{more} in `{slot}`"
    hint = f"{blame} rule it out; change one of them or take the product out" if blame else "take the product out"
    return warning("CST002", message, product.span or Span(""), hint)

"""Bundles compiled for the solver, and what is wrong with their constraints: contradictions and dead options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from engine.catalog import Catalog, Sku
from engine.configuration.answers import Budget, OutOfBudget
from engine.configuration.products import Constraint, Pick, ProductModel, Standing, compile_product
from engine.configuration.products.answers import Conflict, ProductState
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import Diagnostic, DiagnosticError, Severity, Span
from engine.rulebook.codes import finding, warning
from engine.rulebook.nodes import Report

MOST_DEAD = 20
DEAD_OPTIONS = Budget(milliseconds=3_000)
HINT = "these rules are a smallest guilty set; change one of them"
HINT_SO_FAR = "these rules are guilty together, but perhaps not all of them are: the search for fewer took too long"


def compile_bundles(
    catalog: Catalog, constraints: Mapping[Sku, tuple[Constraint, ...]], report: Report
) -> Mapping[Sku, ProductModel]:
    """Compile every bundle; one whose constraints the solver cannot carry is reported and left out."""
    found: dict[Sku, ProductModel] = {}
    if any(each.code == "CAT006" for each in report.found):
        return found
    for sku, bundle in catalog.bundles.items():
        if any(not each.candidates for each in bundle.groups):
            continue
        try:
            found[sku] = compile_product(bundle, catalog, constraints)
        except DiagnosticError as problem:
            report.add(*problem.diagnostics)
    return MappingProxyType(found)


def configuration_findings(products: Mapping[Sku, ProductModel]) -> Iterator[Diagnostic]:
    """A bundle that has no valid configuration is an error; an option that no valid one holds is a warning."""
    for sku, model in products.items():
        configurator = ProductConfigurator(model)
        conflict = configurator.explain(())
        if isinstance(conflict, OutOfBudget) and conflict.known is not None:
            yield _contradiction(sku, conflict.known, model, HINT_SO_FAR)
            continue
        if isinstance(conflict, Conflict):
            yield _contradiction(sku, conflict, model, HINT)
            continue
        state = configurator.configure((), budget=DEAD_OPTIONS)
        if isinstance(state, OutOfBudget) or not state.settled:
            place = model.bundle.span or Span("")
            message = f"`{sku}` is too large to look for all dead options at load"
            yield finding("CST002", message, place, severity=Severity.NOTE)
        if not isinstance(state, OutOfBudget):
            yield from _dead(configurator, model, state)


def _contradiction(sku: Sku, conflict: Conflict, model: ProductModel, hint: str) -> Diagnostic:
    """Point at the last rule of the smallest guilty set: the one that was probably written last."""
    place = model.bundle.span or Span("")
    if not conflict.rules:
        message = f"`{sku}` has no valid configuration"
        reason = "its option groups cannot be filled" if hint == HINT else "the search for the reason took too long"
        return finding("CST001", message, place, reason)
    rules = sorted(conflict.rules, key=lambda each: (each.span, each.rule))
    names = " and ".join(f"`{each.rule}` ({each.span.path}:{each.span.line})" for each in rules)
    message = f"`{sku}` has no valid configuration: {names} contradict each other"
    if len(rules) == 1:
        message = f"`{sku}` has no valid configuration: nothing satisfies `{rules[0].rule}`"
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

"""Analyse the bundles of a rule book for its author."""

from __future__ import annotations

from datetime import date

from engine.application.rule_books import ActiveBook
from engine.configuration.answers import Budget
from engine.configuration.products.analysing import ProductStudy, study_product
from engine.diagnostics import Code, Fault, Refusal, did_you_mean

UNKNOWN_BUNDLE = Code("CFG403")


def analyse_book(active: ActiveBook, sku: str, *, day: date, budget: Budget) -> tuple[ProductStudy, ...] | Refusal:
    """Every bundle by name, or the one asked for, as it is on a day; each question has the budget."""
    known = active.parts.configurators
    if sku and sku not in known:
        return Refusal((Fault(UNKNOWN_BUNDLE, "product", f"no bundle `{sku[:80]}`", did_you_mean(sku, known)),))
    wanted = [sku] if sku else sorted(known)
    return tuple(study_product(known[each].on(day), budget=budget) for each in wanted)

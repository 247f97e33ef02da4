"""Evaluating an edited quote: only the lines that an edit reaches are priced and configured again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.catalog import Catalog, LineId, Product
from engine.configuration.products import Finding
from engine.diagnostics import Refusal
from engine.pricing import Edit, reprice
from engine.pricing.request import RequestLine
from engine.quotes.evaluation import (
    SEMANTICS,
    Parts,
    PricedQuote,
    check,
    evaluate,
    found_out,
    price_lines,
    price_request,
    with_frozen_rates,
)
from engine.quotes.lines import ResolvedLine, resolve
from engine.quotes.request import QuoteRequest, RequestedLine


def reevaluate(before: PricedQuote, request: QuoteRequest, parts: Parts) -> PricedQuote | Refusal:
    """Evaluate a request that differs from an evaluated one in its lines; equal to evaluating it from the start.

    Where more than lines differ, or the rule book does, everything is evaluated again.
    """
    if not _same_header(before, request, parts) or not (before.request.lines and request.lines):
        return evaluate(request, parts)
    lines = resolve(request, parts.catalog)
    if isinstance(lines, Refusal):
        return lines
    asked = price_lines(lines, request, parts)
    edit = _edit(before, request, asked, parts)
    if edit is None:
        return evaluate(request, parts)
    delta, asked_before = edit
    found = reprice(parts.plan, price_request(request, asked_before), before.priced, delta)
    if isinstance(found, Refusal):
        return found
    request = with_frozen_rates(request, found.priced, parts.plan)
    findings = _findings(before, lines, request, parts)
    return found_out(request, asked, found.priced, parts, findings)


def _same_header(before: PricedQuote, request: QuoteRequest, parts: Parts) -> bool:
    """Whether nothing but lines differs."""
    if (before.rule_book, before.semantics) != (parts.rule_book, SEMANTICS):
        return False
    return replace(before.request, lines=()) == replace(request, lines=())


def _edit(
    before: PricedQuote, request: QuoteRequest, asked: tuple[RequestLine, ...], parts: Parts
) -> tuple[Edit, tuple[RequestLine, ...]] | None:
    """The edit in the words of pricing, and the lines before it; None when lines changed places.

    A line is changed when what pricing is asked differs: its own words, or the quantity of a line above it.
    """
    fresh = {line.id: line for line in asked}
    old_lines = _asked_before(before, request, fresh, parts)
    if old_lines is None:
        return None
    old_ids = {line.id for line in old_lines}
    kept = [line.id for line in old_lines if line.id in fresh]
    if kept != [line.id for line in asked[: len(kept)]]:
        return None
    changed = tuple(fresh[line.id] for line in old_lines if line.id in fresh and fresh[line.id] != line)
    removed = frozenset(line.id for line in old_lines if line.id not in fresh)
    added = tuple(line for line in asked if line.id not in old_ids)
    return Edit(changed, removed, added), old_lines


def _asked_before(
    before: PricedQuote, request: QuoteRequest, fresh: Mapping[LineId, RequestLine], parts: Parts
) -> tuple[RequestLine, ...] | None:
    """What pricing was asked before: the very lines of now where nothing that they hang on changed."""
    now = {line.id: line for line in request.lines}
    old = {line.id: line for line in before.request.lines}
    same = {name for name, line in old.items() if now.get(name) == line}
    found: list[RequestLine] = []
    for line, priced in zip(before.request.lines, before.priced.lines, strict=True):
        if _chain_is_same(line, old, same):
            found.append(fresh[line.id])
            continue
        product = _product(line, parts.catalog)
        if product is None:
            return None
        found.extend(price_lines([ResolvedLine(line, product, priced.quantity, _root(line, old))], request, parts))
    return tuple(found)


def _chain_is_same(line: RequestedLine, old: Mapping[LineId, RequestedLine], same: set[LineId]) -> bool:
    above: RequestedLine | None = line
    while above is not None:
        if above.id not in same:
            return False
        above = old[above.parent] if above.parent is not None else None
    return True


def _findings(
    before: PricedQuote, lines: tuple[ResolvedLine, ...], request: QuoteRequest, parts: Parts
) -> tuple[Finding, ...]:
    """The findings of trees in which nothing changed as they were, those of the others anew, in the order of lines."""
    old = _trees(before.request)
    now = _trees(request)
    kept: dict[LineId, list[Finding]] = {}
    root_of = {line.id: root for root, members in old.items() for line in members}
    for finding in before.findings:
        kept.setdefault(root_of.get(LineId(finding.line), LineId("")), []).append(finding)
    touched = {root for root, members in now.items() if old.get(root) != members}
    fresh: dict[LineId, list[Finding]] = {}
    roots_now = {line.id: root for root, members in now.items() for line in members}
    changed = tuple(line for line in lines if roots_now[line.id] in touched)
    for finding in check(changed, parts, request.date):
        fresh.setdefault(roots_now[LineId(finding.line)], []).append(finding)
    return tuple(each for root in now for each in (fresh if root in touched else kept).get(root, ()))


def _trees(request: QuoteRequest) -> dict[LineId, list[RequestedLine]]:
    """The lines of each tree by the id of its top, in the order of the request."""
    by_id = {line.id: line for line in request.lines}
    found: dict[LineId, list[RequestedLine]] = {}
    for line in request.lines:
        root = _root(line, by_id)
        found.setdefault(line.id if root is None else root.id, []).append(line)
    return found


def _root(line: RequestedLine, by_id: Mapping[LineId, RequestedLine]) -> RequestedLine | None:
    above = line
    while above.parent is not None:
        above = by_id[above.parent]
    return None if above is line else above


def _product(line: RequestedLine, catalog: Catalog) -> Product | None:
    product = catalog.product(line.sku)
    return product if product is not None and product.factor(line.unit) is not None else None

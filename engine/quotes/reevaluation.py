"""Evaluating an edited quote: only the lines that an edit reaches are priced and configured again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from operator import itemgetter, ne

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

ID, SKU = map(itemgetter, map(RequestedLine._fields.index, ("id", "sku")))


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
    stored = before.request.lines
    old, now = dict(zip(map(ID, stored), stored, strict=True)), dict(zip(map(ID, request.lines), asked, strict=True))
    kept = [name for name in old if name in now]
    if any(map(ne, kept, now)):  # lines that stay come first, in the order in which they were
        return None
    reached = _reached(old, request.lines)
    asked_before = _asked_before(before, reached, request, parts)
    if asked_before is None:
        return None
    changed = tuple(now[name] for name, was in asked_before.items() if name in now and now[name] != was)
    removed = frozenset(name for name in reached if name not in now)
    added = tuple(islice(now.values(), len(kept), None))
    return Edit(changed, removed, added), tuple([asked_before.get(name) or now[name] for name in old])


def _reached(old: Mapping[LineId, RequestedLine], lines: Sequence[RequestedLine]) -> dict[LineId, RequestedLine]:
    """The lines of before that are others now or gone, and those that are a part of such a line."""
    now = dict(zip(map(ID, lines), lines, strict=True))
    own = {name for name, line in old.items() if (found := now.get(name)) is not line and found != line}
    if not own:
        return {}
    return {name: line for name, line in old.items() if name in own or _is_below(line, own, old)}


def _is_below(line: RequestedLine, names: Collection[LineId], by_id: Mapping[LineId, RequestedLine]) -> bool:
    """Whether a line is a part of one of these."""
    while line.parent is not None:
        if line.parent in names:
            return True
        line = by_id[line.parent]
    return False


def _asked_before(
    before: PricedQuote, reached: Mapping[LineId, RequestedLine], request: QuoteRequest, parts: Parts
) -> dict[LineId, RequestLine] | None:
    """What pricing was asked before of the lines that an edit reaches: of the others it is asked the same again."""
    if not reached:
        return {}
    old = {line.id: line for line in before.request.lines}
    lines: list[ResolvedLine] = []
    for line, priced in zip(before.request.lines, before.priced.lines, strict=True):
        if line.id not in reached:
            continue
        product = _product(line, parts.catalog)
        if product is None:
            return None
        lines.append(ResolvedLine(line, product, priced.quantity, _root(line, old)))
    return dict(zip(reached, price_lines(lines, request, parts), strict=True))


def _findings(
    before: PricedQuote, lines: tuple[ResolvedLine, ...], request: QuoteRequest, parts: Parts
) -> tuple[Finding, ...]:
    """The findings of trees in which nothing changed as they were, those of the others anew, in the order of lines."""
    if not before.findings and parts.configurators.keys().isdisjoint(map(SKU, request.lines)):
        return ()
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

"""Lines of a contract that run beside the quote of a change: what a percent of others counts of them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from datetime import date

from engine.catalog import Catalog
from engine.periods import term_end
from engine.pricing.request import Beside, RequestLine, Runs
from engine.quotes.lines import ResolvedLine, resolved
from engine.quotes.request import QuoteRequest, RequestedLine, RunningLine


def beside_running(
    found: Sequence[RequestLine],
    lines: Sequence[ResolvedLine],
    request: QuoteRequest,
    catalog: Catalog,
    percents: Container[str],
    make: Callable[[ResolvedLine], RequestLine],
) -> tuple[RequestLine, ...]:
    """The lines of a quote, those of products that are a percent of others with what runs beside them."""
    by_id = {each.line.id: each.line for each in request.running}
    running = [(each, make(resolved(each.line, by_id, catalog.products))) for each in request.running]
    return tuple(
        line._replace(beside=tuple(_beside(asked.requested, request, running))) if line.sku in percents else line
        for line, asked in zip(found, lines, strict=True)
    )


def _beside(
    line: RequestedLine, request: QuoteRequest, running: Sequence[tuple[RunningLine, RequestLine]]
) -> Iterator[Beside]:
    """What runs on a day of the service of a line; what was sold once is there from then on."""
    start, until = line.start or request.start or request.date, _last_end(line, request)
    for each, made in running:
        begins, ends = each.line.start or start, each.line.end
        if (until is not None and begins >= until) or (ends is not None and ends <= start):
            continue
        goes_on = ends is None or (until is not None and ends >= until)
        runs = Runs.LATER if begins > start else Runs.THROUGH if goes_on else Runs.AT_FIRST
        yield Beside(made, runs, each.list_amount, each.amount)


def _last_end(line: RequestedLine, request: QuoteRequest) -> date | None:
    months = line.term_months or request.term_months
    if line.end is not None or months is None:
        return line.end
    return term_end(line.start or request.start or request.date, months, anchor=line.anchor)

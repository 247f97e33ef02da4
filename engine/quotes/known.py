"""Which lines of a request were priced before, under the same header of the same rule book."""

from __future__ import annotations

from collections.abc import Hashable

from engine.pricing.any_quantity import Derived
from engine.pricing.known_lines import NOTHING_KNOWN, Known, KnownLines
from engine.pricing.request import STATED
from engine.quotes.request import NO_MORE, QuoteRequest

LONGEST_HEADER = 4_000
"""Facts and codes of more letters are met once, mostly; there is room for many headers, none of which may be large."""


def known_of(request: QuoteRequest, book: KnownLines) -> Known:
    """What is known of the lines of a request."""
    header = header_of(request) if book.is_open else None
    if header is None:
        return NOTHING_KNOWN
    shelf = book.under(header)
    known, lines = shelf.lines, request.lines
    if not known:
        return Known((), shelf)
    try:
        found = [known.get((line.sku, line.quantity)) if line[STATED:] == NO_MORE else None for line in lines]
        if None in found and shelf.products:
            derived = Derived(shelf, request.currency)
            for place, line in enumerate(lines):
                if found[place] is None and line[STATED:] == NO_MORE:
                    found[place] = derived.line(line.sku, line.quantity)
    except TypeError:  # a quantity that is no number and has no hash is refused by those who look at it
        return NOTHING_KNOWN
    if not any(found):
        return Known((), shelf)
    names = {line.id for line in lines}
    return Known(found, shelf, all(found) and len(names) == len(lines) and "" not in names)


def header_of(request: QuoteRequest) -> Hashable | None:
    """Everything that a line may hang on beside itself, by how it is written: 1, 1.0 and true are not the same.

    None for what is hardly met again: past orders that count towards tiers, many facts and long codes.
    """
    if request.past:
        return None
    facts = repr((request.customer, request.header, request.codes, request.term_months, request.redeemed))
    return (request.date, request.currency, facts) if len(facts) <= LONGEST_HEADER else None

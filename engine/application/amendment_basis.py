"""What a line of a change is a percent of: lines that go on untouched are no lines of its quote, and count nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.application.content import Content, find_book, price
from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.application.successors import asked_lines
from engine.catalog import Catalog, LineId, Sku
from engine.contracts import Amendment, Contract, LineInForce, lines_in_force, runs_on
from engine.diagnostics import Code, Fault, Refusal
from engine.quotes.evaluation import PricedQuote
from engine.quotes.request import NONE, RequestedLine

BASIS_GOES_ON = Code("CON035")
MOST_NAMED = 5


def basis_faults(
    env: Environment, reader: Reader, amendment: Amendment, offer: tuple[Content, PricedQuote], *, tenant: str
) -> tuple[Fault, ...]:
    """Lines of an offered change that would cost something else if the lines that go on were lines of the quote, too.

    Only a percent of other lines can: support at 25 % of a platform that the customer has already came to nothing.
    """
    content, priced = offer
    active = find_book(env, tenant, book_hash=priced.rule_book, day=priced.request.date)
    contract = reader.get(Contract, amendment.contract)
    if isinstance(active, Refusal) or contract is None:
        return ()
    percents = active.parts.plan.percent_of
    asked = {each.id: n for n, each in enumerate(priced.request.lines) if each.sku in percents}
    untouched = untouched_lines(contract, amendment, active.parts.catalog)
    if not asked or not untouched:
        return ()
    whole = replace(content, lines=(*content.lines, *as_they_run(reader, contract, amendment, untouched)))
    found = price(env, reader, whole, today=priced.request.date, tenant=tenant, book_hash=priced.rule_book)
    with_all = {} if isinstance(found, Refusal) else {each.id: each for each in found.priced.lines}
    return tuple(
        _fault(f"lines[{asked[each.id]}]", each.sku, untouched)
        for each in priced.priced.lines
        if each.id in asked and (each.id not in with_all or with_all[each.id].stage_amount != each.stage_amount)
    )


def untouched_lines(contract: Contract, amendment: Amendment, catalog: Catalog) -> Mapping[str, LineInForce]:
    """The lines that go on as they are and what was sold once, as far as a rule book sells them still."""
    ended = {each.line for each in amendment.successions}
    sold = {
        each.line.id: each for each in lines_in_force(contract) if each.line.is_one_time and not each.was_taken_back
    }
    states = (*runs_on(contract, amendment.effective).items(), *sold.items())
    return {key: each for key, each in states if key not in ended and each.line.sku in catalog.products}


def as_they_run(
    reader: Reader, contract: Contract, amendment: Amendment, untouched: Mapping[str, LineInForce]
) -> Iterator[RequestedLine]:
    """Lines of a contract as a quote would ask for them from the day of a change on."""
    asked = asked_lines(reader, contract)
    for state in untouched.values():
        line = state.line
        before = asked.get(line.id) or RequestedLine(LineId(line.id), Sku(line.sku), line.quantity)
        is_part = line.parent in untouched
        yield before._replace(
            id=LineId(line.id),
            parent=LineId(line.parent) if is_part else None,
            group=before.group if is_part else "",
            quantity=before.quantity if is_part or not line.parent else line.quantity,
            start=None if line.is_one_time else max(amendment.effective, line.start),
            end=state.end,
            term_months=None,
            segment=0,
            uplift_percent=NONE,
            segment_price=None,
            anchor=None,
        )


def _fault(field: str, sku: Sku, untouched: Mapping[str, LineInForce]) -> Fault:
    """Named as changes at the quantity they have, running lines are lines of the quote, and count at their price."""
    running = [
        each.line for each in untouched.values() if not each.line.is_one_time and each.line.parent not in untouched
    ]
    named = ", ".join(f"`{each.id}` at {each.quantity.normalize():f}" for each in running[:MOST_NAMED])
    named += ", ..." if len(running) > MOST_NAMED else ""
    message = f"`{sku}` is a percent of lines that go on unchanged, which the quote of a change does not have"
    hint = f"change the lines that it counts, too, to the quantity that they have (running: {named})"
    if not named:
        hint = "what was sold once cannot be counted again: offer a product with a price of its own"
    return Fault(BASIS_GOES_ON, field, message, hint)

"""The lines of a contract that run beside the quote of a change: what is a percent of others counts them, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.application.content import Content, find_book, request_of
from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.application.rule_books import ActiveBook
from engine.application.stated import Carried
from engine.application.successors import asked_lines, prices_include_tax, stated_amount
from engine.catalog import Catalog, ChargeKind, LineId, Sku
from engine.contracts import Amendment, Contract, LineInForce, SubscriptionLine, lines_in_force, runs_on
from engine.diagnostics import Refusal
from engine.money import HALF_UP, Money, UnitPrice, settle, step
from engine.pricing.request import TaxState
from engine.quotes.evaluation import priced_alone
from engine.quotes.request import NONE, RequestedLine, RunningLine


def with_running(
    env: Environment, reader: Reader, content: Content, amendment: Amendment | None, *, today: date, tenant: str
) -> Content:
    """What a change asks for, with the lines that go on beside it where one of its own is a percent of others."""
    if amendment is None:
        return content
    day = content.date or today
    active = find_book(env, tenant, book_hash="", day=day)
    contract = reader.get(Contract, amendment.contract)
    if isinstance(active, Refusal) or contract is None:
        return content
    percents = active.parts.plan.percent_of
    if not any(each.sku in percents for each in content.lines):
        return replace(content, running=())
    untouched = untouched_lines(contract, amendment, active.parts.catalog)
    return replace(content, running=running_lines(reader, content, amendment, untouched, active=active, day=day))


def running_lines(
    reader: Reader,
    content: Content,
    amendment: Amendment,
    states: Mapping[str, LineInForce],
    *,
    active: ActiveBook,
    day: date,
) -> tuple[RunningLine, ...]:
    """Lines of a contract that run from the day of a change on, by the list of today and as they were agreed."""
    contract = reader.get(Contract, amendment.contract)
    if contract is None or not states:
        return ()
    asked, signed = tuple(as_they_run(reader, contract, amendment, states)), asked_lines(reader, contract)
    in_segments = tuple(_of_segment(each, signed.get(each.id)) for each in asked)
    listed = _listed(reader, replace(content, lines=in_segments), active, day)
    inclusive = prices_include_tax(active.parts.plan)
    return tuple(
        RunningLine(
            each,
            listed.get(each.id, _of_quantity(state.line, state.line.list_price).minor_units),
            _agreed(state.line, inclusive=inclusive).minor_units,
        )
        for each, state in zip(asked, states.values(), strict=True)
    )


def untouched_lines(contract: Contract, amendment: Amendment, catalog: Catalog) -> Mapping[str, LineInForce]:
    """The lines that go on as they are and what was sold once, as far as a rule book knows them still."""
    ended = {each.line for each in amendment.successions}
    return {
        key: each
        for key, each in _goes_on(contract, amendment)
        if key not in ended and each.line.sku in catalog.products
    }


def unknown_lines(contract: Contract, amendment: Amendment, catalog: Catalog) -> tuple[str, ...]:
    """Lines that go on although a rule book does not know their products any more."""
    return tuple(key for key, each in _goes_on(contract, amendment) if each.line.sku not in catalog.products)


def _goes_on(contract: Contract, amendment: Amendment) -> Iterator[tuple[str, LineInForce]]:
    yield from runs_on(contract, amendment.effective).items()
    for each in lines_in_force(contract):
        if each.line.is_one_time and not each.was_taken_back:
            yield each.line.id, each


def as_they_run(
    reader: Reader, contract: Contract, amendment: Amendment, states: Mapping[str, LineInForce]
) -> Iterator[RequestedLine]:
    """Lines of a contract as a quote would ask for them from the day of a change on."""
    asked = asked_lines(reader, contract)
    for state in states.values():
        line = state.line
        before = asked.get(line.id) or RequestedLine(LineId(line.id), Sku(line.sku), line.quantity)
        is_part = line.parent in states
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


def _of_segment(line: RequestedLine, signed: RequestedLine | None) -> RequestedLine:
    """A running line as the segment of a ramp that it was signed as: the list of each is one of its own."""
    if signed is None or not signed.segment:
        return line
    return line._replace(
        segment=signed.segment, uplift_percent=signed.uplift_percent, segment_price=signed.segment_price
    )


def _listed(reader: Reader, content: Content, active: ActiveBook, day: date) -> Mapping[LineId, int]:
    """What lines cost by the list of a day; those that it has no price for are left out."""
    bare = replace(content, manual=(), codes=(), running=(), ramps={}, only_ends=False)
    bare = replace(bare, carried=Carried(content.carried.customer, content.carried.header, content.lines))
    request = request_of(reader, bare, active, day)
    if isinstance(request, Refusal):
        return {}
    request = replace(request, tax_state=TaxState.OPEN)
    found = priced_alone(request, active.parts)
    if isinstance(found, Refusal):
        wrong = {each.field.partition("]")[0] for each in found.faults}
        sound = tuple(each for n, each in enumerate(request.lines) if f"lines[{n}" not in wrong)
        found = priced_alone(request.with_lines(sound), active.parts)
    return {} if isinstance(found, Refusal) else {each.id: each.list_amount for each in found.lines}


def _agreed(line: SubscriptionLine, *, inclusive: bool) -> Money:
    """What was agreed for one charge period, of usage for the estimate."""
    if line.charge.kind is ChargeKind.USAGE:
        return _of_quantity(line, line.unit_price)
    return stated_amount(line, inclusive=inclusive)


def _of_quantity(line: SubscriptionLine, unit: Decimal) -> Money:
    return settle(UnitPrice(step(unit), line.amount.currency), quantity=line.quantity, rounding=HALF_UP)

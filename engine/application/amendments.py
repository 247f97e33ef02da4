"""Use case on contracts: a change of a running contract is quoted, like anything else that is sold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from engine.application.content import Content, find_book
from engine.application.faults import invalid
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.application.quotes import Draft, create_quote
from engine.application.stated import Carried
from engine.application.successors import (
    Names,
    Pricing,
    agreed,
    asked_lines,
    in_segments,
    parties_of,
    prices_include_tax,
    successor,
)
from engine.catalog import Catalog, ChargeKind, Sku
from engine.contracts import (
    Amendment,
    Contract,
    SubscriptionLine,
    Succession,
    all_lines,
    amendable_faults,
    anchor_of,
    lines_in_force,
    runs_on,
    with_parts,
)
from engine.contracts.joining import CoTermination, common_end
from engine.diagnostics import Code, Fault, Refusal
from engine.pricing.request import ManualDiscount
from engine.quotes.quote import Quote
from engine.quotes.request import RequestedLine

NOTHING_CHANGED = Code("CON030")
NAMED_TWICE = Code("CON025")
BEFORE_START = Code("CON026")
PART_OF = Code("CON027")
HAS_PARTS = Code("CON028")
TAKEN_ID = Code("CON029")


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line to change: a new quantity in the unit it is sold in, another product; None leaves it."""

    line: str
    quantity: Decimal | None = None
    sku: Sku | None = None
    pricing: Pricing = Pricing.KEPT


@dataclass(frozen=True, slots=True)
class Quoting:
    """How a change is quoted: by whom (empty: the owner of the contract's quote), until when, under which title."""

    valid_until: date
    owner: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class AmendmentWish:
    """What is to change from a day on (None: today); the lines of ``content`` are added."""

    content: Content
    quoting: Quoting
    effective: date | None = None
    changes: tuple[LineChange, ...] = ()
    cancels: tuple[str, ...] = ()
    co_terminate: CoTermination = CoTermination.LAST


def create_amendment_quote(work: Work, contract: Contract, wish: AmendmentWish) -> Quote | Refusal:
    """Keep the quote of a change as a draft: the lines that follow others, and the lines that are added."""
    effective = wish.effective or work.at.date()
    active = find_book(work.env, work.tenant, book_hash="", day=wish.content.date or work.at.date())
    if isinstance(active, Refusal):
        return active
    drawn = _Drawn(work.tx, contract, wish, effective, active.parts.catalog)
    faults = [*drawn.faults()]
    if faults:
        return Refusal(tuple(faults))
    made = create_quote(work, drawn.draft(inclusive=prices_include_tax(active.parts.plan)), etag="")
    return drawn.in_words_of_the_wish(made) if isinstance(made, Refusal) else made


class _Drawn:
    """A change as it is drawn up: what is wrong with it, and the draft that it makes."""

    def __init__(
        self, reader: Reader, contract: Contract, wish: AmendmentWish, effective: date, catalog: Catalog
    ) -> None:
        self.contract, self.wish, self.effective, self.catalog = contract, wish, effective, catalog
        self.asked = asked_lines(reader, contract)
        self.reader = reader
        self.states = {each.line.id: each for each in lines_in_force(contract)}
        self.running = runs_on(contract, effective)
        self.parts: dict[str, list[SubscriptionLine]] = {}
        for each in all_lines(contract):
            self.parts.setdefault(each.parent, []).append(each)

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong, beside what pricing will say."""
        wish, contract = self.wish, self.contract
        if self.effective < contract.start:
            message = f"the contract begins on {contract.start}, after {self.effective}"
            yield Fault(BEFORE_START, "effective", message)
        if not (wish.changes or wish.content.lines or wish.cancels):
            hint = "give lines to change, to add or to cancel"
            yield Fault(NOTHING_CHANGED, "changes", "nothing changes, so there is nothing to quote", hint)
        named = Counter([*(each.line for each in wish.changes), *wish.cancels])
        for n, change in enumerate(wish.changes):
            yield from amendable_faults(self.states, change.line, self.effective, f"changes[{n}].line")
            yield from self._change_faults(change, f"changes[{n}]")
            if named[change.line] > 1:
                yield Fault(NAMED_TWICE, f"changes[{n}].line", f"`{change.line}` is named twice")
        for n, line in enumerate(wish.cancels):
            yield from amendable_faults(self.states, line, self.effective, f"cancels[{n}]")
            if wish.cancels.count(line) > 1:
                yield Fault(NAMED_TWICE, f"cancels[{n}]", f"`{line}` is named twice")
        known = {each.id for each in all_lines(contract)}
        for n, added in enumerate(wish.content.lines):
            if str(added.id) in known:
                message = f"the contract has a line `{added.id}` already"
                yield Fault(TAKEN_ID, f"content.lines[{n}].id", message, "give it another id, or change that line")
        yield from _stated_faults(contract, wish.content)

    def _change_faults(self, change: LineChange, place: str) -> Iterator[Fault]:
        state = self.running.get(change.line)
        if change.quantity is None and change.sku is None and change.pricing is Pricing.KEPT:
            yield invalid(place, f"nothing changes of `{change.line[:80]}`", "give a quantity, a product or a price")
        if state is None:
            return
        if state.line.parent in self.running:
            message = f"`{change.line}` is a part of `{state.line.parent}`"
            yield Fault(PART_OF, f"{place}.line", message, f"change `{state.line.parent}`")
        parts = self.parts.get(change.line, [])
        if change.sku is not None and parts:
            message = f"`{change.line}` has parts, which another product would not have"
            yield Fault(HAS_PARTS, f"{place}.sku", message, "cancel it, and add the other with its parts")
        elif any(each.is_one_time for each in parts):
            message = f"`{change.line}` has parts that are charged once"
            yield Fault(HAS_PARTS, f"{place}.line", message, "add another one, or terminate it")

    def draft(self, *, inclusive: bool) -> Draft:
        """The draft of the change."""
        names = Names(self.contract)
        lines: list[RequestedLine] = []
        kept: list[ManualDiscount] = []
        ends: list[Succession] = []
        owner = parties_of(self.reader, self.contract, self.wish.quoting.owner)
        for change in self.wish.changes:
            for key in self._with_parts(change.line):
                state = self.running.get(key)
                if state is None:
                    continue
                on = max(self.effective, state.line.start)
                made = successor(self.asked, state, names, start=on, end=state.end)
                if key == change.line:
                    made = _changed(made, change, self.catalog)
                lines.append(made)
                ends.append(Succession(key, on, str(made.id)))
                if change.pricing is Pricing.KEPT and change.sku is None:
                    kept += agreed(state.line, made.id, self.contract.id, owner.owner, inclusive=inclusive)
        for key in with_parts(self.contract, self.wish.cancels):
            state = self.running.get(key)
            if state is not None:
                ends.append(Succession(key, max(self.effective, state.line.start)))
        content = replace(
            self.wish.content,
            lines=(*(self._added(each) for each in self.wish.content.lines), *in_segments(lines, self.catalog)),
            currency=self.contract.currency.code,
            customer=self.contract.customer,
            start=self.effective,
            term_months=None,
            manual=(*self.wish.content.manual, *kept),
            carried=_carried(self.reader, self.contract),
            only_ends=bool(self.wish.cancels),
        )
        amendment = Amendment(self.contract.id, len(self.contract.changes), self.effective, successions=tuple(ends))
        quoting = self.wish.quoting
        return Draft(content, owner, quoting.valid_until, quoting.title, amendment)

    def in_words_of_the_wish(self, refusal: Refusal) -> Refusal:
        """The faults of lines that follow others by the change that asks for them; others are those of ``content``."""
        added, changes = len(self.wish.content.lines), self.wish.changes
        asked = [n for n, each in enumerate(changes) for key in self._with_parts(each.line) if key in self.running]

        def placed(fault: Fault) -> Fault:
            head, _, rest = fault.field.partition("]")
            name, _, number = head.partition("[")
            at = int(number) - added if name == "lines" and number.isdecimal() else -1
            return replace(fault, field=f"changes[{asked[at]}]{rest}") if at >= 0 else fault

        return Refusal(tuple(placed(each) for each in refusal.faults))

    def _with_parts(self, line: str) -> tuple[str, ...]:
        """A line with the parts that come with it; most have none."""
        return with_parts(self.contract, [line]) if line in self.parts else (line,)

    def _added(self, line: RequestedLine) -> RequestedLine:
        """An added line; what is charged every period ends with the contract, when it says no term of its own."""
        product = self.catalog.products.get(line.sku)
        if product is None or product.charge.kind is ChargeKind.ONE_TIME or line.term_months or line.end:
            return line
        start = line.start or self.effective
        line = line._replace(start=start, anchor=anchor_of(self.contract, product.charge, start))
        if self.wish.content.term_months:
            return line._replace(term_months=self.wish.content.term_months)
        end = common_end([each.end for each in self.running.values()], self.wish.co_terminate)
        return line if end is None else line._replace(end=end)


def _changed(line: RequestedLine, change: LineChange, catalog: Catalog) -> RequestedLine:
    quantity = line.quantity if change.quantity is None else change.quantity
    if change.sku is None:
        return line._replace(quantity=quantity)
    product = catalog.products.get(change.sku)
    once = product is not None and product.charge.kind is ChargeKind.ONE_TIME
    swapped = RequestedLine(line.id, change.sku, quantity, start=line.start)
    return swapped if once else swapped._replace(end=line.end, anchor=line.anchor)


def _stated_faults(contract: Contract, content: Content) -> Iterator[Fault]:
    if content.customer and content.customer != contract.customer:
        yield invalid("content.customer", f"the contract is with `{contract.customer}`", "leave it empty")
    if content.currency and content.currency != contract.currency.code:
        yield invalid("content.currency_code", f"the contract is in {contract.currency.code}", "leave it empty")
    if content.start is not None:
        yield invalid("content.start", "a change begins on its effective day", "give `effective`")


def _carried(reader: Reader, contract: Contract) -> Carried:
    """The facts that the contract was priced with, where the request does not say others."""
    quote = reader.get(Quote, contract.quote)
    if quote is None:
        return Carried({}, {})
    return Carried(quote.request.customer, quote.request.header)

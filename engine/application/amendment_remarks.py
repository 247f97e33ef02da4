"""What whoever signs a change should know: prices that are kept although the rules would give others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.application.amendment_basis import as_they_run, running_lines, unknown_lines, untouched_lines
from engine.application.content import Content, find_book, price
from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.application.quotes import content_of
from engine.application.rule_books import ActiveBook
from engine.catalog import LineId
from engine.contracts import Amendment, AmendmentKind, Contract, LineInForce, runs_on
from engine.diagnostics import Refusal
from engine.money import Money
from engine.pricing.result import PricedLine
from engine.quotes.quote import Quote


def remarks_of(env: Environment, reader: Reader, quote: Quote, *, tenant: str) -> tuple[str, ...]:
    """The remarks on the quote of a change; a renewal says itself where its prices come from."""
    amendment = quote.amendment
    if amendment is None or amendment.kind is not AmendmentKind.AMENDMENT:
        return ()
    contract = reader.get(Contract, amendment.contract)
    assert contract is not None, "contracts are never deleted"
    changed = _Changed(env, reader, quote, amendment, contract, tenant)
    return (*changed.dearer_than_rules(), *changed.percents_that_stay(), *changed.not_counted())


@dataclass(frozen=True, slots=True)
class _Changed:
    """A change of a contract, priced in other ways to compare."""

    env: Environment
    reader: Reader
    quote: Quote
    amendment: Amendment
    contract: Contract
    tenant: str

    def dearer_than_rules(self) -> Iterator[str]:
        """Changed lines whose kept price is more than the rules ask: with more units, lower tiers begin."""
        content, followed = self._content(), self.amendment.followed
        kept = {
            each.target for each in content.manual if each.id == f"agreed.{each.target}" and each.target in followed
        }
        if not kept:
            return
        manual = tuple(each for each in content.manual if each.id != f"agreed.{each.target}")
        by_rules = self._priced(replace(content, manual=manual))
        for line in self.quote.priced.priced.lines:
            found = by_rules.get(line.id)
            if line.id in kept and found is not None and found.net < line.net:
                amounts = f"{self._money(line.net)}; by the rules it would be {self._money(found.net)}"
                yield f"`{line.id}` keeps the agreed price of a unit: {amounts} (`price: rules`, --by-rules)"

    def percents_that_stay(self) -> Iterator[str]:
        """Lines that go on at an agreed price although they are a percent of lines that the change touches: those that
        it leaves as they are, and those that it names without `price: rules`.
        """
        priced = self.quote.priced
        active = find_book(self.env, self.tenant, book_hash=priced.rule_book, day=priced.request.date)
        if isinstance(active, Refusal):
            return
        percents = active.parts.plan.percent_of
        untouched = untouched_lines(self.contract, self.amendment, active.parts.catalog)
        running = runs_on(self.contract, self.amendment.effective)
        staying = {key: key for key, each in untouched.items() if each.line.sku in percents and key in running}
        content, followed = self._content(), self.amendment.followed
        kept = {each.target for each in content.manual if each.id == f"agreed.{each.target}"}
        named = {followed[by]: by for by in kept & followed.keys() if running[followed[by]].line.sku in percents}
        if not (staying or named):
            return
        whole = untouched_lines(self.contract, replace(self.amendment, successions=()), active.parts.catalog)
        manual = tuple(each for each in content.manual if each.target not in named.values())
        was = {key: each for key, each in whole.items() if key in staying or key in named}
        before = self._beside(replace(content, lines=(), manual=()), active, was, whole)
        goes_on = {key: each for key, each in untouched.items() if key in staying}
        after = self._beside(replace(content, manual=manual), active, goes_on, untouched)
        for key, name in (staying | named).items():
            old, new, line = before.get(LineId(key)), after.get(LineId(name)), running[key].line
            if old is not None and new is not None and old.unit != new.unit:
                amounts = f"from {self._money(old.stage_amount)} to {self._money(new.stage_amount)}"
                stays = f"`{name}` stays at {self._money(line.amount.minor_units)} as agreed"
                yield f"{stays}, but {line.sku} is a percent of lines that change: by the rules it would go {amounts}"

    def not_counted(self) -> Iterator[str]:
        """Added percents of others beside lines whose products the rule book does not know any more."""
        priced = self.quote.priced
        active = find_book(self.env, self.tenant, book_hash=priced.rule_book, day=priced.request.date)
        if isinstance(active, Refusal):
            return
        percents = active.parts.plan.percent_of
        unknown = unknown_lines(self.contract, self.amendment, active.parts.catalog)
        for line in priced.request.lines if unknown else ():
            if line.sku in percents:
                named = ", ".join(f"`{each}`" for each in unknown)
                yield f"`{line.id}` is a percent of others and does not count {named}: the rule book lost its product"

    def _beside(
        self, content: Content, active: ActiveBook, asked: Mapping[str, LineInForce], whole: Mapping[str, LineInForce]
    ) -> dict[LineId, PricedLine]:
        """What lines of the contract come to when they are asked for again, beside the rest of it."""
        reader, amendment, day = self.reader, self.amendment, self.quote.priced.request.date
        rest = {key: each for key, each in whole.items() if key not in asked}
        running = running_lines(reader, content, amendment, rest, active=active, day=day)
        lines = (*content.lines, *as_they_run(reader, self.contract, amendment, asked))
        return self._priced(replace(content, lines=lines, running=running))

    def _content(self) -> Content:
        return content_of(self.quote.request, self.quote.parties.customer)

    def _priced(self, content: Content) -> dict[LineId, PricedLine]:
        """The lines by id; none where the rules cannot price them so."""
        priced = self.quote.priced
        found = price(
            self.env,
            self.reader,
            content,
            today=priced.request.date,
            tenant=self.tenant,
            book_hash=priced.rule_book,
        )
        return {} if isinstance(found, Refusal) else {each.id: each for each in found.priced.lines}

    def _money(self, amount: int) -> str:
        return str(Money(amount, self.contract.currency))

"""All that the billing of one contract reads, loaded together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from engine.application.content import find_book
from engine.application.coupons import coupons_of
from engine.application.kept_usage import StoredUsage
from engine.application.paging import every
from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.application.rule_books import ActiveBook
from engine.application.taxes import Offer, included_percents, tax_table
from engine.billing import (
    BillingPolicy,
    BillLine,
    Coupon,
    CreditNote,
    Documents,
    Invoice,
    TaxTable,
    missing_lines,
    priced_lines,
    sort_onto_documents,
)
from engine.billing.policy import ArrearsBilled
from engine.contracts import Contract, Delivery, UsageRecord
from engine.diagnostics import Refusal
from engine.orders.delivery import deliveries
from engine.orders.order import Order
from engine.quotes.evaluation import PricedQuote
from engine.quotes.quote import Quote
from engine.rulebook.parts import billing_policy


@dataclass(frozen=True, slots=True)
class BillOfContract:
    """A contract with what was delivered, used, billed and credited under it, and the policies of its rule book.

    What is void is not among it. ``coupons`` are those of the customer, as its drafts have left them.
    """

    contract: Contract
    deliveries: tuple[Delivery, ...]
    usage: tuple[UsageRecord, ...]
    invoices: tuple[Invoice, ...]
    notes: tuple[CreditNote, ...]
    policy: BillingPolicy
    taxes: TaxTable
    coupons: tuple[Coupon, ...] = ()

    @property
    def existing(self) -> tuple[BillLine, ...]:
        """The lines of all its documents."""
        billed = [line for each in self.invoices for line in each.lines]
        return (*billed, *(line for each in self.notes for line in each.lines))

    def missing(self, until: date, *, today: date) -> tuple[BillLine, ...]:
        """What is due by a day and not billed yet; on a day ahead no usage is too late that is not too late today."""
        return self.missing_by((today, until))

    def missing_by(self, days: Sequence[date]) -> tuple[BillLine, ...]:
        """What runs bill together, one on each of the days up to the last of them.

        A single run to the last day would find less of late usage, and bill what runs in arrears on another day.
        """
        until = days[-1]
        found: tuple[BillLine, ...] = ()
        at_once = not self.usage and self.policy.arrears is ArrearsBilled.AT_END
        for day in (until,) if at_once else sorted({each for each in days if each <= until}):
            billed = (*self.existing, *found)
            found += missing_lines(self.contract, self.deliveries, self.usage, billed, day, self.policy)
        return tuple(sorted(found, key=lambda each: each.due_on))

    def documents(self, lines: Sequence[BillLine]) -> Documents:
        """Missing lines sorted onto the documents that they go onto, with invoices of nothing as the policy wants."""
        zero, priced = self.policy.zero_invoices, priced_lines(self.contract)
        return sort_onto_documents(lines, self.invoices, zero=zero, priced=priced)


def orders_of(reader: Reader, contract: Contract) -> tuple[Order, ...]:
    """The order of a contract, and those of its amendments, in the order of signing."""
    keys = [contract.order, *(each.order for each in contract.changes if each.order)]
    found = (reader.get(Order, key) for key in keys)
    return tuple(each for each in found if each is not None)


def bill_of(
    env: Environment,
    reader: Reader,
    contract: Contract,
    tenant: str,
    *,
    proposed: PricedQuote | None = None,
    usage: Iterable[UsageRecord] | None = None,
) -> BillOfContract | Refusal:
    """Load the bill of a contract as it stands, which may be about to be saved.

    ``proposed`` is the priced offer of its latest change while that is only a preview, ``usage`` is for who needs none
    of it or has it (None: all that was reported).
    """
    active = find_book(env, tenant, book_hash=contract.rule_book, day=contract.start)
    if isinstance(active, Refusal):
        return active
    offers = _offers(env, reader, contract, tenant, active, proposed)
    if isinstance(offers, Refusal):
        return offers
    policy = _with_later_models(env, contract, tenant, billing_policy(active.book, contract.currency.code))
    taxes = tax_table(contract, offers)
    return BillOfContract(
        contract=contract,
        deliveries=tuple(each for order in orders_of(reader, contract) for each in deliveries(order)),
        usage=tuple(_reported(reader, contract) if usage is None else usage),
        invoices=tuple(each for each in every(reader, Invoice, contract=contract.id) if not each.is_void),
        notes=tuple(each for each in every(reader, CreditNote, contract=contract.id) if not each.is_void),
        policy=replace(policy, included_percents=included_percents(taxes, active.parts)),
        taxes=taxes,
        coupons=coupons_of(reader, contract.customer),
    )


def _reported(reader: Reader, contract: Contract) -> Iterator[UsageRecord]:
    return (each.record for each in every(reader, StoredUsage, contract=contract.id))


def _offers(
    env: Environment,
    reader: Reader,
    contract: Contract,
    tenant: str,
    first: ActiveBook,
    proposed: PricedQuote | None,
) -> tuple[Offer, ...] | Refusal:
    """The offers that a contract and its changes were signed from, in order, with the books that priced them."""
    signed = [(contract.quote, contract.quote_version, contract.rule_book)]
    signed += [(each.quote, each.quote_version, each.rule_book) for each in contract.changes if each.quote]
    found: list[Offer] = []
    for n, (key, version, book) in enumerate(signed):
        active = first if book == contract.rule_book else find_book(env, tenant, book_hash=book, day=contract.start)
        if isinstance(active, Refusal):
            return active
        is_last = n == len(signed) - 1
        quote = None if is_last and proposed is not None else reader.get(Quote, key)
        offer = quote.offer(version) if quote is not None else None
        priced = offer.priced if offer is not None else proposed if is_last else None
        found.append(Offer(priced, active.parts))
    return tuple(found)


def _with_later_models(env: Environment, contract: Contract, tenant: str, policy: BillingPolicy) -> BillingPolicy:
    """The policy with the price models of later books, under the names that the lines of amendments give them."""
    books = {each.rule_book for each in contract.changes if each.rule_book} - {contract.rule_book}
    models = dict(policy.models)
    for key in sorted(books):
        active = env.books.get(tenant, key)
        if active is not None:
            later = billing_policy(active.book, contract.currency.code).models
            models |= {f"{name}@{key}": model for name, model in later.items()}
    return replace(policy, models=MappingProxyType(models)) if books else policy

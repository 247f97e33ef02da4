"""All that the billing of one contract reads, loaded together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from engine.application.content import find_book
from engine.application.paging import every
from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.application.taxes import included_percents, tax_table
from engine.application.usage import StoredUsage
from engine.billing import BillingPolicy, BillLine, CreditNote, Invoice, TaxTable, missing_lines
from engine.contracts import Contract, Delivery, UsageRecord
from engine.diagnostics import Refusal
from engine.orders.delivery import deliveries
from engine.orders.order import Order
from engine.rulebook.parts import billing_policy


@dataclass(frozen=True, slots=True)
class BillOfContract:
    """A contract with what was delivered, used, billed and credited under it, and the policies of its rule book."""

    contract: Contract
    deliveries: tuple[Delivery, ...]
    usage: tuple[UsageRecord, ...]
    invoices: tuple[Invoice, ...]
    notes: tuple[CreditNote, ...]
    policy: BillingPolicy
    taxes: TaxTable

    @property
    def existing(self) -> tuple[BillLine, ...]:
        """The lines of all its documents."""
        billed = [line for each in self.invoices for line in each.lines]
        return (*billed, *(line for each in self.notes for line in each.lines))

    def missing(self, until: date) -> tuple[BillLine, ...]:
        """What is due by a day and not billed yet."""
        return missing_lines(self.contract, self.deliveries, self.usage, self.existing, until, self.policy)


def bill_of(env: Environment, reader: Reader, contract: Contract, tenant: str) -> BillOfContract | Refusal:
    """Load the bill of a contract as it stands, which may be about to be saved."""
    active = find_book(env, tenant, book_hash=contract.rule_book, day=contract.start)
    if isinstance(active, Refusal):
        return active
    order = reader.get(Order, contract.order)
    policy = billing_policy(active.book, contract.currency.code)
    taxes = tax_table(reader, contract, active.parts)
    return BillOfContract(
        contract=contract,
        deliveries=deliveries(order) if order is not None else (),
        usage=tuple(each.record for each in every(reader, StoredUsage, contract=contract.id)),
        invoices=tuple(every(reader, Invoice, contract=contract.id)),
        notes=tuple(every(reader, CreditNote, contract=contract.id)),
        policy=replace(policy, included_percents=included_percents(taxes, active.parts)),
        taxes=taxes,
    )

"""A contract of one line, lived through what is stated, reported, billed and recognised, with all that was booked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from engine.ledger import (
    Fact,
    FactKey,
    GoodsExpectedBack,
    GoodsKept,
    GoodsSold,
    InvoiceFinalized,
    PaymentReceived,
    Trace,
    TracedAmount,
    present,
)
from engine.money import WHOLE, Money, Ratio
from engine.periods import Period, add_months
from engine.revenue import (
    Promise,
    RecognitionPolicy,
    RevenueContract,
    Stated,
    Timing,
    obligations_of,
    open_contract,
    recognise,
    record_billed,
    report,
    report_progress,
)
from engine.revenue.progress import ProgressMeasure
from tests.conformance.adapters.revenue_case import text, value_of
from tests.ledger.journal import Journal, balances_of, post_all

START = date(2025, 1, 1)
LINE = "line"
GOODS = (GoodsSold, GoodsExpectedBack, GoodsKept)


class Lived:
    """A contract of one line on its way; usage has no price before it is billed."""

    def __init__(self, price: Money, timing: Timing = Timing.POINT_IN_TIME) -> None:
        policy = RecognitionPolicy("policy", timing)
        promise = Promise(
            LINE,
            "product",
            price,
            Period(START, add_months(START, 12)),
            policy,
            priced_as_billed=timing is Timing.USAGE,
        )
        obligations = value_of(obligations_of([promise]))
        self.contract: RevenueContract = open_contract(
            "c", customer="acme", inception=START, obligations=obligations, currency=price.currency
        )
        self.facts: list[Fact] = []
        self.trace = Trace(contract="c", customer="acme", invoice="i")

    def state(self, statement: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        stated: Stated = value_of(statement(self.contract, *arguments, **named))
        self.contract = stated.contract
        self.facts += stated.facts

    def deliver(self, on: date, done: Ratio = WHOLE) -> None:
        self.contract = value_of(report(self.contract, LINE, on=on, done=done))

    def progress(self, on: date, measure: ProgressMeasure) -> None:
        self.state(report_progress, LINE, on=on, measure=measure)

    def use(self, on: date, amount: Money) -> None:
        """Usage of a day was billed."""
        self.contract = value_of(record_billed(self.contract, LINE, service=Period.through(on, on), amount=amount))

    def invoice(self, on: date, net: Money) -> None:
        self.facts.append(InvoiceFinalized(FactKey("i"), on, "i", "acme", (TracedAmount(net, self.trace),)))

    def pay(self, on: date, amount: Money) -> None:
        self.facts.append(PaymentReceived(FactKey("p"), on, amount, self.trace))

    def run(self, until: date) -> Money:
        """Recognise up to a day; what that was in revenue."""
        before = self.recognised
        found = recognise(self.contract, until=until)
        self.contract = found.contract
        self.facts += found.facts
        return self.recognised - before

    @property
    def recognised(self) -> Money:
        """What was handed to the ledger."""
        return sum((each.recognised for each in self.contract.accounts), Money.zero(self.contract.currency))

    def balance(self, account: str) -> Money:
        """What stands on an account, whichever side it is on."""
        entries = value_of(post_all(Journal(), self.facts)).value.entries
        found = [each.balance for each in balances_of(entries) if each.account == account]
        return abs(found[0]) if found else Money.zero(self.contract.currency)

    def entries(self, label: Callable[[date], str], *, goods: bool | None = None) -> list[Any]:
        """The entries by day; ``goods`` shows those of goods or all others, None both."""
        facts = [each for each in self.facts if goods is None or isinstance(each, GOODS) == goods]
        shown = []
        for each in present(value_of(post_all(Journal(), facts)).value.entries):
            net: dict[str, Money] = {}
            for line in each.lines:
                net[line.account] = net.get(line.account, Money.zero(self.contract.currency)) + line.amount
            lines = [
                {"account": account, "dr" if amount.minor_units > 0 else "cr": text(abs(amount))}
                for account, amount in sorted(net.items(), key=lambda pair: pair[1].minor_units < 0)
                if not amount.is_zero
            ]
            if lines:
                shown.append({"date": label(each.on), "lines": lines})
        return shown

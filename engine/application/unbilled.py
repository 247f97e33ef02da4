"""What is due of contracts and on no final invoice: worked out as a billing run would, and saved nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engine.application.bill_of_contract import BillOfContract, bill_of
from engine.application.paging import every
from engine.application.perform import DEFAULT_TENANT, Environment
from engine.application.ports import Reader
from engine.contracts import Contract
from engine.diagnostics import Refusal
from engine.metrics import UnbilledLine


def unbilled_lines(env: Environment, reader: Reader, until: date) -> tuple[UnbilledLine, ...] | Refusal:
    """The lines of all contracts that are due by a day and not finally billed so far."""
    found: list[UnbilledLine] = []
    for contract in every(reader, Contract):
        bill = bill_of(env, reader, contract, DEFAULT_TENANT)
        if isinstance(bill, Refusal):
            return bill
        found += _unbilled(contract, bill, until)
    return tuple(found)


def _unbilled(contract: Contract, bill: BillOfContract, until: date) -> Iterator[UnbilledLine]:
    drafted = (line for each in bill.invoices if not each.is_final for line in each.lines)
    missing = bill.missing_by((until,))
    for lines, is_drafted in ((missing, False), (drafted, True)):
        for line in lines:
            if line.due_on <= until:
                yield UnbilledLine(
                    contract.id, contract.customer, line.quote_line, line.sku, line.due_on, line.amount, is_drafted
                )

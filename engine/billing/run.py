"""A billing run: missing lines sorted onto the documents they belong to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from engine.billing.invoice import Invoice
from engine.billing.line import BillLine, LineKind
from engine.billing.policy import ZeroInvoices
from engine.contracts import Contract, all_lines

NO_LINES: Mapping[date, tuple[BillLine, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Documents:
    """Lines by the document they go onto: charges by the day of their invoice, credits by the invoice they correct.

    ``credits`` are for final invoices and become credit notes; ``drafts`` are for drafts, which take them as lines.
    ``free`` are the days on which all that is due costs nothing and no invoice is wanted: their lines stay missing.
    """

    invoices: Mapping[date, tuple[BillLine, ...]]
    credits: Mapping[str, tuple[BillLine, ...]]
    drafts: Mapping[str, tuple[BillLine, ...]]
    free: Mapping[date, tuple[BillLine, ...]] = field(default_factory=lambda: NO_LINES)


def sort_onto_documents(
    lines: Sequence[BillLine],
    invoices: Sequence[Invoice],
    *,
    zero: ZeroInvoices = ZeroInvoices.ALWAYS,
    priced: Collection[str] = (),
) -> Documents:
    """Give each due day its invoice, each final invoice whose lines are credited its credit note, and each draft the
    credits of its own lines: so no draft comes to less than nothing.

    ``priced`` are the contract lines with a list price, for invoices of nothing as ``zero`` wants them.
    """
    holder = {line.id: invoice for invoice in invoices for line in invoice.lines}
    charges: dict[date, list[BillLine]] = {}
    credits: dict[str, list[BillLine]] = {}
    drafts: dict[str, list[BillLine]] = {}
    for line in lines:
        credited = holder.get(line.credits)
        if credited is None:
            charges.setdefault(line.due_on, []).append(line)
        else:
            (credits if credited.is_final else drafts).setdefault(credited.id, []).append(line)
    days = {day: tuple(charges[day]) for day in sorted(charges)}
    wanted = {day: own for day, own in days.items() if _is_wanted(own, zero, priced)}
    return Documents(
        wanted,
        {key: tuple(each) for key, each in credits.items()},
        {key: tuple(each) for key, each in drafts.items()},
        {day: own for day, own in days.items() if day not in wanted},
    )


def priced_lines(contract: Contract) -> frozenset[str]:
    """The lines of a contract that have a list price, whatever was taken off it; usage counts for none."""
    return frozenset(each.id for each in all_lines(contract) if each.list_price and not each.usage_model)


def _is_wanted(lines: Sequence[BillLine], zero: ZeroInvoices, priced: Collection[str]) -> bool:
    if zero is ZeroInvoices.ALWAYS or not all(each.amount.is_zero for each in lines):
        return True
    return zero is ZeroInvoices.PRICED and any(_is_given_away(each, priced) for each in lines)


def _is_given_away(line: BillLine, priced: Collection[str]) -> bool:
    return line.kind is not LineKind.USAGE and line.subscription in priced

"""Identities from quote to invoice: quote = order = invoiced less credited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from engine.audit.rows import Rows
from engine.audit.violation import (
    BILLED_TOO_MUCH,
    COUPON_USED,
    CREDITED_TOO_MUCH,
    INVOICE_TOTAL,
    NOT_ALL_BILLED,
    NOT_ORDERED,
    NOT_QUOTED,
    NUMBER_GAP,
    ORDER_DIFFERS,
    Violation,
)


def ordered_as_quoted(rows: Rows) -> Iterator[Violation]:
    """Every line of an ordered quote version has one order item with its net, and no order item comes from nowhere."""
    quoted = {(each.quote, each.version, each.line): each for each in rows.quote_lines}
    ordered: dict[tuple[str, int, str], int] = defaultdict(int)
    accepted = {(each.quote, each.version) for each in rows.order_items}
    for item in rows.order_items:
        key = (item.quote, item.version, item.line)
        ordered[key] += item.net
        if key not in quoted:
            yield Violation(NOT_QUOTED, f"order {item.order} item {item.item}", 0, item.net, item.currency)
    for key, line in quoted.items():
        where = f"quote {line.quote} v{line.version} line {line.line}"
        if key in ordered:
            if ordered[key] != line.net:
                yield Violation(ORDER_DIFFERS, where, line.net, ordered[key], line.currency)
        elif (line.quote, line.version) in accepted:
            yield Violation(NOT_ORDERED, where, line.net, 0, line.currency)


def billed_as_ordered(rows: Rows, at: date) -> Iterator[Violation]:
    """Invoiced less credited is at most an item's net less what was taken back, and is that when billing ends."""
    billed: dict[tuple[str, str], int] = defaultdict(int)
    currencies = {(each.order, each.item): each.currency for each in rows.invoice_lines}
    for line in rows.invoice_lines:
        if not line.as_billed:
            billed[line.order, line.item] += line.net
    for credit in rows.credit_lines:
        currencies.setdefault((credit.order, credit.item), credit.currency)
        if not credit.as_billed:
            billed[credit.order, credit.item] -= credit.net
    items = {(each.order, each.item): each for each in rows.order_items if not each.as_billed}
    for key, item in items.items():
        due, found = item.net - item.taken_back, billed.get(key, 0)
        where = f"order {item.order} item {item.item}"
        if at >= item.billing_ends and found != due:
            yield Violation(NOT_ALL_BILLED, where, due, found, item.currency)
        elif at < item.billing_ends and (found - due) * (1 if due >= 0 else -1) > 0:
            yield Violation(BILLED_TOO_MUCH, where, due, found, item.currency)
    for key in sorted(billed.keys() - items.keys()):
        if billed[key]:
            yield Violation(BILLED_TOO_MUCH, f"order {key[0]} item {key[1]}", 0, billed[key], currencies[key])


def credited_within_billed(rows: Rows) -> Iterator[Violation]:
    """All credits of an invoice line together never exceed it, those on the invoice itself included."""
    nets = {(each.invoice, each.line): each.net for each in rows.invoice_lines}
    for each in rows.invoice_lines:
        if each.credits:
            nets[each.invoice, each.credits] = nets.get((each.invoice, each.credits), 0) + each.net
    currencies = {(each.invoice, each.invoice_line): each.currency for each in rows.credit_lines}
    credited: dict[tuple[str, str], int] = defaultdict(int)
    for credit in rows.credit_lines:
        credited[credit.invoice, credit.invoice_line] += credit.net
    for key, amount in credited.items():
        limit = nets.get(key, 0)
        if key not in nets or amount > max(limit, 0):
            yield Violation(CREDITED_TOO_MUCH, f"invoice {key[0]} line {key[1]}", limit, amount, currencies[key])


def coupons_are_used_as_invoiced(rows: Rows) -> Iterator[Violation]:
    """What is used of a coupon is what invoices and drafts take off for it, or how many of them do."""
    amounts: dict[str, int] = defaultdict(int)
    invoices: dict[str, int] = defaultdict(int)
    currencies = {each.coupon: each.currency for each in rows.discounts}
    for each in rows.discounts:
        amounts[each.coupon] += each.amount
        invoices[each.coupon] += 1
    for coupon in rows.coupons:
        where = f"coupon {coupon.coupon}"
        if coupon.used is not None and coupon.used != amounts[coupon.coupon]:
            unit = currencies.get(coupon.coupon, "")
            yield Violation(COUPON_USED, where, amounts[coupon.coupon], coupon.used, unit)
        if coupon.invoices is not None and coupon.invoices != invoices[coupon.coupon]:
            yield Violation(COUPON_USED, where, invoices[coupon.coupon], coupon.invoices)
    for unknown in sorted(amounts.keys() - {each.coupon for each in rows.coupons}):
        yield Violation(COUPON_USED, f"coupon {unknown}", amounts[unknown], 0, currencies[unknown])


def invoices_add_up(rows: Rows) -> Iterator[Violation]:
    """An invoice's net is the sum of its lines, and the numbers of each series run from the first without a gap."""
    sums: dict[str, int] = defaultdict(int)
    for line in rows.invoice_lines:
        sums[line.invoice] += line.net
    series: dict[str, list[int]] = defaultdict(list)
    for invoice in rows.invoices:
        series[invoice.series].append(invoice.number)
        if not invoice.is_void and sums[invoice.invoice] != invoice.net:
            where = f"invoice {invoice.invoice}"
            yield Violation(INVOICE_TOTAL, where, sums[invoice.invoice], invoice.net, invoice.currency)
    for unknown in sorted(sums.keys() - {each.invoice for each in rows.invoices}):
        lost = next(each.currency for each in rows.invoice_lines if each.invoice == unknown)
        yield Violation(INVOICE_TOTAL, f"invoice {unknown}", sums[unknown], 0, lost)
    for name, numbers in sorted(series.items()):
        numbers.sort()
        for expected, found in enumerate(numbers, numbers[0]):
            if expected != found:
                yield Violation(NUMBER_GAP, f"series {name}", expected, found)
                break

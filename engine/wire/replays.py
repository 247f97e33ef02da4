"""Recorded quotes under another rule book: domain to proto."""

from __future__ import annotations

from cpq.v1 import rule_book_pb2

from engine.application.replay import Effect, Replayed, Summary
from engine.wire.parties import CUSTOMERS
from engine.wire.quotes import QUOTES, STATES, fill_fault

MOST_CUSTOMERS = 100


def fill_replayed(message: rule_book_pb2.ReplayedQuote, found: Replayed) -> None:
    """Set one quote that differs."""
    message.name = f"{QUOTES}/{found.quote}"
    message.customer = f"{CUSTOMERS}/{found.customer}" if found.customer else ""
    message.state = STATES[found.status]  # type: ignore[assignment]
    message.currency_code, message.net_before = found.before.currency.code, found.before.minor_units
    message.net_after = found.after.minor_units if found.after is not None else 0
    for line in found.lines:
        row = message.lines.add(line_id=line.line, sku=line.sku)
        if line.before is not None:
            row.net_before = line.before
        if line.after is not None:
            row.net_after = line.after
    message.rules_gained.extend(found.gained)
    message.rules_lost.extend(found.lost)
    message.approvals_before.extend(found.asked_before)
    message.approvals_after.extend(found.asked_after)
    message.valid_before, message.valid_after = found.was_valid, found.valid
    for fault in found.faults:
        fill_fault(message.faults.add(), fault)


def fill_summary(message: rule_book_pb2.PlanSummary, found: Summary) -> None:
    """Set the sums over all quotes."""
    message.same_count, message.cheaper_count, message.dearer_count = found.same, found.cheaper, found.dearer
    message.refused_count, message.newly_invalid_count = found.refused, found.newly_invalid
    message.approvals_changed_count = found.asked_otherwise
    for code, effect in sorted(found.by_currency.items()):
        _fill_effect(message.currencies.add(currency_code=code), effect)
    largest = sorted(found.by_customer.items(), key=lambda each: (-abs(each[1].after - each[1].before), each[0]))
    for (customer, code), effect in largest[:MOST_CUSTOMERS]:
        row = message.customers.add(currency_code=code, customer=f"{CUSTOMERS}/{customer}" if customer else "")
        _fill_effect(row, effect)
    rules = {*found.gained, *found.lost}
    for rule in sorted(rules, key=lambda each: (-found.gained[each] - found.lost[each], each)):
        message.rules.add(rule=rule, gained_count=found.gained[rule], lost_count=found.lost[rule])


def _fill_effect(message: rule_book_pb2.PlanEffect, effect: Effect) -> None:
    message.quote_count, message.net_before, message.net_after = effect.quotes, effect.before, effect.after

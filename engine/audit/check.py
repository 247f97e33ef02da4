"""The audit: every identity from quote to journal, over plain rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engine.audit.billed import (
    billed_as_ordered,
    coupons_are_used_as_invoiced,
    credited_within_billed,
    invoices_add_up,
    ordered_as_quoted,
)
from engine.audit.earned import (
    allocated_as_billable,
    recognised_as_scheduled,
    scheduled_as_allocated,
    value_is_earned_or_remains,
)
from engine.audit.ledgered import (
    Accounts,
    clearing_is_billed_less_earned,
    entries_sum_to_zero,
    every_event_changed_one_thing,
    invoices_are_booked,
    open_as_booked,
    prepaid_credits_are_owed,
    refunds_are_of_credits,
)
from engine.audit.rows import Rows
from engine.audit.violation import Violation

DEFAULT_ACCOUNTS = Accounts()


def audit(rows: Rows, *, at: date, accounts: Accounts = DEFAULT_ACCOUNTS) -> tuple[Violation, ...]:
    """Check all identities on a day; empty when the books tie out to the cent. The order is that of the identities."""
    return tuple(_all(rows, at, accounts))


def _all(rows: Rows, at: date, accounts: Accounts) -> Iterator[Violation]:
    yield from ordered_as_quoted(rows)
    yield from billed_as_ordered(rows, at)
    yield from credited_within_billed(rows)
    yield from invoices_add_up(rows)
    yield from coupons_are_used_as_invoiced(rows)
    yield from allocated_as_billable(rows)
    yield from scheduled_as_allocated(rows)
    yield from recognised_as_scheduled(rows, accounts)
    yield from value_is_earned_or_remains(rows, accounts)
    yield from entries_sum_to_zero(rows)
    yield from invoices_are_booked(rows, accounts)
    yield from open_as_booked(rows, accounts)
    yield from clearing_is_billed_less_earned(rows, accounts)
    yield from prepaid_credits_are_owed(rows, accounts)
    yield from refunds_are_of_credits(rows)
    yield from every_event_changed_one_thing(rows)

"""What a change of a contract does, on the screen: credits, the schedule before and after, and what is owed at once."""

from __future__ import annotations

from typing import Any

from engine.cli.books import WOULD_GO, say_thrown_away, show_credit_note
from engine.cli.screen import Screen, amount, day, money

LONGEST = 24
"""Rows of a schedule that people are shown; machines are given all."""
TREATMENTS = {
    "separate_contract": "a contract of its own (added at stand-alone prices)",
    "prospective": "prospective: what is not earned yet is earned with what is still to be given",
}


def show_change(screen: Screen, impact: Any) -> None:
    """What signing a change does."""
    code = impact.currency_code
    for each in impact.credit_notes:
        show_credit_note(screen, each)
    for draft in impact.voided_invoices:
        say_thrown_away(screen, draft, f"{WOULD_GO} when the change is ordered")
    before = {day(each.invoice_date): each.gross for each in impact.schedule_before}
    after = {day(each.invoice_date): each.gross for each in impact.schedule_after}
    rows = [_row(each, before.get(each, 0), after.get(each, 0), code) for each in sorted({*before, *after})]
    left = len(rows) - LONGEST
    goods = impact.on_delivery_before, impact.on_delivery_after
    undated = [_row("on delivery", *goods, code)] if any(goods) else []
    screen.table(["  invoices to come", "before", "after", "more"], rows[:LONGEST] + undated, right=(1, 2, 3))
    if left > 0:
        screen.say(f"  and {left} more until {day(impact.until)}")
    settle = day(impact.settle_day)
    totals = [
        [f"  charged by {settle}", money(impact.charge, code)],
        ["  credited", money(-impact.credit, code)],
        ["  net at once", money(impact.net, code)],
        [f"  net until {day(impact.until)}{' and on delivery' if undated else ''}", money(impact.net_until, code)],
    ]
    screen.table(["", ""], totals, right=(1,))
    screen.say(f"  in revenue {TREATMENTS.get(impact.treatment, impact.treatment)}")
    for remark in impact.remarks:
        screen.say(f"  note: {remark}")


def show_renewal(screen: Screen, contract: Any) -> None:
    """When a contract renews by itself, and until when notice keeps it from doing so."""
    renewal = contract.renewal
    if renewal.problem:
        screen.say(f"  did not renew by itself: {renewal.problem}", style="red")
    elif renewal.renew_day.year:
        notice = f", unless notice is given by {day(renewal.last_notice_day)}" if renewal.last_notice_day.year else ""
        screen.say(f"  renews by itself on {day(renewal.renew_day)}{notice}")


def _row(when: str, before: int, after: int, code: str) -> list[str]:
    more = amount(after - before, code) if after != before else ""
    return [f"  {when}", amount(before, code), amount(after, code), more]

"""Act four: invoices for three months under a test clock, revenue, the journal, and the proof that it all ties out."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.cli.books import show_audit, show_balances, show_entry, show_invoice, show_schedule
from engine.cli.demo.stage import Stage
from engine.cli.screen import money
from engine.diagnostics import counted

MONTH_ENDS = (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31))


def keep_books(stage: Stage, quote: Any, order: Any) -> bool:
    """Play the act; whether every identity holds."""
    screen, client = stage.screen, stage.client
    screen.title("6. Three months pass: invoices and revenue")
    invoiced = []
    for day in MONTH_ENDS:
        stage.at(day)
        for draft in client.billing.run_billing(until=day).invoices:
            invoice = client.billing.finalize_invoice(name=draft.name)
            show_invoice(screen, invoice)
            invoiced.append(
                {"number": invoice.number, "net": invoice.net, "lines": [each.amount for each in invoice.lines]}
            )
        done = client.revenue.run_recognition(until=day)
        entered = counted(done.entry_count, "journal entry", "journal entries")
        screen.say(f"  {day:%B}: revenue recognised, {entered}", style="dim")
    stage.amounts["invoices"] = invoiced
    screen.title("7. Revenue: obligations, schedule, journal")
    contract = client.revenue.get_revenue_contract(name=f"revenueContracts/{order.contract.partition('/')[2]}")
    show_schedule(screen, contract)
    entries = list(client.revenue.list_journal_entries(contract=order.contract))
    for entry in entries[:2]:
        show_entry(screen, entry)
    screen.say(f"  ... {counted(len(entries), 'entry', 'entries')} in all")
    show_balances(screen, client.revenue.get_trial_balance())
    stage.amounts["revenue_price"] = contract.price
    stage.amounts["recognized"] = contract.recognized
    stage.amounts["journal"] = [[(line.account, line.amount) for line in each.lines] for each in entries]
    screen.title("8. Audit: does everything tie out?")
    audit = client.revenue.run_audit()
    show_audit(screen, audit)
    screen.say(f"  quoted {money(quote.priced.totals.tcv, 'EUR')} over the term", style="dim")
    stage.amounts["audit"] = audit.valid
    return bool(audit.valid)

"""``cpq dunning``: payments that failed, when to try again, and reminders."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from engine.cli.invoice import invoice_named
from engine.cli.screen import Screen, day, money
from engine.cli.verbs import OF_CUSTOMER, Argument, Verb, a_day, add_family, named, option, positional
from engine.diagnostics import counted

if TYPE_CHECKING:
    from engine.client import Client


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    failed = (
        positional("invoice", "the invoice, by name, id or number", named("invoices")),
        option("--day", "when it failed", kind=a_day, required=True),
        option("--reason", "why, in the provider's words", required=True),
    )
    due = (OF_CUSTOMER, Argument(("--preview",), "show what is due, and save nothing", flag=True))
    verbs = (
        Verb("failed", "note that an attempt to collect an invoice failed", failed_payment, failed),
        Verb("run", "ask for attempts and remind of what is due today", run, due),
        Verb("failures", "list failed payments", failures, (OF_CUSTOMER,)),
        Verb("reminders", "list reminders", reminders, (OF_CUSTOMER,)),
    )
    add_family(commands, "dunning", "payments that failed, when to try again, and reminders", verbs)


def failed_payment(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Note a failed payment."""
    answer = client.dunning.record_failed_payment(
        invoice=invoice_named(client, options.invoice), fail_date=options.day, reason=options.reason
    )
    again = f"try again on {day(answer.retry_date)}" if answer.retry_date.year else "that was the last attempt"
    screen.say(f"attempt {answer.attempt} for {money(answer.amount, answer.currency_code)} failed: {again}")
    return answer


def run(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Do what is due."""
    answer = client.dunning.run_dunning(customer=options.customer, validate_only=options.preview)
    _show_failures(screen, answer.retries)
    _show_reminders(screen, answer.reminders)
    retries = counted(len(answer.retries), "attempt")
    screen.say(f"{retries} to make again, {counted(len(answer.reminders), 'reminder')}")
    if options.preview:
        screen.say("  a preview: nothing was saved", style="bold")
    return answer


def failures(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List failed payments."""
    found = list(client.dunning.list_failed_payments(customer=options.customer))
    _show_failures(screen, found)
    return found


def reminders(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List reminders."""
    found = list(client.dunning.list_reminders(customer=options.customer))
    _show_reminders(screen, found)
    return found


def _show_failures(screen: Screen, found: Any) -> None:
    rows = [
        [
            each.invoice.partition("/")[2],
            str(each.attempt),
            day(each.fail_date),
            money(each.amount, each.currency_code),
            each.reason,
            _again(each),
            day(each.asked_date) if each.asked_date.year else "",
        ]
        for each in found
    ]
    if rows:
        columns = ["invoice", "attempt", "failed on", "amount", "reason", "try again", "asked for on"]
        screen.table(columns, rows, right=(1, 3))


def _again(failed: Any) -> str:
    if failed.open <= 0:
        return "settled"
    return day(failed.retry_date) if failed.retry_date.year else "no more"


def _show_reminders(screen: Screen, found: Any) -> None:
    rows = [
        [
            each.customer.partition("/")[2],
            str(each.number),
            day(each.remind_date),
            money(each.amount, each.currency_code),
            ", ".join(one.partition("/")[2] for one in each.invoices),
        ]
        for each in found
    ]
    if rows:
        screen.table(["customer", "reminder", "on", "overdue", "invoices"], rows, right=(1, 3))

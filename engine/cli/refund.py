"""``cpq refund``: money of customers that goes back, or is kept for what is invoiced next."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from engine.cli.failure import VerbFailed
from engine.cli.invoice import invoice_named
from engine.cli.screen import Screen, day, minor_units, money
from engine.cli.verbs import (
    OF_CUSTOMER,
    REQUEST_ID,
    Argument,
    Verb,
    a_day,
    add_family,
    an_amount,
    named,
    option,
    positional,
)

if TYPE_CHECKING:
    from engine.client import Client


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    record = (
        option(
            "--invoice",
            "the invoice that more was paid for than is owed, by name, id or number",
            kind=named("invoices"),
        ),
        option("--credit", "the prepaid credit that is paid back, by name or id", kind=named("prepaidCredits")),
        option("--amount", "how much, such as 23.80 (default: all that may go back)", kind=an_amount),
        option("--day", "when it goes back", kind=a_day, required=True),
        option("--reason", "why", required=True),
        option("--reference", "the reference of the transfer", default=""),
        Argument(("--keep",), "keep it as a prepaid credit, which pays the next invoices", flag=True),
        Argument(("--reopen",), "give back what is owed, too: the invoice is open again by as much", flag=True),
        REQUEST_ID,
    )
    of_whom = (
        OF_CUSTOMER,
        option("--invoice", "only of what was paid for this invoice", kind=named("invoices")),
    )
    name = positional("name", "the refund, by name or id", named("refunds"))
    verbs = (
        Verb("record", "book that money goes back, or is kept as a credit", record_refund, record),
        Verb("list", "list refunds", list_refunds, of_whom),
        Verb("show", "show a refund", show, (name,)),
    )
    add_family(commands, "refund", "money of customers that goes back, or is kept for what is invoiced next", verbs)


def record_refund(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Record a refund."""
    if bool(options.invoice) == bool(options.credit):
        raise VerbFailed("say `--invoice` or `--credit`, and one of them")
    if options.amount is not None and options.amount <= 0:
        hint = "leave it out to give back all that may"
        raise VerbFailed(f"`--amount {options.amount}` gives nothing back", hint=hint)
    fields: dict[str, Any] = {"keep": options.keep, "reopen": options.reopen, "reason": options.reason}
    fields |= {"refund_date": options.day, "reference": options.reference, "request_id": options.request_id}
    if options.invoice:
        fields["invoice"] = invoice_named(client, options.invoice)
    else:
        fields["prepaid_credit"] = options.credit
    if options.amount is not None:
        fields["amount"] = minor_units(options.amount, _currency(client, fields))
    refund = client.refunds.record_refund(**fields)
    _say(screen, refund)
    if refund.invoice:
        left = client.billing.get_invoice(name=refund.invoice).open
        rest, what = money(abs(left), refund.currency_code), refund.invoice
        screen.say(f"  {rest} more is paid for {what} than is owed" if left < 0 else f"  {rest} left to pay of {what}")
    return refund


def list_refunds(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List refunds."""
    invoice = invoice_named(client, options.invoice) if options.invoice else ""
    found = list(client.refunds.list_refunds(customer=options.customer, invoice=invoice))
    rows = [
        [
            each.name.partition("/")[2],
            day(each.refund_date),
            each.customer.partition("/")[2],
            (each.invoice or each.prepaid_credit).partition("/")[2],
            money(each.amount, each.currency_code),
            f"kept as {each.prepaid_credit.partition('/')[2]}" if each.kept else "paid back",
            each.reason,
        ]
        for each in found
    ]
    screen.table(["refund", "on", "customer", "of", "amount", "", "reason"], rows, right=(4,))
    return found


def show(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show a refund."""
    refund = client.refunds.get_refund(name=options.name)
    _say(screen, refund)
    return refund


def _say(screen: Screen, refund: Any) -> None:
    amount = money(refund.amount, refund.currency_code)
    what = f"is kept as {refund.prepaid_credit}" if refund.kept else "goes back"
    of = refund.invoice or refund.prepaid_credit
    screen.say(f"{refund.name}  {amount} of {of} {what} on {day(refund.refund_date)}: {refund.reason}")


def _currency(client: Client, fields: dict[str, Any]) -> str:
    if "invoice" in fields:
        return client.billing.get_invoice(name=fields["invoice"]).currency_code
    return client.prepaid.get_prepaid_credit(name=fields["prepaid_credit"]).currency_code

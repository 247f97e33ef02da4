"""``cpq prepaid``: money of customers that pays invoices to come."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from engine.cli.invoice import invoice_named
from engine.cli.screen import Screen, day, minor_units, money
from engine.cli.verbs import (
    OF_CUSTOMER,
    REQUEST_ID,
    Argument,
    Verb,
    a_day,
    add_family,
    an_amount_above_zero,
    named,
    option,
    positional,
)

if TYPE_CHECKING:
    from engine.client import Client

NAME = positional("name", "the credit, by name or id", named("prepaidCredits"))
CUSTOMER = positional("customer", "the customer, by name or id", named("customers"))
SOURCES = {1: "granted", 2: "bought", 3: "paid too much"}


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    add = (
        CUSTOMER,
        option("--amount", "how much, such as 100.00", kind=an_amount_above_zero, required=True),
        option("--currency", "the currency of the amount, such as EUR", required=True),
        option("--title", "what people call it", required=True),
        Argument(("--bought",), "the customer paid for it (default: it is granted)", flag=True),
        option("--reference", "the payer's reference", default=""),
        Argument(("--products",), "it pays only lines of these products (default: all)", default=(), many=True),
        option("--priority", "a lower one pays first", kind=int, default=0),
        option("--end", "the day on which what is left expires (default: never)", kind=a_day),
        REQUEST_ID,
    )
    invoice = positional("invoice", "the invoice, by name, id or number", named("invoices"))
    verbs = (
        Verb("add", "grant a customer a credit, or book one that was bought", add_credit, add),
        Verb("balance", "what the credits of a customer may still pay", balance, (CUSTOMER,)),
        Verb("list", "list credits", list_credits, (OF_CUSTOMER,)),
        Verb("show", "show a credit", show, (NAME,)),
        Verb("apply", "let credits pay an open invoice", apply_credits, (invoice,)),
        Verb("revoke", "take back what is left of a granted credit", revoke, (NAME,)),
    )
    add_family(commands, "prepaid", "money of customers that pays invoices to come", verbs)


def add_credit(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Add a credit."""
    credit = {
        "customer": options.customer,
        "display_name": options.title,
        "source": "bought" if options.bought else "granted",
        "currency_code": options.currency,
        "amount": minor_units(options.amount, options.currency),
        "reference": options.reference,
        "products": list(options.products),
        "priority": options.priority,
        "end": options.end,
    }
    return _shown(screen, client.prepaid.add_prepaid_credit(credit=credit, request_id=options.request_id))


def balance(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show a balance."""
    found = client.prepaid.get_prepaid_balance(customer=options.customer)
    for each in found.balances:
        code = each.currency_code
        some = f", of it {money(each.for_some_products, code)} for some products only" if each.for_some_products else ""
        screen.say(f"{money(each.left, code)} left{some}")
        if each.ending:
            screen.say(f"  {money(each.ending, code)} expire on {day(each.next_end)}")
    if not found.balances:
        screen.say(f"{found.customer} has no prepaid credit")
    return found


def list_credits(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List credits."""
    found = list(client.prepaid.list_prepaid_credits(customer=options.customer))
    rows = [
        [
            each.name.partition("/")[2],
            each.customer.partition("/")[2],
            each.display_name,
            SOURCES.get(each.source, ""),
            money(each.amount, each.currency_code),
            money(each.left, each.currency_code),
            day(each.end),
        ]
        for each in found
    ]
    screen.table(["credit", "customer", "", "", "amount", "left", "expires"], rows, right=(4, 5))
    return found


def show(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show a credit."""
    return _shown(screen, client.prepaid.get_prepaid_credit(name=options.name))


def apply_credits(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Let credits pay an invoice."""
    use = client.prepaid.apply_prepaid_credits(invoice=invoice_named(client, options.invoice))
    code = use.currency_code
    for each in use.draws:
        screen.say(f"{each.credit} pays {money(each.amount, code)}")
    screen.say(f"{money(use.open, code)} left to pay of {use.invoice}")
    return use


def revoke(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Revoke a credit."""
    return _shown(screen, client.prepaid.revoke_prepaid_credit(name=options.name))


def _shown(screen: Screen, credit: Any) -> Any:
    code = credit.currency_code
    screen.say(f"{credit.name}  {credit.display_name}, for {credit.customer}", style="bold")
    screen.say(f"  {money(credit.amount, code)} {SOURCES.get(credit.source, '')}, {money(credit.left, code)} left")
    if credit.products:
        screen.say(f"  pays only {', '.join(credit.products)}")
    if credit.refunded:
        screen.say(f"  {money(credit.refunded, code)} paid back")
    if credit.expired:
        screen.say(f"  {money(credit.expired, code)} expired")
    elif credit.end.year:
        screen.say(f"  expires on {day(credit.end)}")
    return credit

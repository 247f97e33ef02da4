"""``cpq coupon``: what customers get off invoices to come."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from engine.cli.failure import VerbFailed
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
from engine.diagnostics import counted

if TYPE_CHECKING:
    from engine.client import Client

NAME = positional("name", "the coupon, by name or id", named("coupons"))


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    grant = (
        positional("customer", "the customer, by name or id", named("customers")),
        option("--title", "what people call it", required=True),
        option("--amount", "an amount before tax, until it is used up, such as 50.00", kind=an_amount_above_zero),
        option("--currency", "the currency of the amount, such as EUR", default=""),
        option("--percent", "a percent of each invoice, such as 12.5", default=""),
        option("--invoices", "the percent is for so many invoices (default: every one)", kind=int, default=0),
        Argument(("--products",), "only lines of these products (default: all)", default=(), many=True),
        Argument(("--contracts",), "only these contracts (default: all)", named("contracts"), default=(), many=True),
        option("--priority", "a lower one is taken off first", kind=int, default=0),
        option("--start", "the first day whose invoices use it", kind=a_day),
        option("--end", "the first day whose invoices use it no more", kind=a_day),
        REQUEST_ID,
    )
    verbs = (
        Verb("grant", "give a customer a coupon", grant_coupon, grant),
        Verb("list", "list coupons", list_coupons, (OF_CUSTOMER,)),
        Verb("show", "show a coupon", show, (NAME,)),
        Verb(
            "end",
            "let no later invoice use it",
            end,
            (NAME, option("--day", "the first day whose invoices do not use it (default: today)", kind=a_day)),
        ),
    )
    add_family(commands, "coupon", "what customers get off invoices to come", verbs)


def grant_coupon(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Grant a coupon."""
    if (options.amount is None) == (not options.percent):
        raise VerbFailed("a coupon takes off an amount or a percent: say --amount with --currency, or --percent")
    if options.amount is not None and not options.currency:
        raise VerbFailed("the currency of the amount is missing: say --currency, such as EUR")
    coupon: dict[str, Any] = {
        "customer": options.customer,
        "display_name": options.title,
        "products": list(options.products),
        "contracts": list(options.contracts),
        "priority": options.priority,
        "valid": {"start": options.start, "end": options.end},
    }
    if options.amount is not None:
        units = minor_units(options.amount, options.currency)
        coupon["amount_off"] = {"currency_code": options.currency, "amount": units}
    if options.percent:
        coupon["percent_off"] = {"percent": options.percent, "invoices": options.invoices}
    return _shown(screen, client.coupons.grant_coupon(coupon=coupon, request_id=options.request_id))


def list_coupons(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List coupons."""
    found = list(client.coupons.list_coupons(customer=options.customer))
    rows = [
        [
            each.name.partition("/")[2],
            each.customer.partition("/")[2],
            each.display_name,
            _takes_off(each),
            _left(each),
            _when(each),
        ]
        for each in found
    ]
    screen.table(["coupon", "customer", "", "takes off", "left", "invoices of"], rows)
    return found


def show(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show a coupon."""
    return _shown(screen, client.coupons.get_coupon(name=options.name))


def end(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """End a coupon."""
    return _shown(screen, client.coupons.end_coupon(name=options.name, end=options.day))


def _shown(screen: Screen, coupon: Any) -> Any:
    screen.say(f"{coupon.name}  {coupon.display_name}, for {coupon.customer}", style="bold")
    screen.say(f"  takes off {_takes_off(coupon)}; left: {_left(coupon)}")
    for what, names in (("products", coupon.products), ("contracts", coupon.contracts)):
        if names:
            screen.say(f"  only {what} {', '.join(names)}")
    if _when(coupon):
        screen.say(f"  invoices of {_when(coupon)}")
    return coupon


def _takes_off(coupon: Any) -> str:
    if coupon.WhichOneof("off") == "percent_off":
        own = coupon.percent_off
        return f"{own.percent} % of " + (counted(own.invoices, "invoice") if own.invoices else "every invoice")
    return money(coupon.amount_off.amount, coupon.amount_off.currency_code)


def _left(coupon: Any) -> str:
    if coupon.used_up:
        return "nothing"
    if coupon.WhichOneof("off") == "percent_off":
        own = coupon.percent_off
        return counted(own.invoices - own.used_invoices, "invoice") if own.invoices else "no limit"
    return money(coupon.amount_off.left, coupon.amount_off.currency_code)


def _when(coupon: Any) -> str:
    start, until = day(coupon.valid.start), day(coupon.valid.end)
    parts = (f"{start} on" if start else "", f"before {until}" if until else "")
    return ", ".join(each for each in parts if each)

"""``cpq complete``: fill what is open of a configuration, best by an aim or nearest to a wish list."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.configurations import (
    CHEAPEST,
    FEASIBLE,
    INFEASIBLE,
    MOST_OPTIONS,
    OPTIMAL,
    choice_text,
    say_price,
    show_completed,
)
from engine.cli.headers import OPTIONS, question
from engine.cli.prices import plain
from engine.cli.verbs import Argument, Negative, Verb, add_verb, named, option, positional

if TYPE_CHECKING:
    from engine.cli.screen import Screen
    from engine.client import Client

PREFERRED = "preferred"
AIMS = (CHEAPEST, "best_margin", PREFERRED)
STATUSES = {
    1: "a valid configuration, proven at list prices",
    2: "a valid configuration, not proven at list prices",
    3: "no valid configuration contains these choices",
    4: "none found within the budget",
}
MOST_NAMED = 8


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    arguments = (
        positional("product", "the configurable product, such as WS", named("products")),
        Argument(("--choices",), 'a JSON file {"choices": [...], "wishes": [{"choice": ..., "weight": 2}]}', Path),
        option("--aim", f"what to look for: {', '.join(AIMS)}", default=CHEAPEST),
        option("--limit", "the most the list price may come to"),
        option("--candidates", "how many are priced with all rules, best first (default 20)", kind=int, default=0),
        option("--alternatives", "how many of the others to show (default 0)", kind=int, default=0),
        *OPTIONS,
    )
    text = "complete a configuration: cheapest, with the best margin, or nearest to a wish list; the true price decides"
    add_verb(commands, Verb("complete", text, complete, arguments))


def say_without_price(screen: Screen, found: Any) -> None:
    """Which products were not looked at: what a status says, it says of those that have a list price."""
    if found.without_price:
        shown = ", ".join(found.without_price[:MOST_NAMED])
        more = len(found.without_price) - MOST_NAMED
        screen.say(
            f"only products with a price in {found.currency_code} for this customer were taken;"
            f" without one: {shown}{f' and {more} more' if more > 0 else ''}",
            style="yellow",
        )


def complete(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Complete; show what is taken, what it lists and nets, which wishes are missed. Exit code 1 if there is none."""
    found = client.configuration.complete_configuration(
        product=options.product,
        aim=options.aim,
        list_price_limit=options.limit or "",
        candidate_limit=options.candidates,
        alternative_limit=options.alternatives,
        **question(options, "choices", "wishes"),
    )
    name = options.product.rpartition("/")[2]
    screen.say(f"{name}: {_outcome(found, options)}", style="green" if found.status == OPTIMAL else "yellow")
    say_without_price(screen, found)
    if found.status in (OPTIMAL, FEASIBLE):
        if not screen.machine:
            show_completed(screen, _groups(client, options.product, found.choices), found.choices)
        say_price(screen, found, options.aim)
    if found.list_price_bound and found.status not in (OPTIMAL, INFEASIBLE):
        screen.say(f"no parts cost less than {plain(found.list_price_bound)} {found.currency_code}")
    for each in found.missed:
        screen.say(f"  not kept of the wish list: {choice_text(each)}", style="yellow")
    if found.alternatives:
        _show_alternatives(screen, found)
    return found if found.status in (OPTIMAL, FEASIBLE) else Negative(found)


def _outcome(found: Any, options: argparse.Namespace) -> str:
    """What was found; where nothing was, what stands against it, and which verb says more."""
    if found.status == OPTIMAL and options.aim == PREFERRED and not found.missed:
        return "a valid configuration, proven to keep the most of what the rules prefer"
    if found.status != INFEASIBLE:
        return STATUSES[found.status]
    if options.limit:
        within = f"{plain(options.limit)} {found.currency_code}"
        return f"no valid configuration with these choices has parts for {within} or less at list prices"
    hint = "" if found.without_price else "; `cpq explain` says why, `cpq repair` what to give up"
    return STATUSES[found.status] + hint


def _show_alternatives(screen: Screen, found: Any) -> None:
    """The other configurations: what each takes that the one shown does not."""
    taken = [choice_text(each) for each in found.choices]
    rows = []
    for each in found.alternatives:
        other = [choice_text(one) for one in each.choices]
        changed = [*(one for one in other if one not in taken), *(f"no {one}" for one in taken if one not in other)]
        net = plain(each.price.net_price) if each.price.net_price else each.price.fault or "not priced"
        rows.append([plain(each.list_price), net, ", ".join(changed)])
    code = found.currency_code
    screen.table([f"list {code}", f"net {code}", "instead"], rows, right=(0, 1))


def _groups(client: Client, product: str, choices: Any) -> Any:
    """The groups and attributes of a completed product with the products in them, as `cpq configure` lists them."""
    return client.configuration.configure(product=product, choices=list(choices), option_limit=MOST_OPTIONS)

"""``cpq complete``: fill what is open of a configuration, best by an aim or nearest to a wish list."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine.cli.configurations import choice_text
from engine.cli.connection import read_json
from engine.cli.prices import plain
from engine.cli.screen import Screen
from engine.cli.verbs import Argument, Verb, add_verb, named, option, positional
from engine.client import Client

AIMS = ("cheapest", "best_margin", "preferred")
STATUSES = {1: "proven", 2: "valid, not proven", 3: "there is none", 4: "none found within the budget"}
OPTIMAL, FEASIBLE, INFEASIBLE = 1, 2, 3


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    arguments = (
        positional("product", "the configurable product, such as WS", named("products")),
        Argument(("--choices",), 'a JSON file {"choices": [...], "wishes": [{"choice": ..., "weight": 2}]}', Path),
        option("--aim", f"what to look for: {', '.join(AIMS)}", default="cheapest"),
        option("--limit", "the most the list price may come to"),
        option("--currency", "currency of prices", default="EUR"),
    )
    text = "complete a configuration: cheapest, with the best margin, or nearest to a wish list"
    add_verb(commands, Verb("complete", text, complete, arguments))


def complete(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Complete and show what is taken, what it costs and which wishes are missed."""
    asked = read_json(options.choices) if options.choices else {}
    found = client.configuration.complete_configuration(
        product=options.product,
        choices=asked.get("choices", []),
        wishes=asked.get("wishes", []),
        aim=options.aim,
        list_price_limit=options.limit or "",
        currency_code=options.currency,
    )
    screen.say(f"{options.product}: {STATUSES[found.status]}", style="green" if found.status == OPTIMAL else "yellow")
    if found.status in (OPTIMAL, FEASIBLE):
        for each in found.choices:
            screen.say(f"  {choice_text(each)}")
        screen.say(f"list price {plain(found.list_price)} {found.currency_code}")
    if found.list_price_bound and found.status not in (OPTIMAL, INFEASIBLE):
        screen.say(f"none costs less than {plain(found.list_price_bound)} {found.currency_code}")
    for each in found.missed:
        screen.say(f"  not kept of the wish list: {choice_text(each)}", style="yellow")
    return found

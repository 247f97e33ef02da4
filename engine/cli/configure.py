"""``cpq configure``: a product in the terminal, picked by number; or the state of choices from a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine.cli.configurations import say_budget, show_conflict, show_slots
from engine.cli.configuring import MOST_OPTIONS, Session
from engine.cli.connection import read_json
from engine.cli.guests import customer_facts
from engine.cli.screen import Screen
from engine.cli.verbs import Argument, Verb, add_verb, named, option, positional
from engine.client import Client


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    arguments = (
        positional("product", "the configurable product, such as WS", named("products")),
        Argument(("--choices",), 'a JSON file {"choices": [...]}: answer for these and stop', Path),
        option("--currency", "currency of prices (default: that of the rule book)", default=""),
        option("--facts", "whom prices are for, such as segment=edu,region=DE", kind=customer_facts),
    )
    text = "configure a product: see what can still be chosen, and why not"
    add_verb(commands, Verb("configure", text, configure, arguments))


def configure(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Answer for the choices of a file, or talk in the terminal."""
    if options.choices or screen.machine:
        choices = read_json(options.choices).get("choices", []) if options.choices else []
        state = client.configuration.configure(
            product=options.product,
            choices=choices,
            show_impossible=True,
            option_limit=MOST_OPTIONS,
            show_prices=True,
            currency_code=options.currency,
            explain_implied=True,
        )
        show_slots(screen, state)
        say_budget(screen, state)
        if not state.consistent:
            _show_conflict(client, screen, options.product, choices)
        return state
    return Session(client, screen, options.product, options.currency, options.facts).run()


def _show_conflict(client: Client, screen: Screen, product: str, choices: list[Any]) -> None:
    show_conflict(screen, client.configuration.explain_choice(product=product, choices=choices))
    screen.say("`cpq repair` says what to give up")

"""``cpq configure``: a product in the terminal, picked by number; or the state of choices from a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.configurations import MOST_OPTIONS, say_budget, show_conflict, show_slots
from engine.cli.headers import OPTIONS, question
from engine.cli.verbs import Argument, Negative, Verb, add_verb, named, positional

if TYPE_CHECKING:
    from engine.cli.screen import Screen
    from engine.client import Client


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    arguments = (
        positional("product", "the configurable product, such as WS", named("products")),
        Argument(("--choices",), 'a JSON file {"choices": [...]}: answer for these and stop', Path),
        *OPTIONS,
    )
    text = "configure a product: see what can still be chosen, and why not"
    add_verb(commands, Verb("configure", text, configure, arguments))


def configure(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Answer for the choices of a file, or talk in the terminal."""
    from engine.cli.configuring import Session

    asked = question(options, "choices")
    if not (options.choices or screen.machine):
        return Session(client, screen, options.product, asked).run()
    state = client.configuration.configure(
        product=options.product,
        show_impossible=True,
        option_limit=MOST_OPTIONS,
        show_prices=True,
        explain_implied=True,
        **asked,
    )
    show_slots(screen, state)
    say_budget(screen, state)
    if state.consistent:
        return state
    _show_conflict(client, screen, options.product, asked.get("choices", []))
    return Negative(state)


def _show_conflict(client: Client, screen: Screen, product: str, choices: list[Any]) -> None:
    show_conflict(screen, client.configuration.explain_choice(product=product, choices=choices))
    screen.say("`cpq repair` says what to give up")

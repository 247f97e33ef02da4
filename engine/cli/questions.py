"""``cpq explain``, ``cpq repair``, ``cpq validate``: why choices clash, what to give up, what is wrong with lines."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.configurations import choice_text, show_conflict, show_repairs
from engine.cli.headers import OPTIONS, question
from engine.cli.options import read_json
from engine.cli.prices import show_findings
from engine.cli.verbs import Argument, Negative, Verb, add_verb, named, option, positional, work_in

if TYPE_CHECKING:
    from engine.cli.screen import Screen
    from engine.client import Client

PRODUCT = positional("product", "the configurable product, such as WS", named("products"))
PRODUCT_OR_CODE = positional("product", "the product, such as WS; or alone a code, such as QUO002", named("products"))
CHOICES = Argument(
    ("--choices",),
    'a JSON file {"choices": [...], "wanted": [...]}: what is chosen, what has to fit',
    Path,
    required=True,
)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs."""
    repairs = (
        PRODUCT,
        CHOICES,
        option("--limit", "the most repairs to show (default 3)", kind=int, default=0),
        *OPTIONS,
    )
    asked = (PRODUCT_OR_CODE, replace(CHOICES, required=False))
    lines = (positional("file", "a JSON file with `lines`: the bundle first, then its parts", Path),)
    for verb in (
        Verb("explain", "why choices clash, or what is wanted does not fit; what a code means", explain, asked),
        Verb("repair", "the smallest changes that make room, with what they do to the list price", repair, repairs),
        Verb("validate", "what is wrong or missing in a configuration given as lines", validate, lines),
    ):
        add_verb(commands, verb)
    parser = commands.choices["explain"]
    parser.set_defaults(run=partial(_explain_either, parser.get_default("run")))


def _explain_either(explain_choices: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """A product has choices; a word alone is a code, which needs no server."""
    if options.choices is not None:
        return explain_choices(options)
    options.code = options.product.rpartition("/")[2]
    return work_in("engine.cli.codes:run_explain")(options)


def explain(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Say why, for everything that is wanted one by one, or for the choices themselves: a list of answers.

    Exit code 1 when something does not fit.
    """
    asked = read_json(options.choices)
    answers = []
    for each in asked.get("wanted", []) or [None]:
        fields = {} if each is None else {"wanted": each}
        why = client.configuration.explain_choice(product=options.product, choices=asked.get("choices", []), **fields)
        answers.append(why)
        name = "" if each is None else choice_text(each)
        if why.possible:
            screen.say(f"{name} can be taken" if name else "these choices go together", style="green")
        else:
            show_conflict(screen, why, wanted=name)
    return answers if all(each.possible for each in answers) else Negative(answers)


def repair(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List the repairs; exit code 1 when there is none."""
    answer = client.configuration.repair_configuration(
        product=options.product, limit=options.limit, **question(options, "choices", "wanted")
    )
    if not answer.repairs:
        screen.say("nothing that could be given up makes room for it", style="yellow")
    show_repairs(screen, answer)
    return answer if answer.repairs else Negative(answer)


def validate(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Check the lines of a file; exit code 1 when they are not valid."""
    answer = client.configuration.validate_configuration(lines=read_json(options.file).get("lines", []))
    screen.say("valid" if answer.valid else "not valid", style="green" if answer.valid else "yellow")
    show_findings(screen, answer.findings)
    return answer if answer.valid else Negative(answer)

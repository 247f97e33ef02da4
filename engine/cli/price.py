"""``cpq price FILE``: prices a request from a JSON file, with the whole story on ``--explain``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine.cli.connection import read_json
from engine.cli.prices import show_findings, show_lines, show_route, show_totals, show_waterfalls
from engine.cli.screen import Screen
from engine.cli.verbs import Argument, Verb, add_verb, positional
from engine.client import Client


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    arguments = (
        positional("file", "a JSON file with the fields of QuoteContent: lines, customer_facts, header ...", Path),
        Argument(("--explain",), "the waterfall of these lines, or `all`", default=""),
    )
    add_verb(commands, Verb("price", "price a request from a file; nothing is stored", price, arguments))


def price(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Price the file and show it."""
    content = dated(read_json(options.file))
    view = "waterfall" if options.explain else "full"
    priced = client.pricing.price_quote(content=content, view=view)
    show_lines(screen, priced)
    show_totals(screen, priced)
    show_findings(screen, priced.findings)
    for warning in priced.warnings:
        screen.say(f"  note: {warning}", style="dim")
    if options.explain:
        wanted = [] if options.explain == "all" else options.explain.split(",")
        story = client.pricing.explain_price(content=content, line_ids=wanted)
        screen.say()
        show_waterfalls(
            screen, story.waterfalls, {each.id: f"{each.sku}  {each.display_name}" for each in priced.lines}
        )
    screen.say()
    show_route(screen, priced.approval_route)
    return priced


def dated(content: dict[str, Any]) -> dict[str, Any]:
    """Dates of a file as dates: the file writes them as ``2026-03-31``."""
    from datetime import date

    found = dict(content)
    for name in ("date", "start", "valid_until"):
        if isinstance(found.get(name), str):
            found[name] = date.fromisoformat(found[name])
    if isinstance(found.get("content"), dict):
        found["content"] = dated(found["content"])
    if isinstance(found.get("lines"), list):
        found["lines"] = [dated(each) for each in found["lines"]]
    return found

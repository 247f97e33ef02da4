"""``cpq price FILE``: prices a request from a JSON file; its story as a table, as answers, and as a picture."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.options import read_json
from engine.cli.prices import (
    show_findings,
    show_lines,
    show_lowest,
    show_route,
    show_totals,
)
from engine.cli.stories import show_explanations, show_waterfalls
from engine.cli.verbs import Argument, Verb, add_verb, positional

if TYPE_CHECKING:
    from engine.cli.screen import Screen
    from engine.client import Client


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    arguments = (
        positional("file", "a JSON file with the fields of QuoteContent: lines, customer_facts, header ...", Path),
        Argument(
            ("--explain",),
            "the waterfall of these lines (ids, with commas between), or of `all`, which may be left out",
            default="",
            metavar="LINES",
            alone="all",
        ),
        Argument(
            ("--why",),
            "why rules (ids, with commas between) do not act, and what would make them",
            default="",
            metavar="RULES",
        ),
        Argument(
            ("--lowest",), "also the lowest price in so many days before a reduction (EU: 30)", int, 0, metavar="DAYS"
        ),
        Argument(("--svg",), "write the waterfall as a picture; one file a line", Path),
    )
    text = "price a request from a file; nothing is stored, and rules whose own tests fail may be tried"
    add_verb(commands, Verb("price", text, price, arguments, keeps=False))


def price(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Price the file and show it."""
    content = read_json(options.file)
    view = "waterfall" if options.explain else "full"
    priced = client.pricing.price_quote(content=content, view=view, lowest_price_days=options.lowest)
    show_lines(screen, priced)
    show_lowest(screen, priced)
    show_totals(screen, priced)
    show_findings(screen, priced.findings)
    for past in priced.past_orders:
        screen.say(f"  note: {past.quantity} {past.sku} of past orders count towards the tiers", style="dim")
    for warning in priced.warnings:
        screen.say(f"  note: {warning}", style="dim")
    screen.say()
    show_route(screen, priced.approval_route)
    return _told(client, screen, content, priced, options) if _wants_story(options) else priced


def _wants_story(options: argparse.Namespace) -> bool:
    return bool(options.explain or options.why or options.svg)


def _told(
    client: Client, screen: Screen, content: dict[str, Any], priced: Any, options: argparse.Namespace
) -> dict[str, Any]:
    """Show the story of the lines asked for, and write its pictures."""
    wanted = [] if options.explain in ("", "all") else options.explain.split(",")
    rules = options.why.split(",") if options.why else []
    story = client.pricing.explain_price(
        content=content,
        line_ids=wanted,
        rule_ids=rules,
        picture=options.svg is not None,
        lowest_price_days=options.lowest,
    )
    names = _names(priced.lines)
    screen.say()
    if options.explain:
        show_waterfalls(screen, story.waterfalls, names, story.currency_code)
    show_explanations(screen, story.rules, names)
    if options.svg is not None:
        for line, path in zip(story.waterfalls, _paths(options.svg, story.waterfalls), strict=True):
            path.write_text(line.svg, encoding="utf-8")
            screen.say(f"wrote {path}", style="dim")
    return {"priced": priced, "story": story}


def _names(lines: Any) -> dict[str, str]:
    """What lines are called: by product and name, with the id where several lines have one product."""
    often = Counter(each.sku for each in lines)
    return {
        each.id: f"{each.sku}  {each.display_name}" + (f" ({each.id})" if often[each.sku] > 1 else "") for each in lines
    }


def _paths(wanted: Path, waterfalls: Any) -> list[Path]:
    """The file itself for one line; for several one each, with the line's id in its name."""
    if len(waterfalls) == 1:
        return [wanted]
    safe = [re.sub(r"[^A-Za-z0-9._-]+", "-", each.line_id) for each in waterfalls]
    return [wanted.with_name(f"{wanted.stem}-{name}{wanted.suffix}") for name in safe]

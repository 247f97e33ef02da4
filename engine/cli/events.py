"""``cpq events``: what happened, in order, as it happens."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from engine.cli.verbs import STREAMED, Argument, Verb, add_family, option

if TYPE_CHECKING:
    from engine.cli.screen import Screen
    from engine.client import Client


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    tail = (
        option("--after", "a cursor: only what came after it", kind=int, default=0),
        Argument(("--follow",), "wait for more instead of stopping at the end", flag=True),
        option("--entity", "only about this one, by its id alone, such as q-000001"),
        Argument(("--types",), "only of these kinds, such as QuoteSent", default=(), many=True),
    )
    add_family(commands, "events", "what happened, in order", (Verb("tail", "follow the events", follow, tail),))


def follow(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Print events as they come, one a line; with ``--json`` one JSON object a line."""
    from engine.cli.answers import as_data  # of a verb that runs: its help needs no messages

    count = 0
    entity = options.entity.rpartition("/")[2] if options.entity else None
    fields: Any = {"entity": entity, "event_types": list(options.types)}
    for event in client.events.watch_events(after_cursor=options.after, follow=options.follow, **fields):
        count += 1
        if screen.machine:
            print(json.dumps(as_data(event), ensure_ascii=False), flush=True)
        else:
            screen.say(f"{event.cursor:>6}  {event.event_type:<24} {event.entity}")
            sys.stdout.flush()
    return STREAMED if screen.machine else count

"""``cpq clock``: the time of a store for rehearsals and tests, where the operator allows it."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from engine.cli.verbs import Verb, a_day, add_family, positional
from engine.diagnostics import counted

if TYPE_CHECKING:
    from engine.cli.screen import Screen
    from engine.client import Client

NAME = "testClocks/default"
MORNING = time(9)
KINDS = {
    "dunning": ("day of dunning", "days of dunning"),
    "renewal": ("renewal",),
    "refused_renewal": ("refused renewal",),
    "expired_credit": ("expired credit",),
    "escalation": ("escalation",),
    "expired_quote": ("expired quote",),
    "usage": ("look at usage", "looks at usage"),
    "forgotten_answer": ("old answer forgotten", "old answers forgotten"),
}
"""One and many of each kind of what falls due."""
DAY = positional("day", "a day such as 2026-03-02; its morning, nine o'clock UTC", a_day)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    verbs = (
        Verb("stop", "stop the time on a day", stop, (DAY,)),
        Verb("advance", "move on to a later day, and do on each day all that falls due", advance, (DAY,)),
        Verb("show", "the day it is", show),
    )
    add_family(commands, "clock", "the time of a rehearsal; say `--test-clock` or CPQ_TEST_CLOCK=1 to allow it", verbs)


def stop(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Stop the clock."""
    return _shown(screen, client.test_clock.create_test_clock(now=_morning(options.day)))


def advance(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Move the clock forward."""
    answer = client.test_clock.advance_test_clock(name=NAME, until=_morning(options.day))
    _shown(screen, answer.test_clock)
    kinds = ", ".join(counted(each.count, *KINDS.get(each.kind, (each.kind,))) for each in answer.done)
    screen.say(f"  {counted(answer.done_count, 'thing')} done that fell due by then{kinds and f': {kinds}'}")
    return answer


def show(client: Client, screen: Screen, _: argparse.Namespace) -> Any:
    """Show the clock."""
    return _shown(screen, client.test_clock.get_test_clock(name=NAME))


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, UTC)


def _shown(screen: Screen, clock: Any) -> Any:
    screen.say(f"it is {clock.now.ToDatetime(UTC):%Y-%m-%d %H:%M} UTC", style="bold")
    return clock

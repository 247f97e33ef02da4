"""``cpq party``: the people and companies of a deal, created from JSON files and listed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.options import read_json
from engine.cli.verbs import Argument, Verb, a_day, add_family, named, option, positional

if TYPE_CHECKING:
    from engine.cli.screen import Screen
    from engine.client import Client

KINDS = {
    "customer": "customers",
    "billing_account": "billing_accounts",
    "selling_entity": "selling_entities",
    "user": "users",
    "group": "groups",
}


def _kind(text: str) -> str:
    found = text.replace("-", "_")
    if found not in KINDS:
        known = ", ".join(each.replace("_", "-") for each in KINDS)
        raise argparse.ArgumentTypeError(f"`{text}` is not one of {known}")
    return found


KIND = Argument(("kind",), "customer, billing-account, selling-entity, user or group", _kind)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    file = positional("file", "a JSON file with the fields of the record", Path)
    verbs = (
        Verb("create", "create a record from a JSON file", create, (KIND, file)),
        Verb("list", "list the records of a kind", list_records, (KIND,)),
        Verb(
            "delegate",
            "let a user decide on approvals for another on some days",
            delegate,
            (
                positional("approver", "who is stood in for, such as u-000002"),
                positional("delegate", "who decides instead"),
                option("--start", "the first day", kind=a_day, required=True),
                option("--end", "the day on which it is over (default: it lasts)", kind=a_day),
            ),
        ),
    )
    add_family(commands, "party", "customers, accounts, users: who a deal concerns", verbs)


def create(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Create a record."""
    work = getattr(client.parties, f"create_{options.kind}")
    record = work(**{options.kind: read_json(options.file)})
    screen.say(f"{record.name}  {record.display_name}")
    return record


def delegate(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Let a user stand in for an approver."""
    period = {"start": options.start, **({"end": options.end} if options.end is not None else {})}
    approver, stand_in = named("users")(options.approver), named("users")(options.delegate)
    made = client.approvals.delegate(approver=approver, delegate=stand_in, period=period)
    until = f" until {options.end}" if options.end is not None else ""
    screen.say(f"{made.name}  {stand_in} decides for {approver} from {options.start}{until}")
    return made


def list_records(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List records."""
    found = list(getattr(client.parties, f"list_{KINDS[options.kind]}")())
    screen.table([options.kind, "name"], [[each.name, each.display_name] for each in found])
    return found

"""``cpq revenue`` and ``cpq audit``: obligations, recognition, journal, balances, and the proof that all ties out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.book_tables import BALANCES, JOURNAL, SCHEDULE, balance_rows, journal_rows, schedule_rows
from engine.cli.books import show_audit, show_balances, show_entry, show_position, show_schedule, show_stated
from engine.cli.export import a_table_file, counted_rows
from engine.cli.options import read_json
from engine.cli.verbs import (
    OF_CONTRACT,
    Argument,
    Negative,
    Verb,
    a_day,
    a_rate,
    add_family,
    add_verb,
    named,
    option,
    positional,
)
from engine.diagnostics import counted

if TYPE_CHECKING:
    from engine.cli.screen import Screen
    from engine.client import Client

CONTRACT = positional("contract", "the contract, such as k-000001", str)
QUESTION = positional("file", "a JSON file with a question, such as `timing`, and its facts", Path)
UNTIL = option("--until", "the last day that counts", kind=a_day, required=True)
TO_FILE = option("--file", "write it as a table, to a .csv or .xlsx file", kind=a_table_file)
BY_THEN = option("--until", "only what was posted by this day", kind=a_day)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    reverse = (
        positional("name", "the entry, by its id in `cpq revenue journal`", named("journalEntries")),
        option("--day", "day of the reversal", kind=a_day, required=True),
    )
    statement = (
        CONTRACT,
        positional("file", "a JSON file with what is stated, such as an `expected_refund`", Path),
        option("--as", "the user who states it", kind=named("users"), required=True),
        option("--reason", "the evidence it rests on", required=True),
        option("--day", "the day it holds from (default: today)", kind=a_day),
        Argument(("--preview",), "check and show it, but save nothing", flag=True),
    )
    position_of = (
        CONTRACT,
        option("--until", "the day (default: today)", kind=a_day),
        option("--currency", "the currency that the books are kept in", default=""),
        Argument(
            ("--rate",), "DAY=RATE into that currency from a day on (default: as the quote froze it)", a_rate, many=True
        ),
    )
    verbs = (
        Verb("show", "obligations and schedule of a contract", show, (CONTRACT, TO_FILE)),
        Verb(
            "position", "a contract at a day: earned, billed, liability or asset, what is left", position, position_of
        ),
        Verb("run", "recognise revenue up to a day", run, (UNTIL,)),
        Verb("state", "state a refund, payment, financing, cost or progress of a contract", state, statement),
        Verb("assess", "answer a question of the standard from stated facts", assess, (QUESTION,)),
        Verb("close", "close the books up to a day", close, (UNTIL,)),
        Verb("journal", "the journal entries", journal, (OF_CONTRACT, TO_FILE)),
        Verb("balance", "the trial balance", balance, (BY_THEN, TO_FILE)),
        Verb("reverse", "reverse an entry that no run posted", reverse_entry, reverse),
    )
    add_family(commands, "revenue", "obligations, recognition, journal and balances", verbs)


def add_audit_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``cpq audit``."""
    add_verb(commands, Verb("audit", "prove the identities from quote to journal", audit, (BY_THEN,)))


def show(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show a contract's obligations."""
    contract = options.contract.rpartition("/")[2]
    found = client.revenue.get_revenue_contract(name=f"revenueContracts/{contract}")
    if options.file is not None:
        counted_rows(screen, options.file, SCHEDULE, schedule_rows(found))
        return found
    show_schedule(screen, found)
    show_stated(screen, found)
    return found


def position(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show where a contract stands."""
    contract = options.contract.rpartition("/")[2]
    fields: dict[str, Any] = {"name": f"revenueContracts/{contract}", "functional_currency_code": options.currency}
    if options.until:
        fields["until"] = options.until
    rates = [{"since": since, "rate": rate} for since, rate in options.rate or ()]
    found = client.revenue.get_revenue_position(**fields, rates=rates)
    show_position(screen, found)
    return found


def run(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Run recognition."""
    answer = client.revenue.run_recognition(until=options.until)
    entries = counted(answer.entry_count, "entry", "entries")
    screen.say(f"{entries} for {counted(answer.contract_count, 'contract')}")
    return answer


def state(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """State something of a contract."""
    contract = options.contract.rpartition("/")[2]
    stated = {"author": getattr(options, "as"), "reason": options.reason, "validate_only": options.preview}
    fields: dict[str, Any] = {**read_json(options.file), **stated, "name": f"revenueContracts/{contract}"}
    if options.day is not None:
        fields["date"] = options.day
    found = client.revenue.state_revenue_fact(**fields)
    show_schedule(screen, found)
    show_stated(screen, found)
    if options.preview:
        screen.say("  nothing was changed: this is a preview")
    return found


def assess(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Answer a question of the standard."""
    found = client.revenue.assess_revenue(**read_json(options.file))
    screen.say(f"  {found.answer}", style="bold")
    for name in sorted(found.values):
        screen.say(f"  {name}: {found.values[name]}")
    screen.say(f"  {found.basis}", style="dim")
    return found


def close(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Close a period."""
    answer = client.revenue.close_period(until=options.until)
    screen.say(f"the books are closed up to {options.until}; late work posts to the first open day")
    return answer


def journal(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show the journal."""
    contract = options.contract
    entries = list(client.revenue.list_journal_entries(contract=contract))
    if contract and not entries:
        client.contracts.get_contract(name=contract)  # a name that nothing has is told, rather than an empty journal
        screen.say(f"nothing is booked on {contract} yet")
    if options.file is not None:
        counted_rows(screen, options.file, JOURNAL, journal_rows(entries))
        return entries
    for each in entries:
        show_entry(screen, each)
    return entries


def balance(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show the trial balance."""
    fields: dict[str, Any] = {"until": options.until} if options.until else {}
    found = client.revenue.get_trial_balance(**fields)
    if options.file is not None:
        counted_rows(screen, options.file, BALANCES, balance_rows(found))
        return found
    show_balances(screen, found)
    return found


def reverse_entry(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Reverse an entry."""
    entry = client.revenue.reverse_entry(name=options.name, date=options.day)
    show_entry(screen, entry)
    return entry


def audit(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Prove the identities; exit code 1 when one does not hold."""
    fields: dict[str, Any] = {"until": options.until} if options.until else {}
    found = client.revenue.run_audit(**fields)
    show_audit(screen, found)
    return found if found.valid else Negative(found)

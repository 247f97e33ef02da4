"""``cpq billing``: many contracts in the background, and usage by the file."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.metered import Metered, read_metered
from engine.cli.progress import progress
from engine.cli.screen import Screen, day
from engine.cli.verbs import Argument, Negative, Verb, a_day, add_family, named, option, positional
from engine.diagnostics import counted

if TYPE_CHECKING:
    from engine.client import Client
    from engine.client.billing import StreamUsageFields

NAME = positional("name", "the run, by name or id", named("billingRuns"))
STATES = {1: "running", 2: "done", 3: "cancelled"}
RUNNING = 1
FIRST_LOOK, LONGEST_LOOK = 0.05, 1.0
BATCH = 500
MOST_SHOWN = 50


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    start = (
        option("--until", "bill what is due up to this day", kind=a_day, required=True),
        Argument(("--contracts",), "only these (default: all)", named("contracts"), default=(), many=True),
        Argument(("--no-wait",), "start it and leave it to the server", flag=True),
    )
    usage = (
        positional("file", "CSV with the columns contract, id, line, day, quantity", Path),
        Argument(("--check",), "say what would become of it, and save nothing", flag=True),
    )
    recorded = (
        positional("contract", "the contract, such as k-000001", named("contracts")),
        Argument(("--outside",), "only what is outside all service, which nothing bills", flag=True),
    )
    verbs = (
        Verb("run", "bill many contracts in the background, and wait for it", run, start),
        Verb("show", "how far a run is", show, (NAME,)),
        Verb("list", "list runs", list_runs),
        Verb("cancel", "end a run; what it drafted stays", cancel, (NAME,)),
        Verb("usage", "send usage from a file, batch by batch", send_usage, usage),
        Verb("recorded", "list the usage of a contract, and the lines that count it", list_recorded, recorded),
    )
    add_family(commands, "billing", "billing runs over many contracts, and usage by the file", verbs)


def run(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Start a run and follow it to its end."""
    begun = client.billing_runs.start_billing_run(until=options.until, contracts=list(options.contracts))
    if options.no_wait:
        screen.say(f"{begun.name} is started; `cpq billing show {begun.name.partition('/')[2]}` tells how far it is")
        return begun
    try:
        ended = _followed(client, begun)
    except KeyboardInterrupt:
        screen.say(f"{begun.name} goes on wherever a server runs on its store; `cpq billing cancel` ends it")
        raise
    return _shown(screen, ended)


def show(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show a run."""
    return _shown(screen, client.billing_runs.get_billing_run(name=options.name))


def list_runs(client: Client, screen: Screen, _: argparse.Namespace) -> Any:
    """List runs."""
    runs = list(client.billing_runs.list_billing_runs())
    rows = [
        [
            each.name.partition("/")[2],
            STATES.get(each.state, ""),
            day(each.until),
            f"{each.done_count} of {each.contract_count}",
            str(each.invoice_count),
            str(each.credit_note_count),
            str(each.failed_count),
        ]
        for each in runs
    ]
    columns = ["run", "state", "until", "contracts", "invoices", "credit notes", "not billed"]
    screen.table(columns, rows, right=(3, 4, 5, 6))
    return runs


def cancel(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Cancel a run."""
    return _shown(screen, client.billing_runs.cancel_billing_run(name=options.name))


def send_usage(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Send usage; what was refused is named by its line of the file."""
    rows = read_metered(options.file)
    batches = list(_batches(rows))
    recorded, known, outside = 0, 0, []
    refused = [(each.place, _named(each), f"day: {each.no_day}") for each in rows if each.no_day]
    with progress(f"sending {counted(len(rows), 'record')}") as tell:
        sent = ({**_fields(batch), "validate_only": options.check} for batch in batches)
        for batch, reply in zip(batches, client.billing.stream_usage(sent), strict=True):  # type: ignore[arg-type]
            recorded, known = recorded + reply.recorded_count, known + reply.duplicate_count
            outside += [f"{batch[0].contract.removeprefix('contracts/')} {each}" for each in reply.outside_service]
            for fault in reply.faults:
                refused.append((batch[0].place, batch[0].contract, _told(fault)))
            for each in reply.refused:
                row = batch[each.index]
                told = [fault for fault in each.faults if not (row.no_day and fault.field == "day")]
                refused += [(row.place, _named(row), f"{fault.field}: {_told(fault)}") for fault in told]
            tell(f"{recorded + known} stored, {counted(len(refused), 'fault')}")
    refused.sort(key=lambda each: each[0])
    for place, name, what in refused[:MOST_SHOWN]:
        screen.say(f"{options.file}:{place}: {name}: {what}", style="red")
    if len(refused) > MOST_SHOWN:
        screen.say(f"... and {len(refused) - MOST_SHOWN} more")
    taken = "would be taken" if options.check else "taken"
    screen.say(f"{counted(recorded, 'record')} {taken}, {known:,} known before, {counted(len(refused), 'fault')}")
    if outside:
        kept = "would be kept" if options.check else "is kept" if len(outside) == 1 else "are kept"
        screen.say(f"{counted(len(outside), 'record')} outside all service {kept}, and not billed:")
        screen.say(f"  {', '.join(outside[:MOST_SHOWN])}{', ...' if len(outside) > MOST_SHOWN else ''}")
    faults = [{"line": place, "id": name, "message": what} for place, name, what in refused]
    answer: dict[str, Any] = {"recorded_count": recorded, "duplicate_count": known, "faults": faults}
    answer |= {"outside_service": outside} if outside else {}
    return Negative(answer) if refused else answer


def list_recorded(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List the usage of a contract."""
    usage = list(client.billing.list_usage(contract=options.contract, outside_service=options.outside))
    rows = [
        [each.record.id, each.record.line, day(each.record.day), each.record.quantity, each.counted_line or "nothing"]
        for each in usage
    ]
    screen.table(["id", "line", "day", "quantity", "counted by"], rows, right=(3,))
    return usage


def _named(row: Metered) -> str:
    return str(row.record["id"]) or row.contract


def _followed(client: Client, begun: Any) -> Any:
    found, pause = begun, FIRST_LOOK
    with progress(f"billing {counted(begun.contract_count, 'contract')}") as tell:
        while found.state == RUNNING:
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_LOOK)
            found = client.billing_runs.get_billing_run(name=begun.name)
            tell(f"{found.done_count} of {found.contract_count}, {counted(found.invoice_count, 'invoice')}")
    return found


def _shown(screen: Screen, run: Any) -> Any:
    state = STATES.get(run.state, "")
    screen.say(f"{run.name}  {state}, up to {day(run.until)}: {run.done_count} of {run.contract_count} contracts")
    screen.say(f"  {counted(run.invoice_count, 'invoice')}, {counted(run.credit_note_count, 'credit note')} drafted")
    if run.free_day_count:
        screen.say(f"  {counted(run.free_day_count, 'day')} without an invoice, since all that is due costs nothing")
    for each in run.not_billed:
        screen.say(f"  not billed: {each.contract}: {'; '.join(_told(fault) for fault in each.faults)}", style="red")
    if run.failed_count > len(run.not_billed):
        screen.say(f"  ... and {run.failed_count - len(run.not_billed)} more were not billed")
    return Negative(run) if run.failed_count else run


def _batches(rows: list[Metered]) -> Iterator[list[Metered]]:
    """Neighbours of one contract, so many at a time, in the order of the file."""
    for _, group in groupby(rows, key=lambda each: each.contract):
        own = list(group)
        yield from (own[at : at + BATCH] for at in range(0, len(own), BATCH))


def _fields(batch: list[Metered]) -> StreamUsageFields:
    return {"contract": batch[0].contract, "records": [each.record for each in batch]}


def _told(fault: Any) -> str:
    return f"{fault.message}; {fault.hint}" if fault.hint else str(fault.message)

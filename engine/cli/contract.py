"""``cpq contract``: what was agreed, what changed since, and ending it early."""

from __future__ import annotations

import argparse
from typing import Any

from engine.cli.books import say_thrown_away, show_credit_note
from engine.cli.screen import Screen, amount, day, last_day
from engine.cli.verbs import Argument, Verb, a_day, add_family, named, option, positional
from engine.client import Client

NAME = positional("name", "the contract, such as k-000001", named("contracts"))


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    terminate = (
        NAME,
        option("--end", "the first day that is not served any more", kind=a_day, required=True),
        option("--reason", "why", required=True),
        Argument(("--lines",), "the lines to end (default: all that run)", default=(), many=True),
        option("--by", "who asks for it", default=""),
        Argument(("--preview",), "show what it would credit, and change nothing", flag=True),
    )
    verbs = (
        Verb("list", "list contracts", list_contracts),
        Verb("show", "show a contract with its lines and changes", show, (NAME,)),
        Verb("terminate", "end a contract or some of its lines early", terminate_contract, terminate),
    )
    add_family(commands, "contract", "what was agreed, and ending it early", verbs)


def list_contracts(client: Client, screen: Screen, _: argparse.Namespace) -> Any:
    """List contracts."""
    contracts = list(client.contracts.list_contracts())
    rows = [
        [_bare(each.name), _bare(each.customer), day(each.start), str(len(each.lines)), _bare(each.order)]
        for each in contracts
    ]
    screen.table(["contract", "customer", "start", "lines", "order"], rows, right=(3,))
    return contracts


def show(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show a contract."""
    contract = client.contracts.get_contract(name=options.name)
    _show(screen, contract)
    return contract


def terminate_contract(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """End a contract early."""
    answer = client.contracts.terminate_contract(
        name=options.name,
        end=options.end,
        reason=options.reason,
        lines=list(options.lines),
        by=named("users")(options.by) if options.by else "",
        validate_only=options.preview,
    )
    _show(screen, answer.contract)
    for each in answer.credit_notes:
        show_credit_note(screen, each)
    if not answer.credit_notes:
        screen.say("  nothing that was invoiced has to be credited")
    for draft in answer.voided_invoices:
        say_thrown_away(screen, draft)
    if options.preview:
        screen.say("  a preview: nothing was changed", style="bold")
    return answer


def _show(screen: Screen, contract: Any) -> None:
    screen.say(f"{contract.name}  {contract.customer}  {contract.order}  {contract.currency_code}", style="bold")
    ends = {each.line: each for change in contract.changes for each in change.ends}
    lines = [*contract.lines, *(line for change in contract.changes for line in change.added_lines)]
    rows = [
        [
            ("  " if each.parent else "") + each.id,
            each.sku,
            each.quantity,
            amount(each.amount, contract.currency_code),
            day(each.period.start),
            _end(each),
            _early(each, ends[each.id]) if each.id in ends else "",
        ]
        for each in lines
    ]
    screen.table(["line", "product", "quantity", "amount", "from", "last day", ""], rows, right=(2, 3))
    for change in contract.changes:
        who = f" by {change.by}" if change.by else ""
        screen.say(f"  change {change.number} of {day(change.effective)}{who}: {change.reason}")


def _bare(name: str) -> str:
    return name.partition("/")[2]


def _end(line: Any) -> str:
    if line.charge.period_months == 0:
        return "once"
    return last_day(line.period) or "no agreed end"


def _early(line: Any, end: Any) -> str:
    """The last day really served of a line that ends early; none of one that is taken back altogether."""
    served = end.end != line.period.start
    return f"ends early, last served on {last_day(end)}" if served else "taken back altogether"

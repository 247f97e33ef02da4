"""``cpq contract``: what was agreed, what changed since, changing, renewing and ending it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from engine.cli.books import IS_GONE, WOULD_GO, say_thrown_away, show_credit_note
from engine.cli.changes import show_change, show_renewal
from engine.cli.options import read_json
from engine.cli.prices import is_periodic, show_findings, show_lines, show_totals
from engine.cli.quote import show_quote
from engine.cli.screen import Screen, amount, day, last_day, money
from engine.cli.verbs import BY, OF_CUSTOMER, Argument, Verb, a_day, add_family, named, option, positional

if TYPE_CHECKING:
    from engine.client import Client

NAME = positional("name", "the contract, such as k-000001", named("contracts"))


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    terminate = (
        NAME,
        option("--end", "the first day that is not served any more", kind=a_day, required=True),
        option("--reason", "why", required=True),
        Argument(("--lines",), "the lines to end (default: all that run)", default=(), many=True),
        BY,
        Argument(("--preview",), "show what it would credit, and change nothing", flag=True),
    )
    pause = (
        NAME,
        option("--from", "the first day that is not served", kind=a_day, required=True),
        option("--reason", "why", required=True),
        Argument(("--lines",), "the lines that pause (default: all that run)", default=(), many=True),
        Argument(("--extend",), "let their terms end as many days later (default: as agreed)", flag=True),
        BY,
        Argument(("--preview",), "show what it would credit, and change nothing", flag=True),
    )
    come_back = (
        NAME,
        option("--from", "the first day that is served again", kind=a_day, required=True),
        option("--reason", "why", required=True),
        Argument(("--lines",), "suspended lines (default: all of them)", default=(), many=True),
        BY,
        Argument(("--preview",), "show what would come back, and change nothing", flag=True),
    )
    bill_day = (
        NAME,
        positional("bill_day", "the day of the month, 1 to 31", int),
        option("--from", "from when on: periods that run then end as agreed", kind=a_day, required=True),
        option("--reason", "why", required=True),
        BY,
        Argument(("--preview",), "show what it would throw away, and change nothing", flag=True),
    )
    offer = (
        option("--valid-until", "the last day the quote can be accepted on", kind=a_day, required=True),
        option("--owner", "who quotes (default: the owner of the contract's quote)", kind=named("users")),
        option("--title", "a title for people", default=""),
        option("--until", "up to when the schedule looks (default: the end of the contract)", kind=a_day),
        Argument(("--preview",), "show what it would do, and keep no quote", flag=True),
    )
    amend = (
        NAME,
        option("--effective", "the first day on which it holds (default: today)", kind=a_day),
        Argument(("--quantity",), "LINE=QUANTITY: a new quantity", _an_assignment, default=(), many=True),
        Argument(("--swap",), "LINE=SKU: another product in its place", _an_assignment, default=(), many=True),
        Argument(("--cancel",), "lines to end", default=(), many=True),
        Argument(("--add",), "SKU or SKU=QUANTITY: a line to add", default=(), many=True),
        Argument(("--by-rules",), "price changed lines by the rule book, not as agreed", flag=True),
        option("--file", "a JSON file with more fields of CreateAmendmentQuoteRequest", kind=Path),
        *offer,
    )
    renew = (
        NAME,
        Argument(("--lines",), "the lines to renew (default: all that end)", default=(), many=True),
        option("--start", "the first day of the next term (default: where it ends)", kind=a_day),
        option("--months", "the next term (default: as the contract says)", kind=int, default=0),
        option("--end", "a common end of all lines instead", kind=a_day),
        option("--price", "same, uplift or list (default: as the contract says)", default=""),
        option("--index", "what an index rose by, in percent", default=""),
        *offer,
    )
    impact = (
        positional("quote", "the quote of the change, such as q-000002", named("quotes")),
        option("--until", "up to when the schedule looks", kind=a_day),
    )
    verbs = (
        Verb("list", "list contracts", list_contracts, (OF_CUSTOMER,)),
        Verb("show", "show a contract with its lines and changes", show, (NAME,)),
        Verb("amend", "quote a change of a contract, and show what signing it does", amend_contract, amend),
        Verb("renew", "quote the next term of a contract", renew_contract, renew),
        Verb("impact", "what signing a quoted change does, as the contract stands now", show_impact, impact),
        Verb("suspend", "let lines pause: nothing is billed until they come back", suspend, pause),
        Verb("resume", "let suspended lines come back", resume, come_back),
        Verb("bill-day", "let its periods turn over on another day of the month", set_bill_day, bill_day),
        Verb("terminate", "end a contract or some of its lines early", terminate_contract, terminate),
    )
    add_family(commands, "contract", "what was agreed, changing, renewing and ending it", verbs)


def list_contracts(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List contracts."""
    contracts = list(client.contracts.list_contracts(customer=options.customer))
    rows = [
        [_bare(each.name), _bare(each.customer), day(each.start), str(len(each.lines)), _bare(each.order)]
        for each in contracts
    ]
    screen.table(["contract", "customer", "start", "lines", "order"], rows, right=(3,))
    return contracts


def show(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show a contract."""
    contract = client.contracts.get_contract(name=options.name)
    _show(screen, contract, _followers(client, contract))
    for note in client.billing.list_credit_notes(contract=contract.name) if contract.changes else ():
        total = money(-note.gross, note.currency_code)
        screen.say(f"  credit note {note.number} of {day(note.issue_date)} on {note.invoice}: {total} ({note.reason})")
    return contract


def amend_contract(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Quote a change."""
    fields: dict[str, Any] = read_json(options.file) if options.file else {}
    price = "rules" if options.by_rules else "kept"
    changes = [*fields.pop("changes", ())]
    changes += [{"line": line, "quantity": wanted, "price": price} for line, wanted in options.quantity]
    changes += [{"line": line, "sku": sku, "price": "rules"} for line, sku in options.swap]
    content = dict(fields.pop("content", {}))
    content["lines"] = [*content.get("lines", ()), *(_added(each) for each in options.add)]
    fields |= _offer(options) | ({"effective": options.effective} if options.effective else {})
    fields["cancels"] = [*fields.get("cancels", ()), *options.cancel]
    answer = client.contracts.create_amendment_quote(
        contract=options.name, changes=changes, content=content, validate_only=options.preview, **fields
    )
    return _quoted(screen, answer, options)


def renew_contract(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Quote the next term."""
    fields = _offer(options)
    for name in ("start", "end", "price"):
        if getattr(options, name):
            fields[name] = getattr(options, name)
    if options.index:
        fields["index_percent"] = options.index
    answer = client.contracts.create_renewal_quote(
        contract=options.name,
        lines=list(options.lines),
        months=options.months,
        validate_only=options.preview,
        **fields,
    )
    return _quoted(screen, answer, options)


def show_impact(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show what signing a quoted change does."""
    until = {"until": options.until} if options.until else {}
    answer = client.contracts.preview_amendment(quote=options.quote, **until)
    show_change(screen, answer)
    return answer


def _offer(options: argparse.Namespace) -> dict[str, Any]:
    fields: dict[str, Any] = {"valid_until": options.valid_until, "title": options.title, "owner": options.owner}
    return fields | ({"until": options.until} if options.until else {})


def _added(text: str) -> dict[str, str]:
    """``SKU`` or ``SKU=QUANTITY`` as a line to add; its id is the product's in small letters."""
    sku, _, quantity = text.partition("=")
    return {"id": sku.lower(), "sku": sku, "quantity": quantity or "1"}


def _an_assignment(text: str) -> tuple[str, str]:
    """``LINE=VALUE``, for argparse."""
    line, found, value = text.rpartition("=")
    if not found or not line or not value:
        raise argparse.ArgumentTypeError(f"`{text}` is not LINE=VALUE, such as seats=15")
    return line, value


def _quoted(screen: Screen, answer: Any, options: argparse.Namespace) -> Any:
    show_quote(screen, answer.quote)
    show_lines(screen, answer.quote.priced)
    show_totals(screen, answer.quote.priced)
    show_findings(screen, answer.quote.priced.findings)
    show_change(screen, answer.impact)
    if options.preview:
        screen.say("  a preview: no quote was kept", style="bold")
    return answer


def terminate_contract(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """End a contract early."""
    answer = client.contracts.terminate_contract(
        name=options.name,
        end=options.end,
        reason=options.reason,
        lines=list(options.lines),
        by=options.by,
        validate_only=options.preview,
    )
    _show(screen, answer.contract)
    for each in answer.credit_notes:
        show_credit_note(screen, each)
    if not answer.credit_notes:
        screen.say("  nothing that was invoiced has to be credited")
    return _settled(screen, answer, options)


def suspend(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Let lines pause."""
    term = "extended" if options.extend else "kept"
    answer = client.contracts.suspend_contract(**_pausing(options), term=term)
    _show(screen, answer.contract)
    for each in answer.credit_notes:
        show_credit_note(screen, each)
    return _settled(screen, answer, options)


def resume(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Let suspended lines come back."""
    answer = client.contracts.resume_contract(**_pausing(options))
    _show(screen, answer.contract)
    return _settled(screen, answer, options)


def _pausing(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "name": options.name,
        "start": getattr(options, "from"),
        "reason": options.reason,
        "lines": list(options.lines),
        "by": options.by,
        "validate_only": options.preview,
    }


def _settled(screen: Screen, answer: Any, options: argparse.Namespace) -> Any:
    """Name the drafts that went, and whether anything was saved."""
    for draft in answer.voided_invoices:
        say_thrown_away(screen, draft, WOULD_GO if options.preview else IS_GONE)
    if options.preview:
        screen.say("  a preview: nothing was changed", style="bold")
    return answer


def set_bill_day(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Let periods turn over on another day."""
    answer = client.contracts.set_bill_day(
        name=options.name,
        bill_day=options.bill_day,
        effective=getattr(options, "from"),
        reason=options.reason,
        by=options.by,
        validate_only=options.preview,
    )
    _show(screen, answer.contract)
    return _settled(screen, answer, options)


def _followers(client: Client, contract: Any) -> dict[str, str]:
    """Which line took the place of which, by the quotes that were signed: such a line goes on, it does not just end."""
    found: dict[str, str] = {}
    for change in contract.changes:
        ids = {each.quote_line: each.id for each in change.added_lines}
        signed = client.quotes.get_quote(name=change.quote).amendment.successions if change.quote else ()
        found |= {each.line: ids[each.followed_by] for each in signed if each.followed_by in ids}
    return found


def _show(screen: Screen, contract: Any, followers: Mapping[str, str] = MappingProxyType({})) -> None:
    screen.say(f"{contract.name}  {contract.customer}  {contract.order}  {contract.currency_code}", style="bold")
    ends = {each.line: each for change in contract.changes for each in change.ends}
    paused = {each.line for change in contract.changes if change.suspended_term for each in change.ends}
    lines = [*contract.lines, *(line for change in contract.changes for line in change.added_lines)]
    rows = [
        [
            ("  " if each.parent else "") + each.id,
            each.sku,
            each.quantity,
            amount(each.amount, contract.currency_code),
            day(each.period.start),
            _end(each),
            "; ".join(
                [
                    *([f"followed by {followers[each.id]}"] if each.id in followers else ()),
                    *([_early(each, ends[each.id], is_paused=each.id in paused)] if each.id in ends else ()),
                ]
            ),
        ]
        for each in lines
    ]
    screen.table(["line", "product", "quantity", "amount", "from", "last day", ""], rows, right=(2, 3))
    for change in contract.changes:
        who = f" by {change.by}" if change.by else ""
        turns = f"; bill day {change.bill_day} from then on" if change.bill_day else ""
        screen.say(f"  change {change.number} of {day(change.effective)}{who}: {change.reason}{turns}")
    show_renewal(screen, contract)


def _bare(name: str) -> str:
    return name.partition("/")[2]


def _end(line: Any) -> str:
    if not is_periodic(line.charge):
        return "once"
    return last_day(line.period) or "no agreed end"


def _early(line: Any, end: Any, *, is_paused: bool) -> str:
    """The last day really served of a line that ends early or pauses; none of one that is taken back altogether."""
    if end.end == line.period.end:
        return "does not renew"
    what = "suspended" if is_paused else "ends early"
    served = end.end != line.period.start
    if not served:
        return "suspended from its start" if is_paused else "taken back altogether"
    return f"{what}, last served on {last_day(end)}"

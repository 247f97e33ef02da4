"""``cpq quote``: a quote from the first draft to the accepted offer."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.failure import FINDINGS, VerbFailed
from engine.cli.options import read_json
from engine.cli.prices import PENDING, show_approval, show_findings, show_lines, show_route, show_totals
from engine.cli.screen import Screen, day, money
from engine.cli.verbs import OF_CUSTOMER, Argument, Negative, Verb, a_day, add_family, named, option, positional

if TYPE_CHECKING:
    from engine.client import Client

STATES = (
    "",
    "draft",
    "in approval",
    "approved",
    "sent",
    "accepted",
    "ordered",
    "rejected",
    "declined",
    "expired",
    "withdrawn",
    "superseded",
)
RENEWAL = 2
NAME = positional("name", "the quote, such as q-000001", named("quotes"))
NOTE = option("--note", "why", default="")
OWNER = option("--by", "the owner", kind=named("users"), required=True)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    wanted = (
        OF_CUSTOMER,
        option("--state", "only in this state, such as sent or in_approval"),
        option("--deal", "only of this deal"),
    )
    verbs = (
        Verb(
            "create",
            "create a draft from a JSON file with the fields of Quote",
            create,
            (positional("file", "the file", Path),),
        ),
        Verb(
            "edit",
            "change a draft to what a JSON file with fields of Quote says (`show --json` prints one); others stay",
            edit,
            (NAME, positional("file", "the file", Path)),
        ),
        Verb("list", "list quotes", list_quotes, wanted),
        Verb("show", "show a quote with lines and totals", show, (NAME,)),
        Verb("preview", "who would have to approve it, and what would avoid that", preview, (NAME,)),
        Verb("submit", "send a draft to its approvers, or straight on", submit, (NAME,)),
        Verb("approvals", "who was asked, what they said, and what happens next", approvals, (NAME,)),
        Verb("approve", "decide the pending requests of a quote as one approver", approve, (NAME, *_decision())),
        Verb("reject", "reject a quote as one of its approvers", reject, (NAME, *_decision())),
        Verb(
            "recall",
            "take a quote back to a draft",
            recall,
            (NAME, OWNER),
        ),
        Verb("send", "make the offer; it becomes immutable", send, (NAME,)),
        Verb(
            "accept",
            "the customer takes the offer",
            accept,
            (
                NAME,
                option("--version", "number of the offer", kind=int),
                option("--purchase-order", "the customer's number", default=""),
            ),
        ),
        Verb("decline", "the customer says no", decline, (NAME, NOTE)),
        Verb("withdraw", "take the offer back for good", withdraw, (NAME, NOTE)),
        Verb(
            "revise",
            "begin the next offer",
            revise,
            (NAME, option("--valid-until", "last day of the new offer", kind=a_day, required=True)),
        ),
        Verb(
            "clone",
            "copy a quote into a new draft",
            clone,
            (
                NAME,
                option("--valid-until", "last day of the offer", kind=a_day, required=True),
                option("--owner", "who quotes", kind=named("users")),
            ),
        ),
        Verb("versions", "the offers made so far", versions, (NAME,)),
        Verb(
            "compare",
            "the differences between two offers",
            compare,
            (NAME, positional("before", "number", int), positional("after", "number", int)),
        ),
        Verb(
            "verify",
            "recompute an offer and compare certificates",
            verify,
            (NAME, option("--certificate", "the certificate (default: the stored one)", default="")),
        ),
        Verb("delete", "delete a draft", delete, (NAME,)),
    )
    add_family(commands, "quote", "a quote from the first draft to the accepted offer", verbs)


def _decision() -> tuple[Argument, ...]:
    return (
        option("--as", "the approver, such as u-000002", kind=named("users"), required=True),
        option("--on-behalf-of", "the approver who delegated to them, where it is not clear", kind=named("users")),
        option("--comment", "why", default=""),
    )


def show_quote(screen: Screen, quote: Any) -> None:
    """The head of a quote in one line."""
    until = f", valid until {day(quote.valid_until)}" if quote.valid_until.year else ""
    titled = f"{quote.name}  {quote.title}" if quote.title else quote.name
    screen.say(f"{titled}  version {quote.version}  {STATES[quote.state]}{until}", style="bold")
    if quote.amendment.contract:
        what = "renews" if quote.amendment.kind == RENEWAL else "changes"
        screen.say(f"  {what} {quote.amendment.contract} from {day(quote.amendment.effective)}")


def create(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Create a draft."""
    quote = client.quotes.create_quote(quote=read_json(options.file), view="full")
    return _shown(screen, quote)


def edit(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Change a draft, unless others changed it since its etag was read: the one in the file, else the present one."""
    given = read_json(options.file)
    present = client.quotes.get_quote(name=options.name)
    if given.get("owner", present.owner) != present.owner:
        message = f"{present.name} stays with {present.owner}; `cpq quote clone --owner` makes a copy for another"
        raise VerbFailed(message, exit_code=FINDINGS)
    etag = given.get("etag") or present.etag
    return _shown(screen, client.quotes.update_quote(quote={**given, "name": present.name}, etag=etag, view="full"))


def list_quotes(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List quotes."""
    quotes = list(client.quotes.list_quotes(customer=options.customer, state=options.state, deal=options.deal))
    rows = [
        [
            each.name.partition("/")[2],
            each.title,
            STATES[each.state],
            str(each.version),
            money(each.priced.totals.net, each.priced.currency_code),
        ]
        for each in quotes
    ]
    screen.table(["quote", "title", "state", "version", "net"], rows, right=(3, 4))
    return quotes


def show(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show a quote."""
    return _shown(screen, client.quotes.get_quote(name=options.name, view="full"))


def preview(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Preview the approvals."""
    answer = client.quotes.preview_approvals(name=options.name)
    show_route(screen, answer.route)
    for line in answer.advice:
        screen.say(f"  advice: {line}")
    return answer


def submit(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Submit a draft."""
    return _head(screen, client.quotes.submit_quote(name=options.name))


def approvals(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show the approval of the current version."""
    quote = client.quotes.get_quote(name=options.name)
    if not quote.approval:
        return _head(screen, quote)
    approval = client.approvals.get_approval(name=quote.approval)
    show_approval(screen, approval)
    return approval


def approve(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Approve all pending requests that the approver may decide."""
    return _decide(client, screen, options, approve=True)


def reject(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Reject."""
    return _decide(client, screen, options, approve=False)


def recall(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Recall."""
    return _head(screen, client.quotes.recall_quote(name=options.name, by=options.by))


def send(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Make the offer."""
    quote = client.quotes.send_quote(name=options.name)
    screen.say(f"certificate {quote.certificate}")
    return _head(screen, quote)


def accept(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Accept the offer; without a version the current one."""
    version = options.version or client.quotes.get_quote(name=options.name).version
    return _head(
        screen,
        client.quotes.accept_quote(name=options.name, version=version, purchase_order=options.purchase_order),
    )


def decline(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Decline."""
    return _head(screen, client.quotes.decline_quote(name=options.name, note=options.note))


def withdraw(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Withdraw."""
    return _head(screen, client.quotes.withdraw_quote(name=options.name, note=options.note))


def revise(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Revise."""
    return _head(screen, client.quotes.revise_quote(name=options.name, valid_until=options.valid_until))


def clone(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Clone."""
    until: date = options.valid_until
    return _head(screen, client.quotes.clone_quote(name=options.name, valid_until=until, owner=options.owner))


def versions(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List the offers."""
    found = list(client.quotes.list_quote_versions(parent=options.name))
    rows = [
        [
            str(each.version),
            day(each.valid_until),
            money(each.priced.totals.net, each.priced.currency_code),
            each.certificate,
        ]
        for each in found
    ]
    screen.table(["version", "valid until", "net", "certificate"], rows, right=(0, 2))
    return found


def compare(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Compare two offers."""
    answer = client.quotes.compare_quote_versions(name=options.name, before=options.before, after=options.after)
    rows = [[each.path, each.before, each.after] for each in answer.differences]
    screen.table(["field", f"version {options.before}", f"version {options.after}"], rows)
    return answer


def verify(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Verify a certificate."""
    name = options.name
    if "/versions/" not in name:
        name = f"{name}/versions/{client.quotes.get_quote(name=name).version}"
    answer = client.quotes.verify_certificate(name=name, certificate=options.certificate)
    verdict = "the offer recomputes to its certificate" if answer.valid else "the offer does NOT recompute"
    screen.say(f"{verdict}: {answer.certificate}", style="green" if answer.valid else "red")
    for fault in answer.faults:
        screen.say(f"  {fault.message}")
    return answer if answer.valid else Negative(answer)


def delete(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Delete a draft."""
    answer = client.quotes.delete_quote(name=options.name)
    screen.say(f"{options.name} is deleted")
    return answer


def _decide(client: Client, screen: Screen, options: argparse.Namespace, *, approve: bool) -> Any:
    approver = getattr(options, "as")
    principal = options.on_behalf_of or approver
    quote = client.quotes.get_quote(name=options.name)
    approval = client.approvals.get_approval(name=quote.approval) if quote.approval else None
    pending = [each for each in (approval.requests if approval is not None else ()) if each.state == PENDING]
    asked = [each.id for each in pending if principal in (*each.members, *each.escalated_to)]
    if not asked and not options.on_behalf_of:
        lent = client.approvals.list_approvals(quote=quote.name, member=approver)
        asked = [""] if any(each.name == quote.approval for each in lent) else []  # the one that a delegate may decide
    for request in asked:
        fields: Any = {
            "name": quote.approval,
            "request": request,
            "approver": approver,
            "on_behalf_of": options.on_behalf_of,
            "comment": options.comment,
        }
        approval = client.approvals.approve(**fields) if approve else client.approvals.reject(**fields)
        made = approval.decisions[-1]
        (decided,) = [each for each in approval.requests if each.id == made.request]
        stood = f" on behalf of {made.on_behalf_of}" if made.on_behalf_of else ""
        screen.say(f"{decided.chain}/{decided.level}: {'approved' if approve else 'rejected'}{stood}")
    if not asked:
        message = f"nothing of {quote.name} waits for {approver}; `cpq quote approvals` says who is asked"
        raise VerbFailed(message, exit_code=FINDINGS)
    return _head(screen, client.quotes.get_quote(name=options.name))


def _head(screen: Screen, quote: Any) -> Any:
    show_quote(screen, quote)
    return quote


def _shown(screen: Screen, quote: Any) -> Any:
    show_quote(screen, quote)
    show_lines(screen, quote.priced)
    show_totals(screen, quote.priced)
    show_findings(screen, quote.priced.findings)
    return quote

"""``cpq invoice``: what is to be billed, invoices, payments and credit notes."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from engine.cli.books import STATES, show_credit_note, show_invoice
from engine.cli.failure import VerbFailed
from engine.cli.screen import Screen, day, minor_units, money
from engine.cli.verbs import (
    OF_CONTRACT,
    OF_CUSTOMER,
    REQUEST_ID,
    Argument,
    Verb,
    a_day,
    add_family,
    an_amount_above_zero,
    an_amount_of_a_line,
    named,
    option,
    positional,
)
from engine.diagnostics import counted

if TYPE_CHECKING:
    from engine.client import Client

MOST_FREE = 20
INVOICE_ID = re.compile(r"in-\d+")
NAME = positional("name", "the invoice, by name, id or the number that is printed on it", named("invoices"))
NOTE = positional("name", "the credit note, by name or id", named("creditNotes"))
CONTRACT = positional("contract", "the contract, such as k-000001", named("contracts"))
OF_INVOICE = option("--invoice", "only on this invoice, by name, id or number", kind=named("invoices"))
UNTIL = option("--until", "bill what is due up to this day", kind=a_day, required=True)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    pay = (
        NAME,
        option("--amount", "how much, such as 142.80", kind=an_amount_above_zero, required=True),
        option("--day", "day it came in", kind=a_day, required=True),
        option("--currency", "currency of the money, when it should be checked, such as EUR", default=""),
        option("--reference", "bank reference", default=""),
        Argument(("--keep-excess",), "keep what is beyond what is open as a prepaid credit", flag=True),
        REQUEST_ID,
    )
    credit = (
        NAME,
        Argument(
            ("--lines",),
            "LINE=AMOUNT before tax, where LINE is a contract line, a product or an id (default: all that is left)",
            an_amount_of_a_line,
            default=(),
            many=True,
        ),
        option("--reason", "why", required=True),
        Argument(("--past-fault",), "what was given was at fault: revenue falls now", flag=True),
        Argument(
            ("--price-change",), "the price of what is still to come was agreed anew: revenue so far stays", flag=True
        ),
        Argument(("--preview",), "check and show it, but save nothing", flag=True),
        REQUEST_ID,
    )
    usage = (
        CONTRACT,
        option("--line", "the contract line, such as api", required=True),
        option("--day", "the day of use", kind=a_day, required=True),
        option("--quantity", "how much; below zero takes back", required=True),
        option("--id", "your id of the record; the same record counts once", required=True),
    )
    gone = (NAME, option("--reason", "why a final invoice becomes void", default=""))
    verbs = (
        Verb("preview", "the invoices of a contract as they will be", preview, (CONTRACT, UNTIL)),
        Verb("run", "draft what is due", run, (UNTIL,)),
        Verb("usage", "record how much was used of a line", record_usage, usage),
        Verb("list", "list invoices", list_invoices, (OF_CUSTOMER, OF_CONTRACT)),
        Verb("show", "show an invoice", show, (NAME,)),
        Verb("finalize", "give a draft its number; it becomes immutable", finalize, (NAME,)),
        Verb("void", "throw a draft away, or make a final invoice void and its lines due again", void, gone),
        Verb("pay", "record a payment", record_payment, pay),
        Verb("notes", "list credit notes", list_notes, (OF_CONTRACT, OF_INVOICE)),
        Verb("note", "show a credit note", show_note, (NOTE,)),
        Verb("credit", "issue a credit note", issue_credit, credit),
    )
    add_family(commands, "invoice", "invoices, payments and credit notes", verbs)


def invoice_named(client: Client, said: str) -> str:
    """The name of an invoice that people also call by the number printed on it, such as `WE-000002`."""
    key = said.rpartition("/")[2]
    if INVOICE_ID.fullmatch(key):
        return said
    # Numbers are unique among those that one entity sells; what no invoice has is refused as the name that it was.
    meant = [each.name for each in client.billing.list_invoices(number=key)]
    if len(meant) > 1:
        raise VerbFailed(f"`{key}` is the number of {len(meant)} invoices; say one of {', '.join(meant)}")
    return meant[0] if meant else said


def preview(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Preview."""
    answer = client.billing.preview_invoices(contract=options.contract, until=options.until)
    for each in answer.invoices:
        show_invoice(screen, each)
    _say_free(screen, answer.free_days)
    if not answer.invoices and not answer.free_days:
        screen.say(f"nothing is due on or before {options.until} that is not on an invoice or draft already")
    return answer


def run(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Run billing."""
    answer = client.billing.run_billing(until=options.until)
    for each in answer.invoices:
        show_invoice(screen, each)
    for note in answer.credit_notes:
        show_credit_note(screen, note)
    screen.say(f"{counted(len(answer.invoices), 'draft')}, {counted(len(answer.credit_notes), 'credit note')}")
    _say_free(screen, answer.free_days)
    return answer


def _say_free(screen: Screen, days: Any) -> None:
    """Say which days have no invoice since all that is due on them costs nothing."""
    for each in days[:MOST_FREE]:
        lines = counted(each.line_count, "line")
        screen.say(f"  no invoice for {each.contract} on {day(each.day)}: its {lines} cost nothing (`zero_invoices`)")
    if len(days) > MOST_FREE:
        screen.say(f"  ... nor for {len(days) - MOST_FREE} more days")


def record_usage(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Record usage."""
    record = {"id": options.id, "line": options.line, "day": options.day, "quantity": options.quantity}
    answer = client.billing.record_usage(contract=options.contract, records=[record])
    known = "" if answer.recorded_count else "; the record was known already"
    screen.say(f"{counted(answer.recorded_count, 'record')} taken{known}")
    if answer.outside_service:
        screen.say(
            f"  `{options.line}` serves nothing on {options.day}, so that it is kept and not billed", style="red"
        )
    return answer


def list_invoices(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List invoices."""
    invoices = list(client.billing.list_invoices(customer=options.customer, contract=options.contract))
    rows = [
        [
            each.name.partition("/")[2],
            each.number,
            each.customer.partition("/")[2],
            ", ".join(contract.partition("/")[2] for contract in _contracts(each)),
            STATES.get(each.state, ""),
            day(each.invoice_date),
            day(each.due_date),
            money(each.gross, each.currency_code),
            money(each.open, each.currency_code) if each.number else "",
        ]
        for each in invoices
    ]
    columns = ["invoice", "number", "customer", "contract", "state", "date", "due", "gross", "open"]
    screen.table(columns, rows, right=(7, 8))
    return invoices


def list_notes(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List credit notes."""
    invoice = invoice_named(client, options.invoice) if options.invoice else ""
    notes = list(client.billing.list_credit_notes(contract=options.contract, invoice=invoice))
    rows = [
        [
            each.name.partition("/")[2],
            each.number,
            each.invoice.partition("/")[2],
            day(each.issue_date),
            money(-each.gross, each.currency_code),
            each.reason,
        ]
        for each in notes
    ]
    screen.table(["credit note", "number", "invoice", "date", "gross", "reason"], rows, right=(4,))
    return notes


def show_note(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show a credit note."""
    note = client.billing.get_credit_note(name=options.name)
    show_credit_note(screen, note)
    return note


def show(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show an invoice."""
    return _shown(client, screen, client.billing.get_invoice(name=invoice_named(client, options.name)))


def finalize(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Finalize."""
    name = invoice_named(client, options.name)
    return _shown(client, screen, client.billing.finalize_invoice(name=name))


def void(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Void."""
    gone = client.billing.void_invoice(name=invoice_named(client, options.name), reason=options.reason)
    if gone.number:
        since = f"void since {day(gone.void_date)}: {gone.void_reason}"
        screen.say(f"{gone.name.partition('/')[2]}  {gone.number} is {since}")
        screen.say("  its journal entry is undone; `cpq invoice run` bills anew what is due of it")
        return gone
    return _shown(client, screen, gone)


def record_payment(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Record a payment."""
    name = invoice_named(client, options.name)
    code = client.billing.get_invoice(name=name).currency_code
    payment = client.billing.record_payment(
        invoice=name,
        amount=minor_units(options.amount, code),
        reference=options.reference,
        pay_date=options.day,
        keep_excess=options.keep_excess,
        currency_code=options.currency,
        request_id=options.request_id,
    )
    left = client.billing.get_invoice(name=name).open
    screen.say(f"{payment.name}: {money(payment.amount, code)}; {money(left, code)} left to pay")
    if payment.excess:
        screen.say(f"  {money(payment.excess, code)} beyond it are kept as {payment.excess_credit}")
    return payment


def issue_credit(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Issue a credit note; without lines, for all that is left on the invoice."""
    invoice = client.billing.get_invoice(name=invoice_named(client, options.name))
    lines = [
        {"line": _line_of(invoice, line), "amount": minor_units(amount, invoice.currency_code)}
        for line, amount in options.lines
    ]
    note = client.billing.issue_credit_note(
        invoice=invoice.name,
        lines=lines,
        reason=options.reason,
        past_fault=options.past_fault,
        price_change=options.price_change,
        validate_only=options.preview,
        request_id=options.request_id,
    )
    show_credit_note(screen, note)
    if options.preview:
        screen.say("  nothing was changed: this is a preview")
    return note


def _line_of(invoice: Any, said: str) -> str:
    """The id of the invoice line that people name by its contract line or product, as they see it on the invoice."""
    if any(said == each.id for each in invoice.lines):
        return said
    of_contract: list[str] = [each.id for each in invoice.lines if said == each.quote_line]
    meant = of_contract or [each.id for each in invoice.lines if said == each.sku]
    if len(meant) == 1:
        return meant[0]
    ids = ", ".join(meant or [each.id for each in invoice.lines])
    raise VerbFailed(
        f"`{said}` names {len(meant) or 'no'} line{'s' if meant else ''} of {invoice.name}; say one of {ids}"
    )


def _shown(client: Client, screen: Screen, invoice: Any) -> Any:
    """An invoice with whom it is for, under which contract and purchase order."""
    screen.say(f"{invoice.name}  {STATES.get(invoice.state, '')}")
    for each in [client.contracts.get_contract(name=name) for name in _contracts(invoice)]:
        ordered = f", purchase order {each.purchase_order}" if each.purchase_order else ""
        screen.say(f"  for {invoice.customer}, {each.name}{ordered}")
    show_invoice(screen, invoice, credited=_credited(client, invoice) if invoice.number else None)
    return invoice


def _contracts(invoice: Any) -> list[str]:
    return list(dict.fromkeys(each.contract for each in invoice.lines))


def _credited(client: Client, invoice: Any) -> int:
    """What credit notes that count take off an invoice."""
    notes = client.billing.list_credit_notes(invoice=invoice.name)
    return sum(note.gross for note in notes if not note.void_date.year)

"""Changes and renewals of contracts as they are quoted: proto and domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpq.v1 import billing_pb2, contract_pb2, pricing_pb2

from engine.application.amendment_impact import Impact
from engine.application.amendments import AmendmentWish, LineChange, Quoting
from engine.application.renewals import RenewalWish
from engine.application.successors import Pricing
from engine.billing import Invoice
from engine.catalog import Sku
from engine.contracts import RenewalPrice
from engine.contracts.joining import CoTermination
from engine.wire.basics import Faults, fill_date, need_date, read_date, read_decimal, read_key
from engine.wire.billing import credit_note_message, invoice_message, void_message
from engine.wire.contents import read_content
from engine.wire.orders import RENEWAL_PRICES
from engine.wire.parties import USERS
from engine.wire.quotes import LONGEST_TITLE

BASES: Mapping[int, Pricing] = {
    contract_pb2.PRICE_BASIS_UNSPECIFIED: Pricing.KEPT,
    contract_pb2.PRICE_BASIS_KEPT: Pricing.KEPT,
    contract_pb2.PRICE_BASIS_RULES: Pricing.RULES,
}
ENDS: Mapping[int, CoTermination] = {
    contract_pb2.CO_TERMINATION_UNSPECIFIED: CoTermination.LAST,
    contract_pb2.CO_TERMINATION_LAST: CoTermination.LAST,
    contract_pb2.CO_TERMINATION_FIRST: CoTermination.FIRST,
}
PRICE_OF: Mapping[int, RenewalPrice] = {number: price for price, number in RENEWAL_PRICES.items()}


def read_amendment(
    request: contract_pb2.CreateAmendmentQuoteRequest, faults: Faults, *, most_lines: int
) -> AmendmentWish:
    """What is to change."""
    if request.co_terminate not in ENDS:
        faults.invalid("co_terminate", f"{request.co_terminate} is not known")
    content = request.content if request.HasField("content") else pricing_pb2.QuoteContent()
    return AmendmentWish(
        content=read_content(content, faults.at("content"), most_lines=most_lines),
        quoting=_quoting(request, faults),
        effective=read_date(request.effective, "effective", faults),
        changes=tuple(_change(each, faults.at(f"changes[{n}]")) for n, each in enumerate(request.changes)),
        cancels=tuple(request.cancels),
        co_terminate=ENDS.get(request.co_terminate, CoTermination.LAST),
    )


def read_renewal(request: contract_pb2.CreateRenewalQuoteRequest, faults: Faults) -> RenewalWish:
    """What is to be renewed."""
    if request.price and request.price not in PRICE_OF:
        faults.invalid("price", f"{request.price} is not known")
    return RenewalWish(
        quoting=_quoting(request, faults),
        lines=tuple(request.lines),
        start=read_date(request.start, "start", faults),
        months=request.months,
        end=read_date(request.end, "end", faults),
        price=PRICE_OF.get(request.price),
        index_percent=read_decimal(request.index_percent, "index_percent", faults),
    )


def fill_impact(message: contract_pb2.AmendmentImpact, impact: Impact) -> None:
    """Set what signing a change does."""
    message.currency_code = impact.currency.code
    message.credit_notes.extend(_without_name(credit_note_message(each)) for each in impact.notes)
    message.voided_invoices.extend(void_message(each) for each in impact.dropped)
    message.schedule_before.extend(_to_come(impact.before))
    message.schedule_after.extend(_to_come(impact.after))
    fill_date(message.settle_day, impact.settle_day)
    fill_date(message.until, impact.until)
    message.credit, message.charge = impact.credit.minor_units, impact.charge.minor_units
    message.net, message.net_until = impact.net.minor_units, impact.net_until.minor_units
    message.on_delivery_before = impact.delivery_before.minor_units
    message.on_delivery_after = impact.delivery_after.minor_units
    message.treatment = impact.treatment.value
    message.remarks.extend(impact.remarks)


def _change(message: contract_pb2.LineChange, faults: Faults) -> LineChange:
    if not message.line:
        faults.required("line")
    if message.price not in BASES:
        faults.invalid("price", f"{message.price} is not known")
    return LineChange(
        line=message.line,
        quantity=read_decimal(message.quantity, "quantity", faults),
        sku=Sku(message.sku) if message.sku else None,
        pricing=BASES.get(message.price, Pricing.KEPT),
    )


def _quoting(
    request: contract_pb2.CreateAmendmentQuoteRequest | contract_pb2.CreateRenewalQuoteRequest, faults: Faults
) -> Quoting:
    if len(request.title) > LONGEST_TITLE:
        faults.invalid("title", f"longer than {LONGEST_TITLE} characters")
    owner = read_key(request.owner, USERS, "owner", faults, optional=True)
    return Quoting(need_date(request.valid_until, "valid_until", faults), owner, request.title)


def _to_come(invoices: Iterable[Invoice]) -> Iterable[billing_pb2.Invoice]:
    for each in invoices:
        message = invoice_message(each, "", left=each.gross, state=billing_pb2.INVOICE_STATE_DRAFT)
        message.name = ""
        yield message


def _without_name(message: billing_pb2.CreditNote) -> billing_pb2.CreditNote:
    message.name = ""
    return message

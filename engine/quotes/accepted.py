"""What an accepted offer hands on to contract and order: frozen prices, never to be worked out again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from engine.catalog import Catalog, Charge, ChargeKind, LineId, Sku
from engine.money import HALF_UP, Currency, Money, UnitPrice, settle
from engine.periods import term_end
from engine.pricing.models import PricePart, PricePartKind, brought_to
from engine.pricing.result import GiftLine, PricedLine
from engine.quotes.evaluation import PricedQuote
from engine.quotes.quote import Quote, QuoteParties
from engine.quotes.request import RequestedLine

_NO_PARTS: Mapping[LineId, tuple[PricePart, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class AcceptedLine:
    """One line of an accepted offer.

    ``list_total``, ``full_total`` and ``net_total`` are before tax, for the whole quantity: once for a one-time charge,
    for one charge period of a recurring one; ``term_total`` is the net over the whole term. ``full_total`` is before
    discounts: by the list, or by what states the price of a line without a list price. ``unit_net`` is the unit price
    before order discounts. ``tax`` is the tax on ``net_total``. ``end`` stands in the place of a term, both counted by
    the periods of ``anchor`` where there is one. ``parts`` say what each tier of the price model adds to ``net_total``.
    """

    id: LineId
    sku: Sku
    name: str
    quantity: Decimal
    parent: LineId | None
    group: str
    charge: Charge
    unit_net: Decimal
    list_total: Money
    full_total: Money
    net_total: Money
    term_total: Money
    tax: Money
    tax_code: str
    recognition: str
    fulfilment: str
    start: date
    term_months: int | None
    end: date | None = None
    parts: tuple[PricePart, ...] = ()
    anchor: date | None = None

    @property
    def last_end(self) -> date | None:
        """The first day after the agreed service; None for a one-time line and for a service without an agreed end."""
        if self.charge.kind is ChargeKind.ONE_TIME:
            return None
        if self.end is not None or self.term_months is None:
            return self.end
        return term_end(self.start, self.term_months, anchor=self.anchor)

    @property
    def has_no_agreed_price(self) -> bool:
        """Whether what it will cost is not known at signing: usage, and a service without an agreed end."""
        match self.charge.kind:
            case ChargeKind.ONE_TIME:
                return False
            case ChargeKind.RECURRING:
                return self.term_months is None and self.end is None
            case ChargeKind.USAGE:
                return True


@dataclass(frozen=True, slots=True)
class AcceptedQuote:
    """An accepted offer, complete in itself."""

    quote: str
    version: int
    parties: QuoteParties
    currency: Currency
    accepted_at: datetime
    start: date
    term_months: int | None
    rule_book: str
    purchase_order: str
    net_total: Money
    lines: tuple[AcceptedLine, ...]


def accepted_quote(
    quote: Quote, catalog: Catalog, *, at: datetime, parts: Mapping[LineId, tuple[PricePart, ...]] = _NO_PARTS
) -> AcceptedQuote:
    """Read the accepted offer of a quote; ``catalog`` is that of the rule book the offer is pinned to, ``parts`` what
    each tier adds to the lines whose price models have any.
    """
    offer = quote.offer(quote.version)
    assert offer is not None, "an accepted quote has its offer"
    return _handed_on(quote, offer.priced, catalog, at=at, parts=parts)


def proposed_quote(
    quote: Quote, catalog: Catalog, *, at: datetime, parts: Mapping[LineId, tuple[PricePart, ...]] = _NO_PARTS
) -> AcceptedQuote:
    """What a quote would hand on if it were accepted as it stands."""
    return _handed_on(quote, quote.priced, catalog, at=at, parts=parts)


def _handed_on(
    quote: Quote, offered: PricedQuote, catalog: Catalog, *, at: datetime, parts: Mapping[LineId, tuple[PricePart, ...]]
) -> AcceptedQuote:
    request = offered.request
    asked = {each.id: each for each in request.lines}
    start = request.start or at.date()
    lines = tuple(
        replace(
            _line(each, asked, offered, catalog, start=start),
            parts=brought_to(parts.get(each.id, ()), offered.priced.money(each.net), PricePartKind.TAX),
        )
        for each in offered.priced.lines
        if each.id in asked
    )
    gifts = tuple(_gift(each, offered, catalog, start=start) for each in offered.priced.gifts)
    return AcceptedQuote(
        quote=quote.id,
        version=quote.version,
        parties=quote.parties,
        currency=offered.priced.currency,
        accepted_at=at,
        start=start,
        term_months=request.term_months,
        rule_book=offered.rule_book,
        purchase_order=quote.purchase_order,
        net_total=offered.priced.totals.net,
        lines=(*lines, *gifts),
    )


def _line(
    line: PricedLine, asked: Mapping[LineId, RequestedLine], offered: PricedQuote, catalog: Catalog, *, start: date
) -> AcceptedLine:
    priced, requested, product = offered.priced, asked[line.id], catalog.products[line.sku]
    return AcceptedLine(
        id=line.id,
        sku=line.sku,
        name=product.name,
        quantity=line.quantity,
        parent=requested.parent,
        group=requested.group,
        charge=product.charge,
        unit_net=line.unit,
        list_total=priced.money(line.list_amount),
        full_total=priced.full(line),
        net_total=priced.money(line.net),
        term_total=priced.money(line.term),
        tax=priced.money(line.tax),
        tax_code=product.tax_code,
        recognition=product.recognition,
        fulfilment=product.fulfilment,
        start=requested.start or start,
        term_months=None if requested.end else requested.term_months or offered.request.term_months,
        end=requested.end,
        anchor=requested.anchor,
    )


def _gift(gift: GiftLine, offered: PricedQuote, catalog: Catalog, *, start: date) -> AcceptedLine:
    """What a rule added is delivered and billed like any other line, at the price it was given for."""
    priced, product = offered.priced, catalog.products[gift.sku]
    listed = settle(UnitPrice(gift.list_unit, priced.currency), quantity=gift.quantity, rounding=HALF_UP)
    return AcceptedLine(
        id=gift.id,
        sku=gift.sku,
        name=product.name,
        quantity=gift.quantity,
        parent=None,
        group="",
        charge=product.charge,
        unit_net=gift.unit_price,
        list_total=listed,
        full_total=listed,
        net_total=priced.money(gift.net),
        term_total=priced.money(gift.net),
        tax=priced.money(gift.tax),
        tax_code=product.tax_code,
        recognition=product.recognition,
        fulfilment=product.fulfilment,
        start=start,
        term_months=offered.request.term_months,
    )

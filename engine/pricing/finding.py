"""Finding a line's list price: price books, books based on books or cost, contracted prices, exchange rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from engine.money import EXACT, step
from engine.pricing.bounds import Bound
from engine.pricing.compiled import EXCHANGE, OWN_LIST, Constant, ContractPlan, EntryPlan, PricePlan, PriceTable
from engine.pricing.plan import FormulaBase, Narrowness, PriceEntry
from engine.pricing.request import FrozenRate, PriceRequest, RequestLine
from engine.pricing.state import HUNDRED, ZERO, Record, rounded
from engine.pricing.work import NotANumberError, Work, as_number

DEFAULT_BOOK = "default"


class Found(NamedTuple):
    """A list price and what decided it; ``converted_from`` names the currency of a price that was exchanged.

    ``sold_unit`` is the price of one unit that the line is sold in, where the price is stated for that one: it stays
    exact although a twelfth of it may not be.
    """

    unit: Decimal
    source: int
    converted_from: str = ""
    sold_unit: Decimal | None = None


class Finder:
    """Looks prices up for one request; what depends on the header alone is asked once."""

    __slots__ = ("_header", "_rates", "_table", "work")

    def __init__(self, work: Work) -> None:
        self.work = work
        self._header: dict[int, bool] = {}
        book = work.request.quote.get("price_book")
        self._table = work.plan.prices.get(book if isinstance(book, str) else "")
        self._rates = rates_to_freeze(work.plan, work.request)

    def find(self, line: RequestLine, record: Record) -> Found | None:
        """The list price of a line from the books, the product's own price, or by exchange; None: there is none."""
        code = self.work.currency.code
        if self._table is not None:
            entry, price = self._winner(self._table, line, record, code)
            if entry is not None and price is not None:
                self._tell(entry, line, record)
                return _found(entry, line, price, entry.no)
        own = own_list(line)
        if own is not None:
            return Found(own, OWN_LIST)
        return self._exchanged(line, record)

    def _tell(self, plan: EntryPlan, line: RequestLine, record: Record) -> None:
        told = None if self.work.told is None else self.work.told.about(line.id)
        if told is None:
            return
        told.acted(plan.no, plan.entry.when, self.work.records(record))
        asked = self.work.request.quote.get("price_book")
        if asked and plan.entry.book != asked:
            note = ("price book", f"{plan.entry.book or DEFAULT_BOOK}, since {asked} has no price for it")
            told.read[plan.no] = (*told.read[plan.no], note)
        if plan.entry.quantity_min is not None or plan.entry.quantity_max is not None:
            told.read[plan.no] = (*told.read[plan.no], ("line.qty", line.quantity))

    def _exchanged(self, line: RequestLine, record: Record) -> Found | None:
        if self._table is None:
            return None
        for frozen in self._rates:
            source = frozen.source
            entry, price = self._winner(self._table, line, record, source)
            if entry is not None and price is not None:
                settings = self.work.plan.rules.rounding
                places = settings.unit_exponent
                places = self.work.currency.exponent if places is None else places
                converted = rounded(EXACT.multiply(price, frozen.rate), places, settings.mode)
                self._tell_exchange(entry, line, price, frozen)
                return _found(entry, line, converted, EXCHANGE, source)
        return None

    def _tell_exchange(self, plan: EntryPlan, line: RequestLine, price: Decimal, frozen: FrozenRate) -> None:
        """Note what was exchanged: the price as it stands in the book, and the rate with its day and source."""
        told = None if self.work.told is None else self.work.told.about(line.id)
        if told is not None:
            code = frozen.source
            rate = (f"rate of {code}", frozen.rate), ("day of the rate", frozen.day), ("its source", frozen.origin)
            read = (("price entry", str(plan.entry.id)), (f"price in {code}", price), *rate)
            told.read[EXCHANGE] = tuple(each for each in read if each[1] != "")

    def _winner(
        self, table: PriceTable, line: RequestLine, record: Record, code: str
    ) -> tuple[EntryPlan | None, Decimal | None]:
        """The entry that decides, with its price. One that holds and comes to none (it starts from a cost that nobody
        stated) leaves the line to the book that its own falls back to, else to nobody.
        """
        winner = None
        for entry in candidates(table, line.sku, record):
            if (winner is None or entry.entry.book != winner.entry.book) and self._holds(entry, line, record, code):
                winner = entry
                price = self._price_of(entry, line, record, code)
                if price is not None:
                    return entry, price
        return winner, None

    def constant_prices(self) -> Mapping[str, Constant]:
        """The SKUs whose price in the quote's currency is one number, with the number of its entry."""
        return {} if self._table is None else self._table.constant.get(self.work.currency.code, {})

    def entries_for_sku(self, sku: str) -> tuple[EntryPlan, ...] | None:
        """The entries for a SKU in order of rank when nothing else can be for it, else None."""
        table = self._table
        if table is None:
            return ()
        if table.by_product or table.by_family or table.by_category or table.anything:
            return None
        return table.by_sku.get(sku, ())

    def header_holds(self, plan: EntryPlan, code: str) -> bool:
        """Whether currency, date and the conditions on the header allow an entry; asked once."""
        entry = plan.entry
        if entry.currency and entry.currency != code:
            return False
        header = self._header.get(plan.no)
        if header is None:
            header = entry.window.holds(self.work.request.date) and self.work.holds(plan.header, {})
            self._header[plan.no] = header
        return header

    def _holds(self, plan: EntryPlan, line: RequestLine, record: Record, code: str) -> bool:
        entry = plan.entry
        if entry.quantity_min is not None and line.quantity < entry.quantity_min:
            return False
        if entry.quantity_max is not None and line.quantity > entry.quantity_max:
            return False
        if entry.unit and entry.unit != (line.unit or record.get("unit_of_measure")):
            return False
        return self.header_holds(plan, code) and (not plan.tests or self.work.holds(plan.tests, record))

    def _price_of(self, plan: EntryPlan, line: RequestLine, record: Record, code: str) -> Decimal | None:
        if plan.computed is not None and plan.entry.formula is not None:
            base = self._base(plan.entry.formula.base, plan.entry.formula.book, line, record, code)
            return None if base is None else _payable(plan.computed.price(base), plan.entry)
        if plan.price is None:
            return None
        if isinstance(plan.price, Decimal):
            price = plan.price
        else:
            work = self.work
            price = _payable(as_number(plan.price(record, work.quote, work.customer, work.lines)), plan.entry)
        for surcharge in line.surcharges:
            price = EXACT.add(price, surcharge)
        return price

    def _base(self, base: FormulaBase, book: str, line: RequestLine, record: Record, code: str) -> Decimal | None:
        match base:
            case FormulaBase.LIST:
                own = own_list(line)
                return self._stated(line, record, code) if own is None else own
            case FormulaBase.COST:
                return line.cost
            case FormulaBase.BOOK:
                table = self.work.plan.prices.get(book)
                entry, price = (None, None) if table is None else self._winner(table, line, record, code)
                if entry is None:
                    return own_list(line)
                return None if price is None else _found(entry, line, price, entry.no).unit

    def _stated(self, line: RequestLine, record: Record, code: str) -> Decimal | None:
        """The list price that the default book states for the product's own unit: what computed ones start from."""
        table = self.work.plan.prices.get("")
        for entry in () if table is None else candidates(table, line.sku, record):
            if entry.computed is None and not entry.entry.unit and self._holds(entry, line, record, code):
                return self._price_of(entry, line, record, code)
        return None


def _found(plan: EntryPlan, line: RequestLine, price: Decimal, source: int, currency: str = "") -> Found:
    """A price as found: one that is for the unit sold (a box) counts as a share for each unit in it."""
    if not plan.entry.unit or line.unit_factor == 1:
        return Found(price, source, currency)
    return Found(step(EXACT.divide(price, line.unit_factor)), source, currency, price)


def _payable(price: Decimal, entry: PriceEntry) -> Decimal:
    """A price that was worked out, which cannot be below zero."""
    bound = Bound(None, "price", entry.id, entry.span)
    if not bound.admits(price):
        raise NotANumberError(bound.told(price))
    return price


def own_list(line: RequestLine) -> Decimal | None:
    """The product's own list price with the surcharges of its attributes."""
    price = line.list_price
    if price is None:
        return None
    for surcharge in line.surcharges:
        price = EXACT.add(price, surcharge)
    return price


def candidates(table: PriceTable, sku: str, record: Record) -> Iterable[EntryPlan]:
    """The entries that are for a line, in order of rank."""
    lists = [table.by_sku.get(sku, ())]
    for names, field in ((table.by_product, "product"), (table.by_family, "family"), (table.by_category, "category")):
        if names:
            value = record.get(field)
            lists.append(names.get(value, ()) if isinstance(value, str) else ())
    lists.append(table.anything)
    filled = [each for each in lists if each]
    if len(filled) < 2:
        return filled[0] if filled else ()
    return sorted((entry for each in filled for entry in each), key=lambda entry: entry.rank)


def rates_to_freeze(plan: PricePlan, request: PriceRequest) -> tuple[FrozenRate, ...]:
    """The rates into the quote's currency that hold: those it froze before, else the book's latest.

    The book's own currency comes first.
    """
    found: dict[str, FrozenRate] = {}
    for rate in sorted(plan.rules.exchange_rates, key=lambda each: each.since):
        if rate.target == request.currency and rate.since <= request.date:
            found[rate.source] = FrozenRate(rate.source, rate.rate, rate.since, rate.origin)
    found.update({frozen.source: frozen for frozen in request.exchange})
    own = plan.rules.currency
    return tuple(found[source] for source in sorted(found, key=lambda each: (each != own, each)))


def contract_for(work: Work, line: RequestLine, record: Record) -> ContractPlan | None:
    """The contracted price that holds for a line; they are kept in order of priority and narrowness."""
    for plan in work.plan.contracted:
        contract = plan.contract
        if contract.currency and contract.currency != work.currency.code:
            continue
        if not contract.window.holds(work.request.date) or not _matches(
            contract.match.by, contract.match.value, record
        ):
            continue
        if work.holds(plan.tests, record):
            return plan
    return None


def _matches(by: Narrowness, value: str, record: Record) -> bool:
    match by:
        case Narrowness.SKU:
            return record.get("sku") == value
        case Narrowness.PRODUCT:
            return record.get("product") == value
        case Narrowness.FAMILY:
            return record.get("family") == value
        case Narrowness.CATEGORY:
            return record.get("category") == value
        case Narrowness.ANYTHING:
            return True


def contracted_unit(work: Work, plan: ContractPlan, unit: Decimal, record: Record) -> Decimal:
    """The unit price after a contract: its own price, or a percent off the list price."""
    contract = plan.contract
    if contract.price is not None:
        return work.number(contract.price, record)
    percent = ZERO if contract.percent_off is None else work.number(contract.percent_off, record)
    return EXACT.divide(EXACT.multiply(unit, EXACT.subtract(HUNDRED, percent)), HUNDRED)

"""The folder ``prices/``: entries, contracted prices, models, percents of total, guards and exchange rates."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from engine.diagnostics import did_you_mean
from engine.language import Checked
from engine.pricing.effects import Operand
from engine.pricing.finding import DEFAULT_BOOK
from engine.pricing.plan import (
    BookFormula,
    BundlePrice,
    ContractedPrice,
    ExchangeRate,
    FormulaBase,
    Guard,
    Match,
    ModelUse,
    Narrowness,
    PercentBasis,
    PercentOfTotal,
    PriceBook,
    PriceEntry,
    RuleId,
    Window,
)
from engine.rulebook.codes import finding, warning
from engine.rulebook.formats.prices import PRICES
from engine.rulebook.fractions import fractions
from engine.rulebook.loading.book_head import check_days
from engine.rulebook.loading.checked import check_condition
from engine.rulebook.loading.price_models import read_models
from engine.rulebook.loading.price_table import exchange_rates, own_id, price_table
from engine.rulebook.loading.pricing_scope import (
    PricingScope,
    by_currency,
    conditions,
    known_sku,
    match_of,
    money_operand,
    operand,
)
from engine.rulebook.loading.products import ListPrice, Register
from engine.rulebook.loading.sense import COMPUTED, check_meaning, check_order, is_payable, is_share
from engine.rulebook.loading.sources import TABLES, Sources
from engine.rulebook.loading.table_rows import OUT, is_out, out_names
from engine.rulebook.nodes import Scalar
from engine.rulebook.reader import Read
from engine.rulebook.table import Table

FOLDER = "prices"
PRICED = ("list_price", "contracted_price", "contracted_percent")


@dataclass(slots=True)
class Prices:
    """All that ``prices/`` says, in the author's order."""

    entries: list[PriceEntry] = field(default_factory=list)
    contracted: list[ContractedPrice] = field(default_factory=list)
    models: list[ModelUse] = field(default_factory=list)
    percent_of: list[PercentOfTotal] = field(default_factory=list)
    bundle_prices: list[BundlePrice] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    exchange_rates: list[ExchangeRate] = field(default_factory=list)
    price_books: list[PriceBook] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def read_prices(sources: Sources, scope: PricingScope, register: Register) -> Prices:
    """Read the folder; prices that stand beside products come first and are the plainest."""
    prices = Prices()
    for each in register.list_prices:
        if not _beside_product(each, prices, scope):
            register.unreadable.add(each.sku)
    for _, read in sources.records(FOLDER, PRICES):
        reader = _File(read, prices, scope)
        reader.read()
    for path in sources.in_folder(FOLDER, TABLES):
        table = sources.table(path) if not sources.is_used(path) else None
        if table is not None:
            _table(table, prices, scope)
    return prices


def _beside_product(price: ListPrice, prices: Prices, scope: PricingScope) -> bool:
    """Keep a price and say so; one that nobody can pay is reported."""
    if price.currency not in scope.currencies:
        message = f"the book has no currency `{price.currency}`"
        scope.report.add(finding("PRC209", message, price.span, "add it to `currencies` in book.yaml"))
    elif price.amount < 0:
        message = f"the list price {price.amount} is negative"
        scope.report.add(finding("PRC208", message, price.span, "write an amount of zero or more"))
    else:
        name = RuleId(f"list/{price.sku}/{price.currency}")
        match = Match(Narrowness.SKU, price.sku)
        entry = PriceEntry(name, match, currency=price.currency, price=price.amount, span=price.span)
        prices.entries.append(entry)
        return True
    return False


def _table(table: Table, prices: Prices, scope: PricingScope) -> None:
    names = {each.partition(".")[0] for each in out_names(table)}
    if "rate" in names:
        prices.exchange_rates += exchange_rates(table, scope)
        return
    if not names & set(PRICED):
        _report_without_result(table, scope)
        return
    reader = price_table(table, scope)
    prices.tables.append(table)
    prices.entries += reader.entries()
    prices.contracted += reader.contracted()


def _report_without_result(table: Table, scope: PricingScope) -> None:
    """A table without a known result is told at each result that it has, or once at its header."""
    known = (*PRICED, "rate")
    for head in (each for each in table.header if is_out(each.text)):
        name = head.text.removeprefix(OUT).strip()
        hint = did_you_mean(name, known) or f"known results are {', '.join(known)}"
        scope.report.add(finding("TBL003", f"the result `{name}` is not known", head.span, hint))
    if not out_names(table):
        hint = f"add one of {', '.join(f'`out: {each}`' for each in known)}"
        scope.report.add(finding("TBL008", "the table has no `out:` column", table.span, hint))


class _File:
    """Reads one YAML file of prices."""

    def __init__(self, read: Read, prices: Prices, scope: PricingScope) -> None:
        self.whole, self.prices, self.scope, self.report = read, prices, scope, scope.report

    def read(self) -> None:
        """Keep everything the file states."""
        for each in self.whole.records("prices"):
            self._entry(each)
        for each in self.whole.records("contracted"):
            self._contracted(each)
        for each in self.whole.records("models"):
            check_days(each, self.report)
            self.prices.models += read_models(each, self.scope)
        for each in self.whole.records("percent_of_total"):
            self._percent_of(each)
        for each in self.whole.records("bundle_prices"):
            self._bundle_price(each)
        for each in self.whole.records("guards"):
            self._guard(each)
        for each in self.whole.records("exchange_rates"):
            self._rate(each)
        for each in self.whole.records("price_books"):
            other = each.text("falls_back_to")
            fallback = "" if other == DEFAULT_BOOK else other
            self.prices.price_books.append(PriceBook(each.text("id"), fallback, each.place("falls_back_to")))

    def _entry(self, read: Read) -> None:
        match, when = match_of(read, self.scope), conditions(read, "when", self.scope.line, self.report)
        check_days(read, self.report)
        check_order(read, "quantity_min", "quantity_max", self.report)
        check_order(read, "margin_min", "margin_max", self.report)
        check_meaning(read, "price", COMPUTED, self.report)
        check_meaning(read, "based_on", ("from_cost",), self.report)
        if match is None or when is None:
            return
        formula = None if read.has("price") else _formula(read)
        amounts: list[tuple[str, Operand | None]] = [("", None)]
        if formula is None:
            amounts = [(currency, self._payable(text, "the price")) for currency, text in self._priced(read, "price")]
        for currency, price in amounts:
            if price is None and formula is None:
                continue
            entry = PriceEntry(
                id=own_id(read.text("id"), currency),
                match=match,
                book=read.text("book"),
                currency=currency,
                price=price,
                formula=formula,
                when=when,
                quantity_min=read.number("quantity_min"),
                quantity_max=read.number("quantity_max"),
                window=_window(read),
                priority=read.integer("priority", 0),
                weight=read.integer("weight", 0),
                unit=read.text("unit"),
                span=read.place("id"),
            )
            self.prices.entries.append(entry)

    def _contracted(self, read: Read) -> None:
        match, when = match_of(read, self.scope), conditions(read, "when", self.scope.line, self.report)
        check_days(read, self.report)
        if match is None or when is None:
            return
        when = (*self._customer(read), *when)
        check_meaning(read, "price", ("percent_off",), self.report)
        percent = read.scalar("percent_off")
        if percent is not None:
            agreed = self._number(percent)
            if is_share(agreed, percent, "the agreed", self.report):
                self._keep_contracted(read, match, when, "", (None, agreed))
        elif not read.has("price"):
            hint = "give `price` or `percent_off`"
            self.report.add(finding("FLD002", f"`{read.text('id')}` agrees on nothing", read.place("id"), hint))
        for currency, text in self._priced(read, "price"):
            self._keep_contracted(read, match, when, currency, (self._payable(text, "the agreed price"), None))

    def _keep_contracted(
        self,
        read: Read,
        match: Match,
        when: tuple[Checked, ...],
        currency: str,
        agreed: tuple[Operand | None, Operand | None],
    ) -> None:
        if agreed == (None, None):
            return
        self.prices.contracted.append(
            ContractedPrice(
                own_id(read.text("id"), currency),
                match,
                when,
                currency,
                *agreed,
                _window(read),
                read.integer("priority", 0),
                read.place("id"),
            )
        )

    def _customer(self, read: Read) -> tuple[Checked, ...]:
        name = read.scalar("customer")
        if name is None:
            return ()
        text = Scalar(f'customer.id = "{name.text}"', name.span)
        checked = check_condition(text, self.scope.line, self.report)
        return (checked,) if checked is not None else ()

    def _percent_of(self, read: Read) -> None:
        sku, percent = read.scalar("sku"), read.scalar("percent")
        of = conditions(read, "of", self.scope.line, self.report)
        if sku is None or percent is None or not known_sku(sku, self.scope) or of is None:
            return
        value = self._number(percent)
        if isinstance(value, Decimal) and value < 0:
            message = f"{value} percent of other lines is below zero"
            self.report.add(finding("PRC107", message, percent.span, "write a percent of zero or more"))
        elif value is not None:
            basis = PercentBasis(read.text("basis", "net"))
            name, place = RuleId(read.text("id")), read.place("id")
            check_days(read, self.report)
            found = PercentOfTotal(name, sku.text, value, of, basis, place, _window(read))
            self.prices.percent_of.append(found)

    def _bundle_price(self, read: Read) -> None:
        bundle, when = read.scalar("bundle"), conditions(read, "when", self.scope.line, self.report)
        check_days(read, self.report)
        if bundle is None or when is None or not known_sku(bundle, self.scope):
            return
        if self.scope.catalog.bundle(bundle.text) is None:
            hint = did_you_mean(bundle.text, self.scope.catalog.bundles)
            self.report.add(finding("PRC213", f"`{bundle.text}` is no bundle", bundle.span, hint))
            return
        priced = self._priced(read, "price")
        left_out = [each for each in self.scope.currencies if each not in dict(priced)]
        if priced and left_out:
            message = f"`{read.text('id')}` has no price in {', '.join(left_out)}"
            hint = f"add `{left_out[0]}: …` to its `price`; without one the bundle costs what its parts cost"
            self.report.add(warning("PRC217", message, read.place("price"), hint))
        for currency, text in priced:
            price = self._payable(text, "the bundle's price")
            if price is not None:
                name, window = own_id(read.text("id"), currency), _window(read)
                found = BundlePrice(name, bundle.text, price, when, currency, window, read.place("id"))
                self.prices.bundle_prices.append(found)

    def _guard(self, read: Read) -> None:
        when = conditions(read, "when", self.scope.line, self.report)
        if when is None:
            return
        check_days(read, self.report)
        if not any(map(read.has, ("floor", "ceiling", "margin_percent_min"))):
            hint = "give `floor`, `ceiling` or `margin_percent_min`"
            self.report.add(finding("FLD002", f"`{read.text('id')}` guards nothing", read.place("id"), hint))
        floors = dict(self._priced(read, "floor"))
        ceilings = dict(self._priced(read, "ceiling"))
        margin = read.scalar("margin_percent_min")
        least = self._number(margin) if margin is not None else None
        if margin is not None and isinstance(least, Decimal):
            self.report.add(*fractions(least, margin.span))
        for currency in [*dict.fromkeys([*floors, *ceilings])] or [""]:
            floor, ceiling = floors.get(currency), ceilings.get(currency)
            low = self._payable(floor, "the floor") if floor is not None else None
            high = self._payable(ceiling, "the ceiling") if ceiling is not None else None
            name, place = own_id(read.text("id"), currency), read.place("id")
            guard = Guard(name, when, low, high, least, currency, place, _window(read))
            self.prices.guards.append(guard)

    def _rate(self, read: Read) -> None:
        rate, since = read.number("rate"), read.day("since")
        assert rate is not None and since is not None, "the reader requires them"
        found = ExchangeRate(
            read.text("source"), read.text("target"), rate, since, read.text("origin"), read.place("rate")
        )
        self.prices.exchange_rates.append(found)

    def _priced(self, read: Read, name: str) -> list[tuple[str, Scalar]]:
        return by_currency(read.nodes.get(name), self.scope)

    def _money(self, text: Scalar) -> Operand | None:
        return money_operand(text, self.scope.line, self.report)

    def _payable(self, text: Scalar, what: str) -> Operand | None:
        """An amount that somebody can pay; None after reporting."""
        found = self._money(text)
        return found if is_payable(found, text, what, self.report) else None

    def _number(self, text: Scalar) -> Operand | None:
        trimmed = text.cut(0, len(text.text.rstrip().removesuffix("%")))
        return operand(trimmed, self.scope.line, self.report)


def _window(read: Read) -> Window:
    return Window(read.day("from"), read.day("until"))


def _formula(read: Read) -> BookFormula:
    base = FormulaBase.COST if read.flag("from_cost", default=False) else FormulaBase.LIST
    return BookFormula(
        base=FormulaBase.BOOK if read.has("based_on") else base,
        book=read.text("based_on"),
        percent_off=read.number("percent_off") or Decimal(0),
        round_to=read.number("round_to"),
        surcharge=read.number("surcharge") or Decimal(0),
        margin_min=read.number("margin_min"),
        margin_max=read.number("margin_max"),
    )

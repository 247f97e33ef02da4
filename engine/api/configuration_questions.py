"""What questions about configurations ask: product, choices, rule book, and whom and when prices are for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

import grpc

from engine.api.calls import Calls, beside, checked, ok
from engine.api.configuration_states import Key, key_of
from engine.api.price_tables import PriceTables
from engine.api.refused import Refused
from engine.application.configure import ListPrices, asked_header, configurator_of
from engine.application.content import Content, find_book
from engine.application.perform import DEFAULT_TENANT
from engine.application.ports import Reader
from engine.application.ranking import Price, Quoter, RankedRepair, Ranking, ranked, ranked_repairs
from engine.application.rule_books import ActiveBook
from engine.configuration.answers import Budget
from engine.configuration.products import Aim, Candidates, ProductChoice, ProductRepair
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import Fault, Refusal
from engine.money import currency
from engine.quotes.request import QuoteRequest
from engine.wire import configurations as wire
from engine.wire.basics import Faults, read_date, read_key
from engine.wire.headers import Shown, names_somebody, read_header
from engine.wire.products import PRODUCTS

RULE_BOOKS = "ruleBooks"
SEARCH_SHARE = 0.75
"""Of a caller's deadline: a search looks at the clock now and then only, and the answer has to travel."""
More: TypeAlias = Mapping[str, Sequence[ProductChoice]]
"""Choices by the field that they stand in; `{}` stands for the number of each."""
NO_MORE: More = MappingProxyType({})
Patience: TypeAlias = Callable[[], Budget]
"""What is left of a budget now, for a call that asks several questions."""
Found = TypeVar("Found")
_FIELDS = {
    **{each: f"pick.{each}" for each in ("slot", "sku", "quantity")},
    **{"setting": "setting.attribute", "value": "setting.value"},
}
"""The fields of a choice by the names that the domain gives them."""


class Needs(Enum):
    """Whether a question is about prices: then it is read for whom and when."""

    PRICES = "prices"
    NO_PRICES = "no prices"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was read. ``header`` says whom and when prices are for, where the question is about prices, and
    ``content`` the same as it was stated.
    """

    active: ActiveBook
    sku: str
    configurator: ProductConfigurator
    choices: tuple[ProductChoice, ...]
    header: QuoteRequest | None
    content: Content | None
    day: date

    @property
    def key(self) -> Key:
        """What the state of the choices is known by: the rules are those of the book, from a day on."""
        since = self.configurator.since
        book = self.active.parts.rule_book
        return key_of(book if since == date.min else f"{book}@{since}", self.sku, self.choices)

    @property
    def currency(self) -> str:
        """The currency of prices."""
        return self.header.currency if self.header is not None else self.active.book.default_currency

    @property
    def digits(self) -> int:
        """How many decimals amounts of the currency have."""
        return currency(self.currency).exponent


class Questions:
    """Reads questions, and knows how long a search for their answers may take and what prices they are about."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._tables = PriceTables()

    def read(self, request: Any, faults: Faults, *, more: More = NO_MORE, needs: Needs) -> Asked:
        """A question; raises Refused with everything that is wrong in it."""
        content = Content((), **read_header(request, faults)) if needs is Needs.PRICES else None
        day = (read_date(request.date, "date", faults) if content is None else content.date) or self.today()
        sku = _read_sku(request.product, faults)
        choices = wire.read_choices(request.choices, "choices", faults)
        unread = tuple(faults.found)
        active = self._book(request.rule_book, day, faults)
        header = None if content is None else self._header(active, content, day)
        configurator = configurator_of(active, sku, day) if sku else None
        further = [*_faults(header), *_faults(configurator)]
        if isinstance(configurator, ProductConfigurator) and not any(map(_is_about_choices, unread)):
            further += choice_faults(configurator, {"choices[{}]": choices, **more})
        if further:
            faults.found += beside(further, unread)
        checked(faults)
        assert configurator is not None, "what is no name of a product is a fault"
        stated = None if header is None else ok(header)
        return Asked(active, sku, ok(configurator), choices, stated, content, day)

    def book(self, name: str, day: date, faults: Faults) -> ActiveBook:
        """A rule book by its name, or the one in force; raises Refused with everything found to be wrong."""
        active = self._book(name, day, faults)
        checked(faults)
        return active

    def prices(self, asked: Asked) -> ListPrices:
        """What parts cost whom the question is about."""
        assert asked.header is not None, "a question about prices says whom they are for"
        return self._tables.of(asked.active, asked.configurator, asked.header)

    def ranked(self, asked: Asked, candidates: Candidates, aim: Aim, left: Patience) -> Ranking:
        """Candidates by what PriceQuote answers for them."""
        return self._with_prices(asked, lambda price: ranked(candidates, aim, price, _lateness(left)))

    def repairs(self, asked: Asked, repairs: Sequence[ProductRepair], left: Patience) -> tuple[RankedRepair, ...]:
        """Repairs by what PriceQuote answers for what they lead to."""
        configurator = asked.configurator
        return self._with_prices(asked, lambda price: ranked_repairs(configurator, repairs, price, _lateness(left)))

    def _with_prices(self, asked: Asked, rank: Callable[[Price], Found]) -> Found:
        assert asked.content is not None, "a question about prices says whom they are for"
        active, content, day = asked.active, asked.content, asked.day

        def look(reader: Reader) -> Found:
            quoter = Quoter(reader, active, content, day, self._calls.env.taxes)
            return rank(partial(quoter.price, asked.sku))

        return self._calls.env.store.look(DEFAULT_TENANT, look)

    def budget(self, context: grpc.ServicerContext) -> Budget:
        """The search budget of the service, as far as the caller's deadline leaves it."""
        most = self._calls.limits.search
        left = context.time_remaining()
        if left is None:
            return most
        return replace(most, milliseconds=max(1, min(most.milliseconds, int(left * 1000 * SEARCH_SHARE))))

    def today(self) -> date:
        """The day of questions that name none."""
        return self._calls.env.clock.now(DEFAULT_TENANT).date()

    def _book(self, name: str, day: date, faults: Faults) -> ActiveBook:
        key = read_key(name, RULE_BOOKS, "rule_book", faults, optional=True)
        active = find_book(self._calls.env, DEFAULT_TENANT, book_hash=key, day=day)
        if isinstance(active, Refusal):
            raise Refused(Refusal((*faults.found, *active.faults)))
        return active

    def _header(self, active: ActiveBook, header: Content, day: date) -> QuoteRequest | Refusal:
        return self._calls.env.store.look(DEFAULT_TENANT, lambda reader: asked_header(reader, header, active, day))


def needs_of(request: Shown) -> Needs:
    """Prices, where they are shown; whom they would be for is checked where it is stated without need."""
    return Needs.PRICES if request.show_prices or names_somebody(request) else Needs.NO_PRICES


def choice_faults(configurator: ProductConfigurator, stated: More) -> Iterator[Fault]:
    """What is wrong with choices, each by the path of its field; choices of different fields may be for one place."""
    for field, choices in stated.items():
        for each in configurator.faults(choices) if choices else ():
            place, _, part = each.field.partition("].")
            number = place.removeprefix("choices[").removesuffix("]")
            path = field.format(number)
            yield replace(each, field=f"{path}.{_FIELDS[part]}" if part else path)


def _lateness(left: Patience) -> Callable[[], bool]:
    return lambda: left().milliseconds <= 0


def _read_sku(product: str, faults: Faults) -> str:
    sku = product.removeprefix(f"{PRODUCTS}/")
    if sku == product or not sku:
        faults.invalid("product", f"`{product[:80]}` is not a name of the form `{PRODUCTS}/...`")
        return ""
    return sku


def _faults(outcome: object) -> tuple[Fault, ...]:
    return outcome.faults if isinstance(outcome, Refusal) else ()


def _is_about_choices(fault: Fault) -> bool:
    return fault.field.startswith("choices")

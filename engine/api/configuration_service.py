"""ConfigurationService: questions about configurable products."""

from __future__ import annotations

import threading
from datetime import date

import grpc
from cachetools import LRUCache
from cpq.v1 import configuration_pb2

from engine.api.calls import Calls, Refused, Reply, checked, ok
from engine.application.configure import configurator_of, costs, lines_of, list_prices, validate_lines
from engine.application.content import find_book
from engine.application.perform import DEFAULT_TENANT
from engine.application.rule_books import ActiveBook
from engine.configuration.answers import Budget, OutOfBudget
from engine.configuration.products import Prices, ProductChoice, ProductConfigurator
from engine.diagnostics import Code, Fault, Refusal
from engine.wire import configurations as wire
from engine.wire.basics import Faults, read_date, read_decimal, read_key
from engine.wire.contents import read_line
from engine.wire.parties import check_currency
from engine.wire.products import PRODUCTS

OUT_OF_BUDGET = Code("OUT_OF_BUDGET")
MOST_PRICE_TABLES = 64
MOST_REPAIRS = 20
USUAL_REPAIRS = 3
SEARCH_MILLISECONDS = 5_000
LEAVE_MILLISECONDS = 50
RULE_BOOKS = "ruleBooks"


class ConfigurationService:
    """Configurations over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._gate = threading.Lock()
        self._prices: LRUCache[tuple[str, str, str, date], Prices] = LRUCache(MOST_PRICE_TABLES)

    def Configure(self, request: configuration_pb2.ConfigureRequest, context: grpc.ServicerContext) -> Reply:
        """What is still possible."""
        active, sku, configurator, choices = self._asked(request)
        state = configurator.configure(choices, budget=budget_of(context))
        if isinstance(state, OutOfBudget):
            raise Refused(_out_of_budget(state))
        reply = configuration_pb2.ConfigurationState(product=f"{PRODUCTS}/{sku}")
        reply.rule_book = f"{RULE_BOOKS}/{active.parts.rule_book}"
        products = active.parts.catalog.products
        wire.fill_state(reply, state, products, show_impossible=request.show_impossible)
        return reply

    def ValidateConfiguration(
        self, request: configuration_pb2.ValidateConfigurationRequest, _: grpc.ServicerContext
    ) -> Reply:
        """Whether lines are a valid configuration."""
        faults = Faults()
        most = self._calls.limits.lines
        if len(request.lines) > most:
            faults.invalid("lines", f"{len(request.lines)} lines; {most} are allowed")
        lines = [read_line(each, faults.at(f"lines[{n}]")) for n, each in enumerate(request.lines[:most])]
        active = self._book(request.rule_book, self._today(), faults)
        found = ok(validate_lines(active, lines))
        reply = configuration_pb2.ValidateConfigurationResponse(valid=not any(each.blocking for each in found))
        for each in found:
            wire.fill_finding(reply.findings.add(), each)
        return reply

    def ExplainChoice(self, request: configuration_pb2.ExplainChoiceRequest, context: grpc.ServicerContext) -> Reply:
        """Why a choice cannot be made."""
        wanted = None
        if request.HasField("wanted"):
            faults = Faults()
            wanted = wire.read_choice(request.wanted, faults.at("wanted"))
            checked(faults)
        _, _, configurator, choices = self._asked(request, also=(wanted,) if wanted is not None else ())
        found = configurator.explain(choices, wanted=wanted, budget=budget_of(context))
        if isinstance(found, OutOfBudget):
            raise Refused(_out_of_budget(found))
        reply = configuration_pb2.ExplainChoiceResponse()
        wire.fill_conflict(reply, found)
        return reply

    def RepairConfiguration(
        self, request: configuration_pb2.RepairConfigurationRequest, context: grpc.ServicerContext
    ) -> Reply:
        """The smallest changes that make room for what is wanted."""
        faults = Faults()
        day = read_date(request.date, "date", faults) or self._today()
        wanted = wire.read_choices(request.wanted, "wanted", faults)
        if not 0 <= request.limit <= MOST_REPAIRS:
            faults.invalid("limit", f"{request.limit} is not between 0 and {MOST_REPAIRS}")
        if request.currency_code:
            check_currency(request.currency_code, "currency_code", faults)
        checked(faults)
        active, sku, configurator, choices = self._asked(request, day=day, also=wanted)
        currency = request.currency_code or active.book.default_currency
        found = configurator.repair(
            choices,
            wanted=wanted,
            prices=self._list_prices(active, sku, configurator, currency, day),
            limit=request.limit or USUAL_REPAIRS,
            budget=budget_of(context),
        )
        if isinstance(found, OutOfBudget):
            raise Refused(_out_of_budget(found))
        reply = configuration_pb2.RepairConfigurationResponse(currency_code=currency)
        for each in found:
            wire.fill_repair(reply.repairs.add(), each)
        return reply

    def CompleteConfiguration(
        self, request: configuration_pb2.CompleteConfigurationRequest, context: grpc.ServicerContext
    ) -> Reply:
        """A full valid configuration that is best by an aim."""
        faults = Faults()
        day = read_date(request.date, "date", faults) or self._today()
        limit = read_decimal(request.list_price_limit, "list_price_limit", faults)
        if request.aim not in wire.AIMS:
            faults.invalid("aim", f"{request.aim} is not an aim")
        if limit is not None and limit < 0:
            faults.invalid("list_price_limit", f"{limit} is below zero")
        if request.currency_code:
            check_currency(request.currency_code, "currency_code", faults)
        checked(faults)
        active, sku, configurator, choices = self._asked(request, day=day)
        currency = request.currency_code or active.book.default_currency
        prices = self._list_prices(active, sku, configurator, currency, day)
        found = configurator.complete(
            choices,
            aim=wire.AIMS[request.aim],
            prices=prices,
            costs=costs(active, prices, currency),
            limit=limit,
            budget=budget_of(context),
        )
        reply = configuration_pb2.CompleteConfigurationResponse(currency_code=currency)
        wire.fill_completion(reply, found, lines_of(sku, found.choices) if found.choices else ())
        return reply

    def _asked(
        self, request: object, *, day: date | None = None, also: tuple[ProductChoice, ...] = ()
    ) -> tuple[ActiveBook, str, ProductConfigurator, tuple[ProductChoice, ...]]:
        """Book, product, configurator and choices of a request; raises Refused with everything wrong in them."""
        faults = Faults()
        product = request.product  # type: ignore[attr-defined]
        sku = product.removeprefix(f"{PRODUCTS}/")
        if sku == product or not sku:
            faults.invalid("product", f"`{product[:80]}` is not a name of the form `{PRODUCTS}/...`")
        choices = wire.read_choices(request.choices, "choices", faults)  # type: ignore[attr-defined]
        active = self._book(request.rule_book, day or self._today(), faults)  # type: ignore[attr-defined]
        configurator = ok(configurator_of(active, sku))
        problems = configurator.faults((*choices, *also))
        if problems:
            raise Refused(Refusal(tuple(problems)))
        return active, sku, configurator, choices

    def _book(self, name: str, day: date, faults: Faults) -> ActiveBook:
        key = read_key(name, RULE_BOOKS, "rule_book", faults, optional=True)
        checked(faults)
        return ok(find_book(self._calls.env, DEFAULT_TENANT, book_hash=key, day=day))

    def _today(self) -> date:
        return self._calls.env.clock.now(DEFAULT_TENANT).date()

    def _list_prices(
        self, active: ActiveBook, sku: str, configurator: ProductConfigurator, currency: str, day: date
    ) -> Prices:
        key = active.parts.rule_book, sku, currency, day
        with self._gate:
            found = self._prices.get(key)
            if found is None:
                found = self._prices[key] = list_prices(active, configurator, currency, day)
            return found


def budget_of(context: grpc.ServicerContext) -> Budget:
    """The search budget that the caller's deadline leaves."""
    left = context.time_remaining()
    milliseconds = SEARCH_MILLISECONDS
    if left is not None:
        milliseconds = max(1, min(SEARCH_MILLISECONDS, int(left * 1000) - LEAVE_MILLISECONDS))
    return Budget(milliseconds=milliseconds)


def _out_of_budget(outcome: OutOfBudget) -> Refusal:
    message = f"the search for `{outcome.operation}` did not end within its budget"
    return Refusal((Fault(OUT_OF_BUDGET, "", message, "give the call more time, or choose more"),))

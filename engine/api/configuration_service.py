"""ConfigurationService: questions about configurable products."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Never, TypeVar

import grpc
from cachetools import LRUCache
from cpq.v1 import configuration_pb2

from engine.api.calls import Calls, Refused, Reply, checked, ok
from engine.api.configuration_states import Key, States, key_of, read_token, token_of
from engine.application.configure import (
    configurator_of,
    costs,
    lines_of,
    list_price,
    list_prices,
    validate_lines,
    without_price,
)
from engine.application.content import find_book
from engine.application.faults import invalid
from engine.application.perform import DEFAULT_TENANT
from engine.application.rule_books import ActiveBook
from engine.catalog import Sku
from engine.configuration.answers import Budget, OutOfBudget
from engine.configuration.products import (
    Conflict,
    Option,
    Pick,
    Prices,
    ProductChoice,
    ProductConfigurator,
    ProductState,
    Set,
    Standing,
)
from engine.diagnostics import Code, Fault, Refusal, did_you_mean
from engine.wire import configurations as wire
from engine.wire.basics import Faults, decimal_text, read_date, read_decimal, read_key
from engine.wire.contents import read_line
from engine.wire.options import OptionWriter, Shown, count_of, options_of
from engine.wire.parties import check_currency
from engine.wire.products import PRODUCTS

OUT_OF_BUDGET = Code("OUT_OF_BUDGET")
MOST_PRICE_TABLES = 64
MOST_WITHOUT_PRICE = 100
MOST_REPAIRS = 20
MOST_OPTIONS = 1_000
USUAL_OPTIONS = 200
USUAL_REPAIRS = 3
SEARCH_SHARE = 0.75
"""Of a caller's deadline: a search looks at the clock now and then only, and the answer has to travel."""
RULE_BOOKS = "ruleBooks"
Known = TypeVar("Known")
Patience = Callable[[], Budget]


class ConfigurationService:
    """Configurations over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._gate = threading.Lock()
        self._states = States()
        self._prices: LRUCache[tuple[str, str, str, date], Prices] = LRUCache(MOST_PRICE_TABLES)

    def Configure(self, request: configuration_pb2.ConfigureRequest, context: grpc.ServicerContext) -> Reply:
        """What is still possible."""
        faults = Faults()
        if not 0 <= request.option_limit <= MOST_OPTIONS:
            faults.invalid("option_limit", f"{request.option_limit} is not between 0 and {MOST_OPTIONS}")
        token = read_token(request.state_token, "state_token", faults)
        day = self._price_day(request, faults)
        active, sku, configurator, choices = self._asked(request, day=day, faults=faults)
        left = _patience(self._budget(context))
        book = active.parts.rule_book
        before = token if token is not None and token[:2] == (book, sku) else None
        if before is not None and configurator.faults(before[2]):
            raise Refused(Refusal((invalid("state_token", "not a state token of this service"),)))
        key = key_of(book, sku, choices)
        state = self._state(key, configurator, left(), before)
        old = None
        if before is not None and request.only_changes:
            old = self._state(before, configurator, left())
        shown = self._shown(request, active, sku, configurator, choices, day)
        is_settled = state.settled and (old is None or old.settled)
        plain = is_settled and not (request.show_prices or request.explain_implied)

        def fill() -> configuration_pb2.ConfigurationState:
            reply = configuration_pb2.ConfigurationState(product=f"{PRODUCTS}/{sku}")
            reply.rule_book = f"{RULE_BOOKS}/{book}"
            if shown.prices is not None:
                reply.currency_code = request.currency_code or active.book.default_currency
                reply.list_price = decimal_text(list_price(choices, shown.prices))
            asked = configurator if request.explain_implied else None
            self._fill_state(reply, (state, old), key, _explained(shown, asked, state, left))
            return reply

        if plain:
            kept = key, before if old is not None else None, request.show_impossible, shown.limit
            return self._states.answer(kept, lambda: fill().SerializeToString())
        return fill()

    def ListOptions(self, request: configuration_pb2.ListOptionsRequest, context: grpc.ServicerContext) -> Reply:
        """A page of the options of one group."""
        faults = Faults()
        day = self._price_day(request, faults)
        if not request.slot:
            faults.required("slot")
        active, sku, configurator, choices = self._asked(request, day=day, faults=faults)
        key = key_of(active.parts.rule_book, sku, choices)
        state = self._state(key, configurator, self._budget(context))
        slot = next((each for each in state.slots if each.path == request.slot), None)
        if slot is None:
            hint = did_you_mean(request.slot, [each.path for each in state.slots])
            raise Refused(Refusal((invalid("slot", f"unknown option group `{request.slot[:80]}`", hint),)))
        shown = self._shown(request, active, sku, configurator, choices, day)

        def rows(after: str, limit: int) -> list[tuple[int, tuple[Sku, Option]]]:
            start = int(after) + 1 if after else 0
            found = options_of(slot, show_impossible=request.show_impossible, start=start, count=limit)
            return list(enumerate(found, start))

        filters = _option_filters(key, slot.path, show_impossible=request.show_impossible)
        found, token = ok(self._calls.pages.page(request, rows, lambda each: str(each[0]), filters))
        hidden = 0 if request.show_impossible else count_of(slot, Standing.IMPOSSIBLE)
        reply = configuration_pb2.ListOptionsResponse(next_page_token=token)
        reply.total_size = sum(len(each.skus) for each in slot.options) - hidden
        writer = OptionWriter(slot, shown)
        for _, (part, option) in found:
            writer.write(reply.options.add(), part, option)
        return reply

    def ValidateConfiguration(
        self, request: configuration_pb2.ValidateConfigurationRequest, context: grpc.ServicerContext
    ) -> Reply:
        """Whether lines are a valid configuration."""
        faults = Faults()
        most = self._calls.limits.lines
        if len(request.lines) > most:
            faults.invalid("lines", f"{len(request.lines)} lines; {most} are allowed")
        lines = [read_line(each, faults.at(f"lines[{n}]")) for n, each in enumerate(request.lines[:most])]
        active = self._book(request.rule_book, self._today(), faults)
        found = ok(validate_lines(active, lines, self._budget(context)))
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
        found = configurator.explain(choices, wanted=wanted, budget=self._budget(context))
        reply = configuration_pb2.ExplainChoiceResponse()
        if isinstance(found, OutOfBudget):
            found, reply.out_of_budget = _known(found), True
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
            budget=self._budget(context),
        )
        reply = configuration_pb2.RepairConfigurationResponse(currency_code=currency)
        if isinstance(found, OutOfBudget):
            found, reply.out_of_budget = _known(found), True
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
        wishes = wire.read_wishes(request.wishes, faults)
        if request.currency_code:
            check_currency(request.currency_code, "currency_code", faults)
        checked(faults)
        active, sku, configurator, choices = self._asked(request, day=day)
        problems = [
            replace(each, field=each.field.replace("choices[0]", f"wishes[{n}].choice"))
            for n, wish in enumerate(wishes)
            for each in configurator.faults((wish.choice,))
        ]
        if problems:
            raise Refused(Refusal(tuple(problems)))
        currency = request.currency_code or active.book.default_currency
        prices = self._list_prices(active, sku, configurator, currency, day)
        aim, tables, budget = wire.AIMS[request.aim], (prices, costs(active, prices, currency)), self._budget(context)
        if wishes:
            found = configurator.nearest(choices, wishes, aim=aim, tables=tables, limit=limit, budget=budget)
        else:
            found = configurator.complete(choices, aim=aim, prices=prices, costs=tables[1], limit=limit, budget=budget)
        reply = configuration_pb2.CompleteConfigurationResponse(currency_code=currency)
        wire.fill_completion(reply, found, lines_of(sku, found.choices) if found.choices else ())
        reply.without_price.extend(without_price(configurator, prices)[:MOST_WITHOUT_PRICE])
        return reply

    def _fill_state(
        self,
        reply: configuration_pb2.ConfigurationState,
        states: tuple[ProductState, ProductState | None],
        key: Key,
        shown: Shown,
    ) -> None:
        """Set a state, or what differs from an earlier one."""
        state, old = states
        slots, settings = (state.slots, state.settings) if old is None else state.changed(old)
        reply.consistent, reply.complete, reply.out_of_budget = state.consistent, state.complete, not state.settled
        reply.state_token, reply.only_changes = token_of(key), old is not None
        for each in slots:
            row = reply.slots.add()
            if self._states.fill_slot(row, each, shown):
                filters = _option_filters(key, each.path, show_impossible=shown.show_impossible)
                row.next_page_token = self._calls.pages.seal("ListOptionsRequest", str(shown.limit - 1), filters)
        for setting in settings:
            wire.fill_setting(reply.settings.add(), setting, shown)

    def _state(
        self, key: Key, configurator: ProductConfigurator, budget: Budget, before: Key | None = None
    ) -> ProductState:
        """The state of choices; raises Refused when the budget ends before anything is known."""

        def work(start: ProductState | None) -> ProductState | OutOfBudget[Never]:
            return configurator.configure(key[2], previous=start, budget=budget)

        found = self._states.state(key, work, before)
        if isinstance(found, OutOfBudget):
            raise Refused(_out_of_budget(found))
        return found

    def _budget(self, context: grpc.ServicerContext) -> Budget:
        """The search budget of the service, as far as the caller's deadline leaves it."""
        most = self._calls.limits.search
        left = context.time_remaining()
        if left is None:
            return most
        return replace(most, milliseconds=max(1, min(most.milliseconds, int(left * 1000 * SEARCH_SHARE))))

    def _price_day(self, request: Any, faults: Faults) -> date:
        if request.currency_code:
            check_currency(request.currency_code, "currency_code", faults)
        return read_date(request.date, "date", faults) or self._today()

    def _shown(
        self,
        request: Any,
        active: ActiveBook,
        sku: str,
        configurator: ProductConfigurator,
        choices: tuple[ProductChoice, ...],
        day: date,
    ) -> Shown:
        """What a reply shows of options beside their standing."""
        prices = None
        if request.show_prices:
            currency = request.currency_code or active.book.default_currency
            prices = self._list_prices(active, sku, configurator, currency, day)
        limit = getattr(request, "option_limit", 0) or USUAL_OPTIONS
        return Shown(active.parts.catalog.products, choices, request.show_impossible, limit, prices)

    def _asked(
        self,
        request: Any,
        *,
        day: date | None = None,
        also: tuple[ProductChoice, ...] = (),
        faults: Faults | None = None,
    ) -> tuple[ActiveBook, str, ProductConfigurator, tuple[ProductChoice, ...]]:
        """Book, product, configurator and choices of a request; raises Refused with everything wrong in them."""
        faults = faults or Faults()
        product = request.product
        sku = product.removeprefix(f"{PRODUCTS}/")
        if sku == product or not sku:
            faults.invalid("product", f"`{product[:80]}` is not a name of the form `{PRODUCTS}/...`")
        choices = wire.read_choices(request.choices, "choices", faults)
        active = self._book(request.rule_book, day or self._today(), faults)
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


def _explained(shown: Shown, asked: ProductConfigurator | None, state: ProductState, left: Patience) -> Shown:
    """With why products and values follow, when it is asked; what the budget does not reach is left out."""
    if asked is None:
        return shown
    implied = Standing.IMPLIED
    follows: list[ProductChoice] = [
        Pick(slot.path, each.skus[0]) for slot in state.slots for each in slot.options if each.standing is implied
    ]
    follows += [
        Set(each.path, value) for each in state.settings for value, standing in each.values if standing is implied
    ]
    reasons: dict[ProductChoice, Conflict] = {}
    for each in follows:
        budget = left()
        if budget.milliseconds <= 0:
            break
        why = asked.implied_by(shown.choices, each, budget=budget)
        if isinstance(why, Conflict):
            reasons[each] = why
    return replace(shown, reasons=reasons)


def _patience(budget: Budget) -> Patience:
    """A budget whose time runs, for a call that asks several questions."""
    until = time.monotonic() + budget.milliseconds / 1000
    return lambda: replace(budget, milliseconds=max(0, int((until - time.monotonic()) * 1000)))


def _option_filters(key: Key, slot: str, *, show_impossible: bool) -> Mapping[str, str]:
    """What a page of options belongs to."""
    return {"state": token_of(key), "slot": slot, "impossible": str(show_impossible)}


def _known(outcome: OutOfBudget[Known]) -> Known:
    """What a search had proven when its budget ended; raises Refused when that is nothing."""
    if outcome.known is None:
        raise Refused(_out_of_budget(outcome))
    return outcome.known


def _out_of_budget(outcome: OutOfBudget[object]) -> Refusal:
    message = f"the search for `{outcome.operation}` did not end within its budget"
    return Refusal((Fault(OUT_OF_BUDGET, "", message, "give the call more time, or choose more"),))

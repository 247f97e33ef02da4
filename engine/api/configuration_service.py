"""ConfigurationService: questions about configurable products."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Never, TypeVar

import grpc
from cpq.v1 import configuration_pb2

from engine.api.calls import Calls, Reply, ok
from engine.api.charting import Charting
from engine.api.configuration_questions import RULE_BOOKS, Asked, Needs, Patience, Questions, needs_of
from engine.api.configuration_states import Key, States, read_token, token_of
from engine.api.refused import Refused
from engine.application.configure import costs, lines_of, list_price, unpriced, validate_lines, without_price
from engine.application.faults import invalid
from engine.application.ranking import REPRICED, counted_settings
from engine.catalog import Sku
from engine.configuration.answers import Budget, OutOfBudget
from engine.configuration.products import (
    Aim,
    Conflict,
    Option,
    Pick,
    ProductChoice,
    ProductState,
    Set,
    Sought,
    Standing,
)
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import Code, Fault, Refusal, did_you_mean
from engine.wire import configurations as wire
from engine.wire.basics import Faults, price_text, read_date, read_decimal
from engine.wire.contents import read_line
from engine.wire.options import OptionWriter, Shown, count_of, options_of
from engine.wire.products import PRODUCTS

OUT_OF_BUDGET = Code("OUT_OF_BUDGET")
MOST_WITHOUT_PRICE = 100
MOST_REPAIRS = 20
MOST_OPTIONS = 1_000
USUAL_OPTIONS = 200
USUAL_REPAIRS = 3
Known = TypeVar("Known")


class ConfigurationService:
    """Configurations over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._questions = Questions(calls)
        self._states = States()
        self._charting = Charting()

    def Configure(self, request: configuration_pb2.ConfigureRequest, context: grpc.ServicerContext) -> Reply:
        """What is still possible."""
        faults = Faults()
        if not 0 <= request.option_limit <= MOST_OPTIONS:
            faults.invalid("option_limit", f"{request.option_limit} is not between 0 and {MOST_OPTIONS}")
        token = read_token(request.state_token, "state_token", faults)
        asked = self._questions.read(request, faults, needs=needs_of(request))
        configurator, key = asked.configurator, asked.key
        left = _patience(self._questions.budget(context))
        before = token if token is not None and token[:2] == key[:2] else None
        if before is not None and configurator.faults(before[2]):
            raise Refused(Refusal((invalid("state_token", "not a state token of this service"),)))
        state = self._state(key, configurator, left(), before)
        old = None
        if before is not None and request.only_changes:
            old = self._state(before, configurator, left())
        shown = self._shown(request, asked, request.option_limit or USUAL_OPTIONS)
        is_settled = state.settled and (old is None or old.settled)
        plain = is_settled and not (request.show_prices or request.explain_implied)

        def fill() -> bytes:
            reply = configuration_pb2.ConfigurationState(product=f"{PRODUCTS}/{asked.sku}")
            reply.rule_book = f"{RULE_BOOKS}/{asked.active.parts.rule_book}"
            if shown.prices is not None:
                reply.currency_code = asked.currency
                reply.list_price = price_text(list_price(asked.choices, shown.prices), shown.digits)
                reply.without_price.extend(unpriced(asked.choices, shown.prices))
            explained = configurator if request.explain_implied else None
            return self._written(reply, (state, old), key, _explained(shown, explained, state, left))

        if plain:
            kept = key, before if old is not None else None, request.show_impossible, shown.limit
            return self._states.answer(kept, fill)
        return fill()

    def ListOptions(self, request: configuration_pb2.ListOptionsRequest, context: grpc.ServicerContext) -> Reply:
        """A page of the options of one group."""
        faults = Faults()
        if not request.slot:
            faults.required("slot")
        asked = self._questions.read(request, faults, needs=needs_of(request))
        state = self._state(asked.key, asked.configurator, self._questions.budget(context))
        slot = next((each for each in state.slots if each.path == request.slot), None)
        if slot is None:
            hint = did_you_mean(request.slot, [each.path for each in state.slots])
            raise Refused(Refusal((invalid("slot", f"unknown option group `{request.slot[:80]}`", hint),)))
        shown = self._shown(request, asked, USUAL_OPTIONS)

        def rows(after: str, limit: int) -> list[tuple[int, tuple[Sku, Option]]]:
            start = int(after) + 1 if after else 0
            found = options_of(slot, show_impossible=request.show_impossible, start=start, count=limit)
            return list(enumerate(found, start))

        filters = _option_filters(asked.key, slot.path, show_impossible=request.show_impossible)
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
        day = read_date(request.date, "date", faults) or self._questions.today()
        active = self._questions.book(request.rule_book, day, faults)
        found = ok(validate_lines(active, lines, day, self._questions.budget(context)))
        reply = configuration_pb2.ValidateConfigurationResponse(valid=not any(each.blocking for each in found))
        for each in found:
            wire.fill_finding(reply.findings.add(), each)
        return reply

    def ExplainChoice(self, request: configuration_pb2.ExplainChoiceRequest, context: grpc.ServicerContext) -> Reply:
        """Why a choice cannot be made."""
        faults, wanted = Faults(), None
        if request.HasField("wanted"):
            wanted = wire.read_choice(request.wanted, faults.at("wanted"))
        more = {} if wanted is None else {"wanted": (wanted,)}
        asked = self._questions.read(request, faults, more=more, needs=Needs.NO_PRICES)
        found = asked.configurator.explain(asked.choices, wanted=wanted, budget=self._questions.budget(context))
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
        wanted = wire.read_choices(request.wanted, "wanted", faults)
        if not 0 <= request.limit <= MOST_REPAIRS:
            faults.invalid("limit", f"{request.limit} is not between 0 and {MOST_REPAIRS}")
        several = wire.read_count(request.candidate_limit, "candidate_limit", REPRICED, faults)
        more = {"wanted[{}]": wanted}
        asked = self._questions.read(request, faults, more=more, needs=Needs.PRICES)
        left = _patience(self._questions.budget(context))
        prices = self._questions.prices(asked).counted((*asked.choices, *wanted))
        sought = Sought(Aim.CHEAPEST, prices, {}, None, several, counted_settings(asked.active, asked.configurator))
        found = asked.configurator.repairs(asked.choices, sought, wanted=wanted, budget=left())
        reply = configuration_pb2.RepairConfigurationResponse(currency_code=asked.currency)
        if isinstance(found, OutOfBudget):
            found, reply.out_of_budget = _known(found), True
        ranked = self._questions.repairs(asked, found, left)
        for each in ranked[: request.limit or USUAL_REPAIRS]:
            wire.fill_repair(reply.repairs.add(), each, asked.digits)
        return reply

    def CompleteConfiguration(
        self, request: configuration_pb2.CompleteConfigurationRequest, context: grpc.ServicerContext
    ) -> Reply:
        """A full valid configuration that is best by an aim."""
        faults = Faults()
        limit = read_decimal(request.list_price_limit, "list_price_limit", faults)
        if request.aim not in wire.AIMS:
            faults.invalid("aim", f"{request.aim} is not an aim")
        if limit is not None and limit < 0:
            faults.invalid("list_price_limit", f"{limit} is below zero")
        several = wire.read_count(request.candidate_limit, "candidate_limit", REPRICED, faults)
        alternatives = wire.read_count(request.alternative_limit, "alternative_limit", 0, faults)
        wishes = wire.read_wishes(request.wishes, faults)
        more = {f"wishes[{n}].choice": [w.choice] for n, w in enumerate(wishes)}
        asked = self._questions.read(request, faults, more=more, needs=Needs.PRICES)
        engine, choices = asked.configurator, asked.choices
        prices = self._questions.prices(asked).counted((*choices, *(each.choice for each in wishes)))
        table, left = costs(asked.active, prices, asked.currency), _patience(self._questions.budget(context))
        counted = counted_settings(asked.active, engine)
        sought = Sought(wire.AIMS[request.aim], prices, table, limit, several, counted)
        found = engine.candidates(choices, sought, wishes=wishes, budget=left())
        ranking = self._questions.ranked(asked, found, sought.aim, left)
        full = ranking.best.completion.choices
        reply = configuration_pb2.CompleteConfigurationResponse(currency_code=asked.currency)
        lines = lines_of(asked.sku, full) if full else ()
        wire.fill_completion(reply, ranking, lines, asked.digits, alternatives=alternatives)
        reply.without_price.extend(without_price(engine, prices)[:MOST_WITHOUT_PRICE])
        return reply

    def _written(
        self,
        reply: configuration_pb2.ConfigurationState,
        states: tuple[ProductState, ProductState | None],
        key: Key,
        shown: Shown,
    ) -> bytes:
        """A reply with a state, or what differs from an earlier one; pieces are copied as they were written."""
        state, old = states
        slots, settings = (state.slots, state.settings) if old is None else state.changed(old)
        reply.consistent, reply.complete, reply.out_of_budget = state.consistent, state.complete, not state.settled
        reply.state_token, reply.only_changes = token_of(key), old is not None
        pieces = [reply.SerializeToString()]
        for each in slots:
            content, more = self._states.slot(each, shown)
            pieces.append(content)
            if more:
                filters = _option_filters(key, each.path, show_impossible=shown.show_impossible)
                piece = configuration_pb2.ConfigurationState.FromString(content)
                token = self._calls.pages.seal("ListOptionsRequest", str(shown.limit - 1), filters)
                piece.slots[0].next_page_token = token
                pieces[-1] = piece.SerializeToString()
        pieces += [self._states.setting(each, shown) for each in settings]
        return b"".join(pieces)

    def _state(
        self, key: Key, configurator: ProductConfigurator, budget: Budget, before: Key | None = None
    ) -> ProductState:
        """The state of choices; raises Refused when the budget ends before anything is known."""

        def work(start: ProductState | None) -> ProductState | OutOfBudget[Never]:
            self._charting.asked(configurator)
            return configurator.configure(key[2], previous=start, budget=budget)

        found = self._states.state(key, work, before)
        if isinstance(found, OutOfBudget):
            raise Refused(_out_of_budget(found))
        return found

    def _shown(self, request: Any, asked: Asked, limit: int) -> Shown:
        """What a reply shows of options beside their standing."""
        prices = self._questions.prices(asked).stated if request.show_prices else None
        products = asked.active.parts.catalog.products
        return Shown(products, asked.choices, request.show_impossible, limit, prices, asked.digits)


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

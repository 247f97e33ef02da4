"""Choices, states, repairs and completions: proto and domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from cpq.v1 import configuration_pb2, pricing_pb2

from engine.application.ranking import Ranked, RankedRepair, Ranking
from engine.catalog import Sku
from engine.configuration.answers import CompletionStatus
from engine.configuration.products import (
    Aim,
    Conflict,
    Finding,
    Pick,
    ProductChoice,
    Set,
    SettingState,
    SlotState,
    Standing,
)
from engine.configuration.products.wishes import ProductWish
from engine.money import Money
from engine.quotes.request import RequestedLine
from engine.wire.basics import Faults, fill_value, price_text, read_value
from engine.wire.contents import fill_line
from engine.wire.options import STANDINGS, OptionWriter, Shown, count_of, options_of
from engine.wire.sheets import place_of

MOST_CHOICES = 1_000
MOST_WISHES = 100
MOST_WEIGHT = 1_000
MOST_CANDIDATES = 100
AIMS: Mapping[int, Aim] = {
    configuration_pb2.COMPLETION_AIM_UNSPECIFIED: Aim.CHEAPEST,
    configuration_pb2.COMPLETION_AIM_PREFERRED: Aim.PREFERRED,
    configuration_pb2.COMPLETION_AIM_CHEAPEST: Aim.CHEAPEST,
    configuration_pb2.COMPLETION_AIM_BEST_MARGIN: Aim.BEST_MARGIN,
}
STATUSES: Mapping[CompletionStatus, int] = {
    each: configuration_pb2.CompletionStatus.Value(f"COMPLETION_STATUS_{each.name}") for each in CompletionStatus
}


def read_choices(
    messages: Iterable[configuration_pb2.ProductChoice], field: str, faults: Faults
) -> tuple[ProductChoice, ...]:
    """The choices of a customer."""
    given = list(messages)
    if len(given) > MOST_CHOICES:
        faults.invalid(field, f"{len(given)} choices; {MOST_CHOICES} are allowed")
        return ()
    return tuple(
        found for n, each in enumerate(given) if (found := read_choice(each, faults.at(f"{field}[{n}]"))) is not None
    )


def read_choice(message: configuration_pb2.ProductChoice, faults: Faults) -> ProductChoice | None:
    """One choice; one that chooses nothing is a fault."""
    match message.WhichOneof("kind"):
        case "pick":
            if not message.pick.slot:
                faults.required("pick.slot")
            if message.pick.quantity < 0:
                faults.invalid("pick.quantity", f"{message.pick.quantity} is below zero")
            return Pick(message.pick.slot, Sku(message.pick.sku), message.pick.quantity or None)
        case "setting":
            if not message.setting.attribute:
                faults.required("setting.attribute")
            return Set(message.setting.attribute, read_value(message.setting.value, "setting.value", faults))
        case _:
            faults.required("kind")
            return None


def fill_choice(message: configuration_pb2.ProductChoice, choice: ProductChoice) -> None:
    """Set a choice."""
    match choice:
        case Pick():
            message.pick.slot, message.pick.sku = choice.slot, choice.sku
            message.pick.quantity = choice.quantity or 0
        case Set():
            message.setting.attribute = choice.setting
            fill_value(message.setting.value, choice.value)


def fill_slot(message: configuration_pb2.SlotState, slot: SlotState, shown: Shown) -> int:
    """Set a group with its first options; returns how many options are not there yet."""
    message.path, message.title, message.minimum, message.maximum = slot.path, slot.title, slot.minimum, slot.maximum
    message.may_be_empty = slot.may_be_empty
    message.quantity_minimum, message.quantity_maximum = slot.quantity_minimum, slot.quantity_maximum
    message.impossible_count = count_of(slot, Standing.IMPOSSIBLE)
    message.possible_count = count_of(slot, Standing.POSSIBLE)
    writer = OptionWriter(slot, shown)
    found = options_of(slot, show_impossible=shown.show_impossible, start=0, count=shown.limit)
    for sku, option in found:
        row = message.options.add()
        writer.write(row, sku, option)
        why = shown.reasons.get(Pick(slot.path, option.skus[0])) if option.standing is Standing.IMPLIED else None
        if why is not None:
            fill_implied(row.implied_by, why)
    hidden = 0 if shown.show_impossible else message.impossible_count
    return sum(len(each.skus) for each in slot.options) - hidden - len(found)


def fill_setting(message: configuration_pb2.SettingState, setting: SettingState, shown: Shown) -> None:
    """Set an attribute with its values."""
    message.path, message.title = setting.path, setting.title
    for value, standing in setting.values:
        part = message.values.add()
        fill_value(part.value, value)
        part.standing = STANDINGS[standing]  # type: ignore[assignment]
        why = shown.reasons.get(Set(setting.path, value)) if standing is Standing.IMPLIED else None
        if why is not None:
            fill_implied(part.implied_by, why)


def fill_implied(message: configuration_pb2.ImpliedBy, conflict: Conflict) -> None:
    """Set why something follows."""
    for choice in conflict.choices:
        fill_choice(message.choices.add(), choice)
    _fill_blames(message.rules, conflict)


def fill_conflict(message: configuration_pb2.ExplainChoiceResponse, conflict: Conflict | None) -> None:
    """Set why something cannot be."""
    message.possible = conflict is None
    if conflict is None:
        return
    for choice in conflict.choices:
        fill_choice(message.choices.add(), choice)
    _fill_blames(message.rules, conflict)


def read_count(given: int, field: str, usual: int, faults: Faults) -> int:
    """How many candidates or alternatives are asked for; 0 is as many as usual."""
    if not 0 <= given <= MOST_CANDIDATES:
        faults.invalid(field, f"{given} is not between 0 and {MOST_CANDIDATES}")
    return given or usual


def fill_repair(message: configuration_pb2.Repair, ranked: RankedRepair, digits: int) -> None:
    """Set choices to give up; prices with at least the digits of their currency."""
    repair, best = ranked.repair, ranked.after.best
    for choice in repair.drop:
        fill_choice(message.drop.add(), choice)
    for choice in ranked.instead:
        fill_choice(message.instead.add(), choice)
    message.price_effect = _price(repair.price_effect, digits)
    message.list_price, message.price_proven = _price(repair.list_price, digits), repair.proven
    _fill_quoted(message, best, digits)
    message.net_effect = "" if ranked.net_effect is None else _amount(ranked.net_effect)
    message.repriced_count, message.net_proven = ranked.after.repriced, ranked.after.proven


def fill_completion(
    message: configuration_pb2.CompleteConfigurationResponse,
    ranking: Ranking,
    lines: Iterable[RequestedLine],
    digits: int,
    *,
    alternatives: int,
) -> None:
    """Set a full configuration; prices with at least the digits of their currency."""
    best, by_list = ranking.best, ranking.by_list
    message.status = STATUSES[by_list.status]  # type: ignore[assignment]
    message.list_price_bound = _price(by_list.bound, digits)
    for line in lines:
        fill_line(message.lines.add(), line)
    for choice in best.completion.missed:
        fill_choice(message.missed.add(), choice)
    if not best.completion.choices:
        return
    _fill_ranked(message, best, digits)
    message.repriced_count, message.price_proven = ranking.repriced, ranking.proven
    for other in ranking.ranked[1 : 1 + alternatives]:
        _fill_ranked(message.alternatives.add(), other, digits)


def _amount(money: Money) -> str:
    return f"{money.decimal:f}"


def _fill_ranked(message: Any, ranked: Ranked, digits: int) -> None:
    for choice in ranked.completion.choices:
        fill_choice(message.choices.add(), choice)
    message.list_price, message.list_rank = _price(ranked.completion.list_price, digits), ranked.place
    _fill_quoted(message, ranked, digits)


def _fill_quoted(message: Any, ranked: Ranked, digits: int) -> None:
    """Set what PriceQuote answers, or why it answers none; nothing where it was not asked."""
    if ranked.quoted is not None:
        totals = ranked.quoted.totals
        message.price.list_price, message.price.net_price = _amount(totals.list), _amount(totals.net)
        message.price.margin = "" if totals.margin is None else _amount(totals.margin)
    elif ranked.fault is not None:
        message.price.fault = ranked.fault.message


def read_wishes(messages: Iterable[configuration_pb2.Wish], faults: Faults) -> tuple[ProductWish, ...]:
    """A wish list; two wishes for one product in one group, or for one attribute's value, are a fault."""
    given = list(messages)
    if len(given) > MOST_WISHES:
        faults.invalid("wishes", f"{len(given)} wishes; {MOST_WISHES} are allowed")
        return ()
    found: list[ProductWish] = []
    seen: set[tuple[object, ...]] = set()
    for n, each in enumerate(given):
        here = faults.at(f"wishes[{n}]")
        choice = read_choice(each.choice, here.at("choice"))
        if not 0 <= each.weight <= MOST_WEIGHT:
            here.invalid("weight", f"{each.weight} is not between 0 and {MOST_WEIGHT}")
        if choice is None:
            continue
        about = (choice.slot, choice.sku) if isinstance(choice, Pick) else (choice.setting, choice.value)
        if about in seen:
            here.invalid("choice", "it is wished for twice")
        seen.add(about)
        found.append(ProductWish(choice, each.weight or 1))
    return tuple(found)


def fill_finding(message: pricing_pb2.Finding, finding: Finding) -> None:
    """Set something wrong or missing."""
    message.line_id, message.rule, message.message = finding.line, finding.rule, finding.message
    message.place, message.blocking = place_of(finding.span), finding.blocking


def _price(price: Decimal | None, digits: int) -> str:
    return "" if price is None else price_text(price, digits)


def _fill_blames(rows: Any, conflict: Conflict) -> None:
    for blame in conflict.rules:
        rows.add(rule=blame.rule, message=blame.message, place=place_of(blame.span))

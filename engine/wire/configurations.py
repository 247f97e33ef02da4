"""Choices, states, repairs and completions: proto and domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cpq.v1 import configuration_pb2, pricing_pb2

from engine.catalog import Product, Sku
from engine.configuration.answers import CompletionStatus
from engine.configuration.products import (
    Aim,
    Conflict,
    Finding,
    Pick,
    ProductChoice,
    ProductCompletion,
    ProductRepair,
    ProductState,
    Set,
    Standing,
)
from engine.quotes.request import RequestedLine
from engine.wire.basics import Faults, decimal_text, fill_value, read_value
from engine.wire.contents import fill_line
from engine.wire.sheets import place_of

MOST_CHOICES = 1_000
STANDINGS: Mapping[Standing, int] = {
    each: configuration_pb2.Standing.Value(f"STANDING_{each.name}") for each in Standing
}
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


def fill_state(
    message: configuration_pb2.ConfigurationState,
    state: ProductState,
    products: Mapping[Sku, Product],
    *,
    show_impossible: bool,
) -> None:
    """Set the answer to a click."""
    message.consistent, message.complete = state.consistent, state.complete
    for slot in state.slots:
        row = message.slots.add()
        row.path, row.title, row.minimum, row.maximum = slot.path, slot.title, slot.minimum, slot.maximum
        row.may_be_empty = slot.may_be_empty
        row.quantity_minimum, row.quantity_maximum = slot.quantity_minimum, slot.quantity_maximum
        gone = 0
        for option in slot.options:
            if option.standing is Standing.IMPOSSIBLE:
                gone += len(option.skus)
                if not show_impossible:
                    continue
            standing = STANDINGS[option.standing]
            for sku in option.skus:
                shown = row.options.add()
                shown.sku, shown.display_name = sku, products[sku].name
                shown.standing = standing  # type: ignore[assignment]
        row.impossible_count = gone
    for setting in state.settings:
        entry = message.settings.add()
        entry.path, entry.title = setting.path, setting.title
        for value, standing_of in setting.values:
            part = entry.values.add()
            fill_value(part.value, value)
            part.standing = STANDINGS[standing_of]  # type: ignore[assignment]


def fill_conflict(message: configuration_pb2.ExplainChoiceResponse, conflict: Conflict | None) -> None:
    """Set why something cannot be."""
    message.possible = conflict is None
    if conflict is None:
        return
    for choice in conflict.choices:
        fill_choice(message.choices.add(), choice)
    for blame in conflict.rules:
        row = message.rules.add()
        row.rule, row.message, row.place = blame.rule, blame.message, place_of(blame.span)


def fill_repair(message: configuration_pb2.Repair, repair: ProductRepair) -> None:
    """Set choices to give up."""
    for choice in repair.drop:
        fill_choice(message.drop.add(), choice)
    for choice in repair.instead:
        fill_choice(message.instead.add(), choice)
    message.price_effect = decimal_text(repair.price_effect)


def fill_completion(
    message: configuration_pb2.CompleteConfigurationResponse,
    completion: ProductCompletion,
    lines: Iterable[RequestedLine],
) -> None:
    """Set a full configuration."""
    message.status = STATUSES[completion.status]  # type: ignore[assignment]
    for choice in completion.choices:
        fill_choice(message.choices.add(), choice)
    message.list_price = decimal_text(completion.list_price)
    for line in lines:
        fill_line(message.lines.add(), line)


def fill_finding(message: pricing_pb2.Finding, finding: Finding) -> None:
    """Set something wrong or missing."""
    message.line_id, message.rule, message.message = finding.line, finding.rule, finding.message
    message.place, message.blocking = place_of(finding.span), finding.blocking

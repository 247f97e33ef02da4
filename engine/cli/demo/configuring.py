"""Act one: a rep configures a workstation, hits a conflict, sees why, takes the cheapest repair, completes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.cli.answers import as_data
from engine.cli.configurations import blame_line, choice_text, show_slots
from engine.cli.demo.stage import FIRST_DAY, Stage
from engine.cli.prices import signed
from engine.cli.screen import amount

PRODUCT = "products/WS"
CURRENCY = "EUR"


def configure(stage: Stage) -> list[dict[str, Any]]:
    """Play the act; returns the quote lines of the finished workstation."""
    screen, engine = stage.screen, stage.client.configuration
    screen.title("1. Configure: a workstation for design work")
    choices: list[Any] = [
        {"setting": {"attribute": "purpose", "value": "design"}},
        pick("cpu", _dear(stage, "cpu", [], 1)),
    ]
    choices.append(pick("psu", _cheapest(stage, "psu", choices)))
    state = engine.configure(product=PRODUCT, choices=choices, show_impossible=True)
    for each in choices:
        screen.say(f"  chosen: {choice_text(each)}")
    show_slots(screen, state)
    wanted = pick("gpu", _dear(stage, "gpu", choices, 2, possible=False), 1)
    screen.say(f"\n  the customer wants {choice_text(wanted)}", style="bold")
    why = engine.explain_choice(product=PRODUCT, choices=choices, wanted=wanted)
    if not why.possible:
        screen.say(f"  not with {', '.join(choice_text(each) for each in why.choices)}:", style="yellow")
        for rule in why.rules:
            screen.say(f"    {blame_line(rule)}", style="yellow")
        choices = _repair(stage, choices, wanted)
    choices.append(wanted)
    done = engine.complete_configuration(product=PRODUCT, choices=choices, aim="cheapest", **_header(stage))
    proven = "proven to be the cheapest" if done.status == 1 else "not proven to be the cheapest"
    screen.say(f"  completed for {CURRENCY} {_listed(stage, done.lines)}, {proven}:")
    screen.say("    " + ", ".join(choice_text(each) for each in done.choices if each.WhichOneof("kind") == "pick"))
    stage.amounts["configured_list_price"] = done.list_price
    return [as_data(each) for each in done.lines]


def pick(slot: str, sku: str, quantity: int = 0) -> dict[str, Any]:
    """A choice of a product."""
    return {"pick": {"slot": slot, "sku": sku, "quantity": quantity}}


def _repair(stage: Stage, choices: list[Any], wanted: dict[str, Any]) -> list[Any]:
    """Show the repairs with their price and take the cheapest."""
    screen = stage.screen
    answer = stage.client.configuration.repair_configuration(
        product=PRODUCT, choices=choices, wanted=[wanted], **_header(stage)
    )
    screen.say("  repairs, fewest changes first, then by price:")
    wanted_text = choice_text(wanted)
    for number, each in enumerate(answer.repairs, 1):
        effect = effect_text(each, wanted_text)
        instead = ", ".join(choice_text(one) for one in each.instead)
        drop = ", ".join(choice_text(one) for one in each.drop)
        screen.say(f"    {number}. instead of {drop} take {instead}  ({effect})")
    best = answer.repairs[0]
    stage.amounts["repair_price_effect"] = best.price_effect
    dropped = {choice_text(each) for each in best.drop}
    screen.say("  taken: the first", style="green")
    return [*(each for each in choices if choice_text(each) not in dropped), *best.instead]


def effect_text(repair: Any, wanted: str) -> str:
    """What a repair does to the price, where the search found it within its budget."""
    if not repair.price_effect:
        return "its price was not found within the budget of the search"
    return f"list price of the cheapest completion {signed(repair.price_effect)} {CURRENCY} with {wanted}"


def _header(stage: Stage) -> dict[str, Any]:
    """Whom and when all prices of the act are for."""
    return {"date": FIRST_DAY, "currency_code": CURRENCY, "customer": stage.people.customer}


def _listed(stage: Stage, lines: Any) -> str:
    """The list price of the product with its parts, told apart: it costs something of its own."""
    content = {**_header(stage), "lines": lines}
    priced = stage.client.pricing.price_quote(content=content, view="full")
    whole, (own,) = priced.totals.list, [each.list_amount for each in priced.lines if not each.parent]
    apart = f"WS itself {amount(own, CURRENCY)}, its parts {amount(whole - own, CURRENCY)}"
    return f"{amount(whole, CURRENCY)} list ({apart})"


def _dear(stage: Stage, slot: str, choices: list[Any], rank: int, *, possible: bool = True) -> str:
    """The SKU that is dearest (rank 1), second dearest (rank 2) ... in a slot."""
    return sorted(_offers(stage, slot, choices, possible=possible))[-rank][1]


def _cheapest(stage: Stage, slot: str, choices: list[Any]) -> str:
    return min(_offers(stage, slot, choices, possible=True))[1]


def _offers(stage: Stage, slot: str, choices: list[Any], *, possible: bool) -> list[tuple[Decimal, str]]:
    """List price and SKU of the options of a slot, only those still possible or all."""
    state = stage.client.configuration.configure(product=PRODUCT, choices=choices, show_impossible=not possible)
    skus = [option.sku for each in state.slots if each.path == slot for option in each.options]
    lines = [{"id": sku, "sku": sku, "quantity": "1"} for sku in skus]
    content = {**_header(stage), "lines": lines}
    priced = stage.client.pricing.price_quote(content=content, view="full")
    return [(Decimal(line.list_unit_price), line.sku) for line in priced.lines]

"""Configurations on the screen: slots with their options, choices and rules in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.cli.prices import plain, signed
from engine.cli.screen import Screen

STANDINGS = {1: "chosen", 2: "follows", 3: "possible", 4: "impossible", 5: "not known yet"}
CHOSEN, IMPLIED, POSSIBLE, IMPOSSIBLE = 1, 2, 3, 4
MOST_OPTIONS = 1_000
OPTIMAL, FEASIBLE, INFEASIBLE = 1, 2, 3
CHEAPEST = "cheapest"
"""The aim that is taken when none is stated."""
BUNDLE_ITSELF = "the product itself, quantities at their tiers"


def show_slots(screen: Screen, state: Any) -> None:
    """One line a slot: what is chosen or follows, how many options remain and how many became impossible."""
    rows = []
    for slot in state.slots:
        decided = [each.sku for each in slot.options if each.standing in (CHOSEN, IMPLIED)]
        rows.append([slot.title, ", ".join(decided), str(slot.possible_count), str(slot.impossible_count)])
    for setting in state.settings:
        decided = [value_text(each.value) for each in setting.values if each.standing in (CHOSEN, IMPLIED)]
        possible = sum(each.standing == POSSIBLE for each in setting.values)
        gone = sum(each.standing == IMPOSSIBLE for each in setting.values)
        rows.append([setting.title, ", ".join(decided), str(possible), str(gone)])
    screen.table(["", "decided", "possible", "impossible"], rows, right=(2, 3))


def show_completed(screen: Screen, state: Any, choices: Sequence[Any]) -> None:
    """What is taken, in the order in which the groups are asked about, with titles and names; then the attributes."""
    picks = [each.pick for each in choices if each.WhichOneof("kind") == "pick"]
    settings = {each.setting.attribute: each.setting.value for each in choices if each.WhichOneof("kind") == "setting"}
    rows: list[list[str]] = []
    for slot in state.slots:
        names = {each.sku: each.display_name for each in slot.options}
        own = [each for each in picks if each.slot == slot.path]
        taken = [[_pick_text("", each.sku, each.quantity), names.get(each.sku, "")] for each in own if each.sku]
        shown = taken or [["none", ""]]
        rows += [[f"  {slot.title if not at else ''}", *each] for at, each in enumerate(shown)]
    told = [each for each in state.settings if each.path in settings]
    rows += [[f"  {each.title}", value_text(settings[each.path]), ""] for each in told]
    screen.table(["", "", ""], rows)


def say_budget(screen: Screen, state: Any) -> None:
    """Say so when the search ended before everything was decided."""
    if state.out_of_budget:
        screen.say("the search ran out of its budget: some options are not known yet; choose more", style="yellow")


def show_conflict(screen: Screen, why: Any, *, wanted: str = "") -> None:
    """Which choices clash by which rules, and whether fewer may do."""
    against = ", ".join(choice_text(each) for each in why.choices)
    if wanted:
        screen.say(f"{wanted} does not go with {against or 'the rules alone'}:", style="yellow")
    else:
        screen.say(f"these choices do not go together: {against or 'the rules alone'}", style="yellow")
    for rule in why.rules:
        screen.say(f"  {blame_line(rule)}", style="yellow")
    if why.out_of_budget:
        missing = "" if why.rules else " and the rules behind it were not found"
        screen.say(f"  the search ran out of its budget: fewer choices may clash{missing}", style="yellow")


def show_repairs(screen: Screen, answer: Any) -> None:
    """What may be given up, with list and net price afterwards, and whether there may be better ways."""
    for at, each in enumerate(answer.repairs, 1):
        drop = ", ".join(choice_text(one) for one in each.drop) or "nothing"
        instead = ", ".join(choice_text(one) for one in each.instead)
        example = f", for instance for {instead}" if instead else ""
        screen.say(f"  repair {at}: give up {drop}{example}{_price_text(each, answer.currency_code)}")
    if answer.out_of_budget:
        screen.say(
            "  the search ran out of its budget: there may be more repairs, cheaper ones, or one that gives up less",
            style="yellow",
        )


def say_price(screen: Screen, found: Any, aim: str = CHEAPEST) -> None:
    """What a completion by an aim lists and nets, and how far either is proven: only the cheapest is the lowest."""
    code = found.currency_code
    rank = ""
    if aim == CHEAPEST:
        first = ", proven to be the lowest" if found.status == OPTIMAL else ", not proven to be the lowest"
        further = f", number {found.list_rank} by list price; it nets less than those before"
        rank = first if found.list_rank == 1 else further
    screen.say(f"list price of the parts {plain(found.list_price)} {code}{rank}")
    if not found.price.net_price:
        why = f": {found.price.fault}" if found.price.fault else ""
        screen.say(f"no price with all rules{why}", style="yellow")
        return
    count = found.repriced_count
    among = f"no valid configuration is better: all {count} were priced" if found.price_proven else _among(count)
    screen.say(
        f"net {plain(found.price.net_price)} {code} with all rules, before tax"
        f" (list {plain(found.price.list_price)} with {BUNDLE_ITSELF}); {among}"
    )


def _among(count: int) -> str:
    if count == 1:
        return "others were not priced with all rules"
    return f"the best of {count} priced with all rules; others may be better"


def _price_text(repair: Any, currency: str) -> str:
    if not repair.list_price:
        return ""
    proven = "" if repair.price_proven else ", not proven to be the lowest"
    listed = signed(repair.price_effect) if repair.price_effect else plain(repair.list_price)
    net = ""
    if repair.price.net_price:
        change = signed(repair.net_effect) if repair.net_effect else plain(repair.price.net_price)
        less = "none nets less" if repair.net_proven else f"the least of {repair.repriced_count} priced with all rules"
        net = f"; net {change} {currency}, {less}"
    return f"  (cheapest completion: list price of the parts {listed} {currency}{proven}{net})"


def choice_text(choice: Any) -> str:
    """A choice in words: ``GPU-W48``, ``2 x DISK-1T``, ``quiet: yes``, ``no Graphics``."""
    if isinstance(choice, Mapping):
        kind = next(iter(choice))
        inner = choice[kind]
        if kind == "setting":
            return f"{inner['attribute']}: {inner['value']}"
        return _pick_text(inner["slot"], inner.get("sku", ""), inner.get("quantity", 0))
    if choice.WhichOneof("kind") == "setting":
        return f"{choice.setting.attribute}: {value_text(choice.setting.value)}"
    return _pick_text(choice.pick.slot, choice.pick.sku, choice.pick.quantity)


def blame_line(rule: Any) -> str:
    """A rule with the author's message and its place."""
    return f"{rule.message}  [{rule.rule}, {rule.place}]"


def value_text(value: Any) -> str:
    """A value in words; yes and no for flags."""
    kind = value.WhichOneof("kind")
    if kind == "flag":
        return "yes" if value.flag else "no"
    return str(getattr(value, kind)) if kind else ""


def _pick_text(slot: str, sku: str, quantity: int) -> str:
    if not sku:
        return f"no {slot}"
    return f"{quantity} x {sku}" if quantity > 1 else sku

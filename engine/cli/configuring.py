"""A configuration in the terminal: groups and options by number, why not, repairs, completion, the price so far."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import islice
from typing import Any

from engine.cli.complete import say_without_price
from engine.cli.configurations import (
    CHEAPEST,
    CHOSEN,
    IMPLIED,
    IMPOSSIBLE,
    MOST_OPTIONS,
    STANDINGS,
    blame_line,
    choice_text,
    say_budget,
    say_price,
    show_conflict,
    show_repairs,
    value_text,
)
from engine.cli.guests import Guest
from engine.cli.prices import plain, show_findings, show_lines, show_totals
from engine.cli.screen import Screen
from engine.cli.verbs import LEFT
from engine.client import CallFailed, Client

HELP = """\
  NUMBER            open a group and see its options; `NUMBER page 2` goes on where there are many
  NUMBER why        why what follows in a group follows
  NUMBER OPTION     take an option, such as `4 2`; a third number is the quantity: `4 2 3`
  SKU               take the product of this name, such as `GPU-L4`; `GPU-L4 ?` says why not
  NUMBER OPTION ?   why an impossible option cannot be taken, and what would make it fit
  NUMBER -          take the choices of a group back
  complete          fill what is open as cheaply as the rules allow
  price             the price of what is chosen so far
  done              finish          q, quit   leave without an answer"""
QUIT = ("q", "quit", "exit")
MOST_SHOWN = 40
PAGE = 500


class Session:
    """One conversation; the server answers every question, nothing is worked out here."""

    def __init__(self, client: Client, screen: Screen, product: str, header: dict[str, Any]) -> None:
        self._client, self._screen = client, screen
        self._product = product
        self._guest = Guest(client, header)
        self._choices: list[dict[str, Any]] = []
        self._typed_ahead: list[str] | None = None

    def run(self) -> Any:
        """Talk until `done` or the end of the input (the state is the answer), or until the reader leaves."""
        state = self._show()
        self._screen.say(f"configuring {self._product}; `help` lists what can be typed", style="dim")
        while True:
            try:
                words = self._next()
            except EOFError:
                return state
            if words and words[0] in QUIT:
                return LEFT
            is_done = words[:1] == ["done"]
            try:
                self._obey(["price"] if is_done else words, state)
            except CallFailed as failed:
                self._screen.say(str(failed), style="red")
            if is_done:
                return state
            state = self._state()

    def _next(self) -> list[str]:
        """The next command: one that was typed where a repair was asked for comes first."""
        words, self._typed_ahead = self._typed_ahead, None
        return input("> ").split() if words is None else words

    def _obey(self, words: list[str], state: Any) -> None:
        match words:
            case []:
                self._show()
            case ["help"]:
                self._screen.say(HELP)
            case ["price"]:
                self._price()
            case ["complete"]:
                self._complete()
            case [group, *rest] if group.isdecimal():
                self._group(int(group), rest, state)
            case [name, *rest] if places := _offering(name, state):
                self._choose_by_name(name, rest, places, state)
            case _:
                self._screen.say(f"`{' '.join(words)}` is not understood; `help` lists what can be typed")

    def _group(self, number: int, rest: list[str], state: Any) -> None:
        groups = [*state.slots, *state.settings]
        if not 1 <= number <= len(groups):
            self._screen.say(f"there is no group {number}; there are {len(groups)}")
            return
        group = groups[number - 1]
        is_setting = number > len(state.slots)
        if rest == ["-"]:
            self._choices = [each for each in self._choices if _place(each) != group.path]
            self._show()
        elif rest == ["why"]:
            self._why(group.path)
        elif not rest or (len(rest) == 2 and rest[0] == "page" and rest[1].isdecimal()):
            self._open(group, int(rest[1]) if rest else 1, is_setting=is_setting)
        else:
            self._choose(number, group, rest, is_setting=is_setting)

    def _choose_by_name(self, name: str, rest: list[str], places: list[int], state: Any) -> None:
        """Take a product whose SKU was typed, where one group alone offers it."""
        if len(places) == 1:
            self._group(places[0], [name, *rest], state)
        else:
            numbers = ", ".join(str(each) for each in places)
            self._screen.say(f"several groups offer `{name}`: {numbers}; say which, such as `{places[0]} {name}`")

    def _choose(self, number: int, group: Any, rest: list[str], *, is_setting: bool) -> None:
        if rest[0].isdecimal():
            found = self._options(group, int(rest[0]), 1, is_setting=is_setting) if int(rest[0]) >= 1 else []
        else:
            every = self._options(group, 1, MOST_OPTIONS, is_setting=is_setting)
            names = [value_text(each) if is_setting else each.sku for each in every]
            found = [each for each, own in zip(every, names, strict=True) if own.casefold() == rest[0].casefold()]
        if not found:
            self._screen.say(f"there is no option `{rest[0]}`; open the group with `{number}`")
        else:
            chosen = found[0]
            if is_setting:
                choice: dict[str, Any] = {"setting": {"attribute": group.path, "value": _plain_value(chosen)}}
            else:
                quantity = int(rest[1]) if len(rest) > 1 and rest[1].isdecimal() else 0
                choice = {"pick": {"slot": group.path, "sku": chosen.sku, "quantity": quantity}}
            self._take(choice, group, ask_only="?" in rest)

    def _take(self, choice: dict[str, Any], group: Any, *, ask_only: bool) -> None:
        kept = [each for each in self._choices if not _replaces(choice, each, group)]
        engine = self._client.configuration
        why = engine.explain_choice(product=self._product, choices=kept, wanted=choice)
        if why.possible:
            if ask_only:
                gone = [choice_text(each) for each in self._choices if each not in kept]
                instead = f" in place of {', '.join(gone)}" if gone else ""
                self._screen.say(f"{choice_text(choice)} is possible: it can be taken{instead}", style="green")
                return
            self._choices = [*kept, choice]
            self._show()
            return
        show_conflict(self._screen, why, wanted=choice_text(choice))
        answer = self._guest.ask(engine.repair_configuration, product=self._product, choices=kept, wanted=[choice])
        show_repairs(self._screen, answer)
        if answer.repairs and not ask_only:
            self._ask_repair(answer.repairs, kept, choice)

    def _ask_repair(self, repairs: Any, kept: list[dict[str, Any]], choice: dict[str, Any]) -> None:
        """Take a repair by its number; nothing leaves it, and anything else is the next command."""
        try:
            answer = input("take which repair? (number, nothing to leave it, or another command) ").strip()
        except EOFError:
            return
        if answer and not answer.isdecimal():
            self._typed_ahead = answer.split()
        elif answer and not 1 <= int(answer) <= len(repairs):
            self._screen.say(f"there is no repair {answer}; there are {len(repairs)}")
            self._ask_repair(repairs, kept, choice)
        elif answer:
            dropped = {choice_text(each) for each in repairs[int(answer) - 1].drop}
            self._choices = [each for each in kept if choice_text(each) not in dropped]
            self._choices.append(choice)
            self._show()

    def _options(self, group: Any, first: int, count: int, *, is_setting: bool) -> list[Any]:
        """So many options of a group from a number on, as they stand when one is taken: in the place of its own choice,
        or beside those there are where it takes several.
        """
        if is_setting:
            return [each.value for each in group.values][first - 1 : first - 1 + count]
        others = [each for each in self._choices if group.maximum > 1 or _place(each) != group.path]

        def found(**header: Any) -> list[Any]:
            every = self._client.configuration.list_options(
                product=self._product,
                choices=others,
                slot=group.path,
                show_impossible=True,
                show_prices=True,
                page_size=PAGE,
                **header,
            )
            return list(islice(every, first - 1, first - 1 + count))

        options: list[Any] = self._guest.ask(found)
        return options

    def _open(self, group: Any, page: int, *, is_setting: bool) -> None:
        first = (max(1, page) - 1) * MOST_SHOWN + 1
        options = self._options(group, first, MOST_SHOWN + 1, is_setting=is_setting)
        if is_setting:
            rows = [[str(at), value_text(each)] for at, each in enumerate(options, first)]
            self._screen.table(["", group.title], rows, right=(0,))
            return
        mine = {each["pick"]["sku"] for each in self._choices if _place(each) == group.path}
        rows = [
            [
                str(at),
                each.sku,
                each.display_name,
                plain(each.price_difference) if each.price_difference else "",
                "chosen" if each.sku in mine else STANDINGS[each.standing],
            ]
            for at, each in enumerate(options[:MOST_SHOWN], first)
        ]
        self._screen.table(["", group.title, "", f"list {self._guest.currency}", ""], rows, right=(0, 3))
        if len(options) > MOST_SHOWN:
            self._screen.say(f"  ... and more: `page {max(1, page) + 1}` after the group's number")

    def _why(self, path: str) -> None:
        state = self._client.configuration.configure(
            product=self._product, choices=self._choices, explain_implied=True, option_limit=1
        )
        slots: list[Any] = [option for slot in state.slots if slot.path == path for option in slot.options]
        values: list[Any] = [value for setting in state.settings if setting.path == path for value in setting.values]
        found = [each for each in (*slots, *values) if each.standing == IMPLIED]
        if not found:
            self._screen.say("nothing follows here")
        for each in found:
            names = ", ".join(choice_text(one) for one in each.implied_by.choices) or "the rules alone"
            self._screen.say(f"{_name(each)} follows from {names}:")
            for rule in each.implied_by.rules:
                self._screen.say(f"  {blame_line(rule)}")

    def _state(self) -> Any:
        return self._guest.ask(
            self._client.configuration.configure,
            product=self._product,
            choices=self._choices,
            show_impossible=True,
            show_prices=True,
            option_limit=MOST_OPTIONS,
        )

    def _show(self) -> Any:
        state = self._state()
        rows = []
        for at, group in enumerate([*state.slots, *state.settings], 1):
            options = group.options if hasattr(group, "options") else group.values
            decided = [_name(each) for each in options if each.standing in (CHOSEN, IMPLIED)]
            gone = sum(each.standing == IMPOSSIBLE for each in options)
            left = len(options) - gone - len(decided)
            if hasattr(group, "options"):
                gone, left = group.impossible_count, group.possible_count
            # What only the choice made here rules out is not impossible: opening the group offers it in its place.
            is_own = any(_place(each) == group.path for each in self._choices) and getattr(group, "maximum", 1) <= 1
            counts = ["", ""] if is_own else [str(left), str(gone)]
            is_empty = not decided and (is_own or not (left or state.out_of_budget))
            rows.append([str(at), group.title, "none" if is_empty else ", ".join(decided), *counts])
        self._screen.table(["", "group", "decided", "possible", "impossible"], rows, right=(0, 3, 4))
        say_budget(self._screen, state)
        if state.complete:
            self._screen.say("everything is decided; `done` finishes", style="green")
        return state

    def _complete(self) -> None:
        complete = self._client.configuration.complete_configuration
        done = self._guest.ask(complete, product=self._product, choices=self._choices, aim=CHEAPEST)
        if not done.choices:
            self._screen.say("no valid configuration contains these choices", style="yellow")
            say_without_price(self._screen, done)
            return
        self._choices = [_as_choice(each) for each in done.choices]
        say_price(self._screen, done)
        say_without_price(self._screen, done)
        self._show()

    def _decided(self) -> list[dict[str, Any]]:
        """What is chosen and what follows from it: all that the overview shows as decided."""
        state = self._state()
        follows: list[dict[str, Any]] = [
            {"pick": {"slot": slot.path, "sku": each.sku, "quantity": each.quantity_minimum}}
            for slot in state.slots
            for each in slot.options
            if each.standing == IMPLIED
        ]
        follows += [
            {"setting": {"attribute": setting.path, "value": _plain_value(each.value)}}
            for setting in state.settings
            for each in setting.values
            if each.standing == IMPLIED
        ]
        return [*self._choices, *follows]

    def _price(self) -> None:
        decided = self._decided()
        settings: dict[str, dict[str, Any]] = {}
        for each in (one["setting"] for one in decided if "setting" in one):
            above, _, name = each["attribute"].rpartition(".")
            settings.setdefault(above, {})[name] = each["value"]
        lines: list[dict[str, Any]] = [
            {"id": "root", "sku": self._product.partition("/")[2], "attributes": settings.get("", {})}
        ]
        ids: dict[str, str] = {"": "root"}
        picks = [each["pick"] for each in decided if "pick" in each and each["pick"]["sku"]]
        for at, each in enumerate(sorted(picks, key=_steps), 1):
            above, _, group = each["slot"].rpartition(".")
            ids.setdefault(each["slot"], f"part-{at}")
            lines.append(
                {
                    "id": f"part-{at}",
                    "sku": each["sku"],
                    "quantity": str(each["quantity"] or 1),
                    "parent": ids.get(above, "root"),
                    "group": group.partition("[")[0],
                    "attributes": settings.get(each["slot"], {}),
                }
            )
        priced = self._guest.price(lines)
        self._screen.say(f"for {self._guest}", style="dim")
        show_lines(self._screen, priced)
        show_totals(self._screen, priced)
        show_findings(self._screen, priced.findings)


def _offering(name: str, state: Any) -> list[int]:
    """The numbers of the groups that offer a product of this SKU; people type it in any case."""
    wanted = name.casefold()
    found = [any(each.sku.casefold() == wanted for each in slot.options) for slot in state.slots]
    return [number for number, offers in enumerate(found, 1) if offers]


def _place(choice: dict[str, Any]) -> str:
    """The path of the group or attribute that a choice decides."""
    inner = next(iter(choice.values()))
    return str(inner.get("slot") or inner.get("attribute"))


def _steps(pick: dict[str, Any]) -> list[tuple[str, int]]:
    """Where a pick stands; numbered entries in the order of their numbers."""
    return [(name, int(number or 0)) for name, number in re.findall(r"([^.\[\]]+)(?:\[(\d+)\])?", pick["slot"])]


def _replaces(new: dict[str, Any], old: dict[str, Any], group: Any) -> bool:
    """Whether the new choice takes the place of the old: always where one entry is taken, else for equal products."""
    if _place(new) != _place(old):
        return False
    several = getattr(group, "maximum", 1) > 1
    return not several or new["pick"]["sku"] == old["pick"]["sku"]


def _plain_value(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    return Decimal(value.number) if kind == "number" else getattr(value, kind)


def _as_choice(choice: Any) -> dict[str, Any]:
    if choice.WhichOneof("kind") == "setting":
        return {"setting": {"attribute": choice.setting.attribute, "value": _plain_value(choice.setting.value)}}
    return {"pick": {"slot": choice.pick.slot, "sku": choice.pick.sku, "quantity": choice.pick.quantity}}


def _name(option: Any) -> str:
    return str(option.sku) if hasattr(option, "sku") else value_text(option.value)

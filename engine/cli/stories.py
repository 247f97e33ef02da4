"""Why a price is what it is, on the screen: waterfalls with what acted and lost, and why rules do not act.

What is the same for several lines is told once: rules of the whole order lose on all of them, and a rule that is asked
about mostly fails for one reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from engine.cli.parts import show_parts
from engine.cli.prices import plain, shown_value
from engine.cli.screen import BAR_WIDTH, Screen, bar
from engine.diagnostics import counted

COLUMN = re.compile(r"(?<=\d):\d+\Z")
"""The column of a place in a text file; a cell of a spreadsheet is one place."""
WIDE = 100
"""From this width on places and sentences have columns of their own; below it they stand under the steps."""
LINES_NAMED = 6
Loss: TypeAlias = tuple[str, str, str]


def show_waterfalls(screen: Screen, waterfalls: Any, names: Mapping[str, str], code: str) -> None:
    """The story of each line: a bar per step, the rule, its place, what each tier adds, and what lost and why."""
    told = [each for each in waterfalls if each.steps]
    everywhere = _everywhere(told)
    for each in told:
        screen.say(names.get(each.line_id, each.line_id), style="bold")
        _show_steps(screen, each.steps)
        show_parts(screen, each.parts, code)
        _show_notes(screen, each.steps)
        for loss in _losses(each):
            if loss not in everywhere:
                screen.note(_lost(loss))
        screen.say()
    if everywhere:
        screen.say("on every line", style="bold")
        for loss in everywhere:
            screen.note(_lost(loss))
        screen.say()


def _show_steps(screen: Screen, steps: Sequence[Any]) -> None:
    widest = max(Decimal(step.after) for step in steps)
    wide = screen.width >= WIDE
    width = BAR_WIDTH if wide else BAR_WIDTH // 2
    rows = [
        [
            f"  {step.step}",
            plain(step.after),
            bar(Decimal(step.after), widest, width=width),
            _change(step),
            step.rule,
            *([_at(step.place), step.say] if wide else ()),
        ]
        for step in steps
    ]
    columns = ["", "unit", "", "change", "rule", *(["file:line", ""] if wide else ())]
    screen.table(columns, rows, right=(1, 3))


def _show_notes(screen: Screen, steps: Sequence[Any]) -> None:
    """What each step read; on a narrow screen also its sentence and its place."""
    wide = screen.width >= WIDE
    notes: dict[str, None] = {}
    for step in steps:
        said = "; ".join(each for each in ("" if wide else step.say, _read(step.inputs)) if each)
        place = "" if wide or not step.place else f" ({_at(step.place)})"
        if said or place:
            notes[f"{step.rule or step.step}{place}{f': {said}' if said else ''}"] = None
    for note in notes:
        screen.note(note)


def _everywhere(told: Sequence[Any]) -> tuple[Loss, ...]:
    """What lost in one way on all of several lines."""
    if len(told) < 2:
        return ()
    others = [set(_losses(each)) for each in told[1:]]
    return tuple(each for each in _losses(told[0]) if all(each in losses for losses in others))


def _losses(waterfall: Any) -> list[Loss]:
    return [(each.rule, each.place, each.reason) for each in waterfall.losers]


def _lost(loss: Loss) -> str:
    rule, place, reason = loss
    return f"not {rule}{f' ({_at(place)})' if place else ''}: {reason}"


def show_explanations(screen: Screen, explanations: Any, names: Mapping[str, str]) -> None:
    """Why rules do not act, and what would make them: rule by rule, lines of one outcome together."""
    by_rule: dict[str, list[Any]] = {}
    for each in explanations:
        by_rule.setdefault(each.rule, []).append(each)
    for rule, each_line in by_rule.items():
        told = (rule, each_line[0].kind, _at(each_line[0].place))
        screen.say("  ".join(each for each in told if each), style="bold")
        outcomes: dict[tuple[str, ...], list[str]] = {}
        for each in each_line:
            outcomes.setdefault(_outcome(each), []).append(_short(each.line_id, names))
        for (verdict, *why), lines in outcomes.items():
            alike = len(outcomes) == 1 and len(lines) > 1
            where = "every line" if alike and len(lines) > LINES_NAMED else _named(lines)
            screen.note(f"{verdict} on {where}", indent=2, style="")
            for text in why:
                screen.note(text, style="")
    if by_rule:
        screen.say()


def _short(line: str, names: Mapping[str, str]) -> str:
    """A line by its product, with its id where several lines have that; an approval rule is about the whole quote."""
    if not line:
        return "the quote"
    name = names.get(line, line)
    sku = name.partition("  ")[0]
    return f"{sku} ({line})" if sum(each.partition("  ")[0] == sku for each in names.values()) > 1 else sku


def _outcome(explanation: Any) -> tuple[str, ...]:
    """What happened and why: the conditions that do not hold say it by themselves."""
    if explanation.applied:
        return ("acts",)
    is_first = any(explanation.reason == f"`{each.condition}` does not hold" for each in explanation.failed[:1])
    why = [*([] if is_first else [explanation.reason]), *map(_failed, explanation.failed)]
    if explanation.wishes:
        why.append(_wished(explanation))
    return ("does not act", *why)


def _wished(explanation: Any) -> str:
    """What would make it act, and how sure that is."""
    wishes = " and ".join(explanation.wishes)
    if explanation.enough:
        return f"it would act if {wishes}"
    if explanation.even_then:
        return f"it takes that {wishes}, and even then it would not act: {explanation.even_then}"
    return f"it takes that {wishes}; whether that is enough was not tried"


def _failed(condition: Any) -> str:
    read = _read(condition.values)
    return f"{condition.condition} does not hold{f': {read}' if read else ''}"


def _named(lines: Sequence[str]) -> str:
    shown = ", ".join(lines[:LINES_NAMED])
    more = len(lines) - LINES_NAMED
    return f"{shown} and {counted(more, 'other line')}" if more > 0 else shown


def _read(inputs: Iterable[Any]) -> str:
    return ", ".join(f"{one.expression} is {shown_value(one.value)}" for one in inputs)


def _at(place: str) -> str:
    return COLUMN.sub("", place)


def _change(step: Any) -> str:
    difference = Decimal(step.after) - Decimal(step.before)
    return "" if not Decimal(step.before) or not difference else plain(str(difference))

"""Analyses of models for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.configuration import Rule, Value
from engine.configuration.analysing import Reason, Study
from engine.configuration.checking import Json, digits
from engine.diagnostics import counted

SHOWN = 20
DIGITS_SHOWN = 80


def study_lines(name: str, found: Study) -> Iterator[str]:
    """What people read: the first twenty of each kind."""
    if found.satisfiable is False:
        yield f"{name}: no valid configuration; these rules contradict each other:"
        yield from (f"  {_rule(each)}" for each in found.contradiction)
        yield from _unfinished(found)
        return
    if found.satisfiable:
        yield f"{name}: {count_words(found.count, found.at_least)}"
        yield f"  {counted(len(found.dead), 'dead value')}, {len(found.always)} always chosen, " + (
            f"{counted(len(found.implied.rules), 'rule')} that never bind"
        )
    yield from _first("dead", [f"{_value(each)}: {_why(each)}" for each in found.dead])
    yield from _first("always", [f"{each.variable}: {_why(each)}" for each in found.always])
    implied = ((_rule(each.rule), ", ".join(map(_rule, each.by)) or "its structure") for each in found.implied.rules)
    yield from _first("never binds", [f"{rule}: implied by {by}" for rule, by in implied])
    if found.implied.unchecked:
        yield f"  {counted(len(found.implied.unchecked), 'rule')} not checked for binding"
    yield from _unfinished(found)


def study_data(found: Study) -> dict[str, Json]:
    """The same for machines, in full."""
    return {
        "satisfiable": found.satisfiable,
        "contradiction": _rules(found.contradiction),
        "dead": [_reason(each) for each in found.dead],
        "always": [_reason(each) for each in found.always],
        "never_binding": [{"rule": each.rule.id, "implied_by": _rules(each.by)} for each in found.implied.rules],
        "unchecked": _rules(found.implied.unchecked),
        "count": None if found.count is None else digits(found.count),
        "count_at_least": None if found.at_least is None else digits(found.at_least),
        "unfinished": list(found.unfinished),
    }


def count_words(count: int | None, at_least: int | None) -> str:
    """How many valid configurations there are, as far as that is known."""
    if count is not None:
        return f"{count_text(digits(count))} valid configuration{'' if count == 1 else 's'}"
    known = "an unknown number of" if at_least is None else f"at least {count_text(digits(at_least))}"
    return f"{known} valid configuration{'' if at_least == 1 else 's'}"


def count_text(count: str) -> str:
    """A count for people: a long one is shortened."""
    return count if len(count) <= DIGITS_SHOWN else f"{count[:12]}... ({len(count)} digits)"


def _unfinished(found: Study) -> Iterator[str]:
    if found.unfinished:
        yield f"  out of budget: {', '.join(found.unfinished)}"


def _reason(reason: Reason) -> dict[str, Json]:
    rules = None if reason.blamed is None else _rules(reason.blamed.rules)
    smallest = None if reason.blamed is None else reason.blamed.smallest
    return {"variable": reason.variable, "value": _json(reason.value), "rules": rules, "smallest": smallest}


def _first(kind: str, lines: list[str]) -> Iterator[str]:
    yield from (f"  {kind}: {each}" for each in lines[:SHOWN])
    if len(lines) > SHOWN:
        yield f"  {kind}: ... and {len(lines) - SHOWN} more"


def _value(reason: Reason) -> str:
    return reason.variable if reason.value is True else f"{reason.variable} = {reason.value}"


def _why(reason: Reason) -> str:
    if reason.blamed is None:
        return "no reason was looked for, or none found within the budget"
    some = ", ".join(map(_rule, reason.blamed.rules)) or "the structure of the model"
    return some if reason.blamed.smallest else f"{some} (a smaller set may exist)"


def _rule(rule: Rule) -> str:
    place = "" if rule.span is None else f" ({rule.span})"
    return f"`{rule.id}`{place}"


def _rules(rules: Iterable[Rule]) -> list[Json]:
    return [each.id for each in rules]


def _json(value: Value) -> Json:
    return value if isinstance(value, bool | int | str) else str(value)

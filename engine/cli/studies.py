"""Analyses of bundles for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from engine.cli.model_study import count_words
from engine.configuration.checking import digits
from engine.configuration.products.analysing import Judged, ProductStudy
from engine.configuration.products.answers import Blame
from engine.diagnostics import counted

MORE = " (a smaller set may exist)"


def study_lines(study: ProductStudy) -> Iterator[str]:
    """A few lines for people."""
    if study.satisfiable is None:
        yield f"{study.product}: too large to answer within the budget"
        return
    if not study.satisfiable:
        why = _names(study.contradiction) or "its groups cannot be filled"
        if not study.contradiction_smallest:
            why = f"{_names(study.contradiction)}{MORE}" if study.contradiction else "the reason was not found in time"
        yield f"{study.product}: no valid configuration: {why}"
        return
    yield f"{study.product}: {count_words(study.count, study.at_least)}"
    yield f"  {counted(len(study.dead), 'dead option')}, {len(study.always)} that nobody can avoid, " + (
        f"{counted(len(study.never_binding), 'rule')} that never bind"
    )
    for each in study.dead:
        yield f"  dead: {_what(each)}: {_why(each)}"
    for each in study.always:
        yield f"  always: {_what(each)}: {_why(each)}"
    for rule in study.never_binding:
        by = f"implied by {_names(rule.by)}" if rule.by else "the groups of the bundle see to it"
        yield f"  never binds: {_names([rule.rule])}: {by}"
    if study.unfinished:
        yield f"  out of budget: {', '.join(study.unfinished)}"


def study_data(study: ProductStudy) -> dict[str, Any]:
    """The same for machines."""
    return {
        "product": study.product,
        "satisfiable": study.satisfiable,
        "contradiction": _data(study.contradiction),
        "contradiction_smallest": study.contradiction_smallest,
        "dead": [_judged(each) for each in study.dead],
        "always": [_judged(each) for each in study.always],
        "never_binding": [{**_data([each.rule])[0], "implied_by": _data(each.by)} for each in study.never_binding],
        "count": None if study.count is None else digits(study.count),
        "count_at_least": None if study.at_least is None else digits(study.at_least),
        "unfinished": list(study.unfinished),
    }


def _judged(each: Judged) -> dict[str, Any]:
    value = None if each.value is None else each.value if isinstance(each.value, bool | str) else str(each.value)
    facts = {"path": each.path, "skus": list(each.skus), "value": value}
    return {**facts, "rules": _data(each.rules), "reason_known": each.known, "rules_smallest": each.smallest}


def _data(blames: Iterable[Blame]) -> list[dict[str, str]]:
    return [{"rule": each.rule, "message": each.message, "place": str(each.span)} for each in blames]


def _what(each: Judged) -> str:
    more = f" and {len(each.skus) - 1} more like it" if len(each.skus) > 1 else ""
    return f"`{each.skus[0] if each.skus else each.value}`{more} in `{each.path}`"


def _why(each: Judged) -> str:
    if not each.known:
        return "the reason was not found within the budget"
    return (_names(each.rules) or "the groups of the bundle see to it") + ("" if each.smallest else MORE)


def _names(blames: Iterable[Blame]) -> str:
    return ", ".join(f"`{each.rule}` ({each.span.path}:{each.span.line})" for each in blames)

"""Compares a model's answers with known ones: check by check, how many are right of how many that are stated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CHECKS = (
    "as read",
    "satisfiable",
    "count",
    "always or never",
    "fits",
    "what is left",
    "conflicts",
    "repairs",
    "completions",
)
"""Every check there is, in the order of a table."""

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check of one model: right answers, stated answers, and the first that differs in words."""

    check: str
    right: int
    stated: int
    first_wrong: str = ""


def verdicts(answers: Answers, truth: Answers) -> tuple[Verdict, ...]:
    """The answers of :func:`engine.configuration.checking.check` against a truth file; what is not stated is 0 of 0.

    Only the sizes of conflicts and repairs are compared, since several may be smallest.
    """
    found: dict[str, list[tuple[bool, str]]] = {each: [] for each in CHECKS}
    for check, right, what in _compared(answers, truth):
        found[check].append((right, what))
    return tuple(_verdict(check, some) for check, some in found.items())


def _verdict(check: str, compared: Sequence[tuple[bool, str]]) -> Verdict:
    wrong = [what for right, what in compared if not right]
    return Verdict(check, len(compared) - len(wrong), len(compared), next(iter(wrong), ""))


def _compared(answers: Answers, truth: Answers) -> Iterator[tuple[str, bool, str]]:
    for key in ("kind", "variables", "domain_sizes"):
        yield "as read", _same(answers.get(key), truth[key]), key
    yield "satisfiable", answers["satisfiable"] == truth["satisfiable"], "satisfiable"
    if truth.get("count") is not None:
        yield "count", answers.get("count") == truth["count"], f"{answers.get('count')} for {truth['count']}"
    for key in ("core", "dead", "impossible_values"):
        if key in truth:
            yield "always or never", _same(answers.get(key), truth[key]), key
    for at, (mine, true) in enumerate(zip(answers.get("queries", ()), truth["queries"], strict=False)):
        yield from _query(mine, true, f"query {at}")
    yield from _completions(answers, truth)


def _query(mine: Answers, true: Answers, name: str) -> Iterator[tuple[str, bool, str]]:
    yield "fits", mine["satisfiable"] == true["satisfiable"], name
    if true["satisfiable"]:
        keys = [key for key in ("forced_true", "forced_false", "blocked_values") if key in true]
        yield "what is left", all(_same(mine.get(key), true[key]) for key in keys), name
    else:
        for check, key in (("conflicts", "smallest_conflict_size"), ("repairs", "min_drop_size")):
            yield check, mine.get(key) == true[key], f"{name}: {mine.get(key)} for {true[key]}"


def _completions(answers: Answers, truth: Answers) -> Iterator[tuple[str, bool, str]]:
    """A total that the truth did not prove may be undercut, but not below its bound."""
    mine = {each["query"]: each for each in answers.get("cheapest_completion", {}).get("answers", ())}
    for true in truth.get("cheapest_completion", {}).get("answers", ()):
        found = mine.get(true["query"], {"status": None, "total": None})
        total, name = found["total"], f"query {true['query']}: {found['total']} for {true['total']}"
        if true["status"] == "OPTIMAL":
            yield "completions", found["status"] == "OPTIMAL" and total == true["total"], name
        else:
            worst = total if true["total"] is None else true["total"]
            yield "completions", total is not None and true["bound"] <= total <= worst, name


def _same(mine: Any, true: Any) -> bool:
    """Equal, where the order of a list means nothing."""
    if isinstance(true, Mapping):
        keys = isinstance(mine, Mapping) and mine.keys() == true.keys()
        return keys and all(_same(mine[each], true[each]) for each in true)
    if isinstance(true, Sequence) and not isinstance(true, str):
        return isinstance(mine, Sequence) and sorted(map(repr, mine)) == sorted(map(repr, true))
    return bool(mine == true)

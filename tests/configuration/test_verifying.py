"""Answers against known ones: what is right, what is wrong and in which words."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engine.configuration.checking import digits
from engine.configuration.verifying import CHECKS, verdicts

TRUTH: dict[str, Any] = {
    "kind": "boolean",
    "variables": 4,
    "domain_sizes": {"min": 2, "max": 2, "sum": 8},
    "satisfiable": True,
    "count": "3",
    "core": ["car", "wheels"],
    "dead": [],
    "queries": [
        {"assign": {"hook": True}, "satisfiable": True, "forced_true": ["manual"], "forced_false": ["automatic"]},
        {"assign": {}, "satisfiable": False, "smallest_conflict_size": 2, "min_drop_size": 1},
    ],
    "cheapest_completion": {
        "answers": [
            {"query": 0, "status": "OPTIMAL", "total": 7, "bound": 7},
            {"query": 1, "status": "FEASIBLE", "total": 9, "bound": 5},
        ]
    },
}


def wrong_of(change: dict[str, Any]) -> dict[str, str]:
    answers = {**copy.deepcopy(TRUTH), **change}
    return {each.check: each.first_wrong for each in verdicts(answers, TRUTH) if each.right < each.stated}


def test_everything_stated_is_counted() -> None:
    found = verdicts({**TRUTH, "core": ["wheels", "car"]}, TRUTH)
    assert [each.check for each in found] == list(CHECKS)
    assert [(each.right, each.stated) for each in found] == [(n, n) for n in (3, 1, 1, 2, 2, 1, 1, 1, 2)]
    unstated = verdicts(TRUTH, {**TRUTH, "count": None})
    assert (unstated[2].right, unstated[2].stated) == (0, 0)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"kind": "finite-domain"}, {"as read": "kind"}),
        ({"domain_sizes": {"min": 2, "max": 3, "sum": 9}}, {"as read": "domain_sizes"}),
        ({"satisfiable": False}, {"satisfiable": "satisfiable"}),
        ({"count": "4"}, {"count": "4 for 3"}),
        ({"count": None}, {"count": "None for 3"}),
        ({"core": ["car"]}, {"always or never": "core"}),
    ],
)
def test_a_wrong_answer_about_the_model_is_named(change: dict[str, Any], wrong: dict[str, str]) -> None:
    assert wrong_of(change) == wrong


@pytest.mark.parametrize(
    ("at", "key", "value", "wrong"),
    [
        (0, "satisfiable", False, {"fits": "query 0"}),
        (0, "forced_true", [], {"what is left": "query 0"}),
        (1, "smallest_conflict_size", 3, {"conflicts": "query 1: 3 for 2"}),
        (1, "min_drop_size", 2, {"repairs": "query 1: 2 for 1"}),
    ],
)
def test_a_wrong_answer_to_a_query_is_named(at: int, key: str, value: object, wrong: dict[str, str]) -> None:
    queries = copy.deepcopy(TRUTH["queries"])
    queries[at][key] = value
    assert wrong_of({"queries": queries}) == wrong


@pytest.mark.parametrize(
    ("at", "change", "right"),
    [
        (0, {"total": 8}, False),
        (0, {"status": "FEASIBLE"}, False),
        (1, {"total": 9}, True),
        (1, {"total": 5, "status": "OPTIMAL"}, True),
        (1, {"total": 10}, False),
        (1, {"total": 4}, False),
        (1, {"total": None}, False),
    ],
)
def test_an_unproven_total_may_be_undercut_down_to_its_bound(at: int, change: dict[str, Any], right: bool) -> None:
    answers = copy.deepcopy(TRUTH["cheapest_completion"]["answers"])
    answers[at] |= change
    assert ("completions" not in wrong_of({"cheapest_completion": {"answers": answers}})) is right


def test_blocked_values_are_sets_by_name() -> None:
    query = {"assign": {}, "satisfiable": True, "blocked_values": {"wheel": ["a", 1]}}
    truth = {**TRUTH, "queries": [query]}
    for blocked, right in (({"wheel": [1, "a"]}, 1), ({"wheel": ["a"]}, 0), ({}, 0)):
        mine = {**TRUTH, "queries": [{**query, "blocked_values": blocked}]}
        assert verdicts(mine, truth)[5].right == right


def test_counts_of_any_length_are_told_in_full() -> None:
    for count in (0, 7, 10**4_000 - 1, 10**4_000, 10**9_000 + 12, 3**20_000):
        text = digits(count)
        value = 0
        for at in range(0, len(text), 1_000):
            value = value * 10 ** len(text[at : at + 1_000]) + int(text[at : at + 1_000])
        assert value == count and (text == "0" or not text.startswith("0"))

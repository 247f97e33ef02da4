"""The configurator in the terminal, driven as a person types, and its answer for machines."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from engine.cli.configuring import _offering

Cpq = Callable[..., Any]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    return lambda *lines: monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))


def number_of(cpq: Cpq, typed: Callable[..., None], group: str, option: str) -> str:
    typed(group, "done")
    shown = cpq("configure", "WS")
    line = next(each for each in shown.splitlines() if f" {option} " in each)
    return line.split()[0].lstrip(">").strip()


def test_a_conflict_is_explained_and_repaired_and_the_rest_completed(cpq: Cpq, typed: Callable[..., None]) -> None:
    small = number_of(cpq, typed, "8", "PSU-450B")
    card = number_of(cpq, typed, "5", "GPU-X32")
    typed(f"8 {small}", f"5 {card} ?", f"5 {card}", "1", "complete", "done")
    shown = cpq("configure", "WS")
    assert "GPU-X32 does not go with PSU-450B" in shown
    assert "psu-headroom, constraints/fit.yaml" in shown
    assert "repair 1: give up PSU-450B" in shown
    assert "proven to be the lowest" in shown
    assert "everything is decided" in shown
    assert "net" in shown


def test_mistakes_at_the_prompt_get_an_answer(cpq: Cpq, typed: Callable[..., None]) -> None:
    typed("help", "banana", "99", "1 99", "1 1", "1 -", "10", "10 1", "price", "quit")
    shown = cpq("configure", "WS")
    for text in ("take an option", "`banana` is not understood", "there is no group 99", "there is no option `99`"):
        assert text in shown


def test_a_product_is_taken_by_its_name(cpq: Cpq, typed: Callable[..., None]) -> None:
    typed("8 psu-450b", "gpu-x32 ?", "10 office", "complete", "done")
    shown = cpq("configure", "WS")
    assert "GPU-X32 does not go with PSU-450B" in shown
    lines = [each.split() for each in shown.splitlines()]
    assert ["8", "Power", "supply", "PSU-450B"] in lines
    assert ["2", "Cooler", "none"] in lines, "a group that takes nothing is decided, too"


def test_a_name_that_several_groups_offer_names_each_of_them() -> None:
    def slot(*skus: str) -> SimpleNamespace:
        return SimpleNamespace(options=[SimpleNamespace(sku=each) for each in skus])

    state = SimpleNamespace(slots=[slot("D-1", "D-2"), slot("X"), slot("D-2")])
    assert _offering("d-2", state) == [1, 3]
    assert _offering("x", state) == [2]
    assert _offering("banana", state) == []


def test_choices_from_a_file_are_answered_for_machines(cpq: Cpq, write: Callable[[str, object], str]) -> None:
    choices = {"choices": [{"pick": {"slot": "psu", "sku": "PSU-450B"}}]}
    state = cpq("configure", "WS", "--choices", write("c.json", choices), "--json")
    assert state["consistent"] is True
    graphics = next(each for each in state["slots"] if each["path"] == "gpu")
    standing = {each["sku"]: each["standing"] for each in graphics["options"]}
    assert standing["GPU-X32"] == "STANDING_IMPOSSIBLE"


def test_choices_that_clash_are_explained(cpq: Cpq, write: Callable[[str, object], str]) -> None:
    clash = [{"pick": {"slot": "psu", "sku": "PSU-450B"}}, {"pick": {"slot": "gpu", "sku": "GPU-X32"}}]
    shown = cpq("configure", "WS", "--choices", write("c.json", {"choices": clash}), code=1)
    assert "these choices do not go together" in shown
    assert "psu-headroom" in shown


def test_an_unknown_product_is_named(cpq: Cpq, write: Callable[[str, object], str]) -> None:
    assert "did you mean `WS`?" in cpq("configure", "WX", "--choices", write("c.json", {"choices": []}), code=1)


def test_what_follows_is_explained_and_pages_go_on(cpq: Cpq, typed: Callable[..., None]) -> None:
    typed("6 why", "1 why", "1 page 2", "quit")
    shown = cpq("configure", "WS")
    assert "STORAGE follows from the rules alone" in shown
    assert "nothing follows here" in shown


def test_a_configuration_is_completed_nearest_to_a_wish_list(cpq: Cpq, write: Callable[[str, object], str]) -> None:
    wishes = [
        {"choice": {"pick": {"slot": "psu", "sku": "PSU-450B"}}, "weight": 1},
        {"choice": {"pick": {"slot": "gpu", "sku": "GPU-X32"}}, "weight": 3},
    ]
    asked = write("w.json", {"wishes": wishes})
    found = cpq("complete", "WS", "--choices", asked, "--json")
    taken = {each["pick"].get("sku") for each in found["choices"] if "pick" in each}
    assert "GPU-X32" in taken and "PSU-450B" not in taken
    assert [each["pick"]["sku"] for each in found["missed"]] == ["PSU-450B"]
    shown = cpq("complete", "WS", "--choices", asked)
    assert "not kept of the wish list: PSU-450B" in shown and "list price of the parts " in shown


def test_nothing_to_be_found_names_what_stands_against_it(cpq: Cpq, write: Callable[[str, object], str]) -> None:
    assert "has parts for 300.00 EUR or less at list prices" in cpq("complete", "WS", "--limit", "300", code=1)
    clash = [{"pick": {"slot": "psu", "sku": "PSU-450B"}}, {"pick": {"slot": "gpu", "sku": "GPU-X32"}}]
    shown = cpq("complete", "WS", "--choices", write("c.json", {"choices": clash}), code=1)
    assert "no valid configuration contains these choices; `cpq explain` says why" in shown


def test_a_completion_is_shown_as_the_groups_are_asked_about(cpq: Cpq) -> None:
    shown = cpq("complete", "WS").splitlines()
    assert shown[0] == "WS: a valid configuration, proven at list prices"
    titles = [each[2:21].strip() for each in shown[1:13]]
    assert titles == [
        *("Processor", "Cooler", "Main board", "Memory", "Graphics", "Storage", "Drives", "Power supply", "Case"),
        *("What it is for", "Quiet", "Every drive twice"),
    ]
    graphics = next(each for each in shown if "Graphics" in each)
    assert graphics.split() == ["Graphics", "none"]
    assert "450 W power supply bronze" in next(each for each in shown if "PSU-450B" in each)


def test_what_a_choice_alone_rules_out_is_called_possible_in_its_place(cpq: Cpq, typed: Callable[..., None]) -> None:
    small = number_of(cpq, typed, "8", "PSU-450B")
    large = number_of(cpq, typed, "8", "PSU-1200P")
    typed(f"8 {small}", f"8 {large} ?", "8", "q")
    shown = cpq("configure", "WS")
    assert "PSU-1200P is possible: it can be taken in place of PSU-450B" in shown
    overview = [each for each in shown.splitlines() if each.lstrip("> ").startswith("8  Power supply")][-1]
    assert overview.split() == ["8", "Power", "supply", "PSU-450B"]  # neither possible nor impossible: it is decided
    assert next(each for each in shown.splitlines() if " PSU-1200P  " in each).split()[-1] == "possible"


def test_what_is_typed_where_a_repair_is_asked_for_is_not_lost(cpq: Cpq, typed: Callable[..., None]) -> None:
    small = number_of(cpq, typed, "8", "PSU-450B")
    card = number_of(cpq, typed, "5", "GPU-X32")
    typed(f"8 {small}", f"5 {card}", "99", "", f"5 {card}", "price", f"5 {card}", "q", "complete")
    shown = cpq("configure", "WS")
    assert "there is no repair 99; there are" in shown
    assert shown.count("does not go with PSU-450B") == 3
    assert "to pay" in shown  # `price` was obeyed
    assert "cheapest completion: list price of the parts +" in shown
    assert "to be the lowest" not in shown  # `q` ended it before `complete`


def test_q_leaves_without_an_answer(cpq: Cpq, typed: Callable[..., None]) -> None:
    typed("q", "price")
    assert "to pay" not in cpq("configure", "WS")

"""Explain, repair and validate as verbs, with and without a search that may not take long."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.bootstrap.serving import in_process
from engine.bootstrap.settings import Settings
from engine.cli.command import main
from tests.fakes.hard_book import ROOMS, hard_book
from tests.fakes.rules import SMALL
from tests.test_server import write_rules

Cpq = Callable[..., Any]
Write = Callable[[str, object], str]


def pick(slot: str, sku: str) -> dict[str, Any]:
    return {"pick": {"slot": slot, "sku": sku}}


CLASH = {"choices": [pick("psu", "PSU-450B"), pick("gpu", "GPU-X32")]}
WANTED = {"choices": [pick("psu", "PSU-450B")], "wanted": [pick("gpu", "GPU-X32")]}


def test_choices_that_clash_are_explained(cpq: Cpq, write: Write) -> None:
    shown = cpq("explain", "WS", "--choices", write("c.json", CLASH), code=1)
    assert "these choices do not go together: " in shown and "PSU-450B" in shown and "GPU-X32" in shown
    assert "psu-headroom, constraints/fit.yaml" in shown and "budget" not in shown
    fits = cpq("explain", "WS", "--choices", write("c.json", {"choices": CLASH["choices"][:1]}))
    assert "these choices go together" in fits


def test_what_is_wanted_is_explained_one_by_one(cpq: Cpq, write: Write) -> None:
    both = {**WANTED, "wanted": [*WANTED["wanted"], pick("gpu", "GPU-W8")]}
    shown = cpq("explain", "WS", "--choices", write("c.json", both), code=1)
    assert "GPU-X32 does not go with PSU-450B" in shown and "GPU-W8 can be taken" in shown
    answers = cpq("explain", "WS", "--choices", write("c.json", both), "--json", code=1)
    assert [each.get("possible", False) for each in answers] == [False, True]


@pytest.mark.parametrize(
    ("asked", "possible"),
    [
        ({"choices": []}, [True]),
        (CLASH, [False]),
        (WANTED, [False]),
        ({"choices": [], "wanted": WANTED["wanted"]}, [True]),
    ],
)
def test_explain_answers_machines_with_a_list_in_every_case(
    cpq: Cpq, write: Write, asked: object, possible: list[bool]
) -> None:
    answers = cpq("explain", "WS", "--choices", write("c.json", asked), "--json", code=int(not all(possible)))
    assert [each.get("possible", False) for each in answers] == possible


def test_where_the_answer_is_no_it_is_printed_and_the_exit_code_is_1(cpq: Cpq, write: Write) -> None:
    clash = write("c.json", CLASH)
    assert not cpq("configure", "WS", "--choices", clash, "--json", code=1).get("consistent", False)
    assert "repairs" in cpq("repair", "WS", "--choices", clash, "--json")
    never = write("n.json", {"wanted": CLASH["choices"]})
    assert "repairs" not in cpq("repair", "WS", "--choices", never, "--json", code=1)
    assert cpq("complete", "WS", "--choices", clash, "--json", code=1)["status"] == "COMPLETION_STATUS_INFEASIBLE"
    assert "no valid configuration" in cpq("complete", "WS", "--choices", clash, code=1)


def test_repairs_come_with_the_price_afterwards(cpq: Cpq, write: Write) -> None:
    shown = cpq("repair", "WS", "--choices", write("c.json", WANTED), "--limit", "1")
    assert (
        "repair 1: give up PSU-450B, for instance for " in shown
        and "(cheapest completion: list price of the parts +" in shown
    )
    assert "repair 2" not in shown
    clash = cpq("repair", "WS", "--choices", write("c.json", CLASH))
    assert "(cheapest completion: list price of the parts " in clash and "the parts +" not in clash, (
        "nothing valid to compare with: the price itself"
    )


def test_prices_are_for_whom_the_file_or_the_options_say(cpq: Cpq, write: Write) -> None:
    """GPU-W48 costs 7 199.90 in CH, and another amount elsewhere; the file has the names of a request to be priced."""
    card = {"choices": [pick("gpu", "GPU-W48")], "wishes": []}
    swiss = {**card, "customer_facts": {"region": "CH"}, "date": "2026-03-02"}
    elsewhere = cpq("complete", "WS", "--choices", write("a.json", card), "--json")
    by_file = cpq("complete", "WS", "--choices", write("b.json", swiss), "--json")
    by_option = cpq(
        "complete", "WS", "--choices", write("a.json", card), "--facts", "region=CH", "--date", "2026-03-02", "--json"
    )
    assert by_file == by_option and by_file["list_price"] != elsewhere["list_price"]
    content = {"lines": by_file["lines"], "customer_facts": {"region": "CH"}, "date": "2026-03-02"}
    priced = cpq("price", write("c.json", content), "--json")
    # the machine itself is no part
    parts = sum(int(each.get("list_amount", 0)) for each in priced["lines"] if each["sku"] != "WS")
    assert by_file["list_price"] == f"{parts // 100}.{parts % 100:02}"
    net = int(priced["totals"]["net"])
    assert by_file["price"]["net_price"] == f"{net // 100}.{net % 100:02}" and net < int(priced["totals"]["list"])
    wanted = {"choices": [pick("gpu", "GPU-W8")], "wanted": [pick("psu", "PSU-450B")]}
    asked = write("d.json", {**wanted, "customer_facts": {"region": "CH"}})
    assert "list price" in cpq("repair", "WS", "--choices", asked, "--date", "2026-03-02", "--header", "channel=web")
    state = cpq("configure", "WS", "--choices", write("b.json", swiss), "--currency", "EUR", "--json")
    assert state["list_price"] == "7199.90"


def test_a_completion_says_what_it_lists_and_nets_and_how_far_that_is_proven(cpq: Cpq, write: Write) -> None:
    asked = write("c.json", {"choices": [pick("gpu", "GPU-W48")], "date": "2026-03-02"})
    shown = " ".join(cpq("complete", "WS", "--choices", asked, "--alternatives", "3").split())
    assert "a valid configuration, proven at list prices" in shown
    assert "with all rules, before tax (list " in shown
    assert "the best of 20 priced with all rules; others may be better" in shown and "instead" in shown
    found = cpq("complete", "WS", "--choices", asked, "--alternatives", "3", "--json")
    nets = [found["price"]["net_price"], *(each["price"]["net_price"] for each in found["alternatives"])]
    assert len(nets) == 4 and nets == sorted(nets, key=float)
    one = " ".join(cpq("complete", "WS", "--choices", asked, "--candidates", "1").split())
    assert "proven to be the lowest" in one and "others were not priced with all rules" in one
    for aim in ("preferred", "best_margin"):  # of which none says that nothing costs less
        other = " ".join(cpq("complete", "WS", "--choices", asked, "--aim", aim).split())
        assert "list price of the parts" in other and "the lowest" not in other
        assert ("proven to keep the most of what the rules prefer" in other) == (aim == "preferred")
    told = cpq("complete", "WS", "--choices", asked, "--candidates", "101", "--alternatives", "-1", code=1)
    assert "101 is not between 0 and 100" in told and "-1 is not between 0 and 100" in told
    clash = " ".join(cpq("repair", "WS", "--choices", write("d.json", CLASH)).split())
    assert "priced with all rules)" in clash and "; net " in clash


def test_a_wrong_header_and_a_misspelt_field_are_told(cpq: Cpq, write: Write) -> None:
    asked = write("a.json", {"choices": []})
    for verb in ("complete", "repair", "configure"):
        told = cpq(verb, "WS", "--choices", asked, "--facts", "region=XX,regoin=DE", "--customer", "nobody", code=1)
        assert "`customer.region` is never `XX`" in told and "did you mean `region`?" in told
        assert "there is no `customers/nobody`" in told
        wrong = cpq(verb, "WS", "--choices", write("b.json", {"choises": []}), code=1)
        assert "did you mean `choices`?" in wrong


def test_lines_are_validated(cpq: Cpq, write: Write) -> None:
    lines = [
        {"id": "ws", "sku": "WS", "quantity": "1"},
        {"id": "psu", "sku": "PSU-450B", "quantity": "1", "parent": "ws", "group": "psu"},
        {"id": "gpu", "sku": "GPU-X32", "quantity": "1", "parent": "ws", "group": "gpu"},
    ]
    shown = cpq("validate", write("c.json", {"lines": lines}), code=1)
    assert "not valid" in shown and "is not chosen yet" in shown and "power" in shown.lower()
    told = cpq("validate", write("c.json", {"lines": lines}), "--json", code=1)
    assert not told.get("valid", False) and len(told["findings"]) > 1


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server with the hard bundle whose searches end after a thousand conflicts."""
    folder = tmp_path_factory.mktemp("hard")
    rules = write_rules(folder / "rules", hard_book(SMALL))
    settings = Settings(folder / "a.sqlite3", rules=(rules,), search_conflicts=1_000, search_seconds=600)
    with in_process(settings) as running:
        yield running.address


def test_out_of_budget_is_said_with_what_is_known(
    brief: str, write: Write, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    hard = {"choices": [pick("mode", "STRICT"), *(pick(f"g{at}", f"R{at + 1}") for at in range(ROOMS))]}
    choices = write("c.json", hard)

    def run(*words: str, code: int = 0) -> str:
        assert main([*words, "HOTEL", "--choices", choices, "--server", brief]) == code
        return " ".join(capsys.readouterr().out.split())

    explained = run("explain", code=1)
    assert "these choices do not go together: STRICT, R1, R2, R3, R4, R5, R6, R7" in explained
    assert "fewer choices may clash and the rules behind it were not found" in explained
    repaired = run("repair")
    assert "repair 1: give up STRICT" in repaired and "or one that gives up less" in repaired

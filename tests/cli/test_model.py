"""``cpq model``: answers as tables and JSON, conversion, compilation and its cache."""

from __future__ import annotations

import argparse
import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from engine.adapters.diagrams import diagram_cache, diagram_for
from engine.cli import progress
from engine.cli.command import main
from engine.cli.model_file import load
from engine.cli.words.model import add_parser
from engine.configuration.solver.build import CompileBudget, CompileStatus, available
from tests.conformance.shared_data import missing

CAR = """c 1 car
c 2 manual
c 3 automatic
c 4 hook
p cnf 4 4
1 0
2 3 0
-2 -3 0
-4 -3 0
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPQ_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def car(tmp_path: Path) -> Path:
    path = tmp_path / "car.dimacs"
    path.write_text(CAR)
    return path


def ask(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    code = main(["model", *map(str, arguments)])
    return code, json.loads(capsys.readouterr().out)


def test_check_answers_queries_in_the_form_of_a_truth_file(
    car: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queries = tmp_path / "queries.json"
    wrong = {"assign": {"hook": True}, "satisfiable": False, "forced_true": ["nonsense"]}
    clash = {"assign": {"hook": True, "automatic": True}, "last": "automatic"}
    queries.write_text(json.dumps({"queries": [wrong, clash]}))
    code, found = ask(capsys, "check", car, "--queries", queries, "--json", "--compile", "never")
    assert code == 0
    assert (found["satisfiable"], found["core"], found["dead"], found["count"]) == (True, ["car"], [], "3")
    first, second = found["queries"]
    assert first["satisfiable"] and first["forced_true"] == ["manual"] and first["forced_false"] == ["automatic"]
    assert second["last"] == "automatic" and second["smallest_conflict_size"] == 2 and second["min_drop_size"] == 1
    assert second["rules"] == ["clause 4"]
    assert set(found["milliseconds"]) >= {"load", "domains", "explain", "repair", "complete", "count"}
    assert found["cheapest_completion"]["answers"][0]["status"] == "OPTIMAL"


def test_check_prints_tables_for_people(car: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "check", str(car), "--compile", "never"]) == 0
    shown = capsys.readouterr().out
    assert "satisfiable" in shown and "median ms" in shown


def test_a_contradictory_model_exits_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "never.cnf"
    path.write_text("p cnf 1 2\n1 0\n-1 0\n")
    code, found = ask(capsys, "check", path, "--json", "--compile", "never")
    assert code == 1 and found["satisfiable"] is False


def test_a_broken_file_is_named_and_a_missing_one_is_misuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.cnf"
    path.write_text("p cnf 1 1\nx 0\n")
    assert main(["model", "check", str(path)]) == 1
    assert "broken.cnf:2:1: MDL001" in capsys.readouterr().err
    assert main(["model", "check", str(tmp_path / "none.cnf")]) == 2


def test_a_packed_file_that_is_none_or_was_cut_off_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = gzip.compress(b"p cnf 1 1\n1 0\n")
    path = tmp_path / "m.cnf.gz"
    for data in (b"no gzip", packed[:-9], packed[:12] + b"\xff" * 4 + packed[16:]):
        path.write_bytes(data)
        assert main(["model", "check", str(path)]) == 1
        assert "m.cnf.gz:1:1: MDL004: the file is no gzip file, or was cut off" in capsys.readouterr().err


def test_convert_writes_the_format_of_the_ending(car: Path, tmp_path: Path) -> None:
    target = tmp_path / "car.uvl"
    assert main(["model", "convert", str(car), str(target)]) == 0
    assert [each.name for each in load(target).variables] == [each.name for each in load(car).variables]


def test_compile_keeps_the_diagram_and_rebuilds_a_damaged_one(car: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not available():
        missing("compile", "the extra `compile` (dd) is not installed")
    code, found = ask(capsys, "compile", car, "--json")
    assert code == 0 and found["status"] == "done" and not found["cached"]
    assert ask(capsys, "compile", car, "--json")[1]["cached"]
    (stored,) = diagram_cache().folder.glob("*.mdd")
    stored.write_bytes(stored.read_bytes()[:-1] + b"!")
    assert not ask(capsys, "compile", car, "--json")[1]["cached"]
    outcome = diagram_for(load(car), CompileBudget(), diagram_cache())
    assert outcome.cached and outcome.status is CompileStatus.DONE and outcome.diagram is not None


def tangle(path: Path) -> Path:
    """Random clauses of three: no order helps."""
    rnd = random.Random(5)
    clauses = [
        " ".join(str(each * rnd.choice([1, -1])) for each in rnd.sample(range(1, 121), 3)) + " 0" for _ in range(400)
    ]
    path.write_text("\n".join(["p cnf 120 400", *clauses]) + "\n")
    return path


def test_what_takes_long_says_so_and_what_is_too_large_is_answered_by_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not available():
        missing("compile", "the extra `compile` (dd) is not installed")
    monkeypatch.setattr(progress, "PROGRESS_AFTER", 0.0)
    path = tangle(tmp_path / "tangle.cnf")
    assert main(["model", "compile", str(path), "--seconds", "120", "--nodes", "500"]) == 1
    told = capsys.readouterr()
    assert "compiling tangle.cnf (up to 120 s of processor time) ..." in told.err
    assert "too large" in told.out and "gave up" in told.out
    assert main(["model", "check", str(path), "--compile", "always", "--seconds", "2", "--json"]) in (0, 1)
    told = capsys.readouterr()
    assert f"{path}: answered by search: too large" in told.err
    assert json.loads(told.out)["satisfiable"] is True


def test_the_verbs_are_registered() -> None:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    assert callable(parser.parse_args(["model", "convert", "a", "b"]).run)


def test_an_analysis_names_guilty_rules_and_rules_that_never_bind(
    car: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "more.dimacs"
    path.write_text(CAR.replace("p cnf 4 4", "p cnf 4 6") + "-3 0\n-4 -3 1 0\n")
    code, found = ask(capsys, "analyse", path, "--json")
    assert code == 0 and found["count"] == "2" and found["unfinished"] == []
    assert found["dead"] == [{"variable": "automatic", "value": True, "rules": ["clause 5"], "smallest": True}]
    assert {each["variable"]: each["rules"] for each in found["always"]} == {
        "car": ["clause 1"],
        "manual": ["clause 2", "clause 5"],
    }
    never = {each["rule"]: each["implied_by"] for each in found["never_binding"]}
    # clause 6 is implied by clause 1, and by others of its literals too: any of them is right
    assert never.pop("clause 6") in (["clause 1"], ["clause 4"], ["clause 5"])
    assert never == {"clause 3": ["clause 5"], "clause 4": ["clause 5"]}
    assert main(["model", "analyse", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "2 valid configurations" in shown and f"dead: automatic: `clause 5` ({path}:10:1)" in shown
    path.write_text("p cnf 1 3\n1 0\n-1 0\n1 -1 0\n")
    assert main(["model", "analyse", str(path)]) == 1
    assert "contradict each other" in capsys.readouterr().out


def test_verify_compares_with_known_answers_and_names_what_differs(
    car: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: a hook needs the manual gear, so the car has 3 configurations."""
    queries = [
        {"assign": {"hook": True}, "satisfiable": True, "forced_true": ["manual"], "forced_false": ["automatic"]},
        {
            "assign": {"hook": True, "automatic": True},
            "satisfiable": False,
            "smallest_conflict_size": 2,
            "min_drop_size": 1,
        },
    ]
    truth = {
        "file": car.name,
        "kind": "boolean",
        "variables": 4,
        "domain_sizes": {"min": 2, "max": 2, "sum": 8},
        "satisfiable": True,
        "count": "3",
        "core": ["car"],
        "dead": [],
        "queries": queries,
        "cheapest_completion": {"answers": []},
    }
    stored = tmp_path / "car.dimacs.truth.json"
    stored.write_text(json.dumps(truth))
    code, found = ask(capsys, "verify", tmp_path, "--json")
    assert code == 0 and [each["file"] for each in found] == ["car.dimacs"]
    stated = {each["check"]: (each["right"], each["stated"]) for each in found[0]["verdicts"]}
    assert stated["count"] == (1, 1) and stated["fits"] == (2, 2) and stated["completions"] == (0, 0)
    stored.write_text(json.dumps({**truth, "count": "4"}))
    assert main(["model", "verify", str(stored)]) == 1
    shown = capsys.readouterr().out
    assert "0/1" in shown and "car.dimacs: count: 3 for 4" in shown
    stored.unlink()
    assert main(["model", "verify", str(tmp_path)]) == 2

"""Public configuration models against ground truth that independent solvers computed, for every truth file found."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from engine.configuration import Budget, Choice, Completion, Objective, OutOfBudget, State
from engine.configuration.checking import PRICE_RULE, Json, Query, Stopwatch, check, price_terms
from engine.configuration.configurator import Configurator
from engine.configuration.formats.reader import read_model
from engine.configuration.formats.writer import write_model
from engine.configuration.solver.build import CompileBudget, CompileStatus, available, compile_model
from engine.configuration.solver.engine import SatConfigurator
from tests.conformance.shared_data import missing, models_dir

PATIENT = Budget(conflicts=10**9, milliseconds=600_000)
"""No question takes a hundredth of it on an idle machine: how busy this one is shall not decide."""
HOW_IT_WAS_FOUND = {"cross_check", "count_method", "count_seconds", "made_with", "constraints"}
COMPILING = (30, 120)
"""Processor seconds: a machine whose caches others fill may need more than the usual budget."""
BY_NAME = ("assign", "impossible_values", "blocked_values")
BRIEF = Budget(conflicts=20_000, milliseconds=600_000)


def truths() -> list[Any]:
    folder = models_dir()
    return [
        pytest.param(each, id=each.name.removesuffix(".truth.json")) for each in sorted(folder.glob("*.truth.json"))
    ]


@pytest.fixture(params=truths(), scope="module")
def case(request: pytest.FixtureRequest) -> Case:
    return loaded(request.param)


class Case:
    def __init__(self, path: Path) -> None:
        self.truth: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        file = path.parent / self.truth["file"]
        data = file.read_bytes()
        if file.suffix == ".gz":
            data = gzip.decompress(data)
        self.model = read_model(data, file.name.removesuffix(".gz"))
        diagram = None
        for seconds in COMPILING:
            if self.model.tables and available() and diagram is None:
                diagram = compile_model(self.model, CompileBudget(seconds)).diagram
        self.engine: Configurator = SatConfigurator(self.model, diagram=diagram)
        self.watch = Stopwatch(lambda: 0.0)
        self.queries = [Query(tuple(each["assign"].items()), each.get("last", "")) for each in self.truth["queries"]]
        self._answers: dict[str, Json] | None = None

    @property
    def answers(self) -> dict[str, Any]:
        if self._answers is None:
            self._answers = check(self.engine, self.queries, watch=self.watch, budget=PATIENT, counted=False)
        return self._answers


@lru_cache(maxsize=2)
def loaded(path: Path) -> Case:
    return Case(path)


def test_the_model_is_read_as_it_was_measured(case: Case) -> None:
    for key in ("kind", "variables", "domain_sizes", "satisfiable"):
        assert case.answers[key] == case.truth[key], key


def test_core_dead_and_impossible_values(case: Case) -> None:
    for key in ("core", "dead"):
        if key in case.truth:
            assert sorted(case.answers[key]) == sorted(case.truth[key]), key
    if "impossible_values" in case.truth:
        assert as_sets(case.answers["impossible_values"]) == as_sets(case.truth["impossible_values"])


def test_forced_and_blocked_values_of_every_query(case: Case) -> None:
    for mine, true in pairs(case):
        assert mine["satisfiable"] == true["satisfiable"]
        for key in ("forced_true", "forced_false"):
            if key in true:
                assert sorted(mine[key]) == sorted(true[key]), (true["assign"], key)
        if "blocked_values" in true:
            assert as_sets(mine["blocked_values"]) == as_sets(true["blocked_values"]), true["assign"]


def test_conflicts_and_repairs_are_as_small_as_can_be(case: Case) -> None:
    for mine, true in pairs(case):
        if true["satisfiable"]:
            continue
        assert mine["smallest_conflict_size"] == true["smallest_conflict_size"], true["assign"]
        assert mine["min_drop_size"] == true["min_drop_size"], true["assign"]


def test_conflicts_and_repairs_mean_what_they_say(case: Case) -> None:
    for mine, true in pairs(case):
        if true["satisfiable"]:
            continue
        clash = [Choice(name, value) for name, value in mine["smallest_conflict"]]
        assert case.engine.satisfiable(clash) is False
        dropped = [name for name, _ in mine["min_drop"]]
        kept = [Choice(name, value) for name, value in true["assign"].items() if name not in dropped]
        assert case.engine.satisfiable(kept) is True


def test_cheapest_completions(case: Case) -> None:
    stated = case.truth["cheapest_completion"]
    assert stated["price_rule"] == PRICE_RULE
    mine = {each["query"]: each for each in case.answers["cheapest_completion"]["answers"]}
    for true in stated["answers"]:
        found = mine[true["query"]]
        if true["status"] != "OPTIMAL":
            assert true["bound"] <= found["total"] <= (true["total"] or found["total"])
        elif case.model.tables and not available():
            assert found["bound"] <= true["total"] <= found["total"]
        else:
            assert found["status"] == "OPTIMAL" and found["total"] == true["total"] == found["bound"]


def test_a_completion_is_valid_and_costs_what_it_says(case: Case) -> None:
    query = next(each for each, true in zip(case.queries, case.truth["queries"], strict=True) if true["satisfiable"])
    chosen = [Choice(name, value) for name, value in query.assign]
    terms = price_terms(case.model)
    found = case.engine.complete(chosen, objective=Objective(terms), budget=PATIENT)
    assert isinstance(found, Completion) and found.values
    values = dict(found.values)
    assert all(values[each.variable] == each.value for each in chosen)
    full = [Choice(name, value) for name, value in found.values]
    assert case.engine.satisfiable(full) is True
    state = case.engine.configure(full)
    assert isinstance(state, State)
    held = {each.literal for each in terms if state.can_hold >> each.literal & 1}
    assert sum(each.coefficient for each in terms if each.literal in held) == found.total


def test_the_exact_count(case: Case) -> None:
    """Where there is no truth, an answer at least does not take more than it may, and what is said so far is no 0."""
    found = case.engine.count((), budget=PATIENT if case.truth["count"] else BRIEF)
    if case.truth["count"] is None:
        least = found.known.count if isinstance(found, OutOfBudget) and found.known else found
        assert isinstance(least, int) and least >= 1
    elif case.model.tables and not available():
        missing("compile", "counts of models with large tables need the extra `compile` (dd)")
    else:
        assert str(found) == case.truth["count"]


def test_the_answers_have_the_form_of_the_truth_file(case: Case) -> None:
    """The same keys (but how the truth was found) with values of the same types, and milliseconds beside them."""
    found = {**case.answers, "model": case.truth["model"], "file": case.truth["file"]}
    assert_alike({**found, "count": found["count"] or case.truth["count"]}, case.truth, "truth")
    assert set(case.watch.milliseconds) >= {"root_domains", "satisfiable", "domains", "complete"}


def assert_alike(mine: Any, true: Any, where: str) -> None:
    assert type(mine) is type(true), where
    if isinstance(true, dict) and not where.endswith(BY_NAME):
        for key in set(true) - HOW_IT_WAS_FOUND:
            assert key in mine, f"{where}.{key}"
            assert_alike(mine[key], true[key], f"{where}.{key}")
    if isinstance(true, list) and where.endswith(("queries", "answers")):
        assert len(mine) == len(true) or where.endswith("answers"), "the truth prices some queries only"
        for first, second in zip(mine, true, strict=False):
            assert_alike(first, second, f"{where}[]")


def test_the_diagram_agrees_with_the_search() -> None:
    """On the first click of every query, where a model compiles."""
    if not available():
        missing("compile", "the extra `compile` (dd) is not installed")
    compared = 0
    for path in sorted(models_dir().glob("*.truth.json")):
        case = loaded(path)
        if len(case.model.variables) > 180:
            continue
        compiled = compile_model(case.model, CompileBudget(seconds=4))
        if compiled.status is not CompileStatus.DONE:
            continue
        swept = SatConfigurator(case.model, diagram=compiled.diagram)
        searched = SatConfigurator(case.model)
        for query in case.queries[:4]:
            chosen = [Choice(name, value) for name, value in query.assign]
            first, second = swept.configure(chosen), searched.configure(chosen)
            assert isinstance(first, State) and isinstance(second, State)
            assert (first.consistent, first.can_hold, first.can_fail) == (
                second.consistent,
                second.can_hold,
                second.can_fail,
            )
        compared += 1
    assert compared


SAID_OF_UVL = {
    # The README of the models: counted there by another reader and another counter.
    "pc-richmond.uvl": "554424990964054425600",
    "fiasco.uvl": "263940204",
}
SAME_AS_DIMACS = ("printer", "e-shop", "bank", "berkeleydb", "windows7")


def uvl_files() -> list[Any]:
    folder = models_dir()
    known = [*SAID_OF_UVL, *(f"{name}.uvl" for name in SAME_AS_DIMACS)]
    return [pytest.param(folder / name, id=name) for name in known if (folder / name).exists()]


@pytest.mark.parametrize("path", uvl_files())
def test_the_same_product_in_uvl_has_the_count_that_is_said_of_it(path: Path) -> None:
    said = SAID_OF_UVL.get(path.name)
    if said is None:
        truth = path.with_suffix(".dimacs.truth.json")
        said = json.loads(truth.read_text(encoding="utf-8"))["count"]
    model = read_model(path.read_bytes(), path.name)
    assert str(SatConfigurator(model).count((), budget=PATIENT)) == said


@pytest.mark.parametrize("path", uvl_files())
def test_conversion_keeps_domains_and_the_count(path: Path) -> None:
    model = read_model(path.read_bytes(), path.name)
    engine = SatConfigurator(model)
    root = engine.configure(())
    assert isinstance(root, State)
    for ending in (".dimacs", ".uvl", ".yaml"):
        back = read_model(write_model(model, f"m{ending}"), f"m{ending}")
        other = SatConfigurator(back)
        state = other.configure(())
        assert isinstance(state, State)
        # UVL has no dots in names
        there = {each.variable.replace(".", "_"): each.possible for each in state.domains()}
        for each in root.domains():
            assert there[each.variable.replace(".", "_")] == each.possible
        assert other.count((), budget=PATIENT) == engine.count((), budget=PATIENT)
        names = {each.name.replace(".", "_") for each in model.variables if each.decision}
        assert {each.name.replace(".", "_") for each in back.variables if each.decision} == names
    chain = model
    for ending in (".dimacs", ".uvl", ".yaml", ".dimacs"):
        chain = read_model(write_model(chain, f"m{ending}"), f"m{ending}")
    assert {each.name for each in chain.variables if each.decision} == names


def pairs(case: Case) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    return zip(case.answers["queries"], case.truth["queries"], strict=True)


def as_sets(values: dict[str, list[Any]]) -> dict[str, set[Any]]:
    return {name: set(each) for name, each in values.items()}

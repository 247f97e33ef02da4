"""Models without ground truth, COOM and arithmetic UVL, against OR-tools CP-SAT: domains, ranges, least totals."""

from __future__ import annotations

import gzip
import random
from pathlib import Path
from typing import Any

import pytest

from engine.configuration import Budget, Choice, Completion, Kind, Model, Objective, State, Term
from engine.configuration.configurator import configurator_for
from engine.configuration.formats.coom_tree import PRODUCT, CoomFile, parse
from engine.configuration.formats.reader import read_model
from engine.configuration.formats.uvl_tree import parse as parse_uvl
from tests.configuration.formats.coom_worlds import flat, worlds
from tests.configuration.formats.uvl_worlds import worlds as uvl_worlds
from tests.conformance.oracle import ask, interpreter, terms
from tests.conformance.shared_data import models_dir

PATIENT = Budget(conflicts=10**9, milliseconds=120_000)
LISTED_MAX = 100_000
ENDINGS = (".coom", ".uvl", ".uvl.gz")


def read(path: Path) -> Model:
    data = path.read_bytes()
    return read_model(gzip.decompress(data) if path.suffix == ".gz" else data, path.name.removesuffix(".gz"))


def without_truth() -> list[Any]:
    """Every COOM and UVL file whose model says more than clauses do."""
    files = (each for each in sorted(models_dir().iterdir()) if each.name.endswith(ENDINGS))
    return [pytest.param(each, id=each.name) for each in files if each.suffix == ".coom" or "sum(" in _text(each)]


def _text(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", errors="replace")


@pytest.mark.parametrize("path", without_truth())
def test_domains_ranges_and_least_totals_agree(path: Path) -> None:
    interpreter()
    model = read(path)
    rnd = random.Random(path.name)
    engine = configurator_for(model)
    states: list[State] = []
    questions: list[dict[str, Any]] = []
    chosen: list[Choice] = []
    for _ in range(3):
        state = engine.configure(chosen, budget=PATIENT)
        assert isinstance(state, State)
        states.append(state)
        questions.append(question(model, chosen))
        chosen = [*chosen, *next_choices(model, state, rnd)]
    clash = [*chosen, *some_choices(model, rnd)]
    state = engine.configure(clash, budget=PATIENT)
    assert isinstance(state, State)
    states.append(state)
    questions.append(question(model, clash))
    prices = tuple(Term(rnd.randint(-50, 99), each.first) for each in model.variables if each.decision and each.first)
    least = [engine.complete(each.choices, objective=Objective(prices), budget=PATIENT) for each in states]
    questions += [{**each, "least": terms(prices)} for each in questions]
    answers = ask(model, questions)
    for each, answer in zip(states, answers[: len(states)], strict=True):
        assert_same(model, each, answer)
    for completion, total in zip(least, answers[len(states) :], strict=True):
        assert isinstance(completion, Completion) and completion.proven == (total is not None)
        assert completion.total == total


def combinations(file: CoomFile, kind: str) -> int:
    """How many products there would be without rules; more than the limit for open ranges."""
    if kind in file.enumerations or kind == "Bool":
        return len(file.enumerations[kind].options) if kind in file.enumerations else 2
    found = 1
    for each in file.structures[kind]:
        low, high = each.cardinality
        if high is None or (each.type == "num" and each.bounds is None):
            return LISTED_MAX + 1
        bounds = each.bounds or (0, 0)
        size = int(bounds[1] - bounds[0]) + 1 if each.type == "num" else combinations(file, each.type)
        if high > 12:
            return LISTED_MAX + 1
        found *= sum(size**n for n in range(low, high + 1))
    return found


def small() -> list[Any]:
    """Files without truth that a listing by hand gets through: COOM of few combinations, and all UVL."""
    some = [each.values[0] for each in without_truth()] + sorted(models_dir().glob("*-attr.uvl"))
    return [pytest.param(each, id=each.name) for each in some if each.suffix != ".coom" or _is_small(each)]


def _is_small(path: Path) -> bool:
    return combinations(parse(_text(path), path.name), PRODUCT) <= LISTED_MAX


@pytest.mark.parametrize("path", small())
def test_small_files_agree_with_a_plain_reading(path: Path) -> None:
    """Every configuration listed by a reading of the file that shares nothing with the reader but its tree."""
    model = read(path)
    engine = configurator_for(model)
    if path.suffix == ".coom":
        file = parse(_text(path), path.name)
        everything = [flat(file, each) for each in worlds(file)]
    else:
        everything = uvl_worlds(parse_uvl(_text(path), path.name), model)
    assert engine.count(()) == len(everything)
    state = engine.configure(())
    assert isinstance(state, State)
    for domain in state.domains():
        if path.suffix == ".uvl" and model.variables[model.index[domain.variable]].kind is not Kind.BOOLEAN:
            continue
        found = {each.get(domain.variable, False) for each in everything}
        if path.suffix == ".uvl":
            found = {each is not False for each in found}
        if domain.range is not None:
            assert (domain.range.minimum, domain.range.maximum) == (min(found), max(found))
        else:
            assert set(domain.possible) == found, domain.variable


def next_choices(model: Model, state: State, rnd: random.Random) -> list[Choice]:
    """A few choices that the state allows."""
    open_ones = [each for each in state.domains() if len(each.possible) > 1 or (each.range and not each.possible)]
    made = []
    for each in rnd.sample(open_ones, min(1, len(open_ones))):
        if each.range is not None:
            made.append(Choice(each.variable, rnd.choice([each.range.minimum, each.range.maximum])))
        else:
            made.append(Choice(each.variable, rnd.choice(each.possible)))
    return made


def some_choices(model: Model, rnd: random.Random) -> list[Choice]:
    """Choices at random, which may well clash."""
    shown = [each for each in model.variables if each.decision]
    picked = rnd.sample(shown, min(3, len(shown)))
    return [Choice(each.name, rnd.choice(each.values or (each.minimum, each.maximum))) for each in picked]


def question(model: Model, chosen: list[Choice]) -> dict[str, Any]:
    fixed: list[int] = []
    between: dict[int, list[int]] = {}
    for each in chosen:
        index = model.index[each.variable]
        variable = model.variables[index]
        if variable.kind is Kind.QUANTITY:
            low, high = between.get(index, [variable.minimum, variable.maximum])
            between[index] = [max(low, int(each.value)), min(high, int(each.value))]
        elif variable.kind is Kind.BOOLEAN:
            fixed.append(variable.first if each.value else -variable.first)
        else:
            fixed.append(variable.first + variable.values.index(each.value))
    if any(low > high for low, high in between.values()):
        return {"fixed": [1, -1]}
    return {"fixed": fixed, "between": between}


def assert_same(model: Model, state: State, answer: dict[str, Any] | None) -> None:
    assert state.consistent == (answer is not None)
    if answer is None:
        return
    hold, fail = set(answer["hold"]), set(answer["fail"])
    for variable in model.variables:
        if not variable.decision:
            continue
        domain = state.domain(variable.name)
        if variable.kind is Kind.QUANTITY:
            assert domain.range is not None
            low, high = answer["ranges"][str(model.index[variable.name])]
            assert (domain.range.minimum, domain.range.maximum) == (low, high), variable.name
        elif variable.kind is Kind.BOOLEAN:
            held = [value for value, some in ((False, fail), (True, hold)) if variable.first in some]
            assert list(domain.possible) == held, variable.name
        else:
            expected = [value for at, value in enumerate(variable.values) if variable.first + at in hold]
            assert list(domain.possible) == expected, variable.name

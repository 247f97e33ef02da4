"""What customers ask besides domains, on public models: does it fit, why not, what would fix it, what is cheapest.

Questions come from the recorded sessions: every prefix of one for consistency; for conflicts and repairs values that a
session rules out; completions at made-up prices. Results first: every query of a model's truth file, then equal
answers of search, diagram and peers on the recorded questions.

Budgets, medians below 2 500 features, Mégane apart: consistency 1 ms, minimal conflict (smallest set of choices and
the minimal rules behind it) 2 ms, repair 5 ms, cheapest completion 2 ms by diagram, by MaxSAT 20 ms up to 1 300
features and 300 ms for Linux. ``--full`` asks every model and gives peers more time; ``--no-peers`` leaves them out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from benchmarks.clicks.chosen import NO_MODELS, chosen, model_options
from benchmarks.clicks.environment import python, run
from benchmarks.clicks.problem import as_json
from benchmarks.clicks.questions import Questions, as_literals, questions_of
from benchmarks.clicks.sessions import PATIENT, Case, Session, sessions_of
from benchmarks.measure import percentile, report
from engine.adapters.diagrams import diagram_cache, diagram_for
from engine.configuration import Budget, Choice, Completion, Explanation, Model, Objective, OutOfBudget
from engine.configuration.checking import price_terms
from engine.configuration.configurator import Configurator, configurator_for
from engine.configuration.solver.build import CompileBudget

OPERATIONS = ("consistency", "conflict", "repair", "completion")
PEERS = ("python-sat", "clingo", "CP-SAT", "python-constraint")
SMALL = 200
"""Variables up to which python-constraint is asked."""
LARGE = 2_500
"""Features from which the budgets of medians do not hold."""
MAXSAT = 1_300
BRIEF = Budget(conflicts=10**9, milliseconds=500)
"""For completions by search where a diagram answers: the search is shown, not waited for."""

Row = dict[str, object]


@dataclass(slots=True)
class Asked:
    """Answers and milliseconds by operation."""

    answers: dict[str, list[int]] = field(default_factory=dict)
    spent: dict[str, list[float]] = field(default_factory=dict)

    def ask(self, operation: str, work: Callable[[], int]) -> None:
        before = time.thread_time_ns()
        answer = work()
        self.spent.setdefault(operation, []).append((time.thread_time_ns() - before) / 1e6)
        self.answers.setdefault(operation, []).append(answer)


def conflict(engine: Configurator, choices: Sequence[Choice], wanted: Choice) -> int:
    """The size of the smallest conflict among the choices."""
    found = engine.explain(choices, wanted=wanted, budget=PATIENT)
    assert isinstance(found, Explanation)
    return len(found.choices)


def repair(engine: Configurator, choices: Sequence[Choice], wanted: Sequence[Choice]) -> int:
    """How many choices the smallest repair gives up."""
    found = engine.repair(choices, wanted=wanted, budget=PATIENT)
    assert found and not isinstance(found, OutOfBudget)
    return len(found[0].drop)


def completion(engine: Configurator, choices: Sequence[Choice], objective: Objective, budget: Budget) -> int:
    """The least total, or -1 when it was not proven in time."""
    found = engine.complete(choices, objective=objective, budget=budget)
    assert isinstance(found, Completion)
    return found.total if found.proven and found.total is not None else -1


def consistent(engine: Configurator, choices: Session) -> int:
    """1 where the choices go together."""
    return int(engine.satisfiable(choices, budget=PATIENT) is True)


def ours(engine: Configurator, asked: Questions, budget: Budget) -> Asked:
    """Every question put to our engine, warm: an engine lives as long as its model."""
    engine.configure((), budget=PATIENT)
    conflict(engine, asked.wishes[0].choices, asked.wishes[0].wanted)
    found = Asked()
    for each in asked.partial:
        found.ask("consistency", partial(consistent, engine, each))
    for wish in asked.wishes:
        found.ask("conflict", partial(conflict, engine, wish.choices, wish.wanted))
    for wish in asked.wishes:
        found.ask("repair", partial(repair, engine, wish.choices, [wish.wanted]))
    for each in asked.priced:
        found.ask("completion", partial(completion, engine, each, asked.objective, budget))
    return found


def assert_true(case: Case, engine: Configurator) -> int:
    """Every query of the truth file, answered as other solvers did; how many there are."""
    truth = json.loads(case.truth.read_text(encoding="utf-8"))
    totals = {each["query"]: each for each in truth["cheapest_completion"]["answers"]}
    objective = Objective(price_terms(engine.model))
    for at, query in enumerate(truth["queries"]):
        choices = [Choice(name, value) for name, value in query["assign"].items()]
        assert engine.satisfiable(choices, budget=PATIENT) is query["satisfiable"], (case.name, at)
        if not query["satisfiable"]:
            why = engine.explain(choices, budget=PATIENT)
            assert isinstance(why, Explanation) and len(why.choices) == query["smallest_conflict_size"], (case.name, at)
            assert repair(engine, choices, ()) == query["min_drop_size"], (case.name, at)
        elif at in totals and totals[at]["status"] == "OPTIMAL":
            assert completion(engine, choices, objective, PATIENT) == totals[at]["total"], (case.name, at)
    return len(truth["queries"])


def assert_equal(case: Case, peer: str, mine: dict[str, list[int]], theirs: dict[str, list[int]]) -> None:
    """Equal answers, as far as the other one got; a total that one of them did not prove says nothing."""
    for operation, answers in theirs.items():
        pairs = zip(answers, mine[operation], strict=False)
        differing = [(at, pair) for at, pair in enumerate(pairs) if pair[0] != pair[1] and -1 not in pair]
        assert not differing, f"{case.name}: {peer} differs in {operation}: {differing[:3]}"


def compared(
    case: Case, model: Model, sessions: Sequence[Session], asked: Questions, seconds: float
) -> dict[str, Asked]:
    """Peers on the same questions, each in a process of its own."""
    interpreter = python()
    if interpreter is None:
        return {}
    problem = as_json(model, sessions, as_literals(model, asked))
    found: dict[str, Asked] = {}
    for peer in PEERS:
        if peer == "python-constraint" and len(model.variables) > SMALL:
            continue
        found[peer] = Asked()
        lines: list[dict[str, Any]] = run(
            interpreter, "operation_peers.py", [peer, str(seconds)], problem, 4 * seconds + 5
        )
        for each in lines:
            found[peer].answers.setdefault(each["operation"], []).append(each["answer"])
            found[peer].spent.setdefault(each["operation"], []).append(each["ms"])
    return found


def budget_of(case: Case, model: Model, operation: str, how: str) -> float | None:
    """The median that is allowed, or None where no budget is stated."""
    features, linux = len(model.variables), case.name.startswith("linux")
    if case.name.startswith("renault-megane"):
        return None
    if operation == "completion" and how == "search":
        return 300 if linux else 20 if features <= MAXSAT else None
    if features >= LARGE:
        return None
    return {"consistency": 1, "conflict": 2, "repair": 5, "completion": 2}[operation]


def row(case: Case, model: Model, operation: str, how: str, mine: Asked, peers: dict[str, Asked]) -> Row:
    spent, allowed = mine.spent[operation], budget_of(case, model, operation, how)
    median = statistics.median(spent)
    unproven = mine.answers[operation].count(-1)
    verdict = "" if allowed is None else f"{allowed}: {'kept' if median <= allowed else 'MISSED'}"
    return {
        "model": case.name,
        "features": sum(each.decision for each in model.variables),
        "operation": operation,
        "by": how,
        "asked": len(spent),
        "median ms": round(median, 3),
        "p99 ms": round(percentile(spent, 0.99), 3),
        "budget": verdict + (f" ({unproven} not proven in {BRIEF.milliseconds} ms)" if unproven else ""),
        **{peer: _median(peers.get(peer), operation) for peer in PEERS},
    }


def _median(asked: Asked | None, operation: str) -> str:
    if asked is None:
        return ""
    spent = asked.spent.get(operation)
    return f"{statistics.median(spent):,.2f} ({len(spent)})" if spent else "none in time"


def measured(case: Case, options: argparse.Namespace) -> list[Row]:
    """The rows of one model: truth, search, diagram where it compiles, peers."""
    model = case.model()
    sessions = sessions_of(configurator_for(model), case, 12)
    asked = questions_of(configurator_for(model), sessions, priced=24 if len(model.variables) < LARGE else 8)
    searched = configurator_for(model)
    diagram = diagram_for(model, CompileBudget(), diagram_cache()).diagram if case.compiles else None
    swept = configurator_for(model, diagram=diagram) if diagram else None
    checked = assert_true(case, swept or searched)
    mine = ours(searched, asked, PATIENT if swept is None else BRIEF)
    found = ours(swept, asked, PATIENT) if swept else None
    if found:
        assert_equal(case, "the diagram", mine.answers, found.answers)
    peers = {} if options.no_peers else compared(case, model, sessions, asked, 10 if options.full else 0.5)
    for peer, theirs in peers.items():
        assert_equal(case, peer, (found or mine).answers, theirs.answers)
    rows = [row(case, model, operation, "search", mine, peers) for operation in OPERATIONS]
    if found:
        rows.append(row(case, model, "completion", "diagram", found, peers))
    print(f"{case.name}: {checked} queries as in the truth file; {len(asked.partial)} prefixes, ", end="")
    print(f"{len(asked.wishes)} wishes, {len(asked.priced)} completions equal in all engines that answered", flush=True)
    return rows


def main() -> int:
    """Run the models; what is not there is said."""
    parser = model_options(__doc__)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    rows = [found for each in chosen(options) for found in measured(each, options)]
    if not rows:
        print(NO_MODELS)
        return 0
    budgets = {
        "medians below 2 500 features, Mégane apart": "consistency 1 ms, conflict 2, repair 5, completion by diagram 2",
        "completion by search (MaxSAT)": "20 ms up to 1 300 features, 300 ms for Linux",
        "peers": "median ms (questions answered in the time given)",
    }
    report("model_operations", rows, budgets=budgets)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""All domains after every click, on public models: CPU per click of this engine and of the solvers people would pick.

Clicks are recorded first: random sessions of consistent choices, and what customers really bought where there is a
sales history. Every engine's answers are hashed click by click and must be equal before any time is shown.

Budgets, median / p99: printer and the two Renault networks 1 / 3 ms, Mégane and pc-richmond 5 / 15 ms, eCos 5 ms;
goals beyond what was known: automotive01 10 ms, Linux 20 ms. ``--full`` runs every model and gives peers more time;
``--no-peers`` leaves them out.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence

from benchmarks.clicks.answers import hash_of, possible
from benchmarks.clicks.chosen import NO_MODELS, chosen, model_options
from benchmarks.clicks.environment import Answered, ask, python
from benchmarks.clicks.problem import as_json
from benchmarks.clicks.sessions import PATIENT, Case, Session, sessions_of
from benchmarks.measure import percentile, report
from engine.adapters.diagrams import diagram_cache, diagram_for
from engine.configuration import Model, State
from engine.configuration.configurator import Configurator, configurator_for
from engine.configuration.solver.build import CompileBudget

BUDGETS = {
    "printer": (1, 3),
    "renault-small": (1, 3),
    "renault-medium": (1, 3),
    "renault-megane-111": (5, 15),
    "pc-richmond": (5, 15),
    "ecos-i386pc": (5, None),
    "automotive01": (10, None),
    "linux-2.6.33.3": (20, None),
}
SMALL = 200
"""Variables up to which python-constraint is asked."""

Row = dict[str, object]


def play(engine: Configurator, sessions: Sequence[Session]) -> tuple[list[float], list[str]]:
    """Milliseconds of CPU and the hash of the answer, click by click, each from the state before."""
    spent: list[float] = []
    hashes: list[str] = []
    for session in sessions:
        state = None
        for at in range(1, len(session) + 1):
            before = time.thread_time_ns()
            answer = engine.configure(session[:at], previous=state, budget=PATIENT)
            spent.append((time.thread_time_ns() - before) / 1e6)
            assert isinstance(answer, State)
            hashes.append(hash_of(possible(answer)))
            state = answer
    return spent, hashes


def row(case: Case, engine: str, spent: Sequence[float], ours: float | None = None) -> Row:
    median = statistics.median(spent)
    return {
        "model": case.name,
        "engine": engine,
        "clicks": len(spent),
        "median ms": round(median, 3),
        "p99 ms": round(percentile(spent, 0.99), 3),
        "times ours": round(median / ours, 1) if ours else "",
        "budget": _verdict(case, spent) if ours is None else "",
    }


def _verdict(case: Case, spent: Sequence[float]) -> str:
    if case.name not in BUDGETS:
        return ""
    median, high = BUDGETS[case.name]
    kept = statistics.median(spent) <= median and (high is None or percentile(spent, 0.99) <= high)
    return f"{median} / {high or '-'}: {'kept' if kept else 'MISSED'}"


def measured(case: Case, model: Model, sessions: Sequence[Session]) -> tuple[list[Row], list[str]]:
    """Our search, and our diagram where the model compiles."""
    searched, hashes = _ours(model, sessions, configurator_for(model))
    rows = [row(case, "ours, search", searched)]
    if case.compiles:
        outcome = diagram_for(model, CompileBudget(), diagram_cache())
        if outcome.diagram is None:
            rows.append({"model": case.name, "engine": f"ours, diagram: {outcome.status.value}"})
        else:
            engine = configurator_for(model, diagram=outcome.diagram)
            swept, same = _ours(model, sessions, engine)
            assert same == hashes, f"{case.name}: the diagram differs from the search"
            rows[0]["budget"] = ""  # the budget is one of models with a diagram; the search is shown beside it
            rows.append(row(case, "ours, diagram", swept))
    return rows, hashes


def _ours(model: Model, sessions: Sequence[Session], engine: Configurator) -> tuple[list[float], list[str]]:
    engine.configure((), budget=PATIENT)
    return play(engine, sessions)


def compared(case: Case, model: Model, sessions: Sequence[Session], hashes: list[str], seconds: float) -> list[Row]:
    """The peers on the same clicks; equal answers are asserted first."""
    interpreter = python()
    if interpreter is None:
        return []
    problem = as_json(model, sessions)
    rows = []
    for peer in ("naive SAT per value", "clingo brave", "CP-SAT assumptions", "python-constraint"):
        if peer == "python-constraint" and len(model.variables) > SMALL:
            continue
        found: Answered = ask(interpreter, peer, problem, seconds)
        if not found.milliseconds:
            rows.append({"model": case.name, "engine": f"{peer}: no click in {2 * seconds + 5:.0f} s"})
            continue
        assert list(found.hashes) == hashes[: len(found.hashes)], f"{case.name}: {peer} differs"
        rows.append({"model": case.name, "engine": peer, "spent": found.milliseconds})
    return rows


def main() -> int:
    """Run the models; what is not there is said."""
    parser = model_options(__doc__)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    rows: list[Row] = []
    for case in chosen(options):
        model = case.model()
        sessions = sessions_of(configurator_for(model), case, 12)
        mine, hashes = measured(case, model, sessions)
        rows += mine
        if not options.no_peers:
            best = min(float(str(each["median ms"])) for each in mine if "median ms" in each)
            for each in compared(case, model, sessions, hashes, 20 if options.full else 2):
                spent = each.pop("spent", None)
                rows.append(row(case, str(each["engine"]), spent, best) if isinstance(spent, tuple) else each)
    if not rows:
        print(NO_MODELS)
        return 0
    report("model_clicks", rows, budgets={name: f"{low} / {high or '-'} ms" for name, (low, high) in BUDGETS.items()})
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What a click and the other questions cost as feature models grow: 100 to 14 000 features, with fitted exponents.

Two curves: generated models of one shape (``clicks.grown`` says which), and the public ones that are feature models,
which differ in shape as well as in size. Results first: on a sample of clicks, literals are tried one by one on a
solver that has nothing but the clauses. Medians of CPU milliseconds.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Sequence

from pysat.solvers import Glucose4

from benchmarks.clicks.answers import possible
from benchmarks.clicks.grown import uvl_of
from benchmarks.clicks.problem import asked, clicks
from benchmarks.clicks.questions import questions_of
from benchmarks.clicks.sessions import CASES, MORE, PATIENT, Session, record
from benchmarks.measure import exponent, percentile, report
from benchmarks.model_clicks import play
from benchmarks.model_operations import OPERATIONS, ours
from engine.configuration import Model, State
from engine.configuration.configurator import configurator_for
from engine.configuration.formats.reader import read_model
from engine.configuration.solver.cnf import encode

SIZES = (100, 300, 1_000, 3_000, 6_000, 14_000)
SESSIONS = 6
COMPLETIONS = 4
CHECKED_CLICKS = 4
CHECKED_LITERALS = 100
COLUMNS = ("click", *OPERATIONS)

Row = dict[str, object]


def assert_exact(model: Model, sessions: Sequence[Session]) -> int:
    """Literals of a sample of clicks, each tried on the plain clauses; how many."""
    rnd = random.Random(7)
    cnf = encode(model)
    engine, words = configurator_for(model), clicks(model, sessions)
    choices = [session[: at + 1] for session in sessions for at in range(len(session))]
    tried = 0
    with Glucose4(bootstrap_with=cnf.clauses) as solver:
        solver.add_clause([cnf.top, -cnf.top])
        for at in rnd.sample(range(len(choices)), CHECKED_CLICKS):
            state = engine.configure(choices[at], budget=PATIENT)
            assert isinstance(state, State)
            can = set(possible(state))
            every = asked(model)
            for literal in rnd.sample(every, min(CHECKED_LITERALS, len(every))):
                assert solver.solve([*words[at], literal]) == (literal in can), (model.name, choices[at], literal)
                tried += 1
    return tried


def measured(name: str, model: Model) -> Row:
    """One point of every curve."""
    engine = configurator_for(model)
    before = time.thread_time()
    engine.configure((), budget=PATIENT)
    first = (time.thread_time() - before) * 1000
    sessions = record(engine, SESSIONS)
    tried = assert_exact(model, sessions)
    spent, _ = play(engine, sessions)
    found = ours(engine, questions_of(engine, sessions, priced=COMPLETIONS), PATIENT)
    medians = {each: round(statistics.median(found.spent[each]), 3) for each in OPERATIONS}
    return {
        "model": name,
        "features": sum(each.decision for each in model.variables),
        "clauses": len(model.clauses) + len(model.cardinalities),
        "first ms": round(first, 1),
        "click": round(statistics.median(spent), 3),
        "click p99": round(percentile(spent, 0.99), 3),
        **medians,
        "literals checked": tried,
    }


def exponents(name: str, rows: Sequence[Row]) -> Row:
    """The fitted exponent of every curve over some rows."""
    sizes = [float(str(each["features"])) for each in rows]
    fitted = {
        column: round(exponent([(size, float(str(each[column]))) for size, each in zip(sizes, rows, strict=True)]), 2)
        for column in ("first ms", *COLUMNS)
    }
    return {"model": name, "features": f"{min(sizes):.0f}-{max(sizes):.0f}", **fitted}


def main() -> int:
    """Both curves; the public one as far as the models are there."""
    grown = [measured(f"generated {size}", read_model(uvl_of(size).encode(), "grown.uvl")) for size in SIZES]
    cases = sorted((each for each in CASES + MORE if each.there()), key=lambda each: each.name)
    models = [(each.name, each.model()) for each in cases]
    public = [measured(name, model) for name, model in models if not model.tables]
    public.sort(key=lambda each: int(str(each["features"])))
    rows = [*grown, exponents("fitted exponent, generated", grown)]
    if len(public) > 1:
        rows += [*public, exponents("fitted exponent, public", public)]
    report("feature_curve", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())

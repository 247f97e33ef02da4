"""What the first answers about a bundle cost a fresh process: imports, the book from its cache, each first question.

Every round is a process of its own, the shipped workstation again; all rounds answer the same, and a question asked
again answers as before.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.measure import report

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 3, 2)
CUSTOMER = {"segment": "business", "region": "CH"}
ROUNDS = 7
ONCE = "--once"


def once(folder: Path) -> None:
    """One life of a process, as JSON: CPU milliseconds by phase, and what was answered."""
    spent: dict[str, float] = {}
    marks = [time.process_time()]

    def phase(name: str) -> None:
        marks.append(time.process_time())
        spent[name] = (marks[-1] - marks[-2]) * 1000

    from engine.adapters.collector import calm_collector
    from engine.adapters.compiled_books import CompiledBooks, book_cache
    from engine.adapters.rule_folder import read_folder
    from engine.application.configure import list_prices
    from engine.catalog import Sku
    from engine.configuration.products import Pick, ProductState
    from engine.quotes.request import QuoteRequest

    calm_collector()
    phase("imports of the engine")
    active = CompiledBooks(book_cache(folder)).checked(read_folder(ROOT / "rules" / "workstation")).active
    assert active is not None
    phase("the book from its cache")
    engine = active.parts.configurators["WS"]
    prices = list_prices(active, engine, QuoteRequest(DAY, "EUR", (), customer=CUSTOMER)).counted(())
    phase("prices of the customer")

    def clicked(state: object) -> object:
        assert isinstance(state, ProductState), "a click of the shipped bundle is decided"
        return state.slots

    chosen, wanted = Pick("psu", Sku("PSU-450B")), Pick("gpu", Sku("GPU-X32"))
    asked: dict[str, Callable[[], object]] = {
        "completion": lambda: engine.complete((), prices=prices),
        "click": lambda: clicked(engine.configure((chosen,))),
        "explanation": lambda: engine.explain((chosen,), wanted=wanted),
        "repair by price": lambda: engine.repair((chosen,), wanted=(wanted,), prices=prices),
    }
    marks.append(time.process_time())
    answers = []
    for name, question in asked.items():
        first = question()
        phase(f"{name}, the first")
        again = question()
        phase(f"{name}, asked again")
        assert first == again, name
        answers.append(repr(first))
    print(json.dumps({"spent": spent, "answers": answers}))


def main() -> None:
    """Fill the cache in one life, then measure others."""
    with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder:
        command = [sys.executable, "-m", "benchmarks.cold_bundle", ONCE, folder]
        lives = []
        for _ in range(ROUNDS + 1):
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            lives.append(json.loads(done.stdout))
    filling, *measured = lives
    assert all(each["answers"] == filling["answers"] for each in measured), "all lives answer the same"
    rows: list[dict[str, object]] = []
    for name in filling["spent"]:
        spent = [each["spent"][name] for each in measured]
        rows.append({"phase": name, "median ms": statistics.median(spent), "most ms": max(spent)})
    report("cold_bundle", rows)


if __name__ == "__main__":
    if sys.argv[1:2] == [ONCE]:
        once(Path(sys.argv[2]))
    else:
        main()

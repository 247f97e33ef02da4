"""What the cheapest completion of a bundle with quantities costs: the shipped workstation at made-up prices.

MaxSAT over the steps of quantities against the integer program (HiGHS) on the same questions, equal totals first; and
the twenty that come first, among which the true price decides.
Budget: 20 ms for the cheapest completion.
"""

from __future__ import annotations

import random
import statistics
import time
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from benchmarks.configure import PATIENT, product_of, sessions
from benchmarks.measure import percentile, report
from engine.adapters.collector import calm_collector
from engine.adapters.rule_folder import read_folder
from engine.application.ranking import REPRICED
from engine.catalog import Sku
from engine.configuration.products import Aim, Sought
from engine.configuration.products.configurator import ProductConfigurator
from engine.configuration.solver import completing
from engine.configuration.solver.steps import STEPS_MAX

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = 8
"""Questions that the integer program answers as well: it takes up to a second each."""


def main() -> None:
    """Complete after every click of seeded customers, garbage collected as in a server."""
    calm_collector()
    engine = ProductConfigurator(product_of(read_folder(ROOT / "rules" / "workstation"), "WS"))
    rnd = random.Random(3)
    skus = [sku for slot in engine.product.slots.values() for each in slot.classes for sku in each.skus]
    prices: dict[Sku, Decimal] = {sku: Decimal(rnd.randrange(1_000, 100_000)) / 100 for sku in skus}
    asked = [[], *(made for made, _ in sessions(engine, seed=5, count=4))]
    rows = []
    totals: list[list[Decimal | None]] = []
    for name, steps_max, count in (("MaxSAT by steps", STEPS_MAX, len(asked)), ("integer program", 0, PROGRAMS)):
        spent, found = [], []
        with patch.object(completing, "STEPS_MAX", steps_max):
            for choices in asked[:count]:
                start = time.thread_time()
                done = engine.complete(choices, prices=prices, budget=PATIENT)
                spent.append((time.thread_time() - start) * 1000)
                found.append(done.bound)
        totals.append(found)
        rows.append(
            {"way": name, "questions": count, "median ms": statistics.median(spent), "p99 ms": percentile(spent, 0.99)}
        )
    assert totals[0][:PROGRAMS] == totals[1], "both prove the same least total"
    assert None not in totals[0]
    spent, firsts = [], []
    for choices in asked:
        start = time.thread_time()
        several = engine.candidates(choices, Sought(Aim.CHEAPEST, prices, {}, None, REPRICED), budget=PATIENT)
        spent.append((time.thread_time() - start) * 1000)
        firsts.append(several.best.bound)
    assert firsts == totals[0], "the first of several is the one of least total"
    rows.append(
        {
            "way": f"the first {REPRICED}, to be priced by all rules",
            "questions": len(asked),
            "median ms": statistics.median(spent),
            "p99 ms": percentile(spent, 0.99),
        }
    )
    report("complete_bundle", rows, budgets={"median ms by MaxSAT": 20})


if __name__ == "__main__":
    main()

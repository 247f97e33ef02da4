"""What repairs of a bundle with prices cost: the shipped workstation, for a business customer in Switzerland.

Seeded customers click what is possible and then want what is not. Beside us a peer that tries every set of choices to
give up, the smallest first, and completes each that works; what is given up and the prices are equal first.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from pathlib import Path

from benchmarks.cold_bundle import CUSTOMER, DAY
from benchmarks.configure import PATIENT, sessions
from benchmarks.measure import percentile, report
from engine.adapters.collector import calm_collector
from engine.adapters.rule_folder import read_folder, unpack
from engine.application.configure import list_prices
from engine.application.rule_books import ActiveBook
from engine.configuration.answers import CompletionStatus
from engine.configuration.products import Pick, Prices, ProductChoice, ProductRepair, ProductState, Standing
from engine.configuration.products.configurator import ProductConfigurator
from engine.quotes.request import QuoteRequest
from engine.rulebook.load import load
from engine.rulebook.parts import parts_of

ROOT = Path(__file__).resolve().parents[1]
REPAIRS = 20
"""So many are asked for: as many as there are of the smallest size, nearly always."""
MOST_TRIED = 4
Question = tuple[list[ProductChoice], Pick]
Answer = dict[frozenset[ProductChoice], Decimal]


def opened() -> tuple[ProductConfigurator, Prices]:
    """The workstation, and what its parts cost the customer."""
    loaded = load(unpack(read_folder(ROOT / "rules" / "workstation")))
    assert loaded.book is not None, [str(each) for each in loaded.diagnostics[:5]]
    active = ActiveBook(loaded.book, parts_of(loaded.book))
    engine = active.parts.configurators["WS"]
    header = QuoteRequest(DAY, "EUR", (), customer=CUSTOMER)
    return engine, list_prices(active, engine, header).counted(())


def questions(engine: ProductConfigurator) -> Iterator[Question]:
    """Choices of seeded customers, and one product each that does not go with them any more."""
    rnd = random.Random(7)
    for made, _ in sessions(engine, seed=11, count=6):
        state = engine.configure(made, budget=PATIENT)
        assert isinstance(state, ProductState)
        gone = [
            Pick(slot.path, each.skus[0])
            for slot in state.slots
            for each in slot.options
            if each.standing is Standing.IMPOSSIBLE and not any(_at(one) == slot.path for one in made)
        ]
        if gone:
            yield list(made), rnd.choice(gone)


def _at(choice: ProductChoice) -> str:
    return choice.slot if isinstance(choice, Pick) else choice.setting


def one_by_one(engine: ProductConfigurator, made: Sequence[ProductChoice], wanted: Pick, prices: Prices) -> Answer:
    """The peer: every set of choices, the smallest first; of the first size that works each with its completion."""
    for size in range(1, MOST_TRIED + 1):
        found: Answer = {}
        for dropped in combinations(made, size):
            kept = [each for each in made if each not in dropped]
            done = engine.complete([*kept, wanted], prices=prices, budget=PATIENT)
            if done.status is not CompletionStatus.INFEASIBLE:
                assert done.list_price is not None
                found[frozenset(dropped)] = done.list_price
        if found:
            return found
    raise AssertionError("a repair gives up a few choices")


def answer_of(found: object) -> Answer:
    """Repairs of the smallest size with the price of what is cheapest then."""
    assert isinstance(found, tuple)
    repairs: tuple[ProductRepair, ...] = found
    least = len(repairs[0].drop)
    smallest = [each for each in repairs if len(each.drop) == least]
    assert [each.list_price for each in smallest] == sorted(each.list_price or Decimal(0) for each in smallest)
    return {frozenset(each.drop): each.list_price for each in smallest if each.list_price is not None}


def main() -> None:
    """Ask everybody the same, garbage collected as in a server."""
    calm_collector()
    engine, prices = opened()
    asked = list(questions(engine))
    assert len(asked) > 20, len(asked)
    for made, wanted in asked:
        found = engine.repair(made, wanted=[wanted], prices=prices, limit=REPAIRS, budget=PATIENT)
        mine, theirs = answer_of(found), one_by_one(engine, made, wanted, prices)
        assert mine.items() <= theirs.items() and len(mine) == min(len(theirs), REPAIRS), (mine, theirs)
    ways: Mapping[str, Callable[[list[ProductChoice], Pick], object]] = {
        "three repairs, without prices": lambda made, wanted: engine.repair(made, wanted=[wanted], budget=PATIENT),
        "three repairs by price": lambda made, wanted: engine.repair(
            made, wanted=[wanted], prices=prices, budget=PATIENT
        ),
        "every set tried and completed": lambda made, wanted: one_by_one(engine, made, wanted, prices),
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for made, wanted in asked:
        for name, way in ways.items():
            start = time.thread_time()
            way(made, wanted)
            spent[name].append((time.thread_time() - start) * 1000)
    ours = statistics.median(spent["three repairs by price"])
    rows = [
        {
            "way": name,
            "questions": len(each),
            "median ms": statistics.median(each),
            "p99 ms": percentile(each, 0.99),
            "times ours": statistics.median(each) / ours,
        }
        for name, each in spent.items()
    ]
    report("repair_bundle", rows)


if __name__ == "__main__":
    main()

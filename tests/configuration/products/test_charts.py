"""Charts of bundles against search: the shipped workstation click by click, and what cannot be charted."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from engine.adapters.rule_folder import read_folder, unpack
from engine.configuration.products import Pick, ProductChoice, ProductState, Set, Standing
from engine.configuration.products.configurator import ProductConfigurator
from engine.rulebook.load import load

BOOK = Path(__file__).resolve().parents[3] / "rules" / "workstation"
QUANTITIES = (1, 2, 3, 4, 8)


@cache
def shipped(sku: str) -> tuple[ProductConfigurator, ProductConfigurator]:
    """A shipped bundle that is searched, and one that is charted."""
    book = load(unpack(read_folder(BOOK))).book
    assert book is not None
    searched, charted = ProductConfigurator(book.products[sku]), ProductConfigurator(book.products[sku])
    assert charted.chart()
    return searched, charted


def some_choice(rnd: random.Random, engine: ProductConfigurator) -> ProductChoice:
    path = rnd.choice([*engine.product.slots, *engine.product.settings])
    slot = engine.product.slots.get(path)
    if slot is None:
        return Set(path, rnd.choice(engine.product.settings[path].values))
    if slot.group.minimum == 0 and rnd.random() < 0.1:
        return Pick(path)
    group = slot.group
    quantity = rnd.choice(QUANTITIES) if rnd.random() < 0.3 else None
    fits = quantity is not None and group.quantity_minimum <= quantity <= group.quantity_maximum
    return Pick(path, rnd.choice(sorted(slot.class_of)), quantity if fits else None)


def test_a_charted_bundle_answers_as_a_searched_one() -> None:
    rnd = random.Random(5)
    answers = []
    for sku in ("WS", "STORAGE"):
        searched, charted = shipped(sku)
        for _ in range(40):
            chosen: list[ProductChoice] = []
            for _ in range(6):
                more = [*chosen, some_choice(rnd, searched)]
                if searched.faults(more):
                    continue
                by_search, by_chart = searched.configure(more), charted.configure(more)
                assert isinstance(by_search, ProductState)
                assert isinstance(by_chart, ProductState)
                assert (by_search.consistent, by_search.complete) == (by_chart.consistent, by_chart.complete), more
                assert by_search.slots == by_chart.slots, more
                assert by_search.settings == by_chart.settings, more
                answers.append(by_chart.consistent)
                if by_chart.consistent:
                    chosen = more
    assert 0 < sum(answers) < len(answers)


def test_a_chart_knows_every_option_of_every_slot() -> None:
    searched, charted = shipped("WS")
    state = charted.configure(())
    assert isinstance(state, ProductState)
    for slot in state.slots:
        for option in slot.options:
            alone = searched.configure([Pick(slot.path, option.skus[0])])
            assert isinstance(alone, ProductState)
            assert alone.consistent == (option.standing is not Standing.IMPOSSIBLE)

"""Constraints with days: on every day a bundle is what one compiled with the constraints of that day would be."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.configuration.products import (
    Constraint,
    ConstraintKind,
    ProductState,
    Season,
    compile_product,
    constraint_scope,
    season_starts,
)
from engine.configuration.products.configurator import ProductConfigurator
from engine.language.check import check_expression
from engine.language.scope import Scope
from tests.configuration.products.parts import bundle, catalog

PARTS, PC = catalog(), bundle()
SCOPE = Scope(constraint_scope(PC, PARTS))
FIRST = date(2026, 3, 1)
BODIES = ("cpu.socket = board.socket", "psu.watts >= 500", "cpu.graphics = true", "board.slots >= 2")
days = st.none() | st.integers(0, 12).map(lambda count: FIRST + timedelta(count))


@st.composite
def constraints(draw: st.DrawFn) -> Constraint:
    start, end = draw(days), draw(days)
    if start is not None and end is not None and end <= start:
        end = start + timedelta(3)
    body = check_expression(draw(st.sampled_from(BODIES)), scope=SCOPE)
    return Constraint(f"r{draw(st.integers(0, 99))}", ConstraintKind.REQUIRE, body, start=start, end=end)


@given(st.lists(constraints(), max_size=4), st.integers(-3, 18).map(lambda count: FIRST + timedelta(count)))
def test_a_bundle_is_what_the_constraints_of_the_day_say(rules: list[Constraint], day: date) -> None:
    stated = {PC.sku: rules}
    starts = season_starts(PC, PARTS, stated)
    assert set(starts) == {each for rule in rules for each in (rule.start, rule.end) if each is not None}
    later = [Season(each, compile_product(PC, PARTS, stated, day=each)) for each in starts]
    engine = ProductConfigurator(compile_product(PC, PARTS, stated, day=date.min), later=later).on(day)
    # the twin leaves the days aside: only what holds on the day is there
    kept = [each for each in rules if (each.start or day) <= day and (each.end is None or day < each.end)]
    twin = ProductConfigurator(compile_product(PC, PARTS, {PC.sku: kept}))
    mine, theirs = engine.configure(()), twin.configure(())
    assert isinstance(mine, ProductState) and isinstance(theirs, ProductState)
    assert (mine.consistent, mine.slots) == (theirs.consistent, theirs.slots)
    assert engine.since == max((each for each in starts if each <= day), default=date.min)

"""Rules that read attributes and products of bundles that are not there, against brute force over every configuration.

What is not there has no value: a rule that reads it is unknown, and an unknown rule is not broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import LineId, Sku
from engine.configuration.answers import Budget, CompletionStatus
from engine.configuration.products import (
    ConstraintKind,
    Pick,
    ProductChoice,
    ProductState,
    Set,
    SettingState,
    Standing,
)
from engine.configuration.products.analysing import study_product
from engine.configuration.products.counting import count_product
from tests.configuration.products import absent_worlds as worlds
from tests.configuration.products.absent_worlds import RULES, SAYS, Said, Stated, Whole

PATIENT = Budget(conflicts=10**9, milliseconds=600_000)


def rule(text: str, owner: str = "WHOLE", kind: ConstraintKind = ConstraintKind.REQUIRE) -> Stated:
    """A rule in the rule language alone, for examples worked out by hand."""
    return Stated(owner, kind, Said(text, lambda _: None), None)


def setting(state: object, path: str) -> dict[object, Standing]:
    assert isinstance(state, ProductState)
    return dict(next(each.values for each in state.settings if each.path == path))


def test_an_absent_bundle_keeps_rules_that_read_its_attribute_either_way() -> None:
    """With the box there, one of the two rules wants a large supply; without it nobody knows whether it is on."""
    engine = worlds.configurator([rule("box.on or psu.w > 2"), rule("not(box.on) or psu.w > 2")])
    assert engine.configure([Pick("box"), Pick("psu", Sku("P-1"))]).consistent  # type: ignore[union-attr]
    state = engine.configure([Pick("psu", Sku("P-1"))])
    assert isinstance(state, ProductState)
    box = next(each for each in state.slots if each.path == "box")
    assert box.standing("BOX") is Standing.IMPOSSIBLE and box.may_be_empty


def test_what_is_set_in_a_bundle_says_that_it_is_there() -> None:
    engine = worlds.configurator([rule("count(box) = 0 or psu.w > 2")])
    state = engine.configure([Set("box.on", value=True)])
    assert isinstance(state, ProductState)
    assert next(each for each in state.slots if each.path == "box").standing("BOX") is Standing.IMPLIED
    assert next(each for each in state.slots if each.path == "psu").standing("P-1") is Standing.IMPOSSIBLE
    gone = engine.configure([Pick("box")])
    assert set(setting(gone, "box.tone").values()) == {Standing.IMPOSSIBLE}
    clash = engine.explain([Pick("box")], wanted=Set("box.tone", "low"))
    assert clash is not None and clash.choices == (Pick("box"),)  # type: ignore[union-attr]


def test_no_value_follows_while_the_bundle_may_stay_away() -> None:
    engine = worlds.configurator([rule("on", "BOX")])
    assert setting(engine.configure([]), "box.on") == {False: Standing.IMPOSSIBLE, True: Standing.POSSIBLE}
    taken = engine.configure([Pick("box", Sku("BOX"))])
    assert setting(taken, "box.on") == {False: Standing.IMPOSSIBLE, True: Standing.IMPLIED}


def test_a_completion_sets_nothing_in_a_bundle_that_is_not_there() -> None:
    found = worlds.configurator([]).complete([Pick("trays[1]", Sku("TRAY"))], prices=worlds.PRICES)
    named = {each.setting for each in found.choices if isinstance(each, Set)}
    assert named == {"loud", "trays[1].open"}


@pytest.mark.parametrize(
    ("owner", "said"),
    [pytest.param(owner, each, id=f"{owner} {each.text}") for owner, said in SAYS.items() for each in said],
)
def test_each_condition_alone_leaves_exactly_what_brute_force_leaves(owner: str, said: Said) -> None:
    for kind in (ConstraintKind.REQUIRE, ConstraintKind.EXCLUDE):
        rules = [Stated(owner, kind, said, None)]
        check_domains(rules, [])
        check_count(rules)


@given(RULES, worlds.CHOICES)
@settings(deadline=None, max_examples=25)
def test_what_can_be_chosen_is_what_some_configuration_has(rules: list[Stated], choices: list[ProductChoice]) -> None:
    check_domains(rules, choices)


def check_domains(rules: Sequence[Stated], choices: Sequence[ProductChoice]) -> None:
    left = [each for each in worlds.valid(rules) if all(worlds.fits(each, choice) for choice in choices)]
    state = worlds.configurator(rules).configure(choices)
    assert isinstance(state, ProductState) and state.consistent == bool(left)
    if not left:
        return
    held = [worlds.parts(each) for each in left]
    for slot in state.slots:
        seen = {each.get(slot.path, "") for each in held}
        asked = any(isinstance(each, Pick) and each.slot == slot.path for each in choices)
        for option in slot.options:
            fits = seen.intersection(option.skus)
            assert (option.standing is not Standing.IMPOSSIBLE) == bool(fits), (slot.path, option)
            alone = option.standing in (Standing.IMPLIED, Standing.SELECTED)
            assert alone == (seen == fits), (slot.path, option)
        assert asked or slot.may_be_empty == ("" in seen), slot.path
    said = [worlds.set_in(each) for each in left]
    for one in state.settings:
        check_setting(one, {each.get(one.path) for each in said})


def check_setting(shown: SettingState, seen: set[bool | str | None]) -> None:
    for value, standing in shown.values:
        assert (standing is not Standing.IMPOSSIBLE) == (value in seen), (shown.path, value)
        assert (standing in (Standing.IMPLIED, Standing.SELECTED)) == (seen == {value}), (shown.path, value)


@given(RULES, worlds.CHOICES)
@settings(deadline=None, max_examples=25)
def test_explanations_are_minimal_and_repairs_work(rules: list[Stated], choices: list[ProductChoice]) -> None:
    racks, engine = worlds.valid(rules), worlds.configurator(rules)

    def goes(some: Sequence[ProductChoice], among: Sequence[Whole] = racks) -> bool:
        return any(all(worlds.fits(each, choice) for choice in some) for each in among)

    conflict = engine.explain(choices)
    assert (conflict is None) == goes(choices)
    if conflict is None:
        return
    blamed = {each.rule for each in conflict.rules}  # type: ignore[union-attr]
    alone = worlds.valid([each for at, each in enumerate(rules) if f"rule-{at}" in blamed])
    clash: Sequence[ProductChoice] = conflict.choices  # type: ignore[union-attr]
    assert not goes(clash, alone), "what is named clashes by itself"
    assert all(goes([each for each in clash if each != one]) for one in clash), "no choice named can be spared"
    repairs = engine.repair(choices, prices=worlds.PRICES)
    assert isinstance(repairs, tuple) and bool(repairs) == bool(racks)
    sizes = range(len(choices) + 1)
    smallest = (size for size in sizes if any(map(goes, combinations(choices, len(choices) - size))))
    for repair in repairs:
        kept = [each for each in choices if each not in repair.drop]
        cheapest = min(worlds.price(each) for each in racks if all(worlds.fits(each, choice) for choice in kept))
        assert repair.proven and repair.list_price == cheapest
    assert not repairs or min(len(each.drop) for each in repairs) == next(smallest)


@given(RULES, worlds.CHOICES)
@settings(deadline=None, max_examples=25)
def test_the_cheapest_completion_is_a_valid_configuration(rules: list[Stated], choices: list[ProductChoice]) -> None:
    left = [each for each in worlds.valid(rules) if all(worlds.fits(each, choice) for choice in choices)]
    found = worlds.configurator(rules).complete(choices, prices=worlds.PRICES)
    assert (found.status is CompletionStatus.OPTIMAL) == bool(left)
    if left:
        same = [
            each
            for each in left
            if {(one.slot, one.sku) for one in found.choices if isinstance(one, Pick) and one.sku}
            == set(worlds.parts(each).items())
            and {one.setting: one.value for one in found.choices if isinstance(one, Set)} == worlds.set_in(each)
        ]
        assert len(same) == 1
        assert found.list_price == worlds.price(same[0]) == min(map(worlds.price, left))


@given(RULES)
@settings(deadline=None, max_examples=25)
def test_configurations_are_counted_without_what_is_not_there(rules: list[Stated]) -> None:
    check_count(rules)


def check_count(rules: Sequence[Stated]) -> None:
    different = {each._replace(trays=tuple(sorted(each.trays, key=str))) for each in worlds.valid(rules)}
    assert count_product(worlds.configurator(rules).product, budget=PATIENT) == len(different)


@given(RULES, st.sampled_from(worlds.everything()))
@settings(deadline=None, max_examples=25)
def test_an_order_breaks_exactly_the_rules_that_are_definitely_not_kept(rules: list[Stated], whole: Whole) -> None:
    broken = {f"rule-{at}" for at, each in enumerate(rules) if each.broken(whole)}
    findings = worlds.configurator(rules).check(worlds.lines(whole), root=LineId("root"))
    assert {each.rule for each in findings} == broken


@given(RULES)
@settings(deadline=None, max_examples=15)
def test_an_analysis_names_what_no_configuration_has_and_all_have(rules: list[Stated]) -> None:
    left = worlds.valid(rules)
    found = study_product(worlds.configurator(rules), budget=Budget())
    assert found.satisfiable == bool(left) and not found.unfinished
    if not left:
        blamed = {each.rule for each in found.contradiction}
        assert not worlds.valid([each for at, each in enumerate(rules) if f"rule-{at}" in blamed])
        return
    seen = {one for each in left for one in (*worlds.parts(each).items(), *worlds.set_in(each).items())}
    shape = {one for each in worlds.everything() for one in (*worlds.parts(each).items(), *worlds.set_in(each).items())}
    dead = {(each.path, each.skus[0] if each.skus else each.value) for each in found.dead}
    assert dead == shape - seen
    never = {each.rule.rule for each in found.never_binding}
    for at in range(len(rules)):
        others = worlds.valid([each for number, each in enumerate(rules) if number != at])
        if f"rule-{at}" in never:
            assert len(others) == len(left)

"""Analyses of bundles against brute force over every configuration."""

from __future__ import annotations

from hypothesis import given, settings

from engine.configuration.answers import Budget
from engine.configuration.products.analysing import study_product
from tests.configuration.products import parts
from tests.configuration.products.test_products import RULE_SETS, configurator, valid


@given(RULE_SETS)
@settings(deadline=None, max_examples=40)
def test_dead_and_unavoidable_options_and_their_rules(rules: frozenset[int]) -> None:
    left = valid(rules)
    found = study_product(configurator(rules), budget=Budget())
    assert found.satisfiable == bool(left) and not found.unfinished
    if not left:
        assert not valid_by({each.rule for each in found.contradiction}, rules)
        return

    def holding(slot: str, sku: str) -> int:
        return sum(any(each == sku for each, _ in configuration[slot]) for configuration in left)

    dead = {(each.path, sku) for each in found.dead for sku in each.skus}
    assert dead == {
        (slot, sku)
        for slot, kind in parts.SLOTS.items()
        for sku in parts.PARTS
        if parts.PARTS[sku][0] == kind and not holding(slot, sku)
    }
    for each in found.dead:
        assert each.known
        guilty = valid_by({rule.rule for rule in each.rules}, rules)
        assert guilty and not any(sku == each.skus[0] for some in guilty for sku, _ in some[each.path])
    for each in found.always:
        assert all(any(sku in each.skus for sku, _ in configuration[each.path]) for configuration in left)


@given(RULE_SETS)
@settings(deadline=None, max_examples=40)
def test_a_rule_never_binds_when_its_loss_changes_nothing(rules: frozenset[int]) -> None:
    everything = valid(rules)
    found = study_product(configurator(rules), budget=Budget())
    if not everything:
        return
    never = {each.rule.rule for each in found.never_binding}
    for number in rules:
        same = len(valid(rules - {number})) == len(everything)
        assert (f"rule-{number}" in never) == same, parts.RULES[number].text


def valid_by(names: set[str], rules: frozenset[int]) -> tuple[parts.Configuration, ...]:
    """The configurations that these rules alone leave."""
    return valid(frozenset(number for number in rules if f"rule-{number}" in names))

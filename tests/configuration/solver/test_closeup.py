"""Guilty rules made minimal among few clauses, against every combination of rules on small models."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Budget, Model, ModelBuilder
from engine.configuration.solver import closeup
from engine.configuration.solver.closeup import Statements, minimal_rules
from engine.configuration.solver.cnf import encode
from engine.configuration.solver.search import Allowance
from tests.configuration.solver.brute import random_model, solutions

PLENTY = Allowance(Budget(10**9, 600_000))


def fits(model: Model, rules: set[int], hard: list[int]) -> bool:
    return any(all(each.holds(literal) for literal in hard) for each in solutions(model, rules.__contains__))


@given(st.integers(0, 10**6))
@settings(max_examples=120, deadline=None)
def test_no_rule_can_be_spared_and_together_they_clash(seed: int) -> None:
    rnd = random.Random(seed)
    model = random_model(seed, quantities=0, sums=0)
    hard = [rnd.choice([1, -1]) * rnd.randint(1, model.atom_count) for _ in range(rnd.randint(0, 4))]
    every = set(range(len(model.rules)))
    if fits(model, every, hard):
        return
    if not fits(model, set(), hard):
        return  # the choices clash by themselves: there is no rule to look at
    found = minimal_rules(Statements(encode(model)), sorted(every), hard, PLENTY)
    assert found and not fits(model, set(found), hard)
    assert all(fits(model, set(found) - {each}, hard) for each in found)


def test_structure_comes_along_as_far_as_it_reaches() -> None:
    builder = ModelBuilder("places")
    first, second, far = (builder.enumeration(name, [f"{name}{at}" for at in range(30)]) for name in "abc")
    needs = builder.rule("needs")
    builder.clause((-builder.is_(first, "a0"), builder.is_(second, "b0")), needs)
    statements = Statements(encode(builder.build()))
    near = statements.structure_of([builder.is_(first, "a0"), builder.is_(second, "b0")])
    assert near and not any(builder.is_(far, "c0") in map(abs, clause) for clause in near)
    hard = [builder.is_(first, "a0"), builder.is_(second, "b1")]
    assert minimal_rules(statements, [needs], hard, PLENTY) == [needs]


def test_a_large_clash_is_left_to_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closeup, "CLAUSES_MAX", 20)
    builder = ModelBuilder("chain")
    atoms = [builder.is_(builder.boolean(f"part {at}"), True) for at in range(40)]
    rules = [builder.rule(f"link {at}") for at in range(39)]
    for at, rule in enumerate(rules):
        builder.clause((-atoms[at], atoms[at + 1]), rule)
    wide = builder.enumeration("wide", [str(at) for at in range(30)])
    statements = Statements(encode(builder.build()))
    assert minimal_rules(statements, rules, [atoms[0], -atoms[39]], PLENTY) is None
    assert minimal_rules(statements, rules[:1], [atoms[0], -atoms[1]], PLENTY) == rules[:1]
    named = [atoms[0], -atoms[1], builder.is_(wide, "1")]
    assert minimal_rules(statements, rules[:1], named, PLENTY) is None, "its structure is too much"

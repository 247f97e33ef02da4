"""UVL: what it means, and what of it cannot be said here."""

from __future__ import annotations

import pytest

from engine.configuration import Choice, State
from engine.configuration.configurator import configurator_for
from engine.configuration.formats.uvl import read_uvl
from engine.configuration.formats.uvl_tree import parse
from tests.configuration.formats.reading import UVL, count, error_of
from tests.configuration.formats.uvl_worlds import worlds


def test_uvl_with_cardinalities_attributes_and_typed_features() -> None:
    model = read_uvl(UVL.encode(), "bike.uvl")
    engine = configurator_for(model)
    state = engine.configure([Choice("Bag", True)])
    assert isinstance(state, State)
    bags = state.domain("number of Bag").range
    assert bags is not None and (bags.minimum, bags.maximum) == (1, 1)  # 3.5 + 2 leaves 0.5
    gears = state.domain("Gears (value)").range
    assert gears is not None and (gears.minimum, gears.maximum) == (1, 2)
    assert state.possible("Bell", False) and not state.possible("Bell", True)  # 3.5 + 2 + 1 > 6
    red = engine.configure([Choice("Colour", True), Choice("Colour (text)", "red")])
    assert isinstance(red, State) and red.domain("Lamp").implied is True
    assert any("`Gears` has no declared range; 1 to 4" in str(each) for each in model.notes)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("!Bag", "!Bog", "u.uvl:14:19: MDL052: unknown feature `Bog`; did you mean `Bag`?"),
        ("sum(Weight)", "median(Weight)", "u.uvl:13:5: MDL051: `median` is not supported"),
        ("[1..2]", "several", "u.uvl:6:9: MDL051: unknown group `several`"),
        ("Gears <= 3", "Gears <= (3", "MDL050: `)` is expected"),
        ("Gears <= 3", "Gears * Gears <= 3", "of two unknowns (or by zero) is not supported"),
        ("Bell {", "Frame {", "feature `Frame` is there twice"),
        ("Gears <= 3", "Bike ; Gears", "unexpected"),
    ],
)
def test_an_unknown_uvl_construct_is_named(old: str, new: str, expected: str) -> None:
    assert expected in error_of(UVL.replace(old, new), "u.uvl")


def test_deep_nesting_is_refused_with_its_place() -> None:
    deep = "features\n    A\nconstraints\n    " + "(" * 300 + "A" + ")" * 300
    assert "nested deeper than 200" in error_of(deep, "deep.uvl")


UVL_MORE = """features
	Shop
		mandatory
			Real weight
		optional
			A {price 2, constraint B => weight > 1.5}
			B {price 5, constraints [A | B, !(A & B) | weight < 3]}
			C {price 8}
constraints
	avg(price) <= 5
	weight >= 0.5 & weight <= 4
"""


def test_uvl_reals_averages_and_constraints_inside_attributes() -> None:
    model = read_uvl(UVL_MORE.encode(), "shop.uvl")
    weight = model.variable("weight (value)")
    # the constants 0.5, 1.5, 3 and 4, one value between each two, one below and one above
    assert weight is not None and [str(each) for each in weight.values] == (
        ["-0.5", "0.5", "1", "1.5", "2.25", "3", "3.5", "4", "5"]
    )
    # A or B; averages: A 2, B 5, AB 3.5, AC 5, BC 6.5 (too much), ABC 5; weights 0.5 to 4: seven of them;
    # B wants above 1.5 (four), A and B together below 3 as well (one)
    assert count(model) == 7 + 4 + 1 + 7 + 1
    assert [each.id for each in model.rules if each.id.startswith("constraint")] == [
        f"constraint {n}" for n in range(1, 6)
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("weight >= 0.5", "weight >= A.price", "s.uvl:4:9: MDL051: `weight`: a feature of type Real is compared with"),
        ("avg(price) <= 5", "avg(price) <= C.price", "s.uvl:10:2: MDL051: `avg` is compared with numbers only"),
        ("avg(price)", "ceil(price)", "s.uvl:10:2: MDL051: `ceil` is not supported"),
        ("constraint B =>", "constraint B => =>", "s.uvl:6:32: MDL050: unexpected `=>`"),
        ("weight < 3]", "weight < 3", "s.uvl:7:57: MDL050"),
    ],
)
def test_what_uvl_cannot_say_here_is_named(old: str, new: str, expected: str) -> None:
    assert error_of(UVL_MORE.replace(old, new), "s.uvl").startswith(expected)


@pytest.mark.parametrize("text", [UVL, UVL_MORE], ids=["arithmetic", "decimals"])
def test_uvl_means_what_a_plain_reading_says(text: str) -> None:
    model = read_uvl(text.encode(), "m.uvl")
    assert count(model) == len(worlds(parse(text, "m.uvl"), model))


def test_a_group_that_takes_more_than_it_may_is_an_error() -> None:
    text = "features\n\tA\n\t\t[5..2]\n\t\t\tB\n\t\t\tC\n"
    assert error_of(text, "a.uvl") == "a.uvl:3:3: MDL050: the cardinality 5 to 2 is empty"

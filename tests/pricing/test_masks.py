"""The bitmaps of lines are those of the match index, whoever shares facts with whom."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.language.tables.bitmaps import Keyed
from engine.pricing import compile_plan
from engine.pricing.effects import Percent
from engine.pricing.index import ANOTHER_KIND, AttributeIndex
from engine.pricing.masks import RULES, LineMasks, allowed_by, getter_of
from engine.pricing.work import line_record
from tests.pricing.books import D, book, line, rule, when
from tests.pricing.some_lines import few_lines

TEXTS = (
    'line.sku = "A"',
    'line.family = "disk"',
    'line.family = "cpu"',
    "line.qty in [2..7)",
    "line.qty > 4",
    "line.discountable",
    'line.group = "g"',
    "line.cost < 5",
    'line.family != "disk"',
    'line.sku != "B" and line.qty != 4.5',
)
PLAN = compile_plan(book(*(rule(f"r{place}", Percent(D(1)), when=when(text)) for place, text in enumerate(TEXTS))))


@given(few_lines("AB"), st.integers(0, 2 ** len(TEXTS) - 1))
def test_a_mask_is_what_the_index_finds_for_the_record(found: list, header: int) -> None:
    masks = LineMasks(PLAN.index, header, RULES)
    for each in found:
        wanted = PLAN.index.line_mask(header, line_record(PLAN, each))
        assert masks.of(each) == wanted
        assert masks.of(each._replace(allowed=allowed_by(PLAN, each))) == wanted


def test_nested_attributes_are_read_from_the_facts() -> None:
    read = getter_of(AttributeIndex(("line", "item", "watts"), Keyed({}, 0), example=D(1)))
    assert read(line("A", facts={"item": {"watts": D(5)}})) == D(5)
    assert read(line("A", facts={"item": None})) is None
    assert read(line("A", facts={"item": {"watts": "5"}})) is ANOTHER_KIND

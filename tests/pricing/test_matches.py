"""Which rules match a line: lists of rules in large books, masks in small ones, both as the match index says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.language.tables.bitmaps import rows_of
from engine.pricing import compile_plan, matches
from engine.pricing.effects import Percent
from engine.pricing.masks import RULES, allowed_by
from engine.pricing.matches import matches_of
from engine.pricing.work import line_record
from tests.pricing.books import D, book, line, rule, when
from tests.pricing.some_lines import few_lines

TEXTS = (
    'line.sku = "A"',
    'line.sku in ("A", "B") and line.qty > 2',
    'line.sku = "A" and line.family = "disk"',
    'line.family = "disk" and line.qty in [2..7)',
    'line.family = "cpu"',
    "line.qty in [2..7)",
    "line.qty > 4 and line.cost < 5",
    "line.discountable",
    'line.sku != "A"',
    'line.family != "cpu" and line.qty > 2',
    "true",
    'line.group = "g" and line.family in ("cpu", "disk")',
)
LINES = few_lines("ABC")


@given(
    st.lists(st.sampled_from(TEXTS), min_size=1, max_size=14),
    LINES,
    st.integers(0, 2**14 - 1),
    st.sampled_from((0, 2, 64)),
    st.sampled_from((0, 3, 1_000)),
    st.sampled_from((1, 3, 5, 32)),
)
def test_the_rules_are_those_of_the_index(
    texts: list[str], found: list, header: int, few: int, shifted: int, singly: int
) -> None:
    """However few rules lead to themselves by name, however often a mask was asked before, and whether the rules of a
    header are put under their names at once, after some of them or not at all.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matches, "ONE_BY_ONE", singly)
        patch.setattr("engine.pricing.index.FEW", few)
        patch.setattr(matches, "_SHIFTED", shifted)
        plan = compile_plan(book(*(rule(f"r{n:02}", Percent(D(1)), when=when(text)) for n, text in enumerate(texts))))
        header &= plan.index.everything
        for large in (0, 1_000):
            patch.setattr("engine.pricing.index.LARGE", large)
            matching = matches_of(plan.index, header, RULES)
            for each in found:
                wanted = tuple(rows_of(plan.index.line_mask(header, line_record(plan, each))))
                assert matching(each) == wanted
                assert matching(each._replace(allowed=allowed_by(plan, each))) == wanted


def test_a_value_that_many_rules_want_leads_to_none_of_them() -> None:
    plan = compile_plan(
        book(*(rule(f"r{n}", Percent(D(1)), when=when(f'line.sku = "A" and line.family = "F{n}"')) for n in range(70)))
    )
    rows = {each.key[1]: each.rows for each in plan.index.line}
    assert rows["sku"] is None
    assert rows["family"] is not None and len(rows["family"]) == 70
    assert all(len(found) == 1 for found in rows["family"].values())
    assert Decimal(1) not in rows["family"]


@given(
    st.lists(st.sampled_from(TEXTS), min_size=1, max_size=14),
    st.lists(st.tuples(st.integers(0, 2**14 - 1), LINES), min_size=1, max_size=5),
    st.sampled_from((1, 2, 1_000)),
    st.sampled_from((1, 3, 32)),
)
def test_what_is_kept_for_a_header_is_bounded_and_changes_no_answer(
    texts: list[str], asked: list, most: int, singly: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matches, "ONE_BY_ONE", singly)
        patch.setattr("engine.pricing.index.LARGE", 0)
        for name in ("HEADERS", "NAMES", "RESTS", "FLAG_BYTES"):
            patch.setattr(matches, name, most)
        plan = compile_plan(book(*(rule(f"r{n:02}", Percent(D(1)), when=when(text)) for n, text in enumerate(texts))))
        index = plan.index
        for header, found in (*asked, *asked):
            matching = matches_of(index, header & index.everything)
            for each in found:
                wanted = tuple(rows_of(index.line_mask(header & index.everything, line_record(plan, each))))
                assert matching(each) == wanted
            assert len(index.kept) <= most


def test_a_header_met_before_finds_its_rules_where_it_left_them() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.pricing.index.LARGE", 0)
        plan = compile_plan(book(rule("a", Percent(D(1)), when=when('line.sku = "A"'))))
        assert matches_of(plan.index, 1) == matches_of(plan.index, 1) != matches_of(plan.index, 0)


def test_a_rule_for_several_products_is_found_for_each_of_them_however_many_names_are_asked() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.pricing.index.LARGE", 0)
        names = [f"S{number}" for number in range(200)]
        pairs = [rule(f"r{n:03}", Percent(D(1)), when=when(f'line.sku in ("S{n}", "S{n + 1}")')) for n in range(199)]
        plan = compile_plan(book(*pairs))
        matching = matches_of(plan.index, plan.index.everything)
        found = [matching(line(name)) for name in names]
        assert found == [(0,), *((n - 1, n) for n in range(1, 199)), (198,)]


def test_all_rules_of_a_header_are_put_under_their_names_once_many_names_are_asked() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.pricing.index.LARGE", 0)
        names = [f"F{number}" for number in range(200)]
        texts = [f'line.family = "{name}" and line.qty >= {number % 3}' for number, name in enumerate(names)]
        plan = compile_plan(book(*(rule(f"r{n:03}", Percent(D(1)), when=when(text)) for n, text in enumerate(texts))))
        for header in (plan.index.everything, plan.index.everything >> 7):  # the second finds the names of the first
            matching = matches_of(plan.index, header)
            for quantity in ("1", "2"):
                for name in (*names, "none", None):
                    asked = line("A", quantity, facts={"family": name})
                    wanted = tuple(rows_of(plan.index.line_mask(header, line_record(plan, asked))))
                    assert matching(asked) == wanted

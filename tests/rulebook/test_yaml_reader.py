"""YAML without type resolution, with the place of every character."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rulebook.nodes import ListNode, Node, RecordNode, Report, Scalar
from engine.rulebook.yaml_reader import read_yaml


def read(text: str) -> tuple[Node | None, list[str]]:
    report = Report()
    node = read_yaml("a.yaml", text.encode(), report)
    return node, [str(each) for each in report.found]


def scalar(text: str, key: str) -> Scalar:
    node, found = read(text)
    assert isinstance(node, RecordNode) and not found
    value = node.get(key)
    assert isinstance(value, Scalar)
    return value


@pytest.mark.parametrize("text", ["80.91", "no", "yes", "0x1F", "2026-03-01", "1_000", "null", "~", ".5", "1e3", "on"])
def test_no_value_is_resolved(text: str) -> None:
    assert scalar(f"a: {text}\n", "a").text == text


def test_a_text_stands_where_it_is_written() -> None:
    found = scalar("first: 1\nsecond: some text\n", "second")
    assert (found.span.line, found.span.column, found.span.end_column) == (2, 9, 18)
    assert (found.part(5, 9).line, found.part(5, 9).column) == (2, 14)


def test_places_inside_a_literal_block() -> None:
    found = scalar("a: |-\n    one and\n    two\n", "a")
    assert found.text == "one and\ntwo"
    assert found.place(0) == (2, 5)
    assert found.place(8) == (3, 5)
    assert found.straight


def test_places_inside_a_folded_text() -> None:
    found = scalar("a: >-\n  one and\n  two\nb: 1\n", "a")
    assert found.text == "one and two"
    assert found.place(found.text.index("two")) == (3, 3)
    assert not found.straight


def test_places_after_an_escape() -> None:
    found = scalar("a: 'it''s here'\n", "a")
    assert found.text == "it's here"
    assert found.place(found.text.index("here")) == (1, 11)


@pytest.mark.parametrize(
    "line",
    [
        'when: "edu" = customer.segment',
        "when: [1..3] = x",
        "when: > 5",
        'when: @"2026-01-01" < quote.date',
        "say: a: b",
    ],
)
def test_an_expression_that_yaml_cannot_read(line: str) -> None:
    _, found = read(f"{line}\n")
    column = line.index(":") + 3
    hint = "put the expression in single quotes or after `|-`"
    assert found == [f"a.yaml:1:{column}: YML005: YAML cannot read this expression as it stands; {hint}"]


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    _, found = read(bomb)
    assert all("YML004" in each for each in found)
    assert len(found) == 61


def test_nesting_has_a_limit() -> None:
    _, found = read("a: " + "[" * 40 + "]" * 40)
    assert found == ["a.yaml:1:34: YML006: records are nested more than 30 deep"]


@pytest.mark.parametrize("end", ["", "]" * 100_000])
def test_brackets_without_end_cost_no_more_than_their_first(end: str) -> None:
    """The parser of YAML takes hours for them."""
    _, found = read("a: " + "[" * 100_000 + end)
    assert found == ["a.yaml:1:34: YML006: records are nested more than 30 deep"]


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029"])
def test_places_below_what_ends_a_line_in_yaml_alone(sign: str) -> None:
    _, found = read(f"# one{sign}# two\na:\n\t- b\n")
    assert found == ["a.yaml:4:1: YML003: a tab is used for indentation; use spaces"]


def test_a_tab_is_named() -> None:
    _, found = read("a:\n\t- b\n")
    assert found == ["a.yaml:2:1: YML003: a tab is used for indentation; use spaces"]


def test_one_file_is_one_document() -> None:
    _, found = read("a: 1\n---\nb: 2\n")
    assert found == ["a.yaml:2:1: YML007: the file holds more than one document"]


def test_an_empty_file_is_nothing() -> None:
    assert read("") == (None, [])
    assert read("# only a comment\n") == (None, [])


def test_lists_and_records_keep_their_order() -> None:
    node, _ = read("b: 1\na: [x, {z: 1, y: 2}]\n")
    assert isinstance(node, RecordNode)
    assert [each.key.text for each in node.entries] == ["b", "a"]
    inner = node.get("a")
    assert isinstance(inner, ListNode) and isinstance(inner.items[1], RecordNode)
    assert [each.key.text for each in inner.items[1].entries] == ["z", "y"]


@settings(max_examples=100)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60))
def test_any_text_survives_single_quotes(text: str) -> None:
    quoted = text.replace("'", "''")
    node, found = read(f"a: '{quoted}'\n")
    if "\ufeff" in text or "\x85" in text:
        return
    assert not found
    assert isinstance(node, RecordNode)
    value = node.get("a")
    assert isinstance(value, Scalar) and value.text == text


@settings(max_examples=150)
@given(st.text(alphabet="ab:-[]{}\"'>|&*#!%@ \n\t,", max_size=60))
def test_whatever_is_written_becomes_nodes_or_findings(text: str) -> None:
    node, found = read(text)
    assert node is not None or found or not any(line.split("#")[0].strip(" -") for line in text.splitlines())

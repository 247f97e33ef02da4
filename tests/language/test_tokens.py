"""Cutting text into tokens."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language.problems import NOWHERE, Findings
from engine.language.tokens import Token, TokenKind, token_texts, tokenize


def cut(text: str) -> tuple[list[Token], list[str]]:
    findings = Findings(text, NOWHERE)
    tokens = tokenize(findings)
    return tokens, [str(each.code) for each in findings.found]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1..2", ["1", "..", "2"]),
        ("1.5..2.5", ["1.5", "..", "2.5"]),
        ("a.b-c", ["a", ".", "b", "-", "c"]),
        ("2**3*4", ["2", "**", "3", "*", "4"]),
        ("a<=b>=c!=d", ["a", "<=", "b", ">=", "c", "!=", "d"]),
        ("Größe _x1 日本", ["Größe", "_x1", "日本"]),
        (".5 1e3 2E-4", [".5", "1e3", "2E-4"]),
        ("a // note\n+ b /* more */ - c", ["a", "+", "b", "-", "c"]),
        ("function<number>->string", ["function", "<", "number", ">", "->", "string"]),
        ("context<>", ["context", "<", ">"]),
        ("a\u00a0+\u2003b", ["a", "+", "b"]),
    ],
)
def test_text_is_cut_where_the_grammar_says(text: str, words: list[str]) -> None:
    tokens, codes = cut(text)
    assert [each.text for each in tokens[:-1]] == words
    assert tokens[-1].kind is TokenKind.END
    assert not codes


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (r'"a\"b"', 'a"b'),
        (r'"\n\t\\"', "\n\t\\"),
        (r'"\u00e4"', "ä"),
        (r'"\U01F40E"', "🐎"),
        (r'"\ud83d\udc0e"', "🐎"),
        (r'"\d+"', r"\d+"),
        ('"two\nlines"', "two\nlines"),
    ],
)
def test_escapes_stand_for_their_characters(text: str, meaning: str) -> None:
    tokens, codes = cut(text)
    assert (tokens[0].kind, tokens[0].text) == (TokenKind.TEXT, meaning)
    assert not codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (r'"\ud83d"', "FEL003"),
        (r'"\UFFFFFF"', "FEL003"),
        ('"a', "FEL002"),
        ("/* a", "FEL013"),
        ("a \u0001 b", "FEL001"),
    ],
)
def test_a_slip_has_its_code(text: str, code: str) -> None:
    assert cut(text)[1] == [code]


def test_an_apostrophe_inside_a_word_may_be_part_of_a_name() -> None:
    assert token_texts("customer's age") == ("customer", "'", "s", "age")
    assert token_texts('a"b') is None


def test_a_run_of_strange_characters_is_one_finding_and_costs_little() -> None:
    tokens, codes = cut("a " + "\u0001" * 15_000 + ' b "c')
    assert [each.text for each in tokens[:-1]] == ["a", "b"]
    assert codes == ["FEL001", "FEL002"]


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_any_text_is_cut_and_places_rise(text: str) -> None:
    tokens, _ = cut(text)
    places = [(each.start, each.end) for each in tokens]
    assert all(start <= end for start, end in places)
    assert all(before[1] <= after[0] for before, after in zip(places, places[1:], strict=False))
    assert places[-1][1] <= len(text)

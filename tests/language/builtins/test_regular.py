"""Patterns: the regular expressions of XPath on RE2."""

from __future__ import annotations

import re as python_re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language.builtins.characters import normalised, property_ranges, subtract
from engine.language.builtins.patterns import Flags, quote, translate, without_blanks
from engine.language.builtins.regular import matches, replace, split
from engine.language.values.fault import UndefinedError


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "found"),
    [
        ("abc", "ABC", "i", True),
        ("x", "[A-Z-[OI]]", "i", True),
        ("O", "[A-Z-[OI]]", "i", False),
        ("3", r"^[\d-[0-4]]$", "", False),
        ("7", r"^[\d-[0-4]]$", "", True),
        ("b", "^[^a-[b]]$", "", False),
        ("c", "^[^a-[b]]$", "", True),
        ("a\nb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("a\nb", "^b$", "", False),
        ("a\nb", "^b$", "m", True),
        ("hello world", r"hello\ sworld", "x", True),
        ("hello world", "hello[ ]world", "x", True),
        ("a.b", "a.b", "q", True),
        ("axb", "a.b", "q", False),
        ("Ωmega", r"^\p{IsGreek}", "", True),
        ("Omega", r"^\p{IsGreek}", "", False),
        ("É", r"^\p{Lu}$", "", True),
        ("_a", r"^\i\c*$", "", True),
        ("1a", r"^\i\c*$", "", False),
        ("a-b", r"^[\w\-]+$", "", True),
        ("\u0660", r"^\d$", "", True),
        ("aaa", "^a{2,3}$", "", True),
    ],
)
def test_matches(text: str, pattern: str, flags: str, found: bool) -> None:
    assert matches(text, pattern, flags) is found


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"(a)\1", "back-references"),
        ("(?i)a", "only `(?:`"),
        (r"\b", "not an escape"),
        (r"\p{Nope}", "not a property"),
        ("a{1001}", "above 1000"),
        ("[z-a]", "backwards"),
        ("[[a]]", "needs a backslash"),
        ("a]", "needs a backslash"),
        ("(", "not a pattern"),
        ("[a", "ends too early"),
        ("a" * 20_000, "too long"),
        ("a{x}", "count"),
    ],
)
def test_a_pattern_is_refused_by_name(pattern: str, words: str) -> None:
    with pytest.raises(UndefinedError, match=python_re.escape(words)):
        matches("a", pattern)


def test_an_unknown_flag_is_refused() -> None:
    with pytest.raises(UndefinedError, match="`p` is not a flag"):
        matches("a", "a", "p")


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "result"),
    [
        ("abracadabra", "bra", "*", "a*cada*"),
        ("abracadabra", "a.*a", "*", "*"),
        ("abracadabra", "a.*?a", "*", "*c*bra"),
        ("abracadabra", "a(.)", "a$1$1", "abbraccaddabbra"),
        ("AAAA", "A+?", "b", "bbbb"),
        ("darted", "^(.*?)d(.*)$", "$1c$2", "carted"),
        ("abc", "b", r"\$\\", "a$\\c"),
        ("abc", "(b)", "$12", "ab2c"),
        ("abcd", "(ab)|(a)", "[1=$1][2=$2]", "[1=ab][2=]cd"),
    ],
)
def test_replace(text: str, pattern: str, replacement: str, result: str) -> None:
    assert replace(text, pattern, replacement) == result


@pytest.mark.parametrize("replacement", ["$", "$x", "\\", r"\n"])
def test_a_wrong_replacement_is_refused(replacement: str) -> None:
    with pytest.raises(UndefinedError):
        replace("abc", "b", replacement)


def test_a_pattern_that_matches_nothing_at_all_is_refused_where_it_would_repeat() -> None:
    with pytest.raises(UndefinedError, match="empty text"):
        replace("abc", ".*?", "x")
    with pytest.raises(UndefinedError, match="empty text"):
        split("abc", "b*")


def test_split_keeps_empty_pieces() -> None:
    assert split(";a;;b;", ";") == ("", "a", "", "b", "")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20))
def test_a_quoted_text_matches_itself(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    assert matches(text, text, "q")
    assert translate(text, Flags("q")) == "".join(quote(each) for each in text)


@settings(max_examples=200, deadline=2000)
@given(st.text(alphabet="ab01()[]{}|*+?^$.\\-dpPIsL,", max_size=25), st.sampled_from(["", "i", "x", "s", "m"]))
def test_any_text_is_a_pattern_or_refused(pattern: str, flags: str) -> None:
    try:
        assert matches("ab01 (a)", pattern, flags) in (True, False)
    except UndefinedError as error:
        assert str(error)


def test_a_hostile_pattern_takes_linear_time() -> None:
    assert matches("a" * 50_000 + "b", "^(a+)+$") is False


def test_ranges_are_subtracted() -> None:
    assert subtract(((0, 10),), ((3, 4), (8, 20))) == ((0, 2), (5, 7))
    assert normalised(((5, 6), (1, 2), (3, 4))) == ((1, 6),)
    assert (0x41, 0x5A) in property_ranges("Lu")


def test_blanks_inside_a_class_stay() -> None:
    assert without_blanks("a b[ c]d ") == "ab[ c]d"

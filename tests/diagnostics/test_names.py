import itertools

from hypothesis import given
from hypothesis import strategies as st

from engine.diagnostics.names import _distance, did_you_mean, nearest_name

WORDS = st.text("abcd", max_size=5)


def test_a_typo_finds_its_word() -> None:
    assert nearest_name("custmer", ["customer", "currency"]) == "customer"
    assert nearest_name("qunatity", ["quality", "quantity"]) == "quantity", "a swap is one edit"
    assert did_you_mean("LAP-15", ["LAP-14", "DISK-1"]) == "did you mean `LAP-14`?"


def test_nothing_close_gives_no_hint() -> None:
    assert nearest_name("zzz", ["customer"]) is None
    assert did_you_mean("zzz", ["customer"]) == ""
    assert nearest_name("a", ["b"]) is None, "one wrong letter of one is no likeness"
    assert nearest_name("x" * 1000, ["x" * 999]) is None, "absurdly long names are not compared"


def test_ties_do_not_depend_on_order() -> None:
    for order in itertools.permutations(["cat", "bat", "rat"]):
        assert nearest_name("hat", order) == "bat"


@given(WORDS, WORDS)
def test_the_distance_is_symmetric_and_zero_only_for_equals(left: str, right: str) -> None:
    assert _distance(left, right, 99) == _distance(right, left, 99)
    assert (_distance(left, right, 99) == 0) == (left == right)


@given(WORDS, WORDS)
def test_the_distance_equals_the_textbook_recursion(left: str, right: str) -> None:
    def slow(a: str, b: str) -> int:
        if not a or not b:
            return len(a) + len(b)
        best = min(slow(a[1:], b) + 1, slow(a, b[1:]) + 1, slow(a[1:], b[1:]) + (a[0] != b[0]))
        if len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0]:
            best = min(best, slow(a[2:], b[2:]) + 1)
        return best

    assert _distance(left, right, 99) == slow(left, right)

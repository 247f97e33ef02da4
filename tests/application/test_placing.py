"""Which books of several already stand in their order: ``engine.application.placing``, by publishing and looking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.application.placing import Named, in_place
from engine.application.rule_books import PublishedBook

A, B, C = Named("a1", "a"), Named("b1", "b"), Named("c1", "c")
A2, B2 = Named("a2", "a"), Named("b2", "b")


def newest(*published: Named) -> list[PublishedBook]:
    """Publications, given oldest first."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    made = [PublishedBook(each.hash, each.book, each.book, number, at) for number, each in enumerate(published, 1)]
    return made[::-1]


@pytest.mark.parametrize(
    ("wanted", "published", "expected"),
    [
        ([A, B], [], 0),
        ([A, B], [A, B], 2),
        ([A, B], [C, A, B], 2),
        ([A, B], [A], 1),
        ([A, B], [B, A], 1),  # the last one is to be in force
        ([A, B], [A, B, C], 0),  # another book stands above both
        ([A, B], [A, C, B], 0),  # and above the first
        ([A, B2], [A, B], 1),  # a new version of the last one
        ([A, B2], [A, B, B2], 2),
        ([A, B], [A, B, B2], 1),  # the last one was rolled forward by somebody: the folder counts again
        ([A2, B], [A, B], 0),  # a new version of the first one stands above the last one
        ([A2, B], [A, A2, B], 2),
        ([A, A2], [A, A2], 2),  # two books of one name, such as one a year
        ([A2, A], [A, A2], 1),
        ([A], [A, A2], 0),
        ([A], [A2, A], 1),
        ([], [A], 0),
    ],
)
def test_what_stands_is_not_published_again(wanted: list[Named], published: list[Named], expected: int) -> None:
    assert in_place(wanted, newest(*published)) == expected


BOOKS = st.sampled_from((A, A2, B, B2, C))


def publish(published: Sequence[Named], books: Sequence[Named]) -> list[Named]:
    """Publishing again moves a book up."""
    found = list(published)
    for each in books:
        found = [*(known for known in found if known != each), each]
    return found


@given(st.lists(BOOKS, unique=True), st.lists(BOOKS, unique=True, min_size=1))
def test_afterwards_all_stand_in_order_below_nothing_else_and_the_next_start_publishes_nothing(
    published: list[Named], wanted: list[Named]
) -> None:
    standing = in_place(wanted, newest(*published))
    after = publish(published, wanted[standing:])
    places = [after.index(each) for each in wanted]
    assert places == sorted(places) and after[-1] == wanted[-1]
    for number, place in enumerate(places):
        assert {each.book for each in after[place + 1 :]} <= {each.book for each in wanted[number + 1 :]}
    assert in_place(wanted, newest(*after)) == len(wanted)
    # no later start would do: one book less to publish leaves another order
    assert standing == len(wanted) or not _stands(publish(published, wanted[standing + 1 :]), wanted)


def _stands(after: list[Named], wanted: list[Named]) -> bool:
    if any(each not in after for each in wanted):
        return False
    places = [after.index(each) for each in wanted]
    return places == sorted(places) and all(
        {each.book for each in after[place + 1 :]} <= {each.book for each in wanted[number + 1 :]}
        for number, place in enumerate(places)
    )

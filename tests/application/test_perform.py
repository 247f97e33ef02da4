"""Load, decide, save: replays, dry runs, conflicts. ``engine.application.ports``, ``rule_books``, ``test_clock``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.application.faults import not_found
from engine.application.parties import change_party, create_party
from engine.application.perform import Options, Work, etag_of, perform
from engine.application.ports import Asked, Conflict
from engine.application.publish import publish_again, publish_files
from engine.application.rule_books import PublishedBook
from engine.application.test_clock import advance_test_clock, create_test_clock
from engine.diagnostics import Refusal
from engine.parties import User
from tests.application.deal import NOON, Shop, shop
from tests.fakes.rules import SMALL


@pytest.fixture
def deal(tmp_path: Path) -> Iterator[Shop]:
    with shop(tmp_path) as made:
        yield made


def rename(work: Work, name: str) -> User | Refusal:
    return change_party(work, User, "rep", etag="", change=lambda user: replace(user, display_name=name))


def test_a_replay_gives_the_recorded_answer_without_deciding_again(deal: Shop) -> None:
    decided: list[str] = []

    def decide(work: Work) -> User | Refusal:
        decided.append("once")
        return rename(work, "New")

    deal.do(decide, request_id="r", fingerprint=b"a")
    assert deal.do(decide, request_id="r", fingerprint=b"a") == b"done"
    assert decided == ["once"]
    reused = deal.do(decide, request_id="r", fingerprint=b"b")
    assert [each.code for each in reused.faults] == ["REQUEST_ID_REUSED"]


@pytest.mark.parametrize("options", [{}, {"validate_only": True}])
def test_a_replay_that_nobody_remembers_gets_the_recorded_answer_and_uses_no_id(
    deal: Shop, options: dict[str, bool]
) -> None:
    """As after a restart: nothing is looked for before it is decided, so it is met at the commit."""
    made: list[str] = []

    def decide(work: Work) -> User | Refusal:
        user = create_party(work, User("", "New"), etag="")
        made.append(user.id if isinstance(user, User) else "")
        return user

    def ask(fingerprint: bytes) -> bytes | Refusal:
        asked = Asked("Test", "r", fingerprint)
        return perform(deal.env, asked, decide, lambda _, user: user.id.encode(), Options(**options))

    assert perform(deal.env, Asked("Test", "r", b"a"), decide, lambda _, user: user.id.encode()) == b"u-000001"
    deal.env.store._answered._requests.clear()  # type: ignore[attr-defined]
    assert ask(b"a") == b"u-000001"
    reused = ask(b"b")
    assert isinstance(reused, Refusal)
    assert [each.code for each in reused.faults] == ["REQUEST_ID_REUSED"]
    assert deal.do(decide).id == "u-000002"
    assert set(made) <= {"u-000001", "u-000002", "u-preview-1"}


def test_a_replay_that_would_be_refused_by_now_gets_the_recorded_answer(deal: Shop) -> None:
    def decide(work: Work) -> User | Refusal:
        return create_party(work, User("once", "New"), etag="")

    deal.do(decide, request_id="r", fingerprint=b"a")
    deal.env.store._answered._requests.clear()  # type: ignore[attr-defined]
    assert deal.do(decide, request_id="r", fingerprint=b"a") == b"done"
    refused = deal.do(decide, request_id="other", fingerprint=b"a")
    assert [each.code for each in refused.faults] == ["ALREADY_EXISTS"]


def test_a_recorded_answer_without_a_byte_is_an_answer(deal: Shop) -> None:
    """As that of a deletion, which is refused when it is decided again."""

    def once(work: Work) -> User | Refusal:
        return create_party(work, User("once", "New"), etag="")

    asked = Asked("Test", "r", b"a")
    assert perform(deal.env, asked, once, lambda *_: b"") == b""
    deal.env.store._answered._requests.clear()  # type: ignore[attr-defined]
    assert perform(deal.env, asked, once, lambda *_: b"") == b""


def test_only_what_is_saved_uses_ids(deal: Shop) -> None:
    def made(work: Work) -> User | Refusal:
        return create_party(work, User("", "New"), etag="")

    def twice(work: Work) -> User | Refusal:
        made(work)
        return made(work)

    assert [deal.do(twice, validate_only=True).id for _ in range(2)] == ["u-preview-2", "u-preview-2"]
    deal.do(made, alive=lambda: False)
    refused = deal.do(lambda work: (made(work), not_found("name", "users/x"))[1])
    assert [each.code for each in refused.faults] == ["NOT_FOUND"]
    assert [deal.do(twice).id, deal.do(made).id] == ["u-000002", "u-000003"]


def test_a_dry_run_and_a_caller_who_left_save_nothing(deal: Shop) -> None:
    assert deal.do(lambda work: rename(work, "Dry"), validate_only=True).display_name == "Dry"
    left = deal.do(lambda work: rename(work, "Gone"), alive=lambda: False)
    assert [each.code for each in left.faults] == ["DEADLINE_EXCEEDED"]
    with deal.env.store.read("default") as reader:
        user = reader.get(User, "rep")
        assert user is not None
        assert user.display_name == "Rep"
        assert etag_of(reader, User, "rep") == '"1"'
        assert etag_of(reader, User, "nobody") == ""


def test_decisions_that_clash_are_taken_again_until_all_are_in(deal: Shop) -> None:
    deal.do(lambda work: rename(work, "0"))

    def count() -> None:
        for _ in range(5):
            outcome = deal.do(
                lambda work: change_party(
                    work, User, "rep", etag="", change=lambda u: replace(u, display_name=str(int(u.display_name) + 1))
                )
            )
            assert not isinstance(outcome, Refusal)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with deal.env.store.read("default") as reader:
        user = reader.get(User, "rep")
        assert user is not None
        assert user.display_name == "40"


def test_endless_conflicts_end_with_an_answer(deal: Shop) -> None:
    def never(_: Work) -> User:
        raise Conflict("User rep")

    outcome = deal.do(never)
    assert [each.code for each in outcome.faults] == ["TOO_BUSY"]


def test_people_are_checked(deal: Shop) -> None:
    taken = deal.do(lambda work: create_party(work, User("rep", "Again"), etag=""))
    assert [each.code for each in taken.faults] == ["ALREADY_EXISTS"]
    stale = deal.do(lambda work: change_party(work, User, "rep", etag='"9"', change=lambda user: user))
    assert [each.code for each in stale.faults] == ["ETAG_MISMATCH"]
    nobody = deal.do(lambda work: change_party(work, User, "x", etag="", change=lambda user: user))
    assert [each.code for each in nobody.faults] == ["NOT_FOUND"]


def test_the_book_published_last_among_those_that_hold_is_in_force(deal: Shop) -> None:
    later = {**SMALL, "book.yaml": SMALL["book.yaml"] + b"from: 2026-05-01\nto: 2026-06-01\n"}
    checked = deal.env.books.check(later)
    if checked.active is None:
        later["book.yaml"] = SMALL["book.yaml"] + b"from: 2026-05-01\n"
    first = deal.env.books.in_force("default", NOON.date())
    second = deal.do(lambda work: publish_files(work, later, etag=""))
    assert first is not None
    before, after = (
        deal.env.books.in_force("default", NOON.date()),
        deal.env.books.in_force("default", date(2026, 5, 1)),
    )
    assert before is not None and after is not None
    assert (before.book.hash, after.book.hash) == (first.book.hash, second.id)
    assert isinstance(second, PublishedBook)
    again = deal.do(lambda work: publish_again(work, first.book.hash, etag=""))
    assert again.number == 3
    present = deal.env.books.in_force("default", date(2026, 5, 1))
    assert present is not None
    assert present.book.hash == first.book.hash


def test_a_test_clock_moves_forward_only(deal: Shop) -> None:
    deal.do(lambda work: create_test_clock(work, NOON, etag=""))
    back = deal.do(lambda work: advance_test_clock(work, "default", NOON - timedelta(1), etag=""))
    assert isinstance(back, Refusal)
    moved = deal.do(lambda work: advance_test_clock(work, "default", NOON + timedelta(1), etag='"1"'))
    assert moved.now == NOON + timedelta(1)

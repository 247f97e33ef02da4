"""Work that nobody waits for: done later, once, bounded; finished when all is closed, and never in anybody's way."""

from __future__ import annotations

import threading

import pytest

from engine.adapters.afterwards import Afterwards

LONG = 60.0


def test_jobs_are_done_one_after_the_other_by_another_thread() -> None:
    done: list[tuple[int, int]] = []
    later = Afterwards(pause_seconds=0)
    for number in range(3):
        assert later.do(lambda number=number: done.append((number, threading.get_ident())))  # type: ignore[misc]
    later.close()
    assert [number for number, _ in done] == [0, 1, 2]
    assert {thread for _, thread in done} - {threading.get_ident()} and len({thread for _, thread in done}) == 1


def test_nothing_is_done_before_the_pause_and_closing_does_it_at_once() -> None:
    done: list[str] = []
    later = Afterwards(pause_seconds=LONG)
    later.do(lambda: done.append("a"))
    later.do(lambda: done.append("b"))
    assert done == []
    later.close()
    assert done == ["a", "b"]


def test_a_job_too_many_is_dropped() -> None:
    begun, go, done = threading.Event(), threading.Event(), []
    later = Afterwards(pause_seconds=0, most_waiting=2)

    def wait() -> None:
        begun.set()
        go.wait(LONG)

    assert later.do(wait)
    assert begun.wait(LONG)
    taken = [later.do(lambda number=number: done.append(number)) for number in range(3)]  # type: ignore[misc]
    assert taken == [True, True, False]
    go.set()
    later.close()
    assert done == [0, 1]


def test_a_job_that_fails_is_logged_and_the_next_is_done(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []
    later = Afterwards(pause_seconds=0)

    def fail() -> None:
        raise RuntimeError("broken")

    later.do(fail)
    later.do(lambda: done.append("next"))
    later.close()
    assert done == ["next"]
    assert "was to be done afterwards failed" in caplog.text and "broken" in caplog.text


def test_what_takes_too_long_does_not_keep_a_server_from_ending() -> None:
    go = threading.Event()
    later = Afterwards(pause_seconds=0)
    later.do(lambda: go.wait(LONG) and None)
    later.close(within_seconds=0.01)
    assert not go.is_set()
    go.set()


def test_after_the_end_nothing_is_taken() -> None:
    later = Afterwards()
    later.close()
    assert not later.do(lambda: None)
    later.close()

"""One thread beside the calls: it works while there is work, waits for the bell, and outlives what fails."""

from __future__ import annotations

import threading

import pytest

from engine.adapters.bell import ThreadBell
from engine.application.ports import StoreFailed
from engine.bootstrap.background import Background, log_failure

LONG = 60.0


def test_it_works_as_long_as_there_is_work_and_again_when_the_bell_rings() -> None:
    left, idle = [3], threading.Event()

    def work() -> bool:
        if not left[0]:
            idle.set()
            return False
        left[0] -= 1
        return True

    bell = ThreadBell()
    background = Background(work, bell, look_seconds=LONG)
    assert idle.wait(LONG) and left == [0]
    idle.clear()
    left[0] = 2
    bell.ring()
    assert idle.wait(LONG) and left == [0]
    background.close()


@pytest.mark.parametrize("failure", [StoreFailed("the disk is full"), RuntimeError("a bug")])
def test_what_fails_is_logged_and_tried_again(failure: Exception, caplog: pytest.LogCaptureFixture) -> None:
    tried, done = [0], threading.Event()

    def work() -> bool:
        tried[0] += 1
        if tried[0] == 1:
            raise failure
        done.set()
        return False

    background = Background(work, ThreadBell(), look_seconds=0.01)
    assert done.wait(LONG)
    background.close()
    assert str(failure) in caplog.text


def test_it_looks_by_itself_for_what_another_process_began() -> None:
    looked = threading.Semaphore(0)

    def work() -> bool:
        looked.release()
        return False

    background = Background(work, ThreadBell(), look_seconds=0.001)
    assert all(looked.acquire(timeout=LONG) for _ in range(5))
    background.close()


def test_closing_waits_for_the_piece_that_is_being_done() -> None:
    begun, go, ended = threading.Event(), threading.Event(), []

    def work() -> bool:
        begun.set()
        go.wait(LONG)
        ended.append(True)
        return True

    background = Background(work, ThreadBell())
    assert begun.wait(LONG)
    closing = threading.Thread(target=background.close)
    closing.start()
    go.set()
    closing.join(LONG)
    assert not closing.is_alive() and ended


def test_a_failure_that_work_went_on_without_is_logged_with_its_place(caplog: pytest.LogCaptureFixture) -> None:
    try:
        {}["nowhere"]
    except KeyError as failure:
        log_failure(failure)
    assert "KeyError: 'nowhere'" in caplog.text and "test_background.py" in caplog.text

"""The header of SQLite's index is told from others, and looking at it takes nobody's locks."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.parties import User
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import SqliteStore, open_store
from engine.storage.sqlite import wal_index as looked_at
from engine.storage.sqlite.wal_index import COPY, OPENING, WalIndex, is_next, settled
from tests.storage.changer import name_of, rename
from tests.storage.contract import ANNA, save

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cpq.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    opened = open_store(path, TABLES, SCALARS)
    yield opened
    opened.close()


def test_a_database_that_was_never_opened_has_no_index(tmp_path: Path) -> None:
    assert WalIndex.of(tmp_path / "none.sqlite3") is None
    (tmp_path / "odd.sqlite3-shm").write_bytes(b"x" * 32_768)
    assert WalIndex.of(tmp_path / "odd.sqlite3") is None
    (tmp_path / "short.sqlite3-shm").write_bytes(b"x")
    assert WalIndex.of(tmp_path / "short.sqlite3") is None


def test_a_link_leads_to_the_index_of_its_database(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    """Whatever lies beside the link: here what a database left that had that name before."""
    save(store, ANNA)
    link = tmp_path / "link.sqlite3"
    (tmp_path / "link.sqlite3-shm").write_bytes((tmp_path / "cpq.sqlite3-shm").read_bytes())
    link.symlink_to(path)
    with closing(open_store(link, TABLES, SCALARS)) as linked:
        for name in ("Bo", "Cy"):
            rename(store, name)
            assert name_of(linked) == name
        rename(linked, "Di")
        assert name_of(linked) == name_of(store) == "Di"


def test_a_header_that_is_being_written_is_none(store: SqliteStore) -> None:
    seal = store._recent.present()
    assert seal is not None and settled(seal)
    for place in range(2 * COPY):
        torn = bytearray(seal)
        torn[place] ^= 1
        assert not settled(bytes(torn))


def test_one_commit_is_told_from_more(store: SqliteStore, path: Path) -> None:
    other = open_store(path, TABLES, SCALARS)
    seals = [store._recent.present()]
    for number in range(3):
        rename(other, str(number))
        seals.append(store._recent.present())
    other.close()
    one, two, three, four = (each for each in seals if each is not None)
    assert is_next(one, two) and is_next(two, three) and is_next(three, four)
    assert not is_next(one, three) and not is_next(two, one) and not is_next(one, one)


def locks_held(path: Path) -> bool:
    """Whether some other process cannot have the byte of the index that every connection holds."""
    with path.with_name(f"{path.name}-shm").open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)
        except BlockingIOError:
            return True
        return False


LOOK = (
    "import sys, pathlib; from tests.storage import test_wal_index as t; print(t.locks_held(pathlib.Path(sys.argv[1])))"
)


def held_elsewhere(path: Path) -> bool:
    done = subprocess.run([sys.executable, "-c", LOOK, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout == "True\n"


def test_closing_a_store_takes_no_lock_from_other_connections_of_the_process(path: Path) -> None:
    first, second = open_store(path, TABLES, SCALARS), open_store(path, TABLES, SCALARS)
    save(first, ANNA)
    assert name_of(first) == name_of(second) == "Anna"
    first.close()
    assert held_elsewhere(path)
    with closing(sqlite3.connect(path)) as foreign:
        assert foreign.execute("SELECT count(*) FROM customers").fetchone() == (1,)
        second.close()
        assert held_elsewhere(path)
    third = open_store(path, TABLES, SCALARS)
    assert name_of(third) == "Anna"
    third.close()


def test_stores_that_are_closed_leave_no_file_open(tmp_path: Path) -> None:
    open_store(tmp_path / "first.sqlite3", TABLES, SCALARS).close()
    before, mapped = os.listdir("/proc/self/fd"), len(looked_at._MAPPED)
    for number in range(20):
        opened = open_store(tmp_path / f"{number % 3}.sqlite3", TABLES, SCALARS)
        save(opened, User(f"u-{number}", "Uma"))
        opened.close()
    assert len(os.listdir("/proc/self/fd")) == len(before)
    assert len(looked_at._MAPPED) == mapped
    assert not OPENING.locked()


def test_a_closed_store_looks_no_more(store: SqliteStore) -> None:
    save(store, ANNA)
    assert name_of(store) == "Anna"
    store.close()
    store.close()
    assert store._recent.present() is None

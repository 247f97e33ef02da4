"""The cache of compiled artefacts: whole or not there, its user's alone, bounded (``engine.adapters.disk_cache``)."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.adapters.disk_cache import ABANDONED_AFTER, MARK, DiskCache, user_cache

OVERHEAD = len(MARK) + 32


@pytest.fixture
def kept(tmp_path: Path) -> DiskCache:
    return DiskCache(tmp_path / "cpq" / "things", ending=".thing", bytes_max=3 * (OVERHEAD + 100))


def files(kept: DiskCache) -> list[str]:
    return sorted(each.name for each in kept.folder.iterdir())


def test_what_was_written_is_read_and_can_be_dropped(kept: DiskCache) -> None:
    assert kept.read("a") is None
    kept.write("a", b"first")
    kept.write("a", b"second")
    assert kept.read("a") == b"second"
    assert files(kept) == ["a.thing"]
    kept.drop("a")
    kept.drop("a")
    assert kept.read("a") is None


def test_only_its_user_reads_and_writes_the_folder(kept: DiskCache) -> None:
    kept.write("a", b"x")
    assert kept.folder.stat().st_mode & 0o777 == 0o700
    assert (kept.folder / "a.thing").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_may_write_to_is_not_used(
    kept: DiskCache, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    kept.write("a", b"x")
    kept.folder.chmod(mode)
    with caplog.at_level(logging.WARNING, "cpq.cache"):
        assert kept.read("a") is None
        kept.write("b", b"y")
        kept.write("c", b"z")
    assert files(kept) == ["a.thing"]
    assert len(caplog.messages) == 1 and "others than its user may write" in caplog.messages[0]


def test_a_file_that_was_cut_changed_or_put_there_counts_as_none(kept: DiskCache) -> None:
    kept.write("a", b"0123456789")
    path = kept.folder / "a.thing"
    whole = path.read_bytes()
    for wrong in (b"", whole[:-1], whole[:5], whole + b"x", whole[:-3] + b"XYZ", b"something else altogether"):
        path.write_bytes(wrong)
        assert kept.read("a") is None
        assert not path.exists()
    kept.write("a", b"again")
    assert kept.read("a") == b"again"


def test_the_longest_unused_is_dropped_first(kept: DiskCache) -> None:
    for number, key in enumerate("abc"):
        kept.write(key, b"x" * 100)
        os.utime(kept.folder / f"{key}.thing", (number, number))
    assert kept.read("a") is not None  # used now
    kept.write("d", b"x" * 100)
    assert files(kept) == ["a.thing", "c.thing", "d.thing"]


def test_what_an_ended_writer_left_is_removed_later(kept: DiskCache) -> None:
    kept.write("a", b"first")
    for name, age in ((".old.part", 2 * ABANDONED_AFTER), (".new.part", 0)):
        part = kept.folder / name
        part.write_bytes(b"half")
        os.utime(part, (time.time() - age, time.time() - age))
    kept.write("b", b"second")
    assert files(kept) == [".new.part", "a.thing", "b.thing"]


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = DiskCache(tmp_path / "file" / "things", ending=".thing")
    kept.write("a", b"x")
    assert kept.read("a") is None
    assert "cannot be written" in caplog.messages[0]


@pytest.fixture
def nobody() -> Iterator[None]:
    """Without the rights of the superuser, who may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.usefixtures("nobody")
def test_a_folder_that_cannot_be_looked_into_keeps_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with TemporaryDirectory() as closed:
        Path(closed).chmod(0)
        try:
            kept = DiskCache(Path(closed) / "cpq" / "things", ending=".thing")
            assert kept.read("a") is None
            kept.write("a", b"x")
            kept.drop("a")
            assert kept.read("a") is None
        finally:
            Path(closed).chmod(0o700)
    assert len(caplog.messages) == 1 and "cannot be read" in caplog.messages[0]


def test_a_key_that_no_file_can_have_keeps_nothing(kept: DiskCache) -> None:
    kept.write("a" * 300, b"x")
    assert kept.read("a" * 300) is None


def test_where_the_user_keeps_caches() -> None:
    assert user_cache({"CPQ_CACHE": "/c", "XDG_CACHE_HOME": "/x"}) == Path("/c/cpq")
    assert user_cache({"XDG_CACHE_HOME": "/x"}) == Path("/x/cpq")
    assert user_cache({}) == Path.home() / ".cache" / "cpq"

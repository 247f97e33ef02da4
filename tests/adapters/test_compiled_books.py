"""Compiled books kept on disk: read instead of compiled, with the same findings, and never a stale or broken one."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.adapters import compiled_books
from engine.adapters.compiled_books import CompiledBooks, book_cache
from engine.adapters.disk_cache import DiskCache
from engine.adapters.rule_folder import FolderError, read_folder
from engine.bootstrap.serving import in_process
from engine.bootstrap.settings import Settings
from engine.cli.command import main
from engine.client import Client
from engine.rulebook.packing import PackedBook, PackError
from tests.fakes.rules import SMALL
from tests.scenarios.test_books import files_of

RULES = Path(__file__).resolve().parents[2] / "rules"


@pytest.fixture
def kept(tmp_path: Path) -> DiskCache:
    return book_cache(tmp_path)


@pytest.fixture
def compiles(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each book that is compiled from its sources."""
    real, found = compiled_books.compiled, []

    def counted(files: Mapping[str, bytes]) -> object:
        found.append(len(files))
        return real(files)

    monkeypatch.setattr(compiled_books, "compiled", counted)
    return found


def sources(name: str = "saas") -> dict[str, bytes]:
    return read_folder(RULES / name)


def stored(kept: DiskCache) -> list[Path]:
    return sorted(kept.folder.glob("*.book"))


@pytest.mark.parametrize("case", ["shadowed-row", "price-cliff", "dead-option", "sound-book"])
def test_a_second_load_reads_and_tells_the_same(case: str, kept: DiskCache, compiles: list[int]) -> None:
    cold = CompiledBooks(kept).checked(files_of(case))
    warm = CompiledBooks(kept).checked(files_of(case))
    assert len(compiles) == 1
    assert warm.findings == cold.findings
    assert cold.active is not None and warm.active is not None
    assert warm.active.book.hash == cold.active.book.hash
    assert warm.active.parts.plan.sources == cold.active.parts.plan.sources


def test_a_book_with_errors_is_not_kept(kept: DiskCache, compiles: list[int]) -> None:
    for _ in range(2):
        assert CompiledBooks(kept).checked(files_of("broken-yaml")).active is None
    assert len(compiles) == 2 and not stored(kept)


def test_every_change_of_a_source_is_another_book(kept: DiskCache, compiles: list[int]) -> None:
    files = sources()
    CompiledBooks(kept).checked(files)
    CompiledBooks(kept).checked({**files, "book.yaml": files["book.yaml"] + b"\n"})
    CompiledBooks(kept).checked({**files, "README.md": b""})
    assert len(compiles) == 3 and len(stored(kept)) == 3


def test_a_broken_or_foreign_file_is_replaced(
    kept: DiskCache, compiles: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    CompiledBooks(kept).checked(sources())
    (path,) = stored(kept)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    CompiledBooks(kept).checked(sources())
    assert len(compiles) == 2 and path.read_bytes() == whole
    kept.write(path.stem, b"sound bytes, but no book")
    CompiledBooks(kept).checked(sources())
    assert len(compiles) == 3 and path.read_bytes() == whole
    assert ["thrown away" in each for each in caplog.messages] == [True]


def test_a_book_that_cannot_be_packed_is_served_all_the_same(
    kept: DiskCache, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: object) -> bytes:
        raise PackError("no form for it")

    monkeypatch.setattr(compiled_books, "pack_book", refuse)
    assert CompiledBooks(kept).checked(sources()).active is not None
    assert not kept.folder.exists()
    assert "is not kept: no form for it" in caplog.messages[0]


def test_what_cannot_be_unpacked_is_a_finding_with_and_without_a_cache(kept: DiskCache) -> None:
    for books in (CompiledBooks(None), CompiledBooks(kept)):
        checked = books.checked({**SMALL, "prices/p.xlsx": b"no spreadsheet"})
        assert checked.active is None
        assert [str(each.code) for each in checked.findings] == ["TBL021"]
        with pytest.raises(FolderError):
            books.checked({**SMALL, "../p.csv": b"outside"})


def test_a_server_that_starts_again_reads_its_books(tmp_path: Path, compiles: list[int]) -> None:
    for _ in range(2):
        settings = Settings(tmp_path / "a.sqlite3", rules=(RULES / "saas",), cache=tmp_path)
        with in_process(settings) as running, Client(running.address) as client:
            (book,) = client.rule_books.list_rule_books()
            assert client.rule_books.test_rule_book(name=book.name).passed_count
    assert len(compiles) == 1


def test_the_command_reads_what_it_compiled_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], compiles: list[int]
) -> None:
    monkeypatch.setenv("CPQ_CACHE", str(tmp_path))
    shown = []
    for _ in range(2):
        assert main(["rules", "check", str(RULES / "saas")]) == 0
        shown.append(capsys.readouterr().out)
    assert main(["rules", "test", str(RULES / "saas")]) == 0
    assert len(compiles) == 1 and shown[0] == shown[1]


def test_publishing_is_answered_before_the_cache_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiles: list[int]
) -> None:
    real, may_pack = compiled_books.pack_book, threading.Event()

    def waiting(packed: PackedBook) -> bytes:
        assert may_pack.wait(60)
        return real(packed)

    monkeypatch.setattr(compiled_books, "pack_book", waiting)
    cache = book_cache(tmp_path)
    with in_process(Settings(tmp_path / "a.sqlite3", cache=tmp_path)) as running, Client(running.address) as client:
        files = [{"path": path, "content": content} for path, content in sources().items()]
        assert client.rule_books.check_rule_book(files=files).valid
        book = client.rule_books.publish_rule_book(files=files)
        assert client.rule_books.test_rule_book(name=book.name).passed_count
        assert not cache.folder.exists() and len(compiles) == 1
        may_pack.set()
    assert len(stored(cache)) == 1, "a server that ends finishes what nobody waited for"
    with in_process(Settings(tmp_path / "b.sqlite3", rules=(RULES / "saas",), cache=tmp_path)):
        assert len(compiles) == 1


def test_a_book_that_there_is_no_room_to_write_is_compiled_again(kept: DiskCache, compiles: list[int]) -> None:
    books = CompiledBooks(kept, later=lambda _: False)
    for _ in range(2):
        assert books.checked(sources()).active is not None
    assert len(compiles) == 2 and not kept.folder.exists()

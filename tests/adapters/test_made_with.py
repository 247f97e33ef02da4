"""What kept artefacts were made with: another source, library or Python is another name (``adapters.made_with``)."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from types import FrameType

import openpyxl
import pytest

import engine
from engine.adapters import compiled_books, diagrams, made_with
from engine.adapters.compile_worker import work
from engine.adapters.compiled_books import compiled
from engine.adapters.disk_cache import DiskCache
from engine.configuration.solver.build import CompileBudget, available
from engine.configuration.solver.flat import fingerprint
from tests.configuration.solver.test_compiling import banded
from tests.conformance.shared_data import missing
from tests.fakes.rules import SMALL

ENGINE = Path(engine.__file__).parent


def packages_that_run(work: Callable[[], object]) -> set[str]:
    """The packages of the engine whose code runs in some work."""
    files: set[str] = set()

    def note(frame: FrameType, *_: object) -> None:
        files.add(frame.f_code.co_filename)

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return {Path(each).relative_to(ENGINE).parts[0] for each in files if Path(each).is_relative_to(ENGINE)}


def with_a_spreadsheet() -> dict[str, bytes]:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a", 19])
    stored = io.BytesIO()
    book.save(stored)
    return {**SMALL, "prices/more.xlsx": stored.getvalue()}


def test_every_package_that_compiles_a_book_is_in_its_key() -> None:
    ran = packages_that_run(lambda: (compiled(with_a_spreadsheet()), compiled(SMALL)))
    assert {"adapters", "language", "pricing", "rulebook"} <= ran <= compiled_books.PARTS


def test_every_package_that_compiles_a_model_is_in_its_key() -> None:
    if not available():
        missing("compile", "the extra `compile` (dd) is not installed")
    ran = packages_that_run(lambda: work(banded(), CompileBudget(), io.BytesIO()))
    assert {"adapters", "configuration"} <= ran <= diagrams.PARTS


@pytest.mark.parametrize(
    ("changed", "of_books", "of_diagrams"),
    [
        ("adapters/rule_folder.py", True, True),
        ("pricing/a.py", True, False),
        ("configuration/solver/fold.py", True, True),
        ("cli/a.py", False, False),
    ],
)
def test_an_edit_of_what_takes_part_is_another_key(
    changed: str, of_books: bool, of_diagrams: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_with.engine, "__file__", str(tmp_path / "__init__.py"))
    module = tmp_path / changed
    module.parent.mkdir(parents=True)
    books, models = [], []
    for text in ("a = 1\n", "a = 2\n"):
        module.write_text(text)
        made_with.sources_digest.cache_clear()
        books.append(compiled_books.key_of({}))
        models.append(diagrams.key_of(fingerprint(banded())))
    made_with.sources_digest.cache_clear()
    assert [books[0] != books[1], models[0] != models[1]] == [of_books, of_diagrams]


def test_another_version_of_a_library_is_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [(compiled_books.key_of({}), diagrams.key_of(fingerprint(banded())))]
    for version in ("1.0", "1.1"):
        folder = tmp_path / version
        (folder / f"somelib-{version}.dist-info").mkdir(parents=True)
        monkeypatch.setattr(made_with.sys, "path", [*sys.path, str(folder)])
        keys.append((compiled_books.key_of({}), diagrams.key_of(fingerprint(banded()))))
        monkeypatch.undo()
    assert len({book for book, _ in keys}) == len({model for _, model in keys}) == 3


def test_the_libraries_that_the_engine_reads_files_by_are_told_with_their_versions() -> None:
    told = {_spelled(each) for each in made_with.libraries(tuple(sys.path))}
    for name in ("openpyxl", "PyYAML", "ruamel.yaml", "google-re2", "python-sat"):
        assert _spelled(f"{name.replace('-', '_')}-{metadata.version(name)}.dist-info") in told
    assert made_with.libraries(("no such folder",)) == ()


def _spelled(folder: str) -> str:
    """Installers differ in case and in points and dashes."""
    return re.sub("[-_.]+", "_", folder).lower()


def test_another_python_is_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = made_with.made_with(compiled_books.PARTS)
    monkeypatch.setattr(made_with.sys, "version", "4.0")
    assert made_with.made_with(compiled_books.PARTS) != before


def test_a_diagram_of_an_older_compiler_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not available():
        missing("compile", "the extra `compile` (dd) is not installed")
    kept = DiskCache(tmp_path / "diagrams", ending=".mdd")
    monkeypatch.setattr(diagrams, "made_with", lambda _: "the older one")
    assert not diagrams.diagram_for(banded(), CompileBudget(), kept).cached
    assert diagrams.diagram_for(banded(), CompileBudget(), kept).cached
    monkeypatch.undo()
    assert not diagrams.diagram_for(banded(), CompileBudget(), kept).cached

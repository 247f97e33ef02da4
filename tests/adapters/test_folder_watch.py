"""A change is told once, when whoever saves it has stopped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.adapters.folder_watch import FolderWatch


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "a.yaml").write_text("products: []\n")
    return tmp_path


def test_a_change_is_told_once_when_two_looks_see_the_same(rules: Path) -> None:
    watch = FolderWatch(rules)
    assert not watch.has_changed()
    (rules / "catalog" / "a.yaml").write_text("products: [1]\n")
    (rules / "b.csv").write_text("a\n")
    assert [watch.has_changed() for _ in range(3)] == [False, True, False]
    (rules / "b.csv").unlink()
    assert [watch.has_changed() for _ in range(3)] == [False, True, False]


def test_files_that_are_still_being_written_are_waited_for(rules: Path) -> None:
    watch = FolderWatch(rules)
    for size in range(3):
        (rules / "b.csv").write_text("a" * (size + 1))
        assert not watch.has_changed()
    assert watch.has_changed()


def test_a_change_that_is_taken_back_is_none(rules: Path) -> None:
    watch = FolderWatch(rules)
    (rules / "b.csv").write_text("a\n")
    assert not watch.has_changed()
    (rules / "b.csv").unlink()
    assert [watch.has_changed() for _ in range(2)] == [False, False]


def test_what_is_no_rule_file_is_not_looked_at(rules: Path) -> None:
    watch = FolderWatch(rules)
    (rules / ".git").mkdir()
    (rules / ".git" / "x.yaml").write_text("a")
    (rules / ".a.yaml").write_text("a")
    (rules / "a.yaml~").write_text("a")
    (rules / "a.tmp").write_text("a")
    assert [watch.has_changed() for _ in range(2)] == [False, False]


def test_the_same_size_at_another_time_is_a_change(rules: Path) -> None:
    watch = FolderWatch(rules)
    os.utime(rules / "catalog" / "a.yaml", ns=(1, 1))
    assert [watch.has_changed() for _ in range(2)] == [False, True]

"""The DMN Technology Compatibility Kit: the floors below are asserted on whatever cases are found.

There is no list of known failures: each failing case is counted, named in the message of a failing floor, and explained
in ``docs/reference/dmn-conformance.md``.
"""

from __future__ import annotations

import functools
import re
from decimal import Decimal
from pathlib import Path

import pytest

from engine.cli.dmn import case_folders, mean_rate, rate, run_case_folder
from engine.language.dmn import FolderResult
from tests.conformance.shared_data import tck_dir

LEVEL_2_FLOOR = Decimal("1")
LEVEL_3_FLOOR = Decimal("0.98")
TABLES_FLOOR = Decimal("1")
MEAN_FLOOR = Decimal("0.97")
FOLDER_FLOOR = Decimal("0.5")
FOREIGN = "functions of other languages"


@functools.cache
def suite() -> dict[str, tuple[Path, FolderResult]]:
    return {name: (path, run_case_folder(path)) for name, path in case_folders(tck_dir()).items()}


FOLDERS = tuple(case_folders(tck_dir()))


def totals(folders: list[FolderResult]) -> tuple[int, int]:
    return sum(each.passed for each in folders), sum(each.total for each in folders)


def level(number: int) -> list[FolderResult]:
    return [found for path, found in suite().values() if f"compliance-level-{number}" in path.as_posix()]


def has_table(path: Path) -> bool:
    return any(b"decisionTable" in each.read_bytes() for each in path.glob("*.dmn"))


def named_failures() -> str:
    lines = [
        f"{name} {each.case} {each.result}: expected {each.expected}, got {each.actual} ({each.reason})"
        for name, (_, found) in suite().items()
        for each in found.failures
    ]
    return "\n".join(lines)


def test_there_are_cases() -> None:
    assert totals([found for _, found in suite().values()])[1] > 0


def test_level_2_passes_in_full() -> None:
    assert rate(*totals(level(2))) >= LEVEL_2_FLOOR, named_failures()


def test_level_3_passes_but_for_a_fiftieth() -> None:
    assert rate(*totals(level(3))) >= LEVEL_3_FLOOR, named_failures()


def test_folders_with_decision_tables_pass_in_full() -> None:
    found = [result for path, result in suite().values() if has_table(path)]
    assert rate(*totals(found)) >= TABLES_FLOOR, named_failures()


def test_the_mean_of_the_folders_is_high() -> None:
    assert mean_rate({name: found for name, (_, found) in suite().items()}) >= MEAN_FLOOR, named_failures()


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_fails_only_where_it_calls_a_foreign_function(name: str) -> None:
    """A folder where most cases fail is a missing part of the standard, unless it is about functions in Java."""
    _, found = suite()[name]
    failing = {each.case for each in found.failures if FOREIGN not in each.reason}
    assert rate(found.total - len(failing), found.total) >= FOLDER_FLOOR, named_failures()


PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "dmn-conformance.md"


def told(label: str) -> tuple[int, int]:
    """Total and passed of a row of the page's table of results."""
    found = re.search(rf"^\| {label} \| ([\d ]+) \| ([\d ]+) \(", PAGE.read_text(encoding="utf-8"), re.M)
    assert found, label
    total, passed = (int(each.replace(" ", "")) for each in found.groups())
    return passed, total


def test_the_page_tells_these_figures_and_every_failing_case() -> None:
    """The page is about one snapshot of the kit; other cases of the same form are not measured against it."""
    everything = [found for _, found in suite().values()]
    if totals(everything)[1] != told("all")[1]:
        pytest.skip("these are other cases than those of the page's snapshot")
    assert (totals(level(2)), totals(level(3)), totals(everything)) == (told("level 2"), told("level 3"), told("all"))
    page = PAGE.read_text(encoding="utf-8")
    assert f"{mean_rate({name: found for name, (_, found) in suite().items()}):.2%}".replace("%", " %") in page
    failing = {(name, each.case) for name, (_, found) in suite().items() for each in found.failures}
    section = page.split("## Each failing case, and why")[1].split("\n## ")[0]
    listed = {(folder, case) for folder, case in re.findall(r"^\| (\S+) \| (\S+) \| .{20,} \|$", section, re.M)}
    assert listed == failing

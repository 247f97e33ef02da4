"""Style as a test of the source: what ruff, mypy and import-linter cannot see."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGINE = ROOT / "engine"
MODULES = sorted(path for path in ENGINE.rglob("*.py"))
CORE = (
    "rulebook audit billing revenue ledger orders quotes approvals contracts configuration pricing catalog parties "
    "language money periods diagnostics application"
).split()
MONEY = ("money", "pricing", "billing", "revenue", "ledger", "contracts", "orders", "quotes", "audit")
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
MAX_LINES = 400
USUAL_LINES = 300
# Exempt from "no open, print, clock": the shell does input and output.
PURE = [path for path in MODULES if path.relative_to(ENGINE).parts[0] in CORE]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short_and_well_named(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_LINES, "split it by meaning"
    assert path.stem not in BANNED_NAMES


def test_nine_modules_of_ten_are_under_300_lines() -> None:
    long = [name_of(path) for path in MODULES if len(path.read_text().splitlines()) > USUAL_LINES]
    assert len(long) <= len(MODULES) // 10, long


def test_every_module_has_a_test_twin() -> None:
    """``engine/a/b.py`` is tested by ``tests/a/test_b.py``, or by the test of its package ``tests/a/test_a.py``.

    A package's own test may stand in for small modules, so a missing twin is a package without any test of that name.
    """
    missing = []
    for path in MODULES:
        relative = path.relative_to(ENGINE)
        if path.name == "__init__.py" or len(relative.parts) < 2:
            continue
        if not _twins(relative):
            missing.append(relative.as_posix())
    assert not missing


def _twins(relative: Path) -> list[Path]:
    folder = ROOT / "tests" / relative.parent
    names = {f"test_{relative.stem}.py"}
    own = [folder / name for name in names if (folder / name).exists()]
    covering = [
        test
        for test in (ROOT / "tests" / relative.parts[0]).rglob("test_*.py")
        if f"engine.{'.'.join(relative.with_suffix('').parts)}" in test.read_text()
    ]
    return own or covering


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_the_core_reads_no_clock_and_touches_no_file(path: Path) -> None:
    found = [
        f"{line}: {call}"
        for line, call in calls(path)
        if call in {"open", "print", "input", "eval"}
        # A use case asks the clock port; nothing else tells it the time.
        or (call.endswith((".now", ".today", ".utcnow")) and not call.endswith("clock.now"))
    ]
    if path.relative_to(ENGINE).as_posix() != "language/compiler.py":
        found += [f"{line}: exec" for line, call in calls(path) if call == "exec"]
    assert not found


@pytest.mark.parametrize("path", [p for p in PURE if p.relative_to(ENGINE).parts[0] in MONEY], ids=name_of)
def test_no_float_comes_near_money(path: Path) -> None:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"{node.lineno}: {node.value}")
        if isinstance(node, ast.Name) and node.id == "float":
            found.append(f"{node.lineno}: float")
    assert not found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_unfinished_work_is_left(path: Path) -> None:
    marks = re.findall(r"\b(?:TODO|FIXME|XXX|NotImplementedError|HACK)\b", path.read_text())
    assert not marks


def test_every_package_says_what_it_owns() -> None:
    for package in sorted(path for path in ENGINE.iterdir() if (path / "__init__.py").exists()):
        text = ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
        assert text.startswith("Owns "), package.name
        assert "oes not own" in text, package.name
        assert "Entry point" in text, package.name


def test_every_dependency_is_justified_and_bounded_below() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(each for name in extras if name != "dev" for each in extras[name])]
    page = (ROOT / "docs" / "decisions" / "0014-dependencies.md").read_text()
    for requirement in wanted:
        name = re.split(r"[<>=\[ ]", requirement)[0]
        assert ">=" in requirement, requirement
        assert f"`{name}`" in page, f"{name} has no line of reason"


def test_the_repository_speaks_of_the_project_alone() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    # Spelt in pieces so that this test does not find itself.
    words = ["/" + "work/", "pypi" + ".org", "registry.npm" + "js", "chat" + "gpt", "clau" + "de", "co" + "pilot"]
    found = []
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if not path.is_file() or path.suffix in {".xlsx", ".binpb", ".png"}:
            continue
        text = path.read_text(errors="replace").lower()
        found += [f"{name}: {word}" for word in words if word in text]
    assert not found

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
# Environments of peers are installed below benchmarks, in folders whose names start with a dot.
BESIDE = sorted(
    path
    for name in ("tests", "benchmarks")
    for path in (ROOT / name).rglob("*.py")
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)
CORE = (
    "rulebook metrics audit billing revenue ledger orders quotes approvals contracts configuration pricing catalog "
    "parties language money periods diagnostics application"
).split()
MONEY = ("money", "pricing", "billing", "revenue", "ledger", "contracts", "orders", "quotes", "metrics", "audit")
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
SHELL = {"adapters", "api", "application", "bootstrap", "cli", "client", "wire"}
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


@pytest.mark.parametrize("path", BESIDE, ids=name_of)
def test_a_module_of_tests_or_benchmarks_is_short_too(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_LINES, "split it by subject"
    assert path.stem.removeprefix("test_") not in BANNED_NAMES


def test_nine_modules_of_ten_are_under_300_lines() -> None:
    long = [name_of(path) for path in MODULES if len(path.read_text().splitlines()) > USUAL_LINES]
    assert len(long) <= len(MODULES) // 10, long


def test_every_module_is_reached_by_the_tests_of_its_package() -> None:
    """``engine/a/b.py`` has its twin ``tests/a/test_b.py``, or tests of ``a`` reach it by the imports inside ``a``.

    Packages of the shell are tested through the real server and the real command, so there tests of any package count.
    """
    imports = {_module(path): _imports(path) for path in MODULES}
    missing = []
    for package in sorted({name.split(".")[1] for name in imports if "." in name}):
        names = [""] if package in SHELL else [package, "conformance"]
        tests = [test for name in names for test in (ROOT / "tests" / name).rglob("*.py")]
        first = {each for test in tests for each in _imports(test)}
        inside = f"engine.{package}"
        reached = {each for each in first if package in SHELL or each.startswith(inside)}
        waiting = list(reached)
        while waiting:
            for each in imports.get(waiting.pop(), set()):
                if each not in reached and (package in SHELL or each.startswith(inside)):
                    reached.add(each)
                    waiting.append(each)
        missing += [name for name in imports if name.startswith(f"{inside}.") and name not in reached]
    assert not missing


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path) -> set[str]:
    """The modules of the engine that a file imports by name, or names in a text (verbs are imported when asked for)."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("engine."):
            found.add(node.value.partition(":")[0])
    wanted = {each for each in found if each.startswith("engine.")}
    # Importing engine.a.b runs engine.a first.
    return wanted | {".".join(each.split(".")[:n]) for each in wanted for n in range(2, len(each.split(".")))}


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

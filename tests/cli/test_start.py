"""What the command imports before it knows what to do: help and misuse must not start the engine."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from engine.cli.command import VERBS

CLI = Path(__file__).resolve().parents[2] / "engine" / "cli"
LIGHT = {"engine", "engine.adapters", "engine.bootstrap", "engine.rulebook"}
LIGHT_MODULES = {
    "engine.adapters.collector",
    "engine.adapters.disk_cache",
    "engine.adapters.rule_folder",
    "engine.adapters.unreadable",
    "engine.bootstrap.command_line",
    "engine.bootstrap.settings",
    "engine.rulebook.workbook",
}
LIGHT_PACKAGES = ("engine.cli", "engine.diagnostics", "engine.money")
HEAVY = {"grpc", "google.protobuf", "google", "cpq", "numpy", "highspy", "pysat", "openpyxl", "yaml", "ruamel", "re2"}
PROGRAM = """
import contextlib, io, json, sys
from engine.cli.command import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    main(sys.argv[1:])
print(json.dumps(sorted(sys.modules)))
"""


def loaded(*words: str) -> set[str]:
    """The modules that a run of the command loads."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def heavy(modules: set[str]) -> list[str]:
    ours = {each for each in modules if each.partition(".")[0] == "engine"} - LIGHT - LIGHT_MODULES
    return sorted(
        {each for each in ours if not each.startswith(LIGHT_PACKAGES)}
        | {each for each in modules if each.partition(".")[0] in HEAVY}
    )


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_the_help_of_a_verb_starts_no_engine(verb: str) -> None:
    assert heavy(loaded(verb, "--help")) == []


@pytest.mark.parametrize("words", [["--help"], ["prise"], ["quote", "sumbit"], ["quote", "submit"], ["--version"]])
def test_neither_does_the_overview_nor_a_word_that_is_not_known(words: list[str]) -> None:
    assert heavy(loaded(*words)) == []


def test_an_expression_needs_the_language_alone() -> None:
    beside = [each for each in heavy(loaded("feel", "1 + 1")) if not each.startswith(("engine.language", "re2"))]
    assert beside == ["engine.periods"] or beside == []


def test_a_price_starts_neither_solver_nor_readers_of_files(tmp_path: Path) -> None:
    """Of a book that is kept compiled, and whose lines are no bundles."""
    request = tmp_path / "request.json"
    request.write_text(
        '{"currency_code": "EUR", "lines": [{"id": "m", "sku": "MOUSE", "quantity": "5"}],'
        ' "customer_facts": {"segment": "edu", "region": "DE"}}'
    )
    words = ("price", str(request), "--database", str(tmp_path / "a.sqlite3"))
    loaded(*words)
    modules = loaded(*words)
    assert {"engine.api.pricing_service", "engine.pricing.flow"} <= modules
    unwanted = ("numpy", "pysat", "highspy", "openpyxl", "yaml", "engine.configuration.solver", "engine.rulebook.load")
    services = {each for each in modules if re.fullmatch(r"engine\.api\.\w+_service", each)}
    assert services == {"engine.api.pricing_service", "engine.api.quote_service"}
    assert [each for each in modules if each.startswith(unwanted)] == []


def test_a_client_of_a_server_starts_no_engine(server: str) -> None:
    modules = loaded("quote", "list", "--server", server)
    engines = ("engine.bootstrap.build", "engine.api", "engine.storage", "engine.pricing", "engine.rulebook.load")
    assert [each for each in modules if each.startswith(engines)] == []


def named_works() -> set[str]:
    """Every ``module:function`` in the sources of the command."""
    found: set[str] = set()
    for path in CLI.rglob("*.py"):
        texts = (each.value for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.Constant))
        found |= {each for each in texts if isinstance(each, str) and re.fullmatch(r"engine\.[\w.]+:\w+", each)}
    return found


def test_every_work_that_is_named_is_there() -> None:
    works = named_works()
    assert len(works) > 15
    for each in sorted(works):
        module, _, function = each.partition(":")
        assert callable(getattr(import_module(module), function)), each

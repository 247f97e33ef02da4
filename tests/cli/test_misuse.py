"""What the command says when it is called wrongly or refused: one line, an exit code, and JSON for machines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from engine.cli.command import main
from engine.cli.options import SHIPPED_RULES

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "import sys; from engine.cli.command import main; sys.exit(main())"]
LOOK = "check the name; it is looked for from the folder in which the command runs"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("prise a.json", "cpq: unknown verb `prise`; did you mean `price`?\n"),
        ("rules chek x", "cpq rules: unknown verb `chek`; did you mean `check`?; `cpq rules --help` says more\n"),
        ("model chek x", "cpq model: unknown verb `chek`; did you mean `check`?; `cpq model --help` says more\n"),
        ("quote shw q-1", "cpq quote: unknown verb `shw`; did you mean `show`?; `cpq quote --help` says more\n"),
        ("dmn test x --jsn", "cpq: unknown argument `--jsn`; did you mean `--json`?; `cpq --help` says more\n"),
        (
            "price",
            "cpq price: the following arguments are required: file; `cpq price --help` says more\n",
        ),
        (
            "serve --approvals durabel",
            "cpq serve: --approvals does not know `durabel`; did you mean `durable`?; `cpq serve --help` says more\n",
        ),
        (
            "invoice run --until 2026-13-01",
            "cpq invoice run: argument --until: `2026-13-01` is not a date like 2026-03-31; "
            "`cpq invoice run --help` says more\n",
        ),
        (
            "contract renew k-1 --valid-until 2027-01-01 --months one",
            "cpq contract renew: argument --months: `one` is not a whole number; "
            "`cpq contract renew --help` says more\n",
        ),
        ("price none.json", f"cpq: none.json: no such file or directory; {LOOK}\n"),
        ("price none.json --rules none", "cpq: `none` is not a folder\n"),
        ("rules check none", "cpq: `none` is not a folder\n"),
        ("rules explain PRC24", "cpq: no code `PRC24`; did you mean `PRC204`?\n"),
        ("rules schema discount", "cpq: no kind `discount`; did you mean `discounts`?\n"),
        ("feel", "cpq: an expression is missing\n"),
        ("dmn test none", "cpq: there are no test cases below none\n"),
        ("model check none.uvl", f"cpq: none.uvl: no such file or directory; {LOOK}\n"),
    ],
)
def test_a_misuse_is_one_line_and_exit_code_2(
    words: str, says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words.split()) == 2
    assert capsys.readouterr() == ("", says)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("price none.json", "CLI006"),
        ("price . ", "CLI006"),
        ("price a.json --rules none", "CLI007"),
        ("rules check none", "CLI006"),
        ("rules diff none none", "CLI006"),
        ("rules new a.json", "CLI006"),
        ("serve --listen 127.0.0.1", "CLI005"),
        ("quote list --database .", "CLI007"),
        ("dmn test none", "CLI005"),
        ("prise a.json", "CLI005"),
        ("", "CLI005"),
        ("quote", "CLI005"),
        ("quote shw q-1", "CLI005"),
        ("price", "CLI005"),
        ("price a.json --explian", "CLI005"),
        ("invoice run --until 2026-13-01", "CLI005"),
        ("contract renew k-1 --valid-until 2027-01-01 --months one", "CLI005"),
    ],
)
@pytest.mark.parametrize("asked", ["--json", "--js"])
def test_machines_read_a_misuse_as_json(
    words: str,
    code: str,
    asked: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.json").write_text("{}")
    assert main([*words.split(), asked]) == 2
    told = capsys.readouterr()
    error = json.loads(told.out)["error"]
    assert (told.err, error["code"]) == ("", code)
    assert error["message"] and "\n" not in error["message"]


def test_a_refusal_is_told_to_people_and_to_machines(cpq: Callable[..., Any], write: Callable[..., str]) -> None:
    request = {"date": "2026-03-02", "customer_facts": {"region": {"text": "DE"}}, "currency_code": "EUR"}
    path = write("a.json", {**request, "lines": [{"sku": "NOPE", "quantity": "1"}, {"id": "b", "sku": "NOTHING"}]})
    assert cpq("price", path, code=1).splitlines()[0].startswith("cpq: INVALID_ARGUMENT: ")
    error = cpq("price", path, "--json", code=1)["error"]
    assert error["status"] == "INVALID_ARGUMENT" and error["code"]
    assert {"lines[0].sku", "lines[1].sku"} <= {each["field"].removeprefix("content.") for each in error["violations"]}
    assert all(each["message"] and each["code"] for each in error["violations"])


def test_every_field_that_does_not_fit_is_told_with_its_place(
    cpq: Callable[..., Any], write: Callable[..., str]
) -> None:
    lines = [{"id": "a", "sk": "WS"}, {"id": "b", "sku": "WS", "qty": "3"}]
    path = write("a.json", {"dat": "2026-03-02", "start": "2.3.2026", "lines": lines, "codes": {"code": "X"}})
    assert cpq("price", path, code=1) == (
        "cpq: content: `dat` is not a field of QuoteContent; did you mean `date`?\n"
        "content: `start` of QuoteContent cannot be `2.3.2026`: a day is written like 2026-03-31\n"
        "content.lines[0]: `sk` is not a field of LineInput; did you mean `sku`?\n"
        "content.lines[1]: `qty` is not a field of LineInput; did you mean `quantity`?\n"
        "content: `codes` of QuoteContent cannot be {'code': 'X'}: a list is expected\n"
    )


def test_a_file_that_is_no_json_is_a_finding(cpq: Callable[..., Any], write: Callable[..., str]) -> None:
    path = write("a.json", "{bad")
    assert cpq("price", path, code=1).endswith("a.json:1:2: CLI001: this is not JSON: expecting property name "
                                               "enclosed in double quotes\n")  # fmt: skip
    (found,) = cpq("price", path, "--json", code=1)["error"]["findings"]
    assert (found["code"], found["line"], found["column"]) == ("CLI001", 1, 2)


def test_a_book_that_cannot_be_used_is_told_without_a_trace(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, write: Callable[..., str]
) -> None:
    path = write("a.json", {})
    (tmp_path / "book").mkdir()
    assert main(["price", path, "--rules", str(tmp_path / "book"), "--database", str(tmp_path / "d.sqlite3")]) == 2
    assert capsys.readouterr().err == (
        f"cpq: the rules in `{tmp_path / 'book'}` cannot be published:\n"
        "  book.yaml:1:1: FIL005: the folder holds no book.yaml; say id, title and currency of the book there\n"
    )


def test_a_book_whose_own_tests_fail_still_prices_but_is_published_nowhere(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, write: Callable[..., str]
) -> None:
    book = tmp_path / "book"
    assert main(["rules", "new", str(book)]) == 0
    (test,) = (book / "tests").glob("*.yaml")
    wrong = "tests:\n  - {name: t, given: {date: 2026-03-01, lines: [{sku: CHAIR}]}, expect: {total_net: 1}}\n"
    test.write_text(wrong, encoding="utf-8")
    path = write("a.json", {"date": "2026-03-01", "lines": [{"id": "a", "sku": "CHAIR", "quantity": "10"}]})
    words = ["--rules", str(book), "--database", str(tmp_path / "d.sqlite3")]
    capsys.readouterr()
    assert main(["price", path, "--explain", "--json", *words]) == 0
    shown = capsys.readouterr()
    assert shown.err == (
        f"cpq: note: tests of the rules in `{book}` fail; they price all the same, and cannot be published:\n"
        f"  tests/{test.name}:2:85: `t`: `total_net` is 120.00, not 1\n"
    )
    # ten chairs at 120.00 less 5 %: 1140.00
    assert json.loads(shown.out)["priced"]["totals"]["net"] == "114000"
    # What keeps something needs sound rules, and nothing of the trial stayed.
    assert main(["quote", "list", *words]) == 2
    assert "cannot be published" in capsys.readouterr().err
    test.write_text(f"{wrong}    oops: 1\n", encoding="utf-8")
    assert main(["price", path, *words]) == 2
    assert "cannot be published" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"cpq {version('cpq-engine')}\n"


@pytest.mark.parametrize("words", [["rules", "reference"], ["rules", "check", str(SHIPPED_RULES), "--json"]])
def test_a_reader_of_a_pipe_may_leave_early(words: list[str]) -> None:
    with subprocess.Popen(
        [*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        told = [each for each in running.stderr.read().splitlines() if not each.startswith("reading ")]  # when slow
        assert (told, running.wait(60)) == ([], 0)


SAYS = "from engine.cli.screen import Screen; Screen().say('hello', style='red')"


def on_a_terminal(**environment: str) -> str:
    pty = pytest.importorskip("pty", reason="this system has no terminals to try")
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    done = subprocess.run(
        [sys.executable, "-c", SAYS],
        stdout=theirs,
        cwd=ROOT,
        env={**kept, "TERM": "xterm", **environment},
        check=True,
        timeout=60,
    )
    assert done.returncode == 0
    os.close(theirs)
    shown = os.read(ours, 1_000).decode()
    os.close(ours)
    return shown


def test_colour_is_for_terminals_and_for_those_who_want_it() -> None:
    assert "\x1b[31m" in on_a_terminal()
    assert "\x1b[31m" not in on_a_terminal(NO_COLOR="1")
    assert "\x1b" not in on_a_terminal(TERM="dumb")
    piped = subprocess.run([sys.executable, "-c", SAYS], cwd=ROOT, capture_output=True, check=True, timeout=60)
    assert piped.stdout == b"hello\n"

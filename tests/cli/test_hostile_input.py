"""Files, databases, addresses and terminals that cannot be used: one line that says so, never a stack trace."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from engine.cli.command import main

REQUEST = {
    "currency_code": "EUR",
    "customer_facts": {"segment": "edu", "region": "DE"},
    "lines": [{"id": "m", "sku": "MOUSE", "quantity": "5"}],
}
BIKE = "features\n    Bike\n        optional\n            Lamp\n"


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 2) -> str:
    """What the command says on standard error; machines are told the same."""
    assert main([*words]) == code
    said = capsys.readouterr().err
    assert main([*words, "--json"]) == code
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["message"] in said
    return said


@pytest.mark.parametrize("words", [("quote", "list"), ("rules", "published"), ("price", "REQUEST"), ("audit",)])
def test_a_file_that_is_no_database_is_named(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps(REQUEST))
    database = tmp_path / "bad.sqlite3"
    database.write_text("this is a letter to my bank, and no database of any kind whatsoever" * 9)
    given = [str(request) if each == "REQUEST" else each for each in words]
    said = told(capsys, *given, "--database", str(database))
    assert said == f"cpq: cannot open {database}: file is not a database\n"
    assert "cannot open" in told(capsys, *given, "--database", str(tmp_path))


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = tmp_path / "a.sqlite3"
    assert main(["quote", "list", "--database", str(database)]) == 0
    capsys.readouterr()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO schema_version (version) VALUES (9999)")
    assert "use the newer program" in told(capsys, "quote", "list", "--database", str(database))


@pytest.mark.parametrize("verb", [["serve"], ["rules", "serve", "rules/saas"]])
def test_a_server_that_cannot_start_says_why(
    verb: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.sqlite3"
    bad.write_text("no database" * 99)
    assert main([*verb, "--database", str(bad), "--listen", "127.0.0.1:0"]) == 2
    assert "file is not a database" in capsys.readouterr().err
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert main([*verb, "--database", str(tmp_path / "b.sqlite3"), "--listen", address]) == 2
    assert capsys.readouterr().err.endswith(
        f"cannot listen on `{address}`: another program listens there; choose another port\n"
    )


def test_an_address_has_to_be_given_and_to_answer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "--server is empty" in told(capsys, "quote", "list", "--server", "")
    monkeypatch.setattr("engine.client.client.Client.wait_until_ready.__defaults__", (0.2,))
    assert "no server answered at `127.0.0.1:1`" in told(capsys, "quote", "list", "--server", "127.0.0.1:1", code=1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "this is not JSON"),
        (b"\x96\xff", "this is not text in UTF-8"),
        (b"[1]", "the file holds no JSON object"),
        (b'{"lines": [], "lines": [1]}', "`lines` is stated twice in one object"),
        (b"[" * 100_000, "this is nested too deep"),
        (b'{"term_months": ' + b"1" * 5_000 + b"}", "a number has too many digits"),
        (b'{"term_months": NaN}', "this is not JSON: it knows no `NaN`"),
    ],
)
def test_a_file_that_is_no_json_object_is_named(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "request.json"
    path.write_bytes(content)
    shown = told(capsys, "price", str(path), "--database", str(tmp_path / "a.sqlite3"), code=1)
    assert shown.startswith(f"{path}:1:1: CLI001: {said}")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "request.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(REQUEST).encode())
    assert main(["price", str(path), "--database", str(tmp_path / "a.sqlite3")]) == 0
    assert main(["feel", "currency_code", "--input", f"@{path}"]) == 0
    assert capsys.readouterr().out.endswith('"EUR"\n')


@pytest.mark.parametrize(
    ("queries", "said"),
    [
        ({"x": 1}, "the file holds no list of queries"),
        ([1], "`queries[0]` has no object `assign`"),
        ([{"asign": {}}], "`queries[0]` has no object `assign`"),
        ([{"assign": {"Lampp": True}}], "unknown variable `Lampp`; did you mean `Lamp`?"),
        ([{"assign": {"Lamp": "yes"}}], "`Lamp` does not take `yes`; one of False, True"),
    ],
)
def test_queries_that_cannot_be_asked_are_named(
    queries: object, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bike.uvl").write_text(BIKE)
    (tmp_path / "queries.json").write_text(json.dumps(queries))
    words = ["model", "check", str(tmp_path / "bike.uvl"), "--queries", str(tmp_path / "queries.json")]
    assert main(words) == 1
    assert said in capsys.readouterr().err
    (tmp_path / "bike.truth.json").write_text(json.dumps({"queries": queries, "file": "bike.uvl"}))
    if isinstance(queries, list):
        assert main(["model", "verify", str(tmp_path)]) == 1
        assert said in capsys.readouterr().err
    (tmp_path / "bike.truth.json").write_text("{}")
    assert main(["model", "verify", str(tmp_path)]) == 1
    assert "does not name its model" in capsys.readouterr().err


def test_the_demo_wants_a_fresh_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "exists already" in told(capsys, "demo", "--database", str(tmp_path))


def run(*words: str, **environ: str) -> subprocess.Popen[bytes]:
    program = "from engine.cli import main; raise SystemExit(main())"
    command = [sys.executable, "-c", program, *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environ})


def test_a_reader_who_has_seen_enough_ends_the_command_well(tmp_path: Path) -> None:
    (tmp_path / "bike.uvl").write_text(BIKE)
    for words in (["model", "check", str(tmp_path / "bike.uvl"), "--compile", "never"], ["metrics", "list"]):
        with run(*words, *(["--database", str(tmp_path / "a.sqlite3")] if words[0] == "metrics" else [])) as process:
            assert process.stdout is not None and process.stderr is not None
            process.stdout.close()
            errors = process.stderr.read()
            assert (process.wait(timeout=60), errors) == (0, b"")


def test_a_terminal_of_letters_only_is_shown_bars_of_signs(tmp_path: Path) -> None:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(REQUEST))
    words = ["price", str(path), "--explain", "all", "--database", str(tmp_path / "a.sqlite3")]
    out, errors = run(*words, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C").communicate(timeout=60)
    assert errors == b""
    assert b"################" in out and b"\\u2588" not in out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("words", [["rules", "reference"], ["feel", "1 + 1", "--json"], ["--help"]])
def test_an_output_that_is_full_is_told(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        program = "from engine.cli import main; raise SystemExit(main())"
        ended = subprocess.run([sys.executable, "-c", program, *words], stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 2
    assert ended.stderr == "cpq: no space left on device; the disk is full; make room, then run it again\n"


@pytest.mark.parametrize("words", [["quote", "list", "--database", "FILE"], ["feel", "1 + 1"], ["--help"]])
def test_an_output_that_is_closed_is_written_to_by_nobody(words: list[str], tmp_path: Path) -> None:
    given = [str(tmp_path / "a.sqlite3") if each == "FILE" else each for each in words]
    command = 'exec "$0" -c "import sys; from engine.cli.command import main; sys.exit(main())" "$@" >&-'
    ended = subprocess.run(["sh", "-c", command, sys.executable, *given], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")

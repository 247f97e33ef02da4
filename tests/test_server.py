"""``server.py`` as a process: starts, refuses what it cannot use, drains, and loses nothing that it acknowledged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from engine.client import CallFailed, Client
from tests.fakes.rules import SMALL

ROOT = Path(__file__).resolve().parents[1]


def write_rules(folder: Path, files: Mapping[str, bytes] = SMALL) -> Path:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


@dataclass
class Process:
    popen: subprocess.Popen[str]
    address: str

    def end(self, number: int) -> tuple[int, str]:
        os.kill(self.popen.pid, number)
        out, _ = self.popen.communicate(timeout=60)
        return self.popen.returncode, out


@contextmanager
def running(database: Path, *arguments: str) -> Iterator[Process]:
    command = [
        sys.executable,
        "server.py",
        "--listen",
        "127.0.0.1:0",
        "--database",
        str(database),
        "--quiet",
        *arguments,
    ]
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / '_gen'}"}
    popen = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        assert popen.stdout is not None
        line = popen.stdout.readline()
        assert line.startswith("serving on "), (line, popen.stderr.read() if popen.stderr else "")
        yield Process(popen, line.removeprefix("serving on ").strip())
    finally:
        if popen.poll() is None:
            popen.kill()
        popen.communicate()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / '_gen'}"}
    command = [sys.executable, "server.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60)


def test_help_names_every_option() -> None:
    shown = run("--help")
    assert shown.returncode == 0
    for option in ("--listen", "--database", "--rules", "--threads", "--drain-seconds", "--approvals", "--test-clock"):
        assert option in shown.stdout


def test_an_open_address_is_refused_with_the_reason(tmp_path: Path) -> None:
    refused = run("--listen", "0.0.0.0:0", "--database", str(tmp_path / "a.sqlite3"))
    assert refused.returncode == 2
    assert "refusing to listen on `0.0.0.0:0`: callers are not authenticated yet" in refused.stderr
    assert not (tmp_path / "a.sqlite3").exists()


def test_rules_that_cannot_be_used_are_named_with_their_place(tmp_path: Path) -> None:
    rules = write_rules(tmp_path / "rules")
    (rules / "constraints/box.yaml").write_text("bundle: BOX\nconstraints: [{id: x, require: nope = 1}]\n")
    refused = run("--listen", "127.0.0.1:0", "--database", str(tmp_path / "a.sqlite3"), "--rules", str(rules))
    assert refused.returncode == 2
    assert "constraints/box.yaml:2" in refused.stderr
    assert "nope" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite3").write_text("no database " * 1000)
    refused = run("--listen", "127.0.0.1:0", "--database", str(tmp_path / "a.sqlite3"))
    assert refused.returncode == 2
    assert "cannot open" in refused.stderr


def test_a_signal_drains_and_ends_well(tmp_path: Path) -> None:
    rules = write_rules(tmp_path / "rules")
    with running(tmp_path / "a.sqlite3", "--rules", str(rules)) as process:
        with Client(process.address) as client:
            assert client.catalog.get_product(name="products/MUG").display_name == "Mug"
        assert process.end(signal.SIGTERM) == (0, "stopped\n")


@dataclass
class Acknowledged:
    """What a client was told, by request id: the name and the whole answer."""

    answers: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    gate: threading.Lock = field(default_factory=threading.Lock)


def ask(client: Client, request_id: str) -> tuple[str, bytes]:
    quote = {
        "content": {"customer": "customers/anna", "lines": [{"id": "mug", "sku": "MUG", "quantity": "4"}]},
        "owner": "users/rep",
        "valid_until": date(2999, 12, 31),
    }
    made = client.quotes.create_quote(quote=quote, request_id=request_id)
    return made.name, made.SerializeToString(deterministic=True)


def save_until_killed(address: str, worker: int, told: Acknowledged, enough: threading.Event) -> None:
    with Client(address, timeout=5) as client:
        for number in range(10_000):
            request_id = f"{worker}-{number}"
            try:
                answer = ask(client, request_id)
            except CallFailed:
                return
            with told.gate:
                told.answers[request_id] = answer
                if len(told.answers) >= 150:
                    enough.set()


@pytest.mark.parametrize("attempt", range(2))
def test_every_acknowledged_quote_survives_a_kill_and_every_replay_gives_the_same(tmp_path: Path, attempt: int) -> None:
    kill_while_quotes_are_saved(tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("attempt", range(40))
def test_kill_after_kill_nothing_acknowledged_is_lost(tmp_path: Path, attempt: int) -> None:
    kill_while_quotes_are_saved(tmp_path)


def kill_while_quotes_are_saved(tmp_path: Path) -> None:
    database, rules = tmp_path / "k.sqlite3", write_rules(tmp_path / "rules")
    told, enough = Acknowledged(), threading.Event()
    with running(database, "--rules", str(rules)) as process:
        with Client(process.address) as client:
            client.parties.create_customer(
                customer={"display_name": "Anna", "segment": "retail", "region": "DE"}, customer_id="anna"
            )
            client.parties.create_user(user={"display_name": "Rep"}, user_id="rep")
        workers = [
            threading.Thread(target=save_until_killed, args=(process.address, worker, told, enough))
            for worker in range(6)
        ]
        for worker in workers:
            worker.start()
        assert enough.wait(60)
        process.popen.kill()
        for worker in workers:
            worker.join(60)
    assert len(told.answers) >= 150
    with running(database) as process, Client(process.address) as client:
        stored = {each.name for each in client.quotes.list_quotes(page_size=500)}
        names = {name for name, _ in told.answers.values()}
        assert len(names) == len(told.answers)
        assert names <= stored
        events = list(client.events.watch_events(event_types=["QuoteCreated"]))
        assert sorted(f"quotes/{each.entity}" for each in events) == sorted(stored)
        for request_id, answer in told.answers.items():
            assert ask(client, request_id) == answer
        assert {each.name for each in client.quotes.list_quotes(page_size=500)} == stored
        sample = next(iter(told.answers.values()))
        assert client.quotes.get_quote(name=sample[0]).SerializeToString(deterministic=True) == sample[1]

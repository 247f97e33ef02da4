"""Settings to a server: ``engine.bootstrap.settings``, ``command_line``, ``build``, ``running``, ``serving``."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import grpc
import pytest
from cpq.v1 import event_pb2, event_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from engine.application import publish
from engine.application.ports import StoreFailed
from engine.bootstrap.build import approvals, build_server
from engine.bootstrap.command_line import add_options, settings_of
from engine.bootstrap.running import limits_of
from engine.bootstrap.serving import do_what_is_due, get_ready, in_process
from engine.bootstrap.settings import Settings, SettingsError, check
from engine.cli.options import SHIPPED_RULES
from engine.client import Client
from engine.rulebook.parts import Configurators
from tests.adapters.durable import durable_rules_or_skip
from tests.test_server import write_rules


def parsed(*arguments: str, **environ: str) -> Settings:
    parser = argparse.ArgumentParser()
    add_options(parser, environ)
    return settings_of(parser.parse_args(arguments), environ)


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "localhost:1", "[::1]:5", "unix:/tmp/x.sock"])
def test_this_machine_may_be_listened_on(listen: str) -> None:
    check(Settings(Path("x"), listen=listen))


@pytest.mark.parametrize(
    ("listen", "said"),
    [
        ("0.0.0.0:1", "not authenticated"),
        ("[::]:1", "not authenticated"),
        ("example.com:1", "not authenticated"),
        ("127.0.0.1", "not an address"),
        ("127.0.0.1:99999", "not an address"),
        ("127.0.0.1:\u00b2", "not an address"),
        (":50051", "not an address"),
    ],
)
def test_other_addresses_are_refused_with_the_reason(listen: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        check(Settings(Path("x"), listen=listen))


def test_other_settings_are_checked() -> None:
    for wrong in (
        {"approvals": "magic"},
        {"handler_threads": 0},
        {"lines_max": 0},
        {"message_bytes_max": 1},
        {"message_bytes_max": 2**31},
        {"drain_seconds": -1},
        {"drain_seconds": float("inf")},
        {"drain_seconds": float("nan")},
        {"calls_max": 0},
        {"tax_hook": "file:///etc/passwd"},
        {"tax_hook": "taxes.example"},
        {"tax_hook": "http://[::1"},
        {"tax_seconds": 0},
        {"search_seconds": 0},
        {"search_seconds": float("nan")},
        {"search_conflicts": 0},
        {"tax_seconds": float("nan")},
    ):
        with pytest.raises(SettingsError):
            check(replace(Settings(Path("x")), **wrong))  # type: ignore[arg-type]


def test_options_come_from_the_command_line_or_the_environment() -> None:
    settings = parsed(
        "--listen", "127.0.0.1:7", "--database", "/nowhere/x", "--rules", "a", "--rules", "b", "--test-clock"
    )
    assert (settings.listen, settings.rules, settings.test_clock) == ("127.0.0.1:7", (Path("a"), Path("b")), True)
    settings = parsed(CPQ_LISTEN="127.0.0.1:8", CPQ_DATABASE="/nowhere/y", CPQ_MAX_LINES="7", CPQ_RULES="a:b")
    assert (settings.listen, settings.lines_max, len(settings.rules)) == ("127.0.0.1:8", 7, 2)
    hooked = parsed("--tax-seconds", "3", CPQ_TAX_HOOK="https://taxes.example/rates")
    assert (hooked.tax_hook, hooked.tax_seconds) == ("https://taxes.example/rates", 3)
    searching = limits_of(parsed("--search-seconds", "0.5", CPQ_SEARCH_CONFLICTS="900")).search
    assert (searching.milliseconds, searching.conflicts) == (500, 900)
    assert parsed("--database", "/nowhere/z").rules[0].name == "workstation"
    assert parsed("--cache", "/nowhere/c").cache == Path("/nowhere/c/cpq")
    assert parsed(CPQ_CACHE="/nowhere/c").cache == Path("/nowhere/c/cpq")
    assert parsed("--cache", "none").cache is parsed(CPQ_CACHE="none").cache is None
    assert limits_of(settings).lines == 7


@pytest.mark.parametrize(
    ("said", "is_on"), [("", False), ("0", False), ("false", False), ("No", False), ("1", True), ("on", True)]
)
def test_a_switch_of_the_environment_is_on_or_off(said: str, is_on: bool) -> None:
    assert parsed(CPQ_TEST_CLOCK=said).test_clock is is_on


def test_a_switch_that_is_neither_is_refused() -> None:
    with pytest.raises(SettingsError, match="CPQ_TEST_CLOCK is `maybe`"):
        parsed(CPQ_TEST_CLOCK="maybe")


def test_what_keeps_the_address_of_a_socket_from_being_used_is_said(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none" / "s", "No such file or directory"), (tmp_path / ("s" * 200), "too long")):
        with pytest.raises(SettingsError, match=said):
            build_server(Settings(tmp_path / "a.sqlite3", listen=f"unix:{path}"))


def test_a_folder_that_cannot_be_made_for_the_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(SettingsError, match="cannot be made the folder of the database"):
        build_server(Settings(tmp_path / "file" / "a.sqlite3"))


def test_a_server_in_the_same_process_answers_and_keeps_its_book(tmp_path: Path) -> None:
    rules = write_rules(tmp_path / "rules")
    settings = Settings(tmp_path / "deep" / "a.sqlite3", rules=(rules,))
    for folders in ((rules,), ()):
        with in_process(replace(settings, rules=folders)) as running, Client(running.address) as client:
            assert [each.book_id for each in client.rule_books.list_rule_books()] == ["small"]
            assert client.catalog.get_product(name="products/MUG").display_name == "Mug"
            assert [each.number for each in client.rule_books.list_rule_books()] == [1]


def test_the_tests_of_a_book_run_when_it_is_published_not_at_every_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = write_rules(tmp_path / "rules")
    settings = Settings(tmp_path / "a.sqlite3", rules=(rules,))
    tested: list[str] = []
    monkeypatch.setattr(publish, "test_book", lambda active: tested.append(active.book.id) or publish.TestsRun(0, ()))
    for _ in range(2):
        with in_process(settings) as running, Client(running.address) as client:
            assert client.catalog.get_product(name="products/MUG").display_name == "Mug"
    assert tested == ["small"]
    catalog = next(path for path in rules.rglob("*.*") if b"Mug" in path.read_bytes())
    catalog.write_text(catalog.read_text().replace("Mug", "Cup"))
    with in_process(settings) as running, Client(running.address) as client:
        assert client.catalog.get_product(name="products/MUG").display_name == "Cup"
    assert tested == ["small", "small"]


def test_a_server_is_ready_for_its_first_callers(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "a.sqlite3", rules=(SHIPPED_RULES,))
    with in_process(settings) as running:
        get_ready(running.env)
        book = running.env.books.in_force("default", running.env.clock.now("default").date())
        assert book is not None
        configurators = book.parts.configurators
        assert isinstance(configurators, Configurators)
        assert configurators.made == len(configurators) == 2
        assert "WS" in configurators
        assert configurators.get("MOUSE") is None
    with in_process(replace(settings, database=tmp_path / "empty.sqlite3", rules=())) as running:
        get_ready(running.env)  # there is no book, and that is no fault


def test_a_folder_that_is_none_is_refused_and_the_store_released(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "a.sqlite3", listen="127.0.0.1:0", rules=(tmp_path / "nowhere",))
    with pytest.raises(SettingsError, match="nowhere"):
        build_server(settings)
    build_server(replace(settings, rules=())).close()


def test_what_is_due_is_done_and_a_broken_store_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with build_server(Settings(tmp_path / "a.sqlite3", listen=f"unix:{tmp_path / 's'}")) as running:
        assert do_what_is_due(running.env) == 0

        def full(*_: object, **__: object) -> int:
            raise StoreFailed("disk full")

        monkeypatch.setattr(type(running.env.store), "purge_answers", full)
        assert do_what_is_due(running.env) == 0
        assert "disk full" in caplog.text

        def broken(*_: object, **__: object) -> int:
            raise KeyError("a bug of ours")

        monkeypatch.setattr(type(running.env.store), "purge_answers", broken)
        assert do_what_is_due(running.env) == 0
        assert "a bug of ours" in caplog.text


def test_closing_twice_is_closing_once(tmp_path: Path) -> None:
    running = build_server(Settings(tmp_path / "a.sqlite3", listen=f"unix:{tmp_path / 's'}"))
    running.close()
    running.close()


def test_the_approval_process_is_a_setting() -> None:
    assert type(approvals(Settings(Path("x")))).__name__ == "PlainApprovalProcess"
    durable_rules_or_skip()
    assert type(approvals(Settings(Path("x"), approvals="durable"))).__name__ == "DurableApprovalProcess"


def test_a_call_beyond_the_most_at_once_is_turned_away(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "cpq.sqlite3", calls_max=1)
    with in_process(settings) as running, grpc.insecure_channel(running.address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        events, follow = event_pb2_grpc.EventServiceStub(channel), event_pb2.WatchEventsRequest(follow=True)
        watch, codes = events.WatchEvents(follow), []
        for _ in range(1_000):  # the stream is taken in its own time, unless a check of the server came before it
            try:
                stub.Check(health_pb2.HealthCheckRequest(), timeout=10)
            except grpc.RpcError as refused:
                codes.append(refused.code())
                break
            watch = watch if watch.is_active() else events.WatchEvents(follow)
            time.sleep(0.01)
        assert codes == [grpc.StatusCode.RESOURCE_EXHAUSTED]
        watch.cancel()
    with pytest.raises(SettingsError, match="at least one call"):
        check(Settings(tmp_path / "x", calls_max=0))

"""Every mutation has and honours ``request_id``, ``validate_only`` and ``etag``; every RPC is tested and documented."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import quote_pb2
from google.protobuf.message import Message

from engine.api.services import SERVICES
from engine.application.perform import Unheard
from tests.api import deal
from tests.api.api_page import PAGE, page
from tests.api.mutations import MUTATIONS, OTHER_BODY
from tests.api.server import STUBS, Served, failure, served

ROOT = Path(__file__).resolve().parents[2]
METHODS = {method.name: method for service in SERVICES.values() for method in service.methods}
READS = ("Get", "List", "Search", "Price", "Stream", "Explain", "Configure", "Validate", "Repair", "Complete")
READS += ("Plan", "Preview", "Compare", "Verify", "Check", "Test", "Analyse", "Watch", "RunAudit", "Assess")
THREE = ("request_id", "validate_only", "etag")
STREAMED_IN = {"StreamUsage": ("validate_only",)}
"""Reads by their names only: the id of a record does for it what `request_id` does for a mutation."""


def is_read(name: str) -> bool:
    return name.startswith(READS)


def test_a_method_that_is_no_read_is_a_known_mutation() -> None:
    assert {name for name in METHODS if not is_read(name)} == set(MUTATIONS)


@pytest.mark.parametrize("name", sorted(METHODS))
def test_mutations_and_only_they_carry_the_three_fields(name: str) -> None:
    fields = METHODS[name].input_type.fields_by_name
    wanted = STREAMED_IN.get(name, () if is_read(name) else THREE)
    assert tuple(each for each in THREE if each in fields) == wanted


@pytest.mark.parametrize("name", sorted(METHODS))
def test_every_method_is_named_in_a_test_and_in_the_reference(name: str) -> None:
    tests = [path for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__)]
    assert any(f".{name}(" in path.read_text() or f".{name}," in path.read_text() for path in tests)
    assert f"`{name}`" in (ROOT / "docs" / "reference" / "api.md").read_text()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    folder = tmp_path_factory.mktemp("mutations")
    with served(folder, bell=Unheard()) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server, folder / "cpq.sqlite3"


def state(database: Path) -> dict[str, list[Any]]:
    """Every stored row but the sequences of ids, which may have gaps."""
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    kept = [name for name in names if name not in {"sequences", "sqlite_sequence"}]
    found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in kept}
    connection.close()
    return found


def call_of(server: Served, name: str) -> Any:
    service = METHODS[name].containing_service.name
    stub = getattr(server, next(short for short, full in STUBS.items() if full == service))
    return getattr(stub, name)


def changed(name: str, request: Message) -> Message:
    """The same request with another body."""
    other = type(request)()
    other.CopyFrom(request)
    if name in OTHER_BODY:
        other.MergeFrom(type(request)(**OTHER_BODY[name]))
        return other
    for field in request.DESCRIPTOR.fields:
        if field.name not in THREE and not field.is_repeated and field.type == field.TYPE_STRING:
            setattr(other, field.name, f"{getattr(request, field.name)}x")
            return other
        if field.message_type is not None and not field.is_repeated and field.name not in ("update_mask", "period"):
            inner = getattr(other, field.name)
            text = next((each for each in ("display_name", "title") if each in field.message_type.fields_by_name), "")
            if text:
                setattr(inner, text, "Something else")
                return other
    raise AssertionError(f"no field of {name} can be changed")


@pytest.mark.parametrize("name", [name for name in sorted(MUTATIONS) if name != "CreateTestClock"])
def test_a_mutation_honours_the_three_fields(shop: tuple[Served, Path], name: str) -> None:
    server, database = shop
    check_mutation(server, database, name)


def test_creating_a_test_clock_honours_the_three_fields(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        check_mutation(server, tmp_path / "cpq.sqlite3", "CreateTestClock")


def etag_told(message: str) -> str:
    """The etag in the store as a refusal tells it; empty where nothing is stored yet."""
    found = re.fullmatch(r"the etag is (?:`(.+)`|empty) by now, not `.*`; .*", message)
    assert found is not None, message
    return found[1] or ""


def check_mutation(server: Served, database: Path, name: str) -> None:
    request: Any = MUTATIONS[name](server)
    call = call_of(server, name)
    before = state(database)

    request.etag = '"no such etag"'
    stale = failure(call, request)
    assert (stale.code, stale.reason) == (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")
    assert state(database) == before

    request.validate_only = True
    request.etag = etag_told(stale.message)
    call(request, timeout=30)
    assert state(database) == before, "the etag of the store is taken"
    request.etag = ""

    request.request_id = f"request-{name}"
    call(request, timeout=30)
    assert state(database) == before
    request.validate_only = False

    first = call(request, timeout=30)
    after = state(database)
    assert after != before
    assert any(row[1] == request.request_id for row in after["requests"])
    assert call(request, timeout=30) == first
    assert state(database) == after

    reused = failure(call, changed(name, request))
    assert (reused.code, reused.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_ID_REUSED")
    assert state(database) == after


def test_what_is_only_tried_is_named_like_nothing_that_is_kept(shop: tuple[Served, Path]) -> None:
    server, _ = shop
    request: Any = MUTATIONS["CreateQuote"](server)
    request.validate_only = True
    tried = call_of(server, "CreateQuote")(request, timeout=30)
    assert tried.name == "quotes/q-preview-1"
    request.validate_only = False
    made = call_of(server, "CreateQuote")(request, timeout=30)
    assert re.fullmatch(r"quotes/q-\d{6}", made.name)
    assert made.priced == tried.priced
    missing = failure(server.quotes.GetQuote, quote_pb2.GetQuoteRequest(name=tried.name))
    assert missing.code is grpc.StatusCode.NOT_FOUND


def test_the_reference_page_is_that_of_the_protos() -> None:
    assert PAGE.read_text() == page(), "run `python -m tests.api.api_page`"

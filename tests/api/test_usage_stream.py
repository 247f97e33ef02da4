"""Usage as a stream: what is acknowledged is stored, what is wrong is named by record, and nothing counts twice."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2

from engine.application.kept_usage import StoredUsage
from engine.application.paging import every
from engine.client import CallFailed, Client
from tests.api import deal
from tests.api.server import Failure, Served, served


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("usage"), handler_threads=8) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


@pytest.fixture
def contract(meter: Served) -> str:
    return deal.ordered(meter, deal.line("CALLS", "100"), term_months=12).contract


def record(key: str, quantity: str = "10", line: str = "calls", day: str = "2026-03-05") -> billing_pb2.UsageRecord:
    return billing_pb2.UsageRecord(id=key, line=line, day=deal.day(day), quantity=quantity)


def batch(contract: str, *records: billing_pb2.UsageRecord, **fields: Any) -> billing_pb2.StreamUsageRequest:
    return billing_pb2.StreamUsageRequest(contract=contract, records=records, **fields)


def stored(server: Served, contract: str) -> dict[str, Decimal]:
    with server.env.store.read("default") as reader:
        found = list(every(reader, StoredUsage, contract=contract.partition("/")[2]))
    return {each.record.id: each.record.quantity for each in found}


def sent(server: Served, *batches: billing_pb2.StreamUsageRequest) -> list[billing_pb2.StreamUsageResponse]:
    return list(server.billing.StreamUsage(iter(batches), timeout=60))


def test_each_batch_is_acknowledged_once_it_is_stored(meter: Served, contract: str) -> None:
    batches: queue.Queue[billing_pb2.StreamUsageRequest | None] = queue.Queue()
    replies = meter.billing.StreamUsage(iter(batches.get, None), timeout=60)
    wanted = {}
    for number in range(1, 4):
        batches.put(batch(contract, *(record(f"u-{number}-{n}", str(n)) for n in range(3))))
        reply = next(replies)
        wanted |= {f"u-{number}-{n}": Decimal(n) for n in range(3)}
        assert (reply.batch, reply.recorded_count, reply.duplicate_count) == (number, 3, 0)
        assert stored(meter, contract) == wanted, "before the next batch is sent"
    batches.put(None)
    assert list(replies) == []


def test_a_batch_that_is_sent_again_changes_nothing(meter: Served, contract: str) -> None:
    same = batch(contract, record("a"), record("b", "2.50"))
    first, again = sent(meter, same, same)
    assert (first.recorded_count, first.duplicate_count) == (2, 0)
    assert (again.recorded_count, again.duplicate_count, list(again.refused)) == (0, 2, [])
    (later,) = sent(meter, batch(contract, record("b", "2.5"), record("b", "2.5"), record("c")))
    assert (later.recorded_count, later.duplicate_count) == (1, 2)
    assert stored(meter, contract) == {"a": 10, "b": Decimal("2.5"), "c": 10}


def test_wrong_records_are_named_with_all_faults_and_keep_no_other_back(meter: Served, contract: str) -> None:
    wrong = billing_pb2.UsageRecord(id="x\x00", line="", quantity="many")
    records = (record("a"), wrong, record("b", line="callz"), record("c"), record("a", "11"))
    (reply,) = sent(meter, batch(contract, *records))
    assert (reply.recorded_count, reply.duplicate_count) == (2, 0)
    named = {(each.index, each.id): {fault.field: fault.code for fault in each.faults} for each in reply.refused}
    assert named == {
        (1, "x\x00"): {
            "id": "INVALID_FIELD",
            "line": "REQUIRED_FIELD",
            "day": "REQUIRED_FIELD",
            "quantity": "INVALID_FIELD",
        },
        (2, "b"): {"line": "INVALID_FIELD"},
        (4, "a"): {"id": "USAGE_ID_REUSED"},
    }
    told = {each.id: each.faults[0] for each in reply.refused}
    assert told["b"].hint == "did you mean `calls`?"
    assert told["a"].message == "`a` is known as 10 of `calls` on 2026-03-05"
    assert stored(meter, contract) == {"a": 10, "c": 10}


def test_a_batch_that_cannot_be_read_keeps_the_stream_open(meter: Served, contract: str) -> None:
    many = batch(contract, *(record(f"m-{n}") for n in range(1_001)))
    replies = sent(
        meter,
        batch("contracts/none", record("a")),
        batch("quotes/q-1"),
        many,
        batch(contract),
        batch(contract, record("a")),
    )
    assert [[(each.field, each.code) for each in reply.faults] for reply in replies] == [
        [("contract", "NOT_FOUND")],
        [("contract", "INVALID_FIELD"), ("records", "REQUIRED_FIELD")],
        [("records", "INVALID_FIELD")],
        [("records", "REQUIRED_FIELD")],
        [],
    ]
    assert [each.batch for each in replies] == [1, 2, 3, 4, 5]
    assert stored(meter, contract) == {"a": 10}


def test_validate_only_says_the_same_and_saves_nothing(meter: Served, contract: str) -> None:
    records = record("a"), record("b", line="none")
    (checked,) = sent(meter, batch(contract, *records, validate_only=True))
    assert stored(meter, contract) == {}
    (kept,) = sent(meter, batch(contract, *records))
    assert checked == kept and list(stored(meter, contract)) == ["a"]


def test_so_many_streams_are_taken_and_the_others_turned_away(meter: Served, contract: str) -> None:
    """Eight threads: two streams at most, so that six are left for everybody else."""
    held: list[tuple[queue.Queue[Any], Any]] = []
    for number in range(2):
        batches: queue.Queue[Any] = queue.Queue()
        batches.put(batch(contract, record(f"held-{number}")))
        replies = meter.billing.StreamUsage(iter(batches.get, None), timeout=60)
        assert next(replies).recorded_count == 1
        held.append((batches, replies))
    with pytest.raises(grpc.RpcError) as turned:
        sent(meter, batch(contract, record("late")))
    refused = Failure(turned.value)
    assert refused.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert [each.reason for each in refused.infos] == ["TOO_MANY_STREAMS"]
    held[0][1].cancel()
    held[1][0].put(None)
    assert list(held[1][1]) == []
    for _ in range(100):  # the server hears of the cancelled one in its own time
        try:
            (reply,) = sent(meter, batch(contract, record("late")))
            break
        except grpc.RpcError as error:
            assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert reply.recorded_count == 1


def test_the_client_sends_plain_values(meter: Served, contract: str) -> None:
    with Client(meter.running.address) as client:
        one = {"id": "a", "line": "calls", "day": date(2026, 3, 5), "quantity": Decimal("1.5")}
        (reply,) = client.billing.stream_usage([{"contract": contract, "records": [one]}])
        assert reply.recorded_count == 1
        meter_gone = client.billing.stream_usage(iter([]))
        assert list(meter_gone) == []
    assert stored(meter, contract) == {"a": Decimal("1.5")}


def test_what_was_acknowledged_is_there_after_a_restart(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        deal.set_clock(server)
        deal.people(server)
        name = deal.ordered(server, deal.line("CALLS", "100"), term_months=12).contract
        replies = server.billing.StreamUsage(iter([batch(name, record("a")), batch(name, record("b"))]), timeout=60)
        assert next(replies).recorded_count == 1
        replies.cancel()
    with served(tmp_path) as server:
        both = sent(server, batch(name, record("a"), record("b")))
        assert both[0].recorded_count + both[0].duplicate_count == 2 and both[0].duplicate_count >= 1
        assert set(stored(server, name)) == {"a", "b"}


def test_a_stream_without_a_server_says_so() -> None:
    with Client("127.0.0.1:1") as client, pytest.raises(CallFailed, match="UNAVAILABLE"):
        list(client.billing.stream_usage([]))

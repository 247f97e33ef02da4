"""Usage over gRPC: what a record costs the server by the size of its batch, as a stream and call by call.

The server is a process of its own with the shipped subscription book; the kernel tells its CPU time. Results first:
what both ways acknowledge is what was sent, and sending it again is all duplicates.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from cpq.v1 import billing_pb2
from google.type.date_pb2 import Date

from benchmarks.measure import percentile, report
from benchmarks.serving.process import ROOT, Server, our_server
from engine.client import Client

SIZES = (10, 100, 1_000)
RECORDS = 4_000
ROUNDS = 5
RECORD = "/cpq.v1.BillingService/RecordUsage"
STREAM = "/cpq.v1.BillingService/StreamUsage"
DAY = Date(year=2026, month=2, day=3)


def contract(client: Client) -> str:
    """A contract with a metered line."""
    customer = client.parties.create_customer(customer={"display_name": "A", "segment": "business", "region": "EU"})
    owner = client.parties.create_user(user={"display_name": "Ann"})
    lines = [{"id": "api", "sku": "API", "quantity": "1000"}]
    content = {"customer": customer.name, "currency_code": "EUR", "term_months": 12, "lines": lines}
    forever = {"year": 2999, "month": 12, "day": 31}
    quote = client.quotes.create_quote(quote={"owner": owner.name, "valid_until": forever, "content": content})
    client.quotes.submit_quote(name=quote.name)
    client.quotes.send_quote(name=quote.name)
    client.quotes.accept_quote(name=quote.name, version=1)
    return client.orders.create_order(quote=quote.name).contract


def batches(size: int, names: Iterator[int]) -> list[list[billing_pb2.UsageRecord]]:
    """Records with ids of their own, in batches."""
    records = [
        billing_pb2.UsageRecord(id=f"u-{next(names)}", line="api", day=DAY, quantity="3") for _ in range(RECORDS)
    ]
    return [records[at : at + size] for at in range(0, RECORDS, size)]


def streamed(server: Server, name: str, made: list[list[billing_pb2.UsageRecord]]) -> tuple[int, int]:
    """All batches on one stream; how many records were new, and how many known."""
    call = server.channel.stream_stream(STREAM, request_serializer=None, response_deserializer=None)
    sent = [billing_pb2.StreamUsageRequest(contract=name, records=each).SerializeToString() for each in made]
    replies = [billing_pb2.StreamUsageResponse.FromString(each) for each in call(iter(sent))]
    assert not any(each.faults or each.refused for each in replies)
    return sum(each.recorded_count for each in replies), sum(each.duplicate_count for each in replies)


def called(server: Server, name: str, made: list[list[billing_pb2.UsageRecord]]) -> tuple[int, int]:
    """A call for each batch, one after the other."""
    call = server.call(RECORD)
    sent = [billing_pb2.RecordUsageRequest(contract=name, records=each).SerializeToString() for each in made]
    replies = [billing_pb2.RecordUsageResponse.FromString(call(each)) for each in sent]
    return sum(each.recorded_count for each in replies), sum(each.duplicate_count for each in replies)


def main() -> None:
    """Measure and report."""
    names = itertools.count()
    ways: dict[str, Callable[..., tuple[int, int]]] = {"stream": streamed, "calls": called}
    with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder:
        server = our_server(Path(folder), ROOT / "rules" / "saas")
        try:
            with Client(server.address) as client:
                name = contract(client)
            for way in ways.values():
                made = batches(100, names)
                assert way(server, name, made) == (RECORDS, 0)
                assert way(server, name, made) == (0, RECORDS)
            rows = [measured(server, name, size, names, ways) for size in SIZES]
        finally:
            server.close()
    report("usage_stream", rows, budgets={"records": f"{RECORDS} a round, {ROUNDS} rounds, lower quartile"})


def measured(
    server: Server, name: str, size: int, names: Iterator[int], ways: dict[str, Callable[..., tuple[int, int]]]
) -> dict[str, object]:
    """One size of batch, both ways in turn."""
    cpu: dict[str, list[float]] = {way: [] for way in ways}
    rate: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, send in ways.items():
            made = batches(size, names)
            start, began = server.cpu_seconds(), time.perf_counter()
            assert send(server, name, made) == (RECORDS, 0)
            cpu[way].append((server.cpu_seconds() - start) / RECORDS * 1e6)
            rate[way].append(RECORDS / (time.perf_counter() - began))
    row: dict[str, object] = {"records a batch": size}
    for way in ways:
        row |= {
            f"{way}: server CPU us a record": percentile(cpu[way], 0.25),
            f"{way}: a second": percentile(rate[way], 0.75),
        }
    return row


if __name__ == "__main__":
    main()

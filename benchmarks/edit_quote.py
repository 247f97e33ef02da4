"""An edit of one line of a stored quote, against creating the quote and against an echo, in the same run.

CPU time of the server a call, as ``rpc`` takes it: the kernel tells it of a process of its own, calls are sent by a
Python client, one at a time as one agent edits, and each kind is measured right after an echo. There are two books. In
the first an edit of a line reaches that line and the totals alone. In the shipped one of workstations a margin guard
watches each line and a discount on a large order is spread over all of them, so that an edit changes what nearly every
line takes of it.

Results first: after an edit the server answers what another one answers that is asked for a new quote of the edited
lines, and totals are the sums of the lines.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cpq.v1 import party_pb2, pricing_pb2, quote_pb2
from google.type.date_pb2 import Date
from grpc_health.v1 import health_pb2

from benchmarks.measure import exponent, report
from benchmarks.serving import load, quotes
from benchmarks.serving.load import Call
from benchmarks.serving.peers import task
from benchmarks.serving.peers.task import Quotes
from benchmarks.serving.process import ROOT, Server, our_server

ECHO = "/grpc.health.v1.Health/Check"
CREATE, EDIT = "/cpq.v1.QuoteService/CreateQuote", "/cpq.v1.QuoteService/BatchUpdateQuoteLines"
FOREVER = Date(year=2999, month=12, day=31)
OPTIONS = ("--max-lines", "5000")
SIZES = {10: 60, 100: 40, 1_000: 12, 5_000: 4}
"""Lines of a quote, and how many calls are sent together."""
ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Task:
    """A book, and what is quoted by it."""

    name: str
    content: Callable[[int, int], pricing_pb2.QuoteContent]
    rules: Callable[[Path], Path]


def _alone(lines: int, number: int) -> pricing_pb2.QuoteContent:
    return pricing_pb2.PriceQuoteRequest.FromString(task.request(lines, Quotes.MET, number)).content


def _shipped(lines: int, number: int) -> pricing_pb2.QuoteContent:
    return quotes.content(lines, kind=quotes.Lines.MET, number=number)


TASKS = (
    Task("lines alone", _alone, task.write_book),
    Task("a discount over all lines", _shipped, lambda _: ROOT / "rules" / "workstation"),
)


def prepare(server: Server) -> None:
    """The people that quotes name."""
    customer = party_pb2.Customer(display_name="Anna", segment="retail", region="DE", attributes={"tier": "none"})
    made = party_pb2.CreateCustomerRequest(customer=customer, customer_id="plain")
    server.call("/cpq.v1.PartyService/CreateCustomer")(made.SerializeToString())
    user = party_pb2.CreateUserRequest(user=party_pb2.User(display_name="Rep"), user_id="rep")
    server.call("/cpq.v1.PartyService/CreateUser")(user.SerializeToString())


def create(content: pricing_pb2.QuoteContent) -> bytes:
    """The bytes that ask for a new quote."""
    quote = quote_pb2.Quote(content=content, owner="users/rep", valid_until=FOREVER)
    return quote_pb2.CreateQuoteRequest(quote=quote).SerializeToString()


def edits(kept: quote_pb2.Quote) -> Callable[[], bytes]:
    """Requests that give the line in the middle of a quote another quantity each time."""
    line = kept.content.lines[len(kept.content.lines) // 2]
    counted = itertools.count(1)

    def body() -> bytes:
        number = next(counted)
        line.quantity = str(1 + number % 9)
        request = quote_pb2.BatchUpdateQuoteLinesRequest(name=kept.name, request_id=f"{kept.name} edit {number}")
        request.upserts.add().CopyFrom(line)
        return request.SerializeToString()

    return body


def creations(one: Task, lines: int) -> Callable[[], bytes]:
    """Requests for new quotes, each of other lines than the one before."""
    counted = itertools.count(1)
    return lambda: create(one.content(lines, next(counted)))


def check(server: Server, kept: quote_pb2.Quote, other: Server) -> None:
    """An edited quote is what a server that never saw it makes of a new one with its lines."""
    body = edits(kept)
    for _ in range(3):
        edited = quote_pb2.Quote.FromString(server.call(EDIT)(body()))
        anew = quote_pb2.Quote.FromString(other.call(CREATE)(create(edited.content)))
        assert edited.content == anew.content and edited.priced == anew.priced
        assert edited.priced.totals.list == sum(line.list_amount for line in edited.priced.lines)
        assert edited.priced.totals.net == sum(line.net for line in edited.priced.lines)


def measured(one: Task, server: Server, other: Server) -> list[dict[str, object]]:
    """What creating and editing quotes of each size take."""
    echo = Call(server, ECHO, lambda: health_pb2.HealthCheckRequest().SerializeToString(), 200)
    rows: list[dict[str, object]] = []
    points = []
    for lines, times in SIZES.items():
        kept = quote_pb2.Quote.FromString(server.call(CREATE)(create(one.content(lines, 0))))
        check(server, kept, other)
        calls = {
            "create": Call(server, CREATE, creations(one, lines), times),
            "edit": Call(server, EDIT, edits(kept), times),
        }
        floor, found = load.compare(echo, calls, rounds=ROUNDS, in_flight=1)
        edited, created = found["edit"].cost.cpu_us, found["create"].cost.cpu_us
        points.append((float(lines), edited))
        rows.append(
            {
                "quote": f"{lines} lines, {one.name}",
                "edit ms": edited / 1_000,
                "create ms": created / 1_000,
                "echo ms": floor.cpu_us / 1_000,
                "times echo": found["edit"].cpu_ratio,
                "of creating": edited / created,
            }
        )
    rows.append({"quote": f"fitted exponent, {one.name}", "edit ms": exponent(points)})
    return rows


def main() -> None:
    """Run and report."""
    rows: list[dict[str, object]] = []
    for one in TASKS:
        with tempfile.TemporaryDirectory(prefix="cpq-bench-") as first, tempfile.TemporaryDirectory() as second:
            rules = one.rules(Path(first))
            servers = [our_server(Path(folder), rules, OPTIONS) for folder in (first, second)]
            try:
                for server in servers:
                    prepare(server)
                rows += measured(one, *servers)
            finally:
                for server in servers:
                    server.close()
    report("edit_quote", rows, budgets={"an edit": "less than creating the quote anew, from 1 000 lines on"})


if __name__ == "__main__":
    main()

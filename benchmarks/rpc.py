"""What a call costs the server: an echo against prices, clicks and durable saves, in one interleaved run.

The server is a process of its own with production interceptors; its CPU time is read from the kernel. The echo is the
health check: a tiny message through the same interceptors. The client sends prepared bytes, so that it costs little.
Results first: the total of every priced quote is the one worked out by hand.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import grpc
from cpq.v1 import common_pb2, configuration_pb2, party_pb2, pricing_pb2, quote_pb2
from google.type.date_pb2 import Date
from grpc_health.v1 import health_pb2

from benchmarks.measure import report

ROOT = Path(__file__).resolve().parents[1]
PROCESS_CLOCK = 2
ROUNDS = 5
CALLERS = 32
MOUSE_MINOR = 1990
"""List price of the MOUSE of the shipped book; it takes no discount, so that totals are worked out in the head."""


class Server:
    """``server.py`` on a free port with the shipped workstation book and a fresh database."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "server.py", "--quiet", "--listen", "127.0.0.1:0"]
        command += ["--database", str(folder / "bench.sqlite3"), "--rules", str(ROOT / "rules" / "workstation")]
        environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / '_gen'}"}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.channel = grpc.insecure_channel(self.process.stdout.readline().removeprefix("serving on ").strip())

    def cpu_seconds(self) -> float:
        """CPU time of all threads of the server so far, to the nanosecond; Linux names the clock by the process."""
        return time.clock_gettime(~self.process.pid << 3 | PROCESS_CLOCK)

    def call(self, path: str) -> Callable[[bytes], bytes]:
        """A method that takes and gives bytes."""
        return self.channel.unary_unary(path, request_serializer=None, response_deserializer=None)

    def close(self) -> None:
        """End the server."""
        self.channel.close()
        self.process.terminate()
        self.process.wait()


def content(lines: int) -> pricing_pb2.QuoteContent:
    """So many lines of one part for a customer in Germany."""
    found = pricing_pb2.QuoteContent(customer="customers/anna", term_months=12)
    for number in range(lines):
        found.lines.add(id=f"l{number}", sku="MOUSE", quantity="1")
    return found


def price_request(lines: int, view: int = common_pb2.VIEW_FULL) -> bytes:
    return pricing_pb2.PriceQuoteRequest(content=content(lines), view=view).SerializeToString()


def create_request(number: int) -> bytes:
    quote = quote_pb2.Quote(content=content(10), owner="users/rep", valid_until=Date(year=2999, month=12, day=31))
    return quote_pb2.CreateQuoteRequest(quote=quote, request_id=f"bench-{number}").SerializeToString()


def prepare(server: Server) -> None:
    """The people of the quotes; then check that prices are right."""
    customer = party_pb2.Customer(display_name="Anna", segment="retail", region="DE")
    request = party_pb2.CreateCustomerRequest(customer=customer, customer_id="anna")
    server.call("/cpq.v1.PartyService/CreateCustomer")(request.SerializeToString())
    user = party_pb2.CreateUserRequest(user=party_pb2.User(display_name="Rep"), user_id="rep")
    server.call("/cpq.v1.PartyService/CreateUser")(user.SerializeToString())
    for lines in (10, 100):
        reply = server.call("/cpq.v1.PricingService/PriceQuote")(price_request(lines))
        totals = pricing_pb2.PricedQuote.FromString(reply).totals
        assert totals.list == MOUSE_MINOR * lines, totals.list
        assert totals.net == MOUSE_MINOR * lines, totals.net


def per_call(server: Server, works: dict[str, tuple[Callable[[bytes], bytes], bytes, int]]) -> dict[str, float]:
    """Median CPU microseconds of the server for one call of each kind, taken in turn."""
    samples: dict[str, list[float]] = {name: [] for name in works}
    for call, request, _ in works.values():
        for _ in range(20):
            call(request)
    for _ in range(ROUNDS):
        for name, (call, request, times) in works.items():
            start = server.cpu_seconds()
            for _ in range(times):
                call(request)
            samples[name].append((server.cpu_seconds() - start) / times * 1e6)
    return {name: statistics.median(values) for name, values in samples.items()}


def rate(call: Callable[[bytes], bytes], requests: list[bytes]) -> float:
    """Calls a second with 32 callers, each sending its share."""
    shares = [requests[n::CALLERS] for n in range(CALLERS)]

    def work(share: list[bytes]) -> None:
        for request in share:
            call(request)

    threads = [threading.Thread(target=work, args=(share,)) for share in shares]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(requests) / (time.perf_counter() - start)


def main() -> None:
    """Run and report."""
    with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder:
        server = Server(Path(folder))
        try:
            prepare(server)
            echo = (server.call("/grpc.health.v1.Health/Check"), health_pb2.HealthCheckRequest().SerializeToString())
            price = server.call("/cpq.v1.PricingService/PriceQuote")
            click = configuration_pb2.ConfigureRequest(product="products/WS")
            configure = server.call("/cpq.v1.ConfigurationService/Configure")
            works = {
                "echo": (*echo, 400),
                "PriceQuote 10 lines": (price, price_request(10), 200),
                "PriceQuote 100 lines": (price, price_request(100), 60),
                "PriceQuote 10 lines, waterfall": (price, price_request(10, common_pb2.VIEW_WATERFALL), 120),
                "PriceQuote 100 lines, waterfall": (price, price_request(100, common_pb2.VIEW_WATERFALL), 40),
                "Configure workstation": (configure, click.SerializeToString(), 60),
            }
            cost = per_call(server, works)
            rows: list[dict[str, object]] = [
                {"call": name, "server CPU us": value, "ratio to echo": value / cost["echo"]}
                for name, value in cost.items()
            ]
            create = server.call("/cpq.v1.QuoteService/CreateQuote")
            echoes = rate(echo[0], [echo[1]] * 3000)
            creates = rate(create, [create_request(number) for number in range(1500)])
            rows.append({"call": "echo, 32 callers", "calls a second": echoes, "ratio to echo": 1.0})
            rows.append(
                {
                    "call": "CreateQuote durable, 32 callers",
                    "calls a second": creates,
                    "ratio to echo": creates / echoes,
                }
            )
        finally:
            server.close()
    budgets = {
        "PriceQuote 10 lines": "at most 1.6 x the echo",
        "PriceQuote 100 lines": "at most 4 x the echo",
        "PriceQuote 10 / 100 lines with waterfall": "at most 2.5 x / 8 x the echo",
        "Configure": "at most 2 x the echo",
        "CreateQuote durable": "at least 0.5 x the rate of the echo (the client shares the machine)",
    }
    report("rpc", rows, budgets=budgets)


if __name__ == "__main__":
    main()

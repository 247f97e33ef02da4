"""What a call costs the server: an echo against prices, clicks, reads and durable saves, in one interleaved run.

The measure that the budgets are about is CPU time of the server a call, with 16 calls in flight on one connection, as a
ratio to the echo measured just before it. The server is a process of its own with production settings and interceptors;
the kernel tells its CPU time, so that what the client costs does not count. The echo is the health check, a tiny
message through the same interceptors: 0.25 to 0.4 ms on the machines that the budgets were set on. ``h2load`` replays
one frame where it is installed; calls whose bodies have to differ, and an echo beside them, come from a Python client.

Prices are asked for three times over: the same quote again, whose answer is kept; quotes that nobody asked for before,
of lines that were priced in others; and quotes of lines that nobody asked for in such a quantity. The budgets of prices
say nothing of what is kept, so that they stand beside all three.

Results first: quotes are of 138 different parts in different quantities, a promotion acts on some of the lines and a
large order gets its discount (in rows of their own: two rules act on every line); list prices, discounts, net and tax
are those that arithmetic of its own works out.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path

from cpq.v1 import common_pb2, configuration_pb2, party_pb2, pricing_pb2, quote_pb2
from google.type.date_pb2 import Date
from grpc_health.v1 import health_pb2

from benchmarks.measure import report
from benchmarks.serving import load
from benchmarks.serving.load import Call, Compared, Cost
from benchmarks.serving.process import Server, our_server
from benchmarks.serving.quotes import ALL_LINES, Deal, Lines, check, content, parts, price_request
from engine.api.charting import CHART_AFTER

ROUNDS = 11
WATERFALL = common_pb2.VIEW_WATERFALL
ECHO, PRICE = "/grpc.health.v1.Health/Check", "/cpq.v1.PricingService/PriceQuote"
CREATE, GET = "/cpq.v1.QuoteService/CreateQuote", "/cpq.v1.QuoteService/GetQuote"
CONFIGURE = "/cpq.v1.ConfigurationService/Configure"
FOREVER = Date(year=2999, month=12, day=31)
SLOTS = {"cpu": "CPU-", "memory": "MEM-", "psu": "PSU-", "case": "CASE-", "board": "BRD-"}
MOST_CHOICES = 3
CALLERS = 32
FULL = common_pb2.VIEW_FULL
PRICES: dict[str, tuple[tuple[int, int, Deal], int]] = {
    "PriceQuote 1 line": ((1, FULL, Deal.SOME), 300),
    "PriceQuote 10 lines": ((10, FULL, Deal.SOME), 300),
    "PriceQuote 100 lines": ((100, FULL, Deal.SOME), 80),
    "PriceQuote 1000 lines": ((1_000, FULL, Deal.SOME), 12),
    "PriceQuote 10 lines, waterfall": ((10, WATERFALL, Deal.SOME), 200),
    "PriceQuote 100 lines, waterfall": ((100, WATERFALL, Deal.SOME), 60),
    "PriceQuote 10 lines, two rules each": ((10, FULL, Deal.EVERY), 200),
    "PriceQuote 100 lines, two rules each": ((100, FULL, Deal.EVERY), 60),
    "PriceQuote 1000 lines, two rules each": ((1_000, FULL, Deal.EVERY), 12),
}
"""What is asked for, and how often it is sent together."""
BUDGETS: dict[str, float] = {
    "PriceQuote 10 lines": 1.6,
    "PriceQuote 100 lines": 4,
    "PriceQuote 1000 lines": 30,
    "PriceQuote 10 lines, waterfall": 2.5,
    "PriceQuote 100 lines, waterfall": 8,
    "GetQuote 1000 lines": 2.5,
    "Configure, choices seen before": 2,
    "Configure, changes of a click seen before": 2,
    "Configure, new choices": 2,
}
"""Most times the echo."""
CREATE_BUDGET = 0.5
"""Least share of the echo's rate."""


def prepare(server: Server) -> str:
    """The people of the quotes; check that prices are right; the name of a stored quote of 1 000 lines."""
    for deal, tier in ((Deal.SOME, "none"), (Deal.EVERY, "gold")):
        customer = party_pb2.Customer(display_name="Anna", segment="retail", region="DE", attributes={"tier": tier})
        key = deal.value.removeprefix("customers/")
        request = party_pb2.CreateCustomerRequest(customer=customer, customer_id=key)
        server.call("/cpq.v1.PartyService/CreateCustomer")(request.SerializeToString())
    user = party_pb2.CreateUserRequest(user=party_pb2.User(display_name="Rep"), user_id="rep")
    server.call("/cpq.v1.PartyService/CreateUser")(user.SerializeToString())
    for deal in Deal:
        server.call(PRICE)(price_request(ALL_LINES, deal=deal))
    for lines, view, deal in itertools.product((1, 10, 100, 1_000), (common_pb2.VIEW_FULL, WATERFALL), Deal):
        for kind, again in itertools.product(Lines, range(2)):
            reply = server.call(PRICE)(price_request(lines, view, deal, kind, 3))
            check(reply, lines, deal, kind, 3)
            told = [len(line.waterfall.steps) for line in pricing_pb2.PricedQuote.FromString(reply).lines]
            assert all(told) if view == WATERFALL else not any(told), (told, again)
    kept = quote_pb2.Quote.FromString(server.call(CREATE)(create_request(1_000, "kept")))
    check(kept.priced.SerializeToString(), 1_000)
    got = quote_pb2.Quote.FromString(server.call(GET)(get_request(kept.name)))
    assert got == kept
    return kept.name


def create_request(lines: int, request_id: str) -> bytes:
    quote = quote_pb2.Quote(content=content(lines), owner="users/rep", valid_until=FOREVER)
    return quote_pb2.CreateQuoteRequest(quote=quote, request_id=request_id).SerializeToString()


def get_request(name: str) -> bytes:
    return quote_pb2.GetQuoteRequest(name=name).SerializeToString()


def clicks() -> Callable[[], bytes]:
    """Requests of a configuration, no two with the same choices."""
    skus = [sku for sku, _ in parts()]
    by_slot = {slot: [sku for sku in skus if sku.startswith(prefix)] for slot, prefix in SLOTS.items()}
    counted = itertools.chain.from_iterable(
        itertools.product(*([(slot, sku) for sku in by_slot[slot]] for slot in chosen))
        for size in range(2, MOST_CHOICES + 1)
        for chosen in itertools.combinations(SLOTS, size)
    )

    def body() -> bytes:
        request = configuration_pb2.ConfigureRequest(product="products/WS")
        for slot, sku in next(counted):
            pick = request.choices.add().pick
            pick.slot, pick.sku = slot, sku
        return request.SerializeToString()

    return body


def calls(server: Server, kept: str) -> dict[str, Call]:
    """What is measured with one prepared frame each."""
    opened = configuration_pb2.ConfigureRequest(product="products/WS").SerializeToString()
    state = configuration_pb2.ConfigurationState.FromString(server.call(CONFIGURE)(opened))
    click = configuration_pb2.ConfigureRequest(product="products/WS", state_token=state.state_token, only_changes=True)
    pick = click.choices.add().pick
    pick.slot, pick.sku = "cpu", "CPU-A4-6"
    wanted = {
        **{
            f"{name}, {Lines.SAME.value}": (PRICE, price_request(*asked), times)
            for name, (asked, times) in PRICES.items()
        },
        "GetQuote 1000 lines": (GET, get_request(kept), 60),
        "Configure, choices seen before": (CONFIGURE, opened, 300),
        "Configure, changes of a click seen before": (CONFIGURE, click.SerializeToString(), 300),
    }
    return {name: Call(server, path, body, times) for name, (path, body, times) in wanted.items()}


def prices(server: Server) -> dict[str, Call]:
    """Quotes that nobody asked for before, of lines met before and of new ones."""
    return {
        f"{name}, {kind.value}": Call(server, PRICE, quotes(asked, kind), max(times // 3, 4))
        for kind in (Lines.MET, Lines.NEW)
        for name, (asked, times) in PRICES.items()
    }


def quotes(asked: tuple[int, int, Deal], kind: Lines) -> Callable[[], bytes]:
    """Requests for prices, each of other lines."""
    numbers = itertools.count(4)
    return lambda: price_request(*asked, kind, next(numbers))


def fresh_calls(server: Server) -> dict[str, Call]:
    """What needs a body of its own for every call, 32 in flight.

    New choices are on a bundle that was asked about often: its chart is made before anything is measured.
    """
    numbers, choices = itertools.count(), clicks()
    for _ in range(2 * CHART_AFTER):
        server.call(CONFIGURE)(choices())
    server.rest()
    return {
        "Configure, new choices": Call(server, CONFIGURE, choices, 40),
        "CreateQuote 10 lines, durable": Call(server, CREATE, lambda: create_request(10, f"b-{next(numbers)}"), 200),
    }


def rows_of(echo: str, floor: Cost, found: dict[str, Compared]) -> list[dict[str, object]]:
    """A row for the echo and for each kind of call."""
    rows: list[dict[str, object]] = [{"call": echo, "server CPU us": floor.cpu_us, "calls a second": floor.rate}]
    for name, each in found.items():
        row = {"call": name, "server CPU us": each.cost.cpu_us, "ratio to echo": each.cpu_ratio}
        row |= {"budget": BUDGETS.get(name, BUDGETS.get(_without_kind(name), "")), "calls a second": each.cost.rate}
        rows.append({**row, "share of the echo's rate": each.rate_share})
    return rows


def _without_kind(name: str) -> str:
    """What is asked for, whether or not it was met before."""
    for kind in Lines:
        name = name.removesuffix(f", {kind.value}")
    return name


def main() -> None:
    """Run and report."""
    with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder:
        server = our_server(Path(folder))
        try:
            kept = prepare(server)
            echo = Call(server, ECHO, health_pb2.HealthCheckRequest().SerializeToString(), 300)
            rows = rows_of("echo", *load.compare(echo, calls(server, kept), rounds=ROUNDS))
            slow_echo = Call(server, ECHO, lambda: b"", 200)
            rows += rows_of("echo from the Python client", *load.compare(slow_echo, prices(server), rounds=ROUNDS))
            fresh = load.compare(slow_echo, fresh_calls(server), rounds=ROUNDS, in_flight=CALLERS)
            rows += rows_of("echo from the Python client, 32 in flight", *fresh)
        finally:
            server.close()
    budgets = {name: f"at most {times} x the CPU of the echo" for name, times in BUDGETS.items()}
    budgets["CreateQuote 10 lines, durable"] = f"at least {CREATE_BUDGET} x the rate of the echo"
    budgets["load generator"] = load.NAME
    report("rpc", rows, budgets=budgets)


if __name__ == "__main__":
    main()

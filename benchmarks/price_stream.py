"""StreamPriceQuote of large quotes: when the first chunk comes, when the last one does, and what the server needs.

The first chunk has the totals, so that it comes once everything is priced; what is saved are the answer as one message
and the wait until all lines are written. Every size is asked of a server of its own: what a quote needs at most is the
peak of its memory beyond what it had before. A second quote of the same size follows, of lines met in the first. Lines
and totals are those that arithmetic of its own works out (``benchmarks/serving/peers/task.py``).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cpq.v1 import pricing_pb2

from benchmarks.measure import exponent, report
from benchmarks.serving.peers import task
from benchmarks.serving.peers.task import Quotes
from benchmarks.serving.process import Server, our_server

STREAM = "/cpq.v1.PricingService/StreamPriceQuote"
SIZES = (1_000, 10_000, 100_000)
OPTIONS = ("--max-lines", "100000")
"""What an operator says who wants such quotes: 2 000 lines are allowed otherwise."""
MB = 1024


@dataclass(frozen=True, slots=True)
class Streamed:
    """The chunks of one answer, with seconds and CPU seconds of the server until the first and until the last."""

    chunks: Sequence[bytes]
    first_s: float
    first_cpu: float
    whole_s: float
    whole_cpu: float


def streamed(server: Server, body: bytes) -> Streamed:
    """Ask once; chunks are kept as they come, and read later."""
    call = server.stream(STREAM)
    cpu, start = server.cpu_seconds(), time.perf_counter()
    answer = call(body)
    found = [next(answer)]
    first_s, first_cpu = time.perf_counter() - start, server.cpu_seconds() - cpu
    found.extend(answer)
    return Streamed(found, first_s, first_cpu, time.perf_counter() - start, server.cpu_seconds() - cpu)


def check(found: Streamed, lines: int, number: int) -> None:
    """All lines are there, and they and the totals of the first chunk are right."""
    chunks = [pricing_pb2.PricedQuoteChunk.FromString(each) for each in found.chunks]
    wanted = task.expected(task.asked(lines, Quotes.MET, number))
    told = [(line.sku, line.list_amount, line.net) for chunk in chunks for line in chunk.lines]
    assert told == wanted
    totals = chunks[0].header.totals
    assert (totals.list, totals.net) == (sum(row[1] for row in wanted), sum(row[2] for row in wanted))


def memory_mb(server: Server, field: str) -> float:
    """What the kernel says of the memory of the server: ``VmRSS`` now, ``VmHWM`` at most so far."""
    status = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith(f"{field}:")) / MB


def main() -> None:
    """Run and report."""
    rows: list[dict[str, object]] = []
    points = []
    for lines in SIZES:
        with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder:
            server = our_server(Path(folder), task.write_book(Path(folder)), OPTIONS)
            try:
                check(streamed(server, task.request(10, Quotes.MET)), 10, 0)
                before = memory_mb(server, "VmRSS")
                for number, kind in ((1, "new lines"), (2, "lines met before")):
                    found = streamed(server, task.request(lines, Quotes.MET, number))
                    check(found, lines, number)
                    row: dict[str, object] = {"lines": lines, "quote": kind, "first chunk s": found.first_s}
                    row |= {"CPU to first": found.first_cpu, "all chunks s": found.whole_s}
                    row |= {"CPU to last": found.whole_cpu, "chunks": len(found.chunks)}
                    row["answer MB"] = sum(map(len, found.chunks)) / MB / MB
                    rows.append(row | {"peak MB more": memory_mb(server, "VmHWM") - before})
                    if number == 1:
                        points.append((float(lines), found.first_cpu))
            finally:
                server.close()
    rows.append({"lines": "fitted exponent", "CPU to first": exponent(points)})
    report("price_stream", rows)


if __name__ == "__main__":
    main()

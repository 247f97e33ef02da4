"""What sends the calls: ``h2load`` with a prepared frame where it is installed, else a Python client.

A Python client costs more CPU than the server that it calls, so with ``h2load`` the machine is left to the server. It
sends one body again and again; calls whose bodies have to differ are sent by the Python client always.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import percentile
from benchmarks.serving.process import Server

IN_FLIGHT = 16
H2LOAD = shutil.which("h2load")
NAME = "h2load" if H2LOAD else "Python client (install nghttp2-client for h2load)"
_SUCCEEDED = re.compile(r"(\d+) succeeded, 0 failed, 0 errored")
_DATA = re.compile(r"\((\d+)\) data")


@dataclass(frozen=True, slots=True)
class Call:
    """A method with the body to send, or with what makes a new one for every call; so many are timed together."""

    server: Server
    path: str
    body: bytes | Callable[[], bytes]
    times: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call took: CPU microseconds of the server, and calls a second."""

    cpu_us: float
    rate: float


def send(call: Call, *, in_flight: int = IN_FLIGHT) -> Cost:
    """Send the calls, with so many in flight at a time; what such a call answers was looked at before."""
    made = [] if isinstance(call.body, bytes) else [call.body() for _ in range(call.times)]
    start, began = call.server.cpu_seconds(), time.perf_counter()
    if isinstance(call.body, bytes) and H2LOAD:
        _replay(call, call.body, in_flight)
    elif isinstance(call.body, bytes):
        _call_all(call, [call.body] * call.times, in_flight)
    else:
        _call_all(call, made, in_flight)
    spent, took = call.server.cpu_seconds() - start, time.perf_counter() - began
    return Cost(spent / call.times * 1e6, call.times / took)


@dataclass(frozen=True, slots=True)
class Compared:
    """A kind of call beside the floor: its cost, and its ratios to the floor that was measured between its rounds."""

    cost: Cost
    cpu_ratio: float
    rate_share: float


def compare(
    floor: Call, calls: Mapping[str, Call], *, rounds: int, in_flight: int = IN_FLIGHT
) -> tuple[Cost, dict[str, Compared]]:
    """Send each kind of call in turn, the floor right before it every time: a drift in speed hits both alike.

    Costs are lower quartiles over the rounds, those of the floor too: what else runs on the machine only adds to them.
    """
    pairs: dict[str, list[tuple[Cost, Cost]]] = {name: [] for name in calls}
    for call in (floor, *calls.values()):
        send(call, in_flight=in_flight)
    for _ in range(rounds):
        for name, call in calls.items():
            pairs[name].append((send(floor, in_flight=in_flight), send(call, in_flight=in_flight)))
    floors = _undisturbed([least for found in pairs.values() for least, _ in found])
    return floors, {name: _compared(found) for name, found in pairs.items()}


def _compared(pairs: Sequence[tuple[Cost, Cost]]) -> Compared:
    floor, cost = (_undisturbed(costs) for costs in zip(*pairs, strict=True))
    return Compared(cost, cost.cpu_us / floor.cpu_us, cost.rate / floor.rate)


def _undisturbed(costs: Sequence[Cost]) -> Cost:
    return Cost(
        percentile([each.cpu_us for each in costs], 0.25),
        percentile([each.rate for each in costs], 0.75),
    )


def _replay(call: Call, body: bytes, in_flight: int) -> None:
    """Send one prepared frame: a byte that says "not compressed", four of length, the message."""
    with tempfile.NamedTemporaryFile(prefix="cpq-frame-") as frame:
        frame.write(b"\0" + struct.pack(">I", len(body)) + body)
        frame.flush()
        command = [str(H2LOAD), "--clients=1", f"--max-concurrent-streams={in_flight}", f"--requests={call.times}"]
        command += [f"--data={Path(frame.name)}", "--header=content-type: application/grpc", "--header=te: trailers"]
        run = subprocess.run(
            [*command, f"http://{call.server.address}{call.path}"], capture_output=True, text=True, check=True
        )
    succeeded, data = _SUCCEEDED.search(run.stdout), _DATA.search(run.stdout)
    assert succeeded is not None, run.stdout
    assert int(succeeded[1]) == call.times, run.stdout
    # A call that was refused has a status and no message: every call has to have brought one.
    assert data is not None and int(data[1]) >= 5 * call.times, run.stdout


def _call_all(call: Call, bodies: Sequence[bytes], in_flight: int) -> None:
    method = call.server.call(call.path)

    def work(share: Sequence[bytes]) -> None:
        for body in share:
            method(body)

    threads = [threading.Thread(target=work, args=(bodies[n::in_flight],)) for n in range(in_flight)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

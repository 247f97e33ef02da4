"""PriceQuote of our server against other rule engines behind the same proto, in one interleaved run.

Every server prices the same requests by the same small rule set (``benchmarks/serving/peers/task.py``: two discounts on
each line) and answers with ``cpq.v1`` messages; what each answers is compared with arithmetic of its own first. The
peers look up list prices in a dictionary and multiply whole numbers beside their engine: they check nothing, round once
and know neither totals of charges, taxes, approvals nor a story. zen-engine is asked from Python, json-rules-engine
from Node with ``@grpc/grpc-js``. A peer that cannot be had is left out with a line that says why. The measure is that
of ``benchmarks/rpc.py``: CPU time of the server process a call, 16 in flight.

Ours keeps what it answered and what lines came to, and the peers keep nothing, so every size is asked for three times
over: the same quote again, quotes that nobody asked for before of lines that were priced in others, and quotes of lines
that nobody asked for in such a quantity.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from itertools import count, product
from pathlib import Path

import google.type.date_pb2

from benchmarks.measure import report
from benchmarks.serving import load
from benchmarks.serving.load import Call
from benchmarks.serving.peers import task
from benchmarks.serving.peers.task import Quotes
from benchmarks.serving.process import ROOT, Server, our_server

PRICE = "/cpq.v1.PricingService/PriceQuote"
OURS = "cpq-engine"
ROUNDS = 5
SIZES = {10: 100, 100: 12}
PEERS = ROOT / "benchmarks" / "serving" / "peers"
MODULES = ROOT / "benchmarks" / ".peers" / "node"
INSTALL_SECONDS = 180


def zen_server(rules: Path) -> Server | str:
    """zen-engine, or why it is left out."""
    if importlib.util.find_spec("zen") is None:
        return "zen-engine is not installed; say pip install 'cpq-engine[bench]'"
    return Server([sys.executable, "-m", "benchmarks.serving.peers.zen_server", str(rules)])


def node_server(rules: Path) -> Server | str:
    """json-rules-engine, or why it is left out; its packages are installed once."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return "json-rules-engine needs node and npm"
    MODULES.mkdir(parents=True, exist_ok=True)
    wanted = (PEERS / "package.json").read_text()
    done = MODULES / "installed.json"
    if not done.exists() or done.read_text() != wanted:
        print("installing the packages of json-rules-engine (once)", flush=True)
        (MODULES / "package.json").write_text(wanted)
        command = [npm, "install", "--silent", "--no-audit", "--no-fund"]
        try:
            subprocess.run(command, cwd=MODULES, check=True, timeout=INSTALL_SECONDS, capture_output=True, text=True)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
            return f"json-rules-engine could not be installed: {str(failure.stderr or failure).strip()[-120:]}"
        done.write_text(wanted)
    program = MODULES / "json_rules.js"
    shutil.copyfile(PEERS / "json_rules.js", program)
    protos = [ROOT / "proto", Path(google.type.date_pb2.__file__).parents[2]]
    return Server([node, str(program), str(rules), *map(str, protos)])


def servers(folder: Path) -> tuple[dict[str, Server], list[str]]:
    """The servers that start, and why others are left out."""
    rules = task.write_rules(folder)
    found = {OURS: our_server(folder, task.write_book(folder))}
    absent = []
    for name, made in (("zen-engine (Python)", zen_server(rules)), ("json-rules-engine (Node)", node_server(rules))):
        if isinstance(made, Server):
            found[name] = made
        else:
            absent.append(f"left out: {made}")
    return found, absent


def compared(running: Mapping[str, Server], lines: int, kind: Quotes) -> list[dict[str, object]]:
    """Rows of one kind of quote, which every server answers as arithmetic does first."""
    for server, number in product(running.values(), range(3)):
        task.check(server.call(PRICE)(task.request(lines, kind, number)), lines, kind, number)
    calls = {name: Call(server, PRICE, bodies(lines, kind), SIZES[lines]) for name, server in running.items()}
    ours, found = load.compare(calls.pop(OURS), calls, rounds=ROUNDS)
    asked: dict[str, object] = {"lines": lines, "quotes": kind.value}
    rows = [asked | {"server": OURS, "server CPU us": ours.cpu_us, "times ours": 1.0}]
    for name, each in found.items():
        rows.append(asked | {"server": name, "server CPU us": each.cost.cpu_us, "times ours": each.cpu_ratio})
    return rows


def bodies(lines: int, kind: Quotes) -> bytes | Callable[[], bytes]:
    """One body again and again, or a quote of its own for every call."""
    if kind is Quotes.SAME:
        return task.request(lines)
    numbers = count(100 * lines)  # lines of one size are new in the other, too
    return lambda: task.request(lines, kind, next(numbers))


def main() -> None:
    """Run and report."""
    with tempfile.TemporaryDirectory(prefix="cpq-bench-") as folder:
        running, absent = servers(Path(folder))
        rows: list[dict[str, object]] = []
        try:
            for server in running.values():
                task.check(server.call(PRICE)(task.request(task.MET_LINES)), task.MET_LINES)
            for lines, kind in product(SIZES, Quotes):
                rows += compared(running, lines, kind)
        finally:
            for server in running.values():
                server.close()
    rows += [{"server": each} for each in absent]
    report("rpc_peers", rows, budgets={"load generator": load.NAME})


if __name__ == "__main__":
    main()

"""``cpq rules serve``: a saved change is in force without a restart, a broken one never is, and calls go on."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from engine.client import Client
from tests.fakes.rules import SMALL
from tests.test_server import ROOT, write_rules

LONG = 60.0
COMMAND = "from engine.cli.command import main; raise SystemExit(main())"


class Serving:
    """The command as a process, and the lines that it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def says(self) -> str:
        return self._lines.get(timeout=LONG)


@contextmanager
def serving(folder: Path) -> Iterator[Serving]:
    environ = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / '_gen'}", "CPQ_CACHE": str(folder.parent / "c")}
    command = [sys.executable, "-c", COMMAND, "rules", "serve", str(folder), "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    found = Serving(process)
    try:
        yield found
    finally:
        found.end()


def mug(client: Client) -> int:
    content: dict[str, Any] = {"date": date(2026, 3, 1), "lines": [{"id": "m", "sku": "MUG", "quantity": "1"}]}
    content["customer_facts"] = {"segment": "retail", "region": "DE"}
    return client.pricing.price_quote(content=content).totals.net


def test_each_saved_change_is_published_and_a_broken_one_is_told(tmp_path: Path) -> None:
    files = {path: text for path, text in SMALL.items() if path != "tests/prices.yaml"}
    rules = write_rules(tmp_path / "rules", files)
    products = rules / "catalog" / "products.yaml"
    text = products.read_text()
    with serving(rules) as process:
        address = process.says().removeprefix("serving on ")
        with Client(address) as client:
            assert mug(client) == 1250
            products.write_text(text.replace("12.50", "11.00"))
            assert process.says().startswith("in force: ")
            assert mug(client) == 1100
            products.write_text(text.replace("12.50", "eleven"))
            assert "cannot be published" in process.says()
            assert "catalog/products.yaml:" in process.says()
            while "stays in force" not in process.says():
                pass
            assert mug(client) == 1100, "the book before it"
            products.write_text(text)
            assert process.says().startswith("in force: ")
            assert mug(client) == 1250
        process.process.send_signal(signal.SIGTERM)
        assert process.says() == "stopped"
        assert process.process.wait(LONG) == 0


def test_a_book_that_is_broken_from_the_start_ends_it(tmp_path: Path) -> None:
    rules = write_rules(tmp_path / "rules")
    shutil.rmtree(rules / "catalog")
    with serving(rules) as process:
        assert "cannot be published" in process.says()
        assert process.process.wait(LONG) == 2

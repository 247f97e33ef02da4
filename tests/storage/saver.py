"""Run as a process: eight threads save customers and print each key once its save is acknowledged, until killed."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from engine.application.ports import Asked
from engine.parties import Customer
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import open_store
from tests.storage.contract import NOON, CustomerRenamed


def main(path: Path) -> None:
    store = open_store(path, TABLES, SCALARS)
    gate = threading.Lock()

    def work(worker: int) -> None:
        for number in range(100_000):
            key = f"c-{worker}-{number}"
            with store.begin("default") as tx:
                tx.add(Customer(key, "name"))
                tx.emit(CustomerRenamed(key, NOON, "name"))
                tx.commit(Asked("Save", f"r-{key}", b"print"), key.encode(), at=NOON)
            with gate:
                sys.stdout.write(f"{key}.\n")
                sys.stdout.flush()

    for worker in range(8):
        threading.Thread(target=work, args=(worker,), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

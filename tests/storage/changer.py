"""Run as a process: changes a customer's name to each line it reads, and says so once that is saved.

With a second argument it counts by itself instead, until it is killed.
"""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from pathlib import Path

from engine.application.ports import Asked, Reader, Store
from engine.parties import Customer
from engine.storage.records import SCALARS, TABLES
from engine.storage.sqlite import open_store
from tests.storage.contract import ANNA, NOON


def rename(store: Store, name: str, key: str = ANNA.id) -> None:
    """Save a customer under a name, or remove it when the name is empty."""
    with store.begin("default") as tx:
        present = tx.get(Customer, key)
        if not name and present is not None:
            tx.remove(Customer, key)
        elif present is None:
            tx.add(replace(ANNA, id=key, display_name=name))
        else:
            tx.replace(replace(present, display_name=name))
        tx.commit(Asked("Rename"), b"", at=NOON)


def name_of(store: Store, key: str = ANNA.id) -> str | None:
    """The name of a customer as it is now; None when there is none."""
    return store.look("default", lambda reader: named(reader, key))


def named(reader: Reader, key: str) -> str | None:
    """The same in a snapshot."""
    found = reader.get(Customer, key)
    return found.display_name if found is not None else None


def main(path: Path, *counts: str) -> None:
    """Rename until there is nothing more to read."""
    store = open_store(path, TABLES, SCALARS)
    if counts:
        for number in itertools.count(1):
            rename(store, str(number))
    for line in sys.stdin:
        rename(store, line.strip())
        sys.stdout.write(line)
        sys.stdout.flush()
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])

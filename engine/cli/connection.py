"""A client for a verb: to the server that ``--server`` names, else to one started inside the command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from engine.cli.failure import VerbFailed
from engine.client import Client


@contextmanager
def connected(options: argparse.Namespace) -> Iterator[Client]:
    """Connect as the options say; raises VerbFailed when a server inside cannot start."""
    if options.server == "":
        raise VerbFailed("--server is empty; give an address such as 127.0.0.1:50051, or leave it out")
    if options.server:
        with Client(options.server) as client:
            client.wait_until_ready()
            yield client
        return
    from engine.cli.inside import served  # a client of another server starts no engine

    with served(options) as address, Client(address) as client:
        yield client

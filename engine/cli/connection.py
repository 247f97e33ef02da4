"""A client for a verb: to the server that ``--server`` names, else to one started inside the command."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from engine.adapters.disk_cache import user_cache
from engine.application.ports import StoreFailed
from engine.bootstrap.serving import in_process
from engine.bootstrap.settings import Settings, SettingsError
from engine.cli.failure import VerbFailed
from engine.cli.options import SHIPPED_RULES
from engine.client import Client


@contextmanager
def connected(options: argparse.Namespace) -> Iterator[Client]:
    """Connect as the options say; a server inside ends with the command, its database stays.

    Raises VerbFailed when it cannot start: settings, rules or database cannot be used.
    """
    if options.server == "":
        raise VerbFailed("--server is empty; give an address such as 127.0.0.1:50051, or leave it out")
    if options.server:
        with Client(options.server) as client:
            client.wait_until_ready()
            yield client
        return
    folders = (SHIPPED_RULES,) if options.rules is None else tuple(options.rules)
    settings = Settings(
        options.database,
        rules=folders,
        test_clock=options.test_clock,
        cache=user_cache(os.environ),
        tax_hook=os.environ.get("CPQ_TAX_HOOK", ""),
    )
    with ExitStack() as closing:
        try:
            running = closing.enter_context(in_process(settings))
        except (SettingsError, StoreFailed) as problem:
            raise VerbFailed(str(problem)) from problem
        yield closing.enter_context(Client(running.address))

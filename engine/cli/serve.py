"""``cpq serve``: the server, with the same options as ``server.py``."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from engine.application.ports import StoreFailed
from engine.bootstrap.command_line import settings_of
from engine.bootstrap.serving import serve
from engine.bootstrap.settings import SettingsError
from engine.cli.failure import VerbFailed


def run(options: argparse.Namespace) -> int:
    """Serve; 2 when settings, rules or database cannot be used."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    try:
        serve(settings_of(options, os.environ))
    except (SettingsError, StoreFailed) as problem:
        raise VerbFailed(f"cannot start: {problem}") from problem
    return 0

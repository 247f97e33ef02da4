"""``cpq serve``: the server, with the same options as ``server.py``."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from engine.bootstrap.command_line import settings_of
from engine.bootstrap.serving import serve
from engine.cli.starting import starting


def run(options: argparse.Namespace) -> int:
    """Serve; 2 when settings, rules or database cannot be used."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    with starting("cannot start: "):
        serve(settings_of(options, os.environ))
    return 0

"""``cpq serve``: the server, with the same options as ``server.py``."""

from __future__ import annotations

import argparse
import os

from engine.bootstrap.command_line import log_as_told, settings_of
from engine.bootstrap.serving import serve
from engine.cli.starting import starting


def run(options: argparse.Namespace) -> int:
    """Serve; 2 when settings, rules or database cannot be used."""
    with starting("cannot start: "):
        log_as_told(options, os.environ)
        serve(settings_of(options, os.environ))
    return 0

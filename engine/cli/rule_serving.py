"""``cpq rules serve FOLDER``: a server on a rule folder that takes each saved change."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from engine.bootstrap.command_line import cache_folder
from engine.bootstrap.serving import serve_folder
from engine.bootstrap.settings import Settings
from engine.cli.failure import CLEAN
from engine.cli.starting import starting


def run_serve(options: argparse.Namespace) -> int:
    """Serve until told to stop; 2 when the book is broken from the start, or address or store cannot be used."""
    folder: Path = options.folder
    with tempfile.TemporaryDirectory(prefix="cpq-rules-") as beside:
        database = options.database or Path(beside) / "cpq.sqlite3"
        settings = Settings(database, listen=options.listen, cache=cache_folder(None, os.environ))
        with starting():
            serve_folder(settings, folder, _tell)
    return CLEAN


def _tell(news: str) -> None:
    sys.stdout.write(f"{news}\n")
    sys.stdout.flush()

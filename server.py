"""The CPQ server: reads settings, asks ``engine.bootstrap`` for a server, runs it."""

from __future__ import annotations

import argparse
import os
import sys


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; 2 when settings, rules or database cannot be used, 130 when told before it served."""
    try:
        return _serve(arguments)
    except KeyboardInterrupt:
        return 130


def _serve(arguments: list[str] | None) -> int:
    # What keeps the server from starting is said by its settings, in words of ours.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from engine.application.ports import StoreFailed
    from engine.bootstrap.command_line import add_options, log_as_told, settings_of
    from engine.bootstrap.serving import serve
    from engine.bootstrap.settings import SettingsError

    parser = argparse.ArgumentParser(prog="server.py", description="Serve the open CPQ engine over gRPC.")
    add_options(parser, os.environ)
    options = parser.parse_args(arguments)
    try:
        log_as_told(options, os.environ)
        serve(settings_of(options, os.environ))
    except (SettingsError, StoreFailed) as problem:
        print(f"cannot start: {problem}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

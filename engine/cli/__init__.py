"""Owns the ``cpq`` command: verbs on deals go through the client, verbs on files call the core.

Does not own decisions, prices or storage.
Entry points: ``main``.
"""


def main(argv: list[str] | None = None) -> int:
    """Run ``cpq`` and return its exit code; whoever breaks it off, while it starts too, is told nothing more."""
    try:
        from engine.cli.command import main as run

        return run(argv)
    except KeyboardInterrupt:
        return 130


__all__ = ["main"]

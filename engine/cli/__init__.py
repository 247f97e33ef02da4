"""Owns the ``cpq`` command: verbs on deals go through the client, verbs on files call the core.

Does not own decisions, prices or storage.
Entry points: ``main``.
"""

from engine.cli.command import main

__all__ = ["main"]

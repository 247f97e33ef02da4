"""``cpq audit``."""

from engine.cli.revenue import add_audit_parser as add_parser

__all__ = ["add_parser"]

"""Owns the SQLite adapter of the store: one file, one writer thread with group commit, read-only readers.

Does not own what is stored: ``engine.storage.tables`` says that.
Entry points: ``open_store``.
"""

from engine.storage.sqlite.store import SqliteStore, open_store

__all__ = ["SqliteStore", "open_store"]

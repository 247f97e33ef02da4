"""Owns a compiled rule book as bytes and back: plain data, restored without running anything of it.

Does not own where the bytes are kept (``adapters``).
Entry points: ``pack_book``, ``unpack_book``, ``PackError``.
"""

from engine.rulebook.packing.book import PackedBook, pack_book, unpack_book
from engine.rulebook.packing.kinds import PackError

__all__ = ["PackError", "PackedBook", "pack_book", "unpack_book"]

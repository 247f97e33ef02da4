"""Owns the store's adapters, the typed codec, and how each kind of record lies in tables; outbox and idempotency.

Does not own rules or protobuf (answers are opaque bytes).
Entry points: ``engine.storage.sqlite.open_store``, ``engine.storage.records.TABLES``.
"""

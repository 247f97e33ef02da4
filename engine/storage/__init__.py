"""Owns SQLite behind the ports: migrations, outbox, idempotency.

Does not own rules, protobuf (it keeps opaque bytes).
Entry points: open_store.
"""

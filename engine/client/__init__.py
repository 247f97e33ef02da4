"""Owns the typed synchronous client: retries by request id, Decimal money, iterators over pages.

Does not own decisions.
Entry points: ``Client``, ``CallFailed``, ``PlainError``, ``decimal_amount``, ``minor_units``, ``show_amount``.
"""

from engine.client.client import Client
from engine.client.connection import CallFailed, FieldFault
from engine.client.money import decimal_amount, minor_units, show_amount
from engine.wire.plain import PlainError

__all__ = ["CallFailed", "Client", "FieldFault", "PlainError", "decimal_amount", "minor_units", "show_amount"]

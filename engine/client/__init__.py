"""Owns the typed synchronous client: retries by request id, Decimal money, iterators over pages.

Does not own decisions.
Entry points: ``Client``, ``CallFailed``, ``decimal_amount``, ``minor_units``, ``show_amount``.
"""

from engine.client.client import Client
from engine.client.connection import CallFailed, FieldFault
from engine.client.money import decimal_amount, minor_units, show_amount

__all__ = ["CallFailed", "Client", "FieldFault", "decimal_amount", "minor_units", "show_amount"]

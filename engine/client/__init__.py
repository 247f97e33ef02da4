"""Owns the typed synchronous Python client with retries by request id and Decimal money.

Does not own decisions.
Entry points: Client.
"""

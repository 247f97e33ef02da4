"""Owns currency, exact price, settled money, rounding, allocation.

Does not own where an amount comes from.
Entry points: settle, allocate.
"""

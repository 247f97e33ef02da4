"""Owns obligations, allocation, recognition schedule, modification classifier; returns facts.

Does not own invoices.
Entry points: obligations_of.
"""

"""Owns order, items with actions, fulfilment tasks, states, cancellation.

Does not own billing.
Entry points: create_order.
"""

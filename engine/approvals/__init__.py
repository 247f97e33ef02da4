"""Owns policy to route, the chain's state machine, monotone re-approval.

Does not own quotes, notification.
Entry points: route.
"""

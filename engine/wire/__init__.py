"""Owns the proto to domain mapping, written once, used by api and client.

Does not own defaults, decisions.
Entry points: one module a service.
"""

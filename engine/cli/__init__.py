"""Owns the ``cpq`` command: verbs on deals go through the client, verbs on files call the core.

Does not own decisions.
Entry points: main.
"""

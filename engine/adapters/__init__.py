"""Owns clock, ids, rule-folder reader, bounded caches, the durable-rules approval process.

Does not own decisions.
Entry points: the ports of application.
"""

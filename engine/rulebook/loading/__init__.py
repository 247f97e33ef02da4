"""Owns the way from files in memory to the parts of a rule book, one module a kind of file.

Does not own the declared keys (formats) nor checks over the whole book (checks).
Entry points: ``engine.rulebook.load``.
"""

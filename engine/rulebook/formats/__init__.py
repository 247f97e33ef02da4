"""Owns the declared keys of every kind of rule file: read by the loader, printed as JSON Schema and reference.

Does not own what the keys mean.
Entry points: the records of each module, ``FILE_KINDS``.
"""

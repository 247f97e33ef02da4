"""Owns the identities from quote to journal, summed by its own queries over plain rows.

Does not own billing's and revenue's arithmetic.
Entry points: audit.
"""

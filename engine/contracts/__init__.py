"""Owns contract, subscription line, terms.

Does not own quotes.
Entry points: Contract.
"""

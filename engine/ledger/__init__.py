"""Owns fact types, accounts, posting from data, sum-zero entries, period close.

Does not own where facts come from.
Entry points: post.
"""

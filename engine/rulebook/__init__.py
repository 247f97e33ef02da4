"""Owns files in memory in, one frozen RuleBook or diagnostics out; schema, format, rule tests.

Does not own reading folders, evaluation.
Entry points: ``load``, ``RuleBook``, ``parts_of``, ``billing_policy``, ``format_file``.
"""

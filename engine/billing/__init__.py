"""Owns billing schedule, missing lines, proration, invoice, credit note; returns facts.

Does not own accounts.
Entry points: missing_lines.
"""

"""Owns half-open periods, anchors, day counts, proration ratios.

Does not own amounts.
Entry points: Period.
"""

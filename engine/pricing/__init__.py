"""Owns price plan, match index, waterfall, stacking, totals; one file a price model in ``models``.

Does not own product validity.
Entry points: price.
"""

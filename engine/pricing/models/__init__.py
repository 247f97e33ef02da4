"""Owns the price models, one file each, pure in quantity: the same code rates a quote's estimate and the invoice.

Does not own which model a product has, nor rounding.
Entry points: the model classes, each with ``rate``.
"""

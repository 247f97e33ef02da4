"""Owns product, attribute, bundle, option group, price book, configured line.

Does not own rules.
Entry points: Catalog.
"""

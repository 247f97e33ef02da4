"""Owns quote, version, lifecycle table, certificate, and evaluation: the one pipeline.

Does not own contract arithmetic.
Entry points: evaluation.evaluate.
"""

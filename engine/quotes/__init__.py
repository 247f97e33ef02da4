"""Owns quote, version, lifecycle table, comparison, certificate, and evaluation: the one pipeline.

Does not own contract arithmetic, prices, or who approves.
Entry points: ``evaluation.evaluate``, ``lifecycle``, ``compare.compare``, ``certificate.certificate_of``.
"""

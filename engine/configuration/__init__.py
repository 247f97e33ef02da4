"""Owns product model to solver problem; domains, explanation, repair, completion.

Does not own what prices mean.
Entry points: Configurator.
"""

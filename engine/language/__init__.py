"""Owns FEEL: tokens, tree, types, checker, compiler, evaluator, decision tables, DMN.

Does not own any word of configure, price, quote.
Entry points: check, compile_all.
"""

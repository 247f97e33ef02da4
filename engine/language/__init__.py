"""Owns FEEL: tokens, tree, types, checker, compiler, evaluator, decision tables, DMN.

Does not own any word of configure, price, quote.
Entry points: ``check_expression``, ``check_unary_tests``, ``compile_all``, ``check_template``; ``parse_expression``.
"""

from engine.language.cursor import Profile
from engine.language.names import KnownNames
from engine.language.parse import parse_expression, parse_unary_tests
from engine.language.problems import NOWHERE, Origin

__all__ = [
    "NOWHERE",
    "KnownNames",
    "Origin",
    "Profile",
    "parse_expression",
    "parse_unary_tests",
]

"""Owns files in memory in, one frozen RuleBook or diagnostics out; schema, format, rule tests.

Does not own reading folders, evaluation.
Entry points: ``load``, ``RuleBook``, ``parts_of``, ``billing_policy``, ``format_file``.
"""

from engine.rulebook.book import Declared, Loaded, RuleBook
from engine.rulebook.load import load
from engine.rulebook.parts import billing_policy, parts_of
from engine.rulebook.terms import Terms
from engine.rulebook.workbook import CellKind, Sheet, SheetCell, Workbook

__all__ = [
    "CellKind",
    "Declared",
    "Loaded",
    "RuleBook",
    "Sheet",
    "SheetCell",
    "Terms",
    "Workbook",
    "billing_policy",
    "load",
    "parts_of",
]

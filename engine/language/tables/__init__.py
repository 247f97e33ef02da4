"""Owns decision tables: their data, hit policies, running them by an index, and what is wrong with their rows.

Does not own where a table comes from (DMN files, rule books).
Entry points: ``DecisionTable``, ``prepare_table``, ``HitPolicy``, ``Aggregation``.
"""

from engine.language.tables.model import Aggregation, DecisionTable, HitPolicy, Input, Output, Rule
from engine.language.tables.prepare import PreparedTable, prepare_table

__all__ = [
    "Aggregation",
    "DecisionTable",
    "HitPolicy",
    "Input",
    "Output",
    "PreparedTable",
    "Rule",
    "prepare_table",
]

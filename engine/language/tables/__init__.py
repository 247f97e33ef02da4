"""Owns decision tables: their data, hit policies, running them by an index, and what is wrong with their rows.

Does not own where a table comes from (DMN files, rule books).
Entry points: ``DecisionTable``, ``prepare_table``, ``table_function``, ``analyse_table``, ``analyse``.
"""

from engine.language.tables.analysis import Analysis, FindingKind, Grid, Subject, TableFinding, analyse
from engine.language.tables.callable import result_type, table_function
from engine.language.tables.examine import analyse_table
from engine.language.tables.model import Aggregation, DecisionTable, HitPolicy, Input, Output, Rule
from engine.language.tables.prepare import PreparedTable, prepare_table

__all__ = [
    "Aggregation",
    "Analysis",
    "DecisionTable",
    "FindingKind",
    "Grid",
    "HitPolicy",
    "Input",
    "Output",
    "PreparedTable",
    "Rule",
    "Subject",
    "TableFinding",
    "analyse",
    "analyse_table",
    "prepare_table",
    "result_type",
    "table_function",
]

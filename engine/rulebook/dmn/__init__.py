"""Owns the way of decision tables between DMN files and the folder ``tables/`` of a rule book.

Does not own reading DMN or running tables (``engine.language``).
Entry points: ``import_tables``, ``export_table``.
"""

from engine.rulebook.dmn.exporting import export_table
from engine.rulebook.dmn.importing import Imported, LeftOut, import_tables

__all__ = ["Imported", "LeftOut", "export_table", "import_tables"]

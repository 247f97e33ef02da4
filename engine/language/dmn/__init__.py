"""Owns DMN files: reading them safely, running their decisions, and the runner of the conformance kit.

Does not own expressions, values or decision tables.
Entry points: ``read_model``, ``Program``, ``decide``, ``run_folder``.
"""

from engine.language.dmn.program import Program
from engine.language.dmn.reader import read_model
from engine.language.dmn.session import decide
from engine.language.dmn.tck import Failure, FolderResult, run_folder

__all__ = ["Failure", "FolderResult", "Program", "decide", "read_model", "run_folder"]

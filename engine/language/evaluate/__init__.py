"""Owns the evaluation of full FEEL, tolerant of null, over the tree: prepared once, run many times.

Does not own the strict profile (checker and compiler) or the built-in functions.
Entry points: ``prepare``, ``prepare_tests``, ``evaluate``.
"""

from engine.language.evaluate.environment import Environment, Problem, Run, Step, Test
from engine.language.evaluate.prepare import Outcome, Prepared, evaluate, prepare, prepare_tests, run_bounded

__all__ = [
    "Environment",
    "Outcome",
    "Prepared",
    "Problem",
    "Run",
    "Step",
    "Test",
    "evaluate",
    "prepare",
    "prepare_tests",
    "run_bounded",
]

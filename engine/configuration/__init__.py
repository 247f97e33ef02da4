"""Owns product model to solver problem; domains, explanation, repair, completion.

Does not own what prices mean.
Entry points: ``ModelBuilder`` → ``Model``; ``Configurator`` with ``configure``, ``explain``, ``repair``, ``complete``.
"""

from engine.configuration.answers import (
    Analysis,
    Budget,
    Choice,
    Completion,
    CompletionStatus,
    Domain,
    Explanation,
    Objective,
    OutOfBudget,
    Range,
    Relation,
    Repair,
    State,
    Violation,
)
from engine.configuration.builder import ModelBuilder
from engine.configuration.configurator import Configurator, configurator_for
from engine.configuration.model import STRUCTURE, Kind, Model, Rule, Term, Value, Variable

__all__ = [
    "STRUCTURE",
    "Analysis",
    "Budget",
    "Choice",
    "Completion",
    "CompletionStatus",
    "Configurator",
    "Domain",
    "Explanation",
    "Kind",
    "Model",
    "ModelBuilder",
    "Objective",
    "OutOfBudget",
    "Range",
    "Relation",
    "Repair",
    "Rule",
    "State",
    "Term",
    "Value",
    "Variable",
    "Violation",
    "configurator_for",
]

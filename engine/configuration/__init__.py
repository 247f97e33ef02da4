"""Owns product model to solver problem; domains, explanation, repair, completion.

Does not own what prices mean.
Entry points: ``ModelBuilder`` → ``Model``; ``configurator.Configurator`` answers questions about one.
"""

from engine.configuration.answers import (
    AtLeast,
    Budget,
    Choice,
    Clash,
    Completion,
    CompletionStatus,
    Domain,
    Explanation,
    Objective,
    Offer,
    OutOfBudget,
    Range,
    Relation,
    Repair,
    RepairsSoFar,
    State,
    StateSoFar,
    Violation,
)
from engine.configuration.builder import ModelBuilder
from engine.configuration.model import STRUCTURE, Kind, Model, Rule, Term, Value, Variable

__all__ = [
    "STRUCTURE",
    "AtLeast",
    "Budget",
    "Choice",
    "Clash",
    "Completion",
    "CompletionStatus",
    "Domain",
    "Explanation",
    "Kind",
    "Model",
    "ModelBuilder",
    "Objective",
    "Offer",
    "OutOfBudget",
    "Range",
    "Relation",
    "Repair",
    "RepairsSoFar",
    "Rule",
    "State",
    "StateSoFar",
    "Term",
    "Value",
    "Variable",
    "Violation",
]

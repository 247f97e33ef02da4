"""Owns FEEL: tokens, tree, types, checker, compiler, evaluator, decision tables, DMN.

Does not own any word of configure, price, quote.
Entry points: ``check_expression``, ``check_unary_tests``, ``compile_all``, ``check_template``; ``parse_expression``.
"""

from engine.language.check import check_expression, check_unary_tests
from engine.language.compiler import Compiled, compile_all, compile_one
from engine.language.cursor import Profile
from engine.language.faults import EvaluationFault
from engine.language.names import KnownNames
from engine.language.parse import parse_expression, parse_unary_tests
from engine.language.problems import NOWHERE, Origin
from engine.language.scope import Checked, Meaning, MeaningKind, ResolvedCall, Scope
from engine.language.template import CheckedTemplate, Template, check_template, compile_template, render
from engine.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_DURATION,
    MONTHS_DURATION,
    NUMBER,
    PERCENT,
    TEXT,
    TIME,
    ContextType,
    EnumType,
    ListType,
    MoneyType,
    OptionalType,
    RangeType,
    Type,
    optional,
    required,
)

__all__ = [
    "ANY",
    "BOOLEAN",
    "DATE",
    "DATE_TIME",
    "DAYS_DURATION",
    "MONTHS_DURATION",
    "NOWHERE",
    "NUMBER",
    "PERCENT",
    "TEXT",
    "TIME",
    "Checked",
    "CheckedTemplate",
    "Compiled",
    "ContextType",
    "EnumType",
    "EvaluationFault",
    "KnownNames",
    "ListType",
    "Meaning",
    "MeaningKind",
    "MoneyType",
    "OptionalType",
    "Origin",
    "Profile",
    "RangeType",
    "ResolvedCall",
    "Scope",
    "Template",
    "Type",
    "check_expression",
    "check_template",
    "check_unary_tests",
    "compile_all",
    "compile_one",
    "compile_template",
    "optional",
    "parse_expression",
    "parse_unary_tests",
    "render",
    "required",
]

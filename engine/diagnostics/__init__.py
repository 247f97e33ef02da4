"""Owns code, severity, span, message and hint of a finding; fault, refusal and decision; how they are shown.

Does not own what is wrong: the package that finds a fault raises it with its code.
Entry points: ``Diagnostic``, ``Fault``, ``Refusal``, ``Decision``, ``render``, ``nearest_name``.
"""

from engine.diagnostics.counts import counted
from engine.diagnostics.finding import (
    Code,
    Diagnostic,
    DiagnosticError,
    Severity,
    Span,
    is_spreadsheet,
    sorted_findings,
)
from engine.diagnostics.names import did_you_mean, nearest_name
from engine.diagnostics.outcome import Decision, Fault, FaultError, Refusal
from engine.diagnostics.show import as_json, one_line, render

__all__ = [
    "Code",
    "Decision",
    "Diagnostic",
    "DiagnosticError",
    "Fault",
    "FaultError",
    "Refusal",
    "Severity",
    "Span",
    "as_json",
    "counted",
    "did_you_mean",
    "is_spreadsheet",
    "nearest_name",
    "one_line",
    "render",
    "sorted_findings",
]

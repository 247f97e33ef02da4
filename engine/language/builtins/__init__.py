"""Owns the built-in functions of FEEL: name, ways to call, strict types and implementation, each written once.

Does not own how a call is evaluated or checked.
Entry points: ``FUNCTIONS``, ``Builtin``, ``Signature``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from engine.language.builtins.contexts import CONTEXTS
from engine.language.builtins.conversion import CONVERSIONS
from engine.language.builtins.lists import LISTS
from engine.language.builtins.logic import LOGICAL
from engine.language.builtins.numbers import NUMERIC
from engine.language.builtins.ranges import RANGES
from engine.language.builtins.regular import REGULAR
from engine.language.builtins.signature import Builtin, Parameter, Signature
from engine.language.builtins.statistics import STATISTICAL
from engine.language.builtins.temporal import TEMPORAL
from engine.language.builtins.texts import TEXTUAL

_ALL = (
    *NUMERIC,
    *LOGICAL,
    *TEXTUAL,
    *REGULAR,
    *LISTS,
    *STATISTICAL,
    *CONTEXTS,
    *TEMPORAL,
    *RANGES,
    *CONVERSIONS,
)

FUNCTIONS: Mapping[str, Builtin] = MappingProxyType({each.name: each for each in _ALL})
"""Every built-in by its FEEL name."""

__all__ = ["FUNCTIONS", "Builtin", "Parameter", "Signature"]

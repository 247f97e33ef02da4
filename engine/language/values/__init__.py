"""Owns the values of FEEL: numbers, temporal values, ranges, functions; their equality, order, arithmetic and text.

Does not own the functions an author can call (``builtins``) or the reading of expressions.
Entry points: ``from_python``, ``kind_of``, ``equal``, ``compare``, ``text_of``.
"""

from engine.language.values.duration import DaysDuration, MonthsDuration, read_duration
from engine.language.values.fault import LimitError, UndefinedError
from engine.language.values.interval import FunctionValue, RangeValue
from engine.language.values.kind import Kind, from_python, kind_of
from engine.language.values.property import property_of
from engine.language.values.reading import read_at_literal, read_date, read_date_time, read_time
from engine.language.values.relation import compare, equal, same, within
from engine.language.values.show import literal, text_of
from engine.language.values.temporal import DateTime, DateValue, FarDate, Time

__all__ = [
    "DateTime",
    "DateValue",
    "DaysDuration",
    "FarDate",
    "FunctionValue",
    "Kind",
    "LimitError",
    "MonthsDuration",
    "RangeValue",
    "Time",
    "UndefinedError",
    "compare",
    "equal",
    "from_python",
    "kind_of",
    "literal",
    "property_of",
    "read_at_literal",
    "read_date",
    "read_date_time",
    "read_duration",
    "read_time",
    "same",
    "text_of",
    "within",
]

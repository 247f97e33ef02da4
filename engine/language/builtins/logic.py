"""Built-ins on truth values and on any value (DMN 10.3.4.2, 10.3.4.10)."""

from __future__ import annotations

from engine.language.builtins.arguments import items
from engine.language.builtins.signature import Builtin, builtin
from engine.language.values.logic import conjunction, disjunction, negation
from engine.language.values.relation import same


def negated(negand: object) -> bool | None:
    """``not(true) = false``; anything that is no truth value gives null."""
    return negation(negand)


def every(values: object) -> bool | None:
    """``all([true, false]) = false``, ``all([]) = true``."""
    return conjunction(items(values))


def some(values: object) -> bool | None:
    """``any([true, false]) = true``, ``any([]) = false``."""
    return disjunction(items(values))


def identical(value1: object = None, value2: object = None) -> bool:
    """``is(@"23:00:50Z", @"23:00:50+00:00") = true``: the same element of the value space."""
    return same(value1, value2)


LOGICAL: tuple[Builtin, ...] = (
    builtin("not", ("negand: boolean -> boolean", negated)),
    builtin("all", ("list: list<boolean> -> boolean?", every), ("b: boolean... -> boolean?", lambda *b: every(b))),
    builtin("any", ("list: list<boolean> -> boolean?", some), ("b: boolean... -> boolean?", lambda *b: some(b))),
    builtin("is", ("value1?: any, value2?: any -> boolean", identical)),
)

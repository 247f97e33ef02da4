"""The value of an expression in one case, with blanks kept apart: whatever reads a blank is unknown.

FEEL itself gives some functions of null a definite value (``list contains`` says false), which would break rules about
slots that are still empty. So a condition is taken apart at its connectives, and each part that reads a blank is
unknown; ``and`` and ``or`` still decide when their other side does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from engine.catalog import Value
from engine.configuration.products.space import Env, Space, reads
from engine.language.evaluate import prepare
from engine.language.tree import Call, Expression, If, Logic, LogicOp, Name

Judge: TypeAlias = Callable[[Mapping[str, Value]], Value]


def judge(space: Space, node: Expression, env: Env) -> Judge:
    """A function from contexts to values, None for unknown."""
    match node:
        case Logic(op=op, operands=operands):
            return _connective([judge(space, each, env) for each in operands], decisive=op is LogicOp.OR)
        case If(condition=condition, consequence=yes, alternative=no):
            test, first, second = (judge(space, each, env) for each in (condition, yes, no))
            return lambda context: (first if test(context) is True else second)(context)
        case Call(function=Name(name="not"), arguments=(operand,)):
            inner = judge(space, operand, env)
            return lambda context: {True: False, False: True}.get(inner(context))  # type: ignore[arg-type]
        case _:
            return _leaf(space, node, env)


def _connective(parts: Sequence[Judge], *, decisive: bool) -> Judge:
    """``or`` when ``decisive`` is true, ``and`` when it is false: one decisive part decides, else all must be known."""

    def work(context: Mapping[str, Value]) -> Value:
        values = [each(context) for each in parts]
        if decisive in values:
            return decisive
        return None if None in values else not decisive

    return work


def _leaf(space: Space, node: Expression, env: Env) -> Judge:
    work = prepare(node)
    paths = list(dict.fromkeys(names for _, names in reads(space, node, env)))

    def value(context: Mapping[str, Value]) -> Value:
        if any(_read(context, path) is None for path in paths):
            return None
        return work(context)  # type: ignore[return-value]

    return value


def _read(context: Mapping[str, Value], path: tuple[str, ...]) -> Value:
    value: Value = context
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value

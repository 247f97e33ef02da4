"""Ranges (intervals) and functions as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.language.types import FunctionType


@dataclass(frozen=True, slots=True)
class RangeValue:
    """An interval. A missing end (``low_given`` or ``high_given`` false) is unbounded and its value None.

    Text such as ``[null..10]`` gives an end that is None without being unbounded; membership is then unknown.
    """

    low: object
    high: object
    low_included: bool
    high_included: bool
    low_given: bool = True
    high_given: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class FunctionValue:
    """A function: parameter names in order and what to call with exactly these arguments.

    ``signature`` is None when the types of its parameters or result are not declared; ``by_name`` is set where the
    parameters' names depend on the form of the call.
    """

    parameters: tuple[str, ...]
    call: Callable[..., object] = field(repr=False)
    variadic: bool = False
    signature: FunctionType | None = None
    by_name: Callable[[Mapping[str, object]], object] | None = field(default=None, repr=False)

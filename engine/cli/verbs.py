"""Families of verbs on deals: each verb names its arguments, does one thing through a client, and shows the answer."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.cli.options import add_options

if TYPE_CHECKING:
    from engine.cli.screen import Screen
    from engine.client import Client

Work: TypeAlias = "Callable[[Client, Screen, argparse.Namespace], Any]"
"""Does the verb: shows the answer to people and returns it (a message, a list of messages or plain data)."""


AMOUNT = re.compile(r"[+-]?([0-9]+(\.[0-9]+)?|[0-9]{1,3}(,[0-9]{3})+\.[0-9]+)")
RATE = re.compile(r"[0-9]+(\.[0-9]+)?")
"""Digits with a point; thousands may be grouped only where a point shows what the commas mean."""

STREAMED = object()
"""The answer of a verb that has printed its JSON already, a line at a time."""

LEFT = object()
"""The answer of a conversation that its reader left: there is none, and nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Negative:
    """An answer that says no: machines read it as any other, and the verb ends with exit code 1."""

    answer: Any


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a verb: flags as for argparse, its help, and what an option says that stands `alone`."""

    flags: tuple[str, ...]
    help: str
    kind: Callable[[str], Any] = str
    default: Any = None
    required: bool = False
    many: bool = False
    flag: bool = False
    may_be_missing: bool = False
    metavar: str = ""
    alone: str = ""

    @property
    def shown(self) -> str | None:
        """What stands for its value in the help: as said, or by what it is; a positional one shows its name."""
        if not self.flags[0].startswith("-"):
            return None
        return self.metavar or _METAVARS.get(self.kind)


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of a family; ``keeps`` says that something stays of what it does, for which rules must be sound."""

    name: str
    help: str
    work: Work
    arguments: tuple[Argument, ...] = ()
    keeps: bool = True


def add_family(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, verbs: Sequence[Verb]
) -> None:
    """Add ``cpq NAME VERB`` for every verb."""
    parser = commands.add_parser(name, help=text, description=text)
    inner = parser.add_subparsers(dest="what", metavar="VERB", required=True)
    for verb in verbs:
        add_verb(inner, verb)


def add_verb(commands: argparse._SubParsersAction[argparse.ArgumentParser], verb: Verb) -> None:
    """Add one verb with its own arguments and those that all verbs on deals share."""
    parser = commands.add_parser(verb.name, help=verb.help, description=verb.help)
    for each in verb.arguments:
        if each.flag:
            parser.add_argument(*each.flags, help=each.help, action="store_true")
            continue
        by_name = each.flags[0].startswith("-")
        more: dict[str, Any] = {"nargs": "*"} if each.many else {"nargs": "?"} if each.may_be_missing else {}
        if by_name:
            more |= {"required": each.required, "metavar": each.shown}
        if by_name and each.many:
            more["action"] = _AddMore
        if each.alone:
            more |= {"nargs": "?", "const": each.alone}
        parser.add_argument(*each.flags, help=each.help, type=each.kind, default=each.default, **more)
    add_options(parser)
    parser.set_defaults(run=lambda options: work_in("engine.cli.deal:carry_out")(verb.work, options), keeps=verb.keeps)


class _AddMore(argparse.Action):
    """An option that is given again adds to what it said before; argparse would drop that without a word."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        setattr(namespace, self.dest, [*(getattr(namespace, self.dest) or ()), *values])


def work_in(name: str) -> Callable[..., int]:
    """A function by ``module:name``, imported when it is called: words that only want help start no engine."""
    module, _, function = name.partition(":")
    return lambda *given: int(getattr(import_module(module), function)(*given))


def positional(name: str, text: str, kind: Callable[[str], Any] = str) -> Argument:
    """An argument that must be given, by its place."""
    return Argument((name,), text, kind)


def option(
    flag: str, text: str, *, kind: Callable[[str], Any] = str, default: Any = None, required: bool = False
) -> Argument:
    """An argument by name."""
    return Argument((flag,), text, kind, default, required)


REQUEST_ID = option("--request-id", "a UUID of this call: said again with it, it gives the recorded answer", default="")
"""For verbs that move money: a script that does not know whether its call arrived says it again."""


def named(collection: str) -> Callable[[str], str]:
    """Resource names may be given without their collection: ``q-000001`` is ``quotes/q-000001``."""
    return lambda text: text if "/" in text or not text else f"{collection}/{text}"


OF_CUSTOMER = option("--customer", "only of this customer", kind=named("customers"))
OF_CONTRACT = option("--contract", "only of this contract", kind=named("contracts"))
BY = option("--by", "who asks for it", kind=named("users"))
"""For verbs that list what belongs to somebody, and for those that people are to answer for."""


def a_day(text: str) -> date:
    """A date in ISO form, for argparse."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"`{text}` is not a date like 2026-03-31") from error


def an_amount(text: str) -> Decimal:
    """An amount in major units, for argparse; a comma that could be a decimal mark is refused, never dropped."""
    if not AMOUNT.fullmatch(text):
        raise argparse.ArgumentTypeError(f"`{text}` is not an amount like 1234.50 or 1,234.50")
    return Decimal(text.replace(",", ""))


def an_amount_above_zero(text: str) -> Decimal:
    """An amount above zero in major units, for argparse."""
    if (found := an_amount(text)) <= 0:
        raise argparse.ArgumentTypeError(f"`{text}` is not above zero")
    return found


def an_amount_of_a_line(text: str) -> tuple[str, Decimal]:
    """``LINE=AMOUNT``, for argparse."""
    line, found, value = text.rpartition("=")
    if not found or not line:
        raise argparse.ArgumentTypeError(f"`{text}` is not LINE=AMOUNT, such as seats=12.50")
    return line, an_amount_above_zero(value)


def a_rate(text: str) -> tuple[date, str]:
    """``DAY=RATE``, for argparse."""
    since, found, rate = text.partition("=")
    if not found or not RATE.fullmatch(rate):
        raise argparse.ArgumentTypeError(f"`{text}` is not DAY=RATE, such as 2026-03-01=1.08")
    return a_day(since), rate


_METAVARS: dict[Callable[[str], Any], str] = {
    Path: "FILE",
    int: "NUMBER",
    a_day: "DAY",
    an_amount: "AMOUNT",
    an_amount_above_zero: "AMOUNT",
    an_amount_of_a_line: "LINE=AMOUNT",
}
"""What stands for the value of an option in the help."""

"""An amendment as it is offered: which lines of a contract end when, and which quote lines follow them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from engine.contracts.contract import Contract, LineEnd
from engine.contracts.force import LineInForce, lines_in_force
from engine.diagnostics import Code, Fault, did_you_mean

CHANGED_SINCE = Code("CON021")
UNKNOWN_LINE = Code("CON022")
NOT_RUNNING = Code("CON023")
CHARGED_ONCE = Code("CON024")
NAMED_TWICE = Code("CON025")
BEFORE_START = Code("CON026")


class AmendmentKind(Enum):
    """A change within the term, or the next term."""

    AMENDMENT = "amendment"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class Succession:
    """A line that ends, on the first day it is not served, and the line of the quote that follows it; empty: none."""

    line: str
    on: date
    by: str = ""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a quote changes in a contract: lines that end and lines that follow; its other lines are added.

    It was made when ``after`` changes were signed, and can be signed on no other state of the contract.
    """

    contract: str
    after: int
    effective: date
    kind: AmendmentKind = AmendmentKind.AMENDMENT
    successions: tuple[Succession, ...] = ()

    @property
    def followed(self) -> Mapping[str, str]:
        """The line that each quote line follows."""
        return {each.by: each.line for each in self.successions if each.by}


def ends_of(contract: Contract, amendment: Amendment) -> tuple[LineEnd, ...]:
    """The ends that an amendment signs; a line that runs out on that day anyway needs none."""
    states = {each.line.id: each for each in lines_in_force(contract)}
    return tuple(LineEnd(each.line, each.on) for each in amendment.successions if states[each.line].end != each.on)


def base_faults(contract: Contract, amendment: Amendment) -> Iterator[Fault]:
    """Why an amendment cannot be signed on a contract as it stands: others changed it since the quote was made."""
    if amendment.after != len(contract.changes):
        message = f"`{contract.id}` changed since this was quoted"
        yield Fault(
            CHANGED_SINCE, "contract", message, "quote the change anew: it is then worked out on what holds now"
        )


def runs_on(contract: Contract, on: date) -> Mapping[str, LineInForce]:
    """The recurring and usage lines that run on a day or begin later, by id."""
    return {each.line.id: each for each in lines_in_force(contract) if runs_past(each, on)}


def runs_past(state: LineInForce, on: date) -> bool:
    """Whether a line is charged by time and serves a day after ``on``, or that day."""
    return not state.line.is_one_time and not state.was_taken_back and (state.end is None or state.end > on)


def amendable_faults(states: Mapping[str, LineInForce], line: str, on: date, field: str) -> Iterator[Fault]:
    """Why a line cannot be changed from a day on; ``states`` are the lines of its contract, by id."""
    state = states.get(line)
    if state is None:
        hint = did_you_mean(line, states) or f"it has {', '.join(f'`{each}`' for each in states)}"
        yield Fault(UNKNOWN_LINE, field, f"the contract has no line `{line[:80]}`", hint)
    elif state.line.is_one_time:
        message = f"`{line}` is charged once and does not run"
        yield Fault(CHARGED_ONCE, field, message, "cancel the item of its order, or credit its invoice")
    elif not runs_past(state, on):
        yield Fault(NOT_RUNNING, field, f"`{line}` ends on {state.end} already", "name a line that runs on that day")

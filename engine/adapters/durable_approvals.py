"""Approvals on durable-rules, behind the same port as the plain state machine.

Each chain of a run is a live state that counts the agreements still missing and the levels still to come; the run
itself is one that counts open chains. The rules decide what follows; what it does to the run is shared with the plain
machine. The run's log is the truth: live states that are missing or behind are rebuilt from it.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import assert_never

from engine.adapters.durable_rules import Effect, Emit, RuleEngine, State
from engine.approvals.eligibility import faults_of
from engine.approvals.machine import due_moves
from engine.approvals.process import Directory
from engine.approvals.run import Action, ApprovalCase, ApprovalRun, Decide, Recall, RunStatus, Tick, Verdict
from engine.approvals.transition import (
    CloseRequest,
    Escalate,
    Finish,
    Move,
    OpenLevel,
    carry_out,
    first_open_level,
    position,
    record,
)
from engine.diagnostics import Decision, Refusal

BEGIN, OPEN, APPROVE, REJECT, RECALL, DUE, CHAIN_DONE = range(1, 8)
"""Kinds of events."""

WAITING, LEVEL_DONE, ENDED = 1, 2, 3
"""Phases of a chain or run."""

NEXT_LEVEL, CLOSED, ESCALATED, REJECTED, RECALLED, APPROVED = (
    "next level",
    "closed",
    "escalated",
    "rejected",
    "recalled",
    "approved",
)
"""What rules emit."""


class DurableApprovalProcess:
    """Runs approvals by event rules. Raises ``DurableRulesMissing`` when the library is not installed."""

    def __init__(self) -> None:
        self._rules = _shared_engine()
        self._prefix = f"p{next(_instances)}"
        self._logs: dict[str, tuple[Action, ...]] = {}

    def begin(self, case: ApprovalCase, *, at: datetime) -> Decision[ApprovalRun] | Refusal:
        """Open the first level of every chain; a case without open levels is approved at once."""
        with self._rules:
            moves = self._start(case)
            self._remember(case, (), ended=any(isinstance(each, Finish) for each in moves))
        run, events = carry_out(ApprovalRun(case, started_at=at), moves, at=at)
        return Decision(run, events)

    def act(self, run: ApprovalRun, action: Action, *, directory: Directory) -> Decision[ApprovalRun] | Refusal:
        """Take one action on a run, or refuse it with every reason."""
        faults = faults_of(run, action, directory)
        if faults:
            return Refusal(faults)
        with self._rules:
            self._catch_up(run)
            try:
                moves = self._post(run, action)
            except Exception:
                self._forget(run.case)
                raise
            if isinstance(action, Tick) and not moves:
                return Decision(run)
            recorded, decided = record(run, action)
            self._remember(run.case, recorded.log, ended=any(isinstance(each, Finish) for each in moves))
        by = "" if isinstance(action, Tick) else action.by
        changed, events = carry_out(recorded, moves, at=action.at, by=by)
        return Decision(changed, (*decided, *events))

    @property
    def live_states(self) -> int:
        """How many live states the library holds for this process."""
        return self._rules.live_states

    def _start(self, case: ApprovalCase) -> tuple[Move, ...]:
        self._forget(case)
        firsts = [(c, first_open_level(case, chain=c)) for c in range(len(case.chains))]
        opened = [(c, level) for c, level in firsts if level is not None]
        emitted = self._send(case, "run", {"kind": BEGIN, "chains": len(opened)})
        moves: list[Move] = []
        for chain, level in opened:
            self._open(case, chain, level)
            moves.append(OpenLevel(chain, level))
        return (*moves, *_finishes(emitted))

    def _open(self, case: ApprovalCase, chain: int, level: int) -> None:
        levels = case.chains[chain].levels
        left = sum(not each.stands for each in levels[level + 1 :])
        event = {"kind": OPEN, "needed": levels[level].needed, "left": left}
        self._send(case, f"chain {chain}", event)

    def _post(self, run: ApprovalRun, action: Action) -> tuple[Move, ...]:
        """Post an accepted action, follow what the rules emit, and return the moves."""
        match action:
            case Decide():
                return self._decide(run, action)
            case Recall():
                return _finishes(self._send(run.case, "run", {"kind": RECALL}))
            case Tick():
                return tuple(self._due(run, action))
            case _:
                assert_never(action)

    def _decide(self, run: ApprovalRun, action: Decide) -> tuple[Move, ...]:
        case = run.case
        request = run.request(action.request)
        assert request is not None, "only accepted actions are posted"
        chain, level = position(case, request)
        kind = APPROVE if action.verdict is Verdict.APPROVE else REJECT
        emitted = self._send(case, f"chain {chain}", {"kind": kind})
        moves: list[Move] = []
        for each in emitted:
            if each == NEXT_LEVEL:
                following = first_open_level(case, chain=chain, start=level + 1)
                assert following is not None, "the chain counts its levels"
                self._open(case, chain, following)
                moves += [CloseRequest(request.id), OpenLevel(chain, following)]
            elif each == CLOSED:
                ended = self._send(case, "run", {"kind": CHAIN_DONE})
                moves += [CloseRequest(request.id), *_finishes(ended)]
            else:
                moves += _finishes((each,))
        return tuple(moves)

    def _due(self, run: ApprovalRun, action: Tick) -> Iterable[Move]:
        """One event for every due time that has passed by our clock; the library's own timers are never used."""
        for request in run.pending():
            chain, _ = position(run.case, request)
            for move in due_moves(run.case, request, at=action.at):
                emitted = self._send(run.case, f"chain {chain}", {"kind": DUE})
                yield from (Escalate(move.request) for each in emitted if each == ESCALATED)

    def _catch_up(self, run: ApprovalRun) -> None:
        """Rebuild the live states from the log when they were parked, or belong to another history."""
        owner = self._owner(run.case)
        if self._rules.is_live(owner) and self._logs.get(owner) == run.log:
            return
        replayed, _ = carry_out(ApprovalRun(run.case, run.started_at), self._start(run.case), at=run.started_at)
        for action in run.log:
            moves = self._post(replayed, action)
            recorded, _ = record(replayed, action)
            replayed, _ = carry_out(recorded, moves, at=action.at)
        self._logs[owner] = run.log

    def _send(self, case: ApprovalCase, part: str, event: Mapping[str, int]) -> Sequence[str]:
        owner = self._owner(case)
        return self._rules.post(owner, f"{owner}/{part}", event)

    def _remember(self, case: ApprovalCase, log: tuple[Action, ...], *, ended: bool) -> None:
        owner = self._owner(case)
        if ended:
            self._forget(case)
            return
        self._logs[owner] = log
        if len(self._logs) > LOGS_MAX:
            self._logs = {each: kept for each, kept in self._logs.items() if self._rules.is_live(each)}

    def _forget(self, case: ApprovalCase) -> None:
        owner = self._owner(case)
        self._rules.forget(owner)
        self._logs.pop(owner, None)

    def _owner(self, case: ApprovalCase) -> str:
        return f"{self._prefix}:{case.id}"


LOGS_MAX = 2_000
"""How many logs are remembered before those of parked states are dropped."""


def _finishes(emitted: Iterable[str]) -> tuple[Move, ...]:
    ends = {APPROVED: RunStatus.APPROVED, REJECTED: RunStatus.REJECTED, RECALLED: RunStatus.RECALLED}
    return tuple(Finish(ends[each]) for each in emitted if each in ends)


def _begin(state: State, event: Mapping[str, int], _: Emit) -> None:
    state["chains"], state["phase"] = event["chains"], WAITING


def _open_level(state: State, event: Mapping[str, int], _: Emit) -> None:
    state["missing"], state["left"], state["phase"] = event["needed"], event["left"], WAITING


def _agreed(state: State, _: Mapping[str, int], __: Emit) -> None:
    state["missing"] = _number(state, "missing") - 1


def _chain_done(state: State, _: Mapping[str, int], __: Emit) -> None:
    state["chains"] = _number(state, "chains") - 1


def _level_complete(state: State, _: Mapping[str, int], emit: Emit) -> None:
    state["phase"] = LEVEL_DONE
    emit(NEXT_LEVEL)


def _chain_complete(state: State, _: Mapping[str, int], emit: Emit) -> None:
    state["phase"] = ENDED
    emit(CLOSED)


def _ended(what: str) -> Effect:
    def effect(state: State, _: Mapping[str, int], emit: Emit) -> None:
        state["phase"] = ENDED
        emit(what)

    return effect


def _escalated(_: State, __: Mapping[str, int], emit: Emit) -> None:
    emit(ESCALATED)


def _number(state: State, name: str) -> int:
    value = state[name]
    assert isinstance(value, int), "states hold whole numbers"
    return value


_LAST_LEVEL = {"$and": [{"missing": 0}, {"phase": WAITING}, {"left": 0}, {"$s": 1}]}
_MORE_LEVELS = {"$and": [{"missing": 0}, {"phase": WAITING}, {"$gt": {"left": 0}}, {"$s": 1}]}
_NO_CHAINS = {"$and": [{"chains": 0}, {"phase": WAITING}, {"$s": 1}]}

_instances = itertools.count(1)
_engine_lock = threading.Lock()
_engines: list[RuleEngine] = []


def _shared_engine() -> RuleEngine:
    """The one engine of the process: the library never frees a ruleset, and one serves all tenants."""
    with _engine_lock:
        if not _engines:
            _engines.append(
                RuleEngine(
                    "approvals",
                    {
                        "begin": ({"kind": BEGIN}, _begin),
                        "open": ({"kind": OPEN}, _open_level),
                        "agree": ({"kind": APPROVE}, _agreed),
                        "reject": ({"kind": REJECT}, _ended(REJECTED)),
                        "recall": ({"kind": RECALL}, _ended(RECALLED)),
                        "due": ({"kind": DUE}, _escalated),
                        "chain-done": ({"kind": CHAIN_DONE}, _chain_done),
                        "level-complete": (_MORE_LEVELS, _level_complete),
                        "chain-complete": (_LAST_LEVEL, _chain_complete),
                        "all-complete": (_NO_CHAINS, _ended(APPROVED)),
                    },
                )
            )
        return _engines[0]

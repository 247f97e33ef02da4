"""The three moves of every mutation: load, decide, save; replayed by request id, retried when others were first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import TypeAlias, TypeVar

from engine.application.faults import (
    DEADLINE_EXCEEDED,
    REQUEST_ID_REUSED,
    TOO_BUSY,
    etag_mismatch,
)
from engine.application.ports import (
    AlreadyAnswered,
    Asked,
    Bell,
    Clock,
    Conflict,
    Ids,
    Reader,
    Store,
    StoreError,
    Transaction,
)
from engine.application.rule_books import RuleBooks
from engine.application.tax_hook import NO_TAX_SERVICE, AskedOnce, TaxService
from engine.approvals.process import ApprovalProcess
from engine.diagnostics import Decision, Fault, Refusal

T = TypeVar("T")
MOST_ATTEMPTS = 30
DEFAULT_TENANT = "default"


class Unheard:
    """The bell of a program in which nothing works in the background."""

    def ring(self) -> None:
        """Nobody hears it."""


class PreviewIds:
    """The ids of a unit that is only tried: unlike any that is kept, so that none is taken for the record to come."""

    def __init__(self) -> None:
        self._given = 0

    def new(self, prefix: str) -> str:
        """An id of this answer alone, such as ``q-preview-1``."""
        self._given += 1
        return f"{prefix}-preview-{self._given}"

    def give_back(self, unused: str) -> None:
        """Nothing was taken."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The ports that use cases are given."""

    store: Store
    clock: Clock
    ids: Ids
    books: RuleBooks
    approvals: ApprovalProcess
    taxes: TaxService = NO_TAX_SERVICE
    bell: Bell = Unheard()


@dataclass(frozen=True, slots=True)
class Work:
    """What one use case works with: a unit of work, the instant it happens at, and the ports."""

    tx: Transaction
    at: datetime
    env: Environment
    tenant: str = DEFAULT_TENANT
    minted: list[str] = field(default_factory=list)

    def new_id(self, prefix: str) -> str:
        """A new id for a record of this unit."""
        found = self.env.ids.new(prefix)
        self.minted.append(found)
        return found

    def give_back_ids(self) -> None:
        """Let the ids of a unit that saves nothing be given again, the last one first."""
        while self.minted:
            self.env.ids.give_back(self.minted.pop())

    def decided(self, outcome: Decision[T] | Refusal) -> T | Refusal:
        """Emit the events of a decision and return its value; a refusal is passed on."""
        if isinstance(outcome, Refusal):
            return outcome
        self.tx.emit(*outcome.events)
        return outcome.value

    def saved(self, outcome: Decision[T] | Refusal) -> T | Refusal:
        """Replace the record by the value of a decision and emit its events."""
        value = self.decided(outcome)
        if not isinstance(value, Refusal):
            self.tx.replace(value)
        return value

    def etag(self, kind: type[object], key: str) -> str:
        """The etag of a record as this unit leaves it; empty when there is none."""
        return etag_of(self.tx, kind, key)

    def check_etag(self, kind: type[object], key: str, given: str) -> Refusal | None:
        """Compare the etag that the caller read with the present one; an empty one is not compared."""
        found = self.etag(kind, key)
        return etag_mismatch(found, given) if given and given != found else None


@dataclass(frozen=True, slots=True)
class Options:
    """How a mutation is to be carried out; ``alive`` says whether the caller still waits."""

    validate_only: bool = False
    alive: Callable[[], bool] = lambda: True


class Attempt(Enum):
    """Whether a unit of work is tried for the first time."""

    FIRST = "first"
    AGAIN = "again"


Answered: TypeAlias = bytes | Refusal


def etag_of(reader: Reader, kind: type[object], key: str) -> str:
    """The etag of a record: its version in quotes; empty when there is none."""
    version = reader.version(kind, key)
    return f'"{version}"' if version else ""


def perform(
    env: Environment,
    asked: Asked,
    decide: Callable[[Work], T | Refusal],
    answer: Callable[[Work, T], bytes],
    options: Options = Options(),
) -> Answered:
    """Carry out a mutation and return the bytes of its answer, or a refusal after which nothing was saved.

    A request id that was answered before gives the recorded bytes; with another fingerprint it is refused. When
    something that the decision read was changed meanwhile, it is loaded and decided again, by the tax rates that were
    answered already. Raises StoreFailed.

    Nearly every request id is new. So the store is asked for a recorded answer only where one may be: in a request that
    was sent again soon, was refused, or met its record when it was to be saved.
    """
    env = replace(env, taxes=AskedOnce(env.taxes), ids=PreviewIds() if options.validate_only else env.ids)
    for attempt in range(MOST_ATTEMPTS):
        with env.store.turn() if attempt else nullcontext():
            try:
                return _attempt(env, asked, decide, answer, options, Attempt.AGAIN if attempt else Attempt.FIRST)
            except (Conflict, AlreadyAnswered):
                continue
    return Refusal((Fault(TOO_BUSY, "", "others changed the same records again and again", "try again"),))


def fail(failure: Exception) -> None:
    """What becomes of a failure of ours where nobody asked to be told of it."""
    raise failure


def perform_apart(
    env: Environment, asked: Asked, decide: Callable[[Work], object], failed: Callable[[Exception], None]
) -> bool:
    """Do one of many things that do not hang on each other; whether it was done.

    One that we fail on keeps none of the others from being done: ``failed`` is told of it. Raises StoreError.
    """
    try:
        return not isinstance(perform(env, asked, decide, lambda _work, _value: b""), Refusal)
    except StoreError:
        raise
    except Exception as failure:
        failed(failure)
        return False


def _attempt(
    env: Environment,
    asked: Asked,
    decide: Callable[[Work], T | Refusal],
    answer: Callable[[Work, T], bytes],
    options: Options,
    attempt: Attempt,
) -> Answered:
    with env.store.begin(asked.tenant) as tx:
        is_sought = attempt is Attempt.AGAIN or tx.may_be_answered(asked.request_id)
        recorded = _recorded(tx, asked) if is_sought else None
        if recorded is not None:
            return recorded
        work = Work(tx, env.clock.now(asked.tenant), env, asked.tenant)
        content = _answered(work, decide, answer, options)
        if options.validate_only or isinstance(content, Refusal):
            work.give_back_ids()
            found = None if is_sought else _recorded(tx, asked)
            return content if found is None else found
        # An id of a unit whose commit fails stays a gap: a failure does not always say whether it was saved.
        try:
            tx.commit(asked, content, at=work.at)
        except AlreadyAnswered:
            work.give_back_ids()
            raise
        return content


def _recorded(tx: Transaction, asked: Asked) -> Answered | None:
    recorded = tx.answer(asked.request_id) if asked.request_id else None
    if recorded is None:
        return None
    return recorded.content if recorded.fingerprint == asked.fingerprint else _reused(asked)


def _answered(
    work: Work, decide: Callable[[Work], T | Refusal], answer: Callable[[Work, T], bytes], options: Options
) -> Answered:
    outcome = decide(work)
    if isinstance(outcome, Refusal):
        return outcome
    content = answer(work, outcome)
    if not options.validate_only and not options.alive():
        return Refusal((Fault(DEADLINE_EXCEEDED, "", "the caller left before anything was saved"),))
    return content


def _reused(asked: Asked) -> Refusal:
    message = f"the request id `{asked.request_id}` was used for another request"
    return Refusal((Fault(REQUEST_ID_REUSED, "request_id", message, "choose a new one for every new request"),))

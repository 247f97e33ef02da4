"""How every method runs: reads on a snapshot, mutations through ``perform``; refusals become statuses at the edge."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import grpc
from cachetools import LRUCache
from google.protobuf.message import DecodeError, Message

from engine.api.pages import Pages
from engine.api.refused import Refused
from engine.api.streams import Streams
from engine.application.faults import invalid
from engine.application.perform import DEFAULT_TENANT, Environment, Options, Work, perform
from engine.application.ports import Asked, Reader
from engine.application.rule_books import ActiveBook
from engine.configuration.answers import DEFAULT_BUDGET, Budget
from engine.diagnostics import Fault, Refusal
from engine.wire.basics import Faults
from engine.wire.sheets import Sheets

T = TypeVar("T")
M = TypeVar("M", bound=Callable[..., object])
W = TypeVar("W", bound=Message)
Reply: TypeAlias = Message | bytes
LONGEST_REQUEST_ID = 128
MOST_SHEETS = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """What a single call may ask for and search for, how many streams of callers hold a thread at once, and whether
    test clocks may be moved.
    """

    lines: int = 2_000
    test_clock: bool = False
    search: Budget = DEFAULT_BUDGET
    streams: int = 8


class Calls:
    """Given to every servicer; knows the environment, the limits, the places of streams and the page tokens."""

    def __init__(self, env: Environment, pages: Pages, limits: Limits = Limits()) -> None:
        self.env = env
        self.pages = pages
        self.limits = limits
        self.streams = Streams(limits.streams)
        self._sheets: LRUCache[str, Sheets] = LRUCache(MOST_SHEETS)
        self._gate = threading.Lock()

    def sheets(self, active: ActiveBook) -> Sheets:
        """What is the same in every answer under a rule book; kept for the latest books."""
        parts = active.parts
        with self._gate:
            found = self._sheets.get(parts.rule_book)
            if found is None:
                found = self._sheets[parts.rule_book] = Sheets(parts.catalog.products, parts.plan)
            return found

    def read(self, answer: Callable[[Reader], T | Refusal]) -> T:
        """Answer from a snapshot; raises Refused."""
        return ok(self.env.store.look(DEFAULT_TENANT, answer))

    def checked_with(self, faults: Faults, look: Callable[[Reader], object]) -> None:
        """Raise Refused when anything was found wrong with the message, with all else that ``look`` would refuse."""
        if not faults.found:
            return
        found = self.env.store.look(DEFAULT_TENANT, look)
        more = beside(found.faults, faults.found) if isinstance(found, Refusal) else ()
        raise Refused(Refusal((*faults.found, *more)))

    def mutate(
        self,
        request: Any,
        context: grpc.ServicerContext,
        decide: Callable[[Work], T | Refusal],
        answer: Callable[[Work, T], Reply],
    ) -> bytes:
        """Carry out a mutation and return the bytes of its answer; raises Refused."""
        asked = self.asked(request)
        options = Options(validate_only=request.validate_only, alive=context.is_active)
        done = perform(self.env, asked, decide, lambda work, value: serialized(answer(work, value)), options)
        return ok(done)

    def asked(self, request: Any) -> Asked:
        """The request id with a fingerprint of everything else in the request; raises Refused."""
        if len(request.request_id) > LONGEST_REQUEST_ID:
            raise Refused(Refusal((invalid("request_id", f"longer than {LONGEST_REQUEST_ID} characters"),)))
        method = request.DESCRIPTOR.name
        if not request.request_id:
            return Asked(method)
        bare = type(request)()
        bare.CopyFrom(request)
        bare.ClearField("request_id")
        digest = hashlib.sha256(f"{method}\n".encode() + bare.SerializeToString(deterministic=True)).digest()
        return Asked(method, request.request_id, digest)


def takes_bytes(method: M) -> M:
    """Mark a method that takes the bytes of its request, since most of them need no message."""
    vars(method)["takes_bytes"] = True
    return method


def read_message(kind: type[W], written: bytes) -> W:
    """A message from its bytes; raises Refused."""
    try:
        return kind.FromString(written)
    except DecodeError:
        raise Refused(Refusal((invalid("", f"the request is no {kind.DESCRIPTOR.full_name}"),))) from None


def serialized(reply: Reply) -> bytes:
    """The bytes of a reply; a recorded or kept answer is bytes already and is sent as it is."""
    return reply if isinstance(reply, bytes) else reply.SerializeToString()


def beside(more: Iterable[Fault], found: Iterable[Fault]) -> tuple[Fault, ...]:
    """Further faults without those about a value that could not be read, as ``found`` says."""
    unread = [f".{each.field}" for each in found]
    return tuple(each for each in more if not _is_unread(each, unread))


def _is_unread(fault: Fault, unread: list[str]) -> bool:
    """Whether a fault is about a value that could not be read, or about what lies around or below it."""
    name = f".{fault.field}"
    return any(each.endswith(name) or f"{name}." in each or f"{name}[" in each for each in unread)


def ok(outcome: T | Refusal) -> T:
    """The value of an outcome; raises Refused for a refusal."""
    if isinstance(outcome, Refusal):
        raise Refused(outcome)
    return outcome


def checked(faults: Faults) -> None:
    """Raise Refused when anything was found wrong with the message."""
    if faults.found:
        raise Refused(Refusal(tuple(faults.found)))

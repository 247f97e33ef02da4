"""The durable-rules library made safe: one quiet host, one lock, bounded live states, nothing swallowed.

The library's own host runs background threads that meet the caller's thread in C code and crash, frees no ruleset,
keeps the text of an exception in the state and goes on, and refuses the 1 025th live state. Here a host without threads
is made once for the process, every call holds one lock, and states that were not used lately are deleted: whoever owns
a state can rebuild it from a log.
"""

from __future__ import annotations

import importlib
import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Protocol

LIVE_STATES_MAX = 480
"""Half of what the library can hold, so that a burst inside one call never reaches its limit of 1 024."""

INTEGER_MAX = 2**63 - 1
"""The library compares larger numbers as equal."""


class DurableRulesMissing(RuntimeError):
    """The library is not installed; ``pip install 'cpq-engine[durable]'`` needs a C compiler."""


class DurableRulesError(RuntimeError):
    """A rule failed inside the library, which would have gone on in silence."""


class _Host(Protocol):
    def set_rulesets(self, definitions: dict[str, object]) -> None: ...

    def post(self, ruleset: str, message: dict[str, object]) -> Mapping[str, object] | None: ...

    def get_state(self, ruleset: str, sid: str) -> Mapping[str, object]: ...

    def delete_state(self, ruleset: str, sid: str) -> None: ...


Emit = Callable[[str], None]
State = dict[str, object]
Effect = Callable[[State, Mapping[str, int], Emit], None]


class RuleEngine:
    """One ruleset on a quiet host. ``owner`` names what may be deleted together when room is needed.

    Use it as a context manager: everything inside holds the lock.
    """

    def __init__(self, name: str, rules: Mapping[str, tuple[object, Effect]]) -> None:
        self._name = name
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._emitted: list[str] = []
        self._live: OrderedDict[str, list[str]] = OrderedDict()
        self._count = 0
        self._host = _quiet_host(_library())
        definitions = {
            rule: {"all": [{"m": when}], "run": self._action(effect)} for rule, (when, effect) in rules.items()
        }
        self._host.set_rulesets({name: definitions})

    def __enter__(self) -> RuleEngine:
        self._lock.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def post(self, owner: str, sid: str, event: Mapping[str, int]) -> tuple[str, ...]:
        """Post an event to one state and return what its rules emitted; makes room first when too many are live."""
        if any(not -INTEGER_MAX <= number <= INTEGER_MAX for number in event.values()):
            raise DurableRulesError(f"an event of `{sid}` holds a number beyond 64 bits")
        self._touch(owner, sid)
        self._emitted = []
        message: dict[str, object] = {**event, "sid": sid, "id": f"{sid}#{next(self._numbers)}"}
        state = self._host.post(self._name, message) or self._host.get_state(self._name, sid)
        if state.get("exception"):
            raise DurableRulesError(f"a rule of `{self._name}` failed on `{sid}`: {state['exception']}")
        if state.get("sid") != sid:
            raise DurableRulesError(f"state `{state.get('sid')}` answered for `{sid}`")
        return tuple(self._emitted)

    def is_live(self, owner: str) -> bool:
        """Whether the states of an owner are still there."""
        return owner in self._live

    def forget(self, owner: str) -> None:
        """Delete all states of an owner."""
        for sid in self._live.pop(owner, ()):
            self._host.delete_state(self._name, sid)
            self._count -= 1

    @property
    def live_states(self) -> int:
        """How many states are live now."""
        return self._count

    def _touch(self, owner: str, sid: str) -> None:
        sids = self._live.setdefault(owner, [])
        self._live.move_to_end(owner)
        if sid in sids:
            return
        while self._count >= LIVE_STATES_MAX and (oldest := next(iter(self._live))) != owner:
            self.forget(oldest)
        sids.append(sid)
        self._count += 1

    def _action(self, effect: Effect) -> Callable[[_Closure], None]:
        def run(closure: _Closure) -> None:
            # A rule on the state alone hands over the state as its message; events carry their own fields.
            event = {name: value for name, value in closure._m["m"].items() if isinstance(value, int)}
            state = closure.s._d
            effect(state, event, self._emitted.append)

        return run


class _Content(Protocol):
    _d: State


class _Closure(Protocol):
    s: _Content
    _m: Mapping[str, Mapping[str, object]]


def _library() -> ModuleType:
    try:
        return importlib.import_module("durable.engine")
    except ImportError as error:
        wanted = "install cpq-engine[durable] on Python 3.11 or 3.12"
        raise DurableRulesMissing(f"durable-rules does not load ({error}); {wanted}") from error


def _quiet_host(library: ModuleType) -> _Host:
    """A host whose background dispatch threads never start; timers are driven by our own clock."""
    kind = type("QuietHost", (library.Host,), {"_run": lambda _: None})
    host: _Host = kind()
    return host

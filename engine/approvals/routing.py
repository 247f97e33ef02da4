"""Policy to route: which levels have to agree to a quote, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache

from engine.approvals.facets import Look, looks_of, value_at
from engine.approvals.policy import ApprovalPolicy, ChainDefinition, PolicyEffect
from engine.approvals.routed import NO_APPROVAL, Facet, FacetValue, Reason, Route, RoutedChain, RoutedLevel
from engine.catalog import Value
from engine.diagnostics import DiagnosticError
from engine.language import Checked, Compiled, ContextType, EvaluationFault, check_expression, compile_all
from engine.language.tree import Expression, Logic, LogicOp

SHOWN_MAX = 200
"""How many characters of a list or record are kept with a reason."""

Record = Mapping[str, Value]


def route(
    quote: Record,
    customer: Record,
    lines: Sequence[Record],
    *,
    policies: Sequence[ApprovalPolicy],
    chains: Sequence[ChainDefinition],
) -> Route:
    """The route of a quote with these facts; a pure function, so that it can be previewed."""
    return Router(policies, chains).route(quote, customer, lines)


class Router:
    """The policies and chains of a rule book made ready to find the routes of quotes.

    ``quote_reads`` names what conditions read of the quote, None where one reads it whole; ``reads_lines`` says whether
    any looks at single lines, so that their records have to be put together; ``reads_margin`` whether any looks at a
    margin.
    """

    __slots__ = ("_chains", "_margins", "_policies", "quote_reads", "reads_lines", "reads_margin")

    def __init__(self, policies: Sequence[ApprovalPolicy], chains: Sequence[ChainDefinition]) -> None:
        conditions = tuple(each for policy in policies for each in policy.conditions)
        prepared = iter(_prepared(conditions))
        self._policies = [_Row(policy, [next(prepared) for _ in policy.conditions]) for policy in policies]
        self._chains = tuple(chains)
        reads = {path for each in conditions for path in each.reads}
        self.reads_lines = any(path.partition(".")[0] == "lines" for path in reads)
        of_quote = {path.split(".")[1] for path in reads if path.startswith("quote.")}
        self._margins = frozenset(path for each in conditions for path in _margins(each))
        self.reads_margin = bool(self._margins)
        self.quote_reads: frozenset[str] | None = None if "quote" in reads else frozenset(of_quote)

    def route(self, quote: Record, customer: Record, lines: Sequence[Record], *, note: str = "") -> Route:
        """The route of a quote with these facts; ``note`` says why its margin is unknown, if it is.

        Every matching row adds its reason to its level. A row whose margin is unknown because a cost is missing
        matches, and so does one that cannot be worked out: somebody should look, and nothing is approved without.
        The shortest ``due`` of a level's rows counts.
        """
        roots: dict[str, object] = {"quote": quote, "customer": customer, "lines": tuple(lines)}
        arguments = tuple(roots.values())
        matched: dict[tuple[str, str], list[tuple[ApprovalPolicy, Reason]]] = {}
        auto: dict[str, Reason] = {}
        unknown = {path for path in self._margins if _is_unknown(path, roots)}
        for row in self._policies:
            outcomes = _outcomes(row.ready, arguments, unknown)
            if outcomes is None:
                continue
            policy = row.policy
            if policy.effect is PolicyEffect.REQUIRE:
                reason = row.reason(roots, note if Outcome.NO_MARGIN in outcomes else "")
                matched.setdefault((policy.chain, policy.level), []).append((policy, reason))
            elif outcomes.count(Outcome.TRUE) == len(outcomes):
                auto.setdefault(policy.chain, row.reason(roots, ""))
        if not matched:
            return NO_APPROVAL
        routed = [_chain(each, matched) for each in self._chains if "" not in auto and each.id not in auto]
        spared = {chain for chain, _ in matched}
        reasons = tuple(reason for chain, reason in auto.items() if not chain or chain in spared)
        return Route(tuple(each for each in routed if each.levels), reasons)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a condition looks at: a path, or a formula with its function; one that cannot be compiled has no value."""

    look: Look
    is_path: bool
    run: Compiled | None

    def value(self, roots: Mapping[str, object]) -> object:
        """The value in these facts."""
        if self.is_path:
            return value_at(self.look.expression, roots)
        try:
            return None if self.run is None else self.run(roots["quote"], roots["customer"], roots["lines"])
        except EvaluationFault:
            return None


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A condition made ready: its function, what it looks at, and which unknown margins make it match."""

    condition: Checked
    run: Compiled
    seen: tuple[_Seen, ...]
    margins: frozenset[str]
    sure: tuple[Compiled, ...]

    @property
    def text(self) -> str:
        """The condition as people read it: a cell with the column it is about."""
        cell = self.condition.subject is not None and self.seen
        return f"{self.seen[0].look.expression} {self.condition.text}" if cell else self.condition.text


class _Row:
    """A policy with its conditions made ready, the text of all of them, and what they look at, each once."""

    __slots__ = ("_seen", "_text", "policy", "ready")

    def __init__(self, policy: ApprovalPolicy, ready: Sequence[_Prepared]) -> None:
        self.policy = policy
        self.ready = ready
        self._text = " and ".join(each.text for each in ready)
        first: dict[Look, _Seen] = {}
        for each in ready:
            for seen in each.seen:
                first.setdefault(seen.look, seen)
        self._seen = tuple(first.values())

    def reason(self, roots: Mapping[str, object], note: str) -> Reason:
        """Why this row matches these facts."""
        looks = [(seen.look, _shown(seen.value(roots))) for seen in self._seen]
        facets = [Facet(look.expression, value, look.sense, look.threshold, look.inclusive) for look, value in looks]
        return Reason(self.policy.id, self._text, tuple(facets), self.policy.say, self.policy.span, note)


class Outcome(Enum):
    """What a condition comes to; unknown is not false (decision 16)."""

    TRUE = "true"
    FALSE = "false"
    NO_MARGIN = "no_margin"
    FAILED = "failed"


@lru_cache(maxsize=64)
def _prepared(conditions: tuple[Checked, ...]) -> tuple[_Prepared, ...]:
    """Conditions are compared by identity, so that a rule book is made ready once and not for every quote."""
    return tuple(
        _Prepared(
            each,
            run,
            tuple(_seen(look, each) for look in looks_of(each)),
            frozenset(_margins(each)),
            _sure(each),
        )
        for each, run in zip(conditions, compile_all(conditions), strict=True)
    )


def _margins(condition: Checked) -> tuple[str, ...]:
    """The margins that a condition reads; one that takes the quote as a whole may read any of it."""
    read, quote = list(condition.reads), condition.scope.roots.get("quote")
    if "quote" in read and isinstance(quote, ContextType):
        read += [f"quote.{name}" for name in quote.fields]
    return tuple(path for path in read if path.rpartition(".")[2].startswith("margin"))


def _sure(condition: Checked) -> tuple[Compiled, ...]:
    """The parts joined by ``and`` that read no margin: without one of them the condition is false, margin or no."""
    if not _margins(condition) or condition.subject is not None:
        return ()
    texts = (condition.text[node.start : node.end] for node in _joined(condition.tree))
    parts = [check_expression(text, scope=condition.scope) for text in texts]
    return compile_all(tuple(each for each in parts if not _margins(each)))


def _joined(tree: Expression) -> Iterator[Expression]:
    if isinstance(tree, Logic) and tree.op is LogicOp.AND:
        for operand in tree.operands:
            yield from _joined(operand)
    else:
        yield tree


def _seen(look: Look, condition: Checked) -> _Seen:
    if all(part.isidentifier() for part in look.expression.split(".")):
        return _Seen(look, is_path=True, run=None)
    try:
        (run,) = compile_all([check_expression(look.expression, scope=condition.scope)])
    except DiagnosticError:
        return _Seen(look, is_path=False, run=None)
    return _Seen(look, is_path=False, run=run)


def _chain(
    chain: ChainDefinition, matched: Mapping[tuple[str, str], Sequence[tuple[ApprovalPolicy, Reason]]]
) -> RoutedChain:
    levels = []
    for n, level in enumerate(chain.levels):
        rows = matched.get((chain.id, level.id), ())
        if not rows:
            continue
        due: timedelta | None = min((policy.due for policy, _ in rows if policy.due is not None), default=None)
        higher = tuple(each.who for each in chain.levels[n + 1 :])
        levels.append(RoutedLevel(level.id, level.who, tuple(reason for _, reason in rows), due, higher))
    return RoutedChain(chain.id, tuple(levels))


def _outcomes(
    ready: Sequence[_Prepared], arguments: tuple[object, ...], unknown: Collection[str]
) -> list[Outcome] | None:
    """What the conditions of a row come to when some margins are unknown; None as soon as one is false."""
    found: list[Outcome] = []
    for each in ready:
        outcome = _outcome(each, arguments, unknown)
        if outcome is Outcome.FALSE:
            return None
        found.append(outcome)
    return found


def _outcome(ready: _Prepared, arguments: tuple[object, ...], unknown: Collection[str]) -> Outcome:
    try:
        if unknown and not ready.margins.isdisjoint(unknown):
            decided = any(run(*arguments) is not True for run in ready.sure)
            return Outcome.FALSE if decided else Outcome.NO_MARGIN
        return Outcome.TRUE if ready.run(*arguments) is True else Outcome.FALSE
    except EvaluationFault:
        return Outcome.FAILED


def _is_unknown(path: str, roots: Mapping[str, object]) -> bool:
    value = value_at(path, roots)
    return value is None or (isinstance(value, tuple) and None in value)


def _shown(value: object) -> FacetValue:
    """A value as it is stored with a decision: plain ones as they are, lists and records as text."""
    if value is None or isinstance(value, Decimal | str | bool | date):
        return value
    text = _written(value)
    if len(text) <= SHOWN_MAX:
        return text
    # Long lists are cut, with a digest that still tells any two of them apart.
    return f"{text[:SHOWN_MAX]}... sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _written(value: object) -> str:
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_written(each) for each in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_written(value[name])}" for name in sorted(value)) + "}"
    return str(value)

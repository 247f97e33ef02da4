"""Answers every question of a truth file on one model, in the truth file's own form, timing each operation."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from engine.configuration.answers import Budget, Choice, Completion, Objective, OutOfBudget, State
from engine.configuration.configurator import Configurator
from engine.configuration.model import Kind, Model, Term, Value

PRICE_RULE = 'crc32(utf8 name)%1000 per selected boolean; crc32("var=value")%1000 per chosen value'

DIGITS_AT_ONCE = 4_000

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Query:
    """A partial configuration to ask about; ``last`` is the choice made last (only repeated in the answer)."""

    assign: tuple[tuple[str, Value], ...]
    last: str = ""


class Stopwatch:
    """Runs operations and keeps their milliseconds by name; the clock is the caller's."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.milliseconds: dict[str, list[float]] = {}

    def run(self, operation: str, ask: Callable[[], Answer]) -> Answer:
        """Run and time one operation."""
        started = self._clock()
        answer = ask()
        self.milliseconds.setdefault(operation, []).append((self._clock() - started) * 1000)
        return answer


def digits(count: int) -> str:
    """A count as decimal text, of any length: the interpreter refuses more than 4 300 digits in one go."""
    if count < 10**DIGITS_AT_ONCE:
        return str(count)
    half = count.bit_length() * 3 // 20  # about half of the digits
    high, low = divmod(count, 10**half)
    return digits(high) + digits(low).zfill(half)


def price_terms(model: Model) -> tuple[Term, ...]:
    """The made-up prices of the truth files, one a feature or value."""
    terms: list[Term] = []
    for variable in model.variables:
        if variable.decision and variable.kind is Kind.BOOLEAN:
            terms.append(Term(_price(variable.name), variable.first))
        elif variable.decision and variable.kind is Kind.ENUMERATION:
            for at, value in enumerate(variable.values):
                terms.append(Term(_price(f"{variable.name}={value}"), variable.first + at))
    return tuple(terms)


def check(
    configurator: Configurator, queries: Sequence[Query], *, watch: Stopwatch, budget: Budget, counted: bool = True
) -> dict[str, Json]:
    """All answers; what ran out of budget is null and listed under ``out_of_budget``. Not ``counted``: no count."""
    return _Check(configurator, watch, budget).run(queries, counted=counted)


def _price(text: str) -> int:
    return zlib.crc32(text.encode()) % 1000


class _Check:
    def __init__(self, configurator: Configurator, watch: Stopwatch, budget: Budget) -> None:
        self.engine = configurator
        self.model = configurator.model
        self.watch = watch
        self.budget = budget
        self.objective = Objective(price_terms(self.model))
        self.gaps: list[Json] = []

    def run(self, queries: Sequence[Query], *, counted: bool) -> dict[str, Json]:
        decisions = [each for each in self.model.variables if each.decision]
        boolean = all(each.kind is Kind.BOOLEAN for each in decisions)
        sizes = [len(each.values) or each.maximum - each.minimum + 1 for each in decisions]
        result: dict[str, Json] = {
            "kind": "boolean" if boolean else "finite-domain",
            "variables": len(decisions),
            "domain_sizes": {"min": min(sizes, default=0), "max": max(sizes, default=0), "sum": sum(sizes)},
        }
        root = self._ask("root_domains", lambda: self.engine.configure((), budget=self.budget))
        if root is None:
            return result | {"satisfiable": None, "out_of_budget": self.gaps}
        result["satisfiable"] = root.consistent
        if root.consistent:
            result |= self._always(root, boolean=boolean)
        answers = [self._query(each, root, boolean=boolean) for each in queries]
        result["queries"] = [answer for answer, _ in answers]
        result["cheapest_completion"] = {
            "price_rule": PRICE_RULE,
            "answers": [
                _priced(at, completion) for at, (_, completion) in enumerate(answers) if completion is not None
            ],
        }
        result |= self._counted() if counted else {"count": None}
        result["out_of_budget"] = self.gaps
        return result

    def _counted(self) -> dict[str, Json]:
        """The count, or how many there are at least."""
        total = self.watch.run("count", lambda: self.engine.count((), budget=self.budget))
        if not isinstance(total, OutOfBudget):
            return {"count": digits(total)}
        self.gaps.append("count")
        return {"count": None, "count_at_least": None if total.known is None else digits(total.known.count)}

    def _ask(self, operation: str, ask: Callable[[], Answer | OutOfBudget[object]]) -> Answer | None:
        answer = self.watch.run(operation, ask)
        if isinstance(answer, OutOfBudget):
            self.gaps.append(operation)
            return None
        return answer

    def _always(self, root: State, *, boolean: bool) -> dict[str, Json]:
        if not boolean:
            return {"impossible_values": _values(root, None)}
        core = [each.variable for each in root.domains() if each.possible == (True,)]
        dead = [each.variable for each in root.domains() if each.possible == (False,)]
        return {"core": list(core), "dead": list(dead)}

    def _query(self, query: Query, root: State, *, boolean: bool) -> tuple[dict[str, Json], Completion | None]:
        choices = tuple(Choice(name, value) for name, value in query.assign)
        answer: dict[str, Json] = {"assign": {name: _json(value) for name, value in query.assign}}
        fits = self._ask("satisfiable", lambda: self.engine.satisfiable(choices, budget=self.budget))
        answer["satisfiable"] = fits
        if fits:
            state = self._ask("domains", lambda: self.engine.configure(choices, budget=self.budget))
            if state is not None:
                answer |= _forced(root, state, query) if boolean else {"blocked_values": _values(state, root)}
            completion = self.watch.run(
                "complete", lambda: self.engine.complete(choices, objective=self.objective, budget=self.budget)
            )
            return answer, completion
        if fits is not None:
            answer |= self._clash(choices, query)
        return answer, None

    def _clash(self, choices: tuple[Choice, ...], query: Query) -> dict[str, Json]:
        answer: dict[str, Json] = {"last": query.last}
        why = self._ask("explain", lambda: self.engine.explain(choices, budget=self.budget))
        if why is not None:
            answer["smallest_conflict"] = [[each.variable, _json(each.value)] for each in why.choices]
            answer["smallest_conflict_size"] = len(why.choices)
            answer["rules"] = [each.id for each in why.rules]
        repairs = self._ask("repair", lambda: self.engine.repair(choices, limit=1, budget=self.budget))
        if repairs:
            answer["min_drop"] = [[each.variable, _json(each.value)] for each in repairs[0].drop]
            answer["min_drop_size"] = len(repairs[0].drop)
        return answer


def _forced(root: State, state: State, query: Query) -> dict[str, Json]:
    assigned = {name for name, _ in query.assign}
    open_before = {each.variable for each in root.domains() if len(each.possible) == 2}
    left = [each for each in state.domains() if each.variable in open_before and each.variable not in assigned]
    return {
        "forced_true": [each.variable for each in left if each.possible == (True,)],
        "forced_false": [each.variable for each in left if each.possible == (False,)],
    }


def _values(state: State, root: State | None) -> dict[str, Json]:
    """Impossible values by variable; with a root, only those that were possible there and were not asked about."""
    chosen = {each.variable for each in state.choices}
    found: dict[str, Json] = {}
    for domain in state.domains():
        before = set(root.domain(domain.variable).possible) if root else set(domain.impossible)
        gone: list[Json] = [_json(each) for each in domain.impossible if each in before]
        if gone and domain.variable not in chosen:
            found[domain.variable] = gone
    return found


def _priced(at: int, completion: Completion) -> dict[str, Json]:
    return {"query": at, "status": completion.status.value, "total": completion.total, "bound": completion.bound}


def _json(value: Value) -> Json:
    return value if isinstance(value, bool | int | str) else str(value)


def summary(milliseconds: Mapping[str, Sequence[float]]) -> dict[str, Json]:
    """Times per operation: how often, median and largest milliseconds."""
    return {
        name: {
            "runs": len(times),
            "median": round(sorted(times)[len(times) // 2], 3),
            "largest": round(max(times), 3),
        }
        for name, times in milliseconds.items()
    }

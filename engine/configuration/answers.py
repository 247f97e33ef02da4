"""What the configurator is asked and what it answers; all values immutable and independent of the solver used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

from engine.configuration.model import Kind, Model, Rule, Term, Value, Variable


class Relation(Enum):
    """How a choice relates a variable to a value; the last two are for quantities."""

    IS = "is"
    IS_NOT = "is not"
    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision of the customer: this variable is (or is not, or is at least, or at most) this value."""

    variable: str
    value: Value
    relation: Relation = Relation.IS


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one operation may search before it answers :class:`OutOfBudget`."""

    conflicts: int = 200_000
    milliseconds: int = 5_000

    def halved(self) -> Budget:
        """Half of it, but never nothing."""
        return Budget(max(1, self.conflicts // 2), max(1, self.milliseconds // 2))


DEFAULT_BUDGET = Budget()


Known = TypeVar("Known", covariant=True)


@dataclass(frozen=True, slots=True)
class OutOfBudget(Generic[Known]):
    """The search was stopped: what was being done, and what it had proven by then (None: nothing yet)."""

    operation: str
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """The smallest and largest possible quantity; ``holes`` lists impossible ones between them when few were checked.

    Both ends are exact. ``checked`` says whether every value between them was tested (wide ranges are not).
    """

    minimum: int
    maximum: int
    holes: tuple[int, ...] = ()
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Domain:
    """What one variable can still be. ``implied`` means one value is left and the customer did not choose it."""

    variable: str
    possible: tuple[Value, ...]
    impossible: tuple[Value, ...] = ()
    selected: Value | None = None
    range: Range | None = None

    @property
    def implied(self) -> Value | None:
        """The one value left when it was not the customer's own choice, else None."""
        return self.possible[0] if len(self.possible) == 1 and self.selected is None else None


@dataclass(frozen=True, slots=True)
class State:
    """The whole answer to a click, packed: one bit an atom for "may still hold" and one for "may still fail".

    ``ranges`` follow the model's quantities in order. An inconsistent state has no possible value anywhere; ask for an
    explanation or a repair then. Equal sets of choices give equal states, whatever their order.
    """

    model: Model
    choices: tuple[Choice, ...]
    consistent: bool
    can_hold: int = 0
    can_fail: int = 0
    ranges: tuple[Range, ...] = ()

    def domain(self, name: str) -> Domain:
        """The domain of one variable (KeyError when there is none of that name)."""
        return self._domain(self.model.variables[self.model.index[name]], self._selected())

    def domains(self) -> Iterator[Domain]:
        """The domain of every decision variable, in model order."""
        selected = self._selected()
        return (self._domain(each, selected) for each in self.model.variables if each.decision)

    def possible(self, name: str, value: Value) -> bool:
        """Whether the variable can still take the value (exact for enumerations, booleans and checked ranges)."""
        domain = self.domain(name)
        if domain.range is not None:
            return domain.range.minimum <= int(value) <= domain.range.maximum and value not in domain.range.holes
        return value in domain.possible

    def changes(self, previous: State) -> tuple[Domain, ...]:
        """The domains that differ from a previous state of the same model."""
        before, after = previous._selected(), self._selected()
        old = (previous._domain(each, before) for each in self.model.variables if each.decision)
        new = (self._domain(each, after) for each in self.model.variables if each.decision)
        return tuple(now for was, now in zip(old, new, strict=True) if was != now)

    def _selected(self) -> dict[str, Value]:
        return {each.variable: each.value for each in self.choices if each.relation is Relation.IS}

    def _domain(self, variable: Variable, selected: dict[str, Value]) -> Domain:
        mine = selected.get(variable.name)
        if variable.kind is Kind.QUANTITY:
            return self._quantity_domain(variable, mine)
        if variable.kind is Kind.BOOLEAN:
            holds: tuple[int, ...] = (self.can_fail >> variable.first & 1, self.can_hold >> variable.first & 1)
        else:
            bits = self.can_hold >> variable.first
            holds = tuple(bits >> at & 1 for at in range(len(variable.values)))
        possible = tuple(value for value, bit in zip(variable.values, holds, strict=True) if bit)
        impossible = tuple(value for value, bit in zip(variable.values, holds, strict=True) if not bit)
        return Domain(variable.name, possible, impossible, mine)

    def _quantity_domain(self, variable: Variable, selected: Value | None) -> Domain:
        if not self.consistent:
            return Domain(variable.name, (), (), selected)
        at = next(n for n, (_, each) in enumerate(self.model.quantities()) if each.name == variable.name)
        found = self.ranges[at]
        possible: tuple[Value, ...] = (found.minimum,) if found.minimum == found.maximum else ()
        return Domain(variable.name, possible, (), selected, found)


@dataclass(frozen=True, slots=True)
class StateSoFar:
    """As much of a state as was decided: ``state`` shows what was found possible, the rest is named.

    ``undecided`` are atoms of which it is not known whether they may hold, ``undecided_fail`` those of which it is not
    known whether they may fail, one bit each. Ranges of quantities may still be too wide.
    """

    state: State
    undecided: int = 0
    undecided_fail: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something cannot be: a smallest set of the customer's choices and a minimal set of rules that clash."""

    choices: tuple[Choice, ...]
    rules: tuple[Rule, ...]
    rule_numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What repairs are priced with: the list price as terms, and choices that keep out what is not for sale."""

    terms: tuple[Term, ...] = ()
    choices: tuple[Choice, ...] = ()


NOT_PRICED = Offer()


@dataclass(frozen=True, slots=True)
class Clash:
    """Choices that certainly cannot stand together, of which some could perhaps be spared; an explanation so far.

    ``smallest`` says that fewer choices do not clash. ``rules`` are enough for the clash, perhaps more than it needs;
    None: they were not found yet.
    """

    choices: tuple[Choice, ...]
    smallest: bool = False
    rules: tuple[Rule, ...] | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """Choices to give up so that the rest fits, and what the cheapest completion costs then.

    ``total`` is None without prices and where no completion was found, ``price_effect`` (the total against that of the
    cheapest completion before) also where there was none before. ``proven`` says that the completions are certainly
    the cheapest; ``values`` are those of the one after the repair.
    """

    drop: tuple[Choice, ...]
    price_effect: int | None = None
    total: int | None = None
    proven: bool = True
    values: tuple[tuple[str, Value], ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class RepairsSoFar:
    """Repairs that certainly work; there may be more, and cheaper ones. ``smallest``: none gives up fewer choices."""

    repairs: tuple[Repair, ...]
    smallest: bool


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A count so far: there are so many configurations, perhaps more."""

    count: int


@dataclass(frozen=True, slots=True)
class Violation:
    """Rules that a set of choices breaks, and the choices involved; one rule when every variable is chosen."""

    rules: tuple[Rule, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Objective:
    """What a completion minimises, as terms over the model's literals and quantities. To maximise, negate.

    ``limits`` are further sums that must hold, such as a spending limit: ``(terms, at most)``.
    """

    terms: tuple[Term, ...]
    limits: tuple[tuple[tuple[Term, ...], int], ...] = ()


class CompletionStatus(Enum):
    """How far a completion is proven: best possible, valid but perhaps not best, none exists, or nothing known."""

    OPTIMAL = "OPTIMAL"
    FEASIBLE = "FEASIBLE"
    INFEASIBLE = "INFEASIBLE"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Completion:
    """A full configuration with its total; ``bound`` is a proven lower limit of any total (equal when optimal)."""

    status: CompletionStatus
    values: tuple[tuple[str, Value], ...] = ()
    total: int | None = None
    bound: int | None = None

    @property
    def proven(self) -> bool:
        """Whether the total is the best possible."""
        return self.status is CompletionStatus.OPTIMAL


Apart: TypeAlias = tuple[tuple[tuple[str, ...], ...], ...]
"""What tells completions apart: groups of places, each place by the names of its variables.

The places of a group are alike: which of them holds what means nothing, so that an exchange is no other completion.
"""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Different completions, least total first; the first is what ``complete`` answers.

    Those after it are proven to come next. ``exhausted`` says that there are no others.
    """

    completions: tuple[Completion, ...]
    exhausted: bool = False


@dataclass(frozen=True, slots=True)
class ImpliedRule:
    """A rule that never binds, because these others (none: the structure of the product) say all it says already."""

    rule: Rule
    by: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Implied:
    """The rules that never bind as long as all others stay, and those that the budget left unchecked."""

    rules: tuple[ImpliedRule, ...]
    unchecked: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Blamed:
    """Rules that rule a value out; ``smallest`` when no smaller set does, else it may be larger than need be."""

    rules: tuple[Rule, ...]
    smallest: bool

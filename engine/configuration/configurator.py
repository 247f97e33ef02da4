"""The configurator: one thread-safe face for every operation on one model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Never, Protocol

from engine.configuration.answers import (
    DEFAULT_BUDGET,
    NOT_PRICED,
    Apart,
    AtLeast,
    Blamed,
    Budget,
    Choice,
    Clash,
    Completion,
    Explanation,
    Implied,
    Objective,
    Offer,
    OutOfBudget,
    Ranking,
    Repair,
    RepairsSoFar,
    State,
    StateSoFar,
    Violation,
)
from engine.configuration.model import Model
from engine.configuration.solver.engine import SatConfigurator
from engine.configuration.solver.flat import Diagram


class Configurator(Protocol):
    """Answers every question about one model; safe to call from several threads. Choices are a set: order is nothing.

    What a search had proven when its budget ended comes with :class:`OutOfBudget`, in a form that says what it is.
    Unknown variables and values outside a domain raise ``KeyError`` and ``ValueError``: check them at the edge.
    """

    model: Model

    def configure(
        self, choices: Sequence[Choice], *, previous: State | None = None, budget: Budget = DEFAULT_BUDGET
    ) -> State | OutOfBudget[StateSoFar]:
        """Which values remain for every variable, exactly; ``previous`` (any earlier state) only makes it faster."""

    def satisfiable(self, choices: Sequence[Choice], *, budget: Budget = DEFAULT_BUDGET) -> bool | OutOfBudget[Never]:
        """Whether the choices can be completed."""

    def validate(
        self, choices: Sequence[Choice], *, budget: Budget = DEFAULT_BUDGET
    ) -> tuple[Violation, ...] | OutOfBudget[tuple[Violation, ...]]:
        """Every rule that the choices break by themselves, each with the choices involved; empty when all hold."""

    def explain(
        self,
        choices: Sequence[Choice],
        *,
        wanted: Choice | Sequence[Choice] | None = None,
        groups: Sequence[Sequence[Choice]] = (),
        budget: Budget = DEFAULT_BUDGET,
    ) -> Explanation | None | OutOfBudget[Clash]:
        """A smallest set of choices, and a minimal set of rules, that rule out ``wanted`` (or the choices themselves).

        ``groups`` are choices that count as one, such as a product and its quantity.
        None when there is no conflict. ``wanted`` itself is never part of ``Explanation.choices``. To learn why a value
        is forced, ask for the conflict with its negation (``Relation.IS_NOT``).
        """

    def repair(
        self,
        choices: Sequence[Choice],
        *,
        wanted: Sequence[Choice] = (),
        prices: Offer = NOT_PRICED,
        groups: Sequence[Sequence[Choice]] = (),
        limit: int = 3,
        budget: Budget = DEFAULT_BUDGET,
    ) -> tuple[Repair, ...] | OutOfBudget[RepairsSoFar]:
        """Smallest sets of choices to give up so that all ``wanted`` fit, fewest changes first, then by price.

        Choices of one of the ``groups`` count as one.
        Empty when even giving up everything does not help; one empty repair when nothing needs to change.
        """

    def complete(
        self, choices: Sequence[Choice], *, objective: Objective, budget: Budget = DEFAULT_BUDGET
    ) -> Completion:
        """A full valid configuration of least total; the status says whether that is proven."""

    def ranked(
        self,
        choices: Sequence[Choice],
        *,
        objective: Objective,
        apart: Apart,
        count: int,
        budget: Budget = DEFAULT_BUDGET,
    ) -> Ranking:
        """The first completions by rising total, at most ``count`` and at least the one that ``complete`` answers."""

    def count(self, choices: Sequence[Choice] = (), *, budget: Budget = DEFAULT_BUDGET) -> int | OutOfBudget[AtLeast]:
        """The exact number of complete valid configurations (over decision variables) that contain the choices."""

    def blame(
        self, wanted: Choice | None = None, *, budget: Budget = DEFAULT_BUDGET
    ) -> Blamed | None | OutOfBudget[Blamed]:
        """The smallest set of rules that rule out a value by themselves (or everything); None: it is possible."""

    def implied(self, *, budget: Budget = DEFAULT_BUDGET) -> Implied:
        """The rules that never bind, each with the rules that imply it; what the budget left out is named."""


def configurator_for(model: Model, *, diagram: Diagram | None = None) -> Configurator:
    """The default configurator of a model: exact, thread-safe, worth keeping as long as the model lives.

    With the model's compiled ``diagram``, domains, counts and cheapest completions take one sweep; without, a search.
    """
    return SatConfigurator(model, diagram=diagram)

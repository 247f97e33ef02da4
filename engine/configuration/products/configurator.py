"""Answers questions about a configurable product in the words of the catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Never

from engine.catalog import ConfiguredLine, LineId, Sku
from engine.configuration.answers import (
    DEFAULT_BUDGET,
    Budget,
    Completion,
    CompletionStatus,
    OutOfBudget,
)
from engine.configuration.model import Rule
from engine.configuration.products.answers import (
    Aim,
    Blame,
    Conflict,
    Finding,
    ProductChoice,
    ProductCompletion,
    ProductRepair,
    ProductState,
)
from engine.configuration.products.asking import Questions
from engine.configuration.products.checking import broken, choices_of, missing_findings, shape_findings, undecided
from engine.configuration.products.clashing import Clashes, Guilt
from engine.configuration.products.completion import PRICE_SCALE, aims_of, amounts_of, choices_from
from engine.configuration.products.messages import message_of
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.seasons import Season
from engine.configuration.products.showing import Display
from engine.configuration.products.vocabulary import Vocabulary
from engine.configuration.products.wishes import ProductWish, missed_wishes, placed_wishes, spoken_wishes
from engine.configuration.solver.search import Allowance
from engine.configuration.solver.wide import WideConfigurator
from engine.configuration.wishing import nearest
from engine.diagnostics import Fault

REPAIRS_PRICED = 12
"""How many equally small repairs are priced before the best are shown."""
NOT_ASKED = ProductCompletion(CompletionStatus.UNKNOWN, (), None)
ZERO = Decimal(0)
Prices = Mapping[Sku, Decimal]
"""List price of one unit by SKU, in the currency of the question; a product without one is not offered."""


class ProductConfigurator:
    """One compiled bundle; safe to call from several threads. Choices are a set: their order means nothing."""

    def __init__(
        self, product: ProductModel, engine: WideConfigurator | None = None, *, later: Sequence[Season] = ()
    ) -> None:
        self.product = product
        self.since = date.min
        """The first day that its constraints are those in force."""
        self._later = tuple((each.start, ProductConfigurator(each.model)) for each in later)
        for start, each in self._later:
            each.since = start
        self.engine = engine or WideConfigurator(product.model)
        self._words = Vocabulary(product)
        self._display = Display(product)
        self._questions = Questions(product)
        self._clashes = Clashes(product, self.engine)

    def faults(self, choices: Sequence[ProductChoice]) -> tuple[Fault, ...]:
        """What is wrong with choices themselves; every other question takes choices without faults."""
        return self._words.faults(choices)

    def on(self, day: date) -> ProductConfigurator:
        """The bundle as it is on a day: with the constraints that are in force then."""
        found = self
        for start, each in self._later:
            if start <= day:
                found = each
        return found

    def seasons(self) -> tuple[ProductConfigurator, ...]:
        """The bundle with every set of constraints that is ever in force, in order of days."""
        return (self, *(each for _, each in self._later))

    def chart(self) -> bool:
        """Chart the valid configurations of the bundle, so that clicks are looked up; False where there is too much."""
        return self.engine.chart()

    def configure(
        self,
        choices: Sequence[ProductChoice],
        *,
        previous: ProductState | None = None,
        budget: Budget = DEFAULT_BUDGET,
    ) -> ProductState | OutOfBudget[Never]:
        """What every option and attribute can still be; an earlier state only makes it faster.

        Out of budget with some of it known, the state says so; with nothing known, that is the answer.
        """
        counts = Counter(each.slot for each in self._words.picks(choices))
        before = previous.solved if previous is not None and previous.settled else None
        state = self.engine.configure(
            self._words.spoken(choices), previous=before, budget=budget, wanted=self._questions.about(counts)
        )
        if not isinstance(state, OutOfBudget):
            return self._display.show(state, choices)
        known = state.known
        if known is None:
            return OutOfBudget(state.operation)
        return self._display.show(known.state, choices, undecided=(known.undecided, known.undecided_fail))

    def implied_by(
        self, choices: Sequence[ProductChoice], follows: ProductChoice, *, budget: Budget = DEFAULT_BUDGET
    ) -> Conflict | None | OutOfBudget[Conflict]:
        """Why something follows: a smallest set of choices and the rules that leave nothing else; None: it does not."""
        return self._conflict(self._clashes.forcing(choices, follows, Allowance(budget)), choices)

    def explain(
        self, choices: Sequence[ProductChoice], *, wanted: ProductChoice | None = None, budget: Budget = DEFAULT_BUDGET
    ) -> Conflict | None | OutOfBudget[Conflict]:
        """A smallest set of choices and the rules that rule out what is wanted (or the choices); None: no conflict.

        Out of budget, what is known clashes for certain, but fewer choices or rules may do; without rules, those were
        not found yet.
        """
        kept = self._words.without_slot_of(choices, wanted)
        hoped = () if wanted is None else (wanted,)
        return self._conflict(self._clashes.guilt(kept, hoped, Allowance(budget)), (*kept, *hoped))

    def repair(
        self,
        choices: Sequence[ProductChoice],
        *,
        wanted: Sequence[ProductChoice] = (),
        prices: Prices | None = None,
        limit: int = 3,
        budget: Budget = DEFAULT_BUDGET,
    ) -> tuple[ProductRepair, ...] | OutOfBudget[tuple[ProductRepair, ...]]:
        """Smallest sets of choices to give up so that everything wanted fits, then by the list price afterwards.

        The price is that of the cheapest completion after the repair, its effect the difference to the cheapest before;
        what may take the place of a dropped choice is read off that completion. Out of budget, what is known works, but
        there may be more repairs, and the first may give up more than it has to.
        """
        kept: Sequence[ProductChoice] = choices
        for each in wanted:
            kept = self._words.without_slot_of(kept, each)
        allowance = Allowance(budget)
        found = self._clashes.given_up(kept, wanted, REPAIRS_PRICED if prices else limit, allowance)
        if prices:
            repairs = self._priced(found.sets, (kept, wanted), prices, allowance)[:limit]
        else:
            repairs = tuple(ProductRepair(drop, (), None, proven=False) for drop in found.sets)
        if found.complete and not (prices and allowance.spent()):
            return repairs
        return OutOfBudget("repair", repairs or None)

    def complete(
        self,
        choices: Sequence[ProductChoice],
        *,
        aim: Aim = Aim.CHEAPEST,
        prices: Prices,
        costs: Prices | None = None,
        limit: Decimal | None = None,
        budget: Budget | Allowance = DEFAULT_BUDGET,
    ) -> ProductCompletion:
        """A full valid configuration with the choices in it, best by the aim, its list price within ``limit``.

        The solver counts the cheapest product of a class for every one taken of it. Where the second one breaks the
        limit, it is asked again with so much less; what it finds then is not proven the best.
        """
        picks, tables = self._words.picks(choices), (prices, costs or {})
        amounts = amounts_of(aim, *tables)
        allowance = budget if isinstance(budget, Allowance) else Allowance(budget)
        first: Completion | None = None
        allowed = limit
        while True:
            objective, offered = aims_of(self.product, picks, aim, tables, allowed)
            asked = [*self._words.spoken(choices), *offered]
            found = self.engine.complete(asked, objective=objective, budget=allowance)
            first = first or found
            full, total = self._filled(found, choices, (amounts, prices), limit)
            if limit is None or allowed is None or total is None or total <= limit:
                break
            allowed -= total - limit
        bound = None if first.bound is None or aim is not Aim.CHEAPEST else Decimal(first.bound) / PRICE_SCALE
        status = self._status(found, full, amounts if aim is not Aim.PREFERRED else None)
        if found is not first:
            status = CompletionStatus.FEASIBLE if full else CompletionStatus.UNKNOWN
        return ProductCompletion(status, full, total, bound=bound)

    def nearest(
        self,
        choices: Sequence[ProductChoice],
        wishes: Sequence[ProductWish],
        *,
        aim: Aim = Aim.CHEAPEST,
        tables: tuple[Prices, Prices],
        limit: Decimal | None = None,
        budget: Budget = DEFAULT_BUDGET,
    ) -> ProductCompletion:
        """A full valid configuration that misses the least weight of wishes, among equals best by the aim.

        ``tables`` are list prices and costs. Optimal means that none is nearer to the wishes; what is found after a
        second product of a class broke the limit is not called so, as in ``complete``.
        """
        picks, spoken = self._words.picks(choices), spoken_wishes(self.product, wishes, choices)
        allowance, left = Allowance(budget), budget
        allowed = limit
        while True:
            objective, offered = aims_of(self.product, picks, aim, tables, allowed)
            asked = [*self._words.spoken(choices), *offered]
            found = nearest(self.product.model, asked, spoken, then=objective, budget=left)
            placed = placed_wishes(wishes, found.ways)
            full = choices_from(self.product, found.completion.values, choices, tables[0], placed=placed)
            total = self._words.list_price(full, tables[0]) if full else None
            if limit is None or allowed is None or total is None or total <= limit:
                break
            allowed -= total - limit
            left = replace(budget, milliseconds=allowance.milliseconds_left())
        status = CompletionStatus.OPTIMAL if found.proven else found.completion.status
        if full and not (found.proven and allowed == limit):
            status = CompletionStatus.FEASIBLE
        if not full and allowed != limit:
            status = CompletionStatus.UNKNOWN
        return ProductCompletion(status, full, total, missed_wishes(wishes, full) if full else ())

    def check(
        self, lines: Sequence[ConfiguredLine], *, root: LineId, budget: Budget = DEFAULT_BUDGET
    ) -> tuple[Finding, ...]:
        """What is wrong or missing in a bundle given as lines: unknown parts, empty slots, broken rules."""
        shape = shape_findings(self.product, lines, root)
        if shape:
            return shape
        choices = choices_of(self.product, lines, root)
        asked = [*self._words.spoken(choices), *self._words.closing(choices)]
        violations = self.engine.validate(asked, budget=budget)
        left_open: tuple[Finding, ...] = ()
        if isinstance(violations, OutOfBudget):
            violations, left_open = violations.known or (), (undecided(root),)
        blamed = self._blames((rule for each in violations for rule in each.rules), choices)
        return (*(broken(root, each) for each in blamed), *left_open, *missing_findings(self.product, choices, root))

    def _blames(self, rules: Iterable[Rule], choices: Sequence[ProductChoice]) -> tuple[Blame, ...]:
        """The constraints behind rules, each once, with the author's message about these choices."""
        stated = self.product.stated
        found = {
            Blame(each.constraint.id, message_of(each, self.product, choices), each.constraint.span): None
            for each in (stated[rule.id] for rule in rules if rule.id in stated)
        }
        return tuple(found)

    def _conflict(
        self, found: Guilt | None | OutOfBudget[Guilt], shown: Sequence[ProductChoice]
    ) -> Conflict | None | OutOfBudget[Conflict]:
        """What clashes with the messages of the rules."""
        if found is None:
            return None
        if isinstance(found, Guilt):
            return Conflict(found.choices, self._blames(found.rules, shown))
        if found.known is None:
            return OutOfBudget(found.operation)
        return OutOfBudget(found.operation, Conflict(found.known.choices, self._blames(found.known.rules, shown)))

    def _priced(
        self,
        sets: Sequence[tuple[ProductChoice, ...]],
        asked: tuple[Sequence[ProductChoice], Sequence[ProductChoice]],
        prices: Prices,
        allowance: Allowance,
    ) -> tuple[ProductRepair, ...]:
        """The repairs with the cheapest completion after each, fewest changes first, then by its list price."""
        kept, wanted = asked

        def cheapest(some: Sequence[ProductChoice]) -> ProductCompletion:
            return NOT_ASKED if allowance.spent() else self.complete(some, prices=prices, budget=allowance)

        before = cheapest(kept)
        known = before.proven or before.status is CompletionStatus.INFEASIBLE
        found = []
        for drop in sets:
            left = [*(each for each in kept if each not in drop), *wanted]
            after = cheapest(left)
            places = {self._words.place(each) for each in drop}
            instead = tuple(each for each in after.choices if self._words.place(each) in places)
            effect = None
            if after.list_price is not None and before.list_price is not None:
                effect = after.list_price - before.list_price
            found.append(ProductRepair(drop, instead, effect, after.list_price, after.proven and known))
        return tuple(sorted(found, key=lambda each: (len(each.drop), each.list_price is None, each.list_price or ZERO)))

    def _filled(
        self,
        found: Completion,
        choices: Sequence[ProductChoice],
        ranked: tuple[Prices, Prices],
        limit: Decimal | None,
    ) -> tuple[tuple[ProductChoice, ...], Decimal | None]:
        """Products for a solution with their list price: the best of each class, or the cheapest to keep the limit."""
        prices = ranked[1]
        full: tuple[ProductChoice, ...] = ()
        total = None
        for amounts in ranked:
            full = choices_from(self.product, found.values, choices, amounts)
            total = self._words.list_price(full, prices) if full else None
            if limit is None or total is None or total <= limit:
                break
        return full, total

    def _status(self, found: Completion, full: Sequence[ProductChoice], amounts: Prices | None) -> CompletionStatus:
        """Proven for the solver is proven for the customer only when products count what their classes did.

        Two products taken from one class count more than twice the best of it, which the solver counted.
        """
        if found.status is CompletionStatus.OPTIMAL and full and amounts is not None:
            exact = self._words.list_price(full, amounts)
            return found.status if exact == Decimal(found.total or 0) / PRICE_SCALE else CompletionStatus.FEASIBLE
        return found.status

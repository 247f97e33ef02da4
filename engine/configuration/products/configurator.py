"""Answers questions about a configurable product in the words of the catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Never

from engine.catalog import ConfiguredLine, LineId, Sku
from engine.configuration.answers import (
    DEFAULT_BUDGET,
    NOT_PRICED,
    Budget,
    Choice,
    Clash,
    Completion,
    CompletionStatus,
    Explanation,
    Offer,
    OutOfBudget,
    Repair,
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
from engine.configuration.products.completion import PRICE_SCALE, aims_of, amounts_of, choices_from
from engine.configuration.products.messages import message_of
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.showing import Display
from engine.configuration.products.vocabulary import Vocabulary
from engine.configuration.products.wishes import ProductWish, missed_wishes, placed_wishes, spoken_wishes
from engine.configuration.solver.search import Allowance
from engine.configuration.solver.wide import WideConfigurator
from engine.configuration.wishing import nearest
from engine.diagnostics import Fault

Prices = Mapping[Sku, Decimal]
"""List price of one unit by SKU, in the currency of the question; a product without one is not offered."""


class ProductConfigurator:
    """One compiled bundle; safe to call from several threads. Choices are a set: their order means nothing."""

    def __init__(self, product: ProductModel, engine: WideConfigurator | None = None) -> None:
        self.product = product
        self.engine = engine or WideConfigurator(product.model)
        self._words = Vocabulary(product)
        self._display = Display(product)
        self._questions = Questions(product)

    def faults(self, choices: Sequence[ProductChoice]) -> tuple[Fault, ...]:
        """What is wrong with choices themselves; every other question takes choices without faults."""
        return self._words.faults(choices)

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
        asked = _Asked(self._words, choices, ())
        found = self.engine.explain((), wanted=self._words.otherwise(follows), groups=asked.groups, budget=budget)
        return self._conflict(found, asked, choices)

    def explain(
        self, choices: Sequence[ProductChoice], *, wanted: ProductChoice | None = None, budget: Budget = DEFAULT_BUDGET
    ) -> Conflict | None | OutOfBudget[Conflict]:
        """A smallest set of choices and the rules that rule out what is wanted (or the choices); None: no conflict.

        Out of budget, what is known clashes for certain, but fewer choices or rules may do; without rules, those were
        not found yet.
        """
        kept = self._words.without_slot_of(choices, wanted)
        asked = _Asked(self._words, kept, () if wanted is None else (wanted,))
        found = self.engine.explain((), wanted=asked.wanted, groups=asked.groups, budget=budget)
        return self._conflict(found, asked, (*kept, wanted) if wanted is not None else kept)

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
        asked = _Asked(self._words, kept, wanted)
        picks = self._words.picks((*kept, *wanted))
        objective, offered = aims_of(self.product, picks, Aim.CHEAPEST, (prices or {}, {}), None)
        offer = Offer(objective.terms, offered) if prices else NOT_PRICED
        found = self.engine.repair(
            (), wanted=asked.wanted, groups=asked.groups, prices=offer, limit=limit, budget=budget
        )
        if not isinstance(found, OutOfBudget):
            return tuple(self._repair(each, asked, prices or {}) for each in found)
        if found.known is None:
            return OutOfBudget(found.operation)
        return OutOfBudget(
            found.operation, tuple(self._repair(each, asked, prices or {}) for each in found.known.repairs)
        )

    def complete(
        self,
        choices: Sequence[ProductChoice],
        *,
        aim: Aim = Aim.CHEAPEST,
        prices: Prices,
        costs: Prices | None = None,
        limit: Decimal | None = None,
        budget: Budget = DEFAULT_BUDGET,
    ) -> ProductCompletion:
        """A full valid configuration with the choices in it, best by the aim, its list price within ``limit``.

        The solver counts the cheapest product of a class for every one taken of it. Where the second one breaks the
        limit, it is asked again with so much less; what it finds then is not proven the best.
        """
        picks, tables = self._words.picks(choices), (prices, costs or {})
        amounts = amounts_of(aim, *tables)
        allowance = Allowance(budget)
        first: Completion | None = None
        allowed = limit
        while True:
            objective, offered = aims_of(self.product, picks, aim, tables, allowed)
            left = replace(budget, milliseconds=allowance.milliseconds_left()) if first else budget
            found = self.engine.complete([*self._words.spoken(choices), *offered], objective=objective, budget=left)
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
        self,
        found: Explanation | None | OutOfBudget[Clash],
        asked: _Asked,
        shown: Sequence[ProductChoice],
    ) -> Conflict | None | OutOfBudget[Conflict]:
        """What the engine says of a conflict in the words of the catalog."""
        if found is None:
            return None
        if isinstance(found, Explanation):
            return Conflict(asked.heard(found.choices), self._blames(found.rules, shown))
        if found.known is None:
            return OutOfBudget(found.operation)
        known = Conflict(asked.heard(found.known.choices), self._blames(found.known.rules or (), shown))
        return OutOfBudget(found.operation, known)

    def _repair(self, found: Repair, asked: _Asked, prices: Prices) -> ProductRepair:
        """A repair with what the cheapest completion takes in the places that are given up."""
        drop = asked.heard(found.drop)
        kept = [*(each for each in asked.kept if each not in drop), *asked.hoped]
        full = choices_from(self.product, found.values, kept, prices)
        places = {self._words.place(each) for each in drop}
        instead = tuple(each for each in full if self._words.place(each) in places)
        if not full or found.total is None:
            return ProductRepair(drop, instead, None, None, proven=False)
        effect = None if found.price_effect is None else Decimal(found.price_effect) / PRICE_SCALE
        total = self._words.list_price(full, prices)
        # The solver counts the cheapest product of a class for every one taken of it.
        proven = found.proven and total == Decimal(found.total) / PRICE_SCALE
        return ProductRepair(drop, instead, effect, total, proven)

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


class _Asked:
    """Choices kept and choices wanted in the words of one question; all that says one choice counts as one."""

    def __init__(self, words: Vocabulary, kept: Sequence[ProductChoice], wanted: Sequence[ProductChoice]) -> None:
        said: dict[ProductChoice, list[Choice]] = {}
        for spoken, choice in words.pairs((*kept, *wanted)):
            said.setdefault(choice, []).append(spoken)
        self.kept = kept
        self.hoped = wanted
        self._said = said
        self.groups = tuple(tuple(said[each]) for each in kept)
        self.wanted = tuple(spoken for each in wanted for spoken in said[each])

    def heard(self, spoken: Iterable[Choice]) -> tuple[ProductChoice, ...]:
        """The kept choices that these solver choices say, in their order."""
        meant = set(spoken)
        return tuple(each for each in self.kept if meant.intersection(self._said[each]))

"""Answers questions about a configurable product in the words of the catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from engine.catalog import ConfiguredLine, LineId, Sku
from engine.configuration.answers import (
    DEFAULT_BUDGET,
    Budget,
    Choice,
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
from engine.configuration.products.completion import PRICE_SCALE, aims_of, choices_from, price_terms
from engine.configuration.products.messages import message_of
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.showing import Display
from engine.configuration.products.vocabulary import Vocabulary
from engine.configuration.products.wishes import ProductWish, missed_wishes, placed_wishes, spoken_wishes
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

    def configure(
        self,
        choices: Sequence[ProductChoice],
        *,
        previous: ProductState | None = None,
        budget: Budget = DEFAULT_BUDGET,
    ) -> ProductState | OutOfBudget:
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
        if state.known is None:
            return state
        return self._display.show(state.known, choices, undecided=(state.undecided, state.undecided_fail))

    def implied_by(
        self, choices: Sequence[ProductChoice], follows: ProductChoice, *, budget: Budget = DEFAULT_BUDGET
    ) -> Conflict | None | OutOfBudget:
        """Why something follows: a smallest set of choices and the rules that leave nothing else; None: it does not."""
        asked = _Asked(self._words, choices, ())
        found = self.engine.explain((), wanted=self._words.otherwise(follows), groups=asked.groups, budget=budget)
        if found is None or isinstance(found, OutOfBudget):
            return found
        return Conflict(asked.heard(found.choices), self._blames(found.rules, choices))

    def explain(
        self, choices: Sequence[ProductChoice], *, wanted: ProductChoice | None = None, budget: Budget = DEFAULT_BUDGET
    ) -> Conflict | None | OutOfBudget:
        """A smallest set of choices and the rules that rule out what is wanted (or the choices); None: no conflict."""
        kept = self._words.without_slot_of(choices, wanted)
        asked = _Asked(self._words, kept, () if wanted is None else (wanted,))
        found = self.engine.explain((), wanted=asked.wanted, groups=asked.groups, budget=budget)
        if found is None or isinstance(found, OutOfBudget):
            return found
        shown = (*kept, wanted) if wanted is not None else kept
        return Conflict(asked.heard(found.choices), self._blames(found.rules, shown))

    def repair(
        self,
        choices: Sequence[ProductChoice],
        *,
        wanted: Sequence[ProductChoice] = (),
        prices: Prices | None = None,
        limit: int = 3,
        budget: Budget = DEFAULT_BUDGET,
    ) -> tuple[ProductRepair, ...] | OutOfBudget:
        """Smallest sets of choices to give up so that everything wanted fits, then by the effect on the list price.

        The effect is that of the cheapest completion after the repair against the cheapest before it; what may take the
        place of a dropped choice is read off that completion.
        """
        kept: Sequence[ProductChoice] = choices
        for each in wanted:
            kept = self._words.without_slot_of(kept, each)
        asked = _Asked(self._words, kept, wanted)
        terms, scale = price_terms(self.product, prices or {}, self._words.picks((*kept, *wanted)))
        found = self.engine.repair(
            (), wanted=asked.wanted, groups=asked.groups, prices=terms if prices else (), limit=limit, budget=budget
        )
        if isinstance(found, OutOfBudget):
            return found
        repairs: list[ProductRepair] = []
        for repair in found:
            drop = asked.heard(repair.drop)
            effect = None if repair.price_effect is None else Decimal(repair.price_effect) / scale
            repairs.append(ProductRepair(drop, self._instead(kept, wanted, drop, prices, budget), effect))
        return tuple(repairs)

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
        """A full valid configuration with the choices in it, best by the aim, its list price within ``limit``."""
        objective, offered = aims_of(self.product, self._words.picks(choices), aim, (prices, costs or {}), limit)
        found = self.engine.complete([*self._words.spoken(choices), *offered], objective=objective, budget=budget)
        full = choices_from(self.product, found.values, choices, prices)
        total = self._words.list_price(full, prices) if full else None
        return ProductCompletion(self._status(found, full, aim, total), full, total)

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

        ``tables`` are list prices and costs. Optimal means that none is nearer to the wishes.
        """
        objective, offered = aims_of(self.product, self._words.picks(choices), aim, tables, limit)
        asked = [*self._words.spoken(choices), *offered]
        spoken = spoken_wishes(self.product, wishes, choices)
        found = nearest(self.product.model, asked, spoken, then=objective, budget=budget)
        placed = placed_wishes(wishes, found.ways)
        full = choices_from(self.product, found.completion.values, choices, tables[0], placed=placed)
        total = self._words.list_price(full, tables[0]) if full else None
        status = CompletionStatus.OPTIMAL if found.proven else found.completion.status
        if full and not found.proven:
            status = CompletionStatus.FEASIBLE
        return ProductCompletion(status, full, total, missed_wishes(wishes, full) if full else ())

    def check(self, lines: Sequence[ConfiguredLine], *, root: LineId) -> tuple[Finding, ...]:
        """What is wrong or missing in a bundle given as lines: unknown parts, empty slots, broken rules."""
        shape = shape_findings(self.product, lines, root)
        if shape:
            return shape
        choices = choices_of(self.product, lines, root)
        violations = self.engine.validate([*self._words.spoken(choices), *self._words.closing(choices)])
        if isinstance(violations, OutOfBudget):
            return (undecided(root),)
        blamed = self._blames((rule for each in violations for rule in each.rules), choices)
        return (*(broken(root, each) for each in blamed), *missing_findings(self.product, choices, root))

    def _blames(self, rules: Iterable[Rule], choices: Sequence[ProductChoice]) -> tuple[Blame, ...]:
        """The constraints behind rules, each once, with the author's message about these choices."""
        stated = self.product.stated
        found = {
            Blame(each.constraint.id, message_of(each, self.product, choices), each.constraint.span): None
            for each in (stated[rule.id] for rule in rules if rule.id in stated)
        }
        return tuple(found)

    def _instead(
        self,
        kept: Sequence[ProductChoice],
        wanted: Sequence[ProductChoice],
        drop: Sequence[ProductChoice],
        prices: Prices | None,
        budget: Budget,
    ) -> tuple[ProductChoice, ...]:
        """What the cheapest completion takes in the places that are given up."""
        if prices is None:
            return ()
        rest = [each for each in kept if each not in drop]
        full = self.complete([*rest, *wanted], prices=prices, budget=budget).choices
        places = {self._words.place(each) for each in drop}
        return tuple(each for each in full if self._words.place(each) in places)

    def _status(
        self, found: Completion, full: Sequence[ProductChoice], aim: Aim, total: Decimal | None
    ) -> CompletionStatus:
        """Proven for the solver is proven for the customer only when products cost what their classes did.

        Two products taken from one class cost more than twice the cheapest of it, which the solver counted.
        """
        status = found.status
        if aim is Aim.CHEAPEST and status is CompletionStatus.OPTIMAL and total is not None and full:
            exact = Decimal(found.total or 0) / PRICE_SCALE
            return status if exact == total else CompletionStatus.FEASIBLE
        return status


class _Asked:
    """Choices kept and choices wanted in the words of one question; all that says one choice counts as one."""

    def __init__(self, words: Vocabulary, kept: Sequence[ProductChoice], wanted: Sequence[ProductChoice]) -> None:
        said: dict[ProductChoice, list[Choice]] = {}
        for spoken, choice in words.pairs((*kept, *wanted)):
            said.setdefault(choice, []).append(spoken)
        self._kept = kept
        self._said = said
        self.groups = tuple(tuple(said[each]) for each in kept)
        self.wanted = tuple(spoken for each in wanted for spoken in said[each])

    def heard(self, spoken: Iterable[Choice]) -> tuple[ProductChoice, ...]:
        """The kept choices that these solver choices say, in their order."""
        meant = set(spoken)
        return tuple(each for each in self._kept if meant.intersection(self._said[each]))

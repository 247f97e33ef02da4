"""Answers questions about a configurable product in the words of the catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Never

from engine.catalog import ConfiguredLine, LineId
from engine.configuration.answers import (
    DEFAULT_BUDGET,
    Budget,
    CompletionStatus,
    OutOfBudget,
)
from engine.configuration.model import Rule
from engine.configuration.products.answers import (
    Aim,
    Blame,
    Candidates,
    Conflict,
    Finding,
    Prices,
    ProductChoice,
    ProductCompletion,
    ProductRepair,
    ProductState,
)
from engine.configuration.products.asking import Questions
from engine.configuration.products.checking import broken, choices_of, missing_findings, shape_findings, undecided
from engine.configuration.products.clashing import Clashes, Guilt
from engine.configuration.products.completing import Completer
from engine.configuration.products.messages import message_of
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.seasons import Season
from engine.configuration.products.showing import Display
from engine.configuration.products.sought import Sought
from engine.configuration.products.vocabulary import Vocabulary
from engine.configuration.products.wishes import ProductWish
from engine.configuration.solver.search import Allowance
from engine.configuration.solver.wide import WideConfigurator
from engine.diagnostics import Fault

REPAIRS_PRICED = 12
"""How many equally small repairs are priced before the best are shown."""
NOT_ASKED = Candidates((ProductCompletion(CompletionStatus.UNKNOWN, (), None),))
ZERO = Decimal(0)


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
        self._completer = Completer(product, self.engine)

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
        if prices:
            found = self.repairs(choices, Sought(Aim.CHEAPEST, prices, {}), wanted=wanted, budget=budget)
            if isinstance(found, OutOfBudget):
                return OutOfBudget("repair", None if found.known is None else found.known[:limit])
            return found[:limit]
        given = self._clashes.given_up(self._kept(choices, wanted), wanted, limit, Allowance(budget))
        repairs = tuple(ProductRepair(drop, (), None, proven=False) for drop in given.sets)
        return repairs if given.complete else OutOfBudget("repair", repairs or None)

    def repairs(
        self,
        choices: Sequence[ProductChoice],
        sought: Sought,
        *,
        wanted: Sequence[ProductChoice] = (),
        budget: Budget = DEFAULT_BUDGET,
    ) -> tuple[ProductRepair, ...] | OutOfBudget[tuple[ProductRepair, ...]]:
        """The repairs that are priced, ranked as ``repair`` ranks them, each with the first completions after it.

        ``sought.several`` completions are shared out to all of them, so that more repairs have fewer each.
        """
        kept = self._kept(choices, wanted)
        allowance = Allowance(budget)
        found = self._clashes.given_up(kept, wanted, REPAIRS_PRICED, allowance)
        repairs = self._priced(found.sets, (kept, wanted), sought, allowance)
        if found.complete and not allowance.spent():
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
        budget: Budget = DEFAULT_BUDGET,
    ) -> ProductCompletion:
        """A full valid configuration with the choices in it, best by the aim, its list price within ``limit``."""
        return self.candidates(choices, Sought(aim, prices, costs or {}, limit), budget=budget).best

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
        return self.candidates(choices, Sought(aim, *tables, limit), wishes=wishes, budget=budget).best

    def candidates(
        self,
        choices: Sequence[ProductChoice],
        sought: Sought,
        *,
        wishes: Sequence[ProductWish] = (),
        budget: Budget | Allowance = DEFAULT_BUDGET,
    ) -> Candidates:
        """The different full configurations that come first by what is sought; with wishes, those nearest to them."""
        allowance = budget if isinstance(budget, Allowance) else Allowance(budget)
        if wishes:
            return self._completer.nearest(choices, wishes, sought, allowance)
        return self._completer.best(choices, sought, allowance)

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

    def _kept(self, choices: Sequence[ProductChoice], wanted: Sequence[ProductChoice]) -> Sequence[ProductChoice]:
        """The choices but those in whose place something is wanted."""
        for each in wanted:
            choices = self._words.without_slot_of(choices, each)
        return choices

    def _priced(
        self,
        sets: Sequence[tuple[ProductChoice, ...]],
        asked: tuple[Sequence[ProductChoice], Sequence[ProductChoice]],
        sought: Sought,
        allowance: Allowance,
    ) -> tuple[ProductRepair, ...]:
        """The repairs with the cheapest completions after each, fewest changes first, then by its list price."""
        kept, wanted = asked
        each_several = replace(sought, several=max(1, sought.several // (len(sets) + 1)))

        def cheapest(some: Sequence[ProductChoice]) -> Candidates:
            return NOT_ASKED if allowance.spent() else self._completer.best(some, each_several, allowance)

        before = cheapest(kept)
        known = before.best.proven or before.best.status is CompletionStatus.INFEASIBLE
        found = []
        for drop in sets:
            after = cheapest([*(each for each in kept if each not in drop), *wanted])
            now, was = after.best.list_price, before.best.list_price
            effect = None if now is None or was is None else now - was
            made = ProductRepair(drop, (), effect, now, after.best.proven and known, after, before)
            found.append(replace(made, instead=self.instead(made, after.best.choices)))
        return tuple(sorted(found, key=lambda each: (len(each.drop), each.list_price is None, each.list_price or ZERO)))

    def instead(self, repair: ProductRepair, full: Sequence[ProductChoice]) -> tuple[ProductChoice, ...]:
        """What takes the place of the choices given up in a full configuration."""
        places = {self._words.place(each) for each in repair.drop}
        return tuple(each for each in full if self._words.place(each) in places)

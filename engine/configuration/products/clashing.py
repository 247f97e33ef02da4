"""Why choices of a product clash, and what to give up; groups that have no room for all picks are asked about apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.configuration.answers import Choice, Explanation, OutOfBudget, RepairsSoFar
from engine.configuration.model import Rule
from engine.configuration.products.answers import ProductChoice
from engine.configuration.products.overfull import too_many, ways_out
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.vocabulary import Vocabulary
from engine.configuration.solver.search import Allowance
from engine.configuration.solver.wide import WideConfigurator


@dataclass(frozen=True, slots=True)
class Guilt:
    """Choices that clash, and the rules by which they do; none: the structure of the bundle."""

    choices: tuple[ProductChoice, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Sets of choices to give up, the smallest first; ``complete`` unless the search ended before all were found."""

    sets: tuple[tuple[ProductChoice, ...], ...]
    complete: bool = True


class Clashes:
    """Asks the solver about choices kept and choices wanted of one product."""

    def __init__(self, product: ProductModel, engine: WideConfigurator) -> None:
        self._product, self._engine = product, engine
        self._words = Vocabulary(product)

    def guilt(
        self, kept: Sequence[ProductChoice], wanted: Sequence[ProductChoice], allowance: Allowance
    ) -> Guilt | None | OutOfBudget[Guilt]:
        """A smallest set of kept choices that clash with what is wanted; None when everything fits."""
        crowd = too_many(self._product, kept, wanted)
        if crowd is None:
            return self._guilt(kept, wanted, allowance)
        best = Guilt(crowd, ())
        ways, certain = ways_out(self._product, kept, wanted)
        for out in ways:
            found = self._guilt([each for each in kept if each not in out], wanted, allowance)
            if isinstance(found, OutOfBudget):
                certain, found = False, found.known
            if found is not None and len(found.choices) < len(best.choices):
                best = found
        return best if certain else OutOfBudget("explain", best)

    def forcing(
        self, kept: Sequence[ProductChoice], follows: ProductChoice, allowance: Allowance
    ) -> Guilt | None | OutOfBudget[Guilt]:
        """A smallest set of kept choices that leave nothing else than what follows; None: it does not follow."""
        return self._heard(_Asked(self._words, kept, ()), self._words.otherwise(follows), allowance)

    def given_up(
        self, kept: Sequence[ProductChoice], wanted: Sequence[ProductChoice], limit: int, allowance: Allowance
    ) -> GivenUp:
        """Smallest sets of kept choices to give up so that what is wanted fits."""
        if too_many(self._product, kept, wanted) is None:
            return self._given_up(kept, wanted, limit, allowance)
        ways, complete = ways_out(self._product, kept, wanted)
        sets: dict[frozenset[ProductChoice], None] = {}
        for out in ways:
            found = self._given_up([each for each in kept if each not in out], wanted, limit, allowance)
            complete = complete and found.complete
            sets |= {frozenset((*out, *drop)): None for drop in found.sets}
        least = sorted((each for each in sets if not any(other < each for other in sets)), key=len)
        return GivenUp(tuple(tuple(each for each in kept if each in drop) for drop in least[:limit]), complete)

    def _guilt(
        self, kept: Sequence[ProductChoice], wanted: Sequence[ProductChoice], allowance: Allowance
    ) -> Guilt | None | OutOfBudget[Guilt]:
        asked = _Asked(self._words, kept, wanted)
        return self._heard(asked, asked.wanted, allowance)

    def _heard(
        self, asked: _Asked, wanted: Sequence[Choice], allowance: Allowance
    ) -> Guilt | None | OutOfBudget[Guilt]:
        found = self._engine.explain((), wanted=wanted, groups=asked.groups, budget=allowance)
        if found is None:
            return None
        if isinstance(found, Explanation):
            return Guilt(asked.heard(found.choices), found.rules)
        known = found.known
        return OutOfBudget(found.operation, Guilt(asked.heard(known.choices), known.rules or ()) if known else None)

    def _given_up(
        self, kept: Sequence[ProductChoice], wanted: Sequence[ProductChoice], limit: int, allowance: Allowance
    ) -> GivenUp:
        asked = _Asked(self._words, kept, wanted)
        found = self._engine.repair((), wanted=asked.wanted, groups=asked.groups, limit=limit, budget=allowance)
        if not isinstance(found, OutOfBudget):
            return GivenUp(tuple(asked.heard(each.drop) for each in found))
        known = RepairsSoFar((), smallest=False) if found.known is None else found.known
        return GivenUp(tuple(asked.heard(each.drop) for each in known.repairs), complete=False)


class _Asked:
    """Choices kept and choices wanted in the words of one question; all that says one choice counts as one."""

    def __init__(self, words: Vocabulary, kept: Sequence[ProductChoice], wanted: Sequence[ProductChoice]) -> None:
        said: dict[ProductChoice, list[Choice]] = {}
        for spoken, choice in words.pairs((*kept, *wanted)):
            said.setdefault(choice, []).append(spoken)
        self._kept, self._said = kept, said
        self.groups = tuple(tuple(said[each]) for each in kept)
        self.wanted = tuple(spoken for each in wanted for spoken in said[each])

    def heard(self, spoken: Iterable[Choice]) -> tuple[ProductChoice, ...]:
        """The kept choices that these solver choices say, in their order."""
        meant = set(spoken)
        return tuple(each for each in self._kept if meant.intersection(self._said[each]))

"""Full configurations of a product: the best by an aim, or nearest to a wish list, and those that come next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from engine.catalog import Sku
from engine.configuration.answers import (
    Choice,
    Completion,
    CompletionStatus,
    Objective,
    Ranking,
)
from engine.configuration.model import Term
from engine.configuration.products.answers import Aim, Candidates, Pick, Prices, ProductChoice, ProductCompletion
from engine.configuration.products.candidates import Firm, Full, Variants, apart_of, content_of, first_of, neighbours
from engine.configuration.products.completion import PRICE_SCALE, aims_of, choices_from
from engine.configuration.products.doubles import ClassAt, ToldApart, taken_often, told_apart
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.sought import Sought
from engine.configuration.products.vocabulary import Vocabulary
from engine.configuration.products.wishes import ProductWish, missed_wishes, placed_wishes, spoken_wishes
from engine.configuration.solver.search import Allowance
from engine.configuration.solver.wide import WideConfigurator
from engine.configuration.wishing import Nearest, nearest

RESERVE_MS = 300
"""Kept of the time of a search that proves nothing, to look at what lies next to the one that it found."""
TRIES = 10
"""Exchanges tried for every configuration wanted."""
TIE_MS = 1_000
"""How long the cheapest is looked for among those that are preferred as much."""


class Completer:
    """Asks the solver for full configurations of one product."""

    def __init__(self, product: ProductModel, engine: WideConfigurator) -> None:
        self._product, self._engine = product, engine
        self._words = Vocabulary(product)

    def best(self, choices: Sequence[ProductChoice], sought: Sought, allowance: Allowance) -> Candidates:
        """The configurations that are best by the aim, with the choices in them.

        The solver counts the best product of a class for every one taken of it. Classes of which it takes several are
        told apart, and it is asked again. Where that is no help and the second product breaks the limit, it is asked
        with so much less; what it finds then is not proven the best.
        """
        allowed = limit = sought.limit
        told, kept = ToldApart(self._engine), list[tuple[Full, Decimal | None]]()
        bound: int | None = None
        while True:
            ranking = self._ranking(choices, sought, (allowed, told), allowance)
            found = ranking.completions[0]
            if allowed == limit and found.bound is not None:
                bound = found.bound
            full, total = self._filled(found, choices, sought, told)
            more = None if allowance.spent() else self._untold(found, full, choices, sought, told)
            if more:
                kept.append((full, total))
                picks, every = self._words.picks(choices), _weighs_two(sought)
                told = told_apart(self._product, more, picks, sought.amounts, every=every)
            elif limit is None or allowed is None or total is None or total <= limit:
                break
            else:
                allowed -= total - limit
        status = self._status(found, full, sought)
        if allowed != limit:
            status = CompletionStatus.FEASIBLE if full else CompletionStatus.UNKNOWN
            ranking = Ranking(ranking.completions)
        if kept and status is not CompletionStatus.OPTIMAL:
            full, total, status = self._best_kept((full, total), kept, sought, status)
        shown = None if bound is None or sought.aim is not Aim.CHEAPEST else Decimal(bound) / PRICE_SCALE
        best = ProductCompletion(status, full, total, bound=shown)
        firm = _picked(choices)
        solutions = [(self._full(each, choices, sought.amounts), firm) for each in ranking.completions if each.values]
        return self._with_next(best, solutions, sought, allowance, exhausted=ranking.exhausted)

    def _ranking(
        self,
        choices: Sequence[ProductChoice],
        sought: Sought,
        how: tuple[Decimal | None, ToldApart],
        allowance: Allowance,
    ) -> Ranking:
        """What the solver puts first within a limit, where it tells these products apart."""
        allowed, told = how
        objective, asked = self._asked(choices, sought, allowed, told)
        if sought.aim is Aim.PREFERRED:
            return Ranking((self._preferred(asked, objective, (choices, sought, told), allowance),))
        apart = apart_of(self._product, sought.counted, choices)
        within = _most_of(allowance, sought)
        return told.engine.ranked(asked, objective=objective, apart=apart, count=sought.count, budget=within)

    def _untold(
        self, found: Completion, full: Full, choices: Sequence[ProductChoice], sought: Sought, told: ToldApart
    ) -> frozenset[ClassAt] | None:
        """The classes told apart and those where a proven solution counted on better products; None: no more of them.

        Within a limit the product of the best margin may be too dear although it is the only one of its class.
        """
        if found.status is not CompletionStatus.OPTIMAL:
            return None
        by_price = sought.aim is not Aim.PREFERRED
        if by_price and self._keeps(full, sought) and self._status(found, full, sought) is CompletionStatus.OPTIMAL:
            return None
        least = 1 if _weighs_two(sought) else 2
        more = told.classes | taken_often(self._product, full, self._words.picks(choices), least)
        return more if more != told.classes else None

    def _best_kept(
        self,
        last: tuple[Full, Decimal | None],
        kept: Sequence[tuple[Full, Decimal | None]],
        sought: Sought,
        status: CompletionStatus,
    ) -> tuple[Full, Decimal | None, CompletionStatus]:
        """The best within the limit of what was found on the way, where the last one is not proven to be it."""
        if status is CompletionStatus.INFEASIBLE:
            return (*last, status)
        found = [each for each in kept if self._keeps(each[0], sought)]
        if last[0] and (sought.aim is not Aim.PREFERRED or not found):
            found.append(last)
        if not found:
            return (*last, status)
        full, total = min(found, key=lambda each: self._words.list_price(each[0], sought.amounts))
        return full, total, CompletionStatus.FEASIBLE

    def _preferred(
        self,
        asked: Sequence[Choice],
        objective: Objective,
        how: tuple[Sequence[ProductChoice], Sought, ToldApart],
        allowance: Allowance,
    ) -> Completion:
        """The cheapest found of those that keep the most of what the rules prefer; proven says that none keeps more."""
        missed = tuple(Term(each.weight, -each.literal) for each in self._product.model.preferences)
        engine = how[-1].engine
        first = engine.complete(asked, objective=Objective(missed, objective.limits), budget=allowance)
        if first.total is None:
            return first
        alike = replace(objective, limits=(*objective.limits, (missed, first.total)))
        other = engine.complete(asked, objective=alike, budget=allowance.share(TIE_MS))
        prices = {each: self._filled(each, *how)[1] for each in (other, first) if each.values}
        return replace(first, values=min(prices, key=lambda each: prices[each] or Decimal(0)).values)

    def nearest(
        self,
        choices: Sequence[ProductChoice],
        wishes: Sequence[ProductWish],
        sought: Sought,
        allowance: Allowance,
    ) -> Candidates:
        """The configurations that miss the least weight of wishes, among equals best by the aim.

        Optimal means that none is nearer to the wishes; what is found after a second product of a class broke the limit
        is not called so, as in ``best``.
        """
        spoken, limit = spoken_wishes(self._product, wishes, choices, sought.prices), sought.limit
        apart = apart_of(self._product, sought.counted, choices, [each.choice for each in wishes])
        allowed = limit
        while True:
            objective, asked = self._asked(choices, sought, allowed, ToldApart(self._engine))
            if sought.aim is Aim.PREFERRED:
                objective = replace(objective, terms=())  # wishes, then preferences
            found = nearest(
                self._product.model, asked, spoken, then=objective, told=(apart, sought.count), budget=allowance
            )
            full, total = self._wished(found, wishes, choices, sought)
            if limit is None or allowed is None or total is None or total <= limit:
                break
            allowed -= total - limit
        status = CompletionStatus.OPTIMAL if found.proven else found.completion.status
        if full and not (found.proven and allowed == limit):
            status = CompletionStatus.FEASIBLE
        if not full and allowed != limit:
            status = CompletionStatus.UNKNOWN
        best = ProductCompletion(status, full, total, missed_wishes(wishes, full) if full else ())
        firm = _picked(choices)
        solutions = []
        for completion, ways in ((found.completion, found.ways), *found.following):
            placed = placed_wishes(wishes, ways)
            if completion.values:
                more = choices_from(self._product, completion.values, choices, sought.amounts, placed=placed)
                kept = {(each.slot, each.sku) for each in more if isinstance(each, Pick) and _is_wished(each, wishes)}
                solutions.append((more, firm | kept))
        exhausted = found.exhausted and found.proven and allowed == limit
        candidates = self._with_next(best, solutions, sought, allowance, exhausted=exhausted)
        return _as_near(candidates, wishes)

    def _with_next(
        self,
        best: ProductCompletion,
        solutions: Sequence[tuple[Full, Firm]],
        sought: Sought,
        allowance: Allowance,
        *,
        exhausted: bool,
    ) -> Candidates:
        """The best one with those that come next: all products of the classes found, then what lies beside it."""
        if not best.choices or sought.count == 1:
            return Candidates((best,), exhausted=exhausted and not best.choices)
        variants = Variants(self._product, solutions, sought.amounts)
        within = (each for each in variants if self._keeps(each, sought))
        content = partial(content_of, self._product, counted=sought.counted)
        found, are_all = first_of(within, sought.count, content, [best.choices])
        if len(found) < sought.count and not exhausted:
            fits = self._fitting(sought, allowance)
            known = [(each, solutions[0][1]) for each in found]
            beside = neighbours(self._product, known, sought.amounts, fits)
            found, _ = first_of(beside, sought.count, content, found)
        after = (
            ProductCompletion(CompletionStatus.FEASIBLE, each, self._words.list_price(each, sought.prices))
            for each in sorted(found[1:], key=lambda full: self._words.list_price(full, sought.amounts))
        )
        return Candidates((best, *after), exhausted=exhausted and are_all and not variants.cut)

    def _fitting(self, sought: Sought, allowance: Allowance) -> Callable[[Full], bool | None]:
        """Whether a full configuration is valid; None when the time or the patience to look is over."""
        last = allowance.share(RESERVE_MS)
        left = iter(range(TRIES * sought.count))

        def fits(full: Full) -> bool | None:
            if next(left, None) is None or last.spent():
                return None
            if not self._keeps(full, sought):
                return False
            whole = [*self._words.spoken(full), *self._words.closing(full)]
            return self._engine.satisfiable(whole, budget=last) is True

        return fits

    def _keeps(self, full: Full, sought: Sought) -> bool:
        return sought.limit is None or self._words.list_price(full, sought.prices) <= sought.limit

    def _asked(
        self, choices: Sequence[ProductChoice], sought: Sought, allowed: Decimal | None, told: ToldApart
    ) -> tuple[Objective, list[Choice]]:
        picks, tables = self._words.picks(choices), (sought.prices, sought.costs)
        objective, offered = aims_of(self._product, picks, sought.aim, tables, allowed, told.facts)
        return objective, [*self._words.spoken(choices), *offered]

    def _wished(
        self, found: Nearest, wishes: Sequence[ProductWish], choices: Sequence[ProductChoice], sought: Sought
    ) -> tuple[Full, Decimal | None]:
        placed = placed_wishes(wishes, found.ways)
        full = choices_from(self._product, found.completion.values, choices, sought.prices, placed=placed)
        return full, self._words.list_price(full, sought.prices) if full else None

    def _full(self, found: Completion, choices: Sequence[ProductChoice], amounts: Prices) -> Full:
        return choices_from(self._product, found.values, choices, amounts)

    def _filled(
        self, found: Completion, choices: Sequence[ProductChoice], sought: Sought, told: ToldApart
    ) -> tuple[Full, Decimal | None]:
        """Products for a solution with their list price: the best of each class, or the cheapest to keep the limit."""
        placed = told.placed(found.values)
        full: Full = ()
        total = None
        for amounts in (sought.amounts, sought.prices):
            full = choices_from(self._product, found.values, choices, amounts, placed=placed)
            total = self._words.list_price(full, sought.prices) if full else None
            if sought.limit is None or total is None or total <= sought.limit:
                break
        return full, total

    def _status(self, found: Completion, full: Full, sought: Sought) -> CompletionStatus:
        """Proven for the solver is proven for the customer only when products count what their classes did.

        Two products taken from one class count more than twice the best of it, which the solver counted.
        """
        if found.status is CompletionStatus.OPTIMAL and full and sought.aim is not Aim.PREFERRED:
            exact = self._words.list_price(full, sought.amounts)
            return found.status if exact == Decimal(found.total or 0) / PRICE_SCALE else CompletionStatus.FEASIBLE
        return found.status


def _weighs_two(sought: Sought) -> bool:
    """Whether products have a price that a limit counts beside what the aim does."""
    return sought.limit is not None and sought.aim is Aim.BEST_MARGIN


def _most_of(allowance: Allowance, sought: Sought) -> Allowance:
    """What the search gets: all of it, or where more is wanted than one configuration, all but a reserve."""
    left = allowance.milliseconds_left()
    return allowance if sought.count == 1 else allowance.share(left - min(left // 4, RESERVE_MS))


def _picked(choices: Sequence[ProductChoice]) -> frozenset[tuple[str, Sku]]:
    return frozenset((each.slot, each.sku) for each in choices if isinstance(each, Pick) and each.sku)


def _is_wished(pick: Pick, wishes: Sequence[ProductWish]) -> bool:
    return any(
        isinstance(each.choice, Pick) and (each.choice.slot, each.choice.sku) == (pick.slot, pick.sku)
        for each in wishes
    )


def _as_near(found: Candidates, wishes: Sequence[ProductWish]) -> Candidates:
    """The candidates that miss no more weight of wishes than the first."""
    weights = {each.choice: each.weight for each in wishes}
    first, *after = found.completions
    least = sum(weights[each] for each in first.missed)
    near = [first]
    for each in after:
        missed = missed_wishes(wishes, each.choices)
        if sum(weights[one] for one in missed) <= least:
            near.append(ProductCompletion(each.status, each.choices, each.list_price, missed))
    return Candidates(tuple(near), found.exhausted)

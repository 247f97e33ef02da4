"""Comparisons of linear forms with zero, as literals and as stated sums."""

from __future__ import annotations

from collections.abc import Sequence

from engine.configuration.builder import ModelBuilder
from engine.configuration.model import STRUCTURE, Term
from engine.configuration.products.ladders import spell
from engine.configuration.products.linear import Linear, whole
from engine.configuration.products.logic import Logic
from engine.configuration.products.slots import Place
from engine.configuration.products.small_sums import Axis, SmallSums
from engine.language.tree import ComparisonOp

EQUALITY = (ComparisonOp.EQUAL, ComparisonOp.UNEQUAL)


REIFIED_AXES_MAX = 2


class Inexact(Exception):
    """A factor has too many decimals to become a whole number."""


class Sums:
    """States sums and makes literals for them; equal sums share one literal."""

    def __init__(self, builder: ModelBuilder, logic: Logic) -> None:
        self._builder = builder
        self._logic = logic
        self.small = SmallSums(logic)
        self._made: dict[tuple[tuple[Term, ...], int], int] = {}

    def know(self, place: Place) -> None:
        """Make known that a place's quantity counts the units of its entry."""
        cover = self._logic.cover(place.taken[0]) if place.taken else None
        if place.quantity is not None and cover is not None:
            self.small.count(cover.owner, place.quantity)

    def sign(self, form: Linear, op: ComparisonOp) -> int:
        """A literal that holds exactly when the form is known and compares so with 0; raises Inexact."""
        known = -self._logic.any_of(form.unknown)
        terms, constant = _whole(form)
        if not terms:
            return known if compare(constant, op) else self._logic.false
        if op in EQUALITY:
            equal = self._logic.all_of((self._at_most(terms, -constant), -self._at_most(terms, -constant - 1)))
            return self._logic.all_of((known, equal if op is ComparisonOp.EQUAL else -equal))
        strict = op in (ComparisonOp.LESS, ComparisonOp.AT_LEAST)
        below = self._at_most(terms, -constant - strict)
        return self._logic.all_of((known, below if op in (ComparisonOp.LESS, ComparisonOp.AT_MOST) else -below))

    def state(self, form: Linear, op: ComparisonOp, *, rule: int, unless: Sequence[int]) -> None:
        """State that the form, when known, compares so with 0 unless one of the literals holds; raises Inexact."""
        if op is ComparisonOp.UNEQUAL:
            self._logic.clause((*unless, -self.sign(form, ComparisonOp.EQUAL)), rule)
            return
        terms, constant = _whole(form)
        excused = [each for each in (*unless, *form.unknown) if each != self._logic.false]
        if self._logic.true in excused:
            return
        if not terms:
            if not compare(constant, op):
                self._logic.clause(excused, rule)
            return
        if op in (ComparisonOp.AT_MOST, ComparisonOp.LESS, ComparisonOp.EQUAL):
            self._state_at_most(terms, -constant - (op is ComparisonOp.LESS), rule, excused)
        if op in (ComparisonOp.AT_LEAST, ComparisonOp.MORE, ComparisonOp.EQUAL):
            self._state_at_most(_negative(terms), constant - (op is ComparisonOp.MORE), rule, excused)

    def _state_at_most(self, terms: tuple[Term, ...], bound: int, rule: int, excused: Sequence[int]) -> None:
        axes = self.small.axes(terms)
        if axes is not None and self.small.few(axes):
            for limit in self.small.limits(axes, bound):
                self._logic.clause((*excused, *limit), rule)
        elif not self._is_count(terms):
            self._add(terms, bound, rule, excused, axes)
        else:
            self._state_count(terms, bound, rule, excused)

    @staticmethod
    def _is_count(terms: Sequence[Term]) -> bool:
        """Whether every term is the same number of literals only."""
        return len({each.coefficient for each in terms}) == 1 and all(each.quantity is None for each in terms)

    def _state_count(self, terms: Sequence[Term], bound: int, rule: int, excused: Sequence[int]) -> None:
        literals, coefficient = [each.literal for each in terms], terms[0].coefficient
        most = bound // coefficient if coefficient > 0 else None
        least = 0 if coefficient > 0 else -(bound // -coefficient)
        if most is not None and most < 0:
            self._logic.clause(excused, rule)
        else:
            when = tuple(-each for each in dict.fromkeys(excused))
            self._builder.cardinality(literals, max(least, 0), most, rule, when=when)

    def _add(
        self, terms: tuple[Term, ...], bound: int, rule: int, excused: Sequence[int], axes: Sequence[Axis] | None
    ) -> None:
        """State a sum, spelt out as clauses as well where they are few enough."""
        spelt = None
        if axes is not None:
            spelt = spell([(each.values, each.at_least) for each in axes], bound, self._fresh)
        if spelt is not None:
            for clause in spelt.meaning:
                self._builder.spell(clause)
            for clause in spelt.limits:
                self._builder.spell((*excused, *clause), rule)
        when = tuple(-each for each in dict.fromkeys(excused))
        self._builder.at_most(terms, bound, rule, when=when, spelt=spelt is not None and spelt.exact)

    def _fresh(self) -> int:
        return self._builder.variable(self._builder.auxiliary()).first

    def _at_most(self, terms: tuple[Term, ...], bound: int) -> int:
        """A literal that holds exactly when the terms add up to ``bound`` or less."""
        key = (terms, bound)
        if key not in self._made:
            axes = self.small.axes(terms)
            if axes is not None and len(axes) <= REIFIED_AXES_MAX and self.small.few(axes):
                self._made[key] = self._logic.all_of(
                    self._logic.any_of(each) for each in self.small.limits(axes, bound)
                )
                return self._made[key]
            name = f"(sum of {len(terms)} <= {bound})#{len(self._made)}"
            made = self._builder.variable(self._builder.boolean(name, decision=False)).first
            self._add(terms, bound, STRUCTURE, (-made,), axes)
            negative = _negative(terms)
            self._add(negative, -bound - 1, STRUCTURE, (made,), self.small.axes(negative))
            self._made[key] = made
        return self._made[key]


def compare(left: int, op: ComparisonOp) -> bool:
    """Whether a whole number compares so with 0."""
    match op:
        case ComparisonOp.EQUAL:
            return left == 0
        case ComparisonOp.UNEQUAL:
            return left != 0
        case ComparisonOp.LESS:
            return left < 0
        case ComparisonOp.AT_MOST:
            return left <= 0
        case ComparisonOp.MORE:
            return left > 0
        case ComparisonOp.AT_LEAST:
            return left >= 0


def _negative(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    return tuple(Term(-each.coefficient, each.literal, each.quantity) for each in terms)


def _whole(form: Linear) -> tuple[tuple[Term, ...], int]:
    found = whole(form)
    if found is None:
        raise Inexact
    return found

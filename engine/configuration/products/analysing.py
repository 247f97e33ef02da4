"""Analyse a bundle for its author, in the words of the catalog: dead and unavoidable options, rules that never bind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.catalog import Sku, Value
from engine.configuration.answers import Blamed, Budget, Choice, Implied, OutOfBudget, Relation
from engine.configuration.model import Rule
from engine.configuration.products.answers import Blame, ProductState, Standing
from engine.configuration.products.configurator import ProductConfigurator
from engine.configuration.products.counting import count_product
from engine.configuration.products.messages import message_of

REASONS_MAX = 50


@dataclass(frozen=True, slots=True)
class Judged:
    """An option or an attribute's value that no customer can choose, or none can avoid, and the smallest set of rules.

    ``skus`` are products that no rule tells apart; for an attribute, ``value`` is set instead. Without ``rules`` the
    structure of the bundle says so, unless ``known`` is False: then the reason was not looked for or not found in time.
    ``smallest`` says that no smaller set of rules does.
    """

    path: str
    skus: tuple[Sku, ...]
    value: Value | None
    rules: tuple[Blame, ...]
    known: bool
    smallest: bool = True


@dataclass(frozen=True, slots=True)
class NeverBinding:
    """A rule that the other rules imply, and which do (none: the structure of the bundle)."""

    rule: Blame
    by: tuple[Blame, ...]


@dataclass(frozen=True, slots=True)
class ProductStudy:
    """What an author wants to know of a bundle; ``unfinished`` names the questions that ran out of budget.

    What was found until then is here, and certain; sets of rules may not be the smallest then, and there are
    ``at_least`` so many configurations where they could not all be counted.
    """

    product: Sku
    satisfiable: bool | None
    contradiction: tuple[Blame, ...] = ()
    contradiction_smallest: bool = True
    dead: tuple[Judged, ...] = ()
    always: tuple[Judged, ...] = ()
    never_binding: tuple[NeverBinding, ...] = ()
    count: int | None = None
    at_least: int | None = None
    unfinished: tuple[str, ...] = ()


def study_product(configurator: ProductConfigurator, *, budget: Budget) -> ProductStudy:
    """Ask a bundle everything; each question has the budget, and at most 50 reasons of a kind are looked for."""
    return _Study(configurator, budget).study()


class _Study:
    def __init__(self, configurator: ProductConfigurator, budget: Budget) -> None:
        self.configurator = configurator
        self.product = configurator.product
        self.engine = configurator.engine
        self.budget = budget
        self.unfinished: dict[str, None] = {}

    def study(self) -> ProductStudy:
        sku = self.product.bundle.sku
        state = self.configurator.configure((), budget=self.budget)
        if isinstance(state, OutOfBudget):
            return ProductStudy(sku, satisfiable=None, unfinished=("domains",))
        if not state.settled:
            self.unfinished["domains"] = None
        if not state.consistent:
            why = self._blamed("contradiction", None, at=0)
            return ProductStudy(
                sku,
                satisfiable=False,
                contradiction=() if why is None else self._blames(why.rules),
                contradiction_smallest=why is not None and why.smallest,
                count=0,
                unfinished=tuple(self.unfinished),
            )
        dead = tuple(self._judged("dead", self._impossible(state)))
        always = tuple(self._judged("always", self._unavoidable(state)))
        implied = self.engine.implied(budget=self.budget)
        if implied.unchecked:
            self.unfinished["never binding"] = None
        total = count_product(self.product, budget=self.budget)
        if isinstance(total, OutOfBudget):
            self.unfinished["count"] = None
        return ProductStudy(
            sku,
            satisfiable=True,
            dead=dead,
            always=always,
            never_binding=tuple(self._never_binding(implied)),
            count=None if isinstance(total, OutOfBudget) else total,
            at_least=total.known.count if isinstance(total, OutOfBudget) and total.known else None,
            unfinished=tuple(self.unfinished),
        )

    def _impossible(self, state: ProductState) -> Iterator[tuple[str, tuple[Sku, ...], Value | None, Choice | None]]:
        for slot in state.slots:
            for option in slot.options:
                if option.standing is Standing.IMPOSSIBLE:
                    yield slot.path, option.skus, None, self._taken(slot.path, option.skus[0])
        for setting in state.settings:
            for value, standing in setting.values:
                if standing is Standing.IMPOSSIBLE:
                    yield setting.path, (), value, Choice(setting.path, value)  # type: ignore[arg-type]

    def _unavoidable(self, state: ProductState) -> Iterator[tuple[str, tuple[Sku, ...], Value | None, Choice | None]]:
        for slot in state.slots:
            for option in slot.options:
                if option.standing is Standing.IMPLIED and not self._only(slot.path):
                    yield slot.path, option.skus, None, self._not_taken(slot.path, option.skus[0])
        for setting in state.settings:
            for value, standing in setting.values:
                if standing is Standing.IMPLIED and len(setting.values) > 1:
                    choice = Choice(setting.path, value, Relation.IS_NOT)  # type: ignore[arg-type]
                    yield setting.path, (), value, choice

    def _only(self, path: str) -> bool:
        """Whether the slot offers one product and has to be filled: then nobody wonders why."""
        slot = self.product.slots[path]
        return len(slot.class_of) == 1 and slot.group.minimum >= 1

    def _taken(self, path: str, sku: Sku) -> Choice:
        """That the product is taken: in the first place that may hold it, since all are alike."""
        slot = self.product.slots[path]
        at = slot.class_of[sku]
        place, _ = slot.holders(at)[0]
        return Choice(place.path, slot.classes[at].label)

    def _not_taken(self, path: str, sku: Sku) -> Choice | None:
        """That the product is not taken, or None when no one choice says that."""
        slot = self.product.slots[path]
        at = slot.class_of[sku]
        if slot.single or slot.apart:
            place, _ = slot.holders(at)[0]
            return Choice(place.path, slot.classes[at].label, Relation.IS_NOT)
        return Choice(slot.taken_at_all[at], value=False) if at in slot.taken_at_all else None

    def _judged(
        self, kind: str, found: Iterator[tuple[str, tuple[Sku, ...], Value | None, Choice | None]]
    ) -> Iterator[Judged]:
        for at, (path, skus, value, choice) in enumerate(found):
            why = None if choice is None else self._blamed(kind, choice, at=at)
            rules = () if why is None else self._blames(why.rules)
            yield Judged(path, skus, value, rules, why is not None, why is not None and why.smallest)

    def _blamed(self, kind: str, choice: Choice | None, *, at: int) -> Blamed | None:
        if at >= REASONS_MAX:
            self.unfinished[f"reasons of {kind} options after the first {REASONS_MAX}"] = None
            return None
        found = self.engine.blame(choice, budget=self.budget)
        if isinstance(found, OutOfBudget):
            self.unfinished[kind] = None
            return found.known
        return found

    def _never_binding(self, implied: Implied) -> Iterator[NeverBinding]:
        """Constraints that never bind: a nested one in none of its instances, and not because of another of them."""
        reasons = {each.rule.id: each.by for each in implied.rules}
        instances: dict[str, list[str]] = {}
        for rule, stated in self.product.stated.items():
            instances.setdefault(stated.constraint.id, []).append(rule)
        for name, rules in instances.items():
            by = [other for rule in rules for other in reasons.get(rule, ())]
            own = any(
                self.product.stated[each.id].constraint.id == name for each in by if each.id in self.product.stated
            )
            if all(rule in reasons for rule in rules) and not own:
                yield NeverBinding(self._blame(rules[0]), self._blames(by))

    def _blames(self, rules: Iterable[Rule]) -> tuple[Blame, ...]:
        return tuple(dict.fromkeys(self._blame(each.id) for each in rules if each.id in self.product.stated))

    def _blame(self, rule: str) -> Blame:
        stated = self.product.stated[rule]
        return Blame(stated.constraint.id, message_of(stated, self.product, ()), stated.constraint.span)

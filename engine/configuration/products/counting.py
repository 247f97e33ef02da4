"""The exact number of valid configurations of a bundle.

A configuration is what an order would say: the settings of each bundle that is there, and for each slot which products
are taken, and how many of each. Which place of a slot an entry went to says nothing, nor which of several configured
entries of a group is the first: both are counted in one order only. Products of one class can stand for each other in
every rule, so ``k`` entries of a class of ``n`` products are as many configurations as there are ``k`` of ``n``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import groupby, pairwise
from math import comb, prod

from engine.configuration.answers import AtLeast, Budget, OutOfBudget
from engine.configuration.model import Clause, Model
from engine.configuration.products.problem import ProductModel
from engine.configuration.products.slots import Place, Setting, Slot
from engine.configuration.solver.counting import Branch
from engine.configuration.solver.joined import joined
from engine.configuration.solver.search import Allowance, BudgetSpentError
from engine.configuration.solver.tally import Answers, Questions, Weight, tally
from engine.configuration.solver.workbench import Foundation, Workbench


def count_product(product: ProductModel, *, budget: Budget) -> int | OutOfBudget[AtLeast]:
    """How many valid configurations a bundle has; out of budget, at least how many."""
    allowance = Allowance(budget)
    bench = Workbench(Foundation(_in_order(product)))
    bench.allow(allowance)
    try:
        if not bench.search.solve(()):
            return 0
        asked = _Asked(product, bench)
        scopes = joined(bench.foundation.model, bench.search, asked.branches, asked.quantities)
        return tally(bench.search, Questions(asked.branches, scopes, tuple(asked.weights())), allowance)
    except BudgetSpentError:
        return OutOfBudget("count")


class _Asked:
    """What each place holds and how many, and what is set; each question and weight with the path of its slot."""

    def __init__(self, product: ProductModel, bench: Workbench) -> None:
        self.branches: list[Branch] = []
        self.quantities: dict[int, int] = {}
        self._product = product
        self._paths: list[str] = []
        self._first: dict[str, int] = {}
        self._weights: list[tuple[str, Weight]] = []
        model = bench.foundation.model
        decisions = (each.name for each in model.variables if each.decision)
        self._numbers = dict(zip(decisions, bench.branches(), strict=True))
        self._read = _read_quantities(product.model)
        for slot in product.slots.values():
            self._ask_slot(slot)
        for setting in product.settings.values():
            self._ask_setting(setting)

    def weights(self) -> Iterator[Weight]:
        """How many configurations answers stand for, groups of configured entries as one."""
        yield from (weight for path, weight in self._weights if "[" not in path)
        for group in self._product.instances:
            if "[" not in group:
                family = _Family(group, self)
                yield Weight(frozenset(family.scope), family.configurations, sure=False)

    def inside(self, entry: str) -> tuple[list[int], list[Weight], list[_Family]]:
        """The questions about an entry; the weights of its own, and the groups of configured entries in it."""
        asked = [at for at, path in enumerate(self._paths) if path == entry or path.startswith(f"{entry}.")]
        weights = [weight for path, weight in self._weights if path == entry or _directly(path, entry)]
        return asked, weights, [_Family(each, self) for each in self._product.instances if _directly(each, entry)]

    def entries(self, group: str) -> tuple[str, ...]:
        """The slots of a group's configured entries."""
        return self._product.paths_of(group)

    def empty(self, entry: str) -> tuple[int, int]:
        """The question what a slot of one entry holds, and the answer that it stays empty."""
        return self._first[entry], len(self._product.slots[entry].classes)

    def _ask_slot(self, slot: Slot) -> None:
        asked = [self._ask_place(slot, place) for place in slot.places]
        self._first[slot.path] = asked[0] if asked else -1
        if not slot.apart and any(len(each.skus) > 1 for each in slot.classes):
            self._weigh(slot, asked, partial(_picks, tuple(asked), tuple(len(each.skus) for each in slot.classes)))

    def _ask_place(self, slot: Slot, place: Place) -> int:
        values = [(each,) for each in (*place.taken, place.empty)]
        at = self._ask(slot.path, Branch(values))
        if place.quantity in self._read:
            self.quantities[place.quantity] = self._ask(slot.path, self._numbers[place.quantity_name])
        elif place.low < place.high:
            self._weigh(slot, [at], partial(_units, at, len(place.taken), place.high - place.low + 1))
        return at

    def _ask_setting(self, setting: Setting) -> None:
        """What is set; having no value, since the bundle is not there, is one more answer."""
        values = [(each,) for each in (*setting.literals, setting.absent)]
        self._ask(setting.path.rpartition(".")[0], Branch(values))

    def _ask(self, path: str, branch: Branch) -> int:
        self.branches.append(branch)
        self._paths.append(path)
        return len(self.branches) - 1

    def _weigh(self, slot: Slot, asked: list[int], of: partial[int]) -> None:
        self._weights.append((slot.path, Weight(frozenset(asked), of)))


class _Family:
    """The configured entries of one group, which are alike: counted where their answers come in order."""

    def __init__(self, group: str, asked: _Asked) -> None:
        self._entries = [(asked.empty(each), *asked.inside(each)) for each in asked.entries(group)]
        self.scope = {at for _, inside, _, _ in self._entries for at in inside}

    def configurations(self, answers: Answers) -> int:
        """How many configurations the answers stand for: entries that say the same are taken with repetition."""
        found: list[tuple[tuple[int, ...], int]] = []
        for (first, empty), asked, weights, families in self._entries:
            if answers[first] != empty:
                own = prod(each.of(answers) for each in weights)
                own *= prod(each.configurations(answers) for each in families)
                found.append((tuple(answers[at] for at in asked), own))
        if any(one > other for (one, _), (other, _) in pairwise(found)):
            return 0
        runs = ((own, len(list(alike))) for (_, own), alike in groupby(found))
        return prod(comb(own + count - 1, count) if own else 0 for own, count in runs)


def _picks(asked: tuple[int, ...], sizes: tuple[int, ...], answers: Answers) -> int:
    """How many ways there are to take so many products of each class."""
    taken = Counter(answers[at] for at in asked)
    return prod(comb(size, taken[at]) for at, size in enumerate(sizes))


def _units(asked: int, empty: int, quantities: int, answers: Answers) -> int:
    """How many quantities the entry of a place can have that no rule reads."""
    return 1 if answers[asked] == empty else quantities


def _directly(path: str, entry: str) -> bool:
    """Whether the path lies in the entry, but in no entry of a group in it."""
    return path.startswith(f"{entry}.") and "[" not in path[len(entry) :]


def _read_quantities(model: Model) -> frozenset[int]:
    """The quantities that rules read: those in sums, and with more bounds than the one of an empty place."""
    mentions = Counter(abs(literal) for each in (*model.clauses, *model.spelt) for literal in each.literals)
    mentions.update(abs(literal) for each in model.cardinalities for literal in (*each.literals, *each.when))
    mentions.update(abs(literal) for each in model.sums for literal in each.when)
    mentions.update(abs(term.literal) for each in model.sums for term in each.terms)
    bounds: Counter[int] = Counter()
    for each in model.bounds:
        bounds[each.variable] += mentions[each.atom]
    summed = {term.quantity for each in model.sums for term in each.terms if term.quantity is not None}
    return frozenset(summed | {variable for variable, count in bounds.items() if count > 1})


def _in_order(product: ProductModel) -> Model:
    """The model in which the places of a slot are filled in the order of classes, those left empty last."""
    model, top = product.model, product.model.atom_count
    clauses: list[Clause] = []
    for slot in product.slots.values():
        for one, other in () if slot.apart else pairwise(slot.places):
            steps = range(top + 1, top + 1 + len(one.taken))
            top += len(one.taken)
            clauses += _not_before(one, other, steps)
    return replace(model, clauses=(*model.clauses, *clauses), atom_count=top)


def _not_before(one: Place, other: Place, steps: range) -> Iterator[Clause]:
    """The other place holds no class before that of the first; a step says that the first holds a later class."""
    for at, step in enumerate(steps):
        later = (*one.taken[at + 1 :], one.empty)[0]
        yield Clause((-later, step))
        if at:
            yield Clause((-step, steps[at - 1]))
        yield Clause((-other.taken[at], -step))

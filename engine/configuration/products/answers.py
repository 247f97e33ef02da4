"""What a configurator of products is asked and answers, in the words of the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from engine.catalog import LineId, Sku, Value
from engine.configuration.answers import CompletionStatus, State
from engine.diagnostics import Code, Span


@dataclass(frozen=True, slots=True, order=True)
class Pick:
    """The customer takes so many units of a product in a slot (None: some); an empty SKU leaves the slot empty."""

    slot: str
    sku: Sku = Sku("")
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Set:
    """The customer sets an attribute of the bundle."""

    setting: str
    value: Value


ProductChoice: TypeAlias = Pick | Set
Prices: TypeAlias = Mapping[Sku, Decimal]
"""List price of one unit by SKU, in the currency of the question; a product without one is not offered."""


class Standing(Enum):
    """What an option is at this point: chosen, chosen by the rules, still possible, no longer possible.

    Undecided is what a search that ran out of its budget did not come to.
    """

    SELECTED = "selected"
    IMPLIED = "implied"
    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Option:
    """Products of a slot that stand alike and that no rule tells apart; ``skus`` in catalog order.

    ``units`` are the least and the most units possible of a product that is selected.
    """

    skus: tuple[Sku, ...]
    standing: Standing
    units: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class SlotState:
    """One slot: its options, whether it may stay empty, and the units possible of what is chosen."""

    path: str
    title: str
    minimum: int
    maximum: int
    options: tuple[Option, ...]
    may_be_empty: bool
    quantity_minimum: int
    quantity_maximum: int

    def standing(self, sku: str) -> Standing | None:
        """Where a product stands, or None when the slot does not offer it."""
        return next((each.standing for each in self.options if sku in each.skus), None)


@dataclass(frozen=True, slots=True)
class SettingState:
    """One attribute of the bundle: its values and how each stands."""

    path: str
    title: str
    values: tuple[tuple[Value, Standing], ...]


@dataclass(frozen=True, slots=True)
class ProductState:
    """The whole answer to a click.

    ``settled`` is false when the search ran out of its budget before everything was decided. ``solved`` is what the
    next click starts from.
    """

    consistent: bool
    complete: bool
    slots: tuple[SlotState, ...]
    settings: tuple[SettingState, ...] = ()
    settled: bool = True
    solved: State | None = field(default=None, compare=False, repr=False)

    def changed(self, before: ProductState) -> tuple[tuple[SlotState, ...], tuple[SettingState, ...]]:
        """The slots and attributes that stand otherwise than in an earlier state of the same product."""
        slots = zip(self.slots, before.slots, strict=True)
        settings = zip(self.settings, before.settings, strict=True)
        return tuple(now for now, was in slots if now != was), tuple(now for now, was in settings if now != was)


@dataclass(frozen=True, slots=True)
class Blame:
    """A rule that takes part in a conflict, with the author's message and its place."""

    rule: str
    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why something cannot be: a smallest set of the customer's choices and the rules that clash with it."""

    choices: tuple[ProductChoice, ...]
    rules: tuple[Blame, ...]


@dataclass(frozen=True, slots=True)
class ProductRepair:
    """Choices to give up so that the rest fits, what may take their place, and what that does to the list price.

    ``list_price`` is that of the cheapest completion then, ``price_effect`` its difference to the cheapest before
    (None: there was none); ``proven`` says that these certainly are the cheapest. ``after`` and ``before`` are the
    completions that come first, where they were asked for.
    """

    drop: tuple[ProductChoice, ...]
    instead: tuple[ProductChoice, ...]
    price_effect: Decimal | None
    list_price: Decimal | None = None
    proven: bool = True
    after: Candidates | None = field(default=None, compare=False, repr=False)
    before: Candidates | None = field(default=None, compare=False, repr=False)


class Aim(Enum):
    """What a completion looks for."""

    PREFERRED = "preferred"
    CHEAPEST = "cheapest"
    BEST_MARGIN = "best_margin"


@dataclass(frozen=True, slots=True)
class ProductCompletion:
    """A full valid configuration with its list price; ``proven`` says that none is better by the aim.

    ``missed`` are the wishes of a wish list that it does not keep. ``bound`` is a list price that no configuration
    undercuts, where the cheapest was asked for.
    """

    status: CompletionStatus
    choices: tuple[ProductChoice, ...]
    list_price: Decimal | None
    missed: tuple[ProductChoice, ...] = ()
    bound: Decimal | None = None

    @property
    def proven(self) -> bool:
        """Whether no other configuration is better."""
        return self.status is CompletionStatus.OPTIMAL


@dataclass(frozen=True, slots=True)
class Candidates:
    """Different full configurations, best by the aim first: that one says how far it is proven to be the best.

    Without any, the first has no choices. ``exhausted`` says that there are no others, as far as products, quantities
    and the attributes that count tell them apart.
    """

    completions: tuple[ProductCompletion, ...]
    exhausted: bool = False

    @property
    def best(self) -> ProductCompletion:
        """The best one by the aim."""
        return self.completions[0]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong or missing in the configuration of a line; a blocking one keeps a quote from being submitted."""

    code: Code
    line: LineId
    message: str
    rule: str = ""
    span: Span | None = None
    blocking: bool = True

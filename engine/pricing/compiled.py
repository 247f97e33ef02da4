"""The compiled plan: rules numbered in working order, conditions as functions, sources by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from engine.diagnostics import Diagnostic, Span
from engine.pricing.bounds import Bound, bounds_of
from engine.pricing.index import MatchIndex
from engine.pricing.models.book_formula import Computed
from engine.pricing.plan import (
    BundlePrice,
    ContractedPrice,
    Guard,
    Level,
    ModelUse,
    PercentOfTotal,
    PriceEntry,
    PricingRules,
    RuleGroup,
)
from engine.pricing.programs import Stage
from engine.pricing.ruleplan import Op, RulePlan, Test
from engine.pricing.usability import Restrictions

OWN_LIST = -1
UPLIFT = -2
ROUNDING = -3
EXCHANGE = -4
MANUAL = -5
GROUP_CAP = -6
FLOOR = -7
SEGMENT_PRICE = -8

ENGINE_STEPS: Mapping[int, str] = {
    OWN_LIST: "the product's own list price",
    UPLIFT: "uplift of the ramp segment",
    ROUNDING: "rounding of the unit price",
    EXCHANGE: "exchange rate frozen in the quote",
    MANUAL: "manual discount",
    GROUP_CAP: "cap of a group over the quote",
    FLOOR: "floor price",
    SEGMENT_PRICE: "price of the ramp segment",
}
"""Sources that no rule stands for; numbers below zero."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a trace number stands for: the step of the waterfall, the rule's id, its sentence and its place."""

    number: int
    step: str
    id: str
    say: str
    span: Span


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A group with its rules in working order: priority, then as the tie-break says; ``stage`` when it is plain."""

    group: RuleGroup
    rules: tuple[RulePlan, ...]
    first_no: int
    end_no: int
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """A price entry with its rank among all (0 wins), compiled conditions and formula.

    ``minor`` is a constant price of one currency in minor units; None where it has a part of one.
    """

    no: int
    rank: int
    entry: PriceEntry
    header: tuple[Test, ...]
    tests: tuple[Test, ...]
    price: Test | Decimal | None
    computed: Computed | None
    minor: int | None = None


@dataclass(frozen=True, slots=True)
class ContractPlan:
    """A contracted price with compiled conditions."""

    no: int
    contract: ContractedPrice
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """The price model of a SKU, with the compiled conditions of its pool."""

    no: int
    use: ModelUse
    pool: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class PercentPlan:
    """A percent-of-total SKU with the compiled conditions of what it counts."""

    no: int
    use: PercentOfTotal
    of: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class BundlePlan:
    """The price of a bundle with compiled conditions."""

    no: int
    use: BundlePrice
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class GuardPlan:
    """A line guard with compiled conditions; a plain one is numbers only, and an index says when it applies."""

    no: int
    guard: Guard
    tests: tuple[Test, ...]
    plain: bool = False


Constant: TypeAlias = tuple[Decimal, int, int | None]
"""A price whatever the quantity, the number of its entry, and the price in whole minor units, where it is one."""


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Price entries by what they are matched to, each list in order of rank; one table a book.

    ``constant`` holds, by currency, the SKUs whose price is one number whatever the header and the quantity.
    """

    by_sku: Mapping[str, tuple[EntryPlan, ...]]
    by_product: Mapping[str, tuple[EntryPlan, ...]]
    by_family: Mapping[str, tuple[EntryPlan, ...]]
    by_category: Mapping[str, tuple[EntryPlan, ...]]
    anything: tuple[EntryPlan, ...]
    constant: Mapping[str, Mapping[str, Constant]]


@dataclass(frozen=True, slots=True)
class PricePlan:
    """All rules of a book, ready to price; immutable, shared by threads. ``sources`` resolves trace numbers.

    ``lone_ops`` is by currency ("": any other) what each line rule does that matches by itself.
    ``tax_by_code`` says that lines of one tax code always have one rate, ``may_raise`` that something in the book can
    raise prices, so that the depth of discounts is worked out line by line. ``bounds`` are those of its formulas.
    """

    rules: PricingRules
    sources: tuple[Source, ...]
    functions: Mapping[int, Test]
    prices: Mapping[str, PriceTable]
    contracted: tuple[ContractPlan, ...]
    models: Mapping[str, tuple[ModelPlan, ...]]
    percent_of: Mapping[str, tuple[PercentPlan, ...]]
    bundle_prices: Mapping[str, tuple[BundlePlan, ...]]
    line_groups: tuple[GroupPlan, ...]
    line_rules: tuple[RulePlan, ...]
    lone_ops: Mapping[str, Sequence[Op | None]]
    order_groups: tuple[GroupPlan, ...]
    guards: tuple[GuardPlan, ...]
    guard_index: MatchIndex
    tax_tests: tuple[tuple[Test, ...], ...]
    tax_by_code: bool
    index: MatchIndex
    line_sees_lines: bool
    line_sees_totals: bool
    reads_quantity: bool
    reads_values: bool
    tells_lines_apart: bool
    may_raise: bool
    declared: Mapping[str, Mapping[str, None]]
    restrictions: Restrictions
    warnings: tuple[Diagnostic, ...]
    bounds: Mapping[int, Bound] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bounds", bounds_of(self.rules))

    def source(self, number: int) -> Source:
        """What a trace number stands for."""
        if number < 0:
            return Source(number, ENGINE_STEPS[number], "", "", Span("", 1, 1))
        return self.sources[number]

    def rule_plan(self, number: int) -> RulePlan:
        """The rule with a number; raises ``KeyError`` for the number of something else."""
        for group in (*self.line_groups, *self.order_groups):
            if group.first_no <= number < group.end_no:
                return group.rules[number - group.first_no]
        raise KeyError(number)

    def is_rule(self, number: int) -> bool:
        """Whether a trace number stands for a discount or surcharge rule."""
        return any(group.first_no <= number < group.end_no for group in (*self.line_groups, *self.order_groups))

    def level_of(self, number: int) -> Level:
        """Whether a rule acts on lines or on the order."""
        return Level.LINE if any(g.first_no <= number < g.end_no for g in self.line_groups) else Level.ORDER

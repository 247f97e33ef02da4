"""The depth of discounts equals its slow twin on random books, also after edits, and neither a surcharge nor a further
discount lowers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pricing import Edit, compile_plan, price, reprice
from engine.pricing.compiled import PricePlan
from engine.pricing.depth import depths
from engine.pricing.effects import Amount, On, Percent, Sign
from engine.pricing.plan import Guard, Level, PricingRules, Rule, RuleGroup, RuleId, Step
from engine.pricing.repricing import Repriced
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, PriceRequest
from engine.pricing.result import Priced
from tests.pricing.books import D, asked, entry, line, when
from tests.pricing.test_twin_quote import PREDICATES, books, requests
from tests.pricing.twin_quote import price_quote

HALF_CENT = Fraction(1, 2) + Fraction(1, 10**6)  # prices keep 12 decimals from step to step
FINEST = Fraction(1, 20_000)  # half of the last decimal of a percent


def same_depth(rules: PricingRules, plan: PricePlan, request: PriceRequest, priced: Priced) -> None:
    """Each line as the twin has it, to half a cent, and the quote as its lines together."""
    twins = price_quote(rules, request, PREDICATES).depths
    found = depths(plan, priced.lines, priced.order_discounts, digits=priced.currency.exponent)
    assert [each.base for each in found] == [each.base for each in twins]
    for mine, twin in zip(found, twins, strict=True):
        assert abs(mine.taken - twin.taken) <= HALF_CENT, (found, twins)
    base, taken = sum(each.base for each in found), sum(each.taken for each in found)
    percent = Fraction(taken * 100, base) if base else Fraction(0)
    assert abs(Fraction(priced.totals.discount_percent) - percent) <= FINEST, (found, twins)


@settings(max_examples=300, deadline=None)
@given(books(), requests())
def test_the_depth_is_what_the_slow_twin_says(rules: PricingRules, request: PriceRequest) -> None:
    plan = compile_plan(rules)
    found = price(plan, request)
    assert isinstance(found, Priced), str(found)
    same_depth(rules, plan, request, found)


@settings(max_examples=150, deadline=None)
@given(books(), requests(), st.data())
def test_the_depth_after_edits_is_what_the_slow_twin_says(
    rules: PricingRules, request: PriceRequest, data: st.DataObject
) -> None:
    plan = compile_plan(rules)
    current = price(plan, request)
    for _ in range(2):
        assert isinstance(current, Priced)
        target = data.draw(st.sampled_from(request.lines))
        changed = target._replace(quantity=target.unit_factor * data.draw(st.integers(1, 9)))
        found = reprice(plan, request, current, Edit(changed=(changed,)))
        assert isinstance(found, Repriced)
        request, current = found.request, found.priced
        same_depth(rules, plan, request, current)


UP = Sign.UP
skus = st.sampled_from(("A", "B"))
off_by_share = st.builds(lambda value: Percent(D(value)), st.sampled_from((5, 20, 100)))
# None of these leaves a price of nothing, on which a surcharge in percent would be none.
off = st.builds(lambda value: Percent(D(value)), st.sampled_from((5, 20))) | st.builds(
    lambda value: Amount(D(value)), st.sampled_from((3, 6))
)
up = st.builds(lambda value: Percent(D(value), sign=UP), st.sampled_from((10, 50, 200))) | st.builds(
    lambda value: Amount(D(value), sign=UP), st.sampled_from((7, 90))
)
Given = tuple[str, Percent | Amount]
agents = st.none() | st.sampled_from(
    ((ManualKind.PERCENT, 12), (ManualKind.TARGET, 60), (ManualKind.TARGET, 95), (ManualKind.TARGET, 180))
)
held = st.sampled_from(((), (Guard(RuleId("floor"), floor=D(70)),), (Guard(RuleId("top"), ceiling=D(90)),)))


@dataclass(frozen=True)
class Around:
    """What acts after the rules on lines: a partner's share, an agent on line A, guards, a share of the order."""

    partner: int
    agent: tuple[ManualKind, int] | None
    guards: tuple[Guard, ...]
    order: int

    def depth(self, acting: Sequence[Given]) -> Fraction:
        """The depth of a quote on which some rules act one after the other."""
        rules = [
            Rule(RuleId(f"r{number}"), "lines", {"": effect}, when=when(f'line.sku = "{sku}"'), priority=-number)
            for number, (sku, effect) in enumerate(acting)
        ]
        rules += [Rule(RuleId("partner"), "partner", {"": Percent(D(self.partner))})]
        rules += [Rule(RuleId("order"), "order", {"": Percent(D(self.order), On.ORDER)})]
        groups = (RuleGroup("lines"), RuleGroup("partner", step=Step.PARTNER), RuleGroup("order", Level.ORDER))
        entries = (entry("A", "100"), entry("B", "40"))
        book = PricingRules("EUR", entries=entries, groups=groups, rules=tuple(rules), guards=self.guards)
        manual = ()
        if self.agent is not None:
            kind, value = self.agent
            manual = (ManualDiscount("m", ManualOn.LINE, kind, D(value), "to win", "ann", "a"),)
        found = price(compile_plan(book), asked(line("A", "10"), line("B", "70"), manual=manual))
        assert isinstance(found, Priced)
        return Fraction(found.totals.discount_percent)


# A line at its floor hands its part of an order discount on to others, of whose price it is another share: never both.
arounds = st.builds(Around, st.sampled_from((0, 30)), agents, held, st.just(0)) | st.builds(
    Around, st.sampled_from((0, 30)), agents, st.just(()), st.sampled_from((0, 10))
)
CENTS = Fraction(1, 1_000)  # a few cents of 3 800, in percent: shares of the order are whole cents


@settings(max_examples=200, deadline=None)
@given(arounds, st.lists(st.tuples(skus, off_by_share | up), max_size=3), st.tuples(skus, up), st.integers(0, 3))
def test_a_surcharge_never_lowers_the_depth_of_discounts_in_percent(
    around: Around, acting: list[Given], more: Given, place: int
) -> None:
    """A fixed amount off is a lesser share of a price that was raised before: that alone is no matter of hiding."""
    assert around.depth([*acting[:place], more, *acting[place:]]) >= around.depth(acting) - CENTS


@settings(max_examples=200, deadline=None)
@given(arounds, st.lists(st.tuples(skus, off | up), max_size=3), st.tuples(skus, off), st.integers(0, 3))
def test_a_discount_more_never_lowers_the_depth(around: Around, acting: list[Given], more: Given, place: int) -> None:
    assert around.depth([*acting[:place], more, *acting[place:]]) >= around.depth(acting) - CENTS


@settings(max_examples=200, deadline=None)
@given(arounds, st.lists(st.tuples(skus, off | up), max_size=3), st.tuples(skus, up))
def test_a_surcharge_after_all_other_rules_of_a_line_never_lowers_the_depth(
    around: Around, acting: list[Given], more: Given
) -> None:
    assert around.depth([*acting, more]) >= around.depth(acting) - CENTS

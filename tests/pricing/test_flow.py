"""The waterfall against the slow twin, the express lane against the full treatment, and sums that always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language import check_expression
from engine.pricing import Lane, compile_plan, price
from engine.pricing.effects import Amount, On, Percent, SetPrice, Sign
from engine.pricing.models import Graduated, PerUnit, PriceModel, Stairstep, Tier
from engine.pricing.plan import (
    Cap,
    Combine,
    Level,
    ModelUse,
    PercentOfTotal,
    Pick,
    PricingRules,
    Rule,
    RuleGroup,
    RuleId,
    Window,
)
from engine.pricing.request import PriceRequest, RequestLine
from engine.pricing.result import Priced
from engine.pricing.settings import (
    Habits,
    RoundingPoint,
    RoundingSettings,
    TaxLevel,
    TaxRate,
    TaxSettings,
    TaxSide,
    TieBreak,
    UnusableCode,
)
from tests.pricing.books import DAY, LINE, D, amounts, asked, book, entry, line, priced, rule, when
from tests.pricing.naive import Line, Predicate, half_up, naive_lines, naive_spread

PREDICATES: dict[str, Predicate] = {
    'line.sku = "A"': lambda each: each.sku == "A",
    'line.family = "disk"': lambda each: each.family == "disk",
    'line.family in ("disk", "cpu")': lambda each: each.family in ("disk", "cpu"),
    'line.family != "ram"': lambda each: each.family != "ram",
    "line.qty >= 5": lambda each: each.quantity >= 5,
    "line.qty in [2..7)": lambda each: 2 <= each.quantity < 7,
    "line.qty in (3..9]": lambda each: 3 < each.quantity <= 9,
    "line.qty between 4 and 6": lambda each: 4 <= each.quantity <= 6,
    "line.qty * 2 > 9": lambda each: each.quantity * 2 > 9,
    'customer.segment = "edu"': lambda each: each.segment == "edu",
    'customer.segment = "edu" and line.qty < 8': lambda each: each.segment == "edu" and each.quantity < 8,
    'line.family = "cpu" or line.qty > 6': lambda each: each.family == "cpu" or each.quantity > 6,
    "line.discounted = false": lambda each: not each.discounted,
    "line.running >= 200": lambda each: each.running >= 200,
    "line.list > 15": lambda each: each.listed > 15,
    "quote.list > 700": lambda each: each.total_listed > 700,
}
CHECKED = {text: check_expression(text, scope=LINE) for text in PREDICATES}
PRICES = (entry("A", "100"), entry("B", "20"), entry("C", "9.99"))
SKUS = ("A", "B", "C")

effects = st.one_of(
    st.builds(lambda n, sign: Percent(D(n), sign=sign), st.integers(0, 40), st.sampled_from(Sign)),
    st.builds(lambda n, sign: Amount(D(n) / 4, sign=sign), st.integers(0, 60), st.sampled_from(Sign)),
    st.builds(lambda n: SetPrice(D(n)), st.integers(1, 110)),
)
groups = st.builds(
    lambda pick, combine, at_most, cap: RuleGroup(
        "",
        pick=pick,
        combine=combine,
        at_most=at_most if pick is Pick.ALL else None,
        cap=None if cap is None else Cap(D(cap)),
    ),
    st.sampled_from((Pick.ALL, Pick.FIRST, Pick.BEST, Pick.WORST)),
    st.sampled_from(Combine),
    st.none() | st.integers(1, 2),
    st.none() | st.sampled_from((10, 25)),
)

BEFORE, AFTER = DAY - timedelta(1), DAY + timedelta(1)
windows = st.just(Window()) | st.sampled_from(
    (
        *(Window(BEFORE), Window(DAY), Window(AFTER)),
        *(Window(None, BEFORE), Window(None, DAY), Window(None, AFTER)),
        *(Window(BEFORE, DAY), Window(BEFORE, AFTER), Window(DAY, AFTER)),
    )
)


@st.composite
def books(draw: st.DrawFn) -> PricingRules:
    """A random book of line rules, at most four that may hold for a line so that twelve decimals are exact."""
    found = [
        RuleGroup(f"g{index}", pick=group.pick, combine=group.combine, at_most=group.at_most, cap=group.cap)
        for index, group in enumerate(draw(st.lists(groups, min_size=1, max_size=3)))
    ]
    rules = []
    for number in range(draw(st.integers(0, 4))):
        texts = draw(st.lists(st.sampled_from(sorted(PREDICATES)), max_size=2, unique=True))
        rules.append(
            Rule(
                f"r{number}",
                draw(st.sampled_from([group.id for group in found])),
                {"": draw(effects)},
                when=tuple(CHECKED[text] for text in texts),
                priority=draw(st.integers(0, 2)),
                exclusive=draw(st.integers(0, 9)) == 0,
                code=draw(st.sampled_from(("", "", "", "MAY"))),
                window=draw(windows),
            )
        )
    habits = Habits(ties=TieBreak.LISTED, unusable_codes=UnusableCode.REPORT)
    return PricingRules("EUR", entries=PRICES, groups=tuple(found), rules=tuple(rules), habits=habits)


@st.composite
def quotes(draw: st.DrawFn, most: int = 4) -> PriceRequest:
    """A random quote of a few lines."""
    lines: list[RequestLine] = []
    for number in range(draw(st.integers(1, most))):
        lines.append(
            line(
                draw(st.sampled_from(SKUS)),
                str(draw(st.integers(1, 10))),
                id=f"l{number}",
                facts={"family": draw(st.sampled_from(("disk", "cpu", "ram")))},
                floor=draw(st.none() | st.sampled_from((D("8"), D("15.5"), D("90")))),
            )
        )
    return asked(*lines, customer={"segment": draw(st.sampled_from(("edu", "gov")))})


coded_quotes = st.builds(
    lambda request, codes: replace(request, codes=codes), quotes(), st.sampled_from(((), ("MAY",)))
)


@settings(max_examples=200)
@given(books(), coded_quotes)
def test_the_waterfall_prices_lines_as_the_slow_twin_does(rules: PricingRules, request: PriceRequest) -> None:
    plan = compile_plan(rules)
    found = price(plan, request)
    assert isinstance(found, Priced)
    for mine, twin in zip(found.lines, naive_lines(rules, request, PREDICATES), strict=True):
        assert Fraction(mine.unit) == twin.unit or abs(Fraction(mine.unit) - twin.unit) < Fraction(1, 10**9)
        assert mine.amount == half_up(twin.running * 100)
        assert [plan.source(number).id for number in mine.applied] == twin.applied


@settings(max_examples=150)
@given(books(), coded_quotes)
def test_the_express_lane_gives_the_same_answer_as_the_full_treatment(
    rules: PricingRules, request: PriceRequest
) -> None:
    plan = compile_plan(rules)
    assert price(plan, request) == price(plan, request, lane=Lane.FULL)


@settings(max_examples=100)
@given(books(), coded_quotes, st.randoms(use_true_random=False))
def test_the_order_of_lines_never_matters_to_line_rules(
    rules: PricingRules, request: PriceRequest, random: object
) -> None:
    shuffled = list(request.lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    plan = compile_plan(rules)
    one, other = price(plan, request), price(plan, replace(request, lines=tuple(shuffled)))
    assert isinstance(one, Priced) and isinstance(other, Priced)
    assert {each.id: each.amount for each in one.lines} == {each.id: each.amount for each in other.lines}


@settings(max_examples=100)
@given(books(), coded_quotes, st.randoms(use_true_random=False))
def test_the_order_of_rules_in_the_files_never_matters(
    rules: PricingRules, request: PriceRequest, random: object
) -> None:
    """Ties go by priority, specificity and id; groups are worked through as listed, their rules are not."""
    shuffled = list(rules.rules)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    told = []
    by_name = replace(rules, habits=replace(rules.habits, ties=Habits().ties))
    for each in (by_name, replace(by_name, rules=tuple(shuffled))):
        plan = compile_plan(each)
        found = price(plan, request)
        assert isinstance(found, Priced)
        applied = [[plan.source(number).id for number in one.applied] for one in found.lines]
        told.append((applied, [one.unit for one in found.lines], found.totals))
    assert told[0] == told[1]


order_effects = st.one_of(
    st.builds(lambda n: Percent(D(n), On.ORDER), st.integers(1, 60)),
    st.builds(lambda n: Amount(D(n) / 3, On.ORDER), st.integers(1, 900)),
)


@settings(max_examples=150)
@given(quotes(most=6), st.lists(order_effects, min_size=1, max_size=3))
def test_an_order_discount_is_spread_exactly_and_floors_hold(
    request: PriceRequest, given_effects: list[object]
) -> None:
    rules = tuple(
        Rule(f"o{number}", "order", {"": effect})  # type: ignore[dict-item]
        for number, effect in enumerate(given_effects)
    )
    book = PricingRules("EUR", entries=PRICES, groups=(RuleGroup("order", Level.ORDER),), rules=rules)
    found = price(compile_plan(book), request)
    assert isinstance(found, Priced)
    running = [each.stage_amount for each in found.lines]
    lowest = [
        0 if each.floor is None else half_up(Fraction(each.floor * each.quantity * 100)) for each in request.lines
    ]
    for discount in found.order_discounts:
        rooms = [max(amount - least, 0) for amount, least in zip(running, lowest, strict=True)]
        shares = [share for _, share in discount.split]
        assert shares == naive_spread(discount.amount + discount.not_given, running, rooms)
        assert sum(shares) == discount.amount
        running = [amount - share for amount, share in zip(running, shares, strict=True)]
    assert running == [each.amount for each in found.lines]
    assert found.totals.amount.minor_units == sum(running)


@settings(max_examples=80)
@given(
    quotes(most=5),
    st.booleans(),
    st.sampled_from(TaxLevel),
    st.sampled_from(TaxSide),
    st.integers(0, 30),
)
def test_taxes_of_the_lines_add_up_to_the_totals(
    request: PriceRequest, inclusive: bool, level: TaxLevel, side: TaxSide, percent: int
) -> None:
    tax = TaxSettings(inclusive, level, side, (TaxRate("s", D(percent)), TaxRate("r", D("5.5"))))
    lines = tuple(
        line(each.sku, str(each.quantity), id=each.id, tax_code="s" if index % 2 else "r")
        for index, each in enumerate(request.lines)
    )
    found = price(compile_plan(PricingRules("EUR", entries=PRICES, tax=tax)), asked(*lines, day=DAY))
    assert isinstance(found, Priced)
    totals = found.totals
    assert sum(each.net for each in found.lines) == totals.net.minor_units
    assert sum(each.tax for each in found.lines) == totals.tax.minor_units
    assert sum(each.gross for each in found.lines) == totals.gross.minor_units
    assert totals.net + totals.tax == totals.gross
    assert (totals.gross if inclusive else totals.net) == totals.amount


@settings(max_examples=60)
@given(quotes(), st.integers(1, 99))
def test_a_larger_discount_never_raises_a_price(request: PriceRequest, percent: int) -> None:
    def net(value: int) -> Decimal:
        rule = Rule("r", "g", {"": Percent(D(value))})
        book = PricingRules("EUR", entries=PRICES, groups=(RuleGroup("g"),), rules=(rule,))
        found = price(compile_plan(book), request)
        assert isinstance(found, Priced)
        return found.totals.net.decimal

    assert net(percent + 1) <= net(percent)


def test_the_full_price_is_before_discounts_with_or_without_a_list_price() -> None:
    """Two of A at 100.00 by the list; support is 20 % of what they cost after 10 % off, 36.00 before the 5.00 off all;
    three of B are given away at 0.00 by the list, but for a fee of 1.50 each, with 10 % off that.
    """
    rules = book(
        rule("fee", Amount(D("1.5"), sign=Sign.UP), when=when('line.sku = "B"')),
        rule("ten", Percent(D("10"))),
        rule("off", Amount(D("5"), On.ORDER), "order"),
        entries=(entry("A", "100"), entry("B", "0")),
        groups=(RuleGroup("promo", pick=Pick.ALL), RuleGroup("order", Level.ORDER)),
        percent_of=(PercentOfTotal(RuleId("support"), "C", D("20"), when('line.sku = "A"')),),
    )
    found = priced(rules, asked(line("A", "2"), line("C"), line("B", "3")))
    assert [found.full(each).decimal for each in found.lines] == [D("200.00"), D("36.00"), D("4.50")]
    assert [each.list_amount for each in found.lines] == [20_000, 0, 0]
    assert all(found.money(each.net).decimal < found.full(each).decimal for each in found.lines)


def test_the_twin_knows_a_line() -> None:
    twin = Line("A", "disk", Fraction(2), Fraction(100), Fraction(90), Fraction(0), "edu")
    assert twin.running == 180


STEP = Stairstep((Tier(D(10), D(100)), Tier(D(50), D(300))))
GRADED = Graduated((Tier(D(5), D("0.10")), Tier(None, D("0.05"), D(7))))


@pytest.mark.parametrize(
    ("model", "quantity", "amount"),
    [
        (STEP, "7", "100.00"),  # never 7 x 14.29 = 100.03
        (GRADED, "9", "7.70"),  # 5 x 0.10 + 7.00 + 4 x 0.05; never 9 x 0.86 = 7.74
        (PerUnit(D("0.125")), "8", "1.04"),  # a price of a unit is rounded: 8 x 0.13
    ],
)
def test_what_a_model_states_for_a_whole_line_is_not_broken_by_rounded_units(
    model: PriceModel, quantity: str, amount: str
) -> None:
    rounding = RoundingSettings(points=frozenset({RoundingPoint.UNIT, RoundingPoint.LINE}))
    rules = book(models=(ModelUse(RuleId("m"), "S", model),), rounding=rounding)
    assert amounts(priced(rules, asked(line("S", quantity)))) == {"s": D(amount)}
    tenth = replace(rules, rules=(rule("tenth", Percent(D(10))),))
    # Discounts on it leave it whole, too: 90.00, 6.93; the unit price of 0.1125 is 0.11
    less = {"100.00": "90.00", "7.70": "6.93", "1.04": "0.88"}[amount]
    assert amounts(priced(tenth, asked(line("S", quantity)))) == {"s": D(less)}

"""Whole quotes equal their slow twin on random books: finding, models, bundles, rules, rounding and tax at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import LineId
from engine.diagnostics import Refusal
from engine.money import Rounding
from engine.pricing import Edit, Repriced, compile_plan, price, reprice
from engine.pricing.effects import Amount, Basis, On, Percent, SetPrice, Sign
from engine.pricing.flow import Lane
from engine.pricing.models import CostPlus, Flat, Graduated, Package, PerUnit, PlusOf, Stairstep, Tier, Volume
from engine.pricing.models.tiers import TierEffect
from engine.pricing.plan import (
    BookFormula,
    BundlePrice,
    Cap,
    Combine,
    ContractedPrice,
    ExchangeRate,
    FormulaBase,
    Guard,
    Level,
    Match,
    ModelUse,
    Narrowness,
    PercentBasis,
    PercentOfTotal,
    Pick,
    PoolScope,
    PriceEntry,
    PricingRules,
    Rule,
    RuleGroup,
    RuleId,
    Spread,
    Step,
    Window,
)
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, PriceRequest, Replaces, RequestLine
from engine.pricing.result import Priced
from engine.pricing.settings import (
    Habits,
    RoundingOf,
    RoundingPoint,
    RoundingSettings,
    TaxLevel,
    TaxRate,
    TaxSettings,
    TaxSide,
    TieBreak,
)
from tests.pricing.books import DAY, D, asked, line, when
from tests.pricing.test_twin_lines import CHECKED
from tests.pricing.test_twin_lines import PREDICATES as OF_LINES
from tests.pricing.test_twin_order import FOR, WHEN
from tests.pricing.twin_quote import price_quote

SKUS = ("A", "B", "C")
COSTS = {"A": D(60), "B": D("12.5"), "C": D(4)}
FAMILIES = {"A": "big", "B": "big", "C": "small"}
# Conditions that read neither the running price nor totals: those have twins of their own.
PREDICATES = {text: OF_LINES[text] for text in ('line.sku = "A"', "line.qty >= 4", "line.unit < 50")}
prices = st.sampled_from(("100", "20", "9.60", "0.37", "49.99"))
percents = st.sampled_from((0, 5, 10, 20, 50))
modes = st.sampled_from(Rounding)


def base(sku: str, number: int) -> PriceEntry:
    amount = {"A": "100", "B": "20", "C": "9.60"}[sku]
    return PriceEntry(RuleId(f"base{number}"), Match(Narrowness.SKU, sku), currency="EUR", price=D(amount))


@st.composite
def entries(draw: st.DrawFn) -> tuple[PriceEntry, ...]:
    """A price for every product here and in the retail book; others compete, C may be priced in dollars only."""
    found = [base(sku, number) for number, sku in enumerate(SKUS)]
    if draw(st.booleans()):
        found[2] = replace(found[2], currency="USD")
    found += [replace(base(sku, 3 + number), book="retail") for number, sku in enumerate(SKUS)]
    for number in range(draw(st.integers(0, 3))):
        by = draw(st.sampled_from((Narrowness.SKU, Narrowness.FAMILY, Narrowness.ANYTHING)))
        value = draw(st.sampled_from({Narrowness.SKU: SKUS, Narrowness.FAMILY: ("big", "small")}.get(by, ("",))))
        kinds = (FormulaBase.COST, FormulaBase.BOOK, None) if by is not Narrowness.ANYTHING else (None,)
        kind = draw(st.sampled_from(kinds))
        formula = kind and BookFormula(
            kind,
            "retail" if kind is FormulaBase.BOOK else "",
            percent_off=D(draw(st.sampled_from((-40, 0, 20)))),
            round_to=draw(st.none() | st.just(D("0.5"))),
            surcharge=D(draw(st.sampled_from(("0", "-0.01", "2")))),
            margin_min=draw(st.none() | st.just(D(-5))),
            margin_max=draw(st.none() | st.just(D(30))),
        )
        found.append(
            PriceEntry(
                RuleId(f"more{number}"),
                Match(by, value),
                currency=draw(st.sampled_from(("", "EUR"))),
                price=None if formula else D(draw(prices)),
                formula=formula,
                quantity_min=draw(st.none() | st.just(D(4))),
                quantity_max=draw(st.none() | st.just(D(8))),
                window=draw(st.sampled_from((Window(), Window(DAY), Window(date(2026, 4, 1)), Window(end=DAY)))),
                priority=draw(st.integers(0, 1)),
                weight=draw(st.integers(0, 1)),
                unit="box" if formula is None and draw(st.integers(0, 3)) == 0 else "",
            )
        )
    return tuple(found)


@st.composite
def contracts(draw: st.DrawFn) -> tuple[ContractedPrice, ...]:
    found = []
    for number in range(draw(st.integers(0, 2))):
        by, value = draw(
            st.sampled_from(
                (
                    (Narrowness.SKU, "A"),
                    (Narrowness.FAMILY, "big"),
                    (Narrowness.SKU, "C"),
                    (Narrowness.SKU, "CARE"),
                    (Narrowness.FAMILY, "care"),
                )
            )
        )
        agreed: dict[str, Any] = draw(st.sampled_from(({"price": D(18)}, {"percent_off": D(15)})))
        window = draw(st.sampled_from((Window(), Window(date(2026, 4, 1)))))
        found.append(ContractedPrice(RuleId(f"k{number}"), Match(by, value), window=window, **agreed))
    return tuple(found)


TIERS = (Tier(D(3), D(10)), Tier(D(9), D(8)), Tier(None, D("7.5")))
SHARES = (Tier(D(4), D(0)), Tier(D(12), D(10)), Tier(None, D(25)))
STEPS = (Tier(D(5), D(30)), Tier(D(20), D(55)))
models = st.sampled_from(
    (
        Flat(D(50)),
        PerUnit(D("3.25")),
        Volume(TIERS),
        Volume(SHARES, TierEffect.PERCENT_OFF),
        Graduated(TIERS),
        Graduated(SHARES, TierEffect.PERCENT_OFF),
        Package(D(10), D(15), free_units=D(2)),
        Stairstep(STEPS, overage_unit=D(3)),
        CostPlus(D(25), PlusOf.MARKUP),
    )
)


@st.composite
def uses(draw: st.DrawFn) -> tuple[ModelUse, ...]:
    found = []
    for sku in draw(st.sets(st.sampled_from(SKUS), max_size=2)):
        pool = draw(st.sampled_from(PoolScope))
        found.append(ModelUse(RuleId(f"model-{sku}"), sku, draw(models), pool))
    return tuple(found)


@st.composite
def stacked(draw: st.DrawFn) -> tuple[tuple[RuleGroup, ...], tuple[Rule, ...]]:
    """A few rules on lines and on the order; how they stack in every way is the matter of other twins."""
    groups = (
        RuleGroup(
            "lines",
            pick=draw(st.sampled_from((Pick.ALL, Pick.FIRST, Pick.BEST))),
            combine=draw(st.sampled_from(Combine)),
            cap=draw(st.none() | st.just(Cap(D(25)))),
        ),
        RuleGroup("partner", step=Step.PARTNER),
        RuleGroup("order", Level.ORDER, combine=draw(st.sampled_from(Combine))),
    )
    rules = []
    for number in range(draw(st.integers(0, 3))):
        effect = draw(
            st.sampled_from(
                (
                    Percent(D(10)),
                    Percent(D(20), of=Basis.LIST),
                    Percent(D(5), sign=Sign.UP),
                    Amount(D("1.25")),
                    Amount(D(3), On.LINE),
                    SetPrice(D("12.5")),
                )
            )
        )
        conditions = tuple(
            CHECKED[text] for text in draw(st.lists(st.sampled_from(sorted(PREDICATES)), max_size=1, unique=True))
        )
        priority = draw(st.integers(0, 1))
        rules.append(Rule(RuleId(f"l{number}"), "lines", {"": effect}, when=conditions, priority=priority))
    if draw(st.booleans()):
        rules.append(Rule(RuleId("channel"), "partner", {"": draw(st.sampled_from((Percent(D(30)), Amount(D(2)))))}))
    for number in range(draw(st.integers(0, 2))):
        given_ = draw(st.sampled_from((Percent(D(10), On.ORDER), Amount(D(7), On.ORDER), Amount(D(2), On.EACH_LINE))))
        target = draw(st.just(()) | st.just((FOR["A"],)))
        spread_ = draw(st.sampled_from(Spread))
        when_ = draw(st.just(()) | st.just((WHEN[50],)))
        rules.append(Rule(RuleId(f"o{number}"), "order", {"": given_}, when=when_, target=target, spread=spread_))
    return groups, tuple(rules)


guards = st.sampled_from(
    (
        (),
        (Guard(RuleId("floor"), floor=D("8.5")),),
        (Guard(RuleId("margin"), margin_percent_min=D(20)), Guard(RuleId("top"), ceiling=D(90))),
    )
)
CARE = (
    PercentOfTotal(RuleId("care"), "CARE", D(18), when('line.family = "big"')),
    PercentOfTotal(RuleId("plus"), "PLUS", D(5), when('line.sku = "CARE"')),
)
roundings = st.builds(
    lambda mode, points, of, cash: RoundingSettings(
        mode, frozenset(points), of, cash={} if cash is None else {"EUR": cash}
    ),
    modes,
    st.sampled_from(((RoundingPoint.LINE,), (RoundingPoint.UNIT, RoundingPoint.LINE), (RoundingPoint.TOTAL,))),
    st.just(RoundingOf.PRICE),
    st.none() | st.just(D("0.05")),
) | st.builds(lambda mode: RoundingSettings(mode, of=RoundingOf.DISCOUNT), modes)
taxes = st.none() | st.builds(
    lambda inclusive, level, side, mode: TaxSettings(
        inclusive, level, side, (TaxRate("std", D(19)), TaxRate("low", D("5.5"))), mode=mode
    ),
    st.booleans(),
    st.sampled_from(TaxLevel),
    st.sampled_from(TaxSide),
    st.none() | modes,
)


@st.composite
def books(draw: st.DrawFn) -> PricingRules:
    groups, rules = draw(stacked())
    rounding = draw(roundings)
    basis = draw(st.sampled_from(PercentBasis))
    return PricingRules(
        "EUR",
        entries=draw(entries()),
        contracted=draw(contracts()),
        models=draw(uses()),
        percent_of=tuple(replace(each, basis=basis) for each in CARE[:1]) + CARE[1:],
        bundle_prices=draw(st.just(()) | st.just((BundlePrice(RuleId("kit"), "A", D("119.99")),))),
        groups=groups,
        rules=rules,
        guards=draw(guards),
        exchange_rates=(
            ExchangeRate("USD", "EUR", D("0.9"), date(2026, 1, 1)),
            ExchangeRate("USD", "EUR", D("0.8713"), DAY),
            ExchangeRate("USD", "EUR", D("0.5"), date(2026, 4, 1)),
        ),
        rounding=rounding,
        tax=draw(taxes),
        habits=Habits(ties=TieBreak.LISTED),
    )


@st.composite
def lines(draw: st.DrawFn) -> tuple[RequestLine, ...]:
    found: list[RequestLine] = []
    for number in range(draw(st.integers(1, 4))):
        sku = draw(st.sampled_from(SKUS))
        boxed = draw(st.integers(0, 3)) == 0
        ramp: dict[str, Any] = draw(
            st.sampled_from(({}, {}, {"segment": 2, "uplift_percent": D(10)}, {"segment": 1, "segment_price": D(15)}))
        )
        more: dict[str, Any] = {} if not boxed else {"unit": "box", "unit_factor": D(4)}
        found.append(
            line(
                sku,
                str(draw(st.sampled_from((1, 2, 4, 5, 8))) * (4 if boxed else 1)),
                id=f"l{number}",
                facts={"family": FAMILIES[sku]},
                group=draw(st.sampled_from(("", "rack"))),
                cost=COSTS[sku],
                floor=draw(st.none() | st.just(D("7.25"))),
                discountable=draw(st.integers(0, 3)) > 0,
                prior_quantity=D(draw(st.sampled_from((0, 0, 6)))),
                tax_code=draw(st.sampled_from(("std", "std", "low"))),
                **ramp,
                **more,
            )
        )
    tops = [each for each in found if each.sku == "A"]
    if tops and draw(st.booleans()):
        found.append(line("B", "2", id="part", root=tops[0].id, bundle="A", tax_code="std", cost=D(9)))
        found[-1] = found[-1]._replace(facts={"family": "big"})
    for sku in ("CARE", "PLUS")[: draw(st.integers(0, 2))]:
        own: dict[str, Any] = draw(
            st.sampled_from(({}, {}, {"segment": 1, "segment_price": D(6)}, {"segment": 2, "uplift_percent": D(10)}))
        )
        found.append(
            line(
                sku,
                draw(st.sampled_from("12")),
                facts={"family": "care"},
                tax_code="low",
                group="rack",
                cost=draw(st.none() | st.just(D(5))),
                floor=draw(st.none() | st.just(D("7.25"))),
                **own,
            )
        )
    return tuple(draw(st.permutations(found)))


@st.composite
def requests(draw: st.DrawFn) -> PriceRequest:
    asked_for = draw(lines())
    manual = []
    if draw(st.integers(0, 2)) == 0:
        on = draw(st.sampled_from(ManualOn))
        kind, value = draw(st.sampled_from(((ManualKind.PERCENT, 12), (ManualKind.AMOUNT, 9), (ManualKind.TARGET, 11))))
        place = draw(st.integers(0, len(asked_for) - 1))
        target = {ManualOn.LINE: str(asked_for[place].id), ManualOn.GROUP: asked_for[0].group, ManualOn.TOTAL: ""}[on]
        replaced = [each for each in Replaces if on is ManualOn.LINE or each is not Replaces.FINAL]
        manual.append(ManualDiscount("m", on, kind, D(value), "why", "ann", target, draw(st.sampled_from(replaced))))
    return asked(*asked_for, manual=tuple(manual))


@settings(max_examples=300, deadline=None)
@given(books(), requests())
def test_a_whole_quote_is_what_the_slow_twin_says(rules: PricingRules, request: PriceRequest) -> None:
    plan = compile_plan(rules)
    found = price(plan, request)
    assert isinstance(found, Priced), str(found)
    twin = price_quote(rules, request, PREDICATES)
    assert [each.list_amount for each in found.lines] == twin.lists
    assert [each.amount for each in found.lines] == twin.amounts
    assert [each.tax for each in found.lines] == twin.taxes
    totals = found.totals
    assert (totals.net.minor_units, totals.tax.minor_units) == (twin.net, twin.tax)
    assert totals.payable.minor_units == twin.payable
    assert price(plan, request, lane=Lane.FULL) == found
    # the parts add up to the whole
    assert sum(each.net for each in found.lines) == totals.net.minor_units
    assert sum(each.gross for each in found.lines) == totals.gross.minor_units
    assert totals.gross + totals.cash_rounding == totals.payable


@settings(max_examples=150, deadline=None)
@given(books(), requests(), st.data())
def test_edits_of_a_random_quote_are_priced_as_from_the_start(
    rules: PricingRules, request: PriceRequest, data: st.DataObject
) -> None:
    """Each answer also stands before the next edit; one that leaves a part without its bundle is refused."""
    plan = compile_plan(rules)
    current = price(plan, request)
    for number in range(3):
        assert isinstance(current, Priced)
        target = data.draw(st.sampled_from(request.lines))
        kind = data.draw(st.sampled_from(("change", "change", "add", "remove")))
        if kind == "change":
            quantity = target.unit_factor * data.draw(st.integers(1, 9))
            edit = Edit(changed=(target._replace(quantity=quantity, discountable=data.draw(st.booleans())),))
        elif kind == "add":
            (new, *_) = data.draw(lines())
            edit = Edit(added=(new._replace(id=LineId(f"new{number}"), root=None),))
        else:
            edit = Edit(removed=frozenset({target.id}))
        found = reprice(plan, request, current, edit)
        if isinstance(found, Refusal):
            left = tuple(each for each in request.lines if each.id not in edit.removed)
            assert kind == "remove" and found == price(plan, replace(request, lines=left))
            return
        assert isinstance(found, Repriced)
        assert found.priced == price(plan, found.request)
        request, current = found.request, found.priced

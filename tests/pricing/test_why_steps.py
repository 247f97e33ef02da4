"""Why a price entry, an agreed price, a model, a bundle price or a guard does not act, and what would make it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.catalog import LineId
from engine.pricing import compile_plan, explain_rule, price
from engine.pricing.effects import Percent
from engine.pricing.models import CostPlus, Volume
from engine.pricing.models.tiers import Tier
from engine.pricing.obstacles import Explanation
from engine.pricing.plan import (
    BundlePrice,
    ContractedPrice,
    ExchangeRate,
    Guard,
    Match,
    ModelUse,
    Narrowness,
    PercentOfTotal,
    PriceEntry,
    PricingRules,
    RuleId,
    Window,
)
from engine.pricing.result import Priced
from tests.pricing.books import D, asked, book, entry, line, rule, when

MAY = date(2026, 5, 1)
BY_SKU = Match(Narrowness.SKU, "A")


def why(rules: PricingRules, name: str, *lines: object, of: str = "a", **more: object) -> Explanation:
    return explain_rule(compile_plan(rules), asked(*(lines or (line("A"),)), **more), of, name)  # type: ignore[arg-type]


def told(found: Explanation) -> tuple[str, tuple[str, ...], bool]:
    return found.reason, found.wishes, found.enough


LISTED = entry("A", "100")
ENTRIES = [
    (entry("B", "20", id="x"), "it is for the product `B`", (), False),
    (
        replace(entry("A", "9", id="x"), currency="USD"),
        "it is in USD, and the quote in EUR",
        ('quote.currency is "USD"',),
        True,
    ),
    (
        entry("A", "9", id="x", window=Window(MAY), priority=1),
        "it begins on 2026-05-01",
        ("quote.date is at least 2026-05-01",),
        True,
    ),
    (
        entry("A", "9", id="x", window=Window(end=date(2026, 2, 1))),
        "it has ended: its last day was 2026-01-31",
        ("quote.date is before 2026-02-01",),
        True,
    ),
    (
        entry("A", "9", id="x", quantity_min=D(5)),
        "it is for at least 5, and the quantity is 1",
        ("line.qty is at least 5",),
        True,
    ),
    (
        entry("A", "9", id="x", quantity_max=D("0.5"), priority=1),
        "it is for at most 0.5, and the quantity is 1",
        ("line.qty is at most 0.5",),
        True,
    ),
    (
        entry("A", "9", id="x", unit="box"),
        "it is the price of one `box`, in which the line is not sold",
        ("the line is sold in the unit `box`",),
        False,
    ),
    (
        entry("A", "9", id="x", when=when('customer.segment = "edu"')),
        '`customer.segment = "edu"` does not hold',
        ('customer.segment is "edu"',),
        True,
    ),
    (
        entry("A", "9", id="x", book="eu"),
        "it stands in the price book `eu`, and the quote asks for `default`",
        ('quote.price_book is "eu"',),
        True,
    ),
    (entry("A", "9", id="x", weight=-1), "`list-A` states the list price: it has a higher weight", (), False),
    (entry("A", "9", id="x", priority=-1), "`list-A` states the list price: it has a higher priority", (), False),
    (entry("A", "9", id="x"), "`list-A` states the list price: its id comes first", (), False),
    (
        PriceEntry(RuleId("x"), Match(Narrowness.FAMILY, "disk"), currency="EUR", price=D(5)),
        "`list-A` states the list price: it is for something narrower",
        (),
        False,
    ),
]


@pytest.mark.parametrize(("other", "reason", "wishes", "enough"), ENTRIES)
def test_a_price_that_is_not_taken_says_why(
    other: PriceEntry, reason: str, wishes: tuple[str, ...], enough: bool
) -> None:
    asked_about = line("A", facts={"family": "disk"})
    found = why(book(entries=(LISTED, other)), "x", asked_about)
    assert told(found) == (reason, wishes, enough)
    assert (found.applied, found.kind) == (False, "list price")
    assert why(book(entries=(LISTED, other)), "list-A", asked_about).applied


def test_more_conditions_and_a_larger_quantity_come_first() -> None:
    both = (entry("A", "9", id="x", quantity_min=D(1)), entry("A", "8", id="y", quantity_min=D(2)))
    assert (
        why(book(entries=both), "x", line("A", "3")).reason == "`y` states the list price: it is for a larger quantity"
    )
    more = (entry("A", "9", id="x"), entry("A", "8", id="y", when=when("line.qty > 1")))
    assert why(book(entries=more), "x", line("A", "3")).reason == "`y` states the list price: it has more conditions"


def test_a_price_of_another_book_is_asked_first() -> None:
    both = book(entries=(LISTED, entry("A", "90", id="eu-A", book="eu")))
    found = why(both, "list-A", quote={"price_book": "eu"})
    assert told(found)[0] == "it stands in the price book `default`, and the quote asks for `eu`"
    assert told(found)[1:] == (("the quote names no price book",), True)
    assert why(both, "eu-A", quote={"price_book": "eu"}).applied


def test_a_book_that_falls_back_is_asked_before_the_other() -> None:
    from engine.pricing.plan import PriceBook

    rules = replace(book(entries=(LISTED, entry("A", "90", id="eu-A", book="eu"))), price_books=(PriceBook("eu", ""),))
    found = why(rules, "list-A", quote={"price_book": "eu"})
    assert found.reason == "`eu-A` states the list price: its price book `eu` is asked first"


def test_a_price_that_was_exchanged_acts() -> None:
    dollars = replace(entry("US", "9.99", id="us"), currency="USD")
    rate = ExchangeRate("USD", "EUR", D("0.8713"), date(2026, 2, 1), "ECB")
    rules = replace(book(entries=(dollars,)), exchange_rates=(rate,))
    assert why(rules, "us", line("US"), of="us").applied


AGREED = ContractedPrice(RuleId("deal"), BY_SKU, price=D(80))


@pytest.mark.parametrize(
    ("more", "reason", "wishes", "enough"),
    [
        ({"match": Match(Narrowness.FAMILY, "disk")}, "it is for the family `disk`", (), False),
        ({"match": Match(Narrowness.CATEGORY, "c")}, "it is for the category `c`", (), False),
        ({"match": Match(Narrowness.PRODUCT, "p")}, "it is for the product `p`", (), False),
        ({"currency": "USD"}, "it is in USD, and the quote in EUR", ('quote.currency is "USD"',), True),
        ({"window": Window(MAY)}, "it begins on 2026-05-01", ("quote.date is at least 2026-05-01",), True),
        (
            {"when": when('customer.id = "acme"')},
            '`customer.id = "acme"` does not hold',
            ('customer.id is "acme"',),
            True,
        ),
    ],
)
def test_an_agreed_price_that_is_not_taken_says_why(
    more: dict[str, object], reason: str, wishes: tuple[str, ...], enough: bool
) -> None:
    found = why(book(contracted=(replace(AGREED, **more),)), "deal")  # type: ignore[arg-type]
    assert told(found) == (reason, wishes, enough)
    assert found.kind == "contracted price"
    assert why(book(contracted=(AGREED,)), "deal").applied


def test_another_agreed_price_comes_first() -> None:
    first = ContractedPrice(RuleId("first"), BY_SKU, percent_off=D(10), priority=1)
    assert why(book(contracted=(AGREED, first)), "deal").reason == "the contracted price `first` comes first"


def test_an_agreed_percent_of_nothing_says_so() -> None:
    tenth = ContractedPrice(RuleId("tenth"), Match(Narrowness.SKU, "S"), percent_off=D(10))
    found = why(book(contracted=(tenth,)), "tenth", line("S", segment=1, segment_price=D(9)), of="s")
    assert found.reason == "it takes a percent off a list price, and the line has none"
    care = PercentOfTotal(RuleId("care"), "CARE", D(20), when('line.sku = "A"'))
    all_ = ContractedPrice(RuleId("all"), Match(), percent_off=D(10))
    shop = book(contracted=(all_,), percent_of=(care,))
    assert why(shop, "all", line("A"), line("CARE"), of="care").reason == (
        "the line is a percent of others, which it acts on"
    )
    assert why(shop, "care", line("A"), line("CARE"), of="care").applied
    assert why(shop, "care", line("A"), line("CARE")).reason == "it is for the product `CARE`"


def test_a_list_price_of_a_percent_line_says_that_it_has_none() -> None:
    care = PercentOfTotal(RuleId("care"), "A", D(20), when('line.sku = "B"'))
    found = why(book(percent_of=(care,)), "list-A", line("A"), line("B"))
    assert found.reason == "the line is a percent of others and has no list price"


def test_a_percent_of_another_time_says_so() -> None:
    of = when('line.sku = "B"')
    cares = (
        PercentOfTotal(RuleId("old"), "A", D(20), of, window=Window(end=date(2026, 2, 1))),
        PercentOfTotal(RuleId("new"), "A", D(25), of, window=Window(date(2026, 2, 1))),
    )
    shop = book(percent_of=cares)
    ended = "it has ended: its last day was 2026-01-31", ("quote.date is before 2026-02-01",), True
    assert told(why(shop, "old", line("A"), line("B"))) == ended
    assert why(shop, "new", line("A"), line("B")).applied


TIERS = Volume((Tier(D(9), D(90)), Tier(None, D(80))))


def test_a_model_that_does_not_act_says_why() -> None:
    uses = (
        ModelUse(RuleId("tiers"), "A", TIERS, currency="EUR", window=Window(end=MAY)),
        ModelUse(RuleId("dollars"), "A", TIERS, currency="USD"),
        ModelUse(RuleId("may"), "A", TIERS, currency="EUR", window=Window(MAY)),
        ModelUse(RuleId("b"), "B", TIERS),
    )
    shop = book(models=uses)
    assert (why(shop, "tiers").applied, why(shop, "tiers").kind) == (True, "price model")
    assert told(why(shop, "dollars"))[:2] == ("it is in USD, and the quote in EUR", ('quote.currency is "USD"',))
    assert told(why(shop, "may")) == ("it begins on 2026-05-01", ("quote.date is at least 2026-05-01",), True)
    assert told(why(shop, "b")) == ("it is for the product `B`", (), False)
    agreed = why(book(models=uses[:1], contracted=(AGREED,)), "tiers")
    assert agreed.reason == "replaced by the price agreed in deal"


def test_a_quote_without_a_price_says_so_after_what_is_known() -> None:
    plus = ModelUse(RuleId("plus"), "N", CostPlus(D(20)))
    found = why(book(models=(plus,)), "plus", line("N"), of="n")
    assert found.reason.startswith("the quote has no price: no price for `N`")
    assert why(book(models=(plus,)), "list-A", line("N"), of="n").reason == "it is for the product `A`"


KIT = BundlePrice(RuleId("kit"), "A", D(110))
PARTS = (line("A"), line("B", root=LineId("a"), bundle="A", parent=LineId("a")))


@pytest.mark.parametrize(
    ("more", "reason", "enough"),
    [
        ({"bundle": "C"}, "it is for the bundle `C`", False),
        ({"currency": "USD"}, "it is in USD, and the quote in EUR", False),
        ({"window": Window(MAY)}, "it begins on 2026-05-01", True),
        ({"when": when("line.qty >= 2")}, "`line.qty >= 2` does not hold", False),
        ({"when": when('customer.segment = "edu"')}, '`customer.segment = "edu"` does not hold', True),
    ],
)
def test_a_bundle_price_that_is_not_taken_says_why(more: dict[str, object], reason: str, enough: bool) -> None:
    shop = book(bundle_prices=(replace(KIT, **more),))  # type: ignore[arg-type]
    for of in ("a", "b"):
        found = why(shop, "kit", *PARTS, of=of)
        assert (found.reason, found.kind) == (reason, "bundle price")
    assert found.enough == enough, "of a part, whose own quantity is not that of the bundle"
    assert all(why(book(bundle_prices=(KIT,)), "kit", *PARTS, of=of).applied for of in ("a", "b"))


def test_another_bundle_price_comes_first_and_other_charges_keep_their_own() -> None:
    from engine.catalog import Charge, ChargeKind, ChargePeriod

    other = replace(KIT, id=RuleId("other"))
    assert why(book(bundle_prices=(KIT, other)), "other", *PARTS).reason == "the bundle price `kit` comes first"
    monthly = PARTS[1]._replace(charge=Charge(ChargeKind.RECURRING, ChargePeriod.MONTH), term_months=D(12))
    found = why(book(bundle_prices=(KIT,)), "kit", PARTS[0], monthly, of="b")
    assert found.reason == "the line keeps a price of its own: it is charged otherwise than its bundle"


GUARD = Guard(RuleId("hold"), floor=D(60), ceiling=D(150))


@pytest.mark.parametrize(
    ("more", "reason", "wishes"),
    [
        ({"currency": "USD"}, "it is in USD, and the quote in EUR", ('quote.currency is "USD"',)),
        ({"window": Window(MAY)}, "it begins on 2026-05-01", ("quote.date is at least 2026-05-01",)),
        ({"when": when("line.unit < 80")}, "`line.unit < 80` does not hold", ("line.unit is less than 80",)),
        (
            {},
            "it holds, and has nothing to change: the unit price of 90 is not above 150 and not below 60",
            (),
        ),
        (
            {"floor": None, "ceiling": None, "margin_percent_min": D(20)},
            "it holds, and has nothing to change: the unit price of 90 is not below 75.00, which leaves its margin",
            (),
        ),
    ],
)
def test_a_guard_that_changes_nothing_says_why(more: dict[str, object], reason: str, wishes: tuple[str, ...]) -> None:
    shop = book(rule("ten", Percent(D(10))), guards=(replace(GUARD, **more),))  # type: ignore[arg-type]
    found = why(shop, "hold", line("A", cost=D(60)))
    assert (found.reason, found.wishes, found.kind) == (reason, wishes, "guard")
    if "unit" in reason.partition("`")[2]:
        assert found.failed[0].values == (("line.unit", D(90)),), "the price when the guard looked at it"


def test_a_guard_acts_or_lacks_a_cost() -> None:
    half = rule("half", Percent(D(50)))
    assert why(book(half, guards=(GUARD,)), "hold").applied
    margin = Guard(RuleId("margin"), margin_percent_min=D(20))
    assert why(book(half, guards=(margin,)), "margin").reason == (
        "its margin cannot be held: nobody stated a cost of the line"
    )


def test_every_price_that_acts_says_so_and_no_other() -> None:
    """What the answers say is what stands in the priced quote."""
    rules = book(
        rule("half", Percent(D(50)), when=when('line.sku = "A"')),
        entries=(LISTED, entry("B", "20"), entry("B", "19", id="b-many", quantity_min=D(3))),
        contracted=(AGREED,),
        guards=(GUARD,),
    )
    plan = compile_plan(rules)
    request = asked(line("A"), line("B", "3"))
    found = price(plan, request)
    assert isinstance(found, Priced)
    for each in found.lines:
        acting = {each.source, *(number for number, *_ in each.trace)}
        for source in plan.sources:
            answer = explain_rule(plan, request, each.id, source.id)
            assert answer.applied == (source.number in acting), source
            assert answer.reason


def test_a_guard_is_told_on_the_line_that_is_asked_about() -> None:
    shop = book(guards=(replace(GUARD, when=when("line.unit < 10")),))
    for of, unit in (("a", D(100)), ("b", D(20))):
        found = why(shop, "hold", line("A"), line("B"), of=of)
        assert found.failed[0].values == (("line.unit", unit),)

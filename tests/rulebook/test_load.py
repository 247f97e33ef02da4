"""From files to one frozen book: what each folder becomes (engine.rulebook.load and the modules of ``loading``).

Modules read here end to end: engine.rulebook.loading.approvals, engine.rulebook.loading.attributes,
engine.rulebook.loading.book_head, engine.rulebook.loading.catalog, engine.rulebook.loading.checked,
engine.rulebook.loading.constraints, engine.rulebook.loading.discounts, engine.rulebook.loading.effects,
engine.rulebook.loading.price_models, engine.rulebook.loading.price_table, engine.rulebook.loading.prices,
engine.rulebook.loading.pricing_scope, engine.rulebook.loading.product_table, engine.rulebook.loading.products,
engine.rulebook.loading.rule_tests, engine.rulebook.loading.sources, engine.rulebook.loading.table_rows,
engine.rulebook.loading.terms, engine.rulebook.book, engine.rulebook.terms, engine.rulebook.rule_test.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from engine.approvals.policy import Quorum, WhoKind
from engine.billing.policy import UsageThresholds
from engine.catalog import ChargeKind, ChargePeriod
from engine.configuration.products import ConstraintKind
from engine.language.types import EnumType, ListType, OptionalType
from engine.pricing.effects import Amount, Percent
from engine.pricing.models.graduated import Graduated
from engine.pricing.models.usage import Usage
from engine.pricing.plan import Level, Narrowness, Pick, PoolScope, Step
from engine.revenue.policy import Timing
from engine.rulebook.book import RuleBook
from engine.rulebook.load import load
from engine.rulebook.parts import billing_policy, parts_of
from engine.rulebook.rule_run import run_tests
from engine.rulebook.workbook import CellKind, Sheet, SheetCell, Workbook

BASE = {
    "book.yaml": "id: shop\ntitle: Shop\ncurrency: EUR\ncurrencies: [EUR, USD]\nfrom: 2026-01-01\n"
    "facts: {customer: {segment: {values: [edu, retail]}}}\n",
    "catalog/c.yaml": """\
types:
  size: {values: [S, M, L]}
  maker: {}
categories:
  shirt:
    family: cloth
    fulfilment: send
    attributes:
      size: {type: size}
      makers: {type: maker, list: true, optional: true}
      weight_g: {type: number, unit: g}
products:
  - sku: T1
    name: Shirt
    category: shirt
    list: {EUR: 10.00, USD: 12.00}
    cost: {EUR: 4.00}
    quantity: {minimum: 2, multiple: 2}
    attributes: {size: M, weight_g: 180, makers: [Ann, Bob]}
  - {sku: CLUB, name: Club, list: {EUR: 5, USD: 6}, charge: {kind: recurring, period: year, timing: arrears}}
  - {sku: CALLS, name: Calls, charge: {kind: usage, meter: calls}}
""",
    "catalog/more.csv": "# shirts ; category=shirt\nsku,name,size,makers,weight_g,list.EUR,list.USD\n"
    "T2,Shirt,L,Ann | Cy,200,11,13\n"
    'T3,"Shirt, long",S,,150.5,12,14\n',
    "terms/t.yaml": "fulfilment:\n  - {id: send, steps: [{id: s, department: post}]}\n",
}


def book(**files: str) -> RuleBook:
    loaded = load({path: text.encode() for path, text in (BASE | files).items()})
    assert loaded.book is not None, [str(each) for each in loaded.diagnostics]
    return loaded.book


def test_products_from_records_and_tables() -> None:
    catalog = book().catalog
    one, two, three = (catalog.products[sku] for sku in ("T1", "T2", "T3"))
    assert (one.name, one.category, one.family, one.fulfilment) == ("Shirt", "shirt", "cloth", "send")
    assert one.attributes == {"size": "M", "makers": ("Ann", "Bob"), "weight_g": Decimal(180)}
    assert one.cost("EUR") == Decimal("4.00") and one.cost("USD") is None
    assert (one.quantity.minimum, one.quantity.multiple) == (2, 2)
    assert two.attributes["makers"] == ("Ann", "Cy")
    assert three.name == "Shirt, long" and three.attributes["makers"] is None
    assert three.span is not None and str(three.span) == "catalog/more.csv:4:1"


def test_charges() -> None:
    products = book().catalog.products
    club, calls = products["CLUB"].charge, products["CALLS"].charge
    assert (club.kind, club.period, club.timing.value) == (ChargeKind.RECURRING, ChargePeriod.YEAR, "arrears")
    assert (calls.kind, calls.meter, calls.timing.value) == (ChargeKind.USAGE, "calls", "arrears")


def test_an_open_type_has_the_words_of_the_products() -> None:
    attributes = book().catalog.attributes["shirt"]
    assert attributes["size"].type == EnumType("size", ("S", "M", "L"))
    makers = attributes["makers"].type
    assert makers == OptionalType(ListType(EnumType("maker", ("Ann", "Bob", "Cy"))))
    assert attributes["weight_g"].unit == "g"


def test_list_prices_stand_beside_products_or_in_tables() -> None:
    head = "# p ; hit=UNIQUE ; currency=USD\nline.sku,line.qty,id,from,out: list_price\n"
    text = f"{head}T1 | T2,[2..9],few,2026-02-01,9.50\n"
    entries = {each.id: each for each in book(**{"prices/p.csv": text}).pricing.entries}
    assert entries["list/T1/EUR"].price == Decimal("10.00")
    few = entries["few/T2/USD"]
    assert (few.match.by, few.match.value, few.currency) == (Narrowness.SKU, "T2", "USD")
    assert (few.quantity_min, few.quantity_max, few.window.start) == (2, 9, date(2026, 2, 1))
    assert str(few.span) == "prices/p.csv:3:31"


@pytest.mark.parametrize(("hit", "price"), [("FIRST", "9"), ("PRIORITY", "7")])
def test_the_first_row_wins_where_the_table_says_so(hit: str, price: str) -> None:
    # without FIRST the row with the larger least quantity would win
    text = f"# p ; hit={hit}\nline.sku,line.qty,out: list_price\nT1,>= 1,9\nT1,>= 5,7\n"
    files = {
        "prices/p.csv": text,
        "tests/t.yaml": "tests:\n  - name: t\n    given: {date: 2026-02-01, lines: [{sku: T1, qty: 6}]}\n"
        f"    expect: {{lines: [{{list_unit: {price}}}]}}\n",
    }
    found = book(**files)
    assert [each.holds for each in run_tests(found, parts_of(found))] == [True]


def test_a_spreadsheet_is_a_table_too() -> None:
    rows = (
        (SheetCell("line.sku"), SheetCell("out: list_price.EUR"), SheetCell("out: list_price.USD")),
        (SheetCell("T1"), SheetCell("9.5", CellKind.NUMBER), SheetCell("10.5", CellKind.NUMBER)),
    )
    sheet = Workbook((Sheet("p", rows),))
    loaded = load({**{path: text.encode() for path, text in BASE.items()}, "prices/p.xlsx": sheet})
    assert loaded.book is not None
    entries = {each.currency: each.price for each in loaded.book.pricing.entries if each.span.path == "prices/p.xlsx"}
    assert entries == {"EUR": Decimal("9.5"), "USD": Decimal("10.5")}


def test_a_fault_inside_the_text_of_a_cell_is_at_the_cell() -> None:
    def places(*rows: tuple[str, ...]) -> list[str]:
        sheet = Workbook((Sheet("p", tuple(tuple(map(SheetCell, row)) for row in rows)),))
        loaded = load({**{path: text.encode() for path, text in BASE.items()}, "prices/p.xlsx": sheet})
        return [
            f"{each.span} {each.code}".removeprefix("prices/p.xlsx:")
            for each in loaded.diagnostics
            if each.span.path.endswith("xlsx")
        ]

    heads = ("customer.knd", "line.sku", "line.famly", "out: list_price")
    assert places(heads, ("-", "T1", "-", "9")) == ["A1 FEL102", "C1 FEL102"]
    # Further lines of a text are in the same cell, and each of two unknown products is told.
    heads = ("customer.segment", "line.sku", "out: list_price")
    assert places(heads, ('"edu",\n"schol"', "T1", "9")) == ["A2 FEL109"]
    assert places(heads, ("-", "T1", "9"), ("-", "T2", "9"), ("-", "T8 | T9", "9")) == ["B4 CAT001", "B4 CAT001"]
    assert places(heads, ("-", "T1", "9"), ("-", "T2", "9", "and more")) == ["A3 TBL002"]


def test_price_models_and_what_billing_is_told() -> None:
    text = """\
models:
  - id: calls
    sku: CALLS
    model: graduated
    included: 100
    pool: sku
    tiers: [{up_to: 10, unit: {EUR: 2, USD: 3}}, {unit: {EUR: 1, USD: 2}}]
"""
    found = book(**{"prices/m.yaml": text})
    use = next(each for each in found.pricing.models if each.currency == "USD")
    assert isinstance(use.model, Usage) and isinstance(use.model.model, Graduated)
    assert use.pool is PoolScope.SKU
    assert [tier.value for tier in use.model.model.tiers] == [3, 2]
    rated = billing_policy(found, "EUR").models["CALLS"].rate(Decimal(115))
    assert rated.amount == 10 * 2 + 5 * 1


def test_discounts_groups_and_tables() -> None:
    files = {
        "discounts/d.yaml": """\
groups:
  - {id: promo, pick: best_for_customer, at_most: 1, step: promotions, cap: '15 %, 200.00'}
  - {id: big, level: order}
discounts:
  - {id: edu, group: promo, when: customer.segment = "edu", give: 10 % off unit, say: For schools}
  - {id: tiers, table: tiers.csv, not_with: edu}
order_discounts:
  - id: large
    group: big
    when: quote.net > 100
    give: {EUR: 5.00 off order, USD: 6.00 off order}
    for: line.discountable
""",
        "discounts/tiers.csv": "line.qty,id,out: percent_off\n[10..19],ten,5\n>= 20,twenty,8\n",
    }
    pricing = book(**files).pricing
    groups = {each.id: each for each in pricing.groups}
    promo = groups["promo"]
    assert (promo.pick, promo.step, promo.at_most) == (Pick.BEST, Step.PROMOTIONS, 1)
    assert promo.cap is not None and (promo.cap.percent, promo.cap.amounts) == (15, {"EUR": Decimal("200.00")})
    assert groups["big"].level is Level.ORDER
    rules = {each.id: each for each in pricing.rules}
    assert list(rules) == ["edu", "ten", "twenty", "large"]
    assert rules["edu"].effects == {"": Percent(Decimal(10))}
    assert rules["twenty"].not_with == {"edu"} and len(rules["twenty"].when) == 1
    assert isinstance(rules["large"].effects["USD"], Amount)
    assert str(rules["ten"].span) == "discounts/tiers.csv:2:1"


def test_approval_chains_and_tables() -> None:
    files = {
        "approvals/c.yaml": "chains:\n  - id: sales\n"
        "    levels: [lead, {id: top, members: board, agree: count, count: 2}]\n",
        "approvals/p.csv": "# p ; hit=COLLECT\nquote.discount_pct,customer.segment,id,out: chain,out: level,out: due\n"
        "> 15,-,deep,sales,lead,P1DT12H\n> 30,not(edu),deeper,sales,top,\n",
    }
    found = book(**files)
    (chain,) = found.chains
    assert [(each.id, each.who.kind, each.who.quorum, each.who.count) for each in chain.levels] == [
        ("lead", WhoKind.ROLE, Quorum.ANY, 1),
        ("top", WhoKind.GROUP, Quorum.COUNT, 2),
    ]
    deep, deeper = found.approval_policies
    assert (deep.id, len(deep.conditions), deep.due) == ("deep", 1, timedelta(hours=36))
    assert (deeper.level, len(deeper.conditions), deeper.due) == ("top", 2, None)


def test_constraints_of_a_bundle() -> None:
    files = {
        "catalog/b.yaml": "products: [{sku: SET, name: Set, list: {EUR: 1, USD: 1}}]\nbundles:\n  - sku: SET\n"
        '    groups: [{id: shirt, where: category = "shirt", max: 2, quantity_max: 3}]\n',
        "constraints/c.yaml": "constraints:\n"
        "  - {id: few, require: sum(shirt.qty) <= 4, say: 'Too many: {sum(shirt.qty)}'}\n"
        "  - {id: soft, prefer: count(shirt) = 2, weight: 3, from: 2026-02-01}\n",
    }
    found = book(**files)
    assert found.catalog.bundles["SET"].groups[0].candidates == ("T1", "T2", "T3")
    few, soft = found.constraints["SET"]
    assert (few.kind, few.weight) == (ConstraintKind.REQUIRE, 1) and few.say is not None
    assert (soft.kind, soft.weight, soft.start) == (ConstraintKind.PREFER, 3, date(2026, 2, 1))
    assert set(parts_of(found).configurators) == {"SET"}


def test_terms() -> None:
    files = {
        "terms/r.yaml": "contract: {payment_days: 14, notice_days: 30}\n"
        "billing: {late_usage_periods: 3, part_minimum: whole, zero_invoices: never,\n"
        "  usage_thresholds: [{currency: EUR, at: [200.00, 500.00], every: 1000}]}\n"
        "dunning: {retry_days: [1, 8], reminders: 2, days_between: 3, thresholds: {EUR: 50}}\n"
        "recognition:\n  - {id: ratable, timing: daily, series: true}\n"
        "ssp:\n  - {sku: T1, low: {EUR: 8}, high: {EUR: 12}}\n"
        'tax:\n  included: true\n  rates: [{code: standard, percent: 19, when: customer.segment = "edu"}]\n',
        "terms/tax.csv": "tax_code,customer.segment,out: percent\nstandard,retail,7\n",
        "terms/ssp.csv": "sku,currency,out: ssp\nT2,USD,13\n",
    }
    found = book(**files)
    assert found.terms.contract.payment_days == 14
    assert billing_policy(found, "EUR").late_usage_periods == 3
    assert billing_policy(found, "EUR").part_minimum.value == "whole"
    assert billing_policy(found, "EUR").zero_invoices.value == "never"
    assert billing_policy(found, "EUR").thresholds == {
        "EUR": UsageThresholds((Decimal(200), Decimal(500)), Decimal(1000))
    }
    dunning = found.terms.dunning
    assert (dunning.retry_days, dunning.reminders, dunning.days_between) == ((1, 8), 2, 3)
    assert dict(dunning.thresholds) == {"EUR": 50}
    assert found.terms.revenue.policies["ratable"].timing is Timing.DAILY
    assert [(each.sku, each.low, each.mid, each.high) for each in found.terms.revenue.ssp.entries] == [
        ("T1", 8, 10, 12),
        ("T2", 13, 13, 13),
    ]
    assert found.terms.fulfilment["send"].steps[0].department == "post"
    tax = found.pricing.tax
    assert tax is not None and tax.inclusive
    assert [(each.percent, len(each.when)) for each in tax.rates] == [(19, 1), (7, 1)]


def test_equal_sources_have_equal_names() -> None:
    assert book().hash == book().hash
    assert len(book().hash) == 64
    renamed = {"catalog/other.csv": BASE["catalog/more.csv"]}
    moved = load({path: text.encode() for path, text in (BASE | renamed).items() if path != "catalog/more.csv"})
    assert moved.book is not None and moved.book.hash != book().hash
    assert book(**{"notes.md": "x"}).hash != book().hash


def test_the_days_of_a_book() -> None:
    found = book()
    assert not found.holds_on(date(2025, 12, 31)) and found.holds_on(date(2026, 1, 1))
    assert found.effective_until is None and found.holds_on(date(9999, 1, 1))


def test_a_book_is_never_half_loaded() -> None:
    files = {
        path: text.encode() for path, text in (BASE | {"discounts/d.yaml": "discounts: [{id: a, give: x}]"}).items()
    }
    loaded = load(files)
    assert loaded.book is None
    assert [str(each) for each in loaded.errors][0].startswith("discounts/d.yaml:1:27: DSC201")


def test_nothing_in_memory_breaks_the_loader() -> None:
    assert load({}).book is None
    many = {f"catalog/{at}.yaml": b"" for at in range(2_001)}
    assert [each.code for each in load(many).diagnostics] == ["FIL006"]


@pytest.mark.parametrize("path", ["book.yaml", "catalog/c.yaml", "catalog/more.csv", "terms/t.yaml"])
@pytest.mark.parametrize("junk", [b"\xff\xfe\x00", b"", b"[", b"a: [1, {b: ", b"\x00", b"- - - x\n", b"'", b"{}: {}\n"])
def test_any_file_may_be_junk(path: str, junk: bytes) -> None:
    files = {name: text.encode() for name, text in BASE.items()} | {path: junk}
    loaded = load(files)
    assert loaded.book is None or path != "book.yaml"
    assert all(each.span.path for each in loaded.diagnostics)

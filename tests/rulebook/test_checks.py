"""Checks over a whole book (engine.rulebook.checks.book, .pricing, .configuration)."""

from __future__ import annotations

from itertools import product as every

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rulebook.load import load
from engine.rulebook.text_file import MOST_BYTES

BASE = {"book.yaml": "id: t\ntitle: T\ncurrency: EUR\n"}
CHECKED = (
    "engine.rulebook.checks.book",
    "engine.rulebook.checks.bundle_prices",
    "engine.rulebook.checks.pricing",
    "engine.rulebook.checks.configuration",
    "engine.rulebook.checks.coverage",
    "engine.rulebook.checks.known_values",
)


def told(files: dict[str, str]) -> list[str]:
    return [str(each) for each in load({path: text.encode() for path, text in (BASE | files).items()}).diagnostics]


def percents(arrows: list[tuple[int, int]], count: int) -> dict[str, str]:
    """Percent-of-total products; an arrow says whose family counts whom."""
    products = "products:\n" + "".join(f"  - {{sku: P{at}, name: P, family: f{at}}}\n" for at in range(count))
    models = "percent_of_total:\n"
    for at in range(count):
        of = " or ".join(f'line.family = "f{to}"' for start, to in arrows if start == at) or 'line.family = "none"'
        models += f"  - {{id: m{at}, sku: P{at}, percent: 10, of: {of}}}\n"
    return {"catalog/p.yaml": products, "prices/p.yaml": models}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=7))
def test_a_circle_of_percents_is_found_exactly_when_there_is_one(arrows: list[tuple[int, int]]) -> None:
    arrows = [(start, to) for start, to in arrows if start != to]
    reach = set(arrows)
    for middle, start, to in every(range(4), repeat=3):
        if (start, middle) in reach and (middle, to) in reach:
            reach.add((start, to))
    found = [each for each in told(percents(arrows, 4)) if "PRC207" in each]
    assert bool(found) == any((at, at) in reach for at in range(4))


def test_a_missing_price_is_told_for_each_product_up_to_a_limit() -> None:
    products = "products:\n" + "".join(f"  - {{sku: P{at}, name: P}}\n" for at in range(30))
    assert len(told({"catalog/p.yaml": products})) == 20


def test_a_discontinued_product_needs_no_price() -> None:
    assert told({"catalog/p.yaml": "products: [{sku: P, name: P, discontinued: true}]\n"}) == []


def test_an_exchange_rate_stands_for_a_price() -> None:
    files = {
        "book.yaml": BASE["book.yaml"] + "currencies: [EUR, USD]\n",
        "catalog/p.yaml": "products: [{sku: P, name: P, list: {EUR: 10}}]\n",
    }
    assert len(told(files)) == 1
    assert told(files | {"prices/r.csv": "source,target,since,out: rate\nEUR,USD,2026-01-01,1.08\n"}) == []


TWO_GROUPS = """\
categories: {c: {attributes: {size: {type: number}}}}
products:
  - {sku: A, name: A, category: c, list: {EUR: 1}, attributes: {size: 1}}
  - {sku: B, name: B, category: c, list: {EUR: 1}, attributes: {size: 2}}
  - {sku: S, name: S, list: {EUR: 1}}
bundles:
  - sku: S
    groups:
      - {id: one, where: category = "c"}
      - {id: two, where: category = "c"}
"""


def test_of_several_rules_only_the_guilty_ones_are_named() -> None:
    files = {
        "catalog/p.yaml": TWO_GROUPS,
        "constraints/c.yaml": """\
constraints:
  - {id: innocent, require: one.size <= 2}
  - {id: larger, require: one.size > two.size}
  - {id: alike, require: one.sku = two.sku}
  - {id: harmless, when: one.size = 1, exclude: two.size = 3}
""",
    }
    hint = "these rules are a smallest guilty set; change one of them"
    guilty = "`larger` (constraints/c.yaml:3) and `alike` (constraints/c.yaml:4)"
    message = f"`S` has no valid configuration: {guilty} contradict each other"
    assert told(files) == [f"constraints/c.yaml:4:10: CST001: {message}; {hint}"]


def test_rules_contradict_each_other_on_the_days_that_have_both() -> None:
    rules = """\
constraints:
  - {id: larger, require: one.size > two.size, until: 2026-05-01}
  - {id: alike, require: one.sku = two.sku, from: 2026-04-01}
"""
    found = [each for each in told({"catalog/p.yaml": TWO_GROUPS, "constraints/c.yaml": rules}) if "CST001" in each]
    assert len(found) == 1
    assert found[0].startswith("constraints/c.yaml:3:10: CST001: from 2026-04-01 on `S` has no valid configuration: ")
    apart = rules.replace("until: 2026-05-01", "until: 2026-04-01")
    # on the days of `larger`: the smallest of a pair is never first, the largest never second
    assert all("CST002" in each for each in told({"catalog/p.yaml": TWO_GROUPS, "constraints/c.yaml": apart}))


def test_a_bundle_changes_on_a_few_days_only() -> None:
    days = "".join(f"  - {{id: r{n}, require: one.size > 0, from: 2026-01-{n:02}}}\n" for n in range(1, 26))
    found = told({"catalog/p.yaml": TWO_GROUPS, "constraints/c.yaml": f"constraints:\n{days}"})
    assert [each.partition(": ")[2] for each in found] == [
        "CST004: constraints of `S` begin and end on 25 days; 24 are allowed; "
        "take out those that hold no more, or let them share days"
    ]


def test_a_file_has_a_largest_size() -> None:
    (found,) = told({"notes/x.yaml": "x", "catalog/p.yaml": "#" * (MOST_BYTES + 1)})[:1]
    assert found.startswith("catalog/p.yaml:1:1: FIL002: the file has 20000001 bytes")


SHOP = {
    "catalog/p.yaml": """\
categories: {gpu: {attributes: {size: {type: number, optional: true}}}}
products:
  - {sku: GPU-N60, name: G, category: gpu, family: service, list: {EUR: 10}}
  - {sku: CARE, name: C, list: {EUR: 10}}
"""
}


def discount(when: str) -> list[str]:
    return told(SHOP | {"discounts/d.yaml": f"discounts:\n  - id: d\n    give: 1 % off unit\n    when: '{when}'\n"})


def test_a_name_that_no_line_can_have_is_told_with_the_nearest() -> None:
    place = "discounts/d.yaml:4:"
    assert discount('line.sku = "GPU-N61"') == [
        f"{place}23: CAT009: the book has no product `GPU-N61`; did you mean `GPU-N60`?"
    ]
    assert discount('line.category = "gpuu" and "servise" != line.family') == [
        f"{place}28: CAT009: the book has no category `gpuu`; did you mean `gpu`?",
        f"{place}39: CAT009: the book has no family `servise`; did you mean `service`?",
    ]
    assert discount('line.sku in ("CARE", "CAER") and count(lines[family = "servce"]) > 0') == [
        f"{place}33: CAT009: the book has no product `CAER`; did you mean `CARE`?",
        f"{place}66: CAT009: the book has no family `servce`; did you mean `service`?",
    ]
    assert discount('line.sku in ("CARE", "GPU-N60") and line.family in ("service", "") and line.group = "any"') == []


def test_a_table_and_a_price_that_name_no_family_are_told() -> None:
    table = "line.sku,line.family,out: percent_off\nCARE,-,5\nCAER | GPU-N60,service,6\nGPU-N60,servise,7\n"
    rule = "discounts: [{id: d, table: t.csv}]\n"
    assert told(SHOP | {"discounts/t.csv": table, "discounts/d.yaml": rule}) == [
        "discounts/t.csv:3:1: CAT009: the book has no product `CAER`; did you mean `CARE`?",
        "discounts/t.csv:4:9: CAT009: the book has no family `servise`; did you mean `service`?",
    ]
    prices = "prices: [{id: p, family: servise, price: 5}]\n"
    assert told(SHOP | {"prices/p.yaml": prices}) == [
        "prices/p.yaml:1:15: CAT009: the book has no family `servise`; did you mean `service`?"
    ]


def test_formulas_and_effects_are_looked_through_too() -> None:
    rule = "discounts: [{id: d, give: 'if line.family = \"servise\" then 5 else 3 % off unit'}]\n"
    assert told(SHOP | {"discounts/d.yaml": rule}) == [
        "discounts/d.yaml:1:45: CAT009: the book has no family `servise`; did you mean `service`?"
    ]
    free = "order_discounts: [{id: d, give: 'add CARE at 0 for_each 2 where line.sku = \"GPU-N61\"'}]\n"
    assert told(SHOP | {"discounts/d.yaml": free}) == [
        "discounts/d.yaml:1:76: CAT009: the book has no product `GPU-N61`; did you mean `GPU-N60`?"
    ]
    prices = "guards: [{id: g, floor: 'if line.bundle = \"CARE\" then 4 else 2'}]\n"
    assert told(SHOP | {"prices/p.yaml": prices}) == [
        "prices/p.yaml:1:43: CAT009: the book has no bundle `CARE`; correct it, or give the bundle to the book"
    ]


def test_a_price_book_a_currency_and_a_unit_that_are_never_so_are_told() -> None:
    dealer = "prices: [{id: p, sku: CARE, book: dealer, price: 5}]\n"

    def when(condition: str) -> list[str]:
        rule = f"discounts: [{{id: d, give: 5 % off unit, when: '{condition}'}}]\n"
        return told(SHOP | {"prices/p.yaml": dealer, "discounts/d.yaml": rule})

    place = "discounts/d.yaml:1:"
    assert when('quote.price_book = "delaer"') == [
        f"{place}67: CAT009: the book has no price book `delaer`; did you mean `dealer`?"
    ]
    assert when('quote.currency = "EURO"') == [
        f"{place}65: CAT009: the book has no currency `EURO`; did you mean `EUR`?"
    ]
    assert when('line.unit_of_measure = "eahc"') == [
        f"{place}71: CAT009: the book has no unit `eahc`; did you mean `each`?"
    ]
    assert when('quote.price_book = "dealer" and quote.currency = "EUR" and line.unit_of_measure = "each"') == []


def test_conditions_that_are_never_so_at_once_are_told() -> None:
    def told_of(condition: str) -> list[str]:
        return [each.partition("; ")[0].partition("PRC215: ")[2] for each in discount(condition)]

    def never(path: str) -> list[str]:
        return [f"`d` can never act: what it asks of `{path}` is never so at once"]

    assert told_of("line.qty >= 10 and line.qty < 5") == never("line.qty")
    assert told_of("line.qty >= 10 and line.qty < 10") == never("line.qty")
    assert told_of("line.qty in [2..4] and line.qty > 4") == never("line.qty")
    assert told_of('line.sku = "CARE" and line.sku = "GPU-N60"') == never("line.sku")
    assert told_of('line.sku in ("CARE", "GPU-N60") and line.sku != "CARE" and line.sku != "GPU-N60"') == never(
        "line.sku"
    )
    assert told_of("line.qty = 3 and line.qty > 3") == never("line.qty")
    for possible in (
        "line.qty >= 10 and line.qty <= 10",
        'line.sku in ("CARE", "GPU-N60") and line.sku != "CARE"',
        "line.qty > 5 or line.qty < 3",
        "line.qty > 5 and line.qty > 7",
        "line.qty > 5 and line.list < 3",
    ):
        assert told_of(possible) == []


def test_a_row_is_told_that_its_table_rules_it_out() -> None:
    table = {"discounts/t.csv": "line.qty,out: percent_off\n[1..4],5\n[5..9],6\n"}
    rule = "discounts: [{id: d, table: t.csv, when: line.qty >= 5}]\n"
    assert told(SHOP | table | {"discounts/d.yaml": rule}) == [
        "discounts/t.csv:2:1: PRC215: `d/2` can never act: what it asks of `line.qty` is never so at once; "
        "correct one of the conditions, or take the rule out"
    ]


def test_slots_and_constraints_that_name_what_they_never_hold_are_told() -> None:
    catalog = SHOP["catalog/p.yaml"].replace("products:", "products:\n  - {sku: PC, name: P, list: {EUR: 0}}")
    groups = """\
bundles:
  - sku: PC
    groups:
      - {id: gpu, where: 'category = "gpu" or category = "gpuu"'}
      - {id: extra, max: 2, min: 0, where: sku = "CARE"}
"""
    limits = """\
constraints:
  - {id: a, exclude: 'gpu.sku = "CARE"'}
  - {id: b, exclude: 'count(extra[sku = "GPU-N60"]) > 0'}
  - {id: c, exclude: 'gpu.sku = "GPU-N60" and count(extra[sku = "CARE"]) > 1'}
"""
    found = told({"catalog/p.yaml": catalog + groups, "constraints/c.yaml": limits})
    assert [each for each in found if "CAT009" in each] == [
        "catalog/p.yaml:9:58: CAT009: the book has no category `gpuu`; did you mean `gpu`?",
        "constraints/c.yaml:2:33: CAT009: the slot `gpu` takes no product `CARE`; correct it, or let the slot take it",
        "constraints/c.yaml:3:41: CAT009: the slot `extra` takes no product `GPU-N60`; "
        "correct it, or let the slot take it",
    ]


def test_a_cell_of_quantities_that_holds_none_is_an_error() -> None:
    table = "line.sku,line.qty,out: list_price\nCARE,[9..5],8\n"
    empty = "prices/t.csv:2:6: FEL121: `[9..5]` holds no value; the lower end comes first"
    assert told(SHOP | {"prices/t.csv": table}) == [empty]
    assert told(SHOP | {"prices/t.csv": table.replace("list_price", "contracted_price")}) == [empty]


SUPPORT = {
    "catalog/p.yaml": """\
products:
  - {sku: BOX, name: Box, family: box, list: {EUR: 100}}
  - {sku: CARE, name: Care, family: service}
  - {sku: FIT, name: Fitting, family: service, list: {EUR: 50}}
""",
    "prices/p.yaml": """percent_of_total: [{id: care, sku: CARE, percent: 20, of: 'line.family = "box"'}]\n""",
}


def test_a_line_rule_for_percents_of_others_alone_is_told() -> None:
    rules = """\
discounts:
  - {id: all, give: 5 % off unit}
  - {id: care-off, when: 'line.sku = "CARE" and line.qty > 1', give: 5 % off unit}
  - {id: service, when: 'line.family = "service"', give: 5 % off unit}
  - {id: both, when: 'line.sku in ("CARE", "BOX")', give: 5 % off unit}
order_discounts:
  - {id: on-order, for: 'line.sku = "CARE"', give: 5 % off order}
"""
    assert told(SUPPORT | {"discounts/d.yaml": rules}) == [
        "discounts/d.yaml:3:10: PRC216: `care-off` is for `CARE` alone, a percent of other lines, on which no line "
        "rule acts; write it into the `percent` of the product as a formula, or as an order discount `for:` its lines"
    ]


def test_a_model_beside_a_percent_of_total_is_refused() -> None:
    more = "models: [{id: seats, sku: CARE, model: per_unit, unit: {EUR: 3}}]\n"
    (found,) = told(SUPPORT | {"prices/m.yaml": more})
    assert "PRC114: `care` and `seats/EUR` price `CARE` on the same days" in found


def test_bounds_that_would_never_be_reached_are_refused() -> None:
    rules = """\
groups: [{id: basket, level: order}]
discounts:
  - {id: two, give: 5 % off unit, units_max: 2}
order_discounts:
  - {id: often, group: basket, uses: 5, give: add BOX qty 1 at 0}
  - {id: pot, group: basket, budget: {EUR: 10}, give: add BOX qty 1 at 0}
  - {id: most, group: basket, limit: {EUR: 10}, give: add BOX qty 1 at 0}
  - {id: units, group: basket, units_max: 2, give: 5 % off order}
  - {id: money, group: basket, budget: {EUR: 10}, limit: {EUR: 5}, give: 5 % off order}
"""
    gift = "adds a line and takes no money off, so that its"
    hint = "would never be reached; bound how often it is given, with `uses`"
    assert told(SUPPORT | {"discounts/d.yaml": rules}) == [
        f"discounts/d.yaml:6:10: PRC219: `pot` {gift} `budget` {hint}",
        f"discounts/d.yaml:7:10: PRC219: `most` {gift} `limit` {hint}",
        "discounts/d.yaml:8:10: PRC219: `units` is about the order, and `units_max` bounds the units of a line; "
        "write the units into `give`, such as `10 % off units(cheapest 2)`",
    ]

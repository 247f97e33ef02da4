"""Random books for tests of prices: most of what may decide one, in few rules of each kind."""

from __future__ import annotations

import random

BOOK = """\
id: {name}
title: A book
currency: EUR
currencies: [EUR, USD, JPY]
rounding: {{mode: half_up, at: [{points}], of: price}}
{days}facts:
  customer:
    segment: {{type: text}}
    region: {{type: text}}
    level: {{type: number}}
    code: {{type: text}}
    vip: {{type: boolean}}
    name: {{type: text}}
    id: {{type: text}}
  quote:
    channel: {{type: text}}
    price_book: {{type: text}}
    note: {{type: text}}
    count: {{type: number}}
"""
CATALOG = """\
categories:
  service: {{charge: {{kind: recurring, period: month}}, recognition: any, tax_code: standard}}
  call: {{charge: {{kind: usage, period: month, meter: calls}}, recognition: any}}
  goods: {{recognition: any, fulfilment: ship, tax_code: low}}
  disk: {{recognition: any, fulfilment: ship, attributes: {{size: {{type: number}}, tag: {{type: text}}}}}}
products:
  - {{sku: PEN, name: Pen, category: goods, family: desk, list: {{EUR: 1.5{n}, USD: 1.70, JPY: 170}},
     cost: {{EUR: 0.90}}, units: {{box: 12}}}}
  - {{sku: INK, name: Ink, family: desk, category: goods, list: {{EUR: 9.9{n}}},
     quantity: {{minimum: 0.25, multiple: 0.25}}}}
  - {{sku: LAMP, name: Lamp, category: goods, list: {{EUR: 80.0{n}, USD: 88.00}}, cost: {{EUR: 71.00, USD: 70.00}}}}
  - {{sku: DISK, name: Disk, category: disk, attributes: {{size: 1, tag: "1"}}, list: {{EUR: 95.00, USD: 99.00}}}}
  - {{sku: PC, name: Computer, category: goods, list: {{EUR: 500.00, USD: 550.00}}, cost: {{EUR: 400.00}}}}
  - {{sku: SEAT, name: Seat, category: service, list: {{EUR: 10.0{n}, USD: 11.00}}}}
  - {{sku: TIER, name: Tier, category: goods}}
  - {{sku: GRAD, name: Graduated, category: goods, list: {{EUR: 20.00}}}}
  - {{sku: CALL, name: Calls, category: call, list: {{EUR: 0.05}}}}
  - {{sku: CARE, name: Care, category: service}}
bundles:
  - {{sku: PC, title: Computer, groups: [{{id: disk, title: Disk, where: 'category = "disk"', quantity_min: 1}}]}}
"""
PRICES = """\
prices:
  - {id: few, sku: TIER, price: {EUR: 7.77, USD: 8.88, JPY: 900}, quantity_max: 9}
  - {id: many, sku: TIER, price: {EUR: 6.66, USD: 7.77}, quantity_min: 10, when: 'quote.channel = "web"'}
  - {id: more, sku: TIER, price: {EUR: 7.07, USD: 8.08}, quantity_min: 10}
  - {id: dealer-pen, sku: PEN, book: dealer, price: {EUR: 1.11}}
  - {id: later-lamp, sku: LAMP, book: later, price: {EUR: 77.70}, from: 2026-03-04}
price_books:
  - {id: dealer, falls_back_to: default}
  - {id: later, falls_back_to: dealer}
percent_of_total:
  - {id: care, sku: CARE, percent: 18, of: 'line.family = "desk"'}
models:
  - {id: grad, sku: GRAD, model: graduated, pool: %s,
     tiers: [{up_to: 2, percent_off: 0}, {up_to: 9, percent_off: 10}, {percent_off: 25}]}
  - {id: call, sku: CALL, model: graduated, included: 10, minimum: {EUR: 2.00, USD: 3.00, JPY: 300},
     tiers: [{up_to: 20, unit: {EUR: 0.05, USD: 0.06, JPY: 8}}, {unit: {EUR: 0.04, USD: 0.05, JPY: 7}}]}
"""
MORE_PRICES = {
    "guards": "guards: [{id: margin, margin_percent_min: 12}, {id: floor, when: 'line.sku = \"INK\"', floor: 9.10,"
    " until: 2026-03-05}]\n",
    "contracts": "contracted:\n  - {id: anna-pen, customer: anna, sku: PEN, price: {EUR: 1.23}}\n"
    "  - {id: desk, family: desk, percent_off: 5, from: 2026-03-03,\n"
    "     when: 'customer.level != null and customer.level > 1'}\n",
    "bundle": "bundle_prices:\n  - {id: pc, bundle: PC, price: {EUR: 540.00}}\n",
}
RATES = """\
exchange_rates:
  - {source: EUR, target: JPY, rate: 161.3, since: 2026-01-01}
  - {source: EUR, target: JPY, rate: 158.9, since: 2026-03-03}
  - {source: EUR, target: USD, rate: 1.09, since: 2026-01-01}
  - {source: EUR, target: USD, rate: 1.1, since: 2026-03-02}
"""
LIKELY = {"guards": 0.4, "contracts": 0.15, "bundle": 0.15}
PAST = """\
models:
  - id: seats
    sku: SEAT
    model: graduated
    past_months: 6
    tiers: [{up_to: 9, unit: {EUR: 9.50, USD: 10.00, JPY: 990}}, {unit: {EUR: 8.50, USD: 9.00, JPY: 880}}]
"""
LINE_RULES = {
    "all": "{id: all, give: 3 % off unit}",
    "many": "{id: many-off, when: line.qty >= 4, give: 10 % off unit}",
    "family": "{id: family, when: 'line.family = \"desk\"', give: 0.07 off unit}",
    "segment": "{id: segment, when: 'customer.segment = \"edu\"', give: 7 % off unit}",
    "formula": "{id: formula, when: customer.level != null and line.qty >= 2, give: customer.level % off unit}",
    "level": "{id: level, when: 'customer.level != null and customer.level * line.qty > 6', give: 11 % off unit}",
    "code-fact": "{id: code-fact, when: 'customer.code = \"1\"', give: 2 % off unit}",
    "vip": "{id: vip, when: customer.vip = true, give: 1 % off unit}",
    "note": "{id: note, when: 'quote.note != null and string length(quote.note) > 2', give: 1.5 % off unit}",
    "whom": "{id: whom, when: 'customer.name = \"Anna\"', give: 4.4 % off unit}",
    "tag": "{id: tag, when: 'line.item.tag = \"1\"', give: 5 % off unit}",
    "size": "{id: size, when: 'line.item.size != null and line.item.size > 1', give: 5 % off unit}",
    "once": "{id: once, code: ONCE, uses: 3, give: 10 % off unit}",
    "each": "{id: each-once, code: EACH, uses_per_customer: 2, give: 10 % off unit}",
    "pot": "{id: pot, code: POT, budget: {EUR: 4.00}, give: '{EUR: 0.15 off unit, USD: 0.15 off unit}'}",
    "limited": "{id: limited, uses: 2, when: 'line.sku = \"LAMP\"', give: 5.00 off unit}",
    "dated": "{id: dated, from: 2026-03-03, until: 2026-03-06, give: 2 % off unit}",
}
OF_THE_QUOTE = {
    "id": "{id: by-id, when: 'line.id = \"l1\"', give: 6 % off unit}",
    "total": "{id: by-total, when: quote.list > 200, give: 8 % off unit}",
    "quantity": "{id: by-quantity, when: quote.qty > 8, give: 12 % off unit}",
}
"""Rules that make a line hang on its quote, so that none is kept."""
ORDER_RULES = {
    "big": "{id: big, when: quote.net > 100, give: 5 % off order}",
    "lamps": "{id: lamps, for: 'line.sku = \"LAMP\"', give: 10.00 off order}",
    "even": "{id: even, give: 1.01 off order, spread: even}",
    "gift": "{id: gift, when: 'sum(lines.qty) >= 6', give: add PEN at 0}",
    "phone": "{id: phone, when: 'quote.channel = \"phone\"', give: 0.5 % off order}",
}
CHAINS = "chains:\n  - {id: sales, levels: [manager]}\n"
POLICIES = """\
# who has to look ; hit=COLLECT
quote.margin_pct,id,out: chain,out: level,out: say
< 10,thin,sales,manager,The margin is thin
"""
DEPTH = """\
# who has to look ; hit=COLLECT
quote.discount_pct,id,out: chain,out: level,out: say
> 50,deep,sales,manager,The discount is deep
"""
TERMS = """\
recognition:
  - {id: any, timing: point_in_time}
fulfilment:
  - id: ship
    steps: [{id: send, department: warehouse, delivers: true}]
"""
TAX = "tax_code,customer.region,out: percent\nstandard,DE,19\nstandard,-,0\nlow,DE,7\nlow,-,5\n"


def book(random_: random.Random) -> dict[str, bytes]:
    """A book of one of two names, with some of the rules, that may hold from or until a day."""
    days = random_.choice(("",) * 4 + ("from: 2026-03-03\n", "from: 2026-03-05\n", "until: 2026-03-04\n"))
    head = BOOK.format(name=random_.choice(("one", "two")), days=days, points=random_.choice(("line", "unit, line")))
    prices = PRICES % random_.choice(("line", "sku", "quote"))
    if random_.random() < 0.2:
        prices = prices.replace("models:\n", PAST, 1)
    prices += RATES + "".join(text for name, text in MORE_PRICES.items() if random_.random() < LIKELY[name])
    rules = random_.sample(tuple(LINE_RULES.values()), 4)
    rules += random_.sample(tuple(OF_THE_QUOTE.values()), random_.choice((0, 0, 0, 1)))
    rules += [LINE_RULES[each] for each in ("once", "each", "pot", "limited") if LINE_RULES[each] not in rules]
    orders = random_.sample(tuple(ORDER_RULES.values()), random_.randint(0, 2))
    discounts = "discounts:\n" + "".join(f"  - {each}\n" for each in rules)
    if orders:
        discounts += "order_discounts:\n" + "".join(f"  - {each}\n" for each in orders)
    files = {
        "book.yaml": head,
        "catalog/catalog.yaml": CATALOG.format(n=random_.randint(0, 2)),
        "prices/prices.yaml": prices,
        "discounts/discounts.yaml": discounts,
        "approvals/chains.yaml": CHAINS,
        "approvals/policies.csv": random_.choice((POLICIES, DEPTH, DEPTH)),
        "terms/terms.yaml": TERMS,
        **({"terms/tax.csv": TAX} if random_.random() < 0.6 else {}),
    }
    return {path: text.encode() for path, text in files.items()}

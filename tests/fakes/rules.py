"""A small rule book for tests of the shell: a flat product, a licence by the month, a bundle, two approval chains."""

from __future__ import annotations

BOOK = """\
id: small
title: A small book
currency: EUR
currencies: [EUR, USD]
time_zone: UTC
rounding: {mode: half_up, at: [line], of: price}
facts:
  customer:
    segment: {values: [retail, edu], title: Kind of customer}
    region: {values: [DE, US], title: Where the customer is}
  quote:
    channel: {values: [web, phone], title: Where the quote was asked for}
"""
CATALOG = """\
categories:
  goods:
    title: Goods
    recognition: goods
    fulfilment: ship
  service:
    title: Services
    charge: {kind: recurring, period: month, timing: advance}
    recognition: service
    tax_code: standard
  meter:
    title: Metered
    charge: {kind: usage, period: month, meter: calls}
    recognition: usage
  machine:
    title: Machines
    recognition: goods
    fulfilment: ship
  cpu:
    title: Processors
    recognition: goods
    attributes: {socket: {type: text}}
  board:
    title: Boards
    recognition: goods
    attributes: {socket: {type: text}}
products:
  - {sku: MUG, name: Mug, category: goods, list: {EUR: 12.50, USD: 14.00}, cost: {EUR: 5.00}}
  - {sku: PLAN, name: Plan, category: service, list: {EUR: 30.00, USD: 33.00}}
  - {sku: CALLS, name: Calls, category: meter, list: {EUR: 0.05, USD: 0.06}}
  - {sku: BOX, name: Box, category: machine, list: {EUR: 100.00, USD: 110.00}}
  - {sku: CPU-A, name: Processor A, category: cpu, attributes: {socket: s1}, list: {EUR: 200.00, USD: 220.00}}
  - {sku: CPU-B, name: Processor B, category: cpu, attributes: {socket: s2}, list: {EUR: 300.00, USD: 330.00}}
  - {sku: BRD-1, name: Board 1, category: board, attributes: {socket: s1}, list: {EUR: 80.00, USD: 88.00}}
  - {sku: BRD-2, name: Board 2, category: board, attributes: {socket: s2}, list: {EUR: 90.00, USD: 99.00}}
  - {sku: OLD, name: Old mug, category: goods, list: {EUR: 1.00}, discontinued: true}
bundles:
  - sku: BOX
    title: Box
    groups:
      - {id: cpu, title: Processor, where: category = "cpu"}
      - {id: board, title: Board, where: category = "board"}
"""
CONSTRAINTS = """\
bundle: BOX
constraints:
  - id: same-socket
    require: cpu.socket = board.socket
    say: 'processor and board need one socket'
"""
DISCOUNTS = """\
groups:
  - {id: segment, pick: first}
discounts:
  - id: edu
    group: segment
    when: customer.segment = "edu"
    give: 10 % off unit
    say: Education price
  - id: edu-web
    group: segment
    when: customer.segment = "edu" and quote.channel = "web"
    give: 5 % off unit
"""
CHAINS = """\
chains:
  - {id: sales, levels: [manager, director]}
"""
POLICIES = """\
# who has to look ; hit=COLLECT
quote.discount_pct,id,out: chain,out: level,out: due,out: say
> 15,deep,sales,manager,P2D,The discount is deeper than 15 percent
> 30,deeper,sales,director,P2D,The discount is deeper than 30 percent
"""
TERMS = """\
contract: {payment_days: 30, day_count: daily}
recognition:
  - {id: goods, timing: point_in_time, category: goods}
  - {id: service, timing: monthly_even, series: true, category: service}
  - {id: usage, timing: usage, category: usage}
fulfilment:
  - id: ship
    steps:
      - {id: pick, department: warehouse, compensation: put it back}
      - {id: send, department: distribution, after: pick, delivers: true, no_return: true}
"""
TAX = """\
# value added tax
tax_code,customer.region,out: percent
standard,DE,19
standard,-,0
"""
TESTS = """\
tests:
  - name: one mug
    given: {date: 2026-03-01, customer: {region: DE}, lines: [{sku: MUG}]}
    expect: {total_net: 12.50}  # 1 x 12.50
"""
SMALL: dict[str, bytes] = {
    "book.yaml": BOOK.encode(),
    "catalog/products.yaml": CATALOG.encode(),
    "constraints/box.yaml": CONSTRAINTS.encode(),
    "discounts/rules.yaml": DISCOUNTS.encode(),
    "approvals/chains.yaml": CHAINS.encode(),
    "approvals/policies.csv": POLICIES.encode(),
    "terms/terms.yaml": TERMS.encode(),
    "terms/tax.csv": TAX.encode(),
    "tests/prices.yaml": TESTS.encode(),
}

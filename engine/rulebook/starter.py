"""The files of a new rule book: one of each kind, small, complete and tested."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_BOOK = """\
# yaml-language-server: $schema=schema/book.schema.json
id: {id}
title: {title}
currency: EUR
currencies: [EUR]
facts:
  customer:
    segment: {{values: [retail, business]}}
"""
_CATALOG = """\
# yaml-language-server: $schema=../schema/catalog.schema.json
products:
  - {sku: CHAIR, name: Chair, family: furniture, list: {EUR: 120.00}, cost: {EUR: 70.00}}
  - {sku: DESK, name: Desk, family: furniture, list: {EUR: 480.00}, cost: {EUR: 300.00}}
"""
_DISCOUNTS = """\
# yaml-language-server: $schema=../schema/discounts.schema.json
discounts:
  - id: ten-chairs
    when: line.sku = "CHAIR" and line.qty >= 10
    give: 5 % off unit
    say: Ten chairs or more
"""
_CHAINS = """\
# yaml-language-server: $schema=../schema/approvals.schema.json
chains:
  - {id: sales, levels: [manager]}
"""
_POLICIES = """\
# who has to look ; hit=COLLECT
quote.discount_pct,out: chain,out: level,out: due
> 10,sales,manager,P2D
"""
_TESTS = """\
# yaml-language-server: $schema=../schema/tests.schema.json
tests:
  - name: ten chairs get five percent
    given:
      date: 2026-03-01
      customer: {segment: business}
      lines: [{sku: CHAIR, qty: 10}]
    # 120.00 less 5 % = 114.00; 10 x 114.00 = 1140.00
    expect: {lines: [{unit_net: 114.00, applied: [ten-chairs]}], total_net: 1140.00, approvals: []}

  - name: twelve percent by hand are seen by the manager
    given:
      date: 2026-03-01
      customer: {segment: business}
      manual: [{value: 12, reason: first order}]
      lines: [{sku: DESK, qty: 1}]
    # 480.00 less 12 % = 422.40
    expect: {total_net: 422.40, discount_pct: 12, approvals: [sales/manager]}
"""


def starter_files(name: str, title: str) -> Mapping[str, str]:
    """The files of a new book by path."""
    return MappingProxyType(
        {
            "book.yaml": _BOOK.format(id=name, title=title),
            "catalog/products.yaml": _CATALOG,
            "discounts/rules.yaml": _DISCOUNTS,
            "approvals/chains.yaml": _CHAINS,
            "approvals/discount.csv": _POLICIES,
            "tests/chairs.yaml": _TESTS,
        }
    )

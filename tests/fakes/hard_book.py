"""A book with a bundle that is hard to search: eight guests, seven rooms, and a mode in which nobody shares.

The strict mode has no valid configuration, which takes a solver thousands of conflicts to prove.
"""

from __future__ import annotations

from itertools import combinations

GUESTS, ROOMS = 8, 7
HOTEL = "HOTEL"

_CATALOG = """\
categories:
  house: {title: Houses, recognition: goods, fulfilment: ship}
  room:
    title: Rooms
    recognition: goods
    attributes: {number: {type: number}}
  mode:
    title: Modes
    recognition: goods
    attributes: {strict: {type: boolean}}
products:
  - {sku: HOTEL, name: Hotel, category: house, list: {EUR: 1.00}}
  - {sku: LOOSE, name: Guests may share, category: mode, attributes: {strict: false}, list: {EUR: 5.00}}
  - {sku: STRICT, name: Nobody shares, category: mode, attributes: {strict: true}, list: {EUR: 9.00}}
"""
_BUNDLE = """\
bundles:
  - sku: HOTEL
    title: Hotel
    groups:
      - {id: mode, title: Mode, where: category = "mode"}
"""


def hard_book(small: dict[str, bytes]) -> dict[str, bytes]:
    """The small book with the hard bundle in the place of its own."""
    rooms = "\n".join(
        f"  - {{sku: R{at}, name: Room {at}, category: room, attributes: {{number: {at}}}, list: {{EUR: {at}.00}}}}"
        for at in range(1, ROOMS + 1)
    )
    groups = "\n".join(f'      - {{id: g{at}, title: Guest {at}, where: category = "room"}}' for at in range(GUESTS))
    rules = "\n".join(
        f"  - {{id: apart-{a}-{b}, require: 'not(mode.strict) or g{a}.number != g{b}.number', say: guests {a} and {b}}}"
        for a, b in combinations(range(GUESTS), 2)
    )
    catalog = f"{_CATALOG}{rooms}\n{_BUNDLE}{groups}\n"
    constraints = f"bundle: HOTEL\nconstraints:\n{rules}\n"
    files = {name: content for name, content in small.items() if "test" not in name}
    return {
        **files,
        "book.yaml": small["book.yaml"].replace(b"[EUR, USD]", b"[EUR]"),
        "catalog/products.yaml": catalog.encode(),
        "constraints/box.yaml": constraints.encode(),
    }

"""Attributes that callers state of lines: read by their declarations, and refused where they cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog import AttributeDef, Catalog, LineId, Value
from engine.language.types import BOOLEAN, DATE, NUMBER, TEXT, EnumType, ListType, Type, optional
from engine.quotes.certificate import certificate_of, verify
from engine.quotes.evaluation import Parts, PricedQuote, evaluate
from engine.quotes.request import RequestedLine
from engine.rulebook.line_attributes import read_attributes
from tests.quotes.offers import catalog, line, parts, priced, request

TYPES: dict[str, Type] = {
    "watt": NUMBER,
    "made": DATE,
    "lit": BOOLEAN,
    "note": TEXT,
    "wood": EnumType("wood", ("oak", "beech")),
    "fits": ListType(TEXT),
}
KINDS: dict[str, type] = {"watt": Decimal, "made": date, "lit": bool, "note": str, "wood": str, "fits": tuple}


def known() -> Catalog:
    defined = {name: AttributeDef(name, optional(each)) for name, each in TYPES.items()}
    return replace(catalog(), attributes={"": defined})


def stated(sku: str, **attributes: Value) -> RequestedLine:
    return line("a", sku)._replace(attributes=attributes)


def faults(wanted: RequestedLine) -> list[str]:
    return [str(each) for each in read_attributes((wanted,), known()).faults]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"wood": "oak", "watt": Decimal(5), "made": date(2026, 3, 1), "lit": False, "fits": ("a",)}, []),
        ({"wood": None, "watt": None}, []),
        ({"wood": "beach"}, ["wood: `line.item.wood` is never `beach`; did you mean `beech`?"]),
        ({"wood": "pine"}, ["wood: `line.item.wood` is never `pine`; it is one of `oak`, `beech`"]),
        ({"watt": True}, ["watt: `line.item.watt` takes a number, not `true`; give a number"]),
        ({"watt": (Decimal(1),)}, ["watt: `line.item.watt` takes a number, not a list; give a number"]),
        ({"lit": Decimal(1)}, ["lit: `line.item.lit` takes true or false, not `1`; give true or false"]),
        ({"note": Decimal(1)}, ["note: `line.item.note` takes a text, not `1`; give it as a text"]),
        (
            {"wat": Decimal(5), "watt": date(2026, 3, 1)},
            [
                "wat: `DISK` has no attribute `wat`; did you mean `watt`?",
                "watt: `line.item.watt` takes a number, not `2026-03-01`; give a number",
            ],
        ),
    ],
)
def test_every_attribute_that_cannot_be_is_named(attributes: dict[str, Value], expected: list[str]) -> None:
    assert faults(stated("DISK", **attributes)) == [f"QUO120: lines[0].attributes.{each}" for each in expected]


def test_texts_become_what_is_declared() -> None:
    (read,) = read_attributes((stated("DISK", watt="12.5", made="2026-03-01", lit="true"),), known()).lines
    assert read.attributes == {"watt": Decimal("12.5"), "made": date(2026, 3, 1), "lit": True}


def test_a_configured_product_takes_the_kinds_that_are_declared_and_leaves_choices_to_its_configuration() -> None:
    assert faults(stated("PC", wood="pine", anything="x")) == []
    assert faults(stated("PC", watt="heavy")) == [
        "QUO120: lines[0].attributes.watt: `line.item.watt` takes a number, not `heavy`; "
        "write digits with a point, no thousands separators"
    ]


SINGLE = st.one_of(
    st.none(),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
    st.dates(),
    st.sampled_from(("", "oak", "1", "2026-03-01", "true", "heavy")),
)
VALUES = st.one_of(SINGLE, st.lists(SINGLE, max_size=2).map(tuple))


@given(st.dictionaries(st.sampled_from([*TYPES]), VALUES), st.sampled_from(("DISK", "PC")))
def test_what_is_read_is_of_the_declared_kind_or_named(attributes: dict[str, Value], sku: str) -> None:
    read = read_attributes((stated(sku, **attributes),), known())
    (found,) = read.lines
    refused = {each.field.rpartition(".")[2] for each in read.faults}
    assert refused | found.attributes.keys() == attributes.keys()
    assert not refused & found.attributes.keys()
    for name, value in found.attributes.items():
        assert value is None or type(value) is KINDS[name] or (sku == "PC" and name == "wood")
    again = read_attributes(read.lines, known())
    assert (again.lines, again.faults) == (read.lines, ())


def test_a_line_that_states_nothing_wrong_is_the_same_line() -> None:
    lines = (stated("DISK", watt=Decimal(1)), line("b", "DISK"), line("c", "NONE"))
    found = read_attributes(lines, known())
    assert all(read is each for read, each in zip(found.lines, lines, strict=True))
    assert not found.faults


def test_a_stored_line_keeps_what_is_not_declared_until_it_is_changed() -> None:
    stored = stated("DISK", engraving="Anna", watt=Decimal(1))
    assert read_attributes((stored,), known(), before=(stored,)) == read_attributes((stored,), catalog_with_engraving())
    changed = stored._replace(quantity=Decimal(2))
    other = stored._replace(id=LineId("b"))
    for each in (changed, other):
        (fault,) = read_attributes((each,), known(), before=(stored,)).faults
        assert fault.field == "lines[0].attributes.engraving"
    wrong = stated("DISK", watt="heavy")
    (fault,) = read_attributes((wrong,), known(), before=(wrong,)).faults
    assert fault.field == "lines[0].attributes.watt"


def catalog_with_engraving() -> Catalog:
    found = known()
    more = {**found.attributes[""], "engraving": AttributeDef("engraving", optional(TEXT))}
    return replace(found, attributes={"": more})


@pytest.mark.parametrize("attributes", [{"engraving": "Anna"}, {"watt": "heavy"}, {"watt": True}, {"wood": "pine"}])
def test_an_offer_from_before_attributes_were_checked_still_verifies(attributes: dict[str, Value]) -> None:
    """Its certificate is that of what the pipeline makes of its request, which no check of entries may change."""
    book = replace_catalog(parts(), known())
    offer = evaluate(request(stated("DISK", **attributes)), book)
    assert isinstance(offer, PricedQuote)
    assert offer.priced.totals == priced(request(line("a", "DISK"))).priced.totals
    assert verify(offer, certificate_of(offer), book) is None
    assert faults(offer.request.lines[0])


def replace_catalog(found: Parts, wanted: Catalog) -> Parts:
    return Parts(found.rule_book, wanted, found.configurators, found.plan, found.policies, found.chains)

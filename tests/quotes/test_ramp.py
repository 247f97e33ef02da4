"""Ramps: a term cut into segments, each a line of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from engine.catalog import LineId
from engine.diagnostics import Code, Fault, Refusal
from engine.pricing.models.ramp import ShortSegment
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, RequestLine
from engine.quotes.evaluation import PricedQuote
from engine.quotes.facts import line_facts
from engine.quotes.ramp import Ramp, SegmentTerms, Term, as_asked, expand
from engine.quotes.request import RequestedLine
from tests.rulebook.shop import D, book_of, line, nets, quote, refused

TERM = Term(39, date(2026, 3, 1))


def cut(*lines: RequestedLine, term: Term = TERM, **ramps: Ramp) -> tuple[RequestedLine, ...]:
    found = expand(lines, {LineId(name): ramp for name, ramp in ramps.items()}, term)
    assert not isinstance(found, Refusal), str(found)
    return found


def faults(*lines: RequestedLine, term: Term = TERM, ramps: Mapping[str, Ramp]) -> list[str]:
    found = expand(lines, {LineId(name): ramp for name, ramp in ramps.items()}, term)
    assert isinstance(found, Refusal)
    return [str(each) for each in found.faults]


def test_39_months_by_year_are_four_segments_the_last_of_three_months() -> None:
    found = cut(line("SEAT", "5"), seat=Ramp())
    assert [(each.id, each.start, each.term_months, each.segment) for each in found] == [
        ("seat/1", date(2026, 3, 1), 12, 1),
        ("seat/2", date(2027, 3, 1), 12, 2),
        ("seat/3", date(2028, 3, 1), 12, 3),
        ("seat/4", date(2029, 3, 1), 3, 4),
    ]
    short = cut(line("SEAT", "5"), seat=Ramp(short=ShortSegment.FIRST))
    assert [each.term_months for each in short] == [3, 12, 12, 12]


def test_segments_have_quantities_and_uplifts_of_their_own() -> None:
    own = {2: SegmentTerms(quantity=D(8)), 3: SegmentTerms(quantity=D(9), uplift_percent=D(2))}
    found = cut(line("SEAT", "5"), seat=Ramp(uplift_percent=D(10), own=own))
    priced = quote(book_of(), *found)
    # 5 x 10; 8 x 11; 9 x 10.20; 5 x 13.31, a month
    assert nets(priced) == {"seat/1": "50.00", "seat/2": "88.00", "seat/3": "91.80", "seat/4": "66.55"}
    totals = priced.priced.totals
    # 12 x 50 + 12 x 88 + 12 x 91.80 + 3 x 66.55
    assert str(totals.tcv.decimal) == "2957.25"
    # what recurs at first is the first segment
    assert (str(totals.mrr.decimal), str(totals.arr.decimal), str(totals.acv.decimal)) == ("50.00", "600.00", "600.00")


def test_a_segment_may_have_a_price_of_its_own() -> None:
    discounts = "discounts: [{id: tenth, give: 10 % off unit}]"
    own = {1: SegmentTerms(unit_price=D("7.50")), 3: SegmentTerms(D(9), unit_price=D(0))}
    found = cut(line("SEAT", "5"), seat=Ramp(uplift_percent=D(10), own=own))
    assert [(each.segment_price, each.uplift_percent) for each in found[:3]] == [(D("7.50"), 0), (None, D(10)), (0, 0)]
    priced = quote(book_of(discounts=discounts), *found)
    # 5 x 7.50; 5 x 11; nothing; 5 x 13.31; each less a tenth
    assert nets(priced) == {"seat/1": "33.75", "seat/2": "49.50", "seat/3": "0.00", "seat/4": "59.90"}
    # what the book says is the list price still, so that approvals see how deep the price is
    assert [str(each.list_unit) for each in priced.priced.lines] == ["10.00", "10.00", "10.00", "10.00"]


def test_a_price_of_its_own_needs_a_segment_and_no_uplift() -> None:
    both = Ramp(own={2: SegmentTerms(unit_price=D(9), uplift_percent=D(5))})
    assert faults(line("SEAT"), ramps={"seat": both}) == [
        "QUO112: lines[0].ramp.segments: segment 2 has both a price and an uplift; give one of them"
    ]
    assert refused(book_of(), line("SEAT")._replace(segment_price=D(9))) == [
        "QUO111: lines[0].segment_price: only the segment of a ramp has a price of its own; "
        "ramp the line, or give a manual discount"
    ]
    assert refused(book_of(), *cut(line("SEAT"), seat=Ramp(own={1: SegmentTerms(unit_price=D(-1))}))) == [
        "PRC018: lines[0].segment_price: `-1` is not the price of a segment; give an amount of zero or more"
    ]


def test_parts_come_with_every_segment_of_the_line_above() -> None:
    found = cut(line("SEAT", "5"), line("INK", "2", parent="seat"), line("PEN"), term=Term(24, DAY), seat=Ramp())
    assert [(each.id, each.parent) for each in found] == [
        ("seat/1", None),
        ("seat/2", None),
        ("ink/1", "seat/1"),
        ("ink/2", "seat/2"),
        ("pen", None),
    ]


DAY = date(2026, 3, 1)


def test_a_rule_reads_the_segment() -> None:
    discounts = "discounts: [{id: first-year, when: line.segment = 1, give: 50 % off unit}]"
    found = cut(line("SEAT"), term=Term(24, DAY), seat=Ramp())
    assert nets(quote(book_of(discounts=discounts), *found)) == {"seat/1": "5.00", "seat/2": "10.00"}


def test_the_shortest_and_the_longest_ramp() -> None:
    (only,) = cut(line("SEAT"), term=Term(1, DAY), seat=Ramp())
    assert (only.term_months, only.segment) == (1, 1)
    century = cut(line("SEAT"), term=Term(1_200, DAY), seat=Ramp())
    assert (len(century), century[-1].start) == (100, date(2125, 3, 1))
    assert len(cut(line("SEAT"), term=Term(120, DAY), seat=Ramp(segment_months=1))) == 120
    assert faults(line("SEAT"), term=Term(1_201, DAY), ramps={"seat": Ramp()}) == [
        "QUO112: lines[0].ramp: a ramp needs a term of 1 to 1200 months; give `term_months` on the line or the quote"
    ]


def test_a_line_with_a_start_of_its_own_is_cut_from_there() -> None:
    found = cut(line("SEAT", start=date(2026, 7, 1)), term=Term(24, DAY), seat=Ramp())
    assert [each.start for each in found] == [date(2026, 7, 1), date(2027, 7, 1)]


def test_bad_ramps_are_refused_all_at_once() -> None:
    ramps = {"a": Ramp(), "b": Ramp(segment_months=0), "c": Ramp(own={5: SegmentTerms()}), "d": Ramp()}
    lines = (
        line("SEAT", id="a", term_months=0),
        line("SEAT", id="b"),
        line("SEAT", id="c"),
        line("SEAT", id="d", parent="c"),
    )
    assert faults(*lines, ramps=ramps, term=Term(None, DAY))[0] == (
        "QUO112: lines[0].ramp: a ramp needs a term of 1 to 1200 months; give `term_months` on the line or the quote"
    )
    assert faults(*lines[1:], ramps=ramps) == [
        "QUO112: lines[0].ramp.segment_months: segments of 0 months",
        "QUO112: lines[1].ramp.segments: there is no segment 5: 39 months make 4 segments",
        "QUO112: lines[2].ramp: a line above it is ramped already; ramp one of them",
    ]
    many = faults(line("SEAT"), ramps={"seat": Ramp(segment_months=1)}, term=Term(240, DAY))
    assert many == ["QUO112: lines[0].ramp: 240 segments; 120 are allowed; make the segments longer"]
    assert refused(book_of(), *cut(line("PEN"), pen=Ramp()))[0] == (
        "QUO111: lines[0].segment: `PEN` is not charged every period, so it has no segments; ramp recurring lines only"
    )


def depth(priced: PricedQuote) -> tuple[Decimal, list[str], list[str]]:
    """The depth of all discounts, that of each line as approvals read it, and what a line counts at list."""
    lines = priced.priced.lines
    asked = [RequestLine(each.id, each.sku, each.quantity) for each in lines]
    facts = line_facts(asked, priced.priced, book_of().plan)
    listed = [str(priced.priced.money(each.list_amount).decimal) for each in lines]
    return priced.priced.totals.discount_percent, [str(each["discount_pct"]) for each in facts], listed


def test_an_uplift_hides_no_discount() -> None:
    years = cut(line("SEAT", "5"), term=Term(36, TERM.start), seat=Ramp(uplift_percent=D(10)))
    # 50.00, 55.00 and 60.50 are what 22 % is taken off: 11.00, 12.10 and 13.31 of 165.50
    off = ManualDiscount("m", ManualOn.TOTAL, ManualKind.PERCENT, D(22), "to win", "ann")
    priced = quote(book_of(), *years, manual=(off,))
    assert nets(priced) == {"seat/1": "39.00", "seat/2": "42.90", "seat/3": "47.19"}
    assert depth(priced) == (22, ["22.0000"] * 3, ["50.00", "55.00", "60.50"])
    # no discount, and no negative one
    assert depth(quote(book_of(), *years))[:2] == (0, ["0.0000"] * 3)


def test_a_segment_below_the_list_price_is_a_discount_and_a_dearer_one_offsets_none() -> None:
    own = {1: SegmentTerms(unit_price=D(6)), 2: SegmentTerms(unit_price=D(14)), 3: SegmentTerms(uplift_percent=D(-20))}
    found = cut(line("SEAT", "5"), term=Term(36, TERM.start), seat=Ramp(own=own))
    # 30.00 of 50.00; 70.00 of itself; 40.00 of 50.00: 30.00 of 170.00 is 17.6471 %
    priced = quote(book_of(), *found)
    assert depth(priced) == (D("17.6471"), ["40.0000", "0.0000", "20.0000"], ["50.00", "70.00", "50.00"])


def test_percents_of_the_list_price_count_the_dearer_segment() -> None:
    fifth = "discounts: [{id: fifth, give: 20 % off unit of list}]"
    years = cut(line("SEAT", "5"), term=Term(24, TERM.start), seat=Ramp(uplift_percent=D(10)))
    # 50.00 less 10.00; 55.00 less 11.00
    assert nets(quote(book_of(discounts=fifth), *years)) == {"seat/1": "40.00", "seat/2": "44.00"}


def test_faults_of_segments_name_the_line_that_was_asked_for_once() -> None:
    lines = line("SEAT"), line("MUG"), line("PEN")
    ramps = {LineId("seat"): Ramp(), LineId("pen"): Ramp()}
    expanded = expand(lines, ramps, TERM)
    assert not isinstance(expanded, Refusal)
    at = {each.id: n for n, each in enumerate(expanded)}
    wrong = [
        Fault(Code("A1"), f"lines[{at[LineId('mug')]}].quantity", "too few"),
        *(Fault(Code("A2"), f"lines[{n}].segment", "charged once") for n in range(at[LineId("pen/1")], len(expanded))),
        Fault(Code("A3"), f"lines[{at[LineId('seat/2')]}].quantity", "too many"),
        Fault(Code("A4"), "codes[0]", "unknown"),
    ]
    assert [str(each) for each in as_asked(wrong, lines, expanded)] == [
        "A1: lines[1].quantity: too few",
        "A2: lines[2].ramp: charged once",
        "A3: lines[0].quantity: too many",
        "A4: codes[0]: unknown",
    ]
    # Stored segments are lines that were asked for, whatever a new ramp puts before them.
    stored = (line("MUG"), *expanded[:3])
    again = expand(stored, {LineId("mug"): Ramp()}, TERM)
    assert not isinstance(again, Refusal)
    last = Fault(Code("A5"), f"lines[{len(again) - 1}].quantity", "too many")
    assert as_asked([last], stored, again)[0].field == f"lines[{len(stored) - 1}].quantity"

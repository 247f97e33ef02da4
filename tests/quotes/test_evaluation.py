from dataclasses import replace
from decimal import Decimal

import pytest

from engine.diagnostics import Refusal
from engine.money import Money, currency
from engine.quotes.evaluation import PricedQuote, evaluate, product_facts
from engine.quotes.lines import resolve
from engine.quotes.reevaluation import reevaluate
from tests.quotes.offers import catalog, line, parts, percent_off, priced, request


def test_lines_are_priced_and_a_quiet_quote_needs_nobody() -> None:
    found = priced(request(line("a", "DISK", "2"), line("s", "SEAT", "5")))
    # 2 x 100.00 once, 5 x 10.00 a month for 12 months
    assert found.priced.totals.one_time.decimal == Decimal("200.00")
    assert found.priced.totals.tcv.decimal == Decimal("800.00")
    assert found.route.chains == ()
    assert found.valid


def test_a_deep_discount_is_routed_with_its_reason() -> None:
    found = priced(request(manual=(percent_off("20"),)))
    (chain,) = found.route.chains
    assert [level.level for level in chain.levels] == ["manager"]
    assert chain.levels[0].reasons[0].policy == "deep"


def test_a_part_counts_for_each_of_its_bundle() -> None:
    found = priced(request(line("pc", "PC", "3"), line("d", "DISK", "2", "pc", "disk")))
    # 3 computers with 2 disks each: 6 x 100.00
    assert found.priced.totals.net.decimal == Decimal("600.00")
    assert found.valid


def test_an_incomplete_configuration_is_priced_but_not_valid() -> None:
    found = priced(request(line("pc", "PC")))
    assert not found.valid
    assert [each.message for each in found.findings] == ["Disk is not chosen yet"]


@pytest.mark.parametrize("before", ["", "1", "1.0000000"])
def test_equal_quantities_are_judged_alike_whatever_came_before(before: str) -> None:
    lines = [line("b", "DISK", before)] if before else []
    plain, padded = (resolve(request(*lines, line("a", "DISK", each)), catalog()) for each in ("1", "1.0000000"))
    assert not isinstance(plain, Refusal) and not isinstance(padded, Refusal)
    assert [each.quantity for each in plain] == [each.quantity for each in padded]
    finer = resolve(request(*lines, line("a", "DISK", "1.0000001")), catalog())
    assert isinstance(finer, Refusal)
    assert [each.field for each in finer.faults] == [f"lines[{len(lines)}].quantity"]


def test_every_fault_of_the_lines_is_named_at_once() -> None:
    refusal = evaluate(
        request(
            line("a", "DISC"),
            line("a", "OLD"),
            line("b", "DISK", "-1"),
            line("c", "DISK", "NaN"),
            line("d", "DISK", "1", "nowhere"),
            line("e", "DISK", "1", "e"),
            line("f", "DISK", "0.12345678"),
            line("g", "DISK", "1E+12"),
        ),
        parts(),
    )
    assert isinstance(refusal, Refusal)
    assert [str(each) for each in refusal.faults] == [
        "QUO103: lines[0].id: the line id `a` is used 2 times; give every line an id of its own",
        "QUO104: lines[0].sku: unknown product `DISC`; did you mean `DISK`?",
        "QUO103: lines[1].id: the line id `a` is used 2 times; give every line an id of its own",
        "QUO108: lines[1].sku: `OLD` is discontinued",
        "QUO107: lines[2].quantity: the quantity -1 is not above zero; remove the line instead",
        "QUO107: lines[3].quantity: the quantity is not a number",
        "QUO105: lines[4].parent: there is no line `nowhere`",
        "QUO106: lines[5].parent: the line `e` is a part of itself",
        "QUO107: lines[6].quantity: the quantity 0.12345678 has more than 6 decimals",
        "QUO107: lines[7].quantity: the quantity 1E+12 is above 1,000,000,000",
    ]


def test_no_lines_is_a_fault() -> None:
    empty = request()
    refusal = evaluate(type(empty)(empty.date, "EUR", ()), parts())
    assert isinstance(refusal, Refusal)
    assert refusal.faults[0].code == "QUO101"


def test_a_request_that_only_ends_lines_of_a_contract_costs_nothing() -> None:
    empty = replace(request(), lines=(), only_ends=True)
    found = evaluate(empty, parts())
    assert isinstance(found, PricedQuote)
    totals = found.priced.totals
    assert (found.priced.lines, totals.net, totals.tcv, totals.mrr) == ((), *[Money(0, currency("EUR"))] * 3)
    assert reevaluate(found, request(), parts()) == evaluate(request(), parts())
    refusal = evaluate(replace(empty, currency="nothing"), parts())
    assert isinstance(refusal, Refusal)


def test_rules_read_the_facts_of_a_product() -> None:
    facts = product_facts(catalog().products["DISK"], {"colour": "red"})  # type: ignore[index]
    assert facts["product"] == "DISK"
    assert facts["item"] == {"colour": "red"}


def test_a_term_is_from_one_month_to_a_hundred_years() -> None:
    plain = request(line("a", "SEAT"))
    (seat,) = plain.lines
    for months in (0, 1, 1_200, 1_201):
        faults = []
        for each in (replace(plain, term_months=months), replace(plain, lines=(seat._replace(term_months=months),))):
            found = resolve(each, catalog())
            faults += [fault.field for fault in found.faults] if isinstance(found, Refusal) else []
        assert faults == ([] if 1 <= months <= 1_200 else ["term_months", "lines[0].term_months"])


def test_parts_are_nested_eight_levels_deep_and_no_deeper() -> None:
    levels = [line("l1", "DISK", "2"), *(line(f"l{n}", "DISK", "2", f"l{n - 1}") for n in range(2, 10))]
    eight, nine = (resolve(request(*levels[:most]), catalog()) for most in (8, 9))
    assert not isinstance(eight, Refusal)
    # two of each in two of each above it: 2 ** 8
    assert eight[-1].quantity == Decimal(256)
    assert [each.root and each.root.id for each in eight] == [None, *["l1"] * 7]
    assert isinstance(nine, Refusal)
    assert [str(each) for each in nine.faults] == [
        "QUO106: lines[8].parent: the line `l9` is nested deeper than 8 levels"
    ]

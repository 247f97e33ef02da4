"""What stacking a rule book can say, from the file to the amount; each amount worked out beside it."""

from __future__ import annotations

import pytest

from engine.pricing.plan import NO_LIMIT, NO_USAGE_LIMIT
from engine.pricing.programs import SHARE
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, Replaces
from tests.rulebook.shop import D, ask, book_of, findings_of, line, nets, quote

CATALOG = """\
products:
  - {sku: A, name: A, list: {EUR: 100, USD: 110}}
  - {sku: B, name: B, list: {EUR: 20, USD: 22}}
"""
MONEY = {"catalog/catalog.yaml": CATALOG}


def priced(discounts: str, *lines: str, head: str = "", **more: object) -> dict[str, str]:
    """The nets of lines written ``SKU`` or ``SKU x quantity``."""
    parts = book_of(MONEY, head=f"currencies: [EUR, USD]\n{head}", discounts=discounts)
    asked = [line(*each.split(" x ")) for each in lines or ("A", "B")]
    return nets(quote(parts, *asked, **more))


def rules(*give: str, group: str = "", level: str = "discounts") -> str:
    """A file with one group ``g`` and rules ``r0``, ``r1`` … in it."""
    head = "" if not group else f"groups:\n  - {{id: g, {group}}}\n"
    member = "group: g, " if group else ""
    body = "\n".join(f"  - {{id: r{n}, {member}{each}}}" for n, each in enumerate(give))
    return f"{head}{level}:\n{body}\n"


def test_a_cap_is_given_by_currency() -> None:
    text = rules("give: 30 % off unit", group="cap: {EUR: '20 %, 15.00', USD: 18.00}")
    assert priced(text, "A", "B") == {"a": "85.00", "b": "16.00"}  # 15.00 at most; 20 % of 20
    assert priced(text, "A", currency="USD") == {"a": "92.00"}  # 18.00 at most of 33.00


def test_a_cap_over_the_quote_is_given_back_in_proportion() -> None:
    text = rules("give: 50 % off unit", group="cap: 30.00, cap_of: quote")
    # 50.00 and 10.00 would be given; 30.00 may be: 25.00 and 5.00
    assert priced(text) == {"a": "75.00", "b": "15.00"}


def test_a_first_unit_and_each_further_one() -> None:
    # 5 + 2 x 2 off 60
    assert priced(
        rules("give: '{EUR: 5 off first unit, 2 off each further, USD: 1 off first unit, 1 off each further}'"), "B x 3"
    ) == {"b": "51.00"}
    wrong = rules("give: '{EUR: 5 off first unit, 2 off each further, USD: 5 off order}'", level="order_discounts")
    found = findings_of(MONEY, head="currencies: [EUR, USD]\n", discounts=wrong)
    assert found == ["PRC113: `r0` acts on lines but its group acts on the order"]


def test_a_gift_for_each_so_many_units() -> None:
    text = rules("give: 'add B at 0 for_each 2 where line.sku = \"A\"'", level="order_discounts")
    found = quote(book_of(MONEY, head="currencies: [EUR, USD]\n", discounts=text), line("A", "5"))
    assert [(each.sku, each.quantity) for each in found.priced.gifts] == [("B", D(2))]
    assert "DSC201: `for_each 0` is not above zero" in findings_of(
        MONEY, discounts=rules("give: add B at 0 for_each 0", level="order_discounts")
    )


def test_a_set_may_be_short_when_it_says_so() -> None:
    whole = rules("give: buy 2 of any get 2 of cheapest at 0 % repeat", level="order_discounts")
    short = rules("give: buy 2 of any get 2 of cheapest at 0 % repeat partial", level="order_discounts")
    assert priced(whole, "B x 7") == {"b": "100.00"}  # one set of four: two free
    assert priced(short, "B x 7") == {"b": "80.00"}  # and one more of two and one


def test_units_at_their_original_price_less_what_was_granted() -> None:
    give = ("give: 10.00 off unit, priority: 9", "give: 100 % off unit, units_max: 2, units_of: original")
    head = "groups: [{id: g}]\ndiscounts:\n"
    both = head + "\n".join(
        f"  - {{id: r{n}, group: g, {each}}}"
        for n, each in enumerate(("give: '{EUR: 10 off unit, USD: 10 off unit}', priority: 9", give[1]))
    )
    # 4 x 20 less 4 x 10; then two units, worth 40 less the 40 granted: nothing
    assert priced(both, "B x 4") == {"b": "40.00"}
    # at the running price they are worth 20
    assert priced(both.replace(", units_of: original", ""), "B x 4") == {"b": "20.00"}


def test_exclusive_stop_pairs_bands_and_percents_of_list() -> None:
    assert priced(rules("give: 10 % off unit", "give: 3 % off unit, exclusive: true"), "A") == {"a": "97.00"}
    stop = rules("give: 10 % off unit", "give: 3 % off unit, then: stop, priority: 5")
    assert priced(stop, "A") == {"a": "97.00"}
    assert priced(rules("give: 10 % off unit, priority: 5", "give: 50 % off unit, not_with: r0"), "A") == {"a": "90.00"}
    assert priced(rules("give: 10 % off unit, priority: 5", "give: 20 % off unit of list"), "A") == {"a": "70.00"}
    bands = rules(
        "give: 10 % off unit, priority: 9",
        "give: 20 % off unit, priority: 9",
        "give: 50 % off unit",
        group="pick: bands, within: compound_vs_best, across: stop",
    )
    assert priced(bands, "A") == {"a": "72.00"}


def test_order_discounts_are_for_some_lines_and_hold_floors() -> None:
    some = rules('give: 10 % off order, for: line.sku = "A"', level="order_discounts")
    assert priced(some) == {"a": "90.00", "b": "20.00"}
    even = rules("give: '{EUR: 30.00 off order, USD: 1 off order}', spread: even", level="order_discounts")
    assert priced(even) == {"a": "85.00", "b": "5.00"}
    units = rules("give: 50 % off units (dearest 1)", level="order_discounts")
    assert priced(units, "A x 2") == {"a": "150.00"}


def test_manual_discounts_add_or_replace() -> None:
    parts = book_of(MONEY, head="currencies: [EUR, USD]\n", discounts=rules("give: 10 % off unit"))
    added = ManualDiscount("m", ManualOn.LINE, ManualKind.PERCENT, D(10), "why", "ann", "a")
    assert nets(quote(parts, line("A"), manual=(added,))) == {"a": "81.00"}
    instead = ManualDiscount("m", ManualOn.LINE, ManualKind.PERCENT, D(10), "why", "ann", "a", Replaces.ALL)
    assert nets(quote(parts, line("A"), manual=(instead,))) == {"a": "90.00"}
    target = ManualDiscount("m", ManualOn.TOTAL, ManualKind.TARGET, D(100), "why", "ann")
    # 90.00 and 18.00 come down to 100.00 in proportion
    assert nets(quote(parts, line("A"), line("B"), manual=(target,))) == {"a": "83.33", "b": "16.67"}


def test_a_term_discount_reads_the_term() -> None:
    text = rules("give: 10 % off unit, when: quote.term_months >= 24")
    parts = book_of(discounts=text)
    assert nets(quote(parts, line("SEAT"), term_months=12)) == {"seat": "10.00"}
    assert nets(quote(parts, line("SEAT"), term_months=24)) == {"seat": "9.00"}


def test_cash_rounding_and_an_order_discount_down_to_units() -> None:
    head = "rounding: {cash: 0.05}\nhabits: {split_over_units: true}\n"
    text = rules("give: '{EUR: 1.00 off order, USD: 1.00 off order}'", level="order_discounts")
    parts = book_of(MONEY, head=f"currencies: [EUR, USD]\n{head}", discounts=text)
    found = quote(parts, line("B", "3"))
    assert found.priced.unit_discounts == ((0, (34, 33, 33)),)
    odd = book_of({"catalog/catalog.yaml": "products: [{sku: A, name: A, list: {EUR: 9.98}}]"}, head=head)
    totals = quote(odd, line("A")).priced.totals
    assert (str(totals.cash_rounding.decimal), str(totals.payable.decimal)) == ("0.02", "10.00")


@pytest.mark.parametrize(
    ("cash", "payable"),
    [
        ("0.05", {"CHF": "9.98", "EUR": "10.00", "JPY": "998"}),  # a bare step is one of the own currency
        ("{CHF: 0.05, JPY: 5}", {"CHF": "10.00", "EUR": "9.98", "JPY": "1000"}),
    ],
)
def test_cash_is_rounded_in_the_currency_of_its_coins(cash: str, payable: dict[str, str]) -> None:
    catalog = "products: [{sku: A, name: A, list: {EUR: 9.98, CHF: 9.98, JPY: 998}}]"
    head = f"currencies: [EUR, CHF, JPY]\nrounding: {{cash: {cash}}}\n"
    parts = book_of({"catalog/catalog.yaml": catalog}, head=head)
    found = {code: str(quote(parts, line("A"), currency=code).priced.totals.payable.decimal) for code in payable}
    assert found == payable


def test_a_coin_that_the_currency_does_not_have_is_told() -> None:
    head = "currencies: [EUR, JPY]\nrounding: {cash: {EUR: 0.005, JPY: 0.5}}\n"
    assert [each for each in findings_of(head=head) if each.startswith("FLD")] == [
        "FLD010: `0.005` has more decimals than EUR allows",
        "FLD010: `0.5` has more decimals than JPY allows",
    ]


def test_a_book_may_allow_fewer_lines() -> None:
    from engine.quotes.evaluation import evaluate

    parts = book_of(head="habits: {lines_max: 2}\n")
    refusal = evaluate(ask(*(line("PEN", id=f"l{n}") for n in range(3))), parts)
    assert [str(each) for each in refusal.faults] == ["PRC005: lines: 3 lines, at most 2; split the quote"]  # type: ignore[union-attr]


def test_a_rule_that_limits_nothing_is_as_plain_as_one_made_in_code() -> None:
    """Else every rule of a file would need the full treatment, and every one applied would be counted on acceptance."""
    text = rules("give: 10 % off unit", "give: 10 % off unit, units_max: 2, uses: 5")
    parts = book_of(MONEY, head="currencies: [EUR, USD]\n", discounts=text)
    plain, limited = (each.rule for each in parts.plan.line_rules)
    assert (plain.limit, plain.usage) == (NO_LIMIT, NO_USAGE_LIMIT)
    assert (limited.limit.units_max, limited.usage.uses) == (D(2), 5)
    assert parts.plan.line_rules[0].ops[""] == (0, SHARE, D("0.1"))
    assert not parts.plan.line_rules[1].ops


def test_a_percent_cap_over_the_quote_is_of_what_all_lines_come_to() -> None:
    text = rules('give: 50 % off unit, when: line.sku = "A"', group="cap: 25 %, cap_of: quote")
    # 50.00 would be given; a quarter of 120.00 may be, and B counts though no rule is for it
    assert priced(text) == {"a": "70.00", "b": "20.00"}
    both = rules("give: 50 % off unit", group="cap: '25 %, 20.00', cap_of: quote")
    # 60.00 would be given, 30.00 and 20.00 are the limits: a third of each
    assert priced(both) == {"a": "83.33", "b": "16.67"}

"""What bad input gets: a refusal with code, field and hint, every fault in one answer, never a silent price."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.diagnostics import DiagnosticError
from engine.language import NUMBER, Scope, check_expression, optional
from engine.pricing import codes, compile_plan, explain_rule, waterfall
from engine.pricing.effects import On, Percent
from engine.pricing.models import Graduated, Tier
from engine.pricing.plan import ModelUse, UsageLimit, Window
from engine.pricing.request import (
    FrozenRate,
    ManualDiscount,
    ManualKind,
    ManualOn,
    PriceRequest,
    Redeemed,
    RequestLine,
    TaxState,
)
from engine.pricing.scope import line_roots
from engine.pricing.settings import Habits, TaxRate, TaxSettings, TaxSource, UnusableCode
from tests.pricing.books import DAY, D, asked, book, entry, line, priced, refused, rule, when


def found(request: PriceRequest, **more: object) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in refused(book(**more), request).faults]


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        ("-1", codes.BAD_QUANTITY),
        ("0", codes.BAD_QUANTITY),
        ("NaN", codes.BAD_QUANTITY),
        ("Infinity", codes.BAD_QUANTITY),
        ("1.0000001", codes.BAD_QUANTITY),
        ("1e17", codes.BAD_QUANTITY),
    ],
)
def test_a_quantity_that_cannot_be(quantity: str, code: str) -> None:
    assert found(asked(line("A", quantity))) == [(code, "lines[0].quantity")]


def test_trailing_zeros_are_no_precision() -> None:
    assert priced(book(), asked(line("A", "1.0000000000"))).totals.net.decimal == D("100.00")


def test_how_a_quantity_is_written_changes_no_fault() -> None:
    def ruled(name: str, quantity: str) -> RequestLine:
        return line("A", quantity, id=name, minimum_quantity=D("5"))

    assert found(asked(ruled("a", "1.0000000"))) == [(codes.QUANTITY_RULE, "lines[0].quantity")]
    assert found(asked(ruled("a", "1"), ruled("b", "1.0000000"))) == [
        (codes.QUANTITY_RULE, "lines[0].quantity"),
        (codes.QUANTITY_RULE, "lines[1].quantity"),
    ]


@pytest.mark.parametrize(
    ("asked_line", "field", "code"),
    [
        (line("A", "4", minimum_quantity=D("5")), "lines[0].quantity", codes.QUANTITY_RULE),
        (line("A", "7", quantity_multiple=D("5")), "lines[0].quantity", codes.QUANTITY_RULE),
        (line("A", cost=D("NaN")), "lines[0].cost", codes.BAD_AMOUNT),
        (line("A", term_months=D("0")), "lines[0].term_months", codes.BAD_QUANTITY),
        (line("A", parent="x"), "lines[0].parent", codes.UNKNOWN_PARENT),
        (line("Z"), "lines[0].sku", codes.MISSING_PRICE),
    ],
)
def test_a_line_that_cannot_be(asked_line: RequestLine, field: str, code: str) -> None:
    assert found(asked(asked_line)) == [(code, field)]


def test_every_fault_comes_in_one_answer() -> None:
    request = asked(
        line("A", "-1"),
        line("B", "NaN"),
        line("C", id="a"),
        codes=("NOPE",),
        manual=(ManualDiscount("m", ManualOn.LINE, ManualKind.PERCENT, D("101"), " ", "ann", "zz"),),
        tax_state=TaxState.FAILED,
    )
    assert sorted(code for code, _ in found(request)) == sorted(
        [
            codes.BAD_QUANTITY,
            codes.BAD_QUANTITY,
            codes.DUPLICATE_LINE,
            codes.UNKNOWN_CODE,
            codes.BAD_MANUAL,
            codes.BAD_MANUAL,
            codes.BAD_MANUAL,
            codes.TAX_UNAVAILABLE,
        ]
    )


def test_two_missing_prices_are_two_faults_that_say_what_was_looked_for() -> None:
    answer = refused(book(), asked(line("Y"), line("Z", "3"), currency="USD"))
    assert [fault.code for fault in answer.faults] == [codes.MISSING_PRICE] * 2
    assert answer.faults[1].message == "no price for `Z` in USD on 2026-03-01, quantity 3"


def test_the_header_is_checked() -> None:
    assert found(asked(line("A"), currency="XYZ")) == [(codes.UNKNOWN_CURRENCY, "currency")]
    assert found(asked()) == [(codes.NO_LINES, "lines")]
    rate = FrozenRate("USD", D("-1"), DAY)
    assert found(asked(line("A"), exchange=(rate,))) == [(codes.BAD_AMOUNT, "exchange[0].rate")]


def test_a_book_that_asks_a_tax_service_gives_no_price_that_none_was_asked_for() -> None:
    hook = TaxSettings(source=TaxSource.HOOK)
    assert found(asked(line("A")), tax=hook) == [(codes.TAX_UNAVAILABLE, "tax_state")]
    assert found(asked(line("A"), tax_state=TaxState.FAILED), tax=hook) == [(codes.TAX_UNAVAILABLE, "tax_state")]
    assert priced(book(tax=hook), asked(line("A"), tax_state=TaxState.OPEN)).totals.net.decimal == D("100.00")


def test_the_number_of_lines_is_limited() -> None:
    request = asked(line("A"), line("B"), line("C"))
    assert found(request, habits=Habits(lines_max=2)) == [(codes.TOO_MANY_LINES, "lines")]


CODED = rule("ten", Percent(D("10")), code="TEN")


@pytest.mark.parametrize(
    ("coded", "redeemed", "reason"),
    [
        (rule("ten", Percent(D("10")), code="TEN", window=Window(end=DAY)), Redeemed(), "expired"),
        (rule("ten", Percent(D("10")), code="TEN", usage=UsageLimit(uses=5)), Redeemed(uses=5), "use-limit"),
        (
            rule("ten", Percent(D("10")), code="TEN", usage=UsageLimit(uses_per_customer=1)),
            Redeemed(customer_uses=1),
            "customer-limit",
        ),
        (
            rule("ten", Percent(D("10")), code="TEN", usage=UsageLimit(budgets={"EUR": D("50")})),
            Redeemed(spent=D("50")),
            "budget",
        ),
    ],
)
def test_a_code_that_cannot_be_used_refuses_or_is_reported_as_the_book_says(
    coded: object, redeemed: Redeemed, reason: str
) -> None:
    request = asked(line("A"), codes=("TEN",), redeemed={"ten": redeemed})
    answer = refused(book(coded), request)  # type: ignore[arg-type]
    assert [(fault.code, fault.field) for fault in answer.faults] == [(codes.UNUSABLE_CODE, "codes[0]")]
    lenient = book(coded, habits=Habits(unusable_codes=UnusableCode.REPORT))  # type: ignore[arg-type]
    quote = priced(lenient, request)
    assert quote.totals.net.decimal == D("100.00")
    assert [(each.rule_id, each.reason) for each in quote.refused] == [("ten", reason)]


def test_codes_that_exclude_each_other_are_refused() -> None:
    other = rule("five", Percent(D("5")), code="FIVE", not_with=frozenset({"ten"}))
    answer = refused(book(CODED, other), asked(line("A"), codes=("TEN", "FIVE")))
    assert [fault.code for fault in answer.faults] == [codes.CODES_EXCLUDE]


def test_a_code_works_once_it_is_entered() -> None:
    assert priced(book(CODED), asked(line("A"))).totals.net.decimal == D("100.00")
    assert priced(book(CODED), asked(line("A"), codes=("TEN",))).totals.net.decimal == D("90.00")


def test_a_tax_code_without_a_rate_is_refused_unless_the_book_lets_it_pass() -> None:
    tax = TaxSettings(rates=(TaxRate("s", D("19")),))
    request = asked(line("A", tax_code="zz"))
    assert found(request, tax=tax) == [(codes.UNKNOWN_TAX_CODE, "lines[0].tax_code")]
    lenient = TaxSettings(rates=tax.rates, unknown_is_refused=False)
    assert priced(book(tax=lenient), request).totals.tax.is_zero


@pytest.mark.parametrize(
    ("code", "region", "hint"),
    [
        ("s", None, "its rates look at `customer.region`, which is not known"),
        ("s", "US", 'its rates look at `customer.region`, which is `"US"`'),
        ("standrd", "DE", "did you mean `standard`?"),
        ("zz", "DE", "add its rate to the taxes of the book"),
    ],
)
def test_a_missing_tax_rate_says_what_the_rates_look_at(code: str, region: str | None, hint: str) -> None:
    rates = TaxRate("s", D("19"), when=when('customer.region = "DE"')), TaxRate("standard", D("20"))
    request = asked(line("A", tax_code=code), customer={"region": region})
    (fault,) = refused(book(tax=TaxSettings(rates=rates)), request).faults
    assert (fault.message, fault.hint) == (f"no tax rate for `{code}`", hint)


def test_a_rule_that_cannot_be_evaluated_refuses_with_its_place() -> None:
    broken = rule("broken", Percent(D("10")), when=when("1000 / (line.qty - 3) > 1"))
    answer = refused(book(broken), asked(line("A", "3")))
    assert [fault.code for fault in answer.faults] == [codes.RULE_FAILED]


def test_an_amount_beyond_what_is_exact_is_refused() -> None:
    huge = line("A", "9999999999999999", list_price=Decimal("1e20"))
    answer = refused(book(entries=()), asked(huge))
    assert {fault.code for fault in answer.faults} <= {codes.OUT_OF_RANGE, "MNY005", "MNY008"}


@pytest.mark.parametrize(
    ("quantity", "bounds", "told"),
    [
        ("13", ("24", "12", None), "13 is below the minimum order quantity of 24 and off the multiple of 12; 24"),
        ("12", ("20", "12", None), "12 is below the minimum order quantity of 20; 24"),
        ("50", ("24", "12", "45"), "50 is above the maximum order quantity of 45 and off the multiple of 12; 36"),
        ("40", ("24", "12", "45"), "40 is off the multiple of 12; order 36"),
        ("30", (None, "12", None), "30 is off the multiple of 12; order 24 or 36"),
        ("15", ("13", "12", "20"), "15 is off the multiple of 12; no multiple is within its bounds"),
    ],
)
def test_one_quantity_has_one_fault_with_all_that_is_wrong(
    quantity: str, bounds: tuple[str | None, ...], told: str
) -> None:
    least, multiple, most = (None if each is None else D(each) for each in bounds)
    wrong = line("A", quantity, minimum_quantity=least, quantity_multiple=multiple, quantity_maximum=most)
    (fault,) = refused(book(), asked(wrong)).faults
    hint = fault.hint.removeprefix("order at least ").removeprefix("order at most ")
    assert (fault.code, f"{fault.message}; {hint}") == (codes.QUANTITY_RULE, told)


ODD = ("sNaN", "NaN", "Infinity")


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "name", ["cost", "list_price", "floor", "prior_quantity", "uplift_percent", "segment_price", "term_months"]
)
def test_what_is_no_number_on_a_line_is_told_with_its_place(name: str, odd: str) -> None:
    for lines in ([line("A", **{name: D(odd)})], [line("B", "-1"), line("A", **{name: D(odd)})]):
        assert f"lines[{len(lines) - 1}].{name}" in [place for _, place in found(asked(*lines))]


@pytest.mark.parametrize("odd", ["sNaN", "NaN"])
@pytest.mark.parametrize("name", ["minimum_quantity", "quantity_multiple", "quantity_maximum"])
def test_a_bound_that_is_no_number_is_told_and_hides_no_other_fault(name: str, odd: str) -> None:
    lines = line("A", **{name: D(odd)}), line("B", "-1")
    assert found(asked(*lines)) == [
        (codes.BAD_QUANTITY, f"lines[0].{name}"),
        (codes.BAD_QUANTITY, "lines[1].quantity"),
    ]


@pytest.mark.parametrize("large", [0, 1_000])
@pytest.mark.parametrize("odd", ["sNaN", "NaN"])
def test_facts_and_budgets_that_are_no_numbers_are_told_where_a_rule_reads_them(
    odd: str, large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.pricing.index.LARGE", large)
    scope = Scope(line_roots({"metres": optional(NUMBER)}, {"term": optional(NUMBER)}, {"credit": optional(NUMBER)}))
    for root, more in (
        ("line.metres", {"lines": (line("A", facts={"metres": D(odd)}),)}),
        ("quote.term", {"quote": {"term": D(odd)}}),
        ("customer.credit", {"customer": {"credit": D(odd)}}),
    ):
        reading = rule("r", Percent(D(10)), when=(check_expression(f"{root} > 3", scope=scope),))
        request = replace(asked(line("A")), **more)  # type: ignore[arg-type]
        (fault,) = refused(book(reading), request).faults
        assert fault.message == f"`{odd}` is not a finite number"
        assert fault.field.rpartition(".")[2] == root.partition(".")[2]
    pot = rule("pot", Percent(D(10)), usage=UsageLimit(budgets={"EUR": D(9)}))
    (fault,) = refused(book(pot), asked(line("A"), redeemed={"pot": Redeemed(spent=D(odd))})).faults
    assert str(fault) == f"PRC018: redeemed[pot].spent: `{odd}` is not a finite number"


@pytest.mark.parametrize("odd", ODD)
def test_a_book_that_states_no_number_says_which(odd: str) -> None:
    with pytest.raises(DiagnosticError, match=f"`list-A` states `{odd}` for price, which is not a finite number"):
        compile_plan(book(entries=(entry("A", odd),)))
    steep = ModelUse("m", "S", Graduated((Tier(None, D(odd)),)))  # type: ignore[arg-type]
    (fault,) = refused(book(models=(steep,)), asked(line("S"))).faults
    assert fault.message == f"`m` states `{odd}` for model.tiers[0].value, which is not a finite number"


def test_lines_that_no_document_can_hold_are_named() -> None:
    # 10^12 units at 100.00 are 10^16 cents, and a thousand times that, or 10^15 units, is beyond 9.2 x 10^18
    many = asked(*(line("A", "1e12", id=f"a{n}") for n in range(1000)))
    assert [(each.code, each.field) for each in refused(book(), many).faults] == [("MNY005", "lines")]
    huge = asked(line("A"), line("A", "1e15", id="b"), line("A", "1e15", id="c"))
    beyond = "comes to is beyond the largest amount that a document can hold"
    assert [(each.field, each.message) for each in refused(book(), huge).faults] == [
        ("lines[1].quantity", f"what `b` {beyond}"),
        ("lines[2].quantity", f"what `c` {beyond}"),
    ]


@pytest.mark.parametrize(
    ("more", "used", "said"),
    [
        ({"window": Window(start=date(2026, 5, 1))}, Redeemed(), "it begins on 2026-05-01"),
        ({"window": Window(end=DAY)}, Redeemed(), "it has ended: its last day was 2026-02-28"),
        ({"usage": UsageLimit(uses=5)}, Redeemed(uses=5), "it may be used 5 times in all, and was"),
        (
            {"usage": UsageLimit(uses_per_customer=1)},
            Redeemed(customer_uses=1),
            "a customer may use it 1 time, and this one has",
        ),
        (
            {"usage": UsageLimit(budgets={"EUR": D(1200)})},
            Redeemed(spent=D(1200)),
            "its budget of 1,200.00 EUR is spent",
        ),
        (
            {"usage": UsageLimit(budgets={"EUR": D(100)})},
            Redeemed(spent=D("97.5")),
            "the 2.50 EUR that are left of its budget do not pay for it",
        ),
    ],
)
@pytest.mark.parametrize(("group", "on"), [("promo", On.UNIT), ("order", On.ORDER)])
def test_why_a_promotion_is_not_used_is_a_sentence(
    more: dict[str, Any], used: Redeemed, said: str, group: str, on: On
) -> None:
    """Both where the quote reports it and where the story names the losers."""
    promotion = rule("ten", Percent(D("10"), on), group, code="TEN", **more)
    rules = book(promotion, habits=Habits(unusable_codes=UnusableCode.REPORT))
    request = asked(line("A"), codes=("TEN",), redeemed={"ten": used})
    assert [each.said for each in priced(rules, request).refused] == [said]
    story = waterfall(compile_plan(rules), priced(rules, request), "a", request)
    assert [each.reason for each in story.losers] == [said]
    assert explain_rule(compile_plan(rules), request, "a", "ten").reason == said

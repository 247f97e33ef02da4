"""What bad input gets: a refusal with code, field and hint, every fault in one answer, never a silent price."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.pricing import codes
from engine.pricing.effects import Percent
from engine.pricing.plan import UsageLimit, Window
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
from engine.pricing.settings import Habits, TaxRate, TaxSettings, UnusableCode
from tests.pricing.books import DAY, D, asked, book, line, priced, refused, rule, when


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

"""Contract terms as authors write them: notice, and how a contract goes on after its term."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.contracts import ContractTerms, NoticeEnds, RenewalKind, RenewalPrice, RenewalTerms
from engine.diagnostics import one_line
from engine.rulebook.load import load
from tests.rulebook.shop import BOOK, CATALOG

RENEWAL = "contract: {notice_days: 30, notice_ends: period, renewal: {%s}}\n"


def terms_of(renewal: str) -> tuple[ContractTerms | None, list[str]]:
    texts = {"book.yaml": BOOK, "catalog/catalog.yaml": CATALOG, "terms/terms.yaml": RENEWAL % renewal}
    loaded = load({path: text.encode() for path, text in texts.items()})
    found = [one_line(each) for each in loaded.diagnostics]
    return (loaded.book.terms.contract if loaded.book is not None else None), found


def test_a_contract_says_how_it_goes_on() -> None:
    terms, found = terms_of(
        "kind: automatic, months: 24, price: uplift, uplift_percent: 3.5, uplift_percent_max: 5, lead_days: 7"
    )
    assert not found
    assert terms is not None and (terms.notice_days, terms.notice_ends) == (30, NoticeEnds.PERIOD)
    assert terms.renewal == RenewalTerms(
        kind=RenewalKind.AUTOMATIC,
        months=24,
        price=RenewalPrice.UPLIFT,
        uplift_percent=Decimal("3.5"),
        uplift_percent_max=Decimal(5),
        lead_days=7,
    )


def test_a_book_that_says_nothing_renews_nothing() -> None:
    terms, found = terms_of("")
    assert terms is not None and terms.renewal == RenewalTerms()
    assert not found


def test_an_uplift_keeps_to_its_own_cap() -> None:
    cap = "raise the cap, or lower the uplift"
    for words, asked in (("uplift_percent: 9", "9"), ("uplift_percent_min: 6", "6")):
        terms, found = terms_of(f"price: uplift, {words}, uplift_percent_max: 5")
        assert terms is None
        assert found[0].endswith(f"TRM403: the uplift is at most 5 percent, and asks for {asked}; {cap}")


def test_wrong_words_are_told_with_those_that_are_known() -> None:
    _, found = terms_of("kind: auto, price: listed, uplift: 3")
    keys = (
        "kind, months, price, uplift_percent, uplift_percent_min, uplift_percent_max, list_discount_percent, lead_days"
    )
    assert found == [
        "terms/terms.yaml:1:66: FLD005: `auto` is not one of the words known here; did you mean `automatic`?",
        "terms/terms.yaml:1:79: FLD005: `listed` is not one of the words known here; did you mean `list`?",
        f"terms/terms.yaml:1:87: FLD001: the key `uplift` is not known in the renewal terms; known keys are {keys}",
    ]


def test_usage_thresholds_rise_and_are_said_once_a_currency() -> None:
    terms = (
        "billing:\n  usage_thresholds:\n"
        "    - {currency: EUR, at: [5, 5], every: 0}\n"
        "    - {currency: EUR, at: [0]}\n"
        "    - {currency: USD}\n"
        "    - {currency: XYZ, at: [1]}\n"
    )
    texts = {"book.yaml": BOOK, "catalog/catalog.yaml": CATALOG, "terms/terms.yaml": terms}
    found = [one_line(each) for each in load({path: text.encode() for path, text in texts.items()}).diagnostics]
    assert found == [
        "terms/terms.yaml:3:27: TRM403: thresholds rise, each above the one before and above 0; put them in order",
        "terms/terms.yaml:3:42: TRM403: `every` is above 0; leave it out where thresholds end",
        "terms/terms.yaml:4:18: TRM403: `EUR` has thresholds already; put them in one record",
        "terms/terms.yaml:4:27: TRM403: thresholds rise, each above the one before and above 0; put them in order",
        "terms/terms.yaml:5:18: TRM403: `USD` has no threshold; give `at`, `every` or both",
        "terms/terms.yaml:6:18: PRC209: the currency `XYZ` is not known",
    ]


@pytest.mark.parametrize(
    ("code", "terms", "told"),
    [
        ("tax_code: reduced", "", ["TRM404"]),
        ("tax_code: standard", "", []),
        ("tax_code: reduced", "tax: {rates: [{code: reduced, percent: 7}]}\n", []),
        ("tax_code: reduced", "tax: {rates_from: hook}\n", []),
    ],
)
def test_a_tax_code_in_a_book_without_tax_is_told(code: str, terms: str, told: list[str]) -> None:
    catalog = f"products: [{{sku: BOOK, name: Book, list: {{EUR: 9.00}}, {code}}}]\n"
    texts = {"book.yaml": BOOK, "catalog/catalog.yaml": catalog, "terms/terms.yaml": terms or "gaap: ifrs\n"}
    loaded = load({path: text.encode() for path, text in texts.items()})
    assert [str(each.code) for each in loaded.diagnostics] == told

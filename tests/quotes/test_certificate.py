from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diagnostics import Refusal
from engine.quotes.certificate import canonical, certificate_of, decimal_text, verify
from tests.quotes.offers import line, parts, priced, request


def test_an_offer_recomputes_to_its_certificate() -> None:
    offer = priced()
    assert verify(offer, certificate_of(offer), parts()) is None


def test_equal_offers_have_equal_certificates_and_others_do_not() -> None:
    assert certificate_of(priced()) == certificate_of(priced())
    assert certificate_of(priced()) != certificate_of(priced(request(line("a", "DISK", "3"))))
    assert certificate_of(priced()) != certificate_of(priced(using=parts(rule_book="book-2")))


def test_a_changed_price_is_found() -> None:
    offer = priced()
    refusal = verify(offer, certificate_of(offer), parts("99.00"))
    assert isinstance(refusal, Refusal)
    assert refusal.faults[0].code == "QUO201"


def test_another_rule_book_is_said_to_be_another() -> None:
    offer = priced()
    refusal = verify(offer, certificate_of(offer), parts(rule_book="book-2"))
    assert isinstance(refusal, Refusal)
    assert refusal.faults[0].code == "QUO202"


def test_how_a_quantity_is_written_does_not_matter() -> None:
    plain, padded = priced(request(line("a", "DISK", "2"))), priced(request(line("a", "DISK", "2.000")))
    assert canonical(plain.request) == canonical(padded.request)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_a_decimal_is_written_in_one_way(value: Decimal) -> None:
    text = decimal_text(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert decimal_text(value * 10 / 10) == text


def test_what_has_no_canonical_form_is_our_mistake() -> None:
    with pytest.raises(TypeError):
        canonical(object())
    assert canonical({"b": date(2026, 1, 2), "a": (True, None, Decimal("1.50"))}) == {
        "a": [True, None, "1.5"],
        "b": "2026-01-02",
    }


def test_the_story_of_a_price_is_not_part_of_the_proof() -> None:
    offer = priced()
    told = offer.priced.lines[0]._replace(trace=((0, Decimal(1), Decimal(2)),))
    other = replace(offer, priced=replace(offer.priced, lines=(told,)))
    assert certificate_of(offer) == certificate_of(other)


def test_a_request_that_could_say_more_is_written_as_before() -> None:
    written = canonical(line("a", "DISK", "2"))
    assert written == {"id": "a", "sku": "DISK", "quantity": "2"}
    assert canonical(line("a", "DISK", "2")._replace(unit="box")) == {**written, "unit": "box"}  # type: ignore[dict-item]

"""Differences in the words of the files: keys, texts and lines of both sides; what is expected is written by hand."""

from __future__ import annotations

import pytest

from engine.adapters.rule_folder import unpack
from engine.rulebook.authored import Authored
from engine.rulebook.difference import changed_rules
from engine.rulebook.load import load
from engine.rulebook.retold import in_authors_words
from tests.rulebook.test_difference import edited
from tests.scenarios.test_how_to import examples


def told(old: dict[str, bytes], new: dict[str, bytes]) -> list[str]:
    """Each change with the places of both sides and its parts."""
    before, after = (load(unpack(files)).book for files in (old, new))
    assert before is not None and after is not None
    changes = in_authors_words(changed_rules(before, after), Authored(unpack(old)), Authored(unpack(new)))
    found = []
    for each in changes:
        places = " ".join(f"{span.path}:{span.line}" for span in (each.was, each.span) if span is not None)
        parts = "; ".join(f"{name}: {one} -> {two}" for name, one, two in each.parts)
        found.append(f"{each.change.value} {each.kind} {each.id} {places} {parts}".rstrip())
    return found


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        (
            "discounts/2026.yaml",
            "10 % off unit",
            "20 % off unit",
            "changed discount edu-10 discounts/2026.yaml:6 discounts/2026.yaml:6 give: 10 % off unit -> 20 % off unit",
        ),
        (
            "discounts/2026.yaml",
            "  - id: edu-10",
            "  # for schools\n  - id: edu-10\n    priority: 3",
            "changed discount edu-10 discounts/2026.yaml:6 discounts/2026.yaml:7 priority:  -> 3",
        ),
        (
            "catalog/chairs.csv",
            "120.00,",
            "125.00,",
            "changed price CHAIR-O catalog/chairs.csv:3 catalog/chairs.csv:3 list.EUR: 120.00 -> 125.00",
        ),
        (
            "book.yaml",
            "title: Furniture",
            "title: Chairs",
            "changed book shop book.yaml:3 book.yaml:3 title: Furniture",
        ),
        ("approvals/discount.csv", "> 30,-", "> 35,-", "quote.discount_pct: > 30 -> > 35"),
        ("prices/models.yaml", "margin_percent_min: 10", "margin_percent_min: 12", "margin_percent_min: 10 -> 12"),
        ("constraints/dining.yaml", "* 45 <=", "* 50 <=", "require: "),
    ],
)
def test_a_change_is_told_by_the_keys_of_its_file(path: str, old: str, new: str, says: str) -> None:
    (found,) = told(examples(), edited(path, old, new))
    assert says in found, found


def test_what_one_record_says_in_two_currencies_is_told_once() -> None:
    text = "prices:\n  - {id: oak, sku: CHAIR-O, price: {EUR: 1.00, USD: 2.00}, priority: 9}\n"
    old = examples() | {"prices/oak.yaml": text.encode()}
    new = examples() | {
        "prices/oak.yaml": b"# dearer\n" + text.replace("1.00", "3.00").replace("2.00", "4.00").encode()
    }
    assert told(old, new) == [
        "changed price oak prices/oak.yaml:2 prices/oak.yaml:3 price.EUR: 1.00 -> 3.00; price.USD: 2.00 -> 4.00"
    ]


def test_tax_and_terms_are_told_by_their_file_and_items_by_their_names() -> None:
    terms = (
        "contract: {payment_days: 14}\ntax:\n  rates:\n    - {code: low, percent: 7}\n    - {code: high, percent: 19}\n"
    )
    files = {path: content for path, content in examples().items() if not path.startswith("terms/")}
    old = files | {"terms/terms.yaml": terms.encode()}
    new = files | {
        "terms/terms.yaml": terms.replace("19", "20")
        .replace("{code: low", "{code: none, percent: 0}\n    - {code: low")
        .encode()
    }
    assert told(old, new) == [
        "changed terms terms/terms.yaml terms/terms.yaml:5 terms/terms.yaml:6 "
        "tax.rates[high].percent: 19 -> 20; tax.rates[none].code:  -> none; tax.rates[none].percent:  -> 0"
    ]


def test_what_is_added_or_gone_keeps_its_name_and_place() -> None:
    more = edited(
        "discounts/2026.yaml", "  - id: edu-10", "  - {id: more, group: segment, give: 1 % off unit}\n  - id: edu-10"
    )
    assert told(examples(), more) == ["added discount more discounts/2026.yaml:6"]
    assert told(more, examples()) == ["removed discount more discounts/2026.yaml:6"]

"""What differs between two books: by rules, whatever moved, and by what their tests' requests cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.adapters.rule_folder import read_folder, unpack
from engine.rulebook.difference import QuoteChange, changed_quotes, changed_rules
from engine.rulebook.load import load
from engine.rulebook.parts import parts_of
from tests.scenarios.test_how_to import examples

SHIPPED = Path(__file__).resolve().parents[2] / "rules"


def told(old: dict[str, bytes], new: dict[str, bytes]) -> tuple[list[str], tuple[QuoteChange, ...]]:
    books = []
    for files in (old, new):
        book = load(unpack(files)).book
        assert book is not None
        books.append((book, parts_of(book)))
    rules = [
        " ".join([each.change.value, each.kind, each.id, *(f"{name}: {a} -> {b}" for name, a, b in each.parts)])
        for each in changed_rules(books[0][0], books[1][0])
    ]
    return rules, changed_quotes(books[0], books[1])


def edited(path: str, old: str, new: str) -> dict[str, bytes]:
    files = examples()
    assert old.encode() in files[path]
    return files | {path: files[path].replace(old.encode(), new.encode(), 1)}


def test_a_book_does_not_differ_from_itself_nor_from_one_that_only_moved() -> None:
    for book in ("workstation", "saas"):
        files = read_folder(SHIPPED / book)
        assert told(files, files) == ([], ())
    moved = edited("prices/austria.csv", "line.sku,", "\n\nline.sku,")
    moved |= {"discounts/2026.yaml": b"# a remark\n\n" + moved["discounts/2026.yaml"]}
    assert told(examples(), moved) == ([], ())


def test_a_discount_that_gives_more_shows_in_the_quotes_that_use_it() -> None:
    rules, quotes = told(examples(), edited("discounts/2026.yaml", "10 % off unit", "20 % off unit"))
    assert len(rules) == 1 and rules[0].startswith("changed discount edu-10 effects: ")
    # 5 x 120.00 less 10 % is 540.00, less 20 % is 480.00
    assert [(each.name, each.before, each.after) for each in quotes] == [
        ("five oak chairs for a school", "540.00", "480.00")
    ]
    assert [(before, after) for _, before, after in quotes[0].lines] == [("540.00", "480.00")]


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        ("catalog/chairs.csv", "120.00,", "125.00,", "changed price list/CHAIR-O/EUR price: 120.00 -> 125.00"),
        ("catalog/chairs.csv", "Chair oak", "Oak chair", "changed product CHAIR-O name: Chair oak -> Oak chair"),
        (
            "discounts/2026.yaml",
            "line.qty >= 5",
            "line.qty >= 6",
            'changed discount edu-10 when: customer.segment = "edu" and line.qty >= 5 -> '
            'customer.segment = "edu" and line.qty >= 6',
        ),
        ("discounts/2026.yaml", "pick: first", "pick: all", "changed discount group basket pick: first -> all"),
        ("book.yaml", "title: Furniture", "title: Chairs", "changed book shop title: Furniture -> Chairs"),
        (
            "prices/models.yaml",
            "margin_percent_min: 10",
            "margin_percent_min: 12",
            "changed guard least-margin margin_percent_min: 10 -> 12",
        ),
        ("approvals/discount.csv", "> 30,-", "> 35,-", "changed approval rule deeper"),
        ("approvals/chains.yaml", "[manager, director]", "[manager, director, vp]", "changed approval chain sales"),
        ("tables/size.csv", "furniture,3", "furniture,4", "changed decision table size_percent"),
        ("constraints/dining.yaml", "* 45 <=", "* 50 <=", "changed constraint enough-room"),
        ("catalog/furniture.yaml", "max: 2, quantity_max: 12", "max: 3, quantity_max: 12", "changed bundle DINING"),
    ],
)
def test_each_kind_of_rule_is_compared(path: str, old: str, new: str, says: str) -> None:
    rules, _ = told(examples(), edited(path, old, new))
    assert [each for each in rules if each.startswith(says)], rules
    assert len(rules) == 1


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        (
            "book.yaml",
            "[retail, business, edu]",
            "[retail, business, edu, army]",
            "changed fact customer.segment type: one of segment: retail, business, edu -> "
            "one of segment: retail, business, edu, army",
        ),
        (
            "catalog/furniture.yaml",
            "[oak, beech]",
            "[oak, beech, ash]",
            "changed attribute table.wood type: one of wood: oak, beech -> one of wood: oak, beech, ash",
        ),
        (
            "discounts/2026.yaml",
            "  - {id: segment, pick: best_for_customer, at_most: 1}\n",
            "  - {id: school, pick: all}\n  - {id: segment, pick: best_for_customer, at_most: 1}\n",
            "added discount group school",
        ),
    ],
)
def test_what_rules_read_is_compared_too(path: str, old: str, new: str, says: str) -> None:
    files = edited(path, old, new)
    assert says in told(examples(), files)[0]
    assert not any("order of" in each for each in told(examples(), files)[0]), "something new moves no other"


def test_places_are_told_where_order_decides() -> None:
    """Groups of a step act one after the other, and of a table with hit policy FIRST the first row that fits counts."""
    segment, holidays = b"  - {id: segment, pick: best_for_customer, at_most: 1}\n", b"  - {id: holidays}\n"
    first = examples()["discounts/2026.yaml"]
    both = examples() | {"discounts/2026.yaml": first.replace(segment, segment + holidays)}
    turned = both | {"discounts/2026.yaml": first.replace(segment, holidays + segment)}
    told_of = told(both, turned)[0]
    assert len(told_of) == 1 and told_of[0].startswith("changed book shop order of discount groups: segment, holidays")
    rows = ">= 50,furniture,3,agreed with the makers\n", ">= 50,-,2,\n"
    moved = edited("tables/size.csv", "".join(rows), "".join(reversed(rows)))
    assert told(examples(), moved)[0] == [
        'changed decision table size_percent order of rows: >= 50 | "furniture" | 3, >= 50 | - | 2, - | - | 0 -> '
        '>= 50 | - | 2, >= 50 | "furniture" | 3, - | - | 0'
    ]


def test_a_row_without_an_id_that_is_written_twice_is_there_twice() -> None:
    once = edited("approvals/discount.csv", "> 30,-,deeper,", "> 30,-,,")
    row = once["approvals/discount.csv"].splitlines(keepends=True)[-1]
    twice = once | {"approvals/discount.csv": once["approvals/discount.csv"].rstrip() + b"\n" + row}
    assert [each.split()[0] for each in told(once, twice)[0]] == ["added"]


def test_what_is_added_is_what_is_taken_out_the_other_way_round() -> None:
    new = edited("discounts/volume.csv", ">= 20,volume-20,7", "[20..49],volume-20,7\nfurniture,>= 50,volume-50,9")
    rules, _ = told(examples(), new)
    assert rules[-1] == "added discount volume-50"
    back, _ = told(new, examples())
    assert "removed discount volume-50" in back


def test_a_row_without_an_id_is_changed_where_it_stands_or_taken_out_and_added() -> None:
    rules, _ = told(examples(), edited("prices/austria.csv", "125.00", "126.00"))
    assert rules == ["changed price prices/austria.csv:3/EUR price: 125.00 -> 126.00"]
    rules, _ = told(examples(), edited("prices/austria.csv", "1,125.00", "2,126.00"))
    assert rules == ["removed price prices/austria.csv:3/EUR", "added price prices/austria.csv:3/EUR"]


def test_a_quote_that_is_refused_afterwards_says_why() -> None:
    new = edited("catalog/furniture.yaml", "name: Assembly,", "name: Assembly, discontinued: true,")
    _, quotes = told(examples(), new)
    assert [(each.name, each.before, each.after.partition(":")[0]) for each in quotes] == [
        ("three assemblies", "120.00", "refused")
    ]

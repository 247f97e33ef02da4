from engine.quotes.compare import Difference, compare
from tests.quotes.offers import line, parts, priced, request


def test_equal_offers_do_not_differ() -> None:
    assert compare(priced(), priced()) == ()


def test_a_changed_quantity_shows_in_line_and_totals() -> None:
    found = compare(priced(request(line("a", "DISK", "2"))), priced(request(line("a", "DISK", "3"))))
    assert Difference("lines[a].quantity", "2", "3") in found
    assert Difference("lines[a].net", "EUR 200.00", "EUR 300.00") in found
    assert Difference("totals.net", "EUR 200.00", "EUR 300.00") in found


def test_added_and_removed_lines_are_one_difference_each() -> None:
    found = compare(priced(request(line("a", "DISK"))), priced(request(line("b", "DISK"))))
    assert found[:2] == (Difference("lines[a]", "1 x DISK", ""), Difference("lines[b]", "", "1 x DISK"))


def test_another_price_book_shows_in_the_list_price() -> None:
    found = compare(priced(), priced(using=parts("99.00")))
    assert Difference("lines[a].list_unit", "100", "99") in found

"""Price books in files: computed prices, books by name, and what is refused."""

from __future__ import annotations

from engine.adapters.rule_folder import unpack
from engine.rulebook.load import load
from tests.rulebook.shop import book_of, line, nets, quote, refused, warnings_of


def test_a_computed_price_without_a_base_starts_from_the_list_price_beside_the_product() -> None:
    boxes = "products:\n  - {sku: PEN, name: Pen, family: desk, list: {EUR: 1.50}, units: {box: 12}}\n"
    pen = {"catalog/catalog.yaml": boxes}
    dealer = "{id: dealer, family: desk, book: dealer, percent_off: 30}"
    sale = "{id: sale, family: desk, percent_off: 10, priority: 1, when: line.qty >= 100}"
    boxed = "{id: boxed, sku: PEN, unit: box, price: 15.00, priority: 2}"
    parts = book_of(pen, prices=f"prices: [{dealer}, {sale}, {boxed}]\n")
    assert nets(quote(parts, line("PEN", "10"))) == {"pen": "15.00"}
    assert nets(quote(parts, line("PEN", "10"), header={"price_book": "dealer"})) == {"pen": "10.50"}  # 1.50 x 0.7
    assert nets(quote(parts, line("PEN", "100"))) == {"pen": "135.00"}  # 1.50 x 0.9, not of its own price


def test_a_book_based_on_a_price_for_the_box_counts_for_one_piece() -> None:
    pen = {"catalog/catalog.yaml": "products:\n  - {sku: PEN, name: Pen, list: {EUR: 1.50}, units: {box: 12}}\n"}
    retail = "{id: retail, sku: PEN, book: retail, unit: box, price: 14.40}"
    dealer = "{id: dealer, sku: PEN, book: dealer, based_on: retail, percent_off: 25}"
    parts = book_of(pen, prices=f"prices: [{retail}, {dealer}]\n")
    asked = quote(parts, line("PEN", "2", unit="box"), header={"price_book": "dealer"})
    assert nets(asked) == {"pen": "21.60"}  # 14.40 / 12 x 0.75 = 0.90, times 24


def test_a_price_book_that_is_not_there_is_refused_with_the_nearest() -> None:
    parts = book_of(prices="prices: [{id: d, sku: PEN, book: dealer, price: 1}]\n")
    assert refused(parts, line("PEN"), header={"price_book": "delaer"}) == [
        "PRC020: header.price_book: the rule book has no price book `delaer`; did you mean `dealer`?"
    ]
    (fault,) = refused(parts, line("INK"), header={"price_book": "dealer"})
    assert "no price for `INK` in the price book `dealer` in EUR on 2026-03-02, quantity 1" in fault


def test_a_book_may_fall_back_to_another_for_what_it_has_no_price_for() -> None:
    dealer = "{id: d, sku: PEN, book: dealer, price: 1.10, quantity_min: 10}"
    chain = "price_books: [{id: dealer, falls_back_to: retail}, {id: retail, falls_back_to: default}]\n"
    retail = "{id: r, sku: PEN, book: retail, price: 1.30, priority: 5}"
    parts = book_of(prices=f"prices: [{dealer}, {retail}]\n{chain}")
    at_dealer = {"price_book": "dealer"}
    assert nets(quote(parts, line("PEN", "10"), header=at_dealer)) == {"pen": "11.00"}  # its own, whatever the priority
    assert nets(quote(parts, line("PEN", "9"), header=at_dealer)) == {"pen": "11.70"}  # too few for it: retail
    assert nets(quote(parts, line("INK"), header=at_dealer)) == {"ink": "9.99"}  # in neither: beside the product
    assert nets(quote(parts, line("PEN"))) == {"pen": "1.50"}
    empty = book_of(prices="price_books: [{id: partner, falls_back_to: default}]\n")
    assert nets(quote(empty, line("PEN"), header={"price_book": "partner"})) == {"pen": "1.50"}


def test_a_computed_price_without_a_start_leaves_the_line_to_the_next_book() -> None:
    # cost plus 0.10: of the pen 0.90 + 0.10; nobody stated what ink costs
    own = "{id: cost, family: desk, book: dealer, from_cost: true, surcharge: 0.10}"
    by_cost = f"{own}, {{id: dear, sku: INK, book: dealer, price: 12.00, priority: -1}}"
    at_dealer = {"price_book": "dealer"}
    falling = book_of(prices=f"prices: [{by_cost}]\nprice_books: [{{id: dealer, falls_back_to: default}}]\n")
    # nor is a price that its own book ranks below taken without a word
    assert nets(quote(falling, line("PEN"), line("INK"), header=at_dealer)) == {"pen": "1.00", "ink": "9.99"}
    alone = book_of(prices=f"prices: [{by_cost}]\n")
    (fault,) = refused(alone, line("INK"), header=at_dealer)
    assert "no price for `INK` in the price book `dealer`" in fault


def test_a_table_of_contracted_prices_keeps_to_its_quantities() -> None:
    table = "line.sku,customer.id,line.qty,out: contracted_price,out: contracted_percent\n"
    rows = "PEN,acme,[10..99],1.20,\nPEN,acme,>= 100,1.00,\nINK,acme,> 2,,25\n"
    parts = book_of({"prices/agreed.csv": table + rows})
    acme = {"id": "acme"}
    for quantity, net in (("9", "13.50"), ("10", "12.00"), ("99", "118.80"), ("100", "100.00")):
        assert nets(quote(parts, line("PEN", quantity), customer=acme)) == {"pen": net}
    assert nets(quote(parts, line("PEN", "100"), customer={"id": "other"})) == {"pen": "150.00"}
    # 9.99 each; a quarter off three of them: 29.97 x 0.75 = 22.4775
    assert nets(quote(parts, line("INK", "2"), customer=acme)) == {"ink": "19.98"}
    assert nets(quote(parts, line("INK", "3"), customer=acme)) == {"ink": "22.48"}


def test_a_bare_amount_of_a_model_is_told_how_to_write_it() -> None:
    model = "models: [{id: m, sku: PEN, model: flat, unit: 50.00}]\n"
    loaded = load(unpack({"book.yaml": b"id: shop\ntitle: Shop\ncurrency: EUR\n", "prices/p.yaml": model.encode()}))
    (told,) = [each for each in loaded.diagnostics if each.code == "FLD003"]
    assert (told.message, told.hint) == (
        "a record was expected, with a currency as each key",
        "write `{EUR: 50.00}`, with the currency that it is in",
    )


def test_a_price_agreed_for_what_is_billed_by_its_usage_is_told() -> None:
    charge = "charge: {kind: usage, period: month, meter: calls}"
    files = {"catalog/u.yaml": f"products: [{{sku: CALL, name: Call, family: calls, {charge}}}]\n"}
    model = "models: [{id: m, sku: CALL, model: per_unit, unit: {EUR: 0.10}}]\n"
    rows = "{id: acme, customer: acme, sku: CALL, price: 0.05}", "{id: all, customer: acme, family: calls, price: 1}"
    agreed = f"contracted: [{', '.join(rows)}]\n"
    told = ["PRC220: `acme/EUR` agrees on a price of `CALL`, which its price model bills"]
    told.append(told[0].replace("acme", "all"))
    assert warnings_of(files, prices=model + agreed) == told
    assert warnings_of(files, prices=model + agreed.replace("price", "percent_off")) == []
    assert warnings_of(files, prices=agreed) == ["PRC201: `CALL` has no price in EUR"]

"""What a price was made from: looked at again when something was saved since, or on another day, and only then."""

from __future__ import annotations

from typing import Any

import pytest

from engine.application.basis import Basis, Read, Standing
from engine.application.perform import DEFAULT_TENANT
from engine.parties import Customer
from tests.api import deal
from tests.api.server import Served
from tests.api.test_price_answers import moved


def standing(shop: Served, *, dated: bool = False) -> Standing:
    today = shop.env.clock.now(DEFAULT_TENANT).date()
    anna = shop.env.store.look(DEFAULT_TENANT, lambda reader: reader.get(Customer, "anna"))
    book = shop.env.books.in_force(DEFAULT_TENANT, today)
    assert book is not None
    return Standing(Basis(today, None if dated else today, "", book.parts.rule_book, (Read(Customer, "anna", anna),)))


def test_it_is_looked_at_once_while_nobody_saves(shop: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    found, looked = standing(shop), []
    look = Basis.book

    def counted(basis: Basis, *arguments: Any) -> Any:
        looked.append(basis)
        return look(basis, *arguments)

    monkeypatch.setattr(Basis, "book", counted)
    first = found.book(shop.env, DEFAULT_TENANT)
    assert first is not None
    assert [found.book(shop.env, DEFAULT_TENANT) for _ in range(3)] == [first] * 3
    assert len(looked) == 1
    deal.create(shop, deal.line("MUG", "4"))
    assert found.book(shop.env, DEFAULT_TENANT) is first
    assert len(looked) == 2


def test_it_falls_with_a_record_it_was_made_from(shop: Served) -> None:
    found = standing(shop)
    assert found.book(shop.env, DEFAULT_TENANT) is not None
    moved(shop, segment="edu")
    assert found.book(shop.env, DEFAULT_TENANT) is None
    assert found.book(shop.env, DEFAULT_TENANT) is None


def test_it_falls_with_its_day_unless_that_was_stated(shop: Served) -> None:
    today, dated = standing(shop), standing(shop, dated=True)
    assert today.book(shop.env, DEFAULT_TENANT) is not None
    assert dated.book(shop.env, DEFAULT_TENANT) is not None
    deal.move_clock(shop, "2026-03-02T00:00:00Z")
    assert today.book(shop.env, DEFAULT_TENANT) is None
    assert dated.book(shop.env, DEFAULT_TENANT) is not None

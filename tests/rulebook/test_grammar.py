"""The small grammar of ``give`` and ``cap`` (engine.rulebook.grammar)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.diagnostics import DiagnosticError, Span
from engine.pricing.effects import (
    Amount,
    Basis,
    BuyGet,
    Effect,
    Gift,
    On,
    Percent,
    Select,
    SetPrice,
    Sign,
    UnitPick,
    UnitsOff,
)
from engine.rulebook.grammar import Formulas, parse_cap, parse_effect, parse_per_currency
from engine.rulebook.nodes import Scalar

HEARD: list[tuple[str, str, int]] = []


def scalar(text: str) -> Scalar:
    return Scalar(text, Span("a.yaml", 3, 7, 3, 7 + len(text)))


def formulas() -> Formulas:
    HEARD.clear()

    def number(kind: str, text: Scalar) -> Decimal:
        HEARD.append((kind, text.text, text.span.column))
        return Decimal(text.text) if text.text.replace(".", "").isdigit() else Decimal(-1)

    def condition(text: Scalar) -> tuple[()]:
        HEARD.append(("where", text.text, text.span.column))
        return ()

    return Formulas(lambda text: number("percent", text), lambda text: number("money", text), condition)


D = Decimal


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("10 % off unit", Percent(D(10))),
        ("10% off line", Percent(D(10), On.LINE)),
        ("7.5 % off unit of list", Percent(D("7.5"), On.UNIT, Sign.OFF, Basis.LIST)),
        ("3 % up unit", Percent(D(3), On.UNIT, Sign.UP)),
        ("5 % off order", Percent(D(5), On.ORDER)),
        ("25.00 off unit", Amount(D("25.00"))),
        ("1500.00 off order", Amount(D("1500.00"), On.ORDER)),
        ("2.00 off each_line", Amount(D("2.00"), On.EACH_LINE)),
        ("4.00 up unit", Amount(D("4.00"), On.UNIT, Sign.UP)),
        ("set 9.90 unit", SetPrice(D("9.90"))),
        ("set 99 order", SetPrice(D(99), On.ORDER)),
        ("50 % off units(cheapest 1)", UnitsOff(Percent(D(50)), Select.CHEAPEST, D(1))),
        ("50 % off units(dearest 2)", UnitsOff(Percent(D(50)), Select.DEAREST, D(2))),
        ("set 5.00 units(groups of 3)", UnitsOff(SetPrice(D("5.00")), Select.LINE_ORDER, None, 3)),
        ("buy 2 of any get 1 of cheapest at 0 %", BuyGet(UnitPick(D(2)), UnitPick(D(1), (), Select.CHEAPEST), D(100))),
        (
            "buy 3 of any get 1 of any at 50 % repeat at_most 4",
            BuyGet(UnitPick(D(3)), UnitPick(D(1)), D(50), repeat=True, sets_max=4),
        ),
        ("add MOUSE-1 at 0", Gift("MOUSE-1")),
        ("add MOUSE-1 qty 2 at 1.50", Gift("MOUSE-1", D(2), D("1.50"))),
    ],
)
def test_effects(text: str, effect: Effect) -> None:
    assert parse_effect(scalar(text), formulas()).effect == effect


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("round half up(line.list, 2) off unit", [("money", "round half up(line.list, 2)", 7)]),
        ("line.qty * 2 % off unit", [("percent", "line.qty * 2", 7)]),
        ("50 % off units(cheapest 1 where line.qty > 2)", [("percent", "50", 7), ("where", "line.qty > 2", 39)]),
        (
            'buy 2 of any where line.sku = "A" get 1 of any where line.sku = "B" at 0 %',
            [("where", 'line.sku = "A"', 26), ("where", 'line.sku = "B"', 60)],
        ),
    ],
)
def test_formulas_inside_keep_their_places(text: str, heard: list[tuple[str, str, int]]) -> None:
    parse_effect(scalar(text), formulas())
    assert heard == HEARD


def test_amounts_are_money_and_percents_are_not() -> None:
    assert parse_effect(scalar("5.00 off unit"), formulas()).in_money
    assert parse_effect(scalar("add KIT at 5.00"), formulas()).in_money
    assert not parse_effect(scalar("5 % off unit"), formulas()).in_money
    assert not parse_effect(scalar("add KIT at 0"), formulas()).in_money


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("10 % of unit", "a.yaml:3:7: DSC201: the effect `10 % of unit` cannot be read"),
        ("", "a.yaml:3:7: DSC201: the effect `` cannot be read"),
        ("50 % off units(some)", "a.yaml:3:22: DSC201: `some` does not select units"),
        ("50 % off units(groups of 1.5)", "a.yaml:3:22: DSC201: `groups of` needs a whole number"),
        ("set 5.00", "a.yaml:3:7: DSC201: the effect `set 5.00` cannot be read"),
        ("buy 2 get 1", "a.yaml:3:7: DSC201: the effect `buy 2 get 1` cannot be read"),
        ("buy two of any get 1 of any at 0 %", "a.yaml:3:11: DSC201: `two` is not a number"),
        ("add KIT", "a.yaml:3:7: DSC201: the effect `add KIT` cannot be read"),
    ],
)
def test_what_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        parse_effect(scalar(text), formulas())
    assert str(caught.value).startswith(message)


def test_amounts_per_currency_in_a_cell() -> None:
    pairs = parse_per_currency(scalar("{EUR: 1500.00 off order, USD: 1600.00 off order}"))
    assert pairs is not None
    assert [(currency.text, text.text, text.span.column) for currency, text in pairs] == [
        ("EUR", "1500.00 off order", 13),
        ("USD", "1600.00 off order", 37),
    ]
    assert parse_per_currency(scalar("10 % off unit")) is None


@pytest.mark.parametrize(
    ("text", "cap"),
    [("15 %", (D(15), None)), ("200.00", (None, D("200.00"))), ("15 %, 200.00", (D(15), D("200.00")))],
)
def test_caps(text: str, cap: tuple[Decimal | None, Decimal | None]) -> None:
    assert parse_cap(scalar(text)) == cap


@pytest.mark.parametrize("text", ["15 %, 10 %", "a lot", "1, 2", "15 % 3"])
def test_no_caps(text: str) -> None:
    with pytest.raises(DiagnosticError):
        parse_cap(scalar(text))

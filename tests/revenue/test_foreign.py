"""Positions in another currency: amounts by hand, and a twin that follows every single cent with its own rate."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.money import Money, currency
from engine.revenue.foreign import Movement, Translated, translated
from tests.revenue.made import codes

EUR, USD = currency("EUR"), currency("USD")
START = date(2026, 1, 1)


def moved(day: int, billed: int = 0, earned: int = 0) -> Movement:
    return Movement(START + timedelta(days=day), Money(billed, USD), Money(earned, USD))


def into_euro(*movements: Movement, rates: dict[int, str], at: int) -> Translated:
    by_day = {START + timedelta(days=day): Fraction(rate) for day, rate in rates.items()}
    found = translated(movements, rates=by_day, at=START + timedelta(days=at), into=EUR)
    assert isinstance(found, Translated), found
    return found


def test_an_advance_keeps_its_rate_and_an_asset_moves_until_it_is_billed() -> None:
    steps = (moved(0, billed=10_000), moved(31, earned=15_000), moved(59, billed=5_000))
    rates = {0: "0.90", 31: "0.80", 40: "1.00", 59: "0.95"}
    # 100.00 at 0.90, then 50.00 more at 0.80: 130.00 earned; the asset of 50.00 is worth 50.00 at 1.00
    middle = into_euro(*steps, rates=rates, at=40)
    assert (middle.earned, middle.contract_asset, middle.gain) == (
        Money(13_000, EUR),
        Money(5_000, EUR),
        Money(1_000, EUR),
    )
    # billed at 0.95 it is 47.50: a gain of 7.50 is left
    last = into_euro(*steps, rates=rates, at=59)
    assert (last.contract_asset, last.contract_liability, last.gain) == (Money(0, EUR), Money(0, EUR), Money(750, EUR))
    assert last.billed == Money(9_000 + 4_750, EUR)


def test_what_is_credited_undoes_the_latest_advance() -> None:
    steps = (moved(0, billed=10_000), moved(10, billed=5_000), moved(20, billed=-6_000))
    found = into_euro(*steps, rates={0: "0.90", 10: "0.80"}, at=20)
    # 100.00 at 0.90 and 50.00 at 0.80, less those 50.00 and 10.00 at 0.90
    assert (found.contract_liability, found.billed, found.gain) == (Money(8_100, EUR), Money(8_100, EUR), Money(0, EUR))


def test_a_day_before_every_rate_is_refused() -> None:
    assert codes(
        translated([moved(0, billed=1)], rates={START + timedelta(days=1): Fraction(1)}, at=START, into=EUR)
    ) == ["REV060"]


cents = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 25), st.integers(0, 25)), max_size=8)


@settings(max_examples=80, deadline=None)
@given(cents, st.lists(st.integers(50, 150), min_size=41, max_size=41))
def test_every_cent_keeps_the_rate_of_its_day(moves: list[tuple[int, int, int]], daily: list[int]) -> None:
    """The twin: one list of cents waiting on each side, each with its rate; what is earned meets the oldest one."""
    rates = [Fraction(each, 100) for each in daily]
    advances: list[Fraction] = []
    assets: list[Fraction] = []
    billed = earned = Fraction(0)
    for day, more, done in sorted(moves, key=lambda each: each[0]):
        for _ in range(more):
            billed += rates[day]
            if assets:
                assets.pop(0)
            else:
                advances.append(rates[day])
        for _ in range(done):
            if advances:
                earned += advances.pop(0)
            else:
                earned += rates[day]
                assets.append(rates[day])
    found = into_euro(
        *(moved(day, more, done) for day, more, done in moves),
        rates={day: str(rate) for day, rate in enumerate(rates)},
        at=40,
    )
    assert found.billed.minor_units == round_half_up(billed)
    assert found.earned.minor_units == round_half_up(earned)
    assert found.contract_liability.minor_units == round_half_up(sum(advances, Fraction(0)))
    assert found.contract_asset.minor_units == round_half_up(len(assets) * rates[40])
    assert found.gain == found.contract_asset - found.contract_liability + found.billed - found.earned


def round_half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))

"""Steps 1 to 4 of the slow twin of a quote: what a line starts from, by fractions and units counted one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

from engine.money import Rounding
from engine.pricing.models import CostPlus, Flat, Graduated, Package, PerUnit, Stairstep, Volume
from engine.pricing.models.tiers import Tier, TierEffect
from engine.pricing.plan import (
    BookFormula,
    ContractedPrice,
    FormulaBase,
    Match,
    ModelUse,
    Narrowness,
    PoolScope,
    PriceEntry,
    PricingRules,
)
from engine.pricing.request import PriceRequest, RequestLine
from tests.pricing.twin_lines import proportional, rounded

ZERO = Fraction(0)


@dataclass
class Move:
    """What one step made of a line's price: a rule or model, what undoes, or a rule in percent of the list price."""

    before: Fraction
    after: Fraction
    undoes: bool = False
    of_list: bool = False


@dataclass
class Row:
    """One line on its way: exact until it is rounded to cents."""

    line: RequestLine
    listed: Fraction = ZERO
    dearest: Fraction = ZERO
    amount: Fraction = ZERO
    start: Fraction = ZERO
    list_cents: int = 0
    cents: int = 0
    lowest: Fraction = ZERO
    is_whole: bool = False
    moves: list[Move] = field(default_factory=list)

    @property
    def quantity(self) -> Fraction:
        return Fraction(self.line.quantity)

    def move(self, amount: Fraction, *, undoes: bool = False) -> None:
        """Set the amount, and keep what it was before."""
        if amount != self.amount:
            self.moves.append(Move(self.amount, amount, undoes))
        self.amount = amount


def started(rules: PricingRules, request: PriceRequest, line: RequestLine) -> Row:
    """A line with its list price and what rules start from."""
    row = Row(line, lowest=max(Fraction(line.floor or 0), ZERO))
    quantity, factor = row.quantity, Fraction(line.unit_factor)
    entry = _winner(rules, request, line, "", request.currency)
    if entry is not None:
        price, per_sold = _price_of(rules, request, line, entry, request.currency), bool(entry.unit)
    else:
        price, per_sold = _exchanged(rules, request, line)
    row.listed = price / factor if per_sold else price
    row.amount = row.listed * quantity
    contract = contract_of(rules, request, line)
    use = next((each for each in rules.models if each.sku == line.sku), None)
    is_stated = use is not None and getattr(use.model, "effect", None) is not TierEffect.PERCENT_OFF
    percent = Fraction(0) if contract is None or contract.price is not None else Fraction(contract.percent_off)  # type: ignore[arg-type]
    if contract is not None and contract.price is not None:
        row.move(Fraction(contract.price) * quantity)  # type: ignore[arg-type]
        use = None if is_stated else use
    elif contract is not None and not is_stated:
        row.move(row.amount - row.amount * percent / 100)
    if use is not None:
        row.move(_modelled(use, row, request))
        by_unit = isinstance(use.model, CostPlus | PerUnit) or (
            isinstance(use.model, Volume) and use.model.effect is not TierEffect.FLAT
        )
        row.is_whole = not by_unit and line.segment_price is None
        if is_stated and contract is not None:
            row.move(row.amount - row.amount * percent / 100)
    if line.segment_price is not None:
        row.move(Fraction(line.segment_price) * quantity, undoes=True)
    row.move(row.amount + row.amount * Fraction(line.uplift_percent) / 100)
    row.start = row.amount
    row.dearest = max(row.listed, Fraction(line.segment_price or 0))
    row.dearest += row.dearest * max(Fraction(line.uplift_percent), ZERO) / 100
    row.list_cents = rounded(row.dearest * quantity * 100, rules.rounding.mode)
    return row


def beside(line: RequestLine) -> set[int]:
    """The segments that run beside a line: its own and what is in none; beside none of its own the first one."""
    return {0, line.segment or 1}


def _is_for(match: Match, line: RequestLine) -> bool:
    return {
        Narrowness.SKU: match.value == line.sku,
        Narrowness.FAMILY: match.value == line.facts.get("family"),
    }.get(match.by, match.by is Narrowness.ANYTHING)


def _winner(
    rules: PricingRules, request: PriceRequest, line: RequestLine, book: str, currency: str
) -> PriceEntry | None:
    def holds(entry: PriceEntry) -> bool:
        start, end = entry.window.start, entry.window.end
        return (
            entry.book == book
            and _is_for(entry.match, line)
            and entry.currency in ("", currency)
            and entry.unit in ("", line.unit)
            and (entry.quantity_min is None or line.quantity >= entry.quantity_min)
            and (entry.quantity_max is None or line.quantity <= entry.quantity_max)
            and (start is None or start <= request.date)
            and (end is None or request.date < end)
        )

    def rank(entry: PriceEntry) -> tuple[object, ...]:
        dated = entry.window.start is not None or entry.window.end is not None
        least = entry.quantity_min or 0
        return (
            -entry.priority,
            -entry.match.by.value,
            -entry.weight,
            -(len(entry.when) + dated + bool(entry.unit)),
            -least,
            entry.id,
        )

    return min(filter(holds, rules.entries), key=rank, default=None)


def _price_of(
    rules: PricingRules, request: PriceRequest, line: RequestLine, entry: PriceEntry, currency: str
) -> Fraction:
    if entry.formula is None:
        return Fraction(entry.price)  # type: ignore[arg-type]
    base = Fraction(line.cost or 0)
    if entry.formula.base is FormulaBase.BOOK:
        other = _winner(rules, request, line, entry.formula.book, currency)
        assert other is not None, "the books of these tests have every product"
        base = Fraction(other.price)  # type: ignore[arg-type]
    return _computed(entry.formula, base, rules.rounding.mode)


def _computed(formula: BookFormula, base: Fraction, mode: Rounding) -> Fraction:
    price = base - base * Fraction(formula.percent_off) / 100
    if formula.round_to is not None:
        price = rounded(price / Fraction(formula.round_to), mode) * Fraction(formula.round_to)
    price += Fraction(formula.surcharge)
    if formula.margin_min is not None:
        price = max(price, base + Fraction(formula.margin_min))
    return price if formula.margin_max is None else min(price, base + Fraction(formula.margin_max))


def _exchanged(rules: PricingRules, request: PriceRequest, line: RequestLine) -> tuple[Fraction, bool]:
    for rate in sorted(rules.exchange_rates, key=lambda each: each.since, reverse=True):
        entry = _winner(rules, request, line, "", rate.source)
        if rate.since <= request.date and entry is not None:
            price = _price_of(rules, request, line, entry, rate.source) * Fraction(rate.rate)
            return Fraction(rounded(price * 100, rules.rounding.mode), 100), bool(entry.unit)
    return ZERO, False


def contract_of(rules: PricingRules, request: PriceRequest, line: RequestLine) -> ContractedPrice | None:
    """The contracted price that wins for a line."""
    found = [each for each in rules.contracted if _is_for(each.match, line)]
    found = [each for each in found if each.window.start is None or each.window.start <= request.date]
    return min(found, key=lambda each: (-each.priority, -each.match.by.value, each.id), default=None)


def _modelled(use: ModelUse, row: Row, request: PriceRequest) -> Fraction:
    """What the quantity costs by a model: unit by unit, of a pool the line's share by quantity."""
    line, model = row.line, use.model
    pool = [
        each
        for each in request.lines
        if each is line
        or (use.pool is PoolScope.QUOTE)
        or (use.pool is PoolScope.SKU and each.sku == line.sku)
        or (use.pool is PoolScope.GROUP and each.group == line.group != "")
    ]
    pool = [each for each in pool if each is line or each.segment in beside(line)]
    together, prior = sum(int(each.quantity) for each in pool), int(line.prior_quantity)
    base = row.amount / row.quantity
    match model:
        case CostPlus(percent):
            return Fraction(line.cost or 0) * (1 + Fraction(percent) / 100) * row.quantity
        case PerUnit(price):
            return Fraction(price) * row.quantity
        case Volume(tiers, effect) if effect is not TierEffect.FLAT:
            return _unit_at(tiers, effect, together + prior, base) * row.quantity
        case _:
            whole = _rated(model, prior + together, base) - _rated(model, prior, base)
            return whole * row.quantity / together


def _tier_at(tiers: Sequence[Tier], count: int) -> Tier:
    return next((tier for tier in tiers if tier.up_to is None or count <= tier.up_to), tiers[-1])


def _unit_at(tiers: Sequence[Tier], effect: TierEffect, count: int, base: Fraction) -> Fraction:
    value = Fraction(_tier_at(tiers, count).value)
    return value if effect is TierEffect.UNIT_PRICE else base * (1 - value / 100)


def _rated(model: object, count: int, base: Fraction) -> Fraction:
    """What so many units cost from the first one on."""
    match model:
        case _ if not count:
            return ZERO
        case Flat(price):
            return Fraction(price)
        case Graduated(tiers, effect):
            return sum((_unit_at(tiers, effect, unit, base) for unit in range(1, count + 1)), ZERO)
        case Package(size, price, free):
            return Fraction(price) * max(ceil((count - Fraction(free)) / Fraction(size)), 0)
        case Stairstep(tiers, overage):
            last = tiers[-1].up_to
            over = max(count - int(last or count), 0)
            return Fraction(_tier_at(tiers, count).value) + over * Fraction(overage or 0)
        case _:
            raise AssertionError(f"no twin of {model}")


def price_bundles(rules: PricingRules, rows: Sequence[Row]) -> None:
    """Share the prices of bundles out over their lines."""
    for root in rows:
        price = next((each for each in rules.bundle_prices if each.bundle == root.line.sku), None)
        if price is None or root.line.root is not None:
            continue
        parts = [root, *(each for each in rows if each.line.root == root.line.id)]
        mode = rules.rounding.mode
        total = rounded(Fraction(price.price) * root.quantity * 100, mode)  # type: ignore[arg-type]
        shares = proportional(total, [rounded(each.start * 100, mode) for each in parts])
        for each, share in zip(parts, shares, strict=True):
            each.move(Fraction(share, 100))
            each.start = each.amount
            each.is_whole = True

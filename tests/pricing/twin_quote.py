"""The slow twin of a whole quote, from the price book to what is paid: fractions, and units counted one by one.

It shares no code with the engine but the records that say what is asked. Stacking on a line and on the order have twins
of their own, which are used here; everything around them is worked out by the reference page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

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
    PercentBasis,
    PoolScope,
    PriceEntry,
    PricingRules,
    Step,
)
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, PriceRequest, Replaces, RequestLine
from engine.pricing.settings import RoundingOf, RoundingPoint, TaxLevel, TaxSettings, TaxSide
from tests.pricing.twin_lines import Predicate, TwinLine, price_lines, proportional
from tests.pricing.twin_order import TwinOrder, price_order, spread

ZERO, HUNDRED = Fraction(0), Fraction(100)


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
    is_share: bool = False

    @property
    def quantity(self) -> Fraction:
        return Fraction(self.line.quantity)


@dataclass
class Answer:
    """What a quote comes to, in cents."""

    lists: list[int]
    amounts: list[int]
    taxes: list[int]
    net: int
    tax: int
    payable: int


def rounded(value: Fraction, mode: Rounding) -> int:
    """A whole number by a mode, from the two neighbours."""
    low, high = floor(value), ceil(value)
    near, far = (low, high) if value >= 0 else (high, low)  # towards zero, and away from it
    match mode:
        case Rounding.FLOOR:
            return low
        case Rounding.CEILING:
            return high
        case Rounding.DOWN:
            return near
        case Rounding.UP:
            return far
    over = abs(value - near) * 2
    if over != 1:
        return far if over > 1 else near
    if mode is Rounding.HALF_EVEN:
        return near if near % 2 == 0 else far
    return far if mode is Rounding.HALF_UP else near


def price_quote(rules: PricingRules, request: PriceRequest, predicates: Mapping[str, Predicate]) -> Answer:
    """All steps of the waterfall, one after the other."""
    rows = [_started(rules, request, line) for line in request.lines]
    _bundles(rules, rows)
    _line_rules(rules, request, rows, predicates)
    _settle(rules, rows)
    _percents(rules, rows)
    amounts = _order(rules, request, rows)
    return _answer(rules, rows, amounts)


# steps 1 to 4


def _started(rules: PricingRules, request: PriceRequest, line: RequestLine) -> Row:
    row = Row(line, lowest=max(Fraction(line.floor or 0), ZERO))
    quantity, factor = row.quantity, Fraction(line.unit_factor)
    entry = _winner(rules, request, line, "", request.currency)
    if entry is not None:
        price, per_sold = _price_of(rules, request, line, entry, request.currency), bool(entry.unit)
    else:
        price, per_sold = _exchanged(rules, request, line)
    row.listed = price / factor if per_sold else price
    row.amount = row.listed * quantity
    contract = _contract(rules, request, line)
    if contract is not None and contract.price is not None:
        row.amount = Fraction(contract.price) * quantity  # type: ignore[arg-type]
    elif contract is not None:
        row.amount -= row.amount * Fraction(contract.percent_off) / 100  # type: ignore[arg-type]
    use = next((each for each in rules.models if each.sku == line.sku), None)
    if use is not None:
        row.amount = _modelled(use, row, request)
    if line.segment_price is not None:
        row.amount = Fraction(line.segment_price) * quantity
    row.amount += row.amount * Fraction(line.uplift_percent) / 100
    row.start = row.amount
    row.dearest = max(row.listed, Fraction(line.segment_price or 0))
    row.dearest += row.dearest * max(Fraction(line.uplift_percent), ZERO) / 100
    row.list_cents = rounded(row.dearest * quantity * 100, rules.rounding.mode)
    return row


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
        return -entry.priority, -entry.match.by.value, -entry.weight, -(len(entry.when) + dated), -least, entry.id

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


def _contract(rules: PricingRules, request: PriceRequest, line: RequestLine) -> ContractedPrice | None:
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


def _bundles(rules: PricingRules, rows: Sequence[Row]) -> None:
    for root in rows:
        price = next((each for each in rules.bundle_prices if each.bundle == root.line.sku), None)
        if price is None or root.line.root is not None:
            continue
        parts = [root, *(each for each in rows if each.line.root == root.line.id)]
        mode = rules.rounding.mode
        total = rounded(Fraction(price.price) * root.quantity * 100, mode)  # type: ignore[arg-type]
        shares = proportional(total, [rounded(each.start * 100, mode) for each in parts])
        for each, share in zip(parts, shares, strict=True):
            each.amount = each.start = Fraction(share, 100)
            each.is_share = True


# steps 5 to 10


def _line_rules(
    rules: PricingRules, request: PriceRequest, rows: Sequence[Row], predicates: Mapping[str, Predicate]
) -> None:
    for row in rows:
        line, quantity = row.line, row.quantity
        if not any(_replaces_all(each, line) for each in request.manual):
            _by_rules(rules, row, predicates, before=True)
        for manual in request.manual:
            if manual.on is ManualOn.LINE and manual.target == line.id:
                _take(row, _asked_off(manual, row.amount, quantity))
        if not any(_replaces_all(each, line) for each in request.manual):
            _by_rules(rules, row, predicates, before=False)
        for guard in rules.guards:
            unit = row.amount / quantity
            if guard.ceiling is not None:
                unit = min(unit, Fraction(guard.ceiling))  # type: ignore[arg-type]
            lowest = [Fraction(guard.floor)] if guard.floor is not None else []  # type: ignore[arg-type]
            if guard.margin_percent_min is not None and line.cost is not None:
                lowest.append(Fraction(line.cost) / (1 - Fraction(guard.margin_percent_min) / 100))  # type: ignore[arg-type]
            for each in lowest:
                unit, row.lowest = max(unit, each), max(row.lowest, each)
            row.amount = unit * quantity


def _by_rules(rules: PricingRules, row: Row, predicates: Mapping[str, Predicate], *, before: bool) -> None:
    """The groups of the steps before the agent's discounts, or those after them."""
    groups = tuple(each for each in rules.groups if (each.step.value < Step.MANUAL.value) is before)
    twin = TwinLine(row.line.sku, row.quantity, row.dearest, row.amount / row.quantity, row.lowest)
    price_lines(replace(rules, groups=groups), [twin], predicates)
    row.amount = twin.running


def _replaces_all(manual: ManualDiscount, line: RequestLine) -> bool:
    wide = {ManualOn.LINE: line.id, ManualOn.GROUP: line.group, ManualOn.TOTAL: manual.target}
    return manual.replaces is Replaces.ALL and manual.target == wide[manual.on]


def _asked_off(manual: ManualDiscount, amount: Fraction, quantity: Fraction) -> Fraction:
    value = Fraction(manual.value)
    match manual.kind:
        case ManualKind.PERCENT:
            return amount * value / 100
        case ManualKind.AMOUNT:
            return value
        case ManualKind.TARGET:
            return amount - value * quantity


def _take(row: Row, off: Fraction) -> None:
    row.amount -= min(off, max(row.amount - row.lowest * row.quantity, ZERO))


def _settle(rules: PricingRules, rows: Sequence[Row]) -> None:
    settings = rules.rounding
    for row in rows:
        sold = row.quantity / Fraction(row.line.unit_factor)
        if RoundingPoint.UNIT in settings.points and not row.is_share:
            row.amount = Fraction(rounded(row.amount / sold * 100, settings.mode), 100) * sold
        if settings.of is RoundingOf.DISCOUNT:
            start = rounded(row.start * 100, settings.mode)
            row.cents = start - rounded((row.start - row.amount) * 100, settings.mode)
        else:
            row.cents = rounded(row.amount * 100, settings.mode)
    if RoundingPoint.TOTAL in settings.points and RoundingPoint.LINE not in settings.points:
        exact = [row.amount * 100 for row in rows]
        left = rounded(sum(exact, ZERO), settings.mode) - sum(map(floor, exact))
        order = sorted(range(len(rows)), key=lambda each: (floor(exact[each]) - exact[each], each))
        for index, row in enumerate(rows):
            row.cents = floor(exact[index]) + (index in order[:left])


def _percents(rules: PricingRules, rows: Sequence[Row]) -> None:
    """In the order of the rules: each counts only lines that were settled before."""
    for percent in rules.percent_of:
        (condition,) = percent.of
        counted = condition.text.partition('"')[2].rstrip('"')
        for row in rows:
            if row.line.sku != percent.sku:
                continue
            named = [each for each in rows if counted in (each.line.sku, each.line.facts.get("family"))]
            column = [each.list_cents if percent.basis is PercentBasis.LIST else each.cents for each in named]
            row.amount = Fraction(sum(column), 100) * Fraction(percent.percent) / 100 * row.quantity  # type: ignore[arg-type]
            row.cents = rounded(row.amount * 100, rules.rounding.mode)


# steps 11 to 13


def _order(rules: PricingRules, request: PriceRequest, rows: Sequence[Row]) -> list[int]:
    order = TwinOrder(
        skus=[str(row.line.sku) for row in rows],
        quantities=[int(row.quantity) for row in rows],
        listed=[row.list_cents for row in rows],
        running=[row.cents for row in rows],
        lowest=[ceil(row.lowest * row.quantity * 100) for row in rows],
        discountable=[row.line.discountable for row in rows],
    )
    if rules.tax is not None and not rules.tax.inclusive:
        known = {each.code: each.percent for each in rules.tax.rates}
        order.gross_of = [int((100 + known[row.line.tax_code]) * 10) for row in rows]
    replaced = (Replaces.ORDER, Replaces.ALL)
    if not any(
        m.replaces is replaced[0] or (m.replaces in replaced and m.on is ManualOn.TOTAL) for m in request.manual
    ):
        price_order(rules, order)
    for manual in request.manual:
        if manual.on is ManualOn.LINE:
            continue
        lines = [
            index
            for index, row in enumerate(rows)
            if row.line.discountable and (manual.on is ManualOn.TOTAL or row.line.group == manual.target)
        ]
        _spread_manual(manual, order, lines, rules.rounding.mode)
    return order.running


def _spread_manual(manual: ManualDiscount, order: TwinOrder, lines: list[int], mode: Rounding) -> None:
    running = [order.running[each] for each in lines]
    whole, value = sum(running), Fraction(manual.value)
    match manual.kind:
        case ManualKind.PERCENT:
            total = rounded(whole * value / 100, mode)
        case ManualKind.AMOUNT:
            total = min(rounded(value * 100, mode), whole)
        case ManualKind.TARGET:
            others = sum(order.running) - whole if manual.on is ManualOn.TOTAL else 0
            total = whole + others - rounded(value * 100, mode)
    if not lines or not total:
        return
    if total > 0:
        shares = spread(total, running, [order.room(each) for each in lines])
    else:
        shares = [-share for share in proportional(-total, running)]
    for index, share in zip(lines, shares, strict=True):
        order.running[index] -= share


@dataclass
class _Tax:
    """Tax by the settings of a book."""

    settings: TaxSettings
    mode: Rounding

    def exact(self, amount: int, percent: Fraction) -> Fraction:
        return amount * percent / (HUNDRED + percent if self.settings.inclusive else HUNDRED)

    def whole(self, amount: int, tax: Fraction) -> int:
        if self.settings.inclusive and self.settings.side is TaxSide.NET:
            return amount - rounded(amount - tax, self.mode)
        return rounded(tax, self.mode)

    def of_line(self, amount: int, percent: Fraction) -> int:
        return self.whole(amount, self.exact(amount, percent))

    def of_units(self, amount: int, percent: Fraction, units: int) -> int:
        low, rest = divmod(amount, units)
        return rest * self.of_line(low + 1, percent) + (units - rest) * self.of_line(low, percent)

    def together(self, amounts: Sequence[int], percents: Sequence[Fraction]) -> list[int]:
        parts = [self.exact(amount, percent) for amount, percent in zip(amounts, percents, strict=True)]
        return _shares(self.whole(sum(amounts), sum(parts, ZERO)), parts)


def _taxes(rules: PricingRules, rows: Sequence[Row], amounts: list[int]) -> list[int]:
    """Tax of each line, rounded where the book says; what is rounded for several is shared out by what is exact."""
    if rules.tax is None:
        return [0] * len(rows)
    known = {each.code: Fraction(each.percent) for each in rules.tax.rates}
    tax, percents = _Tax(rules.tax, rules.tax.mode or rules.rounding.mode), [known[row.line.tax_code] for row in rows]
    pairs = list(zip(amounts, percents, strict=True))
    match rules.tax.level:
        case TaxLevel.LINE:
            return [tax.of_line(*each) for each in pairs]
        case TaxLevel.UNIT:
            return [tax.of_units(*each, int(row.quantity)) for each, row in zip(pairs, rows, strict=True)]
        case TaxLevel.TOTAL:
            return tax.together(amounts, percents)
        case TaxLevel.RATE:
            found = dict[int, int]()
            for rate in set(percents):
                members = [index for index, percent in enumerate(percents) if percent == rate]
                shares = tax.together([amounts[index] for index in members], [rate] * len(members))
                found.update(zip(members, shares, strict=True))
            return [found[index] for index in range(len(rows))]


def _answer(rules: PricingRules, rows: Sequence[Row], amounts: list[int]) -> Answer:
    taxes = _taxes(rules, rows, amounts)
    tax = sum(taxes)
    net = sum(amounts) - (tax if rules.tax is not None and rules.tax.inclusive else 0)
    payable = net + tax
    if rules.rounding.cash_increment is not None:
        coin = int(rules.rounding.cash_increment * 100)
        payable = rounded(Fraction(payable, coin), rules.rounding.mode) * coin
    return Answer([row.list_cents for row in rows], amounts, taxes, net, tax, payable)


def _shares(total: int, parts: Sequence[Fraction]) -> list[int]:
    """Largest remainder, ties to the earlier."""
    whole = sum(parts, ZERO)
    exact = [total * part / whole if whole else Fraction(total, len(parts)) for part in parts]
    found = [floor(each) for each in exact]
    order = sorted(range(len(parts)), key=lambda each: (found[each] - exact[each], each))
    for each in order[: total - sum(found)]:
        found[each] += 1
    return found

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
from engine.pricing.plan import PercentBasis, PercentOfTotal, PricingRules, Step
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, PriceRequest, Replaces, RequestLine
from engine.pricing.settings import RoundingOf, RoundingPoint, TaxLevel, TaxSettings, TaxSide
from tests.pricing.twin_depth import TwinDepth, depth_of
from tests.pricing.twin_lines import Predicate, TwinLine, price_lines, proportional
from tests.pricing.twin_order import price_order
from tests.pricing.twin_order_lines import TwinOrder, spread
from tests.pricing.twin_start import Move, Row, beside, contract_of, price_bundles, rounded, started

ZERO, HUNDRED = Fraction(0), Fraction(100)


@dataclass
class Answer:
    """What a quote comes to, in cents."""

    lists: list[int]
    amounts: list[int]
    taxes: list[int]
    net: int
    tax: int
    payable: int
    depths: list[TwinDepth]


def price_quote(rules: PricingRules, request: PriceRequest, predicates: Mapping[str, Predicate]) -> Answer:
    """All steps of the waterfall, one after the other."""
    of_others = {each.sku for each in rules.percent_of}
    rows = [Row(line) if line.sku in of_others else started(rules, request, line) for line in request.lines]
    later, plain = ([row for row in rows if (row.line.sku in of_others) is are] for are in (True, False))
    price_bundles(rules, plain)
    for row in plain:
        _line_rules(rules, request, row, predicates)
    _settle(rules, plain)
    for percent in rules.percent_of:  # in the order of the rules: each counts only lines that were settled before
        for row in later:
            if row.line.sku == percent.sku:
                _count(rules, request, percent, row, rows)
    staged = [row.cents for row in rows]
    order = _order(rules, request, rows)
    answer = _answer(rules, rows, order.running)
    answer.depths = [
        depth_of(row, staged[index], _order_moves(order, staged[index], index), order.running[index])
        for index, row in enumerate(rows)
    ]
    return answer


# steps 5 to 10


def _line_rules(rules: PricingRules, request: PriceRequest, row: Row, predicates: Mapping[str, Predicate]) -> None:
    is_replaced = any(_replaces_all(each, row.line) for each in request.manual)
    if not is_replaced:
        _by_rules(rules, row, predicates, before=True)
    _by_agent(request, row)
    if not is_replaced:
        _by_rules(rules, row, predicates, before=False)
    _guarded(rules, row)


def _by_agent(request: PriceRequest, row: Row) -> None:
    for manual in request.manual:
        if manual.on is ManualOn.LINE and manual.target == row.line.id:
            _take(row, _asked_off(manual, row.amount, row.quantity))


def _guarded(rules: PricingRules, row: Row) -> None:
    for guard in rules.guards:
        unit, cost = row.amount / row.quantity, row.line.cost
        if guard.ceiling is not None:
            unit = min(unit, Fraction(guard.ceiling))  # type: ignore[arg-type]
        lowest = [Fraction(guard.floor)] if guard.floor is not None else []  # type: ignore[arg-type]
        if guard.margin_percent_min is not None and cost is not None:
            lowest.append(Fraction(cost) / (1 - Fraction(guard.margin_percent_min) / 100))  # type: ignore[arg-type]
        for each in lowest:
            unit, row.lowest = max(unit, each), max(row.lowest, each)
        row.move(unit * row.quantity, undoes=True)


def _by_rules(rules: PricingRules, row: Row, predicates: Mapping[str, Predicate], *, before: bool) -> None:
    """The groups of the steps before the agent's discounts, or those after them."""
    groups = tuple(each for each in rules.groups if (each.step.value < Step.MANUAL.value) is before)
    twin = TwinLine(row.line.sku, row.quantity, row.dearest, row.amount / row.quantity, row.lowest)
    price_lines(replace(rules, groups=groups), [twin], predicates)
    row.moves += [Move(before, after, of_list=of_list) for before, after, of_list in twin.moves]
    row.amount = twin.running


def _final(request: PriceRequest) -> set[str]:
    return {each.target for each in request.manual if each.replaces is Replaces.FINAL}


def _replaces_all(manual: ManualDiscount, line: RequestLine) -> bool:
    wide = {ManualOn.LINE: line.id, ManualOn.GROUP: line.group, ManualOn.TOTAL: manual.target}
    return manual.replaces in (Replaces.ALL, Replaces.FINAL) and manual.target == wide[manual.on]


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
    row.move(row.amount - min(off, max(row.amount - row.lowest * row.quantity, ZERO)), undoes=True)


def _settle(rules: PricingRules, rows: Sequence[Row]) -> None:
    settings = rules.rounding
    for row in rows:
        _settle_line(rules, row)
    if RoundingPoint.TOTAL in settings.points and RoundingPoint.LINE not in settings.points:
        exact = [row.amount * 100 for row in rows]
        left = rounded(sum(exact, ZERO), settings.mode) - sum(map(floor, exact))
        order = sorted(range(len(rows)), key=lambda each: (floor(exact[each]) - exact[each], each))
        for index, row in enumerate(rows):
            row.cents = floor(exact[index]) + (index in order[:left])


def _settle_line(rules: PricingRules, row: Row) -> None:
    settings = rules.rounding
    sold = row.quantity / Fraction(row.line.unit_factor)
    if RoundingPoint.UNIT in settings.points and not row.is_whole:
        row.move(Fraction(rounded(row.amount / sold * 100, settings.mode), 100) * sold, undoes=True)
    if settings.of is RoundingOf.DISCOUNT:
        start = rounded(row.start * 100, settings.mode)
        row.cents = start - rounded((row.start - row.amount) * 100, settings.mode)
    else:
        row.cents = rounded(row.amount * 100, settings.mode)


def _count(rules: PricingRules, request: PriceRequest, percent: PercentOfTotal, row: Row, rows: Sequence[Row]) -> None:
    """A line that is a percent of others: contract, agent and guards act on it, rules on what it counts."""
    row.lowest = max(Fraction(row.line.floor or 0), ZERO)
    (condition,) = percent.of
    counted = condition.text.partition('"')[2].rstrip('"')
    named = [each for each in rows if counted in (each.line.sku, each.line.facts.get("family"))]
    named = [each for each in named if each.line.segment in beside(row.line)]
    column = [each.list_cents if percent.basis is PercentBasis.LIST else each.cents for each in named]
    row.move(Fraction(sum(column), 100) * Fraction(percent.percent) / 100 * row.quantity)  # type: ignore[arg-type]
    contract = contract_of(rules, request, row.line)
    if contract is not None and contract.price is not None:
        row.move(Fraction(contract.price) * row.quantity)  # type: ignore[arg-type]
    elif contract is not None and contract.match.value == row.line.sku:
        row.move(row.amount * (1 - Fraction(contract.percent_off) / 100))  # type: ignore[arg-type]
    if row.line.segment_price is not None:
        row.move(Fraction(row.line.segment_price) * row.quantity, undoes=True)
    row.start = row.amount
    _by_agent(request, row)
    _guarded(rules, row)
    _settle_line(rules, row)


# steps 11 to 13


def _order(rules: PricingRules, request: PriceRequest, rows: Sequence[Row]) -> TwinOrder:
    order = TwinOrder(
        skus=[str(row.line.sku) for row in rows],
        quantities=[row.quantity for row in rows],
        listed=[row.list_cents for row in rows],
        running=[row.cents for row in rows],
        lowest=[ceil(row.lowest * row.quantity * 100) for row in rows],
        discountable=[row.line.discountable and row.line.id not in _final(request) for row in rows],
        mode=rules.rounding.mode,
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
            if order.discountable[index] and (manual.on is ManualOn.TOTAL or row.line.group == manual.target)
        ]
        _spread_manual(manual, order, lines, rules.rounding.mode)
    return order


def _order_moves(order: TwinOrder, cents: int, line: int) -> list[Move]:
    """What order rules, and last the agent's discounts on the order, made of one line."""
    found: list[Move] = []
    for shares, undoes in ((order.gave, False), (order.by_agent, True)):
        for share in [share for given in shares for index, share in given if index == line and share]:
            found.append(Move(Fraction(cents), Fraction(cents - share), undoes))
            cents -= share
    return found


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
    order.by_agent.append(list(zip(lines, shares, strict=True)))
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
    if "EUR" in rules.rounding.cash:
        coin = int(rules.rounding.cash["EUR"] * 100)
        payable = rounded(Fraction(payable, coin), rules.rounding.mode) * coin
    return Answer([row.list_cents for row in rows], amounts, taxes, net, tax, payable, [])


def _shares(total: int, parts: Sequence[Fraction]) -> list[int]:
    """Largest remainder, ties to the earlier."""
    whole = sum(parts, ZERO)
    exact = [total * part / whole if whole else Fraction(total, len(parts)) for part in parts]
    found = [floor(each) for each in exact]
    order = sorted(range(len(parts)), key=lambda each: (found[each] - exact[each], each))
    for each in order[: total - sum(found)]:
        found[each] += 1
    return found

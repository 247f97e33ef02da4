"""What can be wrong with a rule book's pricing rules before anything is priced."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from engine.diagnostics import Code, Diagnostic, Severity, Span, did_you_mean
from engine.language.scope import Checked
from engine.pricing import codes
from engine.pricing.effects import BuyGet, Effect, FirstNext, Gift, On, Percent, Sign, UnitsOff
from engine.pricing.expressions import effect_expressions, reads
from engine.pricing.models import Volume
from engine.pricing.models.tiers import TierEffect
from engine.pricing.plan import (
    BundlePrice,
    FormulaBase,
    Guard,
    Level,
    ModelUse,
    PercentOfTotal,
    PriceBook,
    PriceEntry,
    PricingRules,
    Rule,
    Window,
)
from engine.pricing.scope import LINE_ROOTS, ORDER_ROOTS

VALUES = ("quote.acv", "quote.tcv")
TOTALS = ("quote.list", "quote.net", "quote.running", *VALUES)
HUNDRED = Decimal(100)


def findings_in(rules: PricingRules) -> Iterator[Diagnostic]:
    """Every finding, errors and warnings, in no order."""
    levels = {group.id: group.level for group in rules.groups}
    names = {each.id for each in rules.rules}
    books = {each.book for each in rules.entries} | {each.id for each in rules.price_books}
    yield from _duplicates(rules)
    for rule in rules.rules:
        yield from _rule(rule, names, levels)
    for entry in rules.entries:
        yield from _entry(entry, books)
    yield from _fallbacks(rules.price_books, books)
    yield from _book_cycles(rules)
    for guard in rules.guards:
        yield from _guard(guard)
    for bundle in rules.bundle_prices:
        yield from _bundle(bundle)
    for use in rules.models:
        yield from _cliffs(use)
    yield from _rates(rules)
    yield from _twice(rules)
    yield from _ties(rules)


def _finding(code: Code, message: str, span: Span, hint: str = "") -> Diagnostic:
    return Diagnostic(code, message, span, hint)


def _warning(code: Code, message: str, span: Span, hint: str = "") -> Diagnostic:
    return Diagnostic(code, message, span, hint, Severity.WARNING)


def _duplicates(rules: PricingRules) -> Iterator[Diagnostic]:
    for kind in (
        rules.entries,
        rules.rules,
        rules.groups,
        rules.guards,
        rules.contracted,
        rules.models,
        rules.percent_of,
        rules.bundle_prices,
    ):
        seen: dict[str, Span] = {}
        for each in kind:
            if each.id in seen:
                hint = f"the other one is at {seen[each.id]}"
                yield _finding(codes.DUPLICATE_ID, f"`{each.id}` is there twice", each.span, hint)
            seen.setdefault(each.id, each.span)


def _rule(rule: Rule, names: Collection[str], levels: Mapping[str, Level]) -> Iterator[Diagnostic]:
    level = levels.get(rule.group)
    if level is None:
        hint = did_you_mean(rule.group, levels)
        yield _finding(codes.UNKNOWN_GROUP, f"unknown group `{rule.group}`", rule.span, hint)
        return
    for other in sorted(rule.not_with):
        if other not in names:
            hint = did_you_mean(other, names)
            yield _finding(codes.UNKNOWN_RULE, f"`{rule.id}` names unknown rule `{other}`", rule.span, hint)
    roots = LINE_ROOTS if level is Level.LINE else ORDER_ROOTS
    for condition in rule.when:
        yield from _scope(condition, roots, rule.span)
    for effect in rule.effects.values():
        yield from _effect(rule, effect, level)


def _effect(rule: Rule, effect: Effect, level: Level) -> Iterator[Diagnostic]:
    if level is Level.LINE and (
        isinstance(effect, Gift | BuyGet | UnitsOff) or getattr(effect, "on", On.UNIT) in (On.ORDER, On.EACH_LINE)
    ):
        hint = "put the rule in a group of level `order`"
        yield _finding(codes.WRONG_LEVEL, f"`{rule.id}` acts on the order but its group acts on lines", rule.span, hint)
    if level is Level.ORDER and isinstance(effect, FirstNext):
        hint = "put the rule in a group of level `line`"
        yield _finding(codes.WRONG_LEVEL, f"`{rule.id}` acts on lines but its group acts on the order", rule.span, hint)
    if isinstance(effect, Percent) and isinstance(effect.value, Decimal):
        over = effect.sign is Sign.OFF and effect.value > HUNDRED
        if over or effect.value < 0 or not effect.value.is_finite():
            message = f"`{rule.id}` gives {effect.value} percent"
            yield _finding(codes.BAD_PERCENT, message, rule.span, "a discount is between 0 and 100 percent")
    for expression in effect_expressions(effect):
        if level is Level.LINE:
            yield from _scope(expression, LINE_ROOTS, rule.span)


def _scope(condition: Checked, roots: Sequence[str], span: Span) -> Iterator[Diagnostic]:
    """A condition must have been checked against the roots it will be called with."""
    if tuple(condition.scope.roots) != tuple(roots):
        message = f"`{condition.text}` was checked for {', '.join(condition.scope.roots)}"
        yield _finding(codes.WRONG_SCOPE, message, span, f"here it is asked with {', '.join(roots)}")


def _entry(entry: PriceEntry, books: Collection[str]) -> Iterator[Diagnostic]:
    formula = entry.formula
    if entry.price is None and formula is None:
        yield _finding(codes.NO_PRICE, f"price entry `{entry.id}` has neither price nor formula", entry.span)
    expressions = [*entry.when]
    if entry.price is not None and not isinstance(entry.price, Decimal):
        expressions.append(entry.price)
    for each in expressions:
        yield from _scope(each, LINE_ROOTS, entry.span)
        if reads((each,), "lines", *TOTALS):
            message = f"price entry `{entry.id}` reads a total, which is not known before there are prices"
            yield _finding(codes.READS_TOTALS, message, entry.span)
    if formula is not None and formula.base is FormulaBase.BOOK:
        if formula.book not in books:
            hint = did_you_mean(formula.book, books)
            yield _finding(codes.UNKNOWN_BOOK, f"unknown price book `{formula.book}`", entry.span, hint)


def _rates(rules: PricingRules) -> Iterator[Diagnostic]:
    """Rates of a currency into itself, and two rates of one pair from the same day on."""
    seen: dict[tuple[str, str, date], Span] = {}
    for rate in rules.exchange_rates:
        pair = f"{rate.source} into {rate.target}"
        if rate.source == rate.target:
            yield _finding(codes.BAD_RATE, f"{pair}: a currency is worth itself", rate.span, "take it out")
        other = seen.setdefault((rate.source, rate.target, rate.since), rate.span)
        if other is not rate.span:
            hint = f"the other one is at {other}"
            yield _finding(codes.BAD_RATE, f"{pair} has two rates from {rate.since} on", rate.span, hint)


def _fallbacks(price_books: Sequence[PriceBook], books: Collection[str]) -> Iterator[Diagnostic]:
    """Fallbacks to books that are not there, books declared twice, and books that fall back in a circle."""
    falls_back: dict[str, str] = {}
    for each in price_books:
        if each.id in falls_back:
            yield _finding(codes.DUPLICATE_ID, f"price book `{each.id}` is declared twice", each.span)
        falls_back.setdefault(each.id, each.falls_back_to)
        if each.falls_back_to and each.falls_back_to not in books:
            hint = did_you_mean(each.falls_back_to, [*filter(None, books), "default"])
            yield _finding(codes.UNKNOWN_BOOK, f"unknown price book `{each.falls_back_to}`", each.span, hint)
    for each in price_books:
        seen, book = [each.id], each.falls_back_to
        while book in falls_back and book not in seen:
            seen.append(book)
            book = falls_back[book]
        if book == each.id:
            path = ", ".join(f"`{one}`" for one in (*seen[1:], each.id))
            yield _finding(codes.BOOK_CYCLE, f"price book `{each.id}` falls back to itself by way of {path}", each.span)


def _book_cycles(rules: PricingRules) -> Iterator[Diagnostic]:
    """Books that are based on each other never come to a price; what a book falls back to counts as its own."""
    based: dict[str, set[str]] = {each.id: {each.falls_back_to} for each in rules.price_books}
    for entry in rules.entries:
        if entry.formula is not None and entry.formula.base is FormulaBase.BOOK:
            based.setdefault(entry.book, set()).add(entry.formula.book)
    for entry in rules.entries:
        if entry.formula is None or entry.formula.base is not FormulaBase.BOOK:
            continue
        seen: set[str] = set()
        open_books = [entry.formula.book]
        while open_books:
            book = open_books.pop()
            if book in seen:
                continue
            seen.add(book)
            open_books.extend(based.get(book, ()))
        if entry.book in seen:
            message = f"price book `{entry.book}` is based on itself by way of `{entry.formula.book}`"
            yield _finding(codes.BOOK_CYCLE, message, entry.span)


def _guard(guard: Guard) -> Iterator[Diagnostic]:
    floor, ceiling = guard.floor, guard.ceiling
    if isinstance(floor, Decimal) and isinstance(ceiling, Decimal) and floor > ceiling:
        message = f"guard `{guard.id}` has a floor of {floor} above its ceiling of {ceiling}"
        yield _finding(codes.CONTRADICTORY_GUARD, message, guard.span)
    margin = guard.margin_percent_min
    if isinstance(margin, Decimal) and margin >= HUNDRED:
        message = f"guard `{guard.id}` asks for a margin of {margin} percent, which no price has"
        yield _finding(codes.CONTRADICTORY_GUARD, message, guard.span)


def _bundle(bundle: BundlePrice) -> Iterator[Diagnostic]:
    """The price of a bundle is found before there are totals."""
    expressions = [*bundle.when, *(() if isinstance(bundle.price, Decimal) else (bundle.price,))]
    for each in expressions:
        if reads((each,), "lines", *TOTALS):
            message = f"bundle price `{bundle.id}` reads a total, which is not known before there are prices"
            yield _finding(codes.READS_TOTALS, message, bundle.span)


def _twice(rules: PricingRules) -> Iterator[Diagnostic]:
    """Of two models or percents of one product on the same days only the first would ever be asked; of a model and a
    percent the percent alone.
    """
    by_sku: dict[str, list[ModelUse | PercentOfTotal]] = {}
    uses: list[ModelUse | PercentOfTotal] = [*rules.models, *rules.percent_of]
    for use in uses:
        others = by_sku.setdefault(use.sku, [])
        for other in others:
            if other.id != use.id and _same_currency(use, other) and _overlap(use.window, other.window):
                message = f"`{use.id}` and `{other.id}` price `{use.sku}` on the same days"
                hint = f"give them days that do not overlap; the other one is at {other.span}"
                yield _finding(codes.TWO_MODELS, message, use.span, hint)
                break
        others.append(use)


def _same_currency(one: ModelUse | PercentOfTotal, other: ModelUse | PercentOfTotal) -> bool:
    """Whether two uses are for one currency; a percent is for every one."""
    if isinstance(one, ModelUse) and isinstance(other, ModelUse):
        return one.currency == other.currency
    return True


def _overlap(one: Window, other: Window) -> bool:
    ended = one.end is not None and other.start is not None and one.end <= other.start
    begins = other.end is not None and one.start is not None and other.end <= one.start
    return not (ended or begins)


def _cliffs(use: ModelUse) -> Iterator[Diagnostic]:
    """One unit more that costs less in all: legal, often unwanted."""
    model = use.model
    if not isinstance(model, Volume) or model.effect is TierEffect.PERCENT_OFF:
        return
    for tier in model.tiers[:-1]:
        if tier.up_to is None:
            continue
        at = model.rate(tier.up_to).amount
        after = model.rate(tier.up_to + 1).amount
        if after < at:
            message = f"`{use.sku}`: {tier.up_to + 1} units cost {after}, less than {tier.up_to} for {at}"
            hint = "use `graduated` if each unit should have the price of its own tier"
            yield _warning(codes.PRICE_CLIFF, message, use.span, hint)


def _ties(rules: PricingRules) -> Iterator[Diagnostic]:
    """Rules of one group that only their ids tell apart, where the order matters."""
    groups = {group.id: group for group in rules.groups}
    seen: dict[tuple[str, int, str], Rule] = {}
    for rule in rules.rules:
        group = groups.get(rule.group)
        if group is None or group.pick.value in ("all", "best_for_customer"):
            continue
        key = (rule.group, rule.priority, " and ".join(sorted(each.text for each in rule.when)))
        other = seen.setdefault(key, rule)
        if other is not rule:
            message = f"`{other.id}` and `{rule.id}` tie in group `{rule.group}`; the id decides"
            yield _warning(codes.TIED_RULES, message, rule.span, "give one of them a `priority`")

"""Random rule books and quotes for the pricing benchmarks: seeded, so that every run and every peer sees the same.

Conditions are on segment (5 values), region (20), product family, channel (3), quantity range and date window, each
maybe left out; effects are percent off, amount off and a price of its own, in three groups.

The floor, verbatim: for each line one Decimal multiply, one quantize, one multiply, one add, one tuple.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from engine.catalog import LineId, Sku
from engine.language import TEXT, Checked, Scope, check_expression
from engine.money import EXACT
from engine.pricing.effects import Amount, Effect, Percent, SetPrice
from engine.pricing.plan import (
    Match,
    Narrowness,
    Pick,
    PriceEntry,
    PricingRules,
    Rule,
    RuleGroup,
    RuleId,
    Window,
)
from engine.pricing.request import PriceRequest, RequestLine
from engine.pricing.result import Priced
from engine.pricing.scope import line_roots

SEGMENTS = ("retail", "edu", "gov", "smb", "enterprise")
REGIONS = tuple(f"R{number:02d}" for number in range(20))
CHANNELS = ("web", "partner", "direct")
DAY = date(2026, 3, 1)
SKUS = 1_000
CENT = Decimal("0.01")
NINETY = Decimal("0.9")
SCOPE = Scope(line_roots({"family": TEXT}, {"channel": TEXT}, {"segment": TEXT, "region": TEXT}))


@dataclass(frozen=True)
class PlainRule:
    """A rule in plain values, so that peers and the naive loop can be built from it too; None is any."""

    number: int
    group: str
    kind: str
    value: Decimal
    segment: str | None
    region: str | None
    family: str | None
    channel: str | None
    quantity: tuple[int, int] | None
    window: tuple[date, date] | None
    priority: int


def plain_rules(count: int, *, broad: bool = False, seed: int = 7) -> list[PlainRule]:
    """So many rules; in a broad book half of them are for any family."""
    chance = random.Random(seed)
    families = max(count // 10, 10)
    rules = []
    for number in range(count):
        kind = chance.choice(("percent", "percent", "amount", "set"))
        value = {
            "percent": Decimal(chance.randint(1, 20)),
            "amount": Decimal(chance.randint(10, 500)) / 100,
            "set": Decimal(chance.randint(5_000, 20_000)) / 100,
        }[kind]
        low = chance.randint(1, 60)
        start = DAY - timedelta(days=chance.randint(-60, 200))
        rules.append(
            PlainRule(
                number,
                {"percent": "promo", "amount": "loyalty", "set": "special"}[kind],
                kind,
                value,
                chance.choice(SEGMENTS) if chance.random() < 0.6 else None,
                chance.choice(REGIONS) if chance.random() < 0.7 else None,
                None if broad and chance.random() < 0.5 else f"F{chance.randrange(families)}",
                chance.choice(CHANNELS) if chance.random() < 0.5 else None,
                (low, low + chance.randint(5, 60)) if chance.random() < 0.6 else None,
                (start, start + timedelta(days=chance.randint(30, 200))) if chance.random() < 0.5 else None,
                chance.randint(0, 5),
            )
        )
    return rules


def text_of(rule: PlainRule) -> str:
    """The rule's condition in the rule language."""
    parts = []
    if rule.segment is not None:
        parts.append(f'customer.segment = "{rule.segment}"')
    if rule.region is not None:
        parts.append(f'customer.region = "{rule.region}"')
    if rule.channel is not None:
        parts.append(f'quote.channel = "{rule.channel}"')
    if rule.family is not None:
        parts.append(f'line.family = "{rule.family}"')
    if rule.quantity is not None:
        parts.append(f"line.qty in [{rule.quantity[0]}..{rule.quantity[1]}]")
    return " and ".join(parts) or "true"


def pricing_rules(rules: list[PlainRule]) -> PricingRules:
    """The rule book of plain rules, with a list price for every SKU."""
    chance = random.Random(11)
    entries = tuple(
        PriceEntry(
            RuleId(f"list-{number}"),
            Match(Narrowness.SKU, f"S{number}"),
            currency="EUR",
            price=Decimal(chance.randint(2_000, 50_000)) / 100,
        )
        for number in range(SKUS)
    )
    groups = (
        RuleGroup("special", pick=Pick.FIRST),
        RuleGroup("promo", pick=Pick.BEST, at_most=1),
        RuleGroup("loyalty", pick=Pick.ALL),
    )
    return PricingRules("EUR", entries=entries, groups=groups, rules=tuple(_rule(rule) for rule in rules))


def checked(rule: PlainRule) -> Checked:
    """The rule's condition, checked."""
    return check_expression(text_of(rule), scope=SCOPE)


def _rule(rule: PlainRule) -> Rule:
    effect: Effect
    match rule.kind:
        case "percent":
            effect = Percent(rule.value)
        case "amount":
            effect = Amount(rule.value)
        case _:
            effect = SetPrice(rule.value)
    window = Window() if rule.window is None else Window(*rule.window)
    return Rule(
        RuleId(f"r{rule.number:06d}"),
        rule.group,
        {"": effect},
        when=(checked(rule),),
        window=window,
        priority=rule.priority,
    )


def request(lines: int, rules: int, *, seed: int = 3) -> PriceRequest:
    """A quote of so many lines for a book of so many rules."""
    chance = random.Random(seed)
    families = max(rules // 10, 10)
    asked = tuple(
        RequestLine(
            LineId(f"l{number}"),
            Sku(f"S{chance.randrange(SKUS)}"),
            Decimal(chance.randint(1, 99)),
            facts={"family": f"F{chance.randrange(families)}"},
        )
        for number in range(lines)
    )
    return PriceRequest(DAY, "EUR", asked, customer={"segment": "edu", "region": "R03"}, quote={"channel": "partner"})


def floor_of(priced: Priced) -> Callable[[], object]:
    """The least that exact money costs for these lines."""
    units = [line.list_unit for line in priced.lines]
    quantities = [line.quantity for line in priced.lines]

    def work() -> object:
        total = Decimal(0)
        rows = []
        for unit, quantity in zip(units, quantities, strict=True):
            after = EXACT.multiply(unit, NINETY)
            rounded = after.quantize(CENT)
            amount = EXACT.multiply(rounded, quantity)
            total = EXACT.add(total, amount)
            rows.append((unit, rounded, amount))
        return rows

    return work

"""Each kind of price model from its record: which keys it reads, and the model in one currency."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.pricing.models import (
    Billed,
    BlockPolicy,
    BlockTier,
    CostPlus,
    Flat,
    Graduated,
    Package,
    Percentage,
    PerUnit,
    PlusOf,
    PriceModel,
    Stairstep,
    Tier,
    TieredBlocks,
    TierEffect,
    Usage,
    Volume,
)
from engine.rulebook.codes import finding
from engine.rulebook.loading.pricing_scope import PricingScope, amount_in
from engine.rulebook.loading.products import amounts
from engine.rulebook.reader import Read

ZERO = Decimal(0)
HUNDRED = Decimal(100)
COMMON = frozenset(("id", "sku", "model", "pool", "pool_where", "from", "until"))
METERED = frozenset(("included", "minimum", "maximum", "billed"))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of model: the keys it reads beside those of all, those of its tiers, and how it is built."""

    keys: frozenset[str]
    build: Callable[[_Builder], PriceModel | None]
    tier_keys: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()


class _Builder:
    """One record being made into a model of one currency; what is missing is reported."""

    def __init__(self, read: Read, currency: str, scope: PricingScope) -> None:
        self.read, self.currency, self.scope = read, currency, scope
        self.name = f"the model `{read.text('id')}`"

    def amount(self, key: str) -> Decimal | None:
        """An amount that the model cannot do without."""
        place = self.read.place("id")
        found = amount_in(amounts(self.read, key), self.currency, self.name, place, self.scope.report)
        if found is not None and found < 0 and self.read.text("model") != "cost_plus":
            message = f"the price {found} {self.currency} of {self.name} is negative"
            self.scope.report.add(finding("PRC208", message, self.read.place(key), "write an amount of zero or more"))
            return None
        return found

    def spare(self, key: str) -> Decimal | None:
        """An amount that may be left out; left out in one currency only, it is reported."""
        found = amounts(self.read, key)
        return self.amount(key) if found else None

    def number(self, key: str) -> Decimal:
        """A number; zero when it is left out."""
        return self.read.number(key) or ZERO

    def refuse(self, key: str, message: str, hint: str) -> None:
        """Report a value that the model cannot have."""
        place = self.read.place(key) if self.read.has(key) else self.read.place("model")
        self.scope.report.add(finding("PRC212", message, place, hint))


def build(read: Read, currency: str, scope: PricingScope) -> PriceModel | None:
    """The model of a record in one currency, with included units and bounds of a period around it where given."""
    builder = _Builder(read, currency, scope)
    model = KINDS[read.text("model")].build(builder)
    if model is None or not any(read.has(key) for key in METERED):
        return model
    return Usage(
        model,
        builder.number("included"),
        builder.spare("minimum"),
        builder.spare("maximum"),
        Billed(read.text("billed", "as_used")),
    )


def keys_are_read(read: Read, scope: PricingScope) -> bool:
    """Whether every key given says something to this kind of model, and what it needs is there."""
    name = read.text("model")
    kind = KINDS[name]
    sound = True
    for key in read.nodes:
        if key not in COMMON | kind.keys:
            known = ", ".join(sorted(kind.keys))
            message = f"a model of kind `{name}` does not read `{key}`"
            scope.report.add(finding("PRC212", message, read.place(key), f"it reads {known}"))
            sound = False
    for key in kind.needs:
        if not read.has(key):
            message = f"a model of kind `{name}` needs `{key}`"
            scope.report.add(finding("FLD002", message, read.place("model"), f"add `{key}:`"))
            sound = False
    for tier in read.records("tiers"):
        for key in tier.nodes:
            if kind.tier_keys and key not in kind.tier_keys:
                message = f"a tier of kind `{name}` does not read `{key}`"
                hint = f"it reads {', '.join(sorted(kind.tier_keys))}"
                scope.report.add(finding("PRC212", message, tier.place(key), hint))
                sound = False
    return sound


def _flat(builder: _Builder) -> PriceModel | None:
    price = builder.amount("unit")
    return None if price is None else Flat(price)


def _per_unit(builder: _Builder) -> PriceModel | None:
    price = builder.amount("unit")
    return None if price is None else PerUnit(price)


def _package(builder: _Builder) -> PriceModel | None:
    price, size = builder.amount("unit"), builder.number("size")
    if size <= 0:
        builder.refuse("size", f"packages of {size} units", "write a size above zero")
        return None
    return None if price is None else Package(size, price)


def _cost_plus(builder: _Builder) -> PriceModel | None:
    percent, of = builder.number("percent"), PlusOf(builder.read.text("of", "markup"))
    if of is PlusOf.MARGIN and percent >= HUNDRED:
        builder.refuse("percent", f"no price has a margin of {percent} percent", "a margin is below 100 percent")
        return None
    return CostPlus(percent, of, builder.spare("unit") or ZERO)


def _percentage(builder: _Builder) -> PriceModel | None:
    least, most = builder.spare("event_min"), builder.spare("event_max")
    if least is not None and most is not None and least > most:
        builder.refuse("event_min", f"the least of {least} is above the most of {most}", "let it be at most that")
        return None
    return Percentage(
        builder.number("percent"),
        builder.spare("fixed") or ZERO,
        builder.read.integer("free_events", 0),
        builder.spare("free_amount") or ZERO,
        least,
        most,
    )


def _blocks(builder: _Builder) -> PriceModel | None:
    tiers = []
    for number, tier in enumerate(builder.read.records("tiers"), 1):
        what = f"tier {number} of `{builder.read.text('id')}`"
        price = amount_in(amounts(tier, "unit"), builder.currency, what, tier.span, builder.scope.report)
        size, most = tier.number("size") or ZERO, tier.number("blocks_max")
        if size <= 0 or (most is not None and most <= 0):
            builder.refuse("tiers", f"{what} has blocks of {size}, {most} of them", "write numbers above zero")
            return None
        if price is None:
            return None
        tiers.append(BlockTier(size, most if most is not None else Decimal(1), price))
    return TieredBlocks(tuple(tiers), BlockPolicy(builder.read.text("policy", "all_tiers")))


def _volume(builder: _Builder) -> PriceModel | None:
    found = _tiers(builder)
    zero = builder.read.flag("flat_on_zero", default=False)
    return None if found is None else Volume(*found, flat_on_zero=zero)


def _graduated(builder: _Builder) -> PriceModel | None:
    found = _tiers(builder)
    zero = builder.read.flag("flat_on_zero", default=False)
    return None if found is None else Graduated(*found, flat_on_zero=zero)


def _stairstep(builder: _Builder) -> PriceModel | None:
    found = _tiers(builder)
    return None if found is None else Stairstep(found[0], builder.spare("overage"))


def _tiers(builder: _Builder) -> tuple[tuple[Tier, ...], TierEffect] | None:
    """The tiers, which all state one kind of value."""
    tiers: list[Tier] = []
    effects: set[TierEffect] = set()
    for number, record in enumerate(builder.read.records("tiers"), 1):
        effect, value = _value(record, builder, f"tier {number} of `{builder.read.text('id')}`")
        if value is None:
            return None
        flat = ZERO
        if effect is not TierEffect.FLAT:
            flat = amounts(record, "flat").get(builder.currency, ZERO)
        effects.add(effect)
        tiers.append(Tier(record.number("up_to"), value, flat))
    if len(effects) > 1:
        message = f"the tiers of `{builder.read.text('id')}` mix unit prices, percents and flat prices"
        place = builder.read.place("tiers")
        builder.scope.report.add(finding("PRC205", message, place, "use one of them in all tiers"))
        return None
    return tuple(tiers), effects.pop()


def _value(read: Read, builder: _Builder, what: str) -> tuple[TierEffect, Decimal | None]:
    report, currency = builder.scope.report, builder.currency
    if read.has("unit"):
        return TierEffect.UNIT_PRICE, amount_in(amounts(read, "unit"), currency, what, read.place("unit"), report)
    if read.has("percent_off"):
        return TierEffect.PERCENT_OFF, read.number("percent_off")
    if read.has("flat"):
        return TierEffect.FLAT, amount_in(amounts(read, "flat"), currency, what, read.place("flat"), report)
    report.add(finding("FLD002", f"{what} has no price", read.span, "give `unit`, `percent_off` or `flat`"))
    return TierEffect.UNIT_PRICE, None


_BOUNDS = frozenset(("from", "up_to"))
_PRICED = _BOUNDS | {"unit", "percent_off", "flat"}
TIERED = ("volume", "graduated", "stairstep")

KINDS: Mapping[str, Kind] = {
    "flat": Kind(METERED | {"unit"}, _flat, needs=("unit",)),
    "per_unit": Kind(METERED | {"unit"}, _per_unit, needs=("unit",)),
    "volume": Kind(METERED | {"tiers", "cliff", "flat_on_zero", "past_months"}, _volume, _PRICED, ("tiers",)),
    "graduated": Kind(METERED | {"tiers", "flat_on_zero", "past_months"}, _graduated, _PRICED, ("tiers",)),
    "package": Kind(METERED | {"unit", "size"}, _package, needs=("unit", "size")),
    "stairstep": Kind(METERED | {"tiers", "overage", "past_months"}, _stairstep, _BOUNDS | {"flat"}, ("tiers",)),
    "cost_plus": Kind(frozenset(("percent", "of", "unit")), _cost_plus, needs=("percent",)),
    "percentage": Kind(
        METERED | {"percent", "fixed", "free_events", "free_amount", "event_min", "event_max"},
        _percentage,
        needs=("percent",),
    ),
    "blocks": Kind(METERED | {"tiers", "policy"}, _blocks, frozenset(("size", "blocks_max", "unit")), ("tiers",)),
}

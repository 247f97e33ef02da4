"""Price models of ``prices/``: one model a product and currency, with tiers that leave no hole."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.pricing.models.flat import Flat
from engine.pricing.models.graduated import Graduated
from engine.pricing.models.model import PriceModel
from engine.pricing.models.package import Package
from engine.pricing.models.per_unit import PerUnit
from engine.pricing.models.stairstep import Stairstep
from engine.pricing.models.tiers import Tier, TierEffect
from engine.pricing.models.usage import Usage
from engine.pricing.models.volume import Volume
from engine.pricing.plan import ModelUse, PoolScope, Window
from engine.rulebook.codes import finding, warning
from engine.rulebook.loading.price_table import own_id
from engine.rulebook.loading.pricing_scope import PricingScope, amount_in, conditions, known_sku
from engine.rulebook.loading.products import amounts
from engine.rulebook.reader import Read

_TIERED = ("volume", "graduated", "stairstep")


def read_models(read: Read, scope: PricingScope) -> Iterator[ModelUse]:
    """The model of one record in each currency of the book."""
    sku = read.scalar("sku")
    where = conditions(read, "pool_where", scope.line, scope.report)
    if sku is None or not known_sku(sku, scope) or where is None or not _bounds_are_sound(read, scope):
        return
    for currency in scope.currencies:
        model = _model(read, currency, scope)
        if model is None:
            continue
        yield ModelUse(
            id=own_id(read.text("id"), currency),
            sku=sku.text,
            model=_metered(read, model, currency),
            pool=PoolScope(read.text("pool", "line")),
            pool_where=where,
            currency=currency,
            window=Window(read.day("from"), read.day("until")),
            span=read.place("id"),
        )
    if read.text("model") == "volume" and read.text("cliff", "warn") == "warn":
        _warn_of_cliffs(read, scope)


def _bounds_are_sound(read: Read, scope: PricingScope) -> bool:
    """Tiers must start where the one before ends, grow, and only the last may be open."""
    if read.text("model") not in _TIERED:
        return True
    tiers = list(read.records("tiers"))
    if not tiers:
        report = finding("FLD002", f"the model `{read.text('id')}` has no tiers", read.place("model"), "add `tiers:`")
        scope.report.add(report)
        return False
    sound = True
    reached = Decimal(0)
    for index, tier in enumerate(tiers):
        start, end = tier.number("from"), tier.number("up_to")
        if start is not None and index and start != reached and start != reached + 1:
            what = "leave a hole" if start > reached else "overlap"
            message = f"the tiers {what} between {min(reached, start)} and {max(reached, start)}"
            scope.report.add(finding("PRC205", message, tier.place("from"), f"start this tier at {reached + 1}"))
            sound = False
        if end is None and index < len(tiers) - 1:
            message = "only the last tier may leave out `up_to`"
            scope.report.add(finding("PRC205", message, tier.span, "say up to which quantity it holds"))
            return False
        if end is not None and end <= reached:
            message = f"the tier ends at {end}, and the one before at {reached}"
            scope.report.add(finding("PRC205", message, tier.place("up_to"), "let the bounds grow"))
            sound = False
        reached = end if end is not None else reached
    return sound


def _model(read: Read, currency: str, scope: PricingScope) -> PriceModel | None:
    kind = read.text("model")
    if kind in _TIERED:
        return _tiered(read, currency, scope)
    name = read.text("id")
    price = amount_in(amounts(read, "unit"), currency, f"the model `{name}`", read.place("id"), scope.report)
    if price is None:
        return None
    if kind == "flat":
        return Flat(price)
    if kind == "per_unit":
        return PerUnit(price)
    size = read.number("size")
    if size is None or size <= 0:
        scope.report.add(finding("FLD002", f"the package `{name}` has no size", read.place("model"), "add `size:`"))
        return None
    return Package(size, price)


def _tiered(read: Read, currency: str, scope: PricingScope) -> PriceModel | None:
    tiers: list[Tier] = []
    effects: set[TierEffect] = set()
    for number, record in enumerate(read.records("tiers"), 1):
        effect, value = _tier_value(record, currency, f"tier {number} of `{read.text('id')}`", scope)
        if value is None:
            return None
        flat = amounts(record, "flat").get(currency, Decimal(0)) if effect is not TierEffect.FLAT else Decimal(0)
        effects.add(effect)
        tiers.append(Tier(record.number("up_to"), value, flat))
    if len(effects) > 1:
        message = f"the tiers of `{read.text('id')}` mix unit prices, percents and flat prices"
        scope.report.add(finding("PRC205", message, read.place("tiers"), "use one of them in all tiers"))
        return None
    effect = effects.pop()
    match read.text("model"):
        case "volume":
            return Volume(tuple(tiers), effect)
        case "graduated":
            return Graduated(tuple(tiers), effect)
        case _:
            return Stairstep(tuple(tiers), amounts(read, "overage").get(currency))


def _tier_value(read: Read, currency: str, what: str, scope: PricingScope) -> tuple[TierEffect, Decimal | None]:
    if read.has("unit"):
        return TierEffect.UNIT_PRICE, amount_in(amounts(read, "unit"), currency, what, read.place("unit"), scope.report)
    if read.has("percent_off"):
        return TierEffect.PERCENT_OFF, read.number("percent_off")
    if read.has("flat"):
        return TierEffect.FLAT, amount_in(amounts(read, "flat"), currency, what, read.place("flat"), scope.report)
    scope.report.add(finding("FLD002", f"{what} has no price", read.span, "give `unit`, `percent_off` or `flat`"))
    return TierEffect.UNIT_PRICE, None


def _metered(read: Read, model: PriceModel, currency: str) -> PriceModel:
    """Included units and bounds of a period around the model, where the author gave any."""
    included = read.number("included")
    least, most = amounts(read, "minimum").get(currency), amounts(read, "maximum").get(currency)
    if included is None and least is None and most is None:
        return model
    return Usage(model, included or Decimal(0), least, most)


def _warn_of_cliffs(read: Read, scope: PricingScope) -> None:
    """One more unit that makes the whole cheaper: 100 units may cost less than 99."""
    before: tuple[Decimal, dict[str, Decimal]] | None = None
    for tier in read.records("tiers"):
        prices = amounts(tier, "unit")
        if before is not None:
            bound, earlier = before
            for currency, price in prices.items():
                dear, cheap = earlier.get(currency), (bound + 1) * price
                if dear is not None and cheap < bound * dear:
                    message = f"{bound + 1} units cost {cheap} {currency} in all and {bound} cost {bound * dear}"
                    hint = "check the prices, use `graduated`, or write `cliff: meant`"
                    scope.report.add(warning("PRC206", message, tier.place("unit"), hint))
                    break
        end = tier.number("up_to")
        before = (end, prices) if end is not None else None

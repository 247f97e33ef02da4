"""Price models of ``prices/``: one model a product and currency, with tiers that leave no hole."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from engine.catalog import ChargeKind
from engine.pricing.plan import ModelUse, PoolScope, Window
from engine.rulebook.codes import finding, warning
from engine.rulebook.loading.model_kinds import TIERED, build, keys_are_read
from engine.rulebook.loading.price_table import own_id
from engine.rulebook.loading.pricing_scope import PricingScope, conditions, known_sku
from engine.rulebook.loading.products import amounts
from engine.rulebook.loading.sense import check_order
from engine.rulebook.reader import Read

PAST_MONTHS_MAX = 1_200


def read_models(read: Read, scope: PricingScope) -> Iterator[ModelUse]:
    """The model of one record in each currency of the book."""
    sku = read.scalar("sku")
    where = conditions(read, "pool_where", scope.line, scope.report)
    if sku is None or not known_sku(sku, scope) or where is None or not keys_are_read(read, scope):
        return
    check_order(read, "minimum", "maximum", scope.report)
    if not _bounds_are_sound(read, scope) or not _suits(read, scope):
        return
    for currency in scope.currencies:
        model = build(read, currency, scope)
        if model is None:
            continue
        yield ModelUse(
            id=own_id(read.text("id"), currency),
            sku=sku.text,
            model=model,
            pool=PoolScope(read.text("pool", "line")),
            pool_where=where,
            currency=currency,
            window=Window(read.day("from"), read.day("until")),
            span=read.place("id"),
            past_months=read.integer("past_months", 0),
        )
    if read.text("model") == "volume" and read.text("cliff", "warn") == "warn":
        _warn_of_cliffs(read, scope)


def _suits(read: Read, scope: PricingScope) -> bool:
    """A price from the cost and past orders are for what is sold by the piece: what is used is not known beforehand,
    and is rated by what its own period had.
    """
    product = scope.catalog.product(read.text("sku"))
    past = read.integer("past_months", 0)
    if not 0 <= past <= PAST_MONTHS_MAX:
        message = f"{past} months of past orders are not between 0 and {PAST_MONTHS_MAX}"
        scope.report.add(finding("PRC212", message, read.place("past_months"), "write 12 for a year"))
        return False
    if product is None or product.charge.kind is not ChargeKind.USAGE:
        return True
    if read.text("model") == "cost_plus":
        message = f"`{product.sku}` is charged by use, and a cost-plus price is not"
        scope.report.add(finding("PRC212", message, read.place("model"), "use a model with unit prices"))
        return False
    if past:
        message = f"`{product.sku}` is charged by use, which past orders do not count for"
        scope.report.add(finding("PRC212", message, read.place("past_months"), "leave it out"))
        return False
    return True


def _bounds_are_sound(read: Read, scope: PricingScope) -> bool:
    """Tiers must start where the one before ends, grow, and only the last may be open."""
    if read.text("model") not in TIERED:
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


def _warn_of_cliffs(read: Read, scope: PricingScope) -> None:
    """One more unit that makes the whole cheaper: 100 units may cost less than 99."""
    for earlier, tier in pairwise(read.records("tiers")):
        message = _cliff_of_percents(earlier, tier) if tier.has("percent_off") else _cliff_of_prices(earlier, tier)
        if message:
            place = tier.place("percent_off" if tier.has("percent_off") else "unit")
            hint = "check the prices, use `graduated`, or write `cliff: meant`"
            scope.report.add(warning("PRC206", message, place, hint))


def _cliff_of_prices(earlier: Read, tier: Read) -> str:
    """What the first quantity of a tier costs beside the last one before it, in the first currency that falls."""
    bound = earlier.number("up_to") or Decimal(0)
    before, fees, flat = (amounts(*each) for each in ((earlier, "unit"), (earlier, "flat"), (tier, "flat")))
    for currency, price in amounts(tier, "unit").items():
        cheap = (bound + 1) * price + flat.get(currency, Decimal(0))
        if currency in before and cheap < (dear := bound * before[currency] + fees.get(currency, Decimal(0))):
            return f"{bound + 1} units cost {cheap} {currency} in all and {bound} cost {dear}"
    return ""


def _cliff_of_percents(earlier: Read, tier: Read) -> str:
    """The same of percents off one list price; a flat price beside them has no measure against it."""
    if earlier.has("flat") or tier.has("flat"):
        return ""
    bound = earlier.number("up_to") or Decimal(0)
    less, more = (each.number("percent_off") or Decimal(0) for each in (earlier, tier))
    if (bound + 1) * (100 - more) >= bound * (100 - less):
        return ""
    return f"{bound + 1} units at {more} % off cost less in all than {bound} at {less} %"

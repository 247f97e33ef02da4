"""The adapter for ``usage-rating``: a price model and a quantity, maybe after an earlier one of the same period."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.pricing.models import (
    Billed,
    BlockPolicy,
    BlockTier,
    Graduated,
    Meter,
    Package,
    PartKind,
    Percentage,
    PerUnit,
    PriceModel,
    Rated,
    Stairstep,
    Stated,
    Tier,
    TieredBlocks,
    Usage,
    Volume,
)

Case = Mapping[str, Any]
HUNDRED = Decimal(100)


def check(case: Case) -> None:
    """Rate the quantity and compare the amount, and the lines where the case states them."""
    rated = rate(case)
    expected = case["expect"]
    assert rated.amount == Decimal(expected["amount"])
    if "lines" in expected:
        assert _shown(rated) == _wanted(expected["lines"])


def rate(case: Case) -> Rated:
    """What the new quantity costs."""
    given, model = case["given"], case["given"]["model"]
    price_model = MODELS[model["type"]](model, _flat_on_zero(case))
    if isinstance(price_model, Percentage) and "events" in given:
        prior = Decimal(given.get("prior_quantity", "0"))
        rated = price_model.rate_events((Decimal(each) for each in given["events"]), used=prior)
        return _bounded(rated, model, given)
    prior = given.get("prior_quantity")
    meter = Meter(
        None if prior is None else Decimal(prior),
        Decimal(given.get("prior_billed", "0")),
        last=given.get("last_in_period", True),
    )
    return _usage(price_model, model, case).rate_in(Decimal(given["quantity"]), meter)


def _bounded(rated: Rated, model: Case, given: Case) -> Rated:
    """A rated amount under the least and the most of the model."""
    total = Usage(Stated(rated.amount), minimum=_maybe(model, "minimum"), maximum=_maybe(model, "maximum"))
    if total.minimum is None and total.maximum is None:
        return rated
    meter = Meter(None, Decimal(given.get("prior_billed", "0")), last=given.get("last_in_period", True))
    return total.rate_in(Decimal(given["quantity"]), meter)


def _usage(price_model: PriceModel, model: Case, case: Case) -> Usage:
    # OpenMeter bills volume prices only with the last line of a period: a habit of its own, an engine setting.
    at_end = case.get("convention") == "openmeter" and isinstance(price_model, Volume)
    return Usage(
        price_model,
        included=Decimal(model.get("included_units", model.get("free_units", "0")))
        if "package" not in model["type"]
        else Decimal(0),
        minimum=_maybe(model, "minimum"),
        maximum=_maybe(model, "maximum"),
        billed=Billed.AT_PERIOD_END if at_end else Billed.AS_USED,
    )


def _flat_on_zero(case: Case) -> bool:
    """As the case says; OpenMeter bills the first tier's flat for zero usage too."""
    return bool(case["given"]["model"].get("flat_on_zero", case.get("convention") == "openmeter"))


def _maybe(model: Case, name: str) -> Decimal | None:
    return None if model.get(name) is None else Decimal(model[name])


def _tiers(model: Case) -> tuple[Tier, ...]:
    return tuple(
        Tier(_maybe(tier, "up_to"), Decimal(tier.get("unit_price", "0")), Decimal(tier.get("flat", "0")))
        for tier in model["tiers"]
    )


def _percent_tiers(model: Case) -> tuple[Tier, ...]:
    return tuple(
        Tier(_maybe(tier, "up_to"), Decimal(tier["rate_percent"]) / HUNDRED, Decimal(tier.get("flat", "0")))
        for tier in model["tiers"]
    )


def _package(model: Case, _zero: bool) -> PriceModel:
    free = Decimal(model.get("free_units", "0"))
    return Package(Decimal(model["package_size"]), Decimal(model["package_price"]), free)


def _percentage(model: Case, _zero: bool) -> PriceModel:
    return Percentage(
        Decimal(model["rate_percent"]),
        Decimal(model.get("fixed_per_event", "0")),
        int(model.get("free_events", 0)),
        Decimal(model.get("free_amount", "0")),
        _maybe(model, "min_per_event"),
        _maybe(model, "max_per_event"),
    )


def _blocks(model: Case, _zero: bool) -> PriceModel:
    tiers = tuple(
        BlockTier(Decimal(tier["block_size"]), Decimal(tier["max_blocks"]), Decimal(tier["block_price"]))
        for tier in model["tiers"]
    )
    return TieredBlocks(tiers, BlockPolicy(model.get("policy", "all_tiers")))


def _capacity(model: Case, _zero: bool) -> PriceModel:
    return Stairstep(tuple(Tier(_maybe(tier, "max"), Decimal(tier["price"])) for tier in model["tiers"]))


MODELS: dict[str, Callable[[Case, bool], PriceModel]] = {
    "unit": lambda model, _zero: PerUnit(Decimal(model["unit_price"])),
    "volume": lambda model, zero: Volume(_tiers(model), flat_on_zero=zero),
    "graduated": lambda model, zero: Graduated(_tiers(model), flat_on_zero=zero),
    "graduated_percentage": lambda model, zero: Graduated(_percent_tiers(model), flat_on_zero=zero),
    "package": _package,
    "percentage": _percentage,
    "tiered_blocks": _blocks,
    "capacity": _capacity,
    "dynamic": lambda model, _zero: Stated(Decimal(model["precise_total"])),
}


def _shown(rated: Rated) -> list[dict[str, Any]]:
    """The parts that charge something, in the words of the cases."""
    return [
        {
            "tier": part.tier,
            "kind": part.kind.value,
            "gross": part.gross,
            "discount": part.discount,
            "amount": part.amount,
            "quantity": part.quantity if part.kind is PartKind.UNITS else None,
        }
        for part in rated.parts
        if part.gross
    ]


def _wanted(lines: list[Case]) -> list[dict[str, Any]]:
    wanted = []
    for line in lines:
        amount = Decimal(line["amount"])
        gross = Decimal(line.get("gross", line["amount"]))
        if not gross:
            continue
        wanted.append(
            {
                "tier": line.get("tier", 0),
                "kind": line.get("kind", "units"),
                "gross": gross,
                "discount": Decimal(line.get("discount", "0")),
                "amount": amount,
                "quantity": Decimal(line["quantity"]) if "quantity" in line else None,
            }
        )
    return wanted

"""Decision tables of the standard on control, licences and money over time: what follows from stated facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from engine.money import EXACT
from engine.revenue.policy import Gaap

EXPEDIENT_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Criteria:
    """The five criteria of a contract (IFRS 15.9, ASC 606-10-25-1)."""

    approved: bool
    rights_identified: bool
    payment_terms_identified: bool
    commercial_substance: bool
    collection_probable: bool


def contract_exists(criteria: Criteria) -> bool:
    """Whether there is a contract: all five criteria hold. Until then cash that comes in is a liability."""
    agreed = criteria.approved and criteria.rights_identified and criteria.payment_terms_identified
    return agreed and criteria.commercial_substance and criteria.collection_probable


class TimingReason(Enum):
    """Why payment and performance lie apart."""

    FINANCING = "financing"
    PROTECTION = "protection"
    CUSTOMER_CHOOSES = "customer_chooses"
    VARIABLE = "variable"
    OTHER = "other_business_reason"


def has_significant_financing(reason: TimingReason, *, months: int) -> bool:
    """Whether the time between is a loan (15.61-63): no other reason explains it, and it is more than a year."""
    return reason is TimingReason.FINANCING and months > EXPEDIENT_MONTHS


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What makes a reversal of variable revenue likely, and what makes it large."""

    outside_influence: bool
    long: bool
    experience_predictive: bool
    wide_range: bool
    habit_of_concessions: bool = False


def constraint_binds(found: Uncertainty) -> bool:
    """Whether a variable amount is left out until it is resolved (15.57): a reversal may be likely, and large."""
    likely = found.outside_influence or found.long or not found.experience_predictive
    return likely and (found.wide_range or found.habit_of_concessions)


class LicenceTiming(Enum):
    """When a licence is revenue."""

    COMBINED = "combined_obligation"
    OVER_TIME = "over_time"
    AT_ONCE = "point_in_time"


def licence_timing(*, distinct: bool, activities_affect_ip: bool) -> LicenceTiming:
    """A right to access what goes on changing is given over time, a right to use what there is at once (B56-B58)."""
    if not distinct:
        return LicenceTiming.COMBINED
    return LicenceTiming.OVER_TIME if activities_affect_ip else LicenceTiming.AT_ONCE


def is_hosted_licence(*, may_take_possession: bool, can_run_it: bool) -> bool:
    """Whether hosted software is a licence (ASC 985-20-15-5): the customer may take it and could run it."""
    return may_take_possession and can_run_it


def renewal_revenue_from(*, signed: date, period_start: date, gaap: Gaap) -> date:
    """The first day on which the renewal of a licence that is given at once may be revenue."""
    return max(signed, period_start) if gaap is Gaap.US else signed


class FeeTreatment(Enum):
    """When a fee up front is revenue."""

    AT_TRANSFER = "recognise_at_transfer"
    WITH_SERVICES = "recognise_with_contract_services"
    WITH_RENEWALS = "recognise_with_expected_renewals"


def upfront_fee(*, transfers_distinct_good: bool, renewal_is_material_right: bool) -> FeeTreatment:
    """A fee that buys nothing distinct is an advance on the services, and on renewals that do without it (B48-B51)."""
    if transfers_distinct_good:
        return FeeTreatment.AT_TRANSFER
    return FeeTreatment.WITH_RENEWALS if renewal_is_material_right else FeeTreatment.WITH_SERVICES


def held_goods_have_passed(*, reason: bool, identified: bool, ready: bool, cannot_redirect: bool) -> bool:
    """Whether control has passed of goods that the seller keeps for the customer: all four tests hold (B81)."""
    return reason and identified and ready and cannot_redirect


def is_consignment(*, controlled_until_event: bool, seller_can_recall: bool, unconditional_payment: bool) -> bool:
    """Whether goods at a dealer are still the seller's (B78): any of the three signs says so."""
    return controlled_until_event or seller_can_recall or not unconditional_payment


class RepurchaseOption(Enum):
    """How a sale may come back: the seller has to take it, may, or has to when asked."""

    FORWARD = "forward"
    CALL = "call"
    PUT = "put"


class RepurchaseTreatment(Enum):
    """What a sale with a repurchase is."""

    FINANCING = "financing"
    LEASE = "lease"
    SALE_WITH_RETURN = "sale_with_right_of_return"


@dataclass(frozen=True, slots=True)
class Repurchase:
    """A sale that may come back; the last two are asked of a put only."""

    option: RepurchaseOption
    sale_price: Decimal
    repurchase_price: Decimal
    expected_market_value: Decimal | None = None
    significant_incentive: bool = False


def repurchase_treatment(found: Repurchase) -> RepurchaseTreatment:
    """What a sale with a repurchase is (B66-B76): never a sale while the seller can take it back."""
    dearer = found.repurchase_price >= found.sale_price
    if found.option is not RepurchaseOption.PUT:
        return RepurchaseTreatment.FINANCING if dearer else RepurchaseTreatment.LEASE
    above_market = found.expected_market_value is not None and found.repurchase_price > found.expected_market_value
    if dearer:
        return RepurchaseTreatment.FINANCING if above_market else RepurchaseTreatment.SALE_WITH_RETURN
    return RepurchaseTreatment.LEASE if found.significant_incentive else RepurchaseTreatment.SALE_WITH_RETURN


def repurchase_interest(found: Repurchase) -> Decimal:
    """What a repurchase that is financing costs; when the option lapses, the sale is revenue of that price."""
    return EXACT.subtract(found.repurchase_price, found.sale_price)

"""Every service: its descriptor, and where its servicer is."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from cpq.v1 import (
    approval_pb2,
    billing_pb2,
    billing_run_pb2,
    catalog_pb2,
    configuration_pb2,
    contract_pb2,
    coupon_pb2,
    dunning_pb2,
    event_pb2,
    metric_pb2,
    order_pb2,
    party_pb2,
    prepaid_pb2,
    pricing_pb2,
    quote_pb2,
    refund_pb2,
    revenue_pb2,
    rule_book_pb2,
    test_clock_pb2,
)
from google.protobuf.descriptor import ServiceDescriptor

from engine.api.calls import Calls

FILES = (
    catalog_pb2,
    configuration_pb2,
    pricing_pb2,
    party_pb2,
    quote_pb2,
    approval_pb2,
    contract_pb2,
    order_pb2,
    billing_pb2,
    billing_run_pb2,
    coupon_pb2,
    dunning_pb2,
    prepaid_pb2,
    refund_pb2,
    revenue_pb2,
    metric_pb2,
    rule_book_pb2,
    event_pb2,
    test_clock_pb2,
)
SERVICES: Mapping[str, ServiceDescriptor] = {
    name: service for file in FILES for name, service in file.DESCRIPTOR.services_by_name.items()
}


PLACES: Mapping[str, str] = {
    "ApprovalService": "engine.api.approval_service",
    "BillingRunService": "engine.api.billing_run_service",
    "BillingService": "engine.api.billing_service",
    "CatalogService": "engine.api.catalog_service",
    "ConfigurationService": "engine.api.configuration_service",
    "ContractService": "engine.api.contract_service",
    "CouponService": "engine.api.coupon_service",
    "DunningService": "engine.api.dunning_service",
    "EventService": "engine.api.event_service",
    "MetricService": "engine.api.metric_service",
    "OrderService": "engine.api.order_service",
    "PartyService": "engine.api.party_service",
    "PrepaidService": "engine.api.prepaid_service",
    "PricingService": "engine.api.pricing_service",
    "QuoteService": "engine.api.quote_service",
    "RefundService": "engine.api.refund_service",
    "RevenueService": "engine.api.revenue_service",
    "RuleBookService": "engine.api.rule_book_service",
    "TestClockService": "engine.api.test_clock_service",
}
"""Where the class of each service's name is; a command that makes one call imports the one that answers it."""


def servicer(name: str, calls: Calls) -> object:
    """The servicer of a service, by the service's name."""
    found: object = getattr(import_module(PLACES[name]), name)(calls)
    return found

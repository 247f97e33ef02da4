"""Every service: its descriptor and its servicer."""

from __future__ import annotations

from collections.abc import Mapping

from cpq.v1 import (
    approval_pb2,
    billing_pb2,
    billing_run_pb2,
    catalog_pb2,
    configuration_pb2,
    contract_pb2,
    coupon_pb2,
    event_pb2,
    metric_pb2,
    order_pb2,
    party_pb2,
    pricing_pb2,
    quote_pb2,
    revenue_pb2,
    rule_book_pb2,
    test_clock_pb2,
)
from google.protobuf.descriptor import ServiceDescriptor

from engine.api.approval_service import ApprovalService
from engine.api.billing_run_service import BillingRunService
from engine.api.billing_service import BillingService
from engine.api.calls import Calls
from engine.api.catalog_service import CatalogService
from engine.api.configuration_service import ConfigurationService
from engine.api.contract_service import ContractService
from engine.api.coupon_service import CouponService
from engine.api.event_service import EventService
from engine.api.metric_service import MetricService
from engine.api.order_service import OrderService
from engine.api.party_service import PartyService
from engine.api.pricing_service import PricingService
from engine.api.quote_service import QuoteService
from engine.api.revenue_service import RevenueService
from engine.api.rule_book_service import RuleBookService
from engine.api.test_clock_service import TestClockService

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
    revenue_pb2,
    metric_pb2,
    rule_book_pb2,
    event_pb2,
    test_clock_pb2,
)
SERVICES: Mapping[str, ServiceDescriptor] = {
    name: service for file in FILES for name, service in file.DESCRIPTOR.services_by_name.items()
}


def servicers(calls: Calls) -> Mapping[str, object]:
    """A servicer for each service."""
    return {
        "ApprovalService": ApprovalService(calls),
        "BillingRunService": BillingRunService(calls),
        "BillingService": BillingService(calls),
        "CatalogService": CatalogService(calls),
        "ConfigurationService": ConfigurationService(calls),
        "ContractService": ContractService(calls),
        "CouponService": CouponService(calls),
        "EventService": EventService(calls),
        "MetricService": MetricService(calls),
        "OrderService": OrderService(calls),
        "PartyService": PartyService(calls),
        "PricingService": PricingService(calls),
        "QuoteService": QuoteService(calls),
        "RevenueService": RevenueService(calls),
        "RuleBookService": RuleBookService(calls),
        "TestClockService": TestClockService(calls),
    }

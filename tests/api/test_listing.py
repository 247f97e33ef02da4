"""Filters of lists through a real server: what is named must exist, in whichever list it is named."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from cpq.v1 import event_pb2, revenue_pb2
from google.protobuf.message_factory import GetMessageClass

from engine.api.services import SERVICES
from tests.api import deal
from tests.api.server import STUBS, Served, failure

COLLECTIONS = {
    "customer": "customers",
    "contract": "contracts",
    "invoice": "invoices",
    "quote": "quotes",
    "member": "users",
}
"""Fields of requests by which lists are filtered, and what they name."""
FILTERS = [
    (stub, method.name, field.name)
    for stub, key in STUBS.items()
    for method in SERVICES[key].methods
    if method.name.startswith("List") and stub != "configuration"
    for field in method.input_type.fields
    if field.name in COLLECTIONS
]


ENUMS = [
    (stub, method.name, field.name)
    for stub, key in STUBS.items()
    for method in SERVICES[key].methods
    for field in method.input_type.fields
    if field.enum_type is not None and not field.is_repeated
]
"""Fields of requests that hold a number of an enumeration."""


def request_of(stub: str, method: str, **fields: Any) -> Any:
    described = SERVICES[STUBS[stub]].methods_by_name[method]
    return GetMessageClass(described.input_type)(**fields)


@pytest.mark.parametrize(("stub", "method", "field"), FILTERS, ids=[f"{each[1]}-{each[2]}" for each in FILTERS])
def test_a_list_of_what_belongs_to_nothing_is_refused(shop: Served, stub: str, method: str, field: str) -> None:
    name = f"{COLLECTIONS[field]}/nothing"
    told = failure(getattr(getattr(shop, stub), method), request_of(stub, method, **{field: name}))
    assert told.code is grpc.StatusCode.NOT_FOUND
    assert name in told.message


@pytest.mark.parametrize(("stub", "method", "field"), ENUMS, ids=[f"{each[1]}-{each[2]}" for each in ENUMS])
def test_a_number_that_means_nothing_is_refused(shop: Served, stub: str, method: str, field: str) -> None:
    """As from a client of a later version: it was taken for the first state, the shorter term, a price by the line."""
    told = failure(getattr(getattr(shop, stub), method), request_of(stub, method, **{field: 99}))
    assert told.code is grpc.StatusCode.INVALID_ARGUMENT
    assert field in told.fields


def test_the_numbers_of_requests_are_known() -> None:
    assert {
        ("quotes", "ListQuotes", "state"),
        ("orders", "ListOrders", "state"),
        ("approvals", "ListApprovals", "state"),
        ("billing_runs", "ListBillingRuns", "state"),
        ("contracts", "SuspendContract", "term"),
        ("pricing", "PriceQuote", "view"),
    } <= set(ENUMS)


def test_all_lists_that_are_filtered_are_known() -> None:
    assert len(FILTERS) >= 14
    assert ("revenue", "ListJournalEntries", "contract") in FILTERS


def test_what_exists_and_has_nothing_yet_has_an_empty_list(shop: Served) -> None:
    for stub, method, field in FILTERS:
        if field == "customer":
            reply = getattr(getattr(shop, stub), method)(request_of(stub, method, customer="customers/anna"))
            assert method == "ListBillingAccounts" or reply.ByteSize() == 0


def test_every_name_of_nothing_is_told_at_once(shop: Served) -> None:
    asked = request_of("billing", "ListInvoices", customer="customers/bob", contract="contracts/k-9")
    told = failure(shop.billing.ListInvoices, asked)
    assert told.fields.keys() == {"customer", "contract"}
    assert "a list of `contracts` without filters shows all" in told.fields["contract"]


def test_recognition_of_a_contract_that_is_not_there_is_refused(shop: Served) -> None:
    asked = revenue_pb2.RunRecognitionRequest(until=deal.day("2026-03-31"), contracts=["revenueContracts/k-9"])
    told = failure(shop.revenue.RunRecognition, asked)
    assert told.code is grpc.StatusCode.NOT_FOUND and "revenueContracts/k-9" in told.message


def test_events_of_what_nothing_ever_happened_to_are_refused(shop: Served) -> None:
    def watch(request: Any) -> list[event_pb2.Event]:
        return list(shop.events.WatchEvents(request, timeout=30))

    assert "q-9" in failure(shop.events.WatchEvents, event_pb2.WatchEventsRequest(entity="q-9")).message
    assert [each.entity for each in watch(event_pb2.WatchEventsRequest(entity="anna"))] == ["anna"]
    assert watch(event_pb2.WatchEventsRequest(entity="anna", event_types=["QuoteSent"])) == []

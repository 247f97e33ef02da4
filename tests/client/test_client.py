"""The typed client: every method of the services, plain values in, decimals out, retries that change nothing twice."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from concurrent import futures
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

import grpc
import pytest
from cpq.v1 import party_pb2, pricing_pb2, quote_pb2
from google.protobuf.message import Message

from engine.api.services import SERVICES
from engine.api.status import abort, status_of
from engine.client import CallFailed, Client, PlainError, decimal_amount, minor_units, show_amount
from engine.client.connection import FieldFault
from engine.diagnostics import Fault, Refusal
from engine.money import MoneyError
from engine.wire.plain import fill
from tests.api import deal
from tests.api.server import served


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with served(tmp_path) as server, Client(server.running.address) as made:
        deal.set_clock(server)
        deal.people(server)
        yield made


PARTS = {
    "approvals": "ApprovalService",
    "billing": "BillingService",
    "billing_runs": "BillingRunService",
    "catalog": "CatalogService",
    "configuration": "ConfigurationService",
    "contracts": "ContractService",
    "coupons": "CouponService",
    "dunning": "DunningService",
    "events": "EventService",
    "metrics": "MetricService",
    "orders": "OrderService",
    "parties": "PartyService",
    "prepaid": "PrepaidService",
    "refunds": "RefundService",
    "pricing": "PricingService",
    "quotes": "QuoteService",
    "revenue": "RevenueService",
    "rule_books": "RuleBookService",
    "test_clock": "TestClockService",
}


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize(("part", "service"), PARTS.items())
def test_every_method_is_there_with_the_fields_of_its_request(part: str, service: str) -> None:
    with Client("127.0.0.1:1") as client:
        found = getattr(client, part)
        for method in SERVICES[service].methods:
            call = getattr(found, snake(method.name))
            module = inspect.getmodule(call)
            assert module is not None
            name = f"{method.input_type.name.removesuffix('Request')}Fields"
            assert set(get_type_hints(getattr(module, name))) == {each.name for each in method.input_type.fields}
            assert call.__doc__
    assert set(PARTS.values()) == set(SERVICES)


def test_plain_values_go_in_and_messages_come_out(client: Client) -> None:
    quote = client.quotes.create_quote(
        quote={
            "content": {
                "customer": "customers/anna",
                "date": date(2026, 3, 1),
                "header": {"channel": "web"},
                "lines": [{"id": "a", "sku": "MUG", "quantity": Decimal("4")}, {"id": "b", "sku": "PLAN"}],
                "manual_discounts": [
                    {
                        "id": "m",
                        "on": "total",
                        "kind": "percent",
                        "value": Decimal("10"),
                        "reason": "regular",
                        "author": "users/rep",
                    }
                ],
                "term_months": 12,
            },
            "owner": "users/rep",
            "valid_until": date(2026, 6, 30),
        },
        view="waterfall",
    )
    assert isinstance(quote, quote_pb2.Quote)
    # (4 x 12.50 + 30.00) less 10 %
    assert decimal_amount(quote.priced.totals.net, quote.priced.currency_code) == Decimal("72.00")
    assert quote.priced.lines[0].waterfall.steps
    assert client.quotes.get_quote(name=quote.name, view="basic").priced.lines == []


def test_lists_run_through_all_pages(client: Client) -> None:
    for number in range(7):
        client.parties.create_customer(
            customer={"display_name": f"n{number}", "segment": "s"}, customer_id=f"k{number}"
        )
    found = client.parties.list_customers(segment="s", page_size=2)
    assert [each.name for each in found] == [f"customers/k{number}" for number in range(7)]


def test_streams_are_iterators(client: Client) -> None:
    created = list(client.events.watch_events(event_types=["PartyCreated"]))
    assert len(created) == 6
    chunks = client.pricing.stream_price_quote(
        content={"customer": "customers/anna", "lines": [{"id": "a", "sku": "MUG"}]}
    )
    assert [len(each.lines) for each in chunks] == [0, 1]


def test_failures_name_everything(client: Client) -> None:
    with pytest.raises(CallFailed) as failed:
        client.pricing.price_quote(content={"customer": "customers/anna", "lines": [{"id": "a", "sku": "MUGS"}]})
    assert (failed.value.status, failed.value.reason) == ("INVALID_ARGUMENT", "QUO104")
    assert [(each.field, each.code) for each in failed.value.faults] == [("content.lines[0].sku", "QUO104")]
    assert "did you mean `MUG`" in str(failed.value)
    with pytest.raises(CallFailed, match="NOT_FOUND"):
        client.quotes.get_quote(name="quotes/q-9")
    with pytest.raises(CallFailed, match="FAILED_PRECONDITION"):
        name = client.quotes.create_quote(quote=plain_quote()).name
        client.quotes.send_quote(name=name)


def plain_quote() -> dict[str, Any]:
    content = {"customer": "customers/anna", "lines": [{"id": "a", "sku": "MUG"}]}
    return {"content": content, "owner": "users/rep", "valid_until": date(2026, 6, 30)}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"nonsense": 1}, "nonsense"),
        ({"content": {"lines": [{"skew": "x"}]}}, "skew"),
        ({"content": {"date": "tomorrow"}}, "date"),
        ({"view": "sideways"}, "view"),
        ({"content": {"header": {"x": object()}}}, "header"),
        (
            {"content": {"term_months": "twelve"}},
            "content: `term_months` of QuoteContent cannot be `twelve`: a whole number is expected, such as 12$",
        ),
        (
            {"content": {"term_months": 3_000_000_000}},
            "cannot be 3000000000: it is between -2147483648 and 2147483647$",
        ),
        ({"content": {"term_months": True}}, "cannot be true: a whole number is expected, such as 12$"),
        ({"content": {"term_months": Decimal("1.5")}}, "a whole number is expected, such as 12$"),
        ({"content": {"date": {"year": "x"}}}, "content.date: `year` of Date .*: a whole number is expected"),
        (
            {"content": {"lines": [{"quantity": 5.1}]}},
            "`quantity` of LineInput cannot be 5.1: write decimal text, such as `'5.1'`",
        ),
        ({"content": {"lines": [{"sku": ["MUG"]}]}}, "`sku` of .*: a text is expected"),
    ],
)
def test_values_that_fit_no_field_are_named(client: Client, fields: dict[str, Any], named: str) -> None:
    with pytest.raises(PlainError, match=named):
        client.pricing.price_quote(**fields)


@pytest.mark.parametrize(
    ("message", "values", "told"),
    [
        (quote_pb2.Quote(), {"create_time": "soon"}, "an instant is written like 2026-03-31T12:00:00Z"),
        (quote_pb2.Quote(), {"create_time": 5}, "an instant is written like 2026-03-31T12:00:00Z"),
        (pricing_pb2.ExplainPriceRequest(), {"picture": "yes"}, "true or false is expected"),
        (party_pb2.UpdateCustomerRequest(), {"update_mask": [1]}, "names of fields are expected, with commas between"),
    ],
)
def test_what_fits_no_kind_of_field_is_told_in_plain_words(message: Message, values: Any, told: str) -> None:
    with pytest.raises(PlainError, match=told):
        fill(message, values)


def test_whole_numbers_are_read_as_text_too() -> None:
    message = pricing_pb2.QuoteContent()
    fill(message, {"term_months": "12"})
    assert message.term_months == 12
    fill(message, {"term_months": Decimal(24)})
    assert message.term_months == 24


def test_a_lost_answer_is_asked_for_again_under_the_same_id() -> None:
    seen: list[str] = []

    def flaky(request: party_pb2.CreateCustomerRequest, context: grpc.ServicerContext) -> party_pb2.Customer:
        seen.append(request.request_id)
        if len(seen) < 3:
            context.abort(grpc.StatusCode.UNAVAILABLE, "the answer was lost")
        return party_pb2.Customer(name="customers/c-1")

    with serving("CreateCustomer", flaky, party_pb2.CreateCustomerRequest) as address, Client(address) as client:
        assert client.parties.create_customer(customer={"display_name": "A"}).name == "customers/c-1"
    assert len(seen) == 3
    assert len(set(seen)) == 1
    assert len(seen[0]) == 36


def test_a_refusal_is_not_asked_for_again() -> None:
    seen: list[str] = []

    def refusing(request: party_pb2.CreateCustomerRequest, context: grpc.ServicerContext) -> None:
        seen.append(request.request_id)
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "no")

    with serving("CreateCustomer", refusing, party_pb2.CreateCustomerRequest) as address, Client(address) as client:
        with pytest.raises(CallFailed, match="INVALID_ARGUMENT: no"):
            client.parties.create_customer(customer={"display_name": "A"})
    assert len(seen) == 1


def test_no_server_is_said_in_time() -> None:
    with Client("127.0.0.1:1") as client, pytest.raises(CallFailed, match="no server answered at `127.0.0.1:1` within"):
        client.wait_until_ready(0.2)


def test_a_fault_is_said_once_with_place_and_code() -> None:
    one = FieldFault("lines[0].sku", "PRC001", "unknown product `MUGG`; did you mean `MUG`?")
    failed = CallFailed("INVALID_ARGUMENT", "PRC001", one.message, (one,))
    assert str(failed) == f"INVALID_ARGUMENT: lines[0].sku: {one.message} [PRC001]"
    whole = FieldFault("", "QUO002", "the order says otherwise")
    assert str(CallFailed("FAILED_PRECONDITION", "QUO002", whole.message, (whole, one), 5)).splitlines() == [
        "FAILED_PRECONDITION: 5 faults",
        "  the order says otherwise [QUO002]",
        f"  lines[0].sku: {one.message} [PRC001]",
        "  ... and 3 more",
    ]
    assert str(CallFailed("ABORTED", "ETAG_MISMATCH", "read it again")) == "ABORTED: read it again [ETAG_MISMATCH]"
    assert str(CallFailed("NOT_FOUND", "NOT_FOUND", "no such thing")) == "NOT_FOUND: no such thing"


@pytest.mark.parametrize("code", ["QUO202", "PRC001", "NOT_FOUND"])
def test_a_long_refusal_arrives_whole(code: str) -> None:
    text = "the description says what it is for " * 9

    def refusing(_: party_pb2.CreateCustomerRequest, context: grpc.ServicerContext) -> None:
        abort(context, status_of(Refusal((Fault(code, "customer", text.strip()), Fault("PRC001", "b", "no")))))

    with serving("CreateCustomer", refusing, party_pb2.CreateCustomerRequest) as address, Client(address) as client:
        with pytest.raises(CallFailed) as failed:
            client.parties.create_customer(customer={"display_name": "A"})
    shown = str(failed.value)
    assert shown.count("the description") == 9 and "..." not in shown
    assert ": 2 faults\n" in shown


class serving:
    """A server with one method of PartyService."""

    def __init__(self, method: str, behave: Callable[..., Any], request: Any) -> None:
        self._server = grpc.server(futures.ThreadPoolExecutor(2))
        handler = grpc.unary_unary_rpc_method_handler(
            behave, request_deserializer=request.FromString, response_serializer=lambda reply: reply.SerializeToString()
        )
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("cpq.v1.PartyService", {method: handler}),)
        )
        self._port = self._server.add_insecure_port("127.0.0.1:0")

    def __enter__(self) -> str:
        self._server.start()
        return f"127.0.0.1:{self._port}"

    def __exit__(self, *_: object) -> None:
        self._server.stop(0).wait()


def test_amounts_are_exact_in_both_directions() -> None:
    assert decimal_amount(1250, "EUR") == Decimal("12.50")
    assert decimal_amount(1250, "JPY") == Decimal(1250)
    assert decimal_amount(-1250, "KWD") == Decimal("-1.250")
    assert minor_units(Decimal("12.5"), "EUR") == 1250
    assert show_amount(1250, "EUR") == "EUR 12.50"
    with pytest.raises(MoneyError):
        minor_units(Decimal("12.505"), "EUR")


def test_a_batch_that_does_not_fit_is_named_once_those_before_it_are_answered(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answers = client.billing.stream_usage([{"contract": "contracts/k-9", "records": []}, {"bogus": 1}])  # type: ignore[typeddict-unknown-key]
    assert [each.code for each in next(answers).faults] == ["REQUIRED_FIELD"]
    with pytest.raises(PlainError, match="`bogus` is not a field of StreamUsageRequest"):
        next(answers)
    assert "Exception" not in caplog.text

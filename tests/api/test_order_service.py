"""OrderService and ContractService through a real server."""

from __future__ import annotations

import grpc
from cpq.v1 import billing_pb2, contract_pb2, order_pb2, revenue_pb2

from tests.api import deal
from tests.api.mutations import accepted
from tests.api.server import Served, failure


def test_an_order_is_made_once_for_an_accepted_version(shop: Served) -> None:
    quote = accepted(shop)
    order = shop.orders.CreateOrder(order_pb2.CreateOrderRequest(quote=quote.name))
    again = failure(shop.orders.CreateOrder, order_pb2.CreateOrderRequest(quote=quote.name))
    assert (again.code, again.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "QUO001")
    assert f"it was ordered as `{order.name}` of `{order.contract}`" in again.message
    assert shop.orders.GetOrder(order_pb2.GetOrderRequest(name=order.name)) == order
    listed = shop.orders.ListOrders(
        order_pb2.ListOrdersRequest(customer="customers/anna", state=order_pb2.ORDER_STATE_ACKNOWLEDGED)
    )
    assert [each.name for each in listed.orders] == [order.name]
    contract = shop.contracts.GetContract(contract_pb2.GetContractRequest(name=order.contract))
    assert (contract.quote, contract.quote_version, contract.payment_terms_days) == (quote.name, 1, 14)
    contracts = shop.contracts.ListContracts(contract_pb2.ListContractsRequest(customer="customers/anna"))
    assert [each.name for each in contracts.contracts] == [order.contract]


def test_a_quote_that_was_not_accepted_makes_no_order(shop: Served) -> None:
    offer = deal.sent(shop)
    found = failure(shop.orders.CreateOrder, order_pb2.CreateOrderRequest(quote=offer.name))
    assert found.code is grpc.StatusCode.FAILED_PRECONDITION
    assert not shop.orders.ListOrders(order_pb2.ListOrdersRequest()).orders


def test_tasks_follow_their_plan_and_part_deliveries_stay_on_back_order(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("MUG", "4"))
    early = order_pb2.ReportItemProgressRequest(name=order.name, task="mug.send", progress=order_pb2.PROGRESS_STARTED)
    found = failure(shop.orders.ReportItemProgress, early)
    assert (found.code, found.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "ORD002")
    part = order_pb2.ReportItemProgressRequest(
        name=order.name, item="mug", progress=order_pb2.PROGRESS_DELIVERED, quantity="1"
    )
    order = shop.orders.ReportItemProgress(part)
    assert order.items[0].delivered_quantity == "1"
    # one of four mugs is billed: 12.50
    (invoice,) = deal.invoiced(shop, order.contract, "2026-03-31")
    assert invoice.net == 1250
    deal.report(shop, order.name, "mug.pick")
    order = deal.report(shop, order.name, "mug.send")
    assert (order.state, order.items[0].delivered_quantity) == (order_pb2.ORDER_STATE_COMPLETED, "4")
    (rest,) = deal.invoiced(shop, order.contract, "2026-03-31")
    assert rest.net == 3750
    revenue = shop.revenue.GetRevenueContract(revenue_pb2.GetRevenueContractRequest(name=revenue_of(order)))
    assert sum(each.amount for each in revenue.obligations[0].schedule) == 5000


def revenue_of(order: order_pb2.Order) -> str:
    return order.contract.replace("contracts/", "revenueContracts/")


def test_a_cancelled_order_is_neither_billed_nor_earned(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("MUG", "4"))
    cancelled = shop.orders.CancelOrder(
        order_pb2.CancelOrderRequest(name=order.name, note="changed their mind", by="users/rep")
    )
    assert (cancelled.state, cancelled.note) == (order_pb2.ORDER_STATE_CANCELLED, "changed their mind")
    assert deal.invoiced(shop, order.contract, "2026-12-31") == []
    contract = shop.contracts.GetContract(contract_pb2.GetContractRequest(name=order.contract))
    assert [list(each.ended_lines) for each in contract.changes] == [["mug"]]
    revenue = shop.revenue.GetRevenueContract(revenue_pb2.GetRevenueContractRequest(name=revenue_of(order)))
    assert revenue.price == 0
    again = failure(shop.orders.CancelOrder, order_pb2.CancelOrderRequest(name=order.name))
    assert (again.code, again.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "ORD008")
    assert shop.revenue.RunAudit(revenue_pb2.RunAuditRequest()).valid


def test_part_of_an_order_is_cancelled_and_the_rest_ties_out(shop: Served) -> None:
    order = deal.ordered(
        shop, deal.line("MUG", "4"), deal.line("PLAN"), deal.line("MUG", "2", id="more"), term_months=2
    )
    shop.orders.CancelOrder(order_pb2.CancelOrderRequest(name=order.name, items=["more"], note="less"))
    deal.report(shop, order.name, "mug.pick")
    deal.report(shop, order.name, "mug.send")
    invoices = deal.invoiced(shop, order.contract, "2026-05-31")
    # four mugs 50.00 and two months of the plan 60.00
    assert sum(each.net for each in invoices) == 11000
    shop.revenue.RunRecognition(revenue_pb2.RunRecognitionRequest(until=deal.day("2026-05-31")))
    revenue = shop.revenue.GetRevenueContract(revenue_pb2.GetRevenueContractRequest(name=revenue_of(order)))
    assert (revenue.price, revenue.recognized) == (11000, 11000)
    audit = shop.revenue.RunAudit(revenue_pb2.RunAuditRequest(until=deal.day("2026-05-31")))
    assert audit.valid, [each.message for each in audit.findings]


def test_past_the_point_of_no_return_cancelling_is_refused(shop: Served) -> None:
    order = deal.ordered(shop)
    deal.report(shop, order.name, "mug.pick")
    deal.report(shop, order.name, "mug.send", order_pb2.PROGRESS_STARTED)
    found = failure(shop.orders.CancelOrder, order_pb2.CancelOrderRequest(name=order.name))
    assert (found.code, found.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "ORD006")
    failed = deal.report(shop, order.name, "mug.send", order_pb2.PROGRESS_FAILED)
    assert failed.state == order_pb2.ORDER_STATE_FAILED
    retried = deal.report(shop, order.name, "mug.send", order_pb2.PROGRESS_RETRY)
    assert retried.state == order_pb2.ORDER_STATE_IN_PROGRESS


def test_undoing_what_was_done_ends_a_cancellation(shop: Served) -> None:
    order = deal.ordered(shop)
    deal.report(shop, order.name, "mug.pick")
    cancelled = shop.orders.CancelOrder(order_pb2.CancelOrderRequest(name=order.name))
    assert cancelled.state == order_pb2.ORDER_STATE_PENDING_CANCELLATION
    undone = deal.report(shop, order.name, "mug.pick", order_pb2.PROGRESS_UNDONE)
    assert undone.state == order_pb2.ORDER_STATE_CANCELLED


def test_bad_reports_are_refused(shop: Served) -> None:
    order = deal.ordered(shop)
    call = shop.orders.ReportItemProgress
    empty = order_pb2.ReportItemProgressRequest(name=order.name)
    assert failure(call, empty).fields.keys() == {"progress"}
    delivered = order_pb2.ReportItemProgressRequest(name=order.name, progress=order_pb2.PROGRESS_DELIVERED)
    assert failure(call, delivered).fields.keys() == {"item", "quantity"}
    for quantity in ("0", "-1", "5"):
        too_much = order_pb2.ReportItemProgressRequest(
            name=order.name, item="mug", progress=order_pb2.PROGRESS_DELIVERED, quantity=quantity
        )
        assert failure(call, too_much).reason == "ORD004"
    unknown = order_pb2.ReportItemProgressRequest(name=order.name, task="mug.pic", progress=order_pb2.PROGRESS_STARTED)
    assert "did you mean `mug.pick`" in failure(call, unknown).fields["task"]
    missing = order_pb2.CancelOrderRequest(name="orders/o-9")
    assert failure(shop.orders.CancelOrder, missing).code is grpc.StatusCode.NOT_FOUND
    wrong = order_pb2.CancelOrderRequest(name=order.name, items=["cup"])
    assert failure(shop.orders.CancelOrder, wrong).fields.keys() == {"items[0]"}
    assert shop.orders.GetOrder(order_pb2.GetOrderRequest(name=order.name)) == order
    assert failure(shop.contracts.GetContract, contract_pb2.GetContractRequest(name="contracts/x")).code is (
        grpc.StatusCode.NOT_FOUND
    )
    assert not shop.billing.ListInvoices(billing_pb2.ListInvoicesRequest()).invoices

"""Changes of running contracts as quotes, through a real server; expected amounts are worked out by hand."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from cpq.v1 import billing_pb2, contract_pb2, order_pb2, pricing_pb2, quote_pb2

from tests.api import deal
from tests.api.amending import amendment, contract_of, drafted, quantity, shown, signed, tie_out
from tests.api.server import Served, failure

ACTIONS = order_pb2.ItemAction
MONTHS_LEFT = ("2026-10", "2026-11", "2026-12", "2027-01", "2027-02")


def actions(order: order_pb2.Order) -> dict[str, str]:
    return {each.id: ACTIONS.Name(each.action).removeprefix("ITEM_ACTION_") for each in order.items}


def test_more_of_a_line_is_credited_and_charged_from_the_day_on(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    deal.invoiced(shop, order.contract, "2026-04-01")
    made = amendment(shop, order.contract, "2026-04-11", changes=[quantity("plan", "15")])
    impact = made.impact
    # April was billed with 10 x 30.00 = 300.00; 20 of its 30 days are credited: 200.00, with 19 % tax 238.00.
    assert [(each.net, each.gross) for each in impact.credit_notes] == [(20000, 23800)]
    # From 11 April 15 x 30.00 = 450.00 a month: 300.00 for 20 days, 357.00 with tax.
    assert (impact.credit, impact.charge, impact.net) == (23800, 35700, 11900)
    assert shown(impact.schedule_after)[:3] == [
        ("2026-04-11", 30000, 35700),
        ("2026-05-01", 45000, 53550),
        ("2026-06-01", 45000, 53550),
    ]
    # Ten more bills of 300.00 before; then 5 x 30.00 more in each of the ten, and 100.00 more in April.
    assert (len(impact.schedule_before), len(impact.schedule_after)) == (10, 11)
    assert impact.net_until == round((10000 + 10 * 15000) * 1.19)
    assert impact.treatment == "prospective"
    (line,) = made.quote.priced.lines
    assert (line.id, line.net) == ("plan.2", 45000)
    assert made.quote.amendment.contract == order.contract
    assert not contract_of(shop, order.contract).changes

    second = signed(shop, made)
    assert actions(second) == {"plan.2": "MODIFY"}
    assert second.items[0].replaces == "plan"
    changed = contract_of(shop, order.contract)
    (change,) = changed.changes
    assert (change.quote, change.order) == (made.quote.name, second.name)
    assert [each.id for each in change.added_lines] == ["plan.2"]
    assert change.added_lines[0].period.end == changed.lines[0].period.end
    assert shown(drafted(shop, order.contract, "2027-03-01")) == shown(impact.schedule_after)
    tie_out(shop, "2027-03-01")


def test_a_chain_of_changes_keeps_the_price_and_names_lines_in_order(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12, manual_discounts=[deal.discount("10")])
    # 10 x 30.00 less 10 % on the total: 27.00 a unit, which goes on
    for number, (day, wanted) in enumerate((("2026-04-01", "15"), ("2026-05-16", "12"), ("2026-06-01", "20")), 2):
        made = amendment(
            shop, order.contract, day, changes=[quantity("plan" if number == 2 else f"plan.{number - 1}", wanted)]
        )
        (line,) = made.quote.priced.lines
        assert (line.id, line.net) == (f"plan.{number}", int(wanted) * 2700)
        signed(shop, made)
        tie_out(shop, "2026-03-31")
    drafted(shop, order.contract, "2027-03-01")
    tie_out(shop, "2027-03-01")


def test_lines_are_added_swapped_and_cancelled_in_one_change(shop: Served) -> None:
    order = deal.ordered(
        shop, deal.line("PLAN", "2"), deal.line("CALLS", "100"), deal.line("PLAN", id="b"), term_months=12
    )
    deal.invoiced(shop, order.contract, "2026-03-01")
    made = amendment(
        shop,
        order.contract,
        "2026-03-16",
        changes=[contract_pb2.LineChange(line="b", sku="CALLS", quantity="10")],
        cancels=["calls"],
        content=pricing_pb2.QuoteContent(lines=[deal.line("PLAN", "3", id="extra"), deal.line("MUG", "2", id="mugs")]),
    )
    # b: 30.00 for March, 16 of 31 days are credited: 15.48; usage costs nothing in advance.
    assert made.impact.credit == 1842  # 15.48 and 19 %: 2.94
    # 3 x 30.00 for 16 of 31 days: 46.45; the mugs are billed when they are handed over
    assert made.impact.charge == round(4645 * 1.19)
    # two mugs at 12.50, with 4.75 of tax at 19 %: owed on delivery, so not at once
    assert (made.impact.on_delivery_before, made.impact.on_delivery_after) == (0, 2975)
    scheduled = [sum(each.gross for each in row) for row in (made.impact.schedule_before, made.impact.schedule_after)]
    assert made.impact.net_until == scheduled[1] - scheduled[0] - made.impact.credit + 2975
    second = signed(shop, made)
    assert actions(second) == {
        "extra": "ADD",
        "mugs": "ADD",
        "b.2": "MODIFY",
        "calls": "DELETE",
        "plan": "NO_CHANGE",
    }
    states = {each.id: each.state for each in second.items}
    assert states["calls"] == states["plan"] == order_pb2.ORDER_STATE_COMPLETED
    assert states["mugs"] == order_pb2.ORDER_STATE_ACKNOWLEDGED
    for step in ("mugs.pick", "mugs.send"):
        deal.report(shop, second.name, step, order_pb2.PROGRESS_STARTED)
        deal.report(shop, second.name, step)
    later = amendment(shop, order.contract, "2026-04-01", changes=[quantity("extra", "4")]).impact
    assert (later.on_delivery_before, later.on_delivery_after) == (0, 0), "nothing is left to be delivered"
    lines = {each.id: each for change in contract_of(shop, order.contract).changes for each in change.added_lines}
    assert lines["extra"].period.end == deal.day("2027-03-01")
    billed = drafted(shop, order.contract, "2027-03-31")
    assert sum(each.amount for bill in billed for each in bill.lines if each.quote_line == "mugs") == 2500
    tie_out(shop, "2027-03-31")


def test_a_change_that_only_ends_lines_credits_the_rest_of_them(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), deal.line("PLAN", "2", id="b"), term_months=12)
    deal.invoiced(shop, order.contract, "2026-04-01")
    made = amendment(shop, order.contract, "2026-04-11", cancels=["b"])
    assert (len(made.quote.priced.lines), made.quote.priced.totals.net) == (0, 0)
    # 2 x 30.00 for April: 20 of its 30 days are credited, 40.00, with 19 % tax 47.60
    assert [(each.net, each.gross) for each in made.impact.credit_notes] == [(4000, 4760)]
    # 60.00 a month less for the ten months from May to February
    assert made.impact.net_until == -4760 - 10 * 7140
    again = contract_pb2.PreviewAmendmentRequest(quote=made.quote.name)
    assert shop.contracts.PreviewAmendment(again) == made.impact
    second = signed(shop, made)
    assert actions(second) == {"b": "DELETE", "plan": "NO_CHANGE"}
    assert second.state == order_pb2.ORDER_STATE_COMPLETED
    (change,) = contract_of(shop, order.contract).changes
    assert [each.line for each in change.ends] == ["b"]
    # 24 unit-months were promised for `b` at 30.00: 60.00 of March and 20.00 of April are kept of 720.00
    assert change.ends[0].released == 72000 - 8000
    assert shown(drafted(shop, order.contract, "2027-03-01")) == shown(made.impact.schedule_after)
    tie_out(shop, "2027-03-01")


def test_what_a_change_adds_can_be_taken_out_where_it_ends_lines(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), deal.line("PLAN", "2", id="b"), term_months=12)
    extra = pricing_pb2.QuoteContent(lines=[deal.line("MUG", id="mug")])
    made = amendment(shop, order.contract, "2026-04-11", cancels=["b"], content=extra)
    edit = quote_pb2.BatchUpdateQuoteLinesRequest(name=made.quote.name, removals=["mug"])
    assert not shop.quotes.BatchUpdateQuoteLines(edit).priced.lines
    back = quote_pb2.BatchUpdateQuoteLinesRequest(name=made.quote.name, upserts=[deal.line("MUG", "2", id="mug")])
    assert shop.quotes.BatchUpdateQuoteLines(back).priced.totals.net == 2 * 1250
    shop.quotes.BatchUpdateQuoteLines(edit)
    verified = shop.contracts.PreviewAmendment(contract_pb2.PreviewAmendmentRequest(quote=made.quote.name))
    assert [each.name for each in verified.credit_notes] == []
    assert actions(signed(shop, made)) == {"b": "DELETE", "plan": "NO_CHANGE"}
    only_adds = amendment(shop, order.contract, "2026-04-12", content=extra).quote.name
    none_left = quote_pb2.BatchUpdateQuoteLinesRequest(name=only_adds, removals=["mug"])
    assert [*failure(shop.quotes.BatchUpdateQuoteLines, none_left).fields] == ["content.lines"]


def test_a_service_without_an_agreed_end_is_changed_for_good(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "2"))
    deal.invoiced(shop, order.contract, "2026-03-01")
    made = amendment(shop, order.contract, "2026-03-16", changes=[quantity("plan", "1")], until=deal.day("2026-05-31"))
    # 60.00 for March: 16 of 31 days credited, 30.97; 30.00 x 16 / 31 = 15.48 charged
    assert shown(made.impact.schedule_after) == [
        ("2026-03-16", 1548, 1842),
        ("2026-04-01", 3000, 3570),
        ("2026-05-01", 3000, 3570),
    ]
    assert [each.net for each in made.impact.credit_notes] == [3097]
    signed(shop, made)
    assert not contract_of(shop, order.contract).changes[0].added_lines[0].period.HasField("end")
    assert shown(drafted(shop, order.contract, "2026-05-31")) == shown(made.impact.schedule_after)
    tie_out(shop, "2026-05-31")


def test_a_change_is_approved_like_any_quote_and_rules_may_price_it(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12, manual_discounts=[deal.discount("12")])
    by_rules = quantity("plan", "12", price=contract_pb2.PRICE_BASIS_RULES)
    listed = amendment(shop, order.contract, "2026-04-01", changes=[by_rules])
    assert listed.quote.priced.totals.net == 12 * 3000
    deep = pricing_pb2.QuoteContent(manual_discounts=[deal.discount("20")])
    made = amendment(shop, order.contract, "2026-04-01", changes=[by_rules], content=deep)
    submitted = shop.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=made.quote.name))
    assert submitted.state == quote_pb2.QUOTE_STATE_IN_APPROVAL


def test_only_the_state_that_was_quoted_can_be_signed(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    first = amendment(shop, order.contract, "2026-04-01", changes=[quantity("plan", "15")])
    second = amendment(shop, order.contract, "2026-04-01", changes=[quantity("plan", "5")])
    third = amendment(shop, order.contract, "2026-04-01", changes=[quantity("plan", "4")])
    submit = quote_pb2.SubmitQuoteRequest(name=second.quote.name)
    shop.quotes.SubmitQuote(submit)
    shop.quotes.SendQuote(quote_pb2.SendQuoteRequest(name=second.quote.name))
    accepted = amendment(shop, order.contract, "2026-04-01", changes=[quantity("plan", "3")]).quote.name
    shop.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=accepted))
    shop.quotes.SendQuote(quote_pb2.SendQuoteRequest(name=accepted))
    accept = quote_pb2.AcceptQuoteRequest(name=accepted, version=1)
    shop.quotes.AcceptQuote(accept)
    signed(shop, first)
    for verb, request in (
        (shop.contracts.PreviewAmendment, contract_pb2.PreviewAmendmentRequest(quote=second.quote.name)),
        (shop.quotes.SubmitQuote, quote_pb2.SubmitQuoteRequest(name=third.quote.name)),
        (shop.quotes.AcceptQuote, quote_pb2.AcceptQuoteRequest(name=second.quote.name, version=1)),
        (shop.orders.CreateOrder, order_pb2.CreateOrderRequest(quote=accepted)),
    ):
        refused = failure(verb, request)
        assert (refused.code, refused.states) == (grpc.StatusCode.FAILED_PRECONDITION, ["CON021"])
    ordered = quote_pb2.SubmitQuoteRequest(name=first.quote.name)
    assert "CON021" not in failure(shop.quotes.SubmitQuote, ordered).states, "that one was signed"
    shop.quotes.WithdrawQuote(quote_pb2.WithdrawQuoteRequest(name=third.quote.name, note="quoted anew"))
    assert len(contract_of(shop, order.contract).changes) == 1


def test_a_preview_saves_nothing_and_is_the_answer_again(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    _march, april = drafted(shop, order.contract, "2026-04-30")
    wish: dict[str, Any] = {"changes": [quantity("plan", "15")]}
    preview = amendment(shop, order.contract, "2026-04-01", validate_only=True, **wish)
    assert [each.name for each in preview.impact.voided_invoices] == [april.name]
    made = amendment(shop, order.contract, "2026-04-01", **wish)
    assert made.impact == preview.impact
    asked = contract_pb2.PreviewAmendmentRequest(quote=made.quote.name)
    assert shop.contracts.PreviewAmendment(asked) == made.impact
    plain = deal.create(shop, deal.line("PLAN"))
    refused = failure(shop.contracts.PreviewAmendment, contract_pb2.PreviewAmendmentRequest(quote=plain.name))
    assert refused.states == ["CON034"]


def test_what_follows_a_line_stays_in_the_quote_and_its_item_is_not_cancelled(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    extra = pricing_pb2.QuoteContent(lines=[deal.line("MUG", id="mug")])
    by_rules = quantity("plan", "15", price=contract_pb2.PRICE_BASIS_RULES)
    made = amendment(shop, order.contract, "2026-04-01", changes=[by_rules], content=extra)
    request = quote_pb2.BatchUpdateQuoteLinesRequest(name=made.quote.name, removals=["plan.2"])
    assert [*failure(shop.quotes.BatchUpdateQuoteLines, request).fields] == ["content.lines"]
    shop.quotes.BatchUpdateQuoteLines(quote_pb2.BatchUpdateQuoteLinesRequest(name=made.quote.name, removals=["mug"]))
    again = amendment(shop, order.contract, "2026-04-01", changes=[quantity("plan", "15")], content=extra)
    second = signed(shop, again)
    refused = failure(shop.orders.CancelOrder, order_pb2.CancelOrderRequest(name=second.name, items=["plan.2"]))
    assert refused.states == ["ORD012"]
    shop.orders.CancelOrder(order_pb2.CancelOrderRequest(name=second.name, items=["mug"], note="no mug"))
    tie_out(shop, "2026-04-30")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, {"changes"}),
        ({"changes": [quantity("plam", "2")]}, {"changes[0].line"}),
        ({"changes": [quantity("mug", "2")]}, {"changes[0].line"}),
        ({"changes": [quantity("plan", "2")], "cancels": ["plan"]}, {"changes[0].line"}),
        ({"changes": [contract_pb2.LineChange(line="plan")]}, {"changes[0]"}),
        ({"changes": [quantity("plan", "0")]}, {"changes[0].quantity"}),
        ({"content": {"lines": [{"id": "plan", "sku": "PLAN"}]}}, {"content.lines[0].id"}),
        ({"content": {"lines": [{"id": "new", "sku": "PLAM"}]}}, {"content.lines[0].sku"}),
        ({"changes": [quantity("plan", "2")], "content": {"currency_code": "USD"}}, {"content.currency_code"}),
        ({"changes": [quantity("plan", "2")], "effective": deal.day("2026-02-01")}, {"effective"}),
        ({"changes": [quantity("plan", "2")], "valid_until": {}}, {"valid_until"}),
        ({"changes": [quantity("plan", "2")], "contract": "contracts/none"}, {"contract"}),
    ],
)
def test_a_change_that_cannot_be_is_refused_at_its_place(shop: Served, fields: dict[str, Any], named: set[str]) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), deal.line("MUG"), term_months=12)
    request = contract_pb2.CreateAmendmentQuoteRequest(
        **{"contract": order.contract, "effective": deal.day("2026-04-01"), "valid_until": deal.UNTIL, **fields}
    )
    refused = failure(shop.contracts.CreateAmendmentQuote, request)
    assert {*refused.fields, *refused.states} == named


def test_late_usage_that_is_known_stays_in_both_schedules_and_in_runs_far_ahead(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)

    def record(key: str, quantity: str) -> None:
        usage = billing_pb2.UsageRecord(id=key, line="calls", day=deal.day("2026-03-20"), quantity=quantity)
        shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[usage]))

    record("a", "200")
    deal.invoiced(shop, order.contract, "2026-04-01")
    deal.move_clock(shop, "2026-04-05T12:00:00Z")
    record("late", "100")
    ask = billing_pb2.PreviewInvoicesRequest(contract=order.contract, until=deal.day("2027-03-01"))
    # 100 more calls in March at 0.05 are 5.00, with 19 % tax 5.95
    late = ("2026-04-05", 500, 595)
    assert shown(shop.billing.PreviewInvoices(ask).invoices) == [late]
    (draft,) = drafted(shop, order.contract, "2026-04-05")
    assert shown([draft]) == [late]
    wish: dict[str, Any] = {"content": pricing_pb2.QuoteContent(lines=[deal.line("PLAN", id="extra")])}
    for now in ("2026-04-05", "2026-06-20"):
        deal.move_clock(shop, f"{now}T13:00:00Z")
        impact = amendment(shop, order.contract, "2026-10-01", validate_only=True, **wish).impact
        assert not impact.voided_invoices, "the change has nothing to do with it"
        assert shown(impact.schedule_before) == [late]
        # the plan is 30.00 a month for the five months that are left
        assert shown(impact.schedule_after) == [late, *((f"{each}-01", 3000, 3570) for each in MONTHS_LEFT)]
        assert impact.net_until == 5 * 3570


def test_late_usage_is_drafted_by_a_run_far_ahead(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12)
    for key, until in (("a", "2026-04-01"), ("b", "2027-03-01")):
        usage = billing_pb2.UsageRecord(id=key, line="calls", day=deal.day("2026-03-20"), quantity="100")
        shop.billing.RecordUsage(billing_pb2.RecordUsageRequest(contract=order.contract, records=[usage]))
        deal.move_clock(shop, "2026-04-03T12:00:00Z")
        (invoice,) = deal.invoiced(shop, order.contract, until)
        assert invoice.net == 500
    assert not drafted(shop, order.contract, "2027-03-01")
    tie_out(shop, "2027-03-01")


def test_drafts_that_a_change_does_not_affect_stay(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    march, april, may = drafted(shop, order.contract, "2026-05-01")
    made = amendment(shop, order.contract, "2026-04-01", changes=[quantity("plan", "15")])
    # From April on 15 x 30.00 instead of 10 x 30.00; what March is billed with stays as it is.
    assert [each.name for each in made.impact.voided_invoices] == [april.name, may.name]
    assert shown(made.impact.schedule_after)[:3] == [
        ("2026-03-01", 30000, 35700),
        ("2026-04-01", 45000, 53550),
        ("2026-05-01", 45000, 53550),
    ]
    signed(shop, made)
    (left,) = shop.billing.ListInvoices(billing_pb2.ListInvoicesRequest(contract=order.contract)).invoices
    assert left == march
    assert shown(drafted(shop, order.contract, "2026-05-01")) == shown(made.impact.schedule_after)[1:3]
    tie_out(shop, "2026-05-31")


def test_a_draft_of_a_day_on_which_more_is_due_is_drafted_anew(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    march, april = drafted(shop, order.contract, "2026-04-01")
    more = pricing_pb2.QuoteContent(lines=[deal.line("PLAN", "1", id="more")])
    made = amendment(shop, order.contract, "2026-04-01", content=more)
    assert [each.name for each in made.impact.voided_invoices] == [april.name]
    signed(shop, made)
    (anew,) = drafted(shop, order.contract, "2026-04-01")
    # 300.00 and 30.00 on one invoice of the day
    assert ([each.amount for each in anew.lines], anew.gross) == ([30000, 3000], 39270)
    tie_out(shop, "2026-04-30")


def test_an_end_leaves_drafts_of_other_days_alone(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), term_months=12)
    march, april = drafted(shop, order.contract, "2026-04-01")
    end = contract_pb2.TerminateContractRequest(name=order.contract, end=deal.day("2026-04-16"), reason="closed")
    told = shop.contracts.TerminateContract(end)
    assert [each.name for each in told.voided_invoices] == [april.name]
    (anew,) = drafted(shop, order.contract, "2026-04-30")
    assert anew.net == 15000, "15 of 30 days of 300.00"
    tie_out(shop, "2026-04-30")

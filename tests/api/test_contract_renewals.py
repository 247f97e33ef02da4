"""Renewals of contracts, as quotes and by themselves, through a real server; expected amounts by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cpq.v1 import contract_pb2, metric_pb2, order_pb2, quote_pb2, rule_book_pb2, test_clock_pb2

from tests.api import deal
from tests.api.amending import amendment, contract_of, drafted, quantity, renewal, shown, signed, tie_out
from tests.api.server import Served, failure, served
from tests.fakes.rules import SMALL, TERMS

TERM = "contract: {payment_days: 30, day_count: daily"
LATER = {"valid_until": deal.day("2099-12-31")}


def server_with(tmp_path: Path, renewing: str, **more: bytes) -> Any:
    terms = TERMS.replace(TERM, f"{TERM}, notice_days: 30, renewal: {{{renewing}}}")
    return served(tmp_path, {**SMALL, "terms/terms.yaml": terms.encode(), **more})


@pytest.fixture
def uplifting(tmp_path: Path) -> Iterator[Served]:
    """A shop whose contracts renew by themselves, 5 % dearer, at most 7 % by an index."""
    rules = "kind: automatic, price: uplift, uplift_percent: 5, uplift_percent_min: 2, uplift_percent_max: 7"
    with server_with(tmp_path, rules) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


def periods(contract: contract_pb2.Contract) -> list[tuple[str, str, str, int]]:
    lines = [*contract.lines, *(line for change in contract.changes for line in change.added_lines)]
    return [(each.id, _day(each.period.start), _day(each.period.end), each.amount) for each in lines]


def _day(found: Any) -> str:
    return f"{found.year}-{found.month:02}-{found.day:02}"


def test_the_next_term_costs_the_same_and_begins_where_this_one_ends(shop: Served) -> None:
    fields: dict[str, Any] = {"term_months": 12, "manual_discounts": [deal.discount("10")]}
    order = deal.ordered(shop, deal.line("PLAN", "10"), **fields)
    deal.invoiced(shop, order.contract, "2027-02-28")
    made = renewal(shop, order.contract)
    assert made.quote.amendment.kind == quote_pb2.AMENDMENT_KIND_RENEWAL
    # 10 x 30.00 less 10 %: 270.00 a month for another year: 321.30 with tax on the day that it begins
    assert (made.impact.credit, made.impact.charge) == (0, 32130)
    assert [each[1] for each in shown(made.impact.schedule_after)] == [27000] * 12
    assert shown(made.impact.schedule_after)[0][0] == "2027-03-01"
    second = signed(shop, made)
    assert [(each.id, each.action, each.replaces) for each in second.items] == [
        ("plan.2", order_pb2.ITEM_ACTION_MODIFY, "plan")
    ]
    contract = contract_of(shop, order.contract)
    assert not contract.changes[0].ends
    assert periods(contract) == [
        ("plan", "2026-03-01", "2027-03-01", 27000),
        ("plan.2", "2027-03-01", "2028-03-01", 27000),
    ]
    assert shown(drafted(shop, order.contract, "2028-03-01")) == shown(made.impact.schedule_after)
    tie_out(shop, "2028-03-01")
    again = failure(
        shop.contracts.CreateRenewalQuote,
        contract_pb2.CreateRenewalQuoteRequest(contract=order.contract, lines=["plan"], valid_until=deal.UNTIL),
    )
    assert [*again.fields] == ["lines[0]"]


@pytest.mark.parametrize(
    ("fields", "monthly"),
    [
        ({}, 31500),  # 300.00 and the agreed 5 %
        ({"index_percent": "9.1"}, 32100),  # the cap: 7 %
        ({"index_percent": "1.2"}, 30600),  # the floor: 2 %
        ({"price": contract_pb2.RENEWAL_PRICE_SAME}, 30000),
        ({"price": contract_pb2.RENEWAL_PRICE_LIST}, 30000),
    ],
)
def test_the_next_term_costs_what_the_contract_says(uplifting: Served, fields: dict[str, Any], monthly: int) -> None:
    order = deal.ordered(uplifting, deal.line("PLAN", "10"), term_months=12)
    (line,) = renewal(uplifting, order.contract, **fields).quote.priced.lines
    assert line.net == monthly


def test_an_early_renewal_credits_the_rest_and_lines_end_together(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN", "10"), deal.line("PLAN", "2", id="b", term_months=6), term_months=12)
    deal.invoiced(shop, order.contract, "2026-03-01")
    made = renewal(shop, order.contract, start=deal.day("2026-03-16"), end=deal.day("2028-03-01"))
    # of 300.00 and 60.00 for March 16 of 31 days: 154.84 and 30.97; charged again for the same days
    assert [each.net for each in made.impact.credit_notes] == [15484 + 3097]
    assert made.impact.schedule_after[0].net == 15484 + 3097
    signed(shop, made)
    ends = {each[0]: each[2] for each in periods(contract_of(shop, order.contract))}
    assert ends == {"plan": "2027-03-01", "b": "2026-09-01", "plan.2": "2028-03-01", "b.2": "2028-03-01"}
    assert shown(drafted(shop, order.contract, "2028-03-01")) == shown(made.impact.schedule_after)
    tie_out(shop, "2028-03-01")


def test_month_ends_keep_the_day_of_the_contract(shop: Served) -> None:
    start = deal.day("2027-01-31")
    order = deal.ordered(shop, deal.line("PLAN"), term_months=1, start=start)
    for number in range(2, 5):
        signed(shop, renewal(shop, order.contract))
        assert len(contract_of(shop, order.contract).changes) == number - 1
    found = [each[:3] for each in periods(contract_of(shop, order.contract))]
    assert found == [
        ("plan", "2027-01-31", "2027-02-28"),
        ("plan.2", "2027-02-28", "2027-03-31"),
        ("plan.3", "2027-03-31", "2027-04-30"),
        ("plan.4", "2027-04-30", "2027-05-31"),
    ]
    assert [each[1] for each in shown(drafted(shop, order.contract, "2027-12-31"))] == [3000] * 4
    tie_out(shop, "2027-12-31")


def advance(server: Served, until: str) -> int:
    request = test_clock_pb2.AdvanceTestClockRequest(name="testClocks/default")
    request.until.FromJsonString(until)
    return server.clock.AdvanceTestClock(request, timeout=120).done_count


def test_a_contract_renews_by_itself_year_after_year(uplifting: Served) -> None:
    order = deal.ordered(uplifting, deal.line("PLAN", "10"), term_months=12)
    before = contract_of(uplifting, order.contract)
    assert _day(before.renewal.renew_day) == "2027-03-01"
    # 30 whole days between the day of notice and the first day of the next term
    assert _day(before.renewal.last_notice_day) == "2027-01-29"
    advance(uplifting, "2029-06-01T12:00:00Z")
    # 300.00, 315.00, 330.75, 347.29: 5 % each, rounded once a year
    assert periods(contract_of(uplifting, order.contract)) == [
        ("plan", "2026-03-01", "2027-03-01", 30000),
        ("plan.2", "2027-03-01", "2028-03-01", 31500),
        ("plan.3", "2028-03-01", "2029-03-01", 33075),
        ("plan.4", "2029-03-01", "2030-03-01", 34729),
    ]
    billed = drafted(uplifting, order.contract, "2029-06-01")
    assert sum(each.net for each in billed) == 12 * (30000 + 31500 + 33075) + 4 * 34729
    tie_out(uplifting, "2029-06-01")


def test_notice_in_time_keeps_a_contract_from_renewing(uplifting: Served) -> None:
    order = deal.ordered(uplifting, deal.line("PLAN"), term_months=12)
    deal.invoiced(uplifting, order.contract, "2026-03-01")
    drafted(uplifting, order.contract, "2026-04-01")
    request = contract_pb2.TerminateContractRequest(name=order.contract, end=deal.day("2027-03-01"), reason="moves")
    told = uplifting.contracts.TerminateContract(request, timeout=30)
    assert not told.credit_notes and not told.voided_invoices
    again = failure(uplifting.contracts.TerminateContract, request)
    assert again.states == ["CON009"]
    agreed = contract_of(uplifting, order.contract)
    assert not agreed.renewal.HasField("renew_day") and not agreed.renewal.HasField("last_notice_day")
    advance(uplifting, "2027-06-01T12:00:00Z")
    assert len(contract_of(uplifting, order.contract).changes) == 1
    # one month is final; the draft of April stays, and ten more months of 30.00 follow
    assert [each[1] for each in shown(drafted(uplifting, order.contract, "2027-06-01"))] == [3000] * 10
    tie_out(uplifting, "2027-06-01")


def test_notice_holds_for_what_comes_in_the_place_of_a_line(uplifting: Served) -> None:
    order = deal.ordered(uplifting, deal.line("PLAN", "10"), deal.line("PLAN", id="b", term_months=18), term_months=12)
    request = contract_pb2.TerminateContractRequest(name=order.contract, end=deal.day("2027-03-01"), reason="less")
    request.lines.append("plan")
    uplifting.contracts.TerminateContract(request, timeout=30)
    signed(uplifting, amendment(uplifting, order.contract, "2026-06-01", changes=[quantity("plan", "4")]))
    assert _day(contract_of(uplifting, order.contract).renewal.renew_day) == "2027-09-01"
    advance(uplifting, "2027-06-01T12:00:00Z")
    assert [each[0] for each in periods(contract_of(uplifting, order.contract))] == ["plan", "b", "plan.2"]
    # who changes their mind renews on request
    made = renewal(uplifting, order.contract, lines=["plan.2"], valid_until=deal.day("2027-12-31"))
    assert [each.id for each in made.quote.priced.lines] == ["plan.3"]
    tie_out(uplifting, "2027-06-01")


def test_notice_on_the_end_needs_a_contract_that_renews_by_itself(shop: Served) -> None:
    order = deal.ordered(shop, deal.line("PLAN"), term_months=12)
    request = contract_pb2.TerminateContractRequest(name=order.contract, end=deal.day("2027-03-01"), reason="moves")
    assert failure(shop.contracts.TerminateContract, request).states == ["CON009"]


def test_notice_that_comes_too_late_says_so(uplifting: Served) -> None:
    order = deal.ordered(uplifting, deal.line("PLAN"), term_months=12)
    advance(uplifting, "2027-01-30T12:00:00Z")
    request = contract_pb2.TerminateContractRequest(name=order.contract, end=deal.day("2027-03-01"), reason="moves")
    late = failure(uplifting.contracts.TerminateContract, request)
    # notice of 30 January and 30 whole days lead to 2 March
    assert "the earliest day is 2027-03-02" in str(late.fields) + late.message


def test_a_contract_that_cannot_renew_says_why_and_waits(uplifting: Served) -> None:
    order = deal.ordered(uplifting, deal.line("PLAN"), term_months=12)
    gone = SMALL["catalog/products.yaml"].replace(b"PLAN, name: Plan,", b"PLAN, name: Plan, discontinued: true,")
    files = {**SMALL, "catalog/products.yaml": gone}
    sources = [rule_book_pb2.SourceFile(path=path, content=content) for path, content in files.items()]
    uplifting.rules.PublishRuleBook(rule_book_pb2.PublishRuleBookRequest(files=sources), timeout=30)
    advance(uplifting, "2027-03-02T12:00:00Z")
    waiting = contract_of(uplifting, order.contract)
    assert not waiting.changes
    assert waiting.renewal.problem == "`PLAN` is discontinued"
    assert not waiting.renewal.HasField("renew_day")
    tie_out(uplifting, "2027-03-02")


def test_an_amended_line_renews_as_it_is_then(uplifting: Served) -> None:
    order = deal.ordered(uplifting, deal.line("PLAN", "10"), term_months=12)
    signed(uplifting, amendment(uplifting, order.contract, "2026-06-01", changes=[quantity("plan", "4")]))
    advance(uplifting, "2027-03-02T12:00:00Z")
    assert periods(contract_of(uplifting, order.contract))[-1] == ("plan.3", "2027-03-01", "2028-03-01", 12600)


def test_the_segments_of_a_ramp_do_not_renew_beside_each_other(uplifting: Served) -> None:
    ramped = deal.line("PLAN", "10", ramp={"segment_months": 6, "uplift_percent": "10"})
    order = deal.ordered(uplifting, ramped, term_months=12)
    advance(uplifting, "2027-04-01T12:00:00Z")
    # 300.00, then 330.00; the next term is a year at 5 % more than the last segment: 346.50
    assert periods(contract_of(uplifting, order.contract)) == [
        ("plan/1", "2026-03-01", "2026-09-01", 30000),
        ("plan/2", "2026-09-01", "2027-03-01", 33000),
        ("plan/2.2", "2027-03-01", "2028-03-01", 34650),
    ]
    tie_out(uplifting, "2027-04-01")


def test_a_renewal_by_itself_is_no_sale_in_metrics_and_views(uplifting: Served, tmp_path: Path) -> None:
    deal.ordered(uplifting, deal.line("PLAN", "10"), term_months=12)
    declined = deal.sent(uplifting, deal.line("MUG"))
    uplifting.quotes.DeclineQuote(quote_pb2.DeclineQuoteRequest(name=declined.name, note="too dear"))
    advance(uplifting, "2028-06-01T12:00:00Z")  # renewed on 1 March 2027 and 2028
    # one offer ordered, one lost: the two renewals would make it 3 of 4
    for name in ("quote_to_order_rate", "win_rate"):
        assert measured(uplifting, name) == Decimal("0.5")
    assert measured(uplifting, "auto_approval_rate") == 1
    request = metric_pb2.ListMetricRowsRequest(name="metrics/auto_approval_rate", since=SINCE, until=UNTIL)
    assert len(uplifting.metrics.ListMetricRows(request).rows) == 2
    connection = sqlite3.connect(tmp_path / "cpq.sqlite3", timeout=30)
    seen = connection.execute("SELECT renewed_by_itself, count(*) FROM v_quote_fact GROUP BY 1 ORDER BY 1").fetchall()
    connection.close()
    assert seen == [(0, 2), (1, 2)]


SINCE, UNTIL = deal.day("2026-03-01"), deal.day("2028-12-31")


def measured(server: Served, name: str) -> Decimal:
    request = metric_pb2.GetMetricRequest(name=f"metrics/{name}", since=SINCE, until=UNTIL)
    (figure,) = server.metrics.GetMetric(request, timeout=30).figures
    return Decimal(figure.value)

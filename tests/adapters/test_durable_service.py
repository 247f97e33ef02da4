"""The approval service behaves the same when approvals run on durable-rules, and goes on after a restart."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cpq.v1 import approval_pb2, quote_pb2

from tests.adapters.durable import durable_rules_or_skip
from tests.api import deal, test_approval_service
from tests.api.mutations import submitted
from tests.api.server import Served, served

durable_rules_or_skip()

PLAYED = [
    pytest.param(test, id=name.removeprefix("test_"))
    for name, test in vars(test_approval_service).items()
    if name.startswith("test_") and list(inspect.signature(test).parameters) == ["shop"]
]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, approvals="durable") as running:
        deal.set_clock(running)
        deal.people(running)
        yield running


@pytest.mark.parametrize("played", PLAYED)
def test_what_holds_for_the_plain_machine_holds_here(shop: Served, played: Callable[[Served], None]) -> None:
    played(shop)


def test_an_approval_goes_on_after_a_restart_and_under_the_other_engine(tmp_path: Path) -> None:
    with served(tmp_path, approvals="durable") as first:
        deal.set_clock(first)
        deal.people(first)
        quote = submitted(first, "35")
        first.approvals.Approve(approval_pb2.ApproveRequest(name=quote.approval, approver="users/mia"))
    with served(tmp_path, approvals="plain") as second:
        pending = second.approvals.GetApproval(approval_pb2.GetApprovalRequest(name=quote.approval))
        assert [each.level for each in pending.requests] == ["manager", "director"]
    with served(tmp_path, approvals="durable") as third:
        done = third.approvals.Approve(approval_pb2.ApproveRequest(name=quote.approval, approver="users/dan"))
        assert done.state == approval_pb2.APPROVAL_STATE_APPROVED
        found = third.quotes.GetQuote(quote_pb2.GetQuoteRequest(name=quote.name))
        assert found.state == quote_pb2.QUOTE_STATE_APPROVED

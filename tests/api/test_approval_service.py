"""ApprovalService through a real server."""

from __future__ import annotations

from pathlib import Path

import grpc
from cpq.v1 import approval_pb2, party_pb2, quote_pb2

from tests.api import deal
from tests.api.mutations import submitted
from tests.api.server import Served, failure, served
from tests.fakes.rules import SMALL


def state(server: Served, name: str) -> int:
    return server.quotes.GetQuote(quote_pb2.GetQuoteRequest(name=name)).state


def test_two_levels_agree_one_after_the_other(shop: Served) -> None:
    quote = submitted(shop, "35")
    assert quote.state == quote_pb2.QUOTE_STATE_IN_APPROVAL
    levels = [(each.chain, each.level) for each in quote.priced.approval_route.levels]
    assert levels == [("sales", "manager"), ("sales", "director")]
    (approval,) = shop.approvals.ListApprovals(approval_pb2.ListApprovalsRequest(member="users/mia")).approvals
    assert approval.name == quote.approval
    assert [list(each.members) for each in approval.requests] == [["users/mia"]]
    assert approval.requests[0].reasons[0].say == "The discount is deeper than 15 percent"
    early = approval_pb2.ApproveRequest(name=approval.name, approver="users/dan")
    assert failure(shop.approvals.Approve, early).fields.keys() == {"request"}
    shop.approvals.Approve(approval_pb2.ApproveRequest(name=approval.name, approver="users/mia", comment="fine"))
    assert state(shop, quote.name) == quote_pb2.QUOTE_STATE_IN_APPROVAL
    done = shop.approvals.Approve(approval_pb2.ApproveRequest(name=approval.name, approver="users/dan"))
    assert done.state == approval_pb2.APPROVAL_STATE_APPROVED
    assert [(each.by, each.comment) for each in done.decisions] == [("users/mia", "fine"), ("users/dan", "")]
    assert state(shop, quote.name) == quote_pb2.QUOTE_STATE_APPROVED
    assert shop.approvals.GetApproval(approval_pb2.GetApprovalRequest(name=approval.name)) == done
    assert not shop.approvals.ListApprovals(approval_pb2.ListApprovalsRequest(member="users/mia")).approvals
    by_quote = approval_pb2.ListApprovalsRequest(quote=quote.name, state=approval_pb2.APPROVAL_STATE_APPROVED)
    assert len(shop.approvals.ListApprovals(by_quote).approvals) == 1


def test_a_rejection_ends_it(shop: Served) -> None:
    quote = submitted(shop)
    request = approval_pb2.RejectRequest(name=quote.approval, approver="users/mia", comment="no")
    assert shop.approvals.Reject(request).state == approval_pb2.APPROVAL_STATE_REJECTED
    assert state(shop, quote.name) == quote_pb2.QUOTE_STATE_REJECTED


def test_a_preview_says_who_would_be_asked_and_what_would_spare_it(shop: Served) -> None:
    content = deal.content(manual_discounts=[deal.discount("20")])
    answer = shop.quotes.PreviewApprovals(quote_pb2.PreviewApprovalsRequest(content=content))
    assert [each.level for each in answer.route.levels] == ["manager"]
    assert answer.route.levels[0].who == "role manager"
    assert any("quote.discount_pct" in each for each in answer.advice)
    both = quote_pb2.PreviewApprovalsRequest(content=content, name="quotes/q-1")
    assert failure(shop.quotes.PreviewApprovals, both).fields.keys() == {"name"}
    assert failure(shop.quotes.PreviewApprovals, quote_pb2.PreviewApprovalsRequest()).fields.keys() == {"name"}


def test_an_approval_stands_when_the_quote_gets_no_worse(shop: Served) -> None:
    quote = submitted(shop, "25")
    shop.approvals.Approve(approval_pb2.ApproveRequest(name=quote.approval, approver="users/mia"))
    shop.quotes.RecallQuote(quote_pb2.RecallQuoteRequest(name=quote.name, by="users/rep"))
    better = quote_pb2.UpdateQuoteRequest(quote=quote_pb2.Quote(name=quote.name))
    better.quote.content.CopyFrom(deal.content(manual_discounts=[deal.discount("20")]))
    shop.quotes.UpdateQuote(better)
    preview = shop.quotes.PreviewApprovals(quote_pb2.PreviewApprovalsRequest(name=quote.name))
    assert list(preview.standing) == ["sales/manager"]
    again = shop.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=quote.name))
    assert again.state == quote_pb2.QUOTE_STATE_APPROVED


def test_an_approval_of_one_currency_says_nothing_of_another(shop: Served) -> None:
    quote = submitted(shop, "25")
    shop.approvals.Approve(approval_pb2.ApproveRequest(name=quote.approval, approver="users/mia"))
    shop.quotes.RecallQuote(quote_pb2.RecallQuoteRequest(name=quote.name, by="users/rep"))
    for code, standing in (("USD", []), ("EUR", ["sales/manager"])):
        change = quote_pb2.UpdateQuoteRequest(quote=quote_pb2.Quote(name=quote.name))
        change.quote.content.CopyFrom(deal.content(manual_discounts=[deal.discount("20")], currency_code=code))
        shop.quotes.UpdateQuote(change)
        preview = shop.quotes.PreviewApprovals(quote_pb2.PreviewApprovalsRequest(name=quote.name))
        assert list(preview.standing) == standing
    change.quote.content.currency_code = "USD"
    shop.quotes.UpdateQuote(change)
    again = shop.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=quote.name))
    assert again.state == quote_pb2.QUOTE_STATE_IN_APPROVAL


def test_only_the_owner_recalls_and_a_delegate_decides_on_behalf(shop: Served) -> None:
    quote = submitted(shop)
    other = failure(shop.quotes.RecallQuote, quote_pb2.RecallQuoteRequest(name=quote.name, by="users/dan"))
    assert (other.code, other.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "QUO005")
    stranger = approval_pb2.ApproveRequest(name=quote.approval, approver="users/dan", on_behalf_of="users/mia")
    assert failure(shop.approvals.Approve, stranger).code is grpc.StatusCode.FAILED_PRECONDITION
    made = shop.approvals.Delegate(
        approval_pb2.DelegateRequest(
            approver="users/mia", delegate="users/dan", period={"start": deal.day("2026-03-01")}
        )
    )
    assert made.name.startswith("delegations/")
    told = failure(shop.approvals.Approve, approval_pb2.ApproveRequest(name=quote.approval, approver="users/rep"))
    assert told.fields.keys() == {"request"}, "nobody decides their own quote"
    for user, waiting in (("users/dan", 1), ("users/mia", 1), ("users/rep", 0)):
        asked = approval_pb2.ListApprovalsRequest(member=user, quote=quote.name)
        assert len(shop.approvals.ListApprovals(asked).approvals) == waiting, user
    stranger.on_behalf_of = ""  # the only one who delegated to them
    done = shop.approvals.Approve(stranger)
    assert (done.decisions[0].by, done.decisions[0].on_behalf_of) == ("users/dan", "users/mia")


TWO_CHAINS = {
    **SMALL,
    "approvals/chains.yaml": b"""\
chains:
  - {id: sales, levels: [{id: manager, agree: count, count: 2}, director]}
  - {id: finance, levels: [controller]}
""",
    "approvals/finance.csv": b"quote.discount_pct,out: chain,out: level\n> 15,finance,controller\n",
}


def test_who_has_decided_their_own_request_decides_next_what_was_delegated_to_them(tmp_path: Path) -> None:
    with served(tmp_path, TWO_CHAINS) as shop:
        deal.set_clock(shop)
        deal.people(shop)
        for name, role in (("max", "manager"), ("cora", "controller")):
            user = party_pb2.User(display_name=name, roles=[role])
            shop.parties.CreateUser(party_pb2.CreateUserRequest(user=user, user_id=name))
        period = {"start": deal.day("2026-03-01")}
        asked = approval_pb2.DelegateRequest(approver="users/cora", delegate="users/mia", period=period)
        shop.approvals.Delegate(asked)
        by_mia = approval_pb2.ApproveRequest(name=submitted(shop).approval, approver="users/mia")
        shop.approvals.Approve(by_mia)
        decided = shop.approvals.Approve(by_mia).decisions
        assert [each.on_behalf_of for each in decided] == ["", "users/cora"]
        again = failure(shop.approvals.Approve, by_mia)
        assert again.states == ["APR106"], "max has to agree, too"


def test_bad_delegations_are_refused(shop: Served) -> None:
    period = {"start": deal.day("2026-03-02"), "end": deal.day("2026-03-02")}
    found = failure(
        shop.approvals.Delegate, approval_pb2.DelegateRequest(approver="users/mia", delegate="mia", period=period)
    )
    assert found.fields.keys() == {"delegate", "period.end"}
    found = failure(
        shop.approvals.Delegate,
        approval_pb2.DelegateRequest(approver="users/mia", delegate="users/x", period={"start": period["start"]}),
    )
    assert (found.code, found.fields.keys()) == (grpc.StatusCode.NOT_FOUND, {"delegate"})


def test_time_escalates_and_expires_what_waits(shop: Served) -> None:
    quote = submitted(shop, "35")
    moved = deal.move_clock(shop, "2026-03-04T00:00:00Z")
    assert [(each.kind, each.count) for each in moved.done] == [("escalation", 1)]
    assert moved.done_count == 1
    approval = shop.approvals.GetApproval(approval_pb2.GetApprovalRequest(name=quote.approval))
    assert list(approval.requests[0].escalated_to) == ["users/dan"]
    assert deal.move_clock(shop, "2026-03-04T01:00:00Z").done_count == 0
    deal.move_clock(shop, "2026-07-01T00:00:00Z")
    approval = shop.approvals.GetApproval(approval_pb2.GetApprovalRequest(name=quote.approval))
    assert approval.state == approval_pb2.APPROVAL_STATE_RECALLED
    assert state(shop, quote.name) == quote_pb2.QUOTE_STATE_EXPIRED

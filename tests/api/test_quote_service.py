"""QuoteService through a real server: the life of quotes, and everything that may not happen to them."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from cpq.v1 import common_pb2, pricing_pb2, quote_pb2
from google.protobuf.field_mask_pb2 import FieldMask

from tests.api import deal
from tests.api.server import Served, failure


def get(server: Served, name: str, view: Any = common_pb2.VIEW_FULL) -> quote_pb2.Quote:
    return server.quotes.GetQuote(quote_pb2.GetQuoteRequest(name=name, view=view))


def test_views_decide_how_much_is_returned(shop: Served) -> None:
    quote = deal.create(shop)
    basic = get(shop, quote.name, common_pb2.VIEW_BASIC)
    assert (len(basic.priced.lines), basic.HasField("content"), basic.priced.totals.net) == (0, False, 5000)
    full = get(shop, quote.name)
    (line,) = full.priced.lines
    assert (line.display_name, line.unit_price, line.net, len(line.waterfall.steps)) == ("Mug", "12.50", 5000, 0)
    assert full == quote
    story = get(shop, quote.name, common_pb2.VIEW_WATERFALL).priced.lines[0].waterfall
    assert story.steps[0].after == "12.50"
    assert story.steps[0].place.startswith("catalog/products.yaml:")


def test_a_draft_is_changed_and_evaluated_again(shop: Served) -> None:
    quote = deal.create(shop)
    update = quote_pb2.UpdateQuoteRequest(
        quote=quote_pb2.Quote(name=quote.name, title="Ten mugs", content=deal.content(deal.line("MUG", "10"))),
        update_mask=FieldMask(paths=["title", "content"]),
    )
    changed = shop.quotes.UpdateQuote(update)
    # 10 x 12.50
    assert (changed.title, changed.priced.totals.net, changed.etag) == ("Ten mugs", 12500, '"2"')
    assert changed.billing_account == "billingAccounts/main"
    lines = quote_pb2.BatchUpdateQuoteLinesRequest(
        name=quote.name, upserts=[deal.line("PLAN", "2"), deal.line("MUG", "1")], removals=[]
    )
    changed = shop.quotes.BatchUpdateQuoteLines(lines)
    # 1 x 12.50 + 2 x 30.00
    assert [each.id for each in changed.priced.lines] == ["mug", "plan"]
    assert changed.priced.totals.net == 7250
    removed = shop.quotes.BatchUpdateQuoteLines(
        quote_pb2.BatchUpdateQuoteLinesRequest(name=quote.name, removals=["mug"])
    )
    assert [each.id for each in removed.priced.lines] == ["plan"]


def test_a_line_that_an_edit_sends_twice_is_named(shop: Served) -> None:
    quote = deal.create(shop)
    twice = [deal.line("PLAN", "2"), deal.line("MUG"), deal.line("PLAN", "3")]
    edit = quote_pb2.BatchUpdateQuoteLinesRequest(name=quote.name, upserts=twice)
    found = failure(shop.quotes.BatchUpdateQuoteLines, edit).fields
    assert found == {"upserts[2].id": "the line id `plan` is that of upserts[0], too; send each line once"}


def test_removing_a_bundle_removes_its_parts(shop: Served) -> None:
    quote = deal.create(shop, *box("CPU-A", "BRD-1"), deal.line("MUG"))
    assert quote.priced.valid
    request = quote_pb2.BatchUpdateQuoteLinesRequest(name=quote.name, removals=["box"])
    assert [each.id for each in shop.quotes.BatchUpdateQuoteLines(request).priced.lines] == ["mug"]


def box(cpu: str, board: str) -> tuple[pricing_pb2.LineInput, ...]:
    return (
        deal.line("BOX"),
        deal.line(cpu, id="cpu", parent="box", group="cpu"),
        deal.line(board, id="board", parent="box", group="board"),
    )


def test_a_broken_configuration_is_priced_and_kept_but_not_submitted(shop: Served) -> None:
    quote = deal.create(shop, *box("CPU-A", "BRD-2"))
    assert not quote.priced.valid
    (finding,) = quote.priced.findings
    assert (finding.rule, finding.message) == ("same-socket", "processor and board need one socket")
    assert finding.place.startswith("constraints/box.yaml:3")
    found = failure(shop.quotes.SubmitQuote, quote_pb2.SubmitQuoteRequest(name=quote.name))
    assert (found.code, found.states) == (grpc.StatusCode.FAILED_PRECONDITION, ["QUO003"])


def test_the_customer_declines_and_a_revision_makes_the_next_offer(shop: Served) -> None:
    offer = deal.sent(shop)
    declined = shop.quotes.DeclineQuote(quote_pb2.DeclineQuoteRequest(name=offer.name, note="too dear"))
    assert (declined.state, declined.closing_note) == (quote_pb2.QUOTE_STATE_DECLINED, "too dear")
    revised = shop.quotes.ReviseQuote(quote_pb2.ReviseQuoteRequest(name=offer.name, valid_until=deal.UNTIL))
    assert (revised.state, revised.version) == (quote_pb2.QUOTE_STATE_DRAFT, 2)
    request = quote_pb2.UpdateQuoteRequest(quote=quote_pb2.Quote(name=offer.name))
    request.quote.content.CopyFrom(deal.content(deal.line("MUG", "4"), manual_discounts=[deal.discount("10")]))
    shop.quotes.UpdateQuote(request)
    shop.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=offer.name))
    second = shop.quotes.SendQuote(quote_pb2.SendQuoteRequest(name=offer.name))
    assert second.version == 2
    assert second.certificate != offer.certificate
    versions = shop.quotes.ListQuoteVersions(quote_pb2.ListQuoteVersionsRequest(parent=offer.name, page_size=1))
    assert [each.version for each in versions.versions] == [2]
    versions = shop.quotes.ListQuoteVersions(
        quote_pb2.ListQuoteVersionsRequest(parent=offer.name, page_size=1, page_token=versions.next_page_token)
    )
    # 50.00; the second offer 10 % less
    assert [(each.version, each.priced.totals.net) for each in versions.versions] == [(1, 5000)]
    differences = shop.quotes.CompareQuoteVersions(
        quote_pb2.CompareQuoteVersionsRequest(name=offer.name, before=1, after=2)
    ).differences
    by_path = {each.path: (each.before, each.after) for each in differences}
    assert by_path["totals.net"] == ("EUR 50.00", "EUR 45.00")
    assert "lines[mug].quantity" not in by_path
    for number, certificate in ((1, offer.certificate), (2, second.certificate)):
        name = f"{offer.name}/versions/{number}"
        verified = shop.quotes.VerifyCertificate(quote_pb2.VerifyCertificateRequest(name=name))
        assert verified.valid
        assert verified.certificate == certificate
    forged = quote_pb2.VerifyCertificateRequest(name=f"{offer.name}/versions/1", certificate=second.certificate)
    answer = shop.quotes.VerifyCertificate(forged)
    assert not answer.valid
    assert [each.code for each in answer.faults] == ["QUO201"]


def test_withdrawn_quotes_are_deleted_and_sent_ones_are_not(shop: Served) -> None:
    offer = deal.sent(shop)
    found = failure(shop.quotes.DeleteQuote, quote_pb2.DeleteQuoteRequest(name=offer.name))
    assert (found.code, found.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "QUO001")
    withdrawn = shop.quotes.WithdrawQuote(quote_pb2.WithdrawQuoteRequest(name=offer.name, note="mistake"))
    assert withdrawn.state == quote_pb2.QUOTE_STATE_WITHDRAWN
    shop.quotes.DeleteQuote(quote_pb2.DeleteQuoteRequest(name=offer.name))
    gone = failure(shop.quotes.GetQuote, quote_pb2.GetQuoteRequest(name=offer.name))
    assert gone.code is grpc.StatusCode.NOT_FOUND


def test_a_clone_asks_for_the_same(shop: Served) -> None:
    offer = deal.sent(shop)
    clone = shop.quotes.CloneQuote(
        quote_pb2.CloneQuoteRequest(name=offer.name, owner="users/mia", valid_until=deal.UNTIL)
    )
    assert clone.name != offer.name
    assert (clone.state, clone.owner, clone.version) == (quote_pb2.QUOTE_STATE_DRAFT, "users/mia", 1)
    assert clone.content.lines == offer.content.lines


def test_accepting_one_alternative_supersedes_the_others_of_the_deal(shop: Served) -> None:
    names = []
    for _ in range(2):
        request = quote_pb2.CreateQuoteRequest(quote=deal.draft(deal.content(), deal="big one"))
        name = shop.quotes.CreateQuote(request).name
        shop.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=name))
        names.append(name)
    other = deal.create(shop)
    accepted = shop.quotes.AcceptQuote(quote_pb2.AcceptQuoteRequest(name=names[0], version=1, purchase_order="PO"))
    assert (accepted.state, accepted.purchase_order) == (quote_pb2.QUOTE_STATE_ACCEPTED, "PO")
    assert get(shop, names[1]).state == quote_pb2.QUOTE_STATE_SUPERSEDED
    assert get(shop, other.name).state == quote_pb2.QUOTE_STATE_DRAFT
    listed = shop.quotes.ListQuotes(quote_pb2.ListQuotesRequest(deal="big one")).quotes
    assert [each.name for each in listed] == names
    by_state = quote_pb2.ListQuotesRequest(customer="customers/anna", state=quote_pb2.QUOTE_STATE_DRAFT)
    assert [each.name for each in shop.quotes.ListQuotes(by_state).quotes] == [other.name]


def test_an_expired_offer_cannot_be_accepted_and_is_closed_by_time(shop: Served) -> None:
    offer = deal.sent(shop)
    request = quote_pb2.AcceptQuoteRequest(name=offer.name, version=1)
    wrong = failure(shop.quotes.AcceptQuote, quote_pb2.AcceptQuoteRequest(name=offer.name, version=2))
    assert (wrong.code, wrong.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "QUO004")
    moved = deal.move_clock(shop, "2026-07-01T00:00:00Z")
    assert moved.done_count == 1
    assert get(shop, offer.name).state == quote_pb2.QUOTE_STATE_EXPIRED
    found = failure(shop.quotes.AcceptQuote, request)
    assert found.code is grpc.StatusCode.FAILED_PRECONDITION
    assert {"QUO001", "QUO002"} == set(found.states)


def test_every_fault_of_a_draft_is_named_in_one_answer(shop: Served) -> None:
    lines = [
        deal.line("MUG", "-1"),
        deal.line("MUG", "NaN", id=""),
        deal.line("", "1e9", id="x"),
        pricing_pb2.LineInput(id="y", sku="MUG", quantity="1", term_months=-5),
        deal.line("MUG", "1", id="z\0"),
    ]
    manual = pricing_pb2.ManualDiscount(id="line\nbreak", value="x")
    content = deal.content(*lines, term_months=-1, manual_discounts=[manual])
    content.date.CopyFrom(deal.day("2026-02-30"))
    request = quote_pb2.CreateQuoteRequest(quote=quote_pb2.Quote(content=content, owner="rep"))
    found = failure(shop.quotes.CreateQuote, request)
    assert found.code is grpc.StatusCode.INVALID_ARGUMENT
    assert {
        "quote.content.lines[0].quantity",
        "quote.content.lines[1].id",
        "quote.content.lines[1].quantity",
        "quote.content.lines[2].sku",
        "quote.content.lines[2].quantity",
        "quote.content.lines[3].term_months",
        "quote.content.lines[4].id",
        "quote.content.term_months",
        "quote.content.date",
        "quote.content.manual_discounts[0].id",
        "quote.content.manual_discounts[0].on",
        "quote.content.manual_discounts[0].kind",
        "quote.content.manual_discounts[0].reason",
        "quote.content.manual_discounts[0].author",
        "quote.content.manual_discounts[0].value",
        "quote.owner",
        "quote.valid_until",
    } == set(found.fields)
    assert not shop.quotes.ListQuotes(quote_pb2.ListQuotesRequest()).quotes


def test_the_pipelines_faults_are_named_with_a_hint(shop: Served) -> None:
    lines = [deal.line("MUGS", "1", id="a"), deal.line("MUG", "0", id="b"), deal.line("MUG", "1", id="b")]
    lines.append(deal.line("OLD", "1", id="c", parent="nobody"))
    request = quote_pb2.CreateQuoteRequest(quote=deal.draft(deal.content(*lines)))
    found = failure(shop.quotes.CreateQuote, request)
    assert found.fields["quote.content.lines[0].sku"] == "unknown product `MUGS`; did you mean `MUG`?"
    assert {
        "quote.content.lines[0].sku",
        "quote.content.lines[1].quantity",
        "quote.content.lines[1].id",
        "quote.content.lines[2].id",
        "quote.content.lines[3].sku",
        "quote.content.lines[3].parent",
    } == set(found.fields)
    assert not shop.quotes.ListQuotes(quote_pb2.ListQuotesRequest()).quotes


def test_everybody_named_must_exist(shop: Served) -> None:
    quote = quote_pb2.Quote(content=deal.content(), owner="users/x", valid_until=deal.UNTIL)
    quote.billing_account, quote.selling_entity = "billingAccounts/x", "sellingEntities/x"
    quote.content.customer = "customers/x"
    found = failure(shop.quotes.CreateQuote, quote_pb2.CreateQuoteRequest(quote=quote))
    assert found.code is grpc.StatusCode.NOT_FOUND
    assert {"quote.owner", "quote.billing_account", "quote.selling_entity", "quote.content.customer"} == set(
        found.fields
    )


def test_what_cannot_be_read_does_not_hide_who_is_not_there(shop: Served) -> None:
    draft = quote_pb2.Quote(content=deal.content(deal.line("MUGS")), owner="users/x", valid_until=deal.UNTIL)
    draft.billing_account, draft.selling_entity = "accounts/x", "sellingEntities/x"
    found = failure(shop.quotes.CreateQuote, quote_pb2.CreateQuoteRequest(quote=draft))
    assert set(found.fields) == {
        "quote.billing_account",
        "quote.owner",
        "quote.selling_entity",
        "quote.content.lines[0].sku",
    }
    made = deal.create(shop)
    change = quote_pb2.UpdateQuoteRequest(quote=quote_pb2.Quote(name=made.name, content=deal.content(deal.line("MUG"))))
    change.quote.content.lines[0].quantity = "1,5"
    change.quote.content.currency_code = "EURO"
    change.quote.selling_entity = "sellingEntities/x"
    found = failure(shop.quotes.UpdateQuote, change)
    assert set(found.fields) == {
        "quote.content.lines[0].quantity",
        "quote.content.currency_code",
        "quote.selling_entity",
    }
    asked = quote_pb2.PreviewApprovalsRequest(content=change.quote.content)
    found = failure(shop.quotes.PreviewApprovals, asked)
    assert set(found.fields) == {"content.lines[0].quantity", "content.currency_code"}


def test_too_many_lines_are_refused_with_the_limit(shop: Served) -> None:
    lines = [deal.line("MUG", id=f"l{n}") for n in range(2001)]
    found = failure(shop.quotes.CreateQuote, quote_pb2.CreateQuoteRequest(quote=deal.draft(deal.content(*lines))))
    assert found.reason == "TOO_MANY"
    assert found.fields["quote.content.lines"] == "2001 lines; 2000 are allowed in one request"
    most = deal.create(shop, *lines[:2000])
    assert len(most.priced.lines) == 2000
    more = quote_pb2.BatchUpdateQuoteLinesRequest(name=most.name, upserts=[deal.line("PLAN")])
    assert failure(shop.quotes.BatchUpdateQuoteLines, more).fields.keys() == {"upserts"}


def test_a_move_that_is_not_legal_is_a_precondition(shop: Served) -> None:
    quote = deal.create(shop)
    moves: list[tuple[Any, Any]] = [
        (shop.quotes.SendQuote, quote_pb2.SendQuoteRequest(name=quote.name)),
        (shop.quotes.AcceptQuote, quote_pb2.AcceptQuoteRequest(name=quote.name, version=1)),
        (shop.quotes.DeclineQuote, quote_pb2.DeclineQuoteRequest(name=quote.name)),
        (shop.quotes.RecallQuote, quote_pb2.RecallQuoteRequest(name=quote.name, by="users/rep")),
        (shop.quotes.ReviseQuote, quote_pb2.ReviseQuoteRequest(name=quote.name, valid_until=deal.UNTIL)),
    ]
    for call, request in moves:
        found = failure(call, request)
        assert (found.code, found.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "QUO001")
    assert get(shop, quote.name) == quote


@pytest.mark.parametrize(
    "name", ["", "q-000001", "quotes/", "orders/q-000001", "quotes/q/versions/1", "quotes/" + "x" * 99]
)
def test_wrong_names_are_refused(shop: Served, name: str) -> None:
    assert failure(shop.quotes.GetQuote, quote_pb2.GetQuoteRequest(name=name)).fields.keys() == {"name"}
    assert failure(shop.quotes.SubmitQuote, quote_pb2.SubmitQuoteRequest(name=name)).fields.keys() == {"name"}
    verify = quote_pb2.VerifyCertificateRequest(name=f"{name}/versions/x")
    assert failure(shop.quotes.VerifyCertificate, verify).fields.keys() == {"name"}


def test_a_stored_quote_keeps_the_prices_of_its_book(shop: Served) -> None:
    from cpq.v1 import rule_book_pb2

    from tests.fakes.rules import SMALL

    quote = deal.create(shop)
    dearer = {**SMALL, "catalog/products.yaml": SMALL["catalog/products.yaml"].replace(b"EUR: 12.50", b"EUR: 20.00")}
    dearer["tests/prices.yaml"] = SMALL["tests/prices.yaml"].replace(b"12.50}", b"20.00}")
    files = [rule_book_pb2.SourceFile(path=path, content=text) for path, text in dearer.items()]
    shop.rules.PublishRuleBook(rule_book_pb2.PublishRuleBookRequest(files=files))
    assert get(shop, quote.name) == quote
    # 4 x 20.00
    assert deal.create(shop).priced.totals.net == 8000
    shop.quotes.SubmitQuote(quote_pb2.SubmitQuoteRequest(name=quote.name))
    offer = shop.quotes.SendQuote(quote_pb2.SendQuoteRequest(name=quote.name))
    assert offer.priced.totals.net == 5000
    verify = quote_pb2.VerifyCertificateRequest(name=f"{offer.name}/versions/1")
    assert shop.quotes.VerifyCertificate(verify).valid


def test_an_edit_is_told_all_its_faults_at_once(shop: Served) -> None:
    quote = deal.create(shop, deal.line("MUG", "4"), deal.line("PLAN", "1"))
    unread = deal.line("MUGG", "four", id="a")
    edit = quote_pb2.BatchUpdateQuoteLinesRequest(name=quote.name, upserts=[unread, deal.line("PLAN", "-1")])
    found = failure(shop.quotes.BatchUpdateQuoteLines, edit).fields
    assert found.keys() == {"upserts[0].quantity", "upserts[0].sku", "upserts[1].quantity"}
    assert "did you mean `MUG`" in found["upserts[0].sku"]
    edit = quote_pb2.BatchUpdateQuoteLinesRequest(name=quote.name, upserts=[unread], removals=["nothing"])
    assert failure(shop.quotes.BatchUpdateQuoteLines, edit).fields.keys() == {"upserts[0].quantity", "removals[0]"}

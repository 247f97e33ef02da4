from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diagnostics import Decision, Refusal
from engine.quotes import lifecycle
from engine.quotes.events import QuoteAccepted, QuoteApproved, QuoteSent, QuoteSubmitted
from engine.quotes.quote import Quote, QuoteParties
from engine.quotes.status import LEGAL, Move, Status, state_faults
from tests.quotes.offers import line, percent_off, priced, request

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
UNTIL = date(2026, 3, 31)
LATE = AT + timedelta(days=60)
PARTIES = QuoteParties("c-1", "ann")


def done(outcome: "Decision[Quote] | Refusal") -> Quote:
    assert isinstance(outcome, Decision), str(outcome)
    return outcome.value


def codes(outcome: "Decision[Quote] | Refusal") -> list[str]:
    assert isinstance(outcome, Refusal)
    return [str(each.code) for each in outcome.faults]


def draft() -> Quote:
    return done(lifecycle.draft("q-1", PARTIES, priced(), valid_until=UNTIL, at=AT))


def sent() -> Quote:
    return done(lifecycle.send(done(lifecycle.submit(draft(), at=AT)), at=AT))


def test_a_quiet_quote_goes_straight_on() -> None:
    outcome = lifecycle.submit(draft(), at=AT)
    assert isinstance(outcome, Decision)
    assert outcome.value.status is Status.APPROVED
    assert [type(each) for each in outcome.events] == [QuoteSubmitted, QuoteApproved]


def test_a_deep_discount_waits_for_its_approvers() -> None:
    deep = done(lifecycle.edit(draft(), priced(request(manual=(percent_off("20"),))), valid_until=None, at=AT))
    waiting = done(lifecycle.submit(deep, at=AT, approval="ap-1"))
    assert (waiting.status, waiting.approval) == (Status.IN_APPROVAL, "ap-1")
    assert done(lifecycle.approve(waiting, at=AT)).status is Status.APPROVED
    assert done(lifecycle.reject(waiting, by="bob", at=AT)).status is Status.REJECTED
    assert done(lifecycle.recall(waiting, by="ann", at=AT)).status is Status.DRAFT
    assert codes(lifecycle.recall(waiting, by="bob", at=AT)) == ["QUO005"]


def test_an_incomplete_configuration_is_not_submitted() -> None:
    quote = replace(draft(), priced=priced(request(line("pc", "PC"))))
    assert codes(lifecycle.submit(quote, at=AT)) == ["QUO003"]


def test_all_reasons_against_a_submission_are_named() -> None:
    quote = replace(draft(), priced=priced(request(line("pc", "PC"))), status=Status.SENT)
    assert codes(lifecycle.submit(quote, at=LATE)) == ["QUO001", "QUO002", "QUO003"]


def test_a_sent_offer_is_frozen_with_its_certificate() -> None:
    outcome = lifecycle.send(done(lifecycle.submit(draft(), at=AT)), at=AT)
    assert isinstance(outcome, Decision)
    (version,) = outcome.value.versions
    (event,) = outcome.events
    assert isinstance(event, QuoteSent)
    assert (version.number, version.certificate) == (1, event.certificate)
    assert version.certificate.startswith("cpq1-sha256:")


def test_the_customer_accepts_the_offer_that_stands() -> None:
    outcome = lifecycle.accept(sent(), version=1, at=AT, purchase_order="PO-7")
    assert isinstance(outcome, Decision)
    assert outcome.value.status is Status.ACCEPTED
    (event,) = outcome.events
    assert isinstance(event, QuoteAccepted)
    assert (event.version, event.purchase_order) == (1, "PO-7")
    assert codes(lifecycle.accept(sent(), version=2, at=AT)) == ["QUO004"]
    assert codes(lifecycle.accept(sent(), version=1, at=LATE)) == ["QUO002"]


def test_a_checkout_accepts_without_sending() -> None:
    accepted = done(lifecycle.accept(done(lifecycle.submit(draft(), at=AT)), version=1, at=AT))
    assert [each.number for each in accepted.versions] == [1]


def test_a_revision_is_a_new_offer_and_keeps_the_old_one() -> None:
    revised = done(lifecycle.revise(sent(), priced(), valid_until=UNTIL, at=AT))
    assert (revised.status, revised.version, len(revised.versions)) == (Status.DRAFT, 2, 1)
    again = done(lifecycle.send(done(lifecycle.submit(revised, at=AT)), at=AT))
    assert [each.number for each in again.versions] == [1, 2]


def test_an_approved_quote_that_was_never_sent_keeps_its_number_when_revised() -> None:
    approved = done(lifecycle.submit(draft(), at=AT))
    assert done(lifecycle.revise(approved, priced(), valid_until=UNTIL, at=AT)).version == 1


def test_nobody_approves_or_rejects_what_is_not_in_approval() -> None:
    for outcome in (lifecycle.approve(draft(), at=AT), lifecycle.reject(draft(), by="bob", at=AT)):
        assert codes(outcome) == ["QUO001"]


def test_the_offer_that_was_made_last_is_what_is_accepted() -> None:
    dearer = priced(request(line("a", "DISK", "3")))
    second = done(lifecycle.revise(sent(), dearer, valid_until=UNTIL, at=AT))
    second = done(lifecycle.send(done(lifecycle.submit(second, at=AT)), at=AT))
    outcome = lifecycle.accept(second, version=2, at=AT)
    assert isinstance(outcome, Decision)
    (event,) = outcome.events
    # three disks at 100.00; the first offer had two
    assert isinstance(event, QuoteAccepted) and str(event.net_total) == "300.00 EUR"


def test_an_offer_stands_until_the_end_of_its_last_day() -> None:
    assert draft().etag == 1
    last = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
    assert codes(lifecycle.expire(sent(), at=last)) == ["QUO007"]
    assert done(lifecycle.accept(sent(), version=1, at=last)).status is Status.ACCEPTED
    next_day = last + timedelta(minutes=1)
    assert done(lifecycle.expire(sent(), at=next_day)).status is Status.EXPIRED
    assert codes(lifecycle.accept(sent(), version=1, at=next_day)) == ["QUO002"]


def test_time_ends_an_offer() -> None:
    assert codes(lifecycle.expire(sent(), at=AT)) == ["QUO007"]
    assert done(lifecycle.expire(sent(), at=LATE)).status is Status.EXPIRED


def test_offers_can_be_closed_by_either_side() -> None:
    assert done(lifecycle.decline(sent(), note="too dear", at=AT)).closing_note == "too dear"
    assert done(lifecycle.withdraw(draft(), note="", at=AT)).status is Status.WITHDRAWN
    assert done(lifecycle.supersede(sent(), note="another one won", at=AT)).status is Status.SUPERSEDED


def test_a_validity_in_the_past_is_refused() -> None:
    assert codes(lifecycle.draft("q-1", PARTIES, priced(), valid_until=date(2026, 3, 1), at=AT)) == ["QUO006"]


def test_an_order_is_made_once() -> None:
    accepted = done(lifecycle.accept(sent(), version=1, at=AT))
    ordered = done(lifecycle.order(accepted, order_id="o-1", contract_id="k-1", at=AT))
    assert codes(lifecycle.order(ordered, order_id="o-2", contract_id="k-2", at=AT)) == ["QUO001"]


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("move", Move)
def test_the_table_of_moves_is_the_only_judge(status: Status, move: Move) -> None:
    assert bool(state_faults(status, move)) == (status not in LEGAL[move])


@given(
    st.lists(
        st.sampled_from(["submit", "approve", "recall", "send", "accept", "revise", "withdraw", "expire"]), max_size=8
    )
)
def test_the_etag_counts_every_change_and_nothing_else(moves: list[str]) -> None:  # fmt: skip
    quote, changes = draft(), 1
    actions = {
        "submit": lambda q: lifecycle.submit(q, at=AT),
        "approve": lambda q: lifecycle.approve(q, at=AT),
        "recall": lambda q: lifecycle.recall(q, by="ann", at=AT),
        "send": lambda q: lifecycle.send(q, at=AT),
        "accept": lambda q: lifecycle.accept(q, version=q.version, at=AT),
        "revise": lambda q: lifecycle.revise(q, priced(), valid_until=UNTIL, at=AT),
        "withdraw": lambda q: lifecycle.withdraw(q, note="", at=AT),
        "expire": lambda q: lifecycle.expire(q, at=AT),
    }
    for move in moves:
        outcome = actions[move](quote)
        if isinstance(outcome, Decision):
            quote, changes = outcome.value, changes + 1
            assert outcome.events
    assert quote.etag == changes

"""Tests of engine.billing.invoice, engine.billing.tax, engine.billing.credit_note, engine.billing.run,
engine.billing.facts and engine.billing.events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.billing import (
    BillLine,
    CreditNote,
    CreditNoteNumbered,
    DocumentStatus,
    DraftCorrected,
    Invoice,
    InvoiceNumbered,
    LineKind,
    Reason,
    TaxPoint,
    TaxTable,
    ZeroInvoices,
    bill_to,
    correct_draft,
    credit,
    draft_credit_note,
    draft_invoice,
    fact_of,
    finalize,
    issue,
    missing_lines,
    priced_lines,
    sort_onto_documents,
)
from engine.billing.tax import line_tax
from engine.contracts import ContractTerms, cancel
from engine.diagnostics import Decision, Refusal
from engine.ledger import Books, CreditNoteIssued, InvoiceFinalized, Posted, post
from engine.money import HALF_UP, Money, currency, total
from tests.contracts.build import EUR, contract, day, eur, one_time, recurring

AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
ON = date(2026, 1, 5)
RATES = TaxTable({"standard": Decimal(20), "reduced": Decimal(10), "none": Decimal(0)})
AGREED = contract(recurring("seats", "100.00", "2026-01-01", None), terms=ContractTerms(payment_days=14))


def line(key: str, amount: str, tax_code: str = "standard") -> BillLine:
    return BillLine(
        id=key,
        contract="c-1",
        subscription=key,
        quote_line=key,
        sku=key,
        name=key,
        kind=LineKind.ONE_TIME,
        quantity=Decimal(1),
        amount=eur(amount),
        due_on=ON,
        tax_code=tax_code,
    )


def drafted(*lines: BillLine, taxes: TaxTable = RATES) -> Invoice:
    outcome = draft_invoice("i-1", lines, bill_to(AGREED), on=ON, taxes=taxes, at=AT)
    assert isinstance(outcome, Decision), outcome
    return outcome.value


def final(*lines: BillLine, taxes: TaxTable = RATES) -> Invoice:
    outcome = finalize(drafted(*lines, taxes=taxes), number=7, prefix="ACME", on=ON, at=AT)
    assert isinstance(outcome, Decision), outcome
    return outcome.value


def credited(of: BillLine, amount: str, key: str = "1") -> BillLine:
    outcome = credit(key, eur(amount), of=of, on=ON)
    assert isinstance(outcome, Decision), outcome
    return outcome.value


def noted(invoice: Invoice, *credits: BillLine, earlier: tuple[CreditNote, ...] = ()) -> CreditNote:
    outcome = draft_credit_note(
        f"n-{len(earlier)}", credits, invoice, earlier=earlier, reason=Reason("returned"), at=AT
    )
    assert isinstance(outcome, Decision), outcome
    return outcome.value


def codes(outcome: object) -> list[str]:
    assert isinstance(outcome, Refusal), outcome
    return [str(each.code) for each in outcome.faults]


def test_tax_is_rounded_once_per_rate() -> None:
    # 2 x 68.33 at 20 %: 27.332 -> 27.33, not twice 13.67
    invoice = drafted(line("a", "68.33"), line("b", "68.33"))
    assert (invoice.net, invoice.tax, invoice.gross) == (eur("136.66"), eur("27.33"), eur("163.99"))
    assert invoice.due == date(2026, 1, 19)
    assert invoice.status is DocumentStatus.DRAFT
    assert invoice.number == ""


def test_each_rate_has_its_base() -> None:
    invoice = drafted(line("a", "100.05"), line("b", "10.05", "reduced"), line("c", "5.00", "none"))
    assert [(each.tax_code, each.base, each.tax) for each in invoice.taxes] == [
        ("standard", eur("100.05"), eur("20.01")),
        ("reduced", eur("10.05"), eur("1.01")),
        ("none", eur("5.00"), eur("0.00")),
    ]


def test_tax_may_be_rounded_once_for_the_document() -> None:
    # 0.12 at 20 % = 0.024 and 0.14 at 10 % = 0.014: by rate 0.02 + 0.01, together 0.038
    once = TaxTable(RATES.percents, TaxPoint.TOTAL)
    lines = (line("a", "0.12"), line("b", "0.14", "reduced"))
    assert drafted(*lines).tax == eur("0.03")
    assert [each.tax for each in drafted(*lines, taxes=once).taxes] == [eur("0.03"), eur("0.01")]


QUOTED = TaxTable(RATES.percents, TaxPoint.QUOTED)


def test_a_price_that_includes_tax_is_invoiced_to_the_cent() -> None:
    # 9.99 with 20 %: tax 9.99 / 6 = 1.665 -> 1.67, net 8.32; 20 % of 8.32 would be 1.66 and the invoice 9.98
    priced = replace(line("a", "8.32"), tax=eur("1.67"))
    invoice = drafted(priced, line("b", "1.00"), taxes=QUOTED)
    assert [each.tax for each in invoice.taxes] == [eur("1.87")]
    assert (drafted(priced, taxes=QUOTED).gross, drafted(priced).gross) == (eur("9.99"), eur("9.98"))


def test_credits_take_their_part_of_a_quoted_tax() -> None:
    # half of 1.67 is 0.835 -> 0.84; the rest is 0.83
    invoice = final(replace(line("a", "8.32"), tax=eur("1.67")), taxes=QUOTED)
    half = credited(invoice.lines[0], "4.16")
    assert half.tax == eur("-0.84")
    first = noted(invoice, half)
    second = noted(invoice, credited(invoice.lines[0], "4.16", "2"), earlier=(first,))
    assert (first.gross, second.gross) == (eur("5.00"), eur("4.99"))


BY_LINE = TaxTable({"standard": Decimal(19)}, TaxPoint.LINE)


def test_tax_by_line_is_worked_out_on_what_is_billed_of_it() -> None:
    # 11 of 31 days of 162.96 are 57.82, 19 % of which are 10.9858; a share of the quoted 30.96 would be 10.98
    part = replace(line("a", "57.82"), tax=eur("10.98"))
    other = line("b", "0.03")  # 0.0057
    assert [each.tax for each in drafted(part, other, taxes=BY_LINE).taxes] == [eur("10.99") + eur("0.01")]
    invoice = final(part, taxes=BY_LINE)
    first = noted(invoice, credited(part, "10.03"))  # 1.9057
    second = noted(invoice, credited(part, "47.79", "2"), earlier=(first,))
    assert (first.tax, second.tax) == (eur("1.91"), eur("9.08"))


def test_deliveries_by_line_bear_the_tax_that_was_quoted() -> None:
    # 10.00 at 19 % in three parts: 0.63, 0.64 and 0.63 are the 1.90 that were quoted; each on its own would be 0.63
    parts = [("3.33", "0.63"), ("3.34", "0.64"), ("3.33", "0.63")]
    lines = [replace(line(f"d{n}", net), tax=eur(tax), delivery=f"d{n}") for n, (net, tax) in enumerate(parts)]
    assert [drafted(each, taxes=BY_LINE).tax for each in lines] == [eur(tax) for _, tax in parts]


def test_a_levy_on_a_free_line_is_a_tax_all_the_same() -> None:
    assert drafted(replace(line("a", "0.00"), tax=eur("0.25")), taxes=QUOTED).gross == eur("0.25")


def test_an_invoice_names_every_fault() -> None:
    yen = replace(line("b", "1.00"), amount=Money(100, currency("JPY")))
    outcome = draft_invoice("i", [line("a", "1.00", "standart"), yen], bill_to(AGREED), on=ON, taxes=RATES, at=AT)
    assert codes(outcome) == ["BIL001", "BIL013"]
    assert isinstance(outcome, Refusal)
    assert outcome.faults[0].hint == "did you mean `standard`?"
    assert codes(draft_invoice("i", [], bill_to(AGREED), on=ON, taxes=RATES, at=AT)) == ["BIL010"]


def test_finalizing_gives_the_number_and_the_dates() -> None:
    invoice = final(line("a", "10.00"))
    assert (invoice.number, invoice.is_final, invoice.finalized_at) == ("ACME-000007", True, AT)
    outcome = finalize(drafted(line("a", "10.00")), number=8, on=date(2026, 2, 1), at=AT)
    assert isinstance(outcome, Decision)
    assert (outcome.value.on, outcome.value.due) == (date(2026, 2, 1), date(2026, 2, 15))
    assert outcome.events == (
        InvoiceNumbered("i-1", "INV-000008", "acme", date(2026, 2, 1), date(2026, 2, 15), eur("12.00"), AT),
    )


def test_a_final_invoice_never_changes_and_a_negative_one_never_becomes_final() -> None:
    assert codes(finalize(final(line("a", "10.00")), number=8, on=ON, at=AT)) == ["BIL011"]
    assert codes(finalize(drafted(line("a", "-10.00")), number=8, on=ON, at=AT)) == ["BIL012"]


def test_the_last_credit_note_takes_the_residual() -> None:
    invoice = final(line("a", "68.33"), line("b", "68.33"))
    first = noted(invoice, credited(invoice.lines[0], "68.33"))
    second = noted(invoice, credited(invoice.lines[1], "68.33"), earlier=(first,))
    assert (first.tax, first.gross) == (eur("13.67"), eur("82.00"))
    assert (second.tax, second.gross) == (eur("13.66"), eur("81.99"))
    assert first.gross + second.gross == invoice.gross


@pytest.mark.parametrize("point", [TaxPoint.LINE, TaxPoint.QUOTED])
def test_a_credited_delivery_gives_back_the_tax_that_it_bears(point: TaxPoint) -> None:
    # A line of 10.00 came in three deliveries, which bear what the quoted tax of 2.01 had left for them: not 20 % of
    # each amount (0.67 three times), so that a credit by the rate would be a cent off.
    parts = (("a", "3.33", "0.66"), ("b", "3.34", "0.68"), ("c", "3.33", "0.67"))
    lines = [replace(line(key, amount), delivery=f"d{key}", tax=eur(tax)) for key, amount, tax in parts]
    invoice = final(*lines, taxes=TaxTable(RATES.percents, point))
    assert invoice.tax == eur("2.01")
    middle = noted(invoice, credited(invoice.lines[1], "3.34"))
    assert middle.tax == eur("0.68")
    half = noted(invoice, credited(invoice.lines[0], "1.66"), earlier=(middle,))
    rest = noted(invoice, credited(invoice.lines[0], "1.67", key="2"), earlier=(middle, half))
    assert half.tax + rest.tax == eur("0.66")
    last = noted(invoice, credited(invoice.lines[2], "3.33"), earlier=(middle, half, rest))
    assert last.tax == eur("0.67")


def test_a_credit_note_names_what_it_cannot_credit() -> None:
    invoice = final(line("a", "10.00"))
    good = credited(invoice.lines[0], "6.00")
    first = noted(invoice, good)
    over = replace(good, id="a/credit/2", amount=eur("-4.01"))
    stray = replace(good, id="b/credit/1", credits="b")
    outcome = draft_credit_note("n", [over, stray], invoice, earlier=(first,), reason=Reason(""), at=AT)
    assert codes(outcome) == ["BIL022", "BIL021"]
    assert codes(draft_credit_note("n", [], invoice, earlier=(), reason=Reason(""), at=AT)) == ["BIL023"]
    assert codes(draft_credit_note("n", [good], drafted(line("a", "10.00")), earlier=(), reason=Reason(""), at=AT)) == [
        "BIL020"
    ]


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "4.01"])
def test_a_credit_by_hand_stays_within_what_is_left(amount: str) -> None:
    charge = line("a", "10.00")
    earlier = [credited(charge, "6.00")]
    assert codes(credit("2", eur(amount), of=charge, on=ON, earlier=earlier)) == ["BIL022"]
    assert isinstance(credit("2", eur("4.00"), of=charge, on=ON, earlier=earlier), Decision)


def test_issuing_gives_the_number_once() -> None:
    invoice = final(line("a", "10.00"))
    outcome = issue(noted(invoice, credited(invoice.lines[0], "5.00")), number=3, on=ON, at=AT)
    assert isinstance(outcome, Decision)
    note = outcome.value
    assert (note.number, note.net, note.tax, note.gross) == ("CN-000003", eur("5.00"), eur("1.00"), eur("6.00"))
    assert outcome.events == (CreditNoteNumbered("n-0", "CN-000003", "i-1", "acme", ON, eur("6.00"), AT),)
    assert codes(issue(note, number=4, on=ON, at=AT)) == ["BIL024"]


@pytest.mark.parametrize(
    ("zero", "kept"),
    [
        (ZeroInvoices.ALWAYS, ["2026-01-01", "2026-02-01", "2026-03-01"]),
        (ZeroInvoices.PRICED, ["2026-01-01", "2026-02-01"]),
        (ZeroInvoices.NEVER, ["2026-01-01"]),
    ],
)
def test_a_day_that_costs_nothing_has_an_invoice_as_the_policy_says(zero: ZeroInvoices, kept: list[str]) -> None:
    # setup costs 5.00 on the first day, where a gift comes with it; one of list price 9.00 is given away in February,
    # and one that never had a price comes in March
    given = replace(one_time("given", "0", "2026-02-01"), list_price=Decimal(9))
    agreed = contract(
        one_time("setup", "5.00", "2026-01-01"),
        one_time("gift", "0", "2026-01-01"),
        given,
        one_time("none", "0", "2026-03-01"),
    )
    lines = missing_lines(agreed, (), (), (), day("2026-04-01"))
    found = sort_onto_documents(lines, [], zero=zero, priced=priced_lines(agreed))
    assert [str(each) for each in found.invoices] == kept
    assert {*found.invoices, *found.free} == {each.due_on for each in lines}
    assert [each.subscription for each in found.invoices[day("2026-01-01")]] == ["setup", "gift"]


def test_a_run_sorts_charges_by_day_and_credits_by_the_invoice_they_correct() -> None:
    lines = missing_lines(AGREED, (), (), (), day("2026-02-01"))
    fresh = sort_onto_documents(lines, [])
    assert {str(key): [str(each.service) for each in value] for key, value in fresh.invoices.items()} == {
        "2026-01-01": ["2026-01-01/2026-02-01"],
        "2026-02-01": ["2026-02-01/2026-03-01"],
    }
    stopped = cancel(AGREED, on=day("2026-01-15"), at=AT, by="rep", reason="")
    assert isinstance(stopped, Decision)
    credits = missing_lines(stopped.value, (), (), lines, day("2026-02-01"))
    assert len(credits) == 2
    first = replace(final(lines[0]), id="i-first")
    sorted_again = sort_onto_documents(credits, [first, drafted(lines[1])])
    assert [str(each.service) for each in sorted_again.credits["i-first"]] == ["2026-01-15/2026-02-01"]
    held = drafted(lines[1])
    assert [each.credits for each in sorted_again.drafts[held.id]] == [lines[1].id]
    assert not sorted_again.invoices
    corrected = correct_draft(held, sorted_again.drafts[held.id], taxes=RATES, at=AT)
    assert isinstance(corrected, Decision)
    # all of February is taken back, and its tax with it
    assert (corrected.value.gross, corrected.value.etag) == (eur("0.00"), held.etag + 1)
    assert corrected.events == (DraftCorrected(held.id, "acme", eur("0.00"), AT),)
    assert codes(correct_draft(held, [replace(credits[0], tax_code="nowhere")], taxes=RATES, at=AT)) == ["BIL001"]


def test_final_documents_are_facts_that_the_ledger_books() -> None:
    invoice = final(*missing_lines(AGREED, (), (), (), day("2026-01-01")))
    fact = fact_of(invoice)
    assert isinstance(fact, InvoiceFinalized)
    assert (fact.key, fact.on, fact.customer) == ("invoice/ACME-000007", ON, "acme")
    (traced,) = fact.lines
    assert (traced.net, traced.trace.contract, traced.trace.order_line) == (eur("100.00"), "c-1", "seats")
    assert [(each.tax_code, each.tax, each.trace.contract) for each in fact.taxes] == [
        ("standard", eur("20.00"), "c-1")
    ]
    posted = post(fact, books=Books())
    assert isinstance(posted, Posted)
    assert posted.entry is not None
    assert total((each.amount for each in posted.entry.lines), EUR).is_zero
    outcome = issue(noted(invoice, credited(invoice.lines[0], "40.00")), number=1, on=ON, at=AT)
    assert isinstance(outcome, Decision)
    taken_back = fact_of(outcome.value)
    assert isinstance(taken_back, CreditNoteIssued)
    assert [each.net for each in taken_back.lines] == [eur("40.00")]
    assert [each.tax for each in taken_back.taxes] == [eur("8.00")]
    assert isinstance(post(taken_back, books=Books()), Posted)


def test_a_draft_is_no_fact() -> None:
    with pytest.raises(AssertionError):
        fact_of(drafted(line("a", "1.00")))


amounts = st.lists(
    st.tuples(st.integers(1, 10**7), st.sampled_from(["standard", "reduced", "none"])), min_size=1, max_size=6
)


@given(amounts, st.data())
def test_credit_notes_of_everything_add_up_to_the_invoice(parts, data) -> None:
    lines = [replace(line(f"l{at}", "0.01", code), amount=Money(units, EUR)) for at, (units, code) in enumerate(parts)]
    invoice = final(*lines)
    notes: tuple[CreditNote, ...] = ()
    for charge in lines:
        left = charge.amount.minor_units
        while left:
            units = data.draw(st.integers(1, left))
            note = credited(charge, str(Money(units, EUR).decimal), key=f"{charge.id}-{left}")
            notes = (*notes, noted(invoice, note, earlier=notes))
            left = 0 if len(notes) > 12 and units == left else left - units
            if len(notes) > 12 and left:
                rest = credited(charge, str(Money(left, EUR).decimal), key=f"{charge.id}-rest")
                notes, left = (*notes, noted(invoice, rest, earlier=notes)), 0
    assert total((each.net for each in notes), EUR) == invoice.net
    assert total((each.tax for each in notes), EUR) == invoice.tax
    assert all(each.tax >= Money.zero(EUR) for each in notes)


@given(amounts)
def test_both_tax_points_stay_within_a_cent_a_rate(parts) -> None:
    lines = [replace(line(f"l{at}", "0.01", code), amount=Money(units, EUR)) for at, (units, code) in enumerate(parts)]
    by_rate, once = drafted(*lines), drafted(*lines, taxes=TaxTable(RATES.percents, TaxPoint.TOTAL))
    exact = sum(each.amount.decimal * RATES.percents[each.tax_code] / 100 for each in lines)
    assert abs(once.tax.decimal - exact) <= Decimal("0.005")
    assert abs(by_rate.tax.decimal - exact) <= Decimal("0.005") * len(by_rate.taxes)


@pytest.mark.parametrize(
    ("amount", "quantity", "expected"),
    [
        # 3.33, 3.33 and 3.34 bear .6327, .6327 and .6346: .63 each, and not the 1.90 of the whole
        ("10.00", "3", "1.89"),
        ("-10.00", "3", "-1.89"),
        # what is not in whole units is taxed whole: .0114, not twice .0057
        ("0.06", "2.5", "0.01"),
        ("0.06", "2", "0.02"),
        ("0.06", "0", "0.01"),
    ],
)
def test_tax_on_units_is_rounded_on_each_of_them(amount: str, quantity: str, expected: str) -> None:
    units = replace(line("a", amount), quantity=Decimal(quantity))
    assert line_tax(units, Decimal(19), point=TaxPoint.UNIT, rounding=HALF_UP) == eur(expected)

"""Service days and taxes as people read them: the last day is the last one served, and tax that does not multiply out
says why."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cpq.v1 import billing_pb2, contract_pb2, pricing_pb2, revenue_pb2
from google.type.date_pb2 import Date

from engine.cli.books import show_audit, show_invoice, show_schedule
from engine.cli.changes import show_change
from engine.cli.revenue import audit
from engine.cli.screen import Screen
from engine.cli.stories import show_waterfalls
from engine.cli.verbs import Negative


def day(month: int, number: int) -> Date:
    return Date(year=2026, month=month, day=number)


def invoice(rounding: str, tax: int, *service: tuple[Date, Date]) -> billing_pb2.Invoice:
    made = billing_pb2.Invoice(currency_code="EUR", invoice_date=day(2, 1), due_date=day(3, 3), gross=1000 + tax)
    made.tax_rounding = billing_pb2.TaxRounding.Value(f"TAX_ROUNDING_{rounding}")
    for start, end in service:
        line = made.lines.add(sku="CARE", quantity="1", amount=500)
        line.service.start.CopyFrom(start)
        line.service.end.CopyFrom(end)
    made.taxes.add(tax_code="standard", percent="19", base=1003, tax=tax)
    return made


def test_service_is_shown_from_its_first_to_its_last_day(capsys: pytest.CaptureFixture[str]) -> None:
    shown = invoice("RATE", 191, (day(2, 1), day(3, 1)), (day(3, 1), day(4, 1)), (day(3, 2), day(3, 3)))
    show_invoice(Screen(), shown)
    printed = capsys.readouterr().out
    assert "2026-02-01 to 2026-02-28" in printed
    assert "2026-03-01 to 2026-03-31" in printed
    assert "2026-03-02  " in printed and "2026-03-02 to" not in printed


def test_an_invoice_shows_what_is_settled_and_what_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    shown = invoice("RATE", 191)
    shown.number, shown.open = "FJ-000001", 691
    show_invoice(Screen(), shown)
    settled, left = capsys.readouterr().out.splitlines()[-2:]
    # 11.91 less 5.00
    assert settled.split() == ["paid", "or", "credited", "-5.00"]
    assert left.split() == ["open", "EUR", "6.91"]
    shown.open = shown.gross
    show_invoice(Screen(), shown)
    assert "paid or credited" not in capsys.readouterr().out
    draft = invoice("RATE", 191)
    show_invoice(Screen(), draft)
    assert "paid or credited" not in capsys.readouterr().out


def test_revenue_names_what_usage_and_credits_changed(capsys: pytest.CaptureFixture[str]) -> None:
    contract = revenue_pb2.RevenueContract(currency_code="EUR")
    contract.obligations.add(skus=["CARE"], timing="daily", stated=10000, allocated=10000, price=5000, released=4000)
    contract.obligations.add(skus=["BEANS"], timing="usage", price=850)
    show_schedule(Screen(), contract)
    # Stated 100.00 less 40.00 that will not be billed; a credit of 10.00 and usage of 8.50 are -1.50 beside them.
    assert "usage and credits: -1.50  (60.00 stated and to be billed, 58.50 now)" in capsys.readouterr().out
    contract.obligations[0].price, contract.obligations[1].price = 6000, 0
    show_schedule(Screen(), contract)
    assert "usage and credits" not in capsys.readouterr().out


def test_a_refund_that_was_stated_is_no_credit(capsys: pytest.CaptureFixture[str]) -> None:
    contract = revenue_pb2.RevenueContract(currency_code="EUR")
    contract.obligations.add(skus=["CARE"], timing="daily", stated=10000, allocated=10000, price=9000)
    contract.stated.add(id="s-1", quote_line="care", price_effect=-1000)
    show_schedule(Screen(), contract)
    assert "usage, credits and what was stated: -10.00  (100.00 stated" in capsys.readouterr().out


def test_an_obligation_with_a_stated_price_is_shown_though_nothing_is_allocated_to_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    contract = revenue_pb2.RevenueContract(currency_code="EUR")
    contract.obligations.add(skus=["CARE"], timing="daily", stated=10000, allocated=12000, price=12000)
    contract.obligations.add(skus=["GIFT"], timing="daily", stated=2000)
    show_schedule(Screen(), contract)
    printed = capsys.readouterr().out
    assert "GIFT" in printed and "usage and credits" not in printed


@pytest.mark.parametrize(
    ("rounding", "tax", "said"),
    [
        ("QUOTED", 190, "of 10.03, as quoted"),
        ("LINE", 190, "of 10.03, rounded line by line"),  # 19 % of 10.03 are 1.9057
        ("UNIT", 192, "of 10.03, rounded unit by unit"),
        ("TOTAL", 190, "of 10.03, rounded on the total"),
        ("QUOTED", 191, "of 10.03 "),
    ],
)
def test_a_tax_that_does_not_multiply_out_says_where_it_was_rounded(
    rounding: str, tax: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_invoice(Screen(), invoice(rounding, tax))
    assert said in capsys.readouterr().out


def test_a_quote_in_the_terminal_adds_up(cpq: Callable[..., str], write: Callable[[str, object], str]) -> None:
    lines = [{"id": "c", "sku": "CARE-M", "quantity": "5"}, {"id": "m", "sku": "MOUSE", "quantity": "5"}]
    off = {"id": "t", "on": "total", "kind": "percent", "value": "10", "reason": "r", "author": "users/u"}
    facts = {"segment": {"text": "retail"}, "region": {"text": "DE"}}
    content = {"currency_code": "EUR", "lines": lines, "customer_facts": facts, "manual_discounts": [off]}
    shown = cpq("price", write("price.json", content))
    care = next(each for each in shown.splitlines() if each.startswith("CARE-M"))
    # 5 x 24.00 = 120.00, a tenth of it off: 108.00
    assert care.split()[-5:] == ["24.00", "-12.00", "108.00", "/", "month"]


def test_a_finding_of_the_audit_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    found = revenue_pb2.RunAuditResponse()
    message = "AUD005: order o-1 item 1: an order item is billed beyond its net: expected 1.00 EUR, found 2.00 EUR"
    found.findings.add(check="AUD005", subject="order o-1 item 1", message=message)
    show_audit(Screen(), found)
    printed = capsys.readouterr().out
    assert printed.count("AUD005") == printed.count("order o-1 item 1") == 1


@pytest.mark.parametrize("machine", [False, True])
def test_an_audit_that_found_something_says_no_to_machines_too(machine: bool) -> None:
    found = revenue_pb2.RunAuditResponse()
    client = cast(Any, SimpleNamespace(revenue=SimpleNamespace(run_audit=lambda: found)))
    asked = Namespace(until=None, json=machine)
    assert audit(client, Screen(machine=machine), asked) == Negative(found)
    found.valid = True
    assert audit(client, Screen(machine=machine), asked) is found


def test_a_price_from_a_spreadsheet_names_its_cell(capsys: pytest.CaptureFixture[str]) -> None:
    story = pricing_pb2.Waterfall(line_id="b")
    for place in ("prices/usd.xlsx:A2", "catalog/chairs.csv:3:1"):
        story.steps.add(step="list price", before="0", after="9", rule="list", place=place)
    show_waterfalls(Screen(), [story], {}, "EUR")
    printed = capsys.readouterr().out
    assert "prices/usd.xlsx:A2" in printed
    assert "catalog/chairs.csv:3\n" in printed and "chairs.csv:3:1" not in printed


def test_a_schedule_is_that_of_all_lines_and_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    contract = revenue_pb2.RevenueContract(currency_code="EUR", contract="contracts/k-1")
    for sku, units in (("CARE", 1000), ("PLAN", 250)):
        made = contract.obligations.add(skus=[sku], timing="daily", stated=2 * units, allocated=2 * units)
        made.price = 2 * units
        for month in (3, 4):
            made.schedule.add(month=day(month, 1), amount=units, recognized=units if month == 3 else 0)
    contract.obligations.add(skus=["MUG"], timing="point_in_time", stated=700, allocated=700, price=700)
    contract.obligations[1].schedule[1].recognized = 250
    show_schedule(Screen(), contract)
    rows = [each.replace("█", "").split() for each in capsys.readouterr().out.splitlines()]
    at = rows.index(["month", "CARE", "PLAN", "in", "all"])
    assert rows[at + 1 :] == [
        ["2026-03", "10.00", "2.50", "12.50", "recognised"],
        ["2026-04", "10.00", "2.50", "12.50", "2.50", "recognised"],
        ["no", "month", "yet", "0.00", "0.00", "7.00"],
        ["sum", "20.00", "5.00", "32.00"],
    ]
    for n in range(3):
        contract.obligations.add(skus=[f"X{n}"], price=100).schedule.add(month=day(4, 1), amount=100)
    show_schedule(Screen(), contract)
    printed = capsys.readouterr().out
    # 12.50 and three times 1.00
    assert "each line by month: cpq revenue show k-1 --file" in printed and "15.50" in printed


def test_a_preview_says_which_drafts_would_go(capsys: pytest.CaptureFixture[str]) -> None:
    impact = contract_pb2.AmendmentImpact(currency_code="EUR")
    impact.voided_invoices.add(name="invoices/in-000013", currency_code="EUR", gross=2856, invoice_date=day(4, 1))
    show_change(Screen(), impact)
    said = "the draft invoices/in-000013 of 2026-04-01 over EUR 28.56 would be thrown away when the change is ordered"
    assert said in capsys.readouterr().out

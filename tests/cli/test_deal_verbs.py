"""One deal, verb by verb, through the real command and a real server; amounts are worked out by hand beside them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

Cpq = Callable[..., Any]
Write = Callable[[str, object], str]


def _name(text: str) -> str:
    return text.split()[0]


@pytest.mark.parametrize(
    ("content", "named"),
    [({"colour": "red"}, "`colour` is not a field of"), ({"valid_until": "31.12.2099"}, "written like 2026-03-31")],
)
def test_a_file_that_does_not_fit_is_told_plainly(cpq: Cpq, write: Write, content: object, named: str) -> None:
    assert named in cpq("quote", "create", write("q.json", content), code=1)


def parties_are_created_from_files(cpq: Cpq, write: Write, deal: dict[str, str]) -> None:
    customer = {"display_name": "Bauhof Ltd", "segment": "business", "region": "DE"}
    deal["customer"] = _name(cpq("party", "create", "customer", write("c.json", customer)))
    account = {"customer": deal["customer"], "display_name": "Books", "currency_code": "EUR", "payment_terms_days": 30}
    deal["account"] = _name(cpq("party", "create", "billing-account", write("a.json", account)))
    seller = {"display_name": "Fjord", "invoice_prefix": "FJ"}
    deal["seller"] = _name(cpq("party", "create", "selling-entity", write("s.json", seller)))
    for name, role in (("Ann", "agent"), ("Mia", "manager"), ("Carla", "controller")):
        deal[name] = _name(cpq("party", "create", "user", write("u.json", {"display_name": name, "roles": [role]})))
    assert "Bauhof Ltd" in cpq("party", "list", "customer")
    assert cpq("party", "list", "user", "--json")[0]["display_name"] == "Ann"


def content(quantity: str = "2") -> dict[str, Any]:
    return {
        "date": "2026-02-02",
        "currency_code": "EUR",
        "lines": [{"id": "m", "sku": "MOUSE", "quantity": quantity}, {"id": "c", "sku": "CARE-M", "quantity": "1"}],
        "term_months": 12,
        "start": "2026-02-02",
    }


def test_a_file_is_priced_with_its_story(cpq: Cpq, write: Write) -> None:
    asked = {**content(), "customer_facts": {"segment": "retail", "region": "DE"}}
    shown = cpq("price", write("p.json", asked), "--explain", "all")
    # 2 x 19.90 once and 24.00 a month: 63.80 net, 19 % tax is 12.12 (7.56 + 4.56 by line)
    for text in ("63.80", "12.12", "75.92", "24.00 / month", "catalog/machine.yaml"):
        assert text in shown
    answer = cpq("price", write("p.json", asked), "--json")
    assert answer["totals"]["net"] == "6380"


def test_a_price_is_drawn_and_a_rule_is_asked_why(cpq: Cpq, write: Write, tmp_path: Path) -> None:
    asked = {**content(), "customer_facts": {"segment": "retail", "region": "DE"}}
    file = write("p.json", asked)
    picture = tmp_path / "story.svg"
    shown = cpq("price", file, "--explain", "m", "--svg", str(picture))
    assert f"wrote {picture}" in shown.replace("\n", "")
    assert "MOUSE" in shown
    assert picture.read_text().startswith("<svg ")
    cpq("price", file, "--svg", str(picture))
    assert {each.name for each in tmp_path.glob("story-*.svg")} == {"story-m.svg", "story-c.svg"}
    told = cpq("price", file, "--explain", "m", "--why", "edu-10", "--json")
    assert told["story"]["rules"][0]["reason"]


def test_a_request_with_faults_names_them_all(cpq: Cpq, write: Write) -> None:
    asked = content()
    asked["lines"][0]["sku"] = "MOUS"
    asked["lines"][1]["quantity"] = "-1"
    shown = cpq("price", write("p.json", asked), code=1)
    assert "did you mean `MOUSE`?" in shown
    assert "lines[1].quantity" in shown


def test_the_waterfall_of_every_line_needs_no_list_of_them(cpq: Cpq, write: Write) -> None:
    asked = write("p.json", {**content(), "customer_facts": {"segment": "retail", "region": "DE"}})
    told = cpq("price", asked, "--explain")
    assert "catalog/machine.yaml" in told, "the place of a list price"
    assert told == cpq("price", asked, "--explain", "all")


def test_a_file_that_is_no_json_is_named_with_its_place(cpq: Cpq, write: Write) -> None:
    shown = cpq("price", write("p.json", '{"lines": [}'), code=1)
    assert "p.json:1:12: CLI001: this is not JSON" in shown


def a_quote_is_made_and_shown(cpq: Cpq, write: Write, deal: dict[str, str]) -> None:
    record = {
        "title": "Desks",
        "owner": deal["Ann"],
        "billing_account": deal["account"],
        "selling_entity": deal["seller"],
        "valid_until": "2099-12-31",
        "content": {**content(), "customer": deal["customer"]},
    }
    made = cpq("quote", "create", write("q.json", record))
    deal["quote"] = _name(made)
    assert "draft" in made
    assert "Desks" in cpq("quote", "list")
    # 2 x 19.90 + 24.00
    assert cpq("quote", "show", deal["quote"], "--json")["priced"]["totals"]["net"] == "6380"


def a_draft_is_edited_from_a_file(cpq: Cpq, write: Write, deal: dict[str, str]) -> None:
    record = {"title": "Mice", "owner": deal["Ann"], "valid_until": "2099-12-31"}
    made = {**record, "content": {**content(), "customer": deal["customer"]}}
    quote = _name(cpq("quote", "create", write("q.json", made)))
    before = cpq("quote", "show", quote, "--json")
    made["content"]["lines"][0]["quantity"] = "3"  # type: ignore[index]
    # 3 x 19.90 + 24.00
    assert "83.70" in cpq("quote", "edit", quote, write("q.json", made))
    assert "Rats" in cpq("quote", "edit", quote, write("q.json", {"title": "Rats"}))
    after = cpq("quote", "show", quote, "--json")
    assert after["priced"]["totals"]["net"] == "8370", "what a file leaves out stays"
    assert after["title"] == "Rats"
    stale = {"title": "Old", "etag": before["etag"]}
    assert "ABORTED" in cpq("quote", "edit", quote, write("q.json", stale), code=1), "it was changed since"
    assert "Mice" in cpq("quote", "edit", quote, write("q.json", {"title": "Mice", "etag": after["etag"]}))
    shown = cpq("quote", "show", quote, "--json")
    shown["content"]["lines"][0]["quantity"] = "5"
    # what `show --json` prints can be edited and given back: 5 x 19.90 + 24.00
    assert "123.50" in cpq("quote", "edit", quote, write("q.json", shown))
    assert cpq("quote", "show", quote, "--json")["valid_until"] == shown["valid_until"]
    assert "stays with" in cpq("quote", "edit", quote, write("q.json", {"owner": deal["Mia"]}), code=1)
    told = cpq("quote", "edit", quote, write("q.json", {"owner": deal["Mia"]}), "--json", code=1)
    assert "stays with" in told["error"]["message"]
    cpq("quote", "submit", quote)
    assert "FAILED_PRECONDITION" in cpq("quote", "edit", quote, write("q.json", {"title": "Late"}), code=1)


def a_delegate_decides(cpq: Cpq, write: Write, approved: str, deal: dict[str, str]) -> None:
    """Who stands in for the only approver that they may decide for need not say so."""
    asked = _name(cpq("quote", "clone", approved, "--valid-until", "2099-12-31", "--owner", deal["Ann"]))
    cpq("quote", "submit", asked)
    dan = _name(cpq("party", "create", "user", write("dan.json", {"display_name": "Dan"})))
    assert "waits for users/" in cpq("quote", "approve", asked, "--as", dan, code=1)
    lent = cpq("party", "delegate", deal["Mia"], dan, "--start", "2020-01-01")
    assert f"{dan} decides for {deal['Mia']} from 2020-01-01" in lent
    said = cpq("quote", "approve", asked, "--as", dan)
    assert f"sales/manager: approved on behalf of {deal['Mia']}" in said
    assert "nothing of" in cpq("quote", "approve", asked, "--as", dan, code=1)


def approvals_are_previewed_and_given(cpq: Cpq, write: Write, deal: dict[str, str]) -> None:
    discount = {"id": "x", "on": "total", "kind": "percent", "value": "60", "reason": "pilot", "author": deal["Ann"]}
    record = {
        "title": "Deep",
        "owner": deal["Ann"],
        "billing_account": deal["account"],
        "valid_until": "2099-12-31",
        "content": {**content(), "customer": deal["customer"], "manual_discounts": [discount]},
    }
    quote = _name(cpq("quote", "create", write("q.json", record)))
    preview = cpq("quote", "preview", quote)
    assert "manager" in preview
    assert "approvals/discount.csv" in preview
    assert "draft" in cpq("quote", "approvals", quote), "nobody was asked yet"
    assert "in approval" in cpq("quote", "submit", quote)
    asked = cpq("quote", "approvals", quote)
    assert "waiting" in asked and deal["Mia"].partition("/")[2] in asked
    assert "waits for users/" in cpq("quote", "approve", quote, "--as", deal["Ann"], code=1)
    assert "sales/manager: approved" in cpq("quote", "approve", quote, "--as", deal["Mia"], "--comment", "fine")
    assert "agreed: fine" in cpq("quote", "approvals", quote)
    a_delegate_decides(cpq, write, quote, deal)
    assert "draft" in cpq("quote", "recall", quote, "--by", deal["Ann"])
    assert "approved" in cpq("quote", "submit", quote), "nothing got worse, so the approval still stands"
    copied = _name(cpq("quote", "clone", quote, "--valid-until", "2099-12-31", "--owner", deal["Ann"]))
    assert "in approval" in cpq("quote", "submit", copied)
    assert "rejected" in cpq("quote", "reject", copied, "--as", deal["Mia"])


def an_offer_is_sent_verified_and_accepted(cpq: Cpq, deal: dict[str, str]) -> None:
    quote = deal["quote"]
    assert "approved" in cpq("quote", "submit", quote)
    assert "cpq1-sha256:" in cpq("quote", "send", quote)
    assert "recomputes to its certificate" in cpq("quote", "verify", quote)
    assert "does NOT" in cpq("quote", "verify", quote, "--certificate", "cpq1-sha256:0", code=1)
    told = cpq("quote", "verify", quote, "--certificate", "cpq1-sha256:0", "--json", code=1)
    assert not told.get("valid", False) and told["faults"]
    assert "draft" in cpq("quote", "revise", quote, "--valid-until", "2099-12-30")
    cpq("quote", "submit", quote)
    cpq("quote", "send", quote)
    assert "EUR 63.80" in cpq("quote", "versions", quote)
    assert "field" in cpq("quote", "compare", quote, "1", "2")
    assert "accepted" in cpq("quote", "accept", quote, "--purchase-order", "PO-1")


def offers_can_be_closed_without_a_sale(cpq: Cpq, write: Write, deal: dict[str, str]) -> None:
    asked = {**content("1"), "customer": deal["customer"]}
    record = {"owner": deal["Ann"], "valid_until": "2099-12-31", "content": asked}
    declined, withdrawn, deleted = (_name(cpq("quote", "create", write("q.json", record))) for _ in range(3))
    cpq("quote", "submit", declined)
    cpq("quote", "send", declined)
    assert "declined" in cpq("quote", "decline", declined, "--note", "too dear")
    assert "withdrawn" in cpq("quote", "withdraw", withdrawn)
    assert "is deleted" in cpq("quote", "delete", deleted)
    assert "NOT_FOUND" in cpq("quote", "show", deleted, code=1)


def an_order_is_made_and_fulfilled(cpq: Cpq, deal: dict[str, str]) -> None:
    order = cpq("order", "create", deal["quote"], "--json")
    deal["order"], deal["contract"] = order["name"], order["contract"]
    while True:
        ready = [each["id"] for each in cpq("order", "show", deal["order"], "--json")["tasks"]
                 if each.get("state") == "TASK_STATE_READY"]  # fmt: skip
        if not ready:
            break
        cpq("order", "progress", deal["order"], "--task", ready[0], "--progress", "started")
        cpq("order", "progress", deal["order"], "--task", ready[0], "--progress", "completed")
    assert "completed" in cpq("order", "list")
    refused = cpq("order", "cancel", deal["order"], "--note", "changed our minds", code=1)
    assert "FAILED_PRECONDITION" in refused


def it_is_invoiced_paid_and_credited(cpq: Cpq, deal: dict[str, str]) -> None:
    today = "2027-03-01"
    preview = cpq("invoice", "preview", deal["contract"], "--until", today, "--json")
    drafts = cpq("invoice", "run", "--until", today, "--json")
    # 39.80 for the mice and 24.00 a month for 12 months: 327.80 before tax
    assert sum(int(each.get("net", 0)) for each in drafts["invoices"]) == 32780
    assert sum(int(each.get("net", 0)) for each in preview["invoices"]) == 32780
    said = cpq("invoice", "preview", deal["contract"], "--until", today)
    assert said == f"nothing is due on or before {today} that is not on an invoice or draft already\n"
    name = drafts["invoices"][0]["name"]
    assert "EUR 0.00" not in cpq("invoice", "list"), "nothing of a draft is open"
    shown = cpq("invoice", "finalize", name)
    assert "FJ-" in shown
    gross = int(cpq("invoice", "show", name, "--json")["gross"])
    pay = ("invoice", "pay", name, "--day", "2026-01-01", "--reference", "bank 7", "--amount")
    assert "decimals" in cpq(*pay, "0.001", code=1)
    for wrong in ("much", "1,20", "246,93", "1,200", "1_0", "NaN"):
        assert "is not an amount" in cpq(*pay, wrong, code=2)
    for wrong in ("-10", "0.00"):
        assert f"`{wrong}` is not above zero" in cpq(*pay, wrong, code=2)
    assert "EUR 0.00 left to pay" in cpq(*pay, str(Decimal(gross) / 100))
    assert "paid" in cpq("invoice", "list")
    last = drafts["invoices"][-1]["name"]
    if last != name:
        assert "void" in cpq("invoice", "void", last)
    line = cpq("invoice", "show", name, "--json")["lines"][0]["id"]
    assert "is not LINE=AMOUNT" in cpq("invoice", "credit", name, "--reason", "goodwill", "--lines", "x", code=2)
    assert "-1.50" in cpq("invoice", "credit", name, "--reason", "goodwill", "--lines", f"{line}=1.50")
    credit = ("invoice", "credit", name, "--reason", "late", "--lines")
    unknown = cpq(*credit, "mice=1.00", code=2)
    assert f"`mice` names no line of {name}; say one of" in unknown and line in unknown
    assert "-0.25" in cpq(*credit, f"{line.split('/')[1]}=0.25"), "by the line of the contract"
    sku = cpq("invoice", "show", name, "--json")["lines"][0]["sku"]
    assert "-0.35" in cpq(*credit, f"{sku}=0.35"), "by the product, as the invoice shows it"
    assert name.partition("/")[2] in cpq("invoice", "list", "--contract", deal["contract"])
    assert "there is no `contracts/k-999999`" in cpq("invoice", "list", "--contract", "k-999999", code=1)
    assert "there is no `customers/c-999999`" in cpq("invoice", "list", "--customer", "c-999999", code=1)
    both = ("--reason", "x", "--past-fault", "--price-change")
    assert "not both" in cpq("invoice", "credit", name, *both, code=1)
    assert "EUR" in cpq("invoice", "credit", name, "--reason", "goodwill")
    listed = cpq("invoice", "notes", "--contract", deal["contract"])
    assert listed.count("goodwill") == 2 and "CN-000001" in listed
    note = cpq("invoice", "notes", "--json")[0]["name"]
    assert "-1.50" in cpq("invoice", "note", note)
    usage = ("invoice", "usage", deal["contract"], "--day", today, "--quantity", "5", "--id", "u-1")
    assert "`m` is not charged by usage" in cpq(*usage, "--line", "m", code=1)


def the_books_are_written_as_tables(cpq: Cpq, deal: dict[str, str], folder: Path) -> None:
    """The journal of the file sums to zero and to the balances of the workbook; the schedule to the price."""
    cpq("revenue", "journal", "--file", str(folder / "journal.csv"))
    with (folder / "journal.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert sum(Decimal(each["debit"]) - Decimal(each["credit"]) for each in lines) == 0
    cpq("revenue", "balance", "--file", str(folder / "balance.xlsx"))
    _, *balances = openpyxl.load_workbook(folder / "balance.xlsx").active.values
    cleared = [each for each in lines if each["account"] == "receivable"]
    owed = sum(Decimal(each["debit"]) - Decimal(each["credit"]) for each in cleared)
    assert [Decimal(str(row[4])) for row in balances if row[0] == "receivable"] == [owed]
    cpq("revenue", "show", deal["contract"], "--file", str(folder / "schedule.csv"))
    with (folder / "schedule.csv").open(newline="") as file:
        whole = sum(Decimal(each["amount"]) for each in csv.DictReader(file))
    shown = cpq("revenue", "show", deal["contract"], "--json")
    assert whole * 100 == int(shown["price"])


def revenue_is_recognised_and_everything_ties_out(cpq: Cpq, deal: dict[str, str], folder: Path) -> None:
    assert "entries" in cpq("revenue", "run", "--until", "2026-06-30")
    assert "CARE-M" in cpq("revenue", "show", deal["contract"])
    assert "contract_clearing" in cpq("revenue", "journal", "--contract", deal["contract"])
    rates = ("--currency", "USD", "--rate", "2020-01-01=1.10", "2026-06-30=1.20")
    stands = cpq("revenue", "position", deal["contract"], "--until", "2099-12-31", *rates)
    assert "still to be earned" in stands and "receivable" in stands and "in USD: billed" in stands
    assert "0.00" in cpq("revenue", "balance")
    the_books_are_written_as_tables(cpq, deal, folder)
    entry = cpq("revenue", "journal").split()[0]
    assert cpq("revenue", "journal", "--json")[0]["name"] == f"journalEntries/{entry}"
    assert "issue a credit note" in cpq("revenue", "reverse", entry, "--day", "2027-03-02", code=1)
    assert "is not over" in cpq("revenue", "close", "--until", "2099-12-31", code=1)
    assert "closed" in cpq("revenue", "close", "--until", "2025-12-31")
    assert "every identity holds" in cpq("audit")


def events_tell_what_happened(cpq: Cpq, deal: dict[str, str]) -> None:
    shown = cpq("events", "tail")
    assert "QuoteAccepted" in shown
    assert "QuoteCreated" in shown
    quote = deal["quote"].rpartition("/")[2]
    told = cpq("events", "tail", "--entity", deal["quote"], "--types", "QuoteSent", "QuoteAccepted").splitlines()
    assert {line.split()[1] for line in told} == {"QuoteSent", "QuoteAccepted"}
    assert {line.split()[2] for line in told} == {quote}


def lists_are_those_of_whom_and_of_which_state(cpq: Cpq, deal: dict[str, str]) -> None:
    customer = deal["customer"].rpartition("/")[2]
    assert deal["quote"] in [each["name"] for each in cpq("quote", "list", "--state", "ordered", "--json")]
    assert cpq("quote", "list", "--state", "in_approval", "--json") == []
    for words in (("quote", "list"), ("order", "list"), ("contract", "list")):
        theirs = cpq(*words, "--customer", customer, "--json")
        assert {each.get("customer", deal["customer"]) for each in theirs} == {deal["customer"]}
        assert len(theirs) == len(cpq(*words, "--json"))
        assert "there is no `customers/nobody`" in cpq(*words, "--customer", "nobody", code=1)
    assert cpq("order", "list", "--state", "rejected", "--json") == []
    assert "nonsense" in cpq("order", "list", "--state", "nonsense", code=1)
    notes = cpq("invoice", "notes", "--json")
    assert notes == cpq("invoice", "notes", "--invoice", notes[0]["invoice"], "--json")


def test_one_deal_from_parties_to_the_books(cpq: Cpq, write: Write, tmp_path: Path) -> None:
    """The steps go on from each other, so they are one test, whichever worker takes it; a failure names its step."""
    deal = dict[str, str]()
    parties_are_created_from_files(cpq, write, deal)
    a_quote_is_made_and_shown(cpq, write, deal)
    a_draft_is_edited_from_a_file(cpq, write, deal)
    approvals_are_previewed_and_given(cpq, write, deal)
    an_offer_is_sent_verified_and_accepted(cpq, deal)
    offers_can_be_closed_without_a_sale(cpq, write, deal)
    an_order_is_made_and_fulfilled(cpq, deal)
    it_is_invoiced_paid_and_credited(cpq, deal)
    revenue_is_recognised_and_everything_ties_out(cpq, deal, tmp_path)
    events_tell_what_happened(cpq, deal)
    lists_are_those_of_whom_and_of_which_state(cpq, deal)

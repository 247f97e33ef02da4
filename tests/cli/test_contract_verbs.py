"""A contract is shown and ended early through the real command; its days are counted from today on."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Cpq = Callable[..., Any]
Write = Callable[[str, object], str]


def accepted(cpq: Cpq, write: Write, start: str) -> str:
    """The contract of an order for two mice and a year of care from ``start`` on."""
    bauhof = {"display_name": "Bauhof", "region": "DE"}
    customer = cpq("party", "create", "customer", write("c.json", bauhof)).split()[0]
    owner = cpq("party", "create", "user", write("u.json", {"display_name": "Ann", "roles": ["agent"]})).split()[0]
    lines = [{"id": "m", "sku": "MOUSE", "quantity": "2"}, {"id": "c", "sku": "CARE-M", "quantity": "1"}]
    content = {"customer": customer, "currency_code": "EUR", "lines": lines, "term_months": 12, "start": start}
    quote = cpq(
        "quote", "create", write("q.json", {"owner": owner, "valid_until": "2099-12-31", "content": content})
    ).split()[0]
    for verb in ("submit", "send", "accept"):
        cpq("quote", verb, quote)
    return str(cpq("order", "create", quote, "--json")["contract"])


def test_a_contract_is_shown_and_ended_early(cpq: Cpq, write: Write) -> None:
    # The book asks for 30 days of notice, so the service begins on the first day of a month after that.
    first = (datetime.now(tz=UTC).date() + timedelta(days=62)).replace(day=1)  # noqa: TID251
    contract = accepted(cpq, write, first.isoformat())
    for each in cpq("invoice", "run", "--until", first.isoformat(), "--json")["invoices"]:
        cpq("invoice", "finalize", each["name"])
    assert contract.partition("/")[2] in cpq("contract", "list")
    end = first.replace(day=16).isoformat()
    ended = ("contract", "terminate", contract, "--end", end, "--reason", "moves away", "--lines", "c")
    # Of 24.00 a month the days from the 16th on are not served.
    days = monthrange(first.year, first.month)[1]
    credit = (Decimal(24) * (days - 15) / days).quantize(Decimal("0.01"), ROUND_HALF_UP)
    preview = cpq(*ended, "--preview")
    assert f"-{credit}" in preview
    assert "nothing was changed" in preview
    assert "ends early" not in cpq("contract", "show", contract)
    assert f"-{credit}" in cpq(*ended)
    shown = cpq("contract", "show", contract)
    assert "credit note CN-000001 of" in shown and "(service ended)" in shown
    assert f"ends early, last served on {first.replace(day=15)}" in shown
    assert "moves away" in shown
    assert f"ends on {end} already" in cpq(*ended, code=1)
    cpq("revenue", "run", "--until", end)
    books = cpq("revenue", "show", contract)
    # 12 x 24.00 were stated; the first month less the credit is billed, the other eleven are not
    assert "288.00" in books and f"-{11 * Decimal(24) + credit}" in books
    assert f"CARE-M ended early, last served on {first.replace(day=15)}" in books
    assert "every identity holds" in cpq("audit", "--until", end)


def test_cancelling_an_order_says_what_becomes_of_its_invoices(cpq: Cpq, write: Write) -> None:
    contract = accepted(cpq, write, "2026-03-01")
    order = cpq("contract", "show", contract, "--json")["order"]
    first, second = cpq("invoice", "run", "--until", "2026-04-01", "--json")["invoices"]
    cpq("invoice", "finalize", first["name"])
    shown = cpq("order", "cancel", order, "--note", "changed our minds")
    # a month of care is 24.00, with 19 percent tax 28.56; the mice wait for their delivery
    assert f"the draft {second['name']} of 2026-04-01 over EUR 28.56 is thrown away" in shown
    assert f"on {first['name']}" in shown and "EUR -28.56" in shown


def test_a_contract_is_amended_and_renewed(cpq: Cpq, write: Write) -> None:
    first = (datetime.now(tz=UTC).date() + timedelta(days=62)).replace(day=1)  # noqa: TID251
    contract = accepted(cpq, write, first.isoformat())
    amend = ("contract", "amend", contract, "--effective", first.isoformat(), "--valid-until", "2099-12-31")
    preview = cpq(*amend, "--quantity", "c=3", "--preview")
    # 3 x 24.00, and 13.68 of tax at 19 %
    assert "85.68" in preview and "no quote was kept" in preview
    # two mice that were ordered wait for their delivery, with the change as without it
    (waiting,) = [each.split()[2:] for each in preview.splitlines() if each.startswith("  on delivery")]
    assert len(waiting) == 2 and waiting[0] == waiting[1]
    more = write("more.json", {"changes": [{"line": "c", "quantity": "2"}], "content": {"header": {}}})
    made = cpq(*amend, "--file", more, "--add", "MOUSE=2", "--json")
    name = made["quote"]["name"]
    assert [each["id"] for each in made["quote"]["priced"]["lines"]] == ["mouse", "c.2"]
    impact = cpq("contract", "impact", name)
    assert "net at once" in impact and "and on delivery" in impact
    (goods,) = [each.split()[2:] for each in impact.splitlines() if each.startswith("  on delivery")]
    assert goods[0] == waiting[0] and goods[2] != "0.00", "before, after, more"
    assert f"changes {contract} from {first}" in cpq("quote", "show", name)
    for verb in ("submit", "send", "accept"):
        cpq("quote", verb, name)
    ordered = cpq("order", "create", name)
    assert re.search(r"^c\.2 +CARE-M +change of c +2", ordered, re.M), ordered
    assert re.search(r"MOUSE +new +2", ordered), ordered
    changed = cpq("contract", "show", contract)
    assert "amendment by" in changed
    (old,) = [each for each in changed.splitlines() if each.startswith("c  ")]
    assert "followed by c.2; " in old
    assert "has no line `x`" in cpq(*amend, "--quantity", "x=3", code=1)
    assert "is not LINE=VALUE" in cpq(*amend, "--quantity", "c", code=2)
    renewed = cpq("contract", "renew", contract, "--months", "24", "--valid-until", "2099-12-31")
    assert "CARE-M" in renewed and "net until" in renewed
    swapped = cpq(*amend, "--swap", "c.2=CARE-3Y", "--json")
    assert [(each["line"], each["followed_by"]) for each in swapped["quote"]["amendment"]["successions"]] == [
        ("c.2", "c.3")
    ]


def test_the_bill_day_changes(cpq: Cpq, write: Write) -> None:
    contract = accepted(cpq, write, "2026-01-01")
    drafts = cpq("invoice", "run", "--until", "2026-02-01", "--json")["invoices"]
    asked = ("contract", "bill-day", contract, "20", "--from", "2026-02-10", "--reason", "salary day")
    preview = cpq(*asked, "--preview")
    assert "salary day; bill day 20 from then on" in preview and "nothing was changed" in preview
    assert "salary day" not in cpq("contract", "show", contract)
    done = cpq(*asked)
    assert sum("thrown away" in each for each in done.splitlines()) == len(drafts)
    assert "salary day; bill day 20 from then on" in cpq("contract", "show", contract)
    assert "the bill day is 20 already" in cpq(*asked, code=1)


def test_lines_pause_and_come_back(cpq: Cpq, write: Write) -> None:
    contract = accepted(cpq, write, "2026-01-01")
    asked = ("contract", "suspend", contract, "--from", "2026-02-10", "--reason", "rebuilding", "--lines", "c")
    assert "nothing was changed" in cpq(*asked, "--preview")
    assert "suspended" not in cpq("contract", "show", contract)
    paused = cpq(*asked, "--extend")
    assert "suspended, last served on 2026-02-09" in paused
    assert cpq("contract", "show", contract, "--json")["suspended_lines"] == ["c"]
    back = ("contract", "resume", contract, "--from", "2026-03-10", "--reason", "open again")
    shown = cpq(*back)
    # 28 days later than 31 December 2026
    (line,) = [each for each in shown.splitlines() if each.strip().startswith("c.2 ")]
    assert "2026-03-10" in line and "2027-01-28" in line
    assert "no line of the contract is suspended" in cpq(*back, code=1)

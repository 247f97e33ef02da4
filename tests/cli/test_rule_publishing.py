"""``cpq rules plan``, ``publish``, ``published`` and ``test --record`` through the real command and a real server."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cpq.v1 import common_pb2, pricing_pb2, rule_book_pb2

from engine.cli.command import main
from engine.cli.rule_publishing import show_plan
from engine.cli.screen import Screen
from engine.client import Client
from engine.rulebook.formatter import format_file
from tests.api import deal
from tests.api.amending import amendment, quantity
from tests.api.server import Served, served
from tests.scenarios.test_how_to import PAGE as HOW_TO
from tests.scenarios.test_how_to import examples
from tests.test_server import write_rules

Cpq = Callable[..., Any]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "store") as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store").mkdir()
    monkeypatch.setenv("CPQ_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


@pytest.fixture
def cpq(shop: Served, capsys: pytest.CaptureFixture[str]) -> Cpq:
    def run(*words: str, code: int = 0) -> Any:
        capsys.readouterr()
        found = main(["rules", *words, "--server", shop.running.address])
        shown = capsys.readouterr()
        assert found == code, shown.out + shown.err
        return json.loads(shown.out) if "--json" in words else shown.out + shown.err

    return run


def changed(rules: Path, path: str, before: str, after: str) -> None:
    text = (rules / path).read_text()
    assert before in text
    (rules / path).write_text(text.replace(before, after))


def test_a_plan_says_who_would_pay_what_differently(shop: Served, rules: Path, cpq: Cpq) -> None:
    deal.create(shop, deal.line("MUG", "4"))
    deal.create(shop, deal.line("PLAN"))
    deal.create(shop, deal.line("MUG", "100"), manual_discounts=[deal.discount("10")])
    assert "3 quotes replayed: 3 as they are" in cpq("plan", str(rules))
    changed(rules, "catalog/products.yaml", "list: {EUR: 12.50", "list: {EUR: 14.00")
    bulk = "  - {id: bulk, when: line.qty >= 50, give: 20 % off unit}\n"
    changed(rules, "discounts/rules.yaml", "discounts:\n", f"discounts:\n{bulk}")
    shown = cpq("plan", str(rules), code=1)
    # 4 x 12.50 -> 4 x 14.00; 100 x 12.50 x 0.9 -> 100 x 14.00 x 0.8 x 0.9; the plan costs 30.00 as before
    assert "3 quotes replayed: 1 as they are\n  1 dearer, 1 cheaper, 1 with other approvals\n" in shown
    assert re.search(r"EUR +3 +EUR 1,205.00 +EUR 1,094.00 +-111.00", shown)
    assert re.search(r"anna +2 +EUR 1,175.00 +EUR 1,064.00 +-111.00", shown)
    assert re.search(r"bulk +1\s", shown)
    assert re.search(r"q-000001 +anna +50.00 +56.00 +\+6.00 +MUG", shown)
    assert re.search(r"q-000003 +anna +1,125.00 +1,008.00 +-117.00 +\+bulk; approvals none -> sales/manager", shown)
    told = cpq("plan", str(rules), "--json", "--show", "1", code=1)
    assert [each["name"] for each in told["quotes"]] == ["quotes/q-000001", "quotes/q-000003"]
    assert told["summary"]["rules"] == [{"rule": "bulk", "gained_count": 1}]
    assert "and 1 more; --show 2 shows all" in cpq("plan", str(rules), "--show", "1", code=1)
    assert "0 quotes replayed" in cpq("plan", str(rules), "--history", "2999-01-01")


def test_a_plan_of_a_large_quote_is_told_shortly(capsys: pytest.CaptureFixture[str]) -> None:
    """Products come in the order of what changes: 3 x 5.00, 9.00 twice, and -8.00, ... for the others."""
    plan = rule_book_pb2.PlanRuleBookResponse(replayed_count=2)
    large = plan.quotes.add(
        name="quotes/q-1", customer="customers/c", currency_code="EUR", net_before=100, net_after=900
    )
    for sku, by in (("P1", 100), ("SEAT", 500), ("SEAT", 500), ("SEAT", 500), ("B", 900), ("B", 900), ("C", -800)):
        large.lines.add(sku=sku, net_before=1000, net_after=1000 + by)
    large.lines.add(sku="GONE", net_before=200)
    large.lines.add(sku="P2", net_after=50)
    refused = plan.quotes.add(name="quotes/q-2", customer="customers/c", currency_code="EUR", net_before=100)
    refused.faults.extend(common_pb2.Fault(message=f"no price for `P{n}`") for n in range(9))
    plan.summary.customers.extend(
        rule_book_pb2.PlanEffect(customer=f"customers/c-{n}", currency_code="EUR", quote_count=1) for n in range(30)
    )
    show_plan(Screen(), plan, 20)
    shown = " ".join(capsys.readouterr().out.split())
    assert "B (2 lines), SEAT (3 lines), C, GONE, and 2 more products" in shown
    assert "no price for `P3`; and 5 more faults" in shown and "`P4`" not in shown
    assert "c-19" in shown and "c-20" not in shown and "... and 10 more customers; --json has all" in shown


def test_a_plan_of_a_book_that_cannot_be_used_says_where(shop: Served, rules: Path, cpq: Cpq) -> None:
    deal.create(shop)
    changed(rules, "catalog/products.yaml", "list: {EUR: 12.50", "list: {EUR: twelve")
    shown = cpq("plan", str(rules), code=2)
    assert "cannot be used" in shown and "catalog/products.yaml:" in shown
    changed(rules, "catalog/products.yaml", "EUR: twelve", "EUR: 12.50")
    changed(rules, "catalog/products.yaml", "sku: MUG,", "sku: CUP,")
    changed(rules, "tests/prices.yaml", "sku: MUG", "sku: CUP")
    shown = cpq("plan", str(rules), code=1)
    assert "1 would be refused" in shown and re.search(r"q-000001 +anna +50.00 +refused +unknown product `MUG`", shown)


def test_a_plan_over_the_wire_sends_what_differs_and_the_sums_at_the_end(shop: Served) -> None:
    for _ in range(3):
        deal.create(shop, deal.line("MUG", "4"))
    (book,) = shop.rules.ListRuleBooks(rule_book_pb2.ListRuleBooksRequest()).rule_books
    (same,) = shop.rules.PlanRuleBook(rule_book_pb2.PlanRuleBookRequest(name=book.name))
    assert (same.quote_count, same.replayed_count, same.summary.same_count, list(same.quotes)) == (3, 3, 3, [])
    both = rule_book_pb2.PlanRuleBookRequest(name=book.name, files=[rule_book_pb2.SourceFile(path="a", content=b"")])
    both.created_from.year = 1
    with pytest.raises(Exception, match="give either files or a name"):
        list(shop.rules.PlanRuleBook(both))


def test_a_book_is_published_listed_and_rolled_back(shop: Served, rules: Path, cpq: Cpq) -> None:
    first = cpq("published", "--json")[0]["name"]
    changed(rules, "catalog/products.yaml", "list: {EUR: 12.50", "list: {EUR: 14.00")
    shown = cpq("publish", str(rules), code=1)
    assert "`one mug`: `total_net` is 14.00, not 12.50" in shown and "tests/prices.yaml:4" in shown
    changed(rules, "tests/prices.yaml", "total_net: 12.50", "total_net: 14.00")
    assert re.match(r"small is in force as publication 2: ruleBooks/[0-9a-f]{64}\n", cpq("publish", str(rules)))
    assert "publication 3" in cpq("publish", "--again", first.partition("/")[2])
    listed = cpq("published")
    assert "on any day" in listed or re.search(r"(from|until) 20", listed), "when a book holds is never left open"
    assert re.search(rf"3 +small +{first.partition('/')[2][:12]} .*\n +2 +small", listed)
    (second,) = re.findall(r"\n +2 +small +([0-9a-f]+) ", listed)
    assert f"publication 4: ruleBooks/{second}" in cpq("publish", "--again", second)
    assert "2 published books begin with `ruleBooks/`" in cpq("publish", "--again", "ruleBooks/", code=2)
    assert "give either a folder or --again HASH" in cpq("publish", code=2)
    assert "give either a folder or --again HASH" in cpq("publish", str(rules), "--again", "x", code=2)
    assert all("NOT_FOUND" in cpq("publish", "--again", "0" * each, code=1) for each in (12, 64))


def test_what_is_wrong_with_a_book_is_said_once(rules: Path, cpq: Cpq) -> None:
    changed(rules, "book.yaml", "currency: EUR\n", "currency: EUR\ntitle: Twice\n")
    shown = cpq("publish", str(rules), code=1)
    said = "book.yaml:4:1: YML002: the key `title` is given twice, first on line 2; remove one of them"
    assert shown == f"cpq: INVALID_ARGUMENT: {said} [BOOK_HAS_ERRORS]\n"


def test_a_quote_is_recorded_as_a_test_that_holds_and_can_fail(shop: Served, rules: Path, cpq: Cpq) -> None:
    facts = {"segment": common_pb2.Value(text="edu")}
    box = [
        deal.line("BOX", "2"),
        deal.line("CPU-A", parent="box", group="cpu"),
        deal.line("BRD-1", parent="box", group="board"),
        deal.line("PLAN", "3"),
    ]
    quote = deal.create(
        shop, *box, term_months=12, customer_facts=facts, manual_discounts=[deal.discount("10")], currency_code="USD"
    )
    shown = cpq("test", str(rules), "--record", quote.name)
    assert f"`{quote.name}` is recorded in {rules / 'tests/recorded.yaml'}\n2 of 2 tests hold" in shown
    text = (rules / "tests/recorded.yaml").read_text()
    # 2 x (110.00 + 220.00 + 88.00) + 3 x 33.00 = 935.00, less 10 % for education and 10 % by the agent: 757.35
    assert "total_list: 935.00, total_net: 757.35" in text
    assert "is recorded in tests/recorded.yaml already" in cpq("test", str(rules), "--record", "q-000001", code=1)
    second = deal.create(shop, deal.line("MUG", "4"))
    assert "3 of 3 tests hold" in cpq("test", str(rules), "--record", second.name)
    assert format_file("tests/recorded.yaml", text.encode()) == text.encode(), "in the one layout"
    changed(rules, "catalog/products.yaml", "USD: 33.00", "USD: 34.00")
    assert "q-000001, version 1, as it was recorded" in cpq("test", str(rules), code=1)


def test_a_ramp_is_recorded_segment_by_segment(shop: Served, rules: Path, cpq: Cpq) -> None:
    own = pricing_pb2.RampSegment(number=2, quantity="8"), pricing_pb2.RampSegment(number=3, unit_price="25")
    ramp = pricing_pb2.Ramp(uplift_percent="10", segments=own)
    line = deal.line("PLAN", "5", id="plan", ramp=ramp, start=deal.day("2026-04-01"))
    agreed = deal.discount("20", pricing_pb2.MANUAL_DISCOUNT_KIND_TARGET_PRICE)
    agreed.on, agreed.target = pricing_pb2.MANUAL_DISCOUNT_TARGET_LINE, "plan/1"
    agreed.replaces = pricing_pb2.MANUAL_DISCOUNT_REPLACES_FINAL
    quote = deal.create(shop, line, term_months=39, start=deal.day("2026-03-15"), manual_discounts=[agreed])
    assert "2 of 2 tests hold" in cpq("test", str(rules), "--record", quote.name)
    text = (rules / "tests/recorded.yaml").read_text()
    # By the month: 5 x 20.00 agreed; 8 x 30.00 with 10 %; 5 x 25.00; 5 x 30.00 x 1.331 = 199.65
    assert [f"net: {net}" in text for net in ("100.00", "264.00", "125.00", "199.65")] == [True] * 4
    # 12 x (100.00 + 264.00 + 125.00) + 3 x 199.65
    assert "tcv: 6466.95" in text
    assert "start: 2026-03-15" in text and "segment: 4" in text and "replaces: final" in text
    changed(rules, "tests/recorded.yaml", "uplift_percent: 10", "uplift_percent: 11")
    assert "plan/2" in cpq("test", str(rules), code=1)


def test_what_a_test_cannot_say_is_named_and_nothing_written(shop: Served, rules: Path, cpq: Cpq) -> None:
    contract = deal.ordered(shop, deal.line("PLAN", "2", id="plan"), term_months=12).contract
    change = amendment(shop, contract, "2026-04-01", changes=[quantity("plan", "3")]).quote
    shown = cpq("test", str(rules), "--record", change.name, code=1)
    assert f"`{change.name}` changes `{contract}`, whose lines a rule test cannot have" in shown
    gone = deal.create(shop, deal.line("MUG", "4"))
    changed(rules, "catalog/products.yaml", "sku: MUG,", "sku: CUP,")
    changed(rules, "tests/prices.yaml", "sku: MUG", "sku: CUP")
    shown = cpq("test", str(rules), "--record", gone.name, code=1)
    assert "`quotes/q-000003` cannot be a test of this book:" in shown and "MUG" in shown
    assert not (rules / "tests/recorded.yaml").exists()
    assert "NOT_FOUND" in cpq("test", str(rules), "--record", "q-9", code=1)


def test_publishing_inside_the_command_publishes_nothing_else(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = ("--database", str(tmp_path / "own.sqlite3"))
    assert main(["rules", "publish", str(rules), *database]) == 0
    assert main(["rules", "published", *database]) == 0
    assert len(re.findall("small +[0-9a-f]{12}", capsys.readouterr().out)) == 1


def test_the_example_of_the_how_to_is_what_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The book of the page; two chairs at 120.00 and three assemblies, the further at 36.00 in the next book."""
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"^```\n\$ (cpq rules plan.*?)^```", HOW_TO.read_text(), re.S | re.M)
    command, _, wanted = block.partition("\n")
    with served(tmp_path / "store", examples()) as server, Client(server.running.address) as client:
        customer = client.parties.create_customer(customer={"display_name": "A", "segment": "retail", "region": "DE"})
        owner = client.parties.create_user(user={"display_name": "Ann"})
        for sku, quantity in (("CHAIR-O", "2"), ("ASSEMBLY", "3")):
            content: dict[str, Any] = {"customer": customer.name, "date": date(2026, 3, 1), "currency_code": "EUR"}
            content["lines"] = [{"id": "a", "sku": sku, "quantity": quantity}]
            quote = {"owner": owner.name, "valid_until": date(2099, 1, 1), "content": content}
            client.quotes.create_quote(quote=quote)
        folder = write_rules(tmp_path / "shop-next", examples())
        changed(folder, "prices/models.yaml", "unit: {EUR: 30.00", "unit: {EUR: 36.00")
        assert main([*shlex.split(command)[1:], "--server", server.running.address]) == 1
    assert [each.rstrip() for each in capsys.readouterr().out.splitlines()] == wanted.splitlines()

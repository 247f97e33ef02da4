"""Constraints that hold for a while, through a real server: the day of the request says which count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cpq.v1 import configuration_pb2, pricing_pb2, rule_book_pb2

from tests.api import deal
from tests.api.server import Served, served
from tests.fakes.rules import SMALL

BOX = "products/BOX"
RULES = """\
bundle: BOX
constraints:
  - {id: same-socket, require: cpu.socket = board.socket, until: 2026-05-01}
  - {id: old-board, exclude: board.sku = "BRD-2", until: 2026-04-01}
  - {id: new-board, require: board.sku = "BRD-2", from: 2026-04-01}
"""
FILES = {**SMALL, "constraints/box.yaml": RULES.encode()}
MARCH, APRIL, MAY = (deal.day(f"2026-0{month}-15") for month in (3, 4, 5))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("year"), FILES) as server:
        deal.set_clock(server)  # 1 March 2026
        deal.people(server)
        yield server


def pick(slot: str, sku: str) -> configuration_pb2.ProductChoice:
    return configuration_pb2.ProductChoice(pick=configuration_pb2.Pick(slot=slot, sku=sku))


def possible(server: Served, **fields: Any) -> set[str]:
    state = server.configuration.Configure(configuration_pb2.ConfigureRequest(product=BOX, **fields))
    return {option.sku for slot in state.slots for option in slot.options}


def test_a_click_keeps_the_rules_of_its_day(year: Served) -> None:
    """The two rules about boards contradict each other, but no day has both."""
    assert possible(year) == possible(year, date=MARCH) == {"CPU-A", "BRD-1"}
    assert possible(year, date=APRIL) == {"CPU-B", "BRD-2"}
    assert possible(year, date=MAY) == {"CPU-A", "CPU-B", "BRD-2"}
    assert possible(year, date=MARCH) == {"CPU-A", "BRD-1"}, "no state of another day is taken for it"
    options = configuration_pb2.ListOptionsRequest(product=BOX, slot="cpu", date=MAY)
    assert [each.sku for each in year.configuration.ListOptions(options).options] == ["CPU-A", "CPU-B"]


def test_a_token_of_other_rules_tells_everything(year: Served) -> None:
    ask = year.configuration.Configure
    march = ask(configuration_pb2.ConfigureRequest(product=BOX, date=MARCH))
    again = configuration_pb2.ConfigureRequest(product=BOX, state_token=march.state_token, only_changes=True)
    assert not ask(again).slots, "nothing changed since"
    again.date.CopyFrom(MAY)
    may = ask(again)
    assert (may.only_changes, len(may.slots), may.rule_book) == (False, 2, march.rule_book)
    again.state_token = may.state_token
    assert ask(again).only_changes


def test_explanations_repairs_and_completions_go_by_the_day(year: Served) -> None:
    ask = year.configuration
    for day, rules in ((MARCH, {"old-board"}), (APRIL, set()), (MAY, set())):
        explain = configuration_pb2.ExplainChoiceRequest(product=BOX, wanted=pick("board", "BRD-2"), date=day)
        answer = ask.ExplainChoice(explain)
        assert (answer.possible, {each.rule for each in answer.rules}) == (not rules, rules)
    for day, total in ((MARCH, "280.00"), (APRIL, "390.00"), (MAY, "290.00")):
        # 200 + 80; 300 + 90; 200 + 90
        found = ask.CompleteConfiguration(configuration_pb2.CompleteConfigurationRequest(product=BOX, date=day))
        assert found.list_price == total
        content = pricing_pb2.QuoteContent(lines=found.lines, date=day, customer="customers/anna")
        assert year.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=content)).valid
    chosen = [pick("cpu", "CPU-A"), pick("board", "BRD-2")]
    repair = configuration_pb2.RepairConfigurationRequest(product=BOX, choices=chosen, date=APRIL)
    assert [each.pick.sku for each in ask.RepairConfiguration(repair).repairs[0].drop] == ["CPU-A"]
    repair.date.CopyFrom(MAY)
    assert not ask.RepairConfiguration(repair).repairs[0].drop


def test_lines_are_valid_by_the_day_here_and_in_a_quote(year: Served) -> None:
    lines = [
        deal.line("BOX"),
        deal.line("CPU-A", id="c", parent="box", group="cpu"),
        deal.line("BRD-2", id="b", parent="box", group="board"),
    ]
    for day, broken in ((MARCH, {"same-socket", "old-board"}), (APRIL, {"same-socket"}), (MAY, set())):
        check = configuration_pb2.ValidateConfigurationRequest(lines=lines, date=day)
        found = year.configuration.ValidateConfiguration(check)
        assert ({each.rule for each in found.findings}, found.valid) == (broken, not broken)
        content = pricing_pb2.QuoteContent(lines=lines, date=day, customer="customers/anna")
        priced = year.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=content))
        assert {each.rule for each in priced.findings} == broken


def test_an_analysis_is_one_of_a_day(year: Served) -> None:
    files = [rule_book_pb2.SourceFile(path=path, content=content) for path, content in FILES.items()]
    counts = {}
    for name, day in (("today", None), ("April", APRIL), ("May", MAY)):
        found = year.rules.AnalyseRuleBook(rule_book_pb2.AnalyseRuleBookRequest(files=files, product=BOX, date=day))
        counts[name] = found.bundles[0].configuration_count
    assert counts == {"today": "1", "April": "1", "May": "2"}


def test_a_contradiction_is_found_in_the_days_that_have_it(year: Served) -> None:
    overlapping = RULES.replace("until: 2026-04-01}", "until: 2026-04-03}")
    files = {**FILES, "constraints/box.yaml": overlapping.encode()}
    sources = [rule_book_pb2.SourceFile(path=path, content=content) for path, content in files.items()]
    found = year.rules.CheckRuleBook(rule_book_pb2.CheckRuleBookRequest(files=sources)).findings
    assert [each.code for each in found if "contradict each other" in each.message] == ["CST001"]
    many = "".join(f"  - {{id: r{n}, require: cpu.socket != null, from: 2026-01-{n + 1:02}}}\n" for n in range(25))
    files["constraints/box.yaml"] = ("bundle: BOX\nconstraints:\n" + many.replace("!= null", '!= "x"')).encode()
    sources = [rule_book_pb2.SourceFile(path=path, content=content) for path, content in files.items()]
    found = year.rules.CheckRuleBook(rule_book_pb2.CheckRuleBookRequest(files=sources)).findings
    (too_many,) = [each for each in found if each.code == "CST004"]
    assert "begin and end on 25 days; 24 are allowed" in too_many.message

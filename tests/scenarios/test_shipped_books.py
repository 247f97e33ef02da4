"""The rule books that ship with the project: without findings, and every one of their hand-worked tests holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from cpq.v1 import configuration_pb2

from engine.adapters.part_catalog import on_parts
from engine.adapters.rule_folder import read_folder, unpack
from engine.catalog import Value
from engine.configuration.products import Pick, ProductState, Standing
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import Severity, render
from engine.rulebook.book import RuleBook
from engine.rulebook.formatter import format_file
from engine.rulebook.load import load
from engine.rulebook.parts import parts_of
from engine.rulebook.rule_run import RuleTestResult, findings_of, run_tests, untested_rules
from tests.api.server import served
from tests.conformance.shared_data import data_dir

RULES = Path(__file__).resolve().parents[2] / "rules"
BOOKS = ("saas", "workstation")
EIGHT_SLOTS = ("cpu", "cooler", "board", "memory", "gpu", "drive", "psu", "case")
MOST_RESULTS = 25
NOT_ON_THE_LIST = ("CST002", "CAT009")
"""Told of a list of parts others made: parts that fit nowhere, rules that name shipped parts."""


@cache
def book(name: str) -> RuleBook:
    files = read_folder(RULES / name)
    loaded = load(unpack(files))
    sources = {path: content.decode() for path, content in files.items()}
    assert loaded.book is not None and not loaded.diagnostics, render(loaded.diagnostics, sources)
    return loaded.book


@cache
def results(name: str) -> tuple[RuleTestResult, ...]:
    return run_tests(book(name), parts_of(book(name)))


@pytest.mark.parametrize("name", BOOKS)
def test_all_hand_worked_tests_hold(name: str) -> None:
    assert len(results(name)) >= MOST_RESULTS
    assert not findings_of(results(name)), "\n".join(str(each) for each in findings_of(results(name)))


@pytest.mark.parametrize("name", BOOKS)
def test_every_discount_constraint_and_approval_row_is_seen_at_work_by_a_test(name: str) -> None:
    assert untested_rules(book(name), results(name)) == ()


@pytest.mark.parametrize("name", BOOKS)
def test_files_are_in_the_one_layout(name: str) -> None:
    changed = [path for path, content in read_folder(RULES / name).items() if format_file(path, content) != content]
    assert not changed, "run: cpq rules fmt"


@pytest.mark.parametrize("name", BOOKS)
def test_every_file_names_its_schema(name: str) -> None:
    for path, content in read_folder(RULES / name).items():
        if path.endswith(".yaml"):
            head, text = content.decode().split("\n", 1)
            target = (RULES / name / path).parent / head.removeprefix("# yaml-language-server: $schema=")
            assert target.resolve().is_file(), (path, head)
            assert text


def test_the_workstation_has_what_it_promises() -> None:
    catalog = book("workstation").catalog
    counts = {slot: sum(each.category == slot for each in catalog.products.values()) for slot in EIGHT_SLOTS}
    assert sum(counts.values()) >= 120 and min(counts.values()) >= 10, counts
    kinds = {each.kind.value for rules in book("workstation").constraints.values() for each in rules}
    assert kinds >= {"require", "exclude", "allow_table", "forbid_table", "default", "prefer"}
    assert [each.id for each in book("workstation").chains] == ["sales", "finance"]


def test_every_part_of_the_workstation_can_be_chosen() -> None:
    configurator = ProductConfigurator(book("workstation").products["WS"])
    state = configurator.configure(())
    dead = [option.skus for slot in state.slots for option in slot.options if option.standing is Standing.IMPOSSIBLE]
    assert not dead


def test_constant_discounts_of_the_workstation_are_plain() -> None:
    """Most quotes take the express lane: a rule as people write it has to be plain after loading too."""
    rules = parts_of(book("workstation")).plan.line_rules
    assert {each.rule.id for each in rules if each.ops} == {each.rule.id for each in rules}


def test_the_subscriptions_cover_every_kind_of_charge() -> None:
    kinds = {each.charge.kind.value for each in book("saas").catalog.products.values()}
    assert kinds == {"one_time", "recurring", "usage"}
    terms = book("saas").terms
    assert terms.revenue.policies and terms.revenue.ssp.entries and terms.fulfilment
    assert book("saas").pricing.contracted and book("saas").pricing.percent_of


@cache
def parts_book() -> RuleBook:
    files = on_parts(read_folder(RULES / "workstation"), data_dir() / "pc-configurator")
    loaded = load(unpack(files))
    worse = [
        each for each in loaded.diagnostics if each.severity is not Severity.NOTE and each.code not in NOT_ON_THE_LIST
    ]
    assert loaded.book is not None and not worse, [str(each) for each in worse[:10]]
    return loaded.book


def test_parts_of_the_parts_list_that_fit_nowhere_are_found() -> None:
    """Kits of more modules than any board has slots are dead, and no other kit is: read off the list by hand."""
    found = parts_book()
    boards = [each.attributes for each in found.catalog.products.values() if each.category == "board"]

    def fits(kit: Mapping[str, Value]) -> bool:
        return any(
            kit["memory_type"] == board["memory_type"]
            and (board["memory_slots"] is None or kit["modules"] <= board["memory_slots"])  # type: ignore[operator]
            and (board["max_memory_gb"] is None or kit["total_gb"] <= board["max_memory_gb"])  # type: ignore[operator]
            for board in boards
        )

    kits = [each for each in found.catalog.products.values() if each.category == "memory"]
    hopeless = {each.sku for each in kits if not fits(each.attributes)}
    state = ProductConfigurator(found.products["WS"]).configure(())
    assert isinstance(state, ProductState)
    memory = next(each for each in state.slots if each.path == "memory")
    dead = {sku for option in memory.options if option.standing is Standing.IMPOSSIBLE for sku in option.skus}
    assert hopeless and hopeless <= dead


def test_the_workstation_rules_run_on_the_parts_list() -> None:
    found = parts_book()
    rows = sum(
        len((data_dir() / "pc-configurator" / name).read_text(encoding="utf-8").splitlines()) - 1
        for name in ("cpu.csv", "motherboard.csv", "video-card.csv", "memory.csv", "power-supply.csv", "case.csv")
    )
    assert len(found.catalog.products) > rows
    assert all(found.catalog.bundles["WS"].group(slot) for slot in ("cpu", "board", "gpu", "psu", "case"))


def test_blanks_of_the_parts_list_are_unknown_and_forbid_nothing() -> None:
    found = parts_book()
    case = next(
        each
        for each in found.catalog.products.values()
        if each.category == "case" and each.attributes["psu_form_factors"] is None
    )
    supply = next(
        each
        for each in found.catalog.products.values()
        if each.category == "psu" and each.attributes["watts"] == 1000 and each.attributes["form_factor"] == "ATX"
    )
    conflict = ProductConfigurator(found.products["WS"]).explain((Pick("case", case.sku), Pick("psu", supply.sku)))
    assert conflict is None


def test_sockets_of_the_parts_list_must_fit() -> None:
    found = parts_book()

    def first(category: str, **wanted: object) -> str:
        return next(
            str(each.sku)
            for each in found.catalog.products.values()
            if each.category == category and all(each.attributes[name] == value for name, value in wanted.items())
        )

    cpu, board = first("cpu", socket="AM5"), first("board", socket="LGA1700")
    conflict = ProductConfigurator(found.products["WS"]).explain((Pick("cpu", cpu), Pick("board", board)))
    assert conflict is not None
    assert [each.rule for each in conflict.rules] == ["socket"]
    assert conflict.rules[0].message == "The processor needs socket AM5, the main board has LGA1700."


def test_completing_a_workstation_is_proven_to_be_the_cheapest(tmp_path: Path) -> None:
    # A busy machine must not take the proof away: the search may last as long as the call.
    with served(tmp_path, read_folder(RULES / "workstation"), search_seconds=120) as server:
        request = configuration_pb2.CompleteConfigurationRequest(product="products/WS", currency_code="EUR")
        found = server.configuration.CompleteConfiguration(request, timeout=120)
    assert found.status == configuration_pb2.COMPLETION_STATUS_OPTIMAL

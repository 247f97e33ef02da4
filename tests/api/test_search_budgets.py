"""Every question about a configuration through a real server whose searches may not take long: what is known is said.

The budget is one of conflicts, so the answers are the same on any machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from cpq.v1 import configuration_pb2, rule_book_pb2

from tests.api import deal
from tests.api.server import Served, failure, served
from tests.fakes.hard_book import ROOMS, hard_book
from tests.fakes.rules import SMALL

HOTEL = "products/HOTEL"


@pytest.fixture
def brief(tmp_path: Path) -> Iterator[Served]:
    """A fresh one for every test: what one question learned helps with the next."""
    with served(tmp_path, hard_book(SMALL), search_conflicts=1_000, search_seconds=600) as running:
        yield running


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("patient")
    with served(folder, hard_book(SMALL), search_conflicts=1_000_000, search_seconds=600) as running:
        yield running


def pick(slot: str, sku: str) -> configuration_pb2.ProductChoice:
    return configuration_pb2.ProductChoice(pick=configuration_pb2.Pick(slot=slot, sku=sku))


STRICT = pick("mode", "STRICT")
CLASH = [STRICT, *(pick(f"g{at}", f"R{at + 1}") for at in range(ROOMS))]
"""Every guest but the last has a room of his own, and nobody shares."""


def test_what_was_not_decided_is_undecided(brief: Served, patient: Served) -> None:
    request = configuration_pb2.ConfigureRequest(product=HOTEL, show_impossible=True)
    early, late = (each.configuration.Configure(request) for each in (brief, patient))
    mode = [{option.sku: option.standing for option in each.slots[0].options} for each in (early, late)]
    assert early.out_of_budget and early.consistent and not late.out_of_budget
    assert mode[0] == {
        "LOOSE": configuration_pb2.STANDING_POSSIBLE,
        "STRICT": configuration_pb2.STANDING_UNDECIDED,
    }
    assert mode[1]["STRICT"] == configuration_pb2.STANDING_IMPOSSIBLE


def test_a_clash_is_named_before_it_is_known_to_be_smallest(brief: Served, patient: Served) -> None:
    request = configuration_pb2.ExplainChoiceRequest(product=HOTEL, choices=CLASH)
    early, late = (each.configuration.ExplainChoice(request) for each in (brief, patient))
    assert early.out_of_budget and not early.possible
    assert list(early.choices) == CLASH and not early.rules
    # Nobody can live in the strict mode, whoever lives where: all 28 pairs of guests are to blame.
    assert list(late.choices) == [STRICT] and len(late.rules) == 28 and not late.out_of_budget


def test_where_nothing_is_known_that_is_the_answer(brief: Served) -> None:
    request = configuration_pb2.ExplainChoiceRequest(product=HOTEL, wanted=STRICT)
    found = failure(brief.configuration.ExplainChoice, request)
    assert found.reason == "OUT_OF_BUDGET"
    assert found.code is grpc.StatusCode.DEADLINE_EXCEEDED


def test_a_repair_works_before_it_is_known_to_be_smallest(brief: Served, patient: Served) -> None:
    request = configuration_pb2.RepairConfigurationRequest(product=HOTEL, choices=CLASH)
    early, late = (each.configuration.RepairConfiguration(request) for each in (brief, patient))
    (repair,) = early.repairs
    assert early.out_of_budget and STRICT in repair.drop and not repair.price_proven
    kept = [each for each in CLASH if each not in repair.drop]
    state = patient.configuration.Configure(configuration_pb2.ConfigureRequest(product=HOTEL, choices=kept))
    assert state.consistent
    assert [list(each.drop) for each in late.repairs] == [[STRICT]] and not late.out_of_budget
    # the seven guests keep their rooms, 1 + 2 + ... + 7 = 28, the eighth shares the cheapest for 1, sharing costs 5
    assert float(late.repairs[0].list_price) == 34 and late.repairs[0].price_proven
    assert late.repairs[0].price_effect == "", "the choices had no completion to compare with"


def test_a_check_names_what_it_found_and_that_there_may_be_more(brief: Served, patient: Served) -> None:
    lines = [deal.line("HOTEL", id="hotel"), deal.line("STRICT", id="mode", parent="hotel", group="mode")]
    request = configuration_pb2.ValidateConfigurationRequest(lines=lines)
    found = [
        [each.message for each in server.configuration.ValidateConfiguration(request).findings]
        for server in (brief, patient)
    ]
    unsure = "the configuration could not be checked within the search budget"
    assert (unsure in found[0], unsure in found[1]) == (True, False)
    missing = [f"Guest {at} is not chosen yet" for at in range(8)]
    assert all(set(missing) <= set(each) for each in found)


def test_a_completion_in_time_is_proven_and_else_says_so(brief: Served) -> None:
    request = configuration_pb2.CompleteConfigurationRequest(product=HOTEL, choices=[STRICT])
    assert brief.configuration.CompleteConfiguration(request).status in (
        configuration_pb2.COMPLETION_STATUS_UNKNOWN,
        configuration_pb2.COMPLETION_STATUS_INFEASIBLE,
    )


def test_an_analysis_names_the_questions_that_did_not_end(patient: Served) -> None:
    book = patient.rules.ListRuleBooks(rule_book_pb2.ListRuleBooksRequest()).rule_books[0]
    answer = patient.rules.AnalyseRuleBook(rule_book_pb2.AnalyseRuleBookRequest(name=book.name, seconds=60))
    (bundle,) = answer.bundles
    assert bundle.satisfiable and [list(each.skus) for each in bundle.dead] == [["STRICT"]]
    assert bundle.dead[0].reason_known and len(bundle.dead[0].rules) == 28

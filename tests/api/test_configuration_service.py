"""ConfigurationService through a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc
import pytest
from cpq.v1 import catalog_pb2, configuration_pb2, pricing_pb2

from engine.api.configuration_states import token_of
from engine.catalog import Sku
from engine.configuration.products import Pick
from tests.api import deal
from tests.api.server import Served, failure, served

BOX = "products/BOX"


def pick(slot: str, sku: str) -> configuration_pb2.ProductChoice:
    return configuration_pb2.ProductChoice(pick=configuration_pb2.Pick(slot=slot, sku=sku))


def standings(state: configuration_pb2.ConfigurationState) -> dict[str, str]:
    name = configuration_pb2.Standing.Name
    return {
        option.sku: name(option.standing).removeprefix("STANDING_") for slot in state.slots for option in slot.options
    }


def configure(server: Served, *choices: Any, **fields: Any) -> configuration_pb2.ConfigurationState:
    request = configuration_pb2.ConfigureRequest(product=BOX, choices=choices, **fields)
    return server.configuration.Configure(request, timeout=30)


def test_a_click_says_what_is_left(shop: Served) -> None:
    start = configure(shop)
    assert (start.consistent, start.complete) == (True, False)
    assert set(standings(start).values()) == {"POSSIBLE"}
    after = configure(shop, pick("cpu", "CPU-A"), show_impossible=True)
    assert standings(after) == {
        "CPU-A": "SELECTED",
        "CPU-B": standings(after)["CPU-B"],
        "BRD-1": "IMPLIED",
        "BRD-2": "IMPOSSIBLE",
    }
    hidden = configure(shop, pick("cpu", "CPU-A"))
    assert "BRD-2" not in standings(hidden)
    board = next(each for each in hidden.slots if each.path == "board")
    assert (board.impossible_count, board.title) == (1, "Board")


def test_the_order_of_choices_does_not_matter(shop: Served) -> None:
    choices = [pick("cpu", "CPU-A"), pick("board", "BRD-1")]
    assert configure(shop, *choices) == configure(shop, *reversed(choices))


def test_a_conflict_names_choices_and_rule_with_its_place(shop: Served) -> None:
    request = configuration_pb2.ExplainChoiceRequest(
        product=BOX, choices=[pick("cpu", "CPU-A")], wanted=pick("board", "BRD-2")
    )
    answer = shop.configuration.ExplainChoice(request)
    assert not answer.possible
    assert [each.pick.sku for each in answer.choices] == ["CPU-A"]
    (rule,) = answer.rules
    assert (rule.rule, rule.message) == ("same-socket", "processor and board need one socket")
    assert rule.place.startswith("constraints/box.yaml:3")
    fits = configuration_pb2.ExplainChoiceRequest(
        product=BOX, choices=[pick("cpu", "CPU-A")], wanted=pick("board", "BRD-1")
    )
    assert shop.configuration.ExplainChoice(fits).possible


def test_a_repair_says_what_to_give_up_and_what_it_costs(shop: Served) -> None:
    request = configuration_pb2.RepairConfigurationRequest(
        product=BOX, choices=[pick("cpu", "CPU-A")], wanted=[pick("board", "BRD-2")]
    )
    answer = shop.configuration.RepairConfiguration(request)
    repair = answer.repairs[0]
    assert [each.pick.sku for each in repair.drop] == ["CPU-A"]
    assert [each.pick.sku for each in repair.instead] == ["CPU-B"]
    # processor 300 instead of 200, board 90 instead of 80
    assert (answer.currency_code, float(repair.price_effect)) == ("EUR", 110)


def test_a_completion_is_the_cheapest_and_can_be_ordered_as_it_is(shop: Served) -> None:
    request = configuration_pb2.CompleteConfigurationRequest(product=BOX, aim=configuration_pb2.COMPLETION_AIM_CHEAPEST)
    answer = shop.configuration.CompleteConfiguration(request)
    assert answer.status == configuration_pb2.COMPLETION_STATUS_OPTIMAL
    assert {each.pick.sku for each in answer.choices} == {"CPU-A", "BRD-1"}
    # 200 + 80: the parts; the box itself is no option
    assert float(answer.list_price) in (280, 380)
    assert float(answer.list_price_bound) == float(answer.list_price)
    check = configuration_pb2.ValidateConfigurationRequest(lines=answer.lines)
    assert shop.configuration.ValidateConfiguration(check).valid
    priced = shop.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=deal.content(*answer.lines)))
    assert priced.valid
    # 100 + 200 + 80
    assert priced.totals.net == 38000
    dear = configuration_pb2.CompleteConfigurationRequest(product=BOX, list_price_limit="50")
    assert shop.configuration.CompleteConfiguration(dear).status == configuration_pb2.COMPLETION_STATUS_INFEASIBLE


def wish(slot: str, sku: str, weight: int = 0) -> configuration_pb2.Wish:
    return configuration_pb2.Wish(choice=pick(slot, sku), weight=weight)


def test_a_completion_is_nearest_to_a_wish_list(shop: Served) -> None:
    def ask(*wishes: configuration_pb2.Wish) -> configuration_pb2.CompleteConfigurationResponse:
        request = configuration_pb2.CompleteConfigurationRequest(product=BOX, wishes=wishes)
        return shop.configuration.CompleteConfiguration(request)

    # CPU-B goes with BRD-2 only, BRD-1 with CPU-A only: the heavier wish wins
    answer = ask(wish("cpu", "CPU-B", 2), wish("board", "BRD-1"))
    assert answer.status == configuration_pb2.COMPLETION_STATUS_OPTIMAL
    assert {each.pick.sku for each in answer.choices} == {"CPU-B", "BRD-2"}
    assert [each.pick.sku for each in answer.missed] == ["BRD-1"]
    assert not ask(wish("cpu", "CPU-A"), wish("board", "BRD-1")).missed
    twice = configuration_pb2.CompleteConfigurationRequest(
        product=BOX, wishes=[wish("cpu", "CPU-A"), wish("cpu", "CPU-A"), wish("cpu", "CPU-B", -1)]
    )
    fields = failure(shop.configuration.CompleteConfiguration, twice).fields
    assert fields.keys() == {"wishes[1].choice", "wishes[2].weight"}
    unknown = configuration_pb2.CompleteConfigurationRequest(product=BOX, wishes=[wish("gpu", "CPU-A")])
    assert failure(shop.configuration.CompleteConfiguration, unknown).fields.keys() == {"wishes[0].choice.pick.slot"}


def test_lines_are_validated_with_every_finding(shop: Served) -> None:
    def lines(*parts: tuple[str, str]) -> configuration_pb2.ValidateConfigurationRequest:
        asked = [deal.line("BOX"), *(deal.line(sku, id=slot, parent="box", group=slot) for slot, sku in parts)]
        return configuration_pb2.ValidateConfigurationRequest(lines=asked)

    validate = shop.configuration.ValidateConfiguration
    assert validate(lines(("cpu", "CPU-B"), ("board", "BRD-2"))).valid
    missing = validate(lines(("cpu", "CPU-B")))
    assert not missing.valid
    assert [each.message for each in missing.findings] == ["Board is not chosen yet"]
    broken = validate(lines(("cpu", "CPU-B"), ("board", "BRD-1")))
    assert [each.rule for each in broken.findings] == ["same-socket"]
    unknown = failure(validate, lines(("cpu", "CPU-X")))
    assert unknown.fields.keys() == {"lines[1].sku"}


def test_bad_questions_are_refused(shop: Served) -> None:
    ask = shop.configuration.Configure
    cases = {
        "product": configuration_pb2.ConfigureRequest(product="BOX"),
        "choices[0].kind": configuration_pb2.ConfigureRequest(product=BOX, choices=[configuration_pb2.ProductChoice()]),
        "choices[0].pick.slot": configuration_pb2.ConfigureRequest(product=BOX, choices=[pick("", "CPU-A")]),
    }
    for field, request in cases.items():
        assert failure(ask, request).fields.keys() == {field}
    assert failure(ask, configuration_pb2.ConfigureRequest(product="products/MUG")).reason == "CFG401"
    assert failure(ask, configuration_pb2.ConfigureRequest(product="products/BOXX")).reason == "CFG402"
    nowhere = configuration_pb2.ConfigureRequest(product=BOX, choices=[pick("gpu", "CPU-A"), pick("cpu", "MUG")])
    found = failure(ask, nowhere)
    assert found.code is grpc.StatusCode.INVALID_ARGUMENT
    assert len(found.fields) == 2
    many = configuration_pb2.ConfigureRequest(product=BOX, choices=[pick("cpu", "CPU-A")] * 1001)
    assert failure(ask, many).fields.keys() == {"choices"}
    complete = configuration_pb2.CompleteConfigurationRequest(product=BOX, aim=9, list_price_limit="-1")
    assert failure(shop.configuration.CompleteConfiguration, complete).fields.keys() == {"aim", "list_price_limit"}
    repair = configuration_pb2.RepairConfigurationRequest(product=BOX, limit=99, currency_code="X")
    assert failure(shop.configuration.RepairConfiguration, repair).fields.keys() == {"limit", "currency_code"}


def test_a_token_stands_for_a_state_and_changes_are_told_against_it(shop: Served) -> None:
    start = configure(shop)
    same = configure(shop, state_token=start.state_token, only_changes=True)
    assert (same.only_changes, list(same.slots)) == (True, [])
    after = configure(shop, pick("cpu", "CPU-A"), state_token=start.state_token, only_changes=True)
    assert {each.path for each in after.slots} == {"cpu", "board"}
    assert standings(after)["BRD-1"] == "IMPLIED"
    full = configure(shop, pick("cpu", "CPU-A"), state_token=start.state_token)
    assert full == configure(shop, pick("cpu", "CPU-A"))
    assert full.state_token == after.state_token
    for before, changed in ((start, ["cpu", "board"]), (full, []), (start, ["cpu", "board"]), (full, [])):
        told = configure(shop, pick("cpu", "CPU-A"), state_token=before.state_token, only_changes=True)
        assert [each.path for each in told.slots] == changed, "a kept answer belongs to the state it is compared with"


def test_a_token_of_another_server_works(shop: Served, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = configure(shop, pick("cpu", "CPU-B")).state_token
    with served(tmp_path_factory.mktemp("other")) as other:
        deal.set_clock(other)
        after = configure(other, pick("cpu", "CPU-A"), state_token=elsewhere, only_changes=True, show_impossible=True)
        assert after.only_changes
        assert standings(after)["BRD-2"] == "IMPOSSIBLE"


def test_a_damaged_or_foreign_token_is_refused_and_one_of_old_rules_tells_everything(shop: Served) -> None:
    ask = shop.configuration.Configure
    for token in ("x", "eJwDAAAAAAE=", "A" * 200_001):
        request = configuration_pb2.ConfigureRequest(product=BOX, state_token=token)
        assert failure(ask, request).fields.keys() == {"state_token"}
    book = configure(shop).rule_book.partition("/")[2]
    forged = token_of((book, "BOX", (Pick("nowhere", Sku("CPU-A")),)))
    request = configuration_pb2.ConfigureRequest(product=BOX, state_token=forged)
    assert failure(ask, request).fields.keys() == {"state_token"}
    old = token_of(("0" * 64, "BOX", ()))
    full = configure(shop, state_token=old, only_changes=True)
    assert (full.only_changes, len(full.slots)) == (False, 2)


def test_prices_of_a_click(shop: Served) -> None:
    state = configure(shop, pick("cpu", "CPU-A"), show_prices=True, show_impossible=True)
    assert (state.currency_code, float(state.list_price)) == ("EUR", 200)
    difference = {option.sku: option.price_difference for slot in state.slots for option in slot.options}
    # processors 200 and 300: taking the other costs 100 more; a board comes on top, 80 or 90
    assert {sku: float(each) for sku, each in difference.items()} == {
        "CPU-A": 0, "CPU-B": 100, "BRD-1": 80, "BRD-2": 90,
    }  # fmt: skip
    assert configure(shop, pick("cpu", "CPU-A")).list_price == ""


def test_what_follows_says_from_what(shop: Served) -> None:
    state = configure(shop, pick("cpu", "CPU-A"), explain_implied=True)
    (board,) = [option for slot in state.slots for option in slot.options if option.sku == "BRD-1"]
    assert [each.pick.sku for each in board.implied_by.choices] == ["CPU-A"]
    assert [each.rule for each in board.implied_by.rules] == ["same-socket"]


def test_a_group_that_always_has_a_product_is_not_left_empty(shop: Served) -> None:
    """A choice like any other that never fits: told as a conflict, and given up by a repair."""
    ask, nothing = shop.configuration, configuration_pb2.ProductChoice(pick=configuration_pb2.Pick(slot="cpu"))
    board = configuration_pb2.ProductChoice(pick=configuration_pb2.Pick(slot="board", sku="BRD-1"))
    box = "products/BOX"
    state = ask.Configure(configuration_pb2.ConfigureRequest(product=box, choices=[nothing, board]))
    assert not state.consistent
    why = ask.ExplainChoice(configuration_pb2.ExplainChoiceRequest(product=box, choices=[nothing, board]))
    assert not why.possible and list(why.choices) == [nothing]
    wanted = ask.ExplainChoice(configuration_pb2.ExplainChoiceRequest(product=box, choices=[board], wanted=nothing))
    assert not wanted.possible
    repair = configuration_pb2.RepairConfigurationRequest(product=box, choices=[nothing, board])
    assert [list(each.drop) for each in ask.RepairConfiguration(repair).repairs] == [[nothing]]
    request = configuration_pb2.CompleteConfigurationRequest(product=box, choices=[nothing])
    assert ask.CompleteConfiguration(request).status == configuration_pb2.COMPLETION_STATUS_INFEASIBLE
    wish = configuration_pb2.Wish(choice=nothing)
    nearest = ask.CompleteConfiguration(configuration_pb2.CompleteConfigurationRequest(product=box, wishes=[wish]))
    assert nearest.status == configuration_pb2.COMPLETION_STATUS_OPTIMAL and list(nearest.missed) == [nothing]


def test_options_are_paged(shop: Served) -> None:
    state = configure(shop, option_limit=1, show_impossible=True)
    cpu = next(each for each in state.slots if each.path == "cpu")
    assert ([each.sku for each in cpu.options], cpu.possible_count) == (["CPU-A"], 2)
    ask = configuration_pb2.ListOptionsRequest(product=BOX, slot="cpu", show_impossible=True, show_prices=True)
    rest = shop.configuration.ListOptions(
        configuration_pb2.ListOptionsRequest(
            product=BOX, slot="cpu", show_impossible=True, page_token=cpu.next_page_token
        )
    )
    assert ([each.sku for each in rest.options], rest.next_page_token, rest.total_size) == (["CPU-B"], "", 2)
    ask.page_size = 1
    seen = []
    while True:
        page = shop.configuration.ListOptions(ask)
        seen += [(each.sku, float(each.price_difference)) for each in page.options]
        if not page.next_page_token:
            break
        ask.page_token = page.next_page_token
    assert seen == [("CPU-A", 200), ("CPU-B", 300)]
    wrong = configuration_pb2.ListOptionsRequest(product=BOX, slot="cpuu")
    assert failure(shop.configuration.ListOptions, wrong).fields == {
        "slot": "unknown option group `cpuu`; did you mean `cpu`?"
    }
    other = configuration_pb2.ListOptionsRequest(product=BOX, slot="board", page_token=cpu.next_page_token)
    assert failure(shop.configuration.ListOptions, other).fields.keys() == {"page_token"}
    assert failure(
        shop.configuration.Configure, configuration_pb2.ConfigureRequest(product=BOX, option_limit=-1)
    ).fields.keys() == {"option_limit"}


def pigeons(count: int) -> dict[str, bytes]:
    """So many slots with one hole fewer, all different when the attribute `hard` is set: no search ends that."""
    places = range(1, count + 1)
    groups = [f'      - {{id: p{at}, title: P{at}, where: category = "hole"}}' for at in places]
    rules = [
        f"  - {{id: r{at}-{other}, when: hard = true, require: p{at}.number != p{other}.number}}"
        for at in places
        for other in range(1, at)
    ]
    rows = [f"H{at},Hole {at},{at},1.00" for at in range(1, count)]
    files = {
        "book.yaml": "id: pigeons\ntitle: Pigeons\ncurrency: EUR\n",
        "catalog/c.yaml": "categories:\n  hole: {attributes: {number: {type: number}}}\n  box: {attributes: {}}\n"
        "products:\n  - {sku: LOFT, name: Loft, category: box, list: {EUR: 1.00}}\n"
        "bundles:\n  - sku: LOFT\n    title: Loft\n    attributes: {hard: {type: boolean}}\n    groups:\n"
        + "\n".join(groups)
        + "\n",
        "catalog/holes.csv": "\n".join(["# holes ; category=hole", "sku,name,number,list.EUR", *rows]) + "\n",
        "constraints/c.yaml": "bundle: LOFT\nconstraints:\n" + "\n".join(rules) + "\n",
    }
    return {path: text.encode() for path, text in files.items()}


def test_out_of_budget_tells_what_is_known_while_others_are_answered(tmp_path: Path) -> None:
    """The budget is one of conflicts: how busy the machine is changes neither what is known nor what is answered."""
    with served(tmp_path, pigeons(13), search_conflicts=60_000, search_seconds=600) as server:
        deal.set_clock(server)
        server.catalog.ListProducts(catalog_pb2.ListProductsRequest(), timeout=60)  # the first call loads the book
        request = configuration_pb2.ConfigureRequest(product="products/LOFT")
        waiting = server.configuration.Configure.future(request, timeout=600)
        health = server.channel.unary_unary("/grpc.health.v1.Health/Check")
        answered = 0
        while not waiting.done():
            assert health(b"", timeout=60) == b"\x08\x01"
            assert server.catalog.ListProducts(catalog_pb2.ListProductsRequest(), timeout=60).products
            answered += not waiting.done()
        assert answered >= 3, "calls are answered while the search goes on"
        state = waiting.result()
        assert (state.consistent, state.out_of_budget, state.complete) == (True, True, False)
        (hard,) = state.settings
        standing = {each.value.flag: configuration_pb2.Standing.Name(each.standing) for each in hard.values}
        assert standing == {False: "STANDING_POSSIBLE", True: "STANDING_UNDECIDED"}
        assert set(standings(state).values()) == {"POSSIBLE"}


def test_what_was_written_before_is_what_would_be_written_now(
    shop: Served, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Groups that look as before are copied: a server that has seen other clicks answers as a new one does."""
    clicks = [[], [pick("cpu", "CPU-A")], [pick("board", "BRD-2")], [pick("cpu", "CPU-B"), pick("board", "BRD-2")]]
    shown = [{"show_impossible": each, "option_limit": limit} for each in (False, True) for limit in (0, 1)]
    for each in clicks:
        for fields in shown:
            configure(shop, *each, **fields)
    with served(tmp_path_factory.mktemp("fresh")) as fresh:
        deal.set_clock(fresh)
        for each in clicks:
            for fields in reversed(shown):
                mine, theirs = configure(shop, *each, **fields), configure(fresh, *each, **fields)
                assert [slot.options for slot in mine.slots] == [slot.options for slot in theirs.slots]
                assert mine == theirs

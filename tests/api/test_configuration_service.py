"""ConfigurationService through a real server."""

from __future__ import annotations

from typing import Any

import grpc
from cpq.v1 import configuration_pb2, pricing_pb2

from tests.api import deal
from tests.api.server import Served, failure

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
    check = configuration_pb2.ValidateConfigurationRequest(lines=answer.lines)
    assert shop.configuration.ValidateConfiguration(check).valid
    priced = shop.pricing.PriceQuote(pricing_pb2.PriceQuoteRequest(content=deal.content(*answer.lines)))
    assert priced.valid
    # 100 + 200 + 80
    assert priced.totals.net == 38000
    dear = configuration_pb2.CompleteConfigurationRequest(product=BOX, list_price_limit="50")
    assert shop.configuration.CompleteConfiguration(dear).status == configuration_pb2.COMPLETION_STATUS_INFEASIBLE


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

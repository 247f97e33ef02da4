"""What the configuration chapter of the demo says of a repair."""

from __future__ import annotations

from cpq.v1 import configuration_pb2

from engine.cli.demo.configuring import effect_text


def test_a_repair_tells_what_it_does_to_the_price() -> None:
    repair = configuration_pb2.Repair(price_effect="-268.50")
    assert effect_text(repair, "GPU-W48") == "list price of the cheapest completion -268.50 EUR with GPU-W48"


def test_a_price_that_was_not_found_in_time_is_said_to_be_unknown() -> None:
    assert (
        effect_text(configuration_pb2.Repair(), "GPU-W48") == "its price was not found within the budget of the search"
    )

"""What to do instead of reversing an entry: ``engine.ledger.sources``."""

from __future__ import annotations

import re
from typing import get_args

from cpq.v1 import revenue_pb2

from engine.ledger.facts import Fact
from engine.ledger.sources import WAYS

NAMED = re.compile(r"`(\w+)`")


def test_every_kind_of_fact_has_a_way_of_its_own() -> None:
    assert set(WAYS) == set(get_args(Fact))


def test_what_a_way_says_to_state_can_be_stated() -> None:
    """A way names kinds of StateRevenueFact and their fields, as a caller writes them."""
    facts = revenue_pb2.StateRevenueFactRequest.DESCRIPTOR.oneofs_by_name["fact"].fields
    known = {each.name for each in facts} | {field.name for each in facts for field in each.message_type.fields}
    told = {name for way in WAYS.values() for name in NAMED.findall(way)}
    assert told <= known
    assert {"impairment_test", "refund_release", "variable_amount", "financing", "returned_cost"} <= told

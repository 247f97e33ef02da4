"""What the ids of an explanation name: rules and steps of prices, approval rules, or what is asked elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from engine.application.rule_books import ActiveBook
from engine.approvals import ApprovalPolicy
from engine.pricing import meant_by, unknown_rule
from engine.rulebook.kinds import kind_in_book
from engine.wire.basics import Faults
from engine.wire.billing import COUPONS


class AskedAbout(NamedTuple):
    """What is to be explained: by line, and of the quote as a whole; each once."""

    rules: tuple[str, ...]
    policies: tuple[ApprovalPolicy, ...]


def asked_about(active: ActiveBook, names: Iterable[str], lines: Collection[str], faults: Faults) -> AskedAbout:
    """Sort out what ids name; those of something else are faults that say what it is and where to ask."""
    plan, by_id = active.parts.plan, {each.id: each for each in active.parts.policies}
    rules: dict[str, None] = {}
    policies: dict[str, ApprovalPolicy] = {}
    for place, name in enumerate(names):
        meant = meant_by(plan, name)
        if meant:
            rules.update(dict.fromkeys(meant))
        elif name in by_id:
            policies[name] = by_id[name]
        else:
            faults.invalid(f"rule_ids[{place}]", *_elsewhere(active, name, lines))
    return AskedAbout(tuple(rules), tuple(policies.values()))


def _elsewhere(active: ActiveBook, name: str, lines: Collection[str]) -> tuple[str, str]:
    """What an id is that decides on no price, and where to ask about it."""
    if name.startswith(f"{COUPONS}/"):
        return f"`{name}` is a coupon: it takes off invoices, not off prices", "GetCoupon says what it gave so far"
    if name in lines:
        return f"`{name}` is a line of the quote", "name it among the lines, and the id of a rule here"
    kind = kind_in_book(active.book, name)
    if kind is not None:
        return f"`{name}` is {kind.what}", kind.hint
    return unknown_rule(active.parts.plan, name, [each.id for each in active.parts.policies])

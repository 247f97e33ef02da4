"""After an edit: which earlier approvals still stand."""

from __future__ import annotations

from decimal import Decimal

from engine.approvals.routed import Facet, Reason, Route, Sense
from engine.approvals.run import ApprovalRun, RequestStatus


def carry_over(run: ApprovalRun, route: Route) -> frozenset[tuple[str, str]]:
    """The (chain, level) pairs of a new route whose approval in an earlier run still holds.

    It holds exactly when every reason of the new level was a reason then, under the same condition, and the new quote
    is no worse on everything that the reason looked at: a better quote never loses an approval that a worse one kept.
    """
    earlier = approved_levels(run)
    return frozenset(
        (chain.chain, level.level)
        for chain in route.chains
        for level in chain.levels
        if (chain.chain, level.level) in earlier
        and all(_known(reason, earlier[chain.chain, level.level]) for reason in level.reasons)
    )


def approved_levels(run: ApprovalRun) -> dict[tuple[str, str], tuple[Reason, ...]]:
    """The levels that somebody agreed to, in this run or in one that it stood on, with the reasons they saw."""
    found = {(each.chain, each.level): each.reasons for each in run.requests if each.status is RequestStatus.APPROVED}
    for chain in run.case.chains:
        for level in chain.levels:
            if level.stands:
                found.setdefault((chain.chain, level.level), level.reasons)
    return found


def no_worse(new: Facet, old: Facet) -> bool:
    """Whether a value is no worse than it was; an unknown value is only as good as an unknown one."""
    if new.value == old.value and type(new.value) is type(old.value):
        return True
    if not isinstance(new.value, Decimal) or not isinstance(old.value, Decimal):
        return False
    match new.sense:
        case Sense.MORE_IS_WORSE:
            return new.value <= old.value
        case Sense.LESS_IS_WORSE:
            return new.value >= old.value
        case Sense.ANY_CHANGE:
            return new.value == old.value


def _known(reason: Reason, earlier: tuple[Reason, ...]) -> bool:
    return any(_covered(reason, each) for each in earlier)


def _covered(new: Reason, old: Reason) -> bool:
    if (new.policy, new.condition) != (old.policy, old.condition):
        return False
    before = {_name(each): each for each in old.facets}
    after = {_name(each): each for each in new.facets}
    return before.keys() == after.keys() and all(no_worse(after[name], before[name]) for name in after)


def _name(facet: Facet) -> tuple[str, Sense, Decimal | None]:
    return facet.expression, facet.sense, facet.threshold

"""From a route to a case: every level's people by name, the owner of the quote left out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.approvals.policy import Quorum, Who, WhoKind
from engine.approvals.process import Directory
from engine.approvals.routed import Route, RoutedLevel
from engine.approvals.run import ApprovalCase, CaseChain, CaseLevel
from engine.diagnostics import Code, Fault, Refusal, did_you_mean

UNKNOWN_PERSON = Code("APR001")
UNKNOWN_GROUP = Code("APR002")
TOO_FEW_PEOPLE = Code("APR003")


@dataclass(frozen=True, slots=True)
class Submission:
    """What is submitted: which version of which quote, by whom, how deep its discount and how large it is, in which
    currency.
    """

    id: str
    quote: str
    version: int
    owner: str
    discount_percent: Decimal | None = None
    net_total: Decimal | None = None
    currency: str = ""


def case_of(
    route: Route,
    *,
    submission: Submission,
    directory: Directory,
    standing: frozenset[tuple[str, str]] = frozenset(),
) -> ApprovalCase | Refusal:
    """Resolve the people of a route at the time of submission.

    ``standing`` holds the (chain, level) pairs whose earlier approval still holds. A level that has too few people
    without the owner goes to the next higher level of its chain; when no level has enough, the case is refused.
    """
    faults: list[Fault] = []
    chains = []
    for chain in route.chains:
        levels = []
        for level in chain.levels:
            resolved = _resolve(level, submission.owner, directory, place=f"{chain.chain}.{level.level}")
            if isinstance(resolved, Fault):
                faults.append(resolved)
                continue
            members, needed, escalation = resolved
            levels.append(
                CaseLevel(
                    level=level.level,
                    members=members,
                    needed=needed,
                    reasons=level.reasons,
                    due=level.due,
                    escalation=escalation,
                    stands=(chain.chain, level.level) in standing,
                )
            )
        chains.append(CaseChain(chain.chain, tuple(levels)))
    if faults:
        return Refusal(tuple(faults))
    return ApprovalCase(
        id=submission.id,
        quote=submission.quote,
        version=submission.version,
        owner=submission.owner,
        chains=tuple(chains),
        discount_percent=submission.discount_percent,
        net_total=submission.net_total,
        currency=submission.currency,
    )


def people_of(who: Who, directory: Directory) -> tuple[str, ...] | Fault:
    """The user ids that a level names, sorted; a fault for a person or group that nobody knows."""
    match who.kind:
        case WhoKind.PERSON:
            if who.name not in directory.users:
                hint = did_you_mean(who.name, directory.users)
                return Fault(UNKNOWN_PERSON, "", f"unknown approver `{who.name}`", hint)
            return (who.name,)
        case WhoKind.ROLE:
            return tuple(sorted(each.id for each in directory.users.values() if who.name in each.roles))
        case WhoKind.GROUP:
            group = directory.groups.get(who.name)
            if group is None:
                hint = did_you_mean(who.name, directory.groups)
                return Fault(UNKNOWN_GROUP, "", f"unknown approver group `{who.name}`", hint)
            return tuple(sorted(set(group.members)))


def needed_of(who: Who, members: tuple[str, ...]) -> int:
    """How many of the members have to agree."""
    match who.quorum:
        case Quorum.ANY:
            return 1
        case Quorum.ALL:
            return max(len(members), 1)
        case Quorum.COUNT:
            return max(who.count, 1)


def _resolve(
    level: RoutedLevel, owner: str, directory: Directory, *, place: str
) -> tuple[tuple[str, ...], int, tuple[tuple[str, ...], ...]] | Fault:
    candidates: list[tuple[tuple[str, ...], int]] = []
    for who in (level.who, *level.escalation):
        people = people_of(who, directory)
        if isinstance(people, Fault):
            return Fault(people.code, place, people.message, people.hint)
        members = tuple(each for each in people if each != owner)
        candidates.append((members, needed_of(who, members)))
    for n, (members, needed) in enumerate(candidates):
        if len(members) >= needed:
            return members, needed, tuple(later for later, _ in candidates[n + 1 :] if later)
    members, needed = candidates[0]
    message = f"level needs {needed} of its people besides `{owner}`, and has {len(members)}"
    return Fault(TOO_FEW_PEOPLE, place, message, "give the role to somebody, or name another level")

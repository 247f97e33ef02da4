"""Variable orders for decision diagrams: constraints that share variables should stand close together."""

from __future__ import annotations

from collections.abc import Sequence

Scope = tuple[int, ...]
"""The variables of one constraint, by number."""

ROUNDS = 60


def force(count: int, scopes: Sequence[Scope], start: Sequence[int]) -> list[int]:
    """FORCE (Aloul, Markov, Sakallah): variables pulled to the middle of their constraints until nothing improves."""
    order = list(start)
    best, best_span = list(order), _span(order, scopes)
    touching: list[list[int]] = [[] for _ in range(count)]
    for at, scope in enumerate(scopes):
        for variable in scope:
            touching[variable].append(at)
    for _ in range(ROUNDS):
        place = {variable: at for at, variable in enumerate(order)}
        centres = [sum(place[each] for each in scope) / len(scope) for scope in scopes]
        pull = [
            sum(centres[at] for at in touching[each]) / len(touching[each]) if touching[each] else place[each]
            for each in range(count)
        ]
        order = sorted(order, key=lambda each: (pull[each], place[each]))
        span = _span(order, scopes)
        if span >= best_span:
            break
        best, best_span = list(order), span
    return best


def by_depth(count: int, scopes: Sequence[Scope]) -> list[int]:
    """Depth first along constraints that mention a variable first: a tree order for feature trees."""
    followers: list[list[int]] = [[] for _ in range(count)]
    for scope in scopes:
        for variable in scope:
            followers[variable].extend(each for each in scope if each != variable)
    seen: set[int] = set()
    order: list[int] = []
    for root in range(count):
        stack = [root]
        while stack:
            variable = stack.pop()
            if variable not in seen:
                seen.add(variable)
                order.append(variable)
                stack.extend(each for each in reversed(followers[variable]) if each not in seen)
    return order


def best_order(count: int, scopes: Sequence[Scope]) -> list[int]:
    """The better of several starts: as written, depth first, and both after FORCE."""
    scopes = [scope for scope in scopes if len(scope) > 1]
    starts = [list(range(count)), by_depth(count, scopes)]
    candidates = starts + [force(count, scopes, start) for start in starts]
    return min(candidates, key=lambda order: _span(order, scopes))


def _span(order: Sequence[int], scopes: Sequence[Scope]) -> int:
    place = {variable: at for at, variable in enumerate(order)}
    total = 0
    for scope in scopes:
        places = [place[each] for each in scope]
        total += max(places) - min(places)
    return total

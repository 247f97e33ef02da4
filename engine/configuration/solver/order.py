"""Variable orders for decision diagrams: constraints that share variables should stand close together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import combinations

Scope = tuple[int, ...]
"""The variables of one constraint, by number."""

ROUNDS = 60


def orders(count: int, scopes: Sequence[Scope], tables: Mapping[Scope, int]) -> list[tuple[str, list[int]]]:
    """Orders worth a try, each with its name, the one that keeps constraints shortest first.

    ``tables`` are the scopes that come from tables, with their rows.
    """
    scopes = [scope for scope in scopes if len(scope) > 1]
    starts = {"as written": list(range(count)), "depth": by_depth(count, scopes), "tree": by_tree(count, scopes)}
    if tables:
        starts["tables"] = by_tables(count, tables)
    found = starts | {f"{name} forced": force(count, scopes, start) for name, start in starts.items()}
    spans = {name: _span(order, scopes) for name, order in found.items()}
    names = {tuple(found[name]): name for name in sorted(found, key=lambda name: spans[name], reverse=True)}
    return [(name, list(order)) for order, name in reversed(names.items())]


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
    return _depth_first(range(count), dict(enumerate(followers)))


def by_tree(count: int, scopes: Sequence[Scope]) -> list[int]:
    """Depth first through an elimination tree: branches that only meet above stand apart, small ones first.

    The variable with the fewest neighbours is always eliminated next; its parent is the neighbour eliminated first.
    """
    done = eliminated(neighbours(range(count), scopes))
    rank = {variable: at for at, variable in enumerate(done)}
    children: dict[int, list[int]] = {}
    sizes = dict.fromkeys(done, 1)
    roots = []
    for variable, others in done.items():
        if others:
            parent = min(others, key=rank.__getitem__)
            sizes[parent] += sizes[variable]
            children.setdefault(parent, []).append(variable)
        else:
            roots.append(variable)
    for some in children.values():
        some.sort(key=sizes.__getitem__)
    return _depth_first(sorted(roots, key=sizes.__getitem__), children)


def by_tables(count: int, tables: Mapping[Scope, int]) -> list[int]:
    """The largest table first, then always the one with the fewest new variables: tables in a chain."""
    order: dict[int, None] = {}
    left = dict(tables)
    while left:
        best = min(left, key=lambda scope: (sum(each not in order for each in scope) if order else 0, -left[scope]))
        order.update(dict.fromkeys(best))
        del left[best]
    order.update(dict.fromkeys(range(count)))
    return list(order)


def neighbours(variables: Iterable[int], scopes: Iterable[Iterable[int]]) -> dict[int, set[int]]:
    """For each variable those that share a constraint with it."""
    near: dict[int, set[int]] = {each: set() for each in variables}
    for scope in scopes:
        for variable in scope:
            near[variable].update(scope)
    for variable, others in near.items():
        others.discard(variable)
    return near


def eliminated(
    near: dict[int, set[int]],
    weight: Callable[[int, set[int]], int] = lambda _, others: len(others),
    *,
    step: Callable[[int, set[int]], None] = lambda _, others: None,
) -> dict[int, set[int]]:
    """All variables in the order of an elimination, each with the neighbours it had when its turn came.

    The one of least weight, usually with the fewest neighbours, goes next and makes its neighbours neighbours of each
    other. Uses up ``near``. ``step`` hears of each with its neighbours before its turn, and may raise: where all are
    neighbours in the end, a step takes as long as all of them squared.
    """
    queue = [(weight(variable, others), variable) for variable, others in near.items()]
    heapify(queue)
    done: dict[int, set[int]] = {}
    while queue:
        known, variable = heappop(queue)
        if variable in done:
            continue
        now = weight(variable, near[variable])
        if now != known:
            heappush(queue, (now, variable))
            continue
        step(variable, near[variable])
        others = done[variable] = near.pop(variable)
        for other in others:
            near[other] |= others
            near[other] -= {variable, other}
            heappush(queue, (weight(other, near[other]), other))
    return done


def shallow(near: dict[int, set[int]], check: Callable[[], None]) -> dict[int, set[int]]:
    """The same elimination, but among those with as few neighbours what hangs below least deep goes first.

    A row of variables is then taken apart from the middle, not from one end. ``check`` may raise at every step.
    """
    height = dict.fromkeys(near, 0)

    def step(variable: int, others: set[int]) -> None:
        check()
        for each in others:
            height[each] = max(height[each], height[variable] + 1)

    return eliminated(near, lambda variable, others: len(others) * len(height) + height[variable], step=step)


def by_fill(near: dict[int, set[int]], sizes: Sequence[int]) -> list[int]:
    """An elimination that makes few new neighbours, those of many values least of all. Uses up ``near``."""
    bits = [size.bit_length() for size in sizes]

    def fill(_: int, others: set[int]) -> int:
        """How much is tied together that was apart; the bits of the neighbours decide between equals."""
        apart = sum(bits[a] * bits[b] for a, b in combinations(others, 2) if b not in near[a])
        return apart * 1_000 + sum(bits[each] for each in others)

    return list(eliminated(near, fill))


def _depth_first(roots: Iterable[int], children: Mapping[int, Sequence[int]]) -> list[int]:
    seen: dict[int, None] = {}
    for root in roots:
        stack = [root]
        while stack:
            variable = stack.pop()
            if variable not in seen:
                seen[variable] = None
                stack.extend(each for each in reversed(children.get(variable, ())) if each not in seen)
    return list(seen)


def _span(order: Sequence[int], scopes: Sequence[Scope]) -> int:
    place = {variable: at for at, variable in enumerate(order)}
    total = 0
    for scope in scopes:
        places = [place[each] for each in scope]
        total += max(places) - min(places)
    return total

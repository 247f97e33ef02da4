"""Feature models of any size in the shape of published ones, written as UVL.

A tree of features, two to six children each; of ten children three are mandatory, three optional, four in groups (half
of these "or", half "alternative"), as in the generator of SPLOT. For every hundred features there are twenty rules
across the tree: requires, excludes and clauses of three, two thirds of them between features that are near each other.
All rules hold in each of some random configurations, so that only few features are dead, as in practice.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

RULES_PER_FEATURE = 0.2
NEAR = 40
KEPT = 80
"""Random configurations in which every rule holds."""


@dataclass(slots=True)
class Node:
    """A feature with its children by kind of group: mandatory, optional, or, alternative."""

    name: str
    groups: list[tuple[str, list[Node]]] = field(default_factory=list)


def uvl_of(features: int, *, seed: int = 1) -> str:
    """A model of so many features."""
    rnd = random.Random(seed * 1_000_003 + features)
    root = _tree(features, rnd)
    kept = [_configuration(root, rnd) for _ in range(KEPT)]
    rules: list[str] = []
    names = [f"f{at}" for at in range(features)]
    while len(rules) < RULES_PER_FEATURE * features:
        first = rnd.randrange(features)
        second = rnd.randrange(max(0, first - NEAR), min(features, first + NEAR)) if rnd.random() < 2 / 3 else -1
        others = [second if second >= 0 else rnd.randrange(features), rnd.randrange(features)]
        rule = _rule([names[first], *(names[each] for each in others)], rnd, kept)
        if rule:
            rules.append(f"\t{rule}")
    return "\n".join(["features", *_shown(root, 1), "constraints", *rules, ""])


def _tree(features: int, rnd: random.Random) -> Node:
    root = Node("f0")
    waiting = [root]
    made = 1
    while made < features:
        at = rnd.randrange(len(waiting))
        waiting[at], waiting[-1] = waiting[-1], waiting[at]
        parent = waiting.pop()
        left = min(rnd.randint(2, 6), features - made)
        while left > 0:
            kind = rnd.choices(("mandatory", "optional", "or", "alternative"), (3, 3, 2, 2))[0]
            size = min(left, 1 if kind in ("mandatory", "optional") else rnd.randint(2, 5))
            if size == 1 and kind in ("or", "alternative"):
                kind = "optional"
            children = [Node(f"f{made + at}") for at in range(size)]
            parent.groups.append((kind, children))
            waiting += children
            made += size
            left -= size
    return root


def _configuration(root: Node, rnd: random.Random) -> set[str]:
    """A random configuration of the tree."""
    chosen = {root.name}
    waiting = [root]
    while waiting:
        for kind, children in waiting.pop().groups:
            match kind:
                case "mandatory":
                    some = children
                case "optional":
                    some = [each for each in children if rnd.random() < 0.7]
                case "or":
                    some = rnd.sample(children, rnd.randint((len(children) + 1) // 2, len(children)))
                case _:
                    some = [rnd.choice(children)]
            chosen |= {each.name for each in some}
            waiting += some
    return chosen


def _shown(node: Node, depth: int) -> Iterator[str]:
    yield "\t" * depth + node.name
    for kind, children in node.groups:
        yield "\t" * (depth + 1) + kind
        for each in children:
            yield from _shown(each, depth + 2)


def _rule(names: list[str], rnd: random.Random, kept: list[set[str]]) -> str:
    """A rule about some of the features that all the configurations keep; empty when one would not."""
    if len(set(names)) < 3:
        return ""
    first, second, third = names
    kind = rnd.choices(("requires", "excludes", "either"), (5, 3, 2))[0]
    if kind == "requires":
        return f"{first} => {second}" if all(first not in each or second in each for each in kept) else ""
    if kind == "excludes":
        return f"!({first} & {second})" if not any({first, second} <= each for each in kept) else ""
    held = all(first not in each or {second, third} & each for each in kept)
    return f"{first} => {second} | {third}" if held else ""

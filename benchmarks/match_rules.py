"""Matching rules to lines: the match index against a naive loop, zen-engine, rule-engine and durable-rules.

All find the same rules on the same lines before anything is timed. Set-ups of the peers stand here in full; a peer
that is not installed is skipped with a message (`pip install cpq-engine[bench]`). Lines of one quote share segment,
region, channel and date. The index is timed on 1 000 lines, several quotes after each other, as a server prices them:
timed on one quote of 100 lines after a collection of garbage it measures how long memory takes to come back into the
caches of the processor, which is two to four times as long and differs from run to run. Peers are timed on 100 lines.
``--full`` goes on to 100 000 rules, without the slow peers.
"""

from __future__ import annotations

import argparse
import gc
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from benchmarks.measure import compare, exponent, report
from benchmarks.price_book import DAY, PlainRule, floor_of, plain_rules, pricing_rules, request
from engine.adapters.collector import uncollected
from engine.pricing import PricePlan, compile_plan, price
from engine.pricing.flow import Pricing
from engine.pricing.matches import matches_of
from engine.pricing.request import PriceRequest
from engine.pricing.result import Priced

Matches = Sequence[Sequence[int]]
Matcher = Callable[[], Matches]

SEGMENT, REGION, CHANNEL = "edu", "R03", "partner"
TODAY = DAY.toordinal()


def compiled(rules: list[PlainRule]) -> PricePlan:
    """The rules as a plan; made once a size, for it is most of the time of a run.

    Measuring collects garbage again and again: it does not look through the plans, which last.
    """
    with uncollected():
        plan = compile_plan(pricing_rules(rules))
    gc.freeze()
    return plan


def ours(plan: PricePlan, asked: PriceRequest) -> tuple[Matcher, Matcher]:
    """The match index as pricing uses it, with the header of the quote looked up in the call and before it.

    How lines find their rules under a header is kept from quote to quote: it is forgotten before each call here, as if
    the header was met for the first time. The index answers the working order of the rules; ``plain_numbers`` says
    which of ours each is.
    """
    done = Pricing(plan, asked).header_mask()

    def match(header: int) -> Matches:
        plan.index.kept.clear()
        matching = matches_of(plan.index, header)
        return [matching(line) for line in asked.lines]

    return lambda: match(Pricing(plan, asked).header_mask()), lambda: match(done)


def met(plan: PricePlan, asked: PriceRequest) -> Matcher:
    """The same under a header that was met before."""
    header = Pricing(plan, asked).header_mask()

    def match() -> Matches:
        matching = matches_of(plan.index, header)
        return [matching(line) for line in asked.lines]

    return match


def plain_numbers(plan: PricePlan, found: Matches) -> list[list[int]]:
    """The numbers of the plain rules that the index found, sorted."""
    names = [int(rule.rule.id[1:]) for rule in plan.line_rules]
    return [sorted(names[number] for number in numbers) for numbers in found]


def naive(rules: list[PlainRule], asked: PriceRequest) -> Matcher:
    """One Python condition after the other."""

    def match() -> Matches:
        return [
            [rule.number for rule in rules if holds(rule, str(line.facts["family"]), int(line.quantity))]
            for line in asked.lines
        ]

    return match


def holds(rule: PlainRule, family: str, quantity: int) -> bool:
    """The rule in plain Python."""
    return (
        (rule.segment is None or rule.segment == SEGMENT)
        and (rule.region is None or rule.region == REGION)
        and (rule.channel is None or rule.channel == CHANNEL)
        and (rule.window is None or rule.window[0] <= DAY < rule.window[1])
        and (rule.family is None or rule.family == family)
        and (rule.quantity is None or rule.quantity[0] <= quantity <= rule.quantity[1])
    )


def zen(rules: list[PlainRule], asked: PriceRequest) -> Matcher | None:
    """A decision table with hit policy collect, its content compiled once."""
    try:
        import zen as library
    except ImportError:
        return None
    fields = ("segment", "region", "channel", "family", "quantity", "day")
    rows = []
    for rule in rules:
        row = {"_id": str(rule.number), "out": str(rule.number)}
        for field, value in zip(fields[:4], (rule.segment, rule.region, rule.channel, rule.family), strict=True):
            row[field] = "" if value is None else f'"{value}"'
        row["quantity"] = "" if rule.quantity is None else f"[{rule.quantity[0]}..{rule.quantity[1]}]"
        row["day"] = "" if rule.window is None else f"[{rule.window[0].toordinal()}..{rule.window[1].toordinal() - 1}]"
        rows.append(row)
    table = {
        "rules": rows,
        "inputs": [{"id": field, "name": field, "field": field} for field in fields],
        "outputs": [{"id": "out", "name": "out", "field": "rule"}],
        "hitPolicy": "collect",
    }
    content = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
            {"id": "t", "name": "t", "type": "decisionTableNode", "content": table, "position": {"x": 1, "y": 0}},
            {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
        ],
        "edges": [
            {"id": "e1", "sourceId": "in", "targetId": "t", "type": "edge"},
            {"id": "e2", "sourceId": "t", "targetId": "out", "type": "edge"},
        ],
    }
    decision = library.ZenEngine().create_decision(library.ZenDecisionContent(json.dumps(content)))
    lines = [
        {
            "segment": SEGMENT,
            "region": REGION,
            "channel": CHANNEL,
            "family": line.facts["family"],
            "quantity": int(line.quantity),
            "day": TODAY,
        }
        for line in asked.lines
    ]

    def match() -> Matches:
        return [[int(row["rule"]) for row in decision.evaluate(line)["result"]] for line in lines]

    return match


def rule_engine(rules: list[PlainRule], asked: PriceRequest) -> Matcher | None:
    """One compiled rule each, asked one after the other."""
    try:
        import rule_engine as library
    except ImportError:
        return None
    compiled = []
    for rule in rules:
        parts = [
            f'{field} == "{value}"'
            for field, value in zip(
                ("segment", "region", "channel", "family"),
                (rule.segment, rule.region, rule.channel, rule.family),
                strict=True,
            )
            if value is not None
        ]
        if rule.quantity is not None:
            parts.append(f"quantity >= {rule.quantity[0]} and quantity <= {rule.quantity[1]}")
        if rule.window is not None:
            parts.append(f"day >= {rule.window[0].toordinal()} and day < {rule.window[1].toordinal()}")
        compiled.append((rule.number, library.Rule(" and ".join(parts) or "true")))
    facts = {"segment": SEGMENT, "region": REGION, "channel": CHANNEL, "day": TODAY}
    lines = [{**facts, "family": line.facts["family"], "quantity": int(line.quantity)} for line in asked.lines]

    def match() -> Matches:
        return [[number for number, rule in compiled if rule.matches(line)] for line in lines]

    return match


def durable(rules: list[PlainRule], asked: PriceRequest) -> Matcher | None:
    """One rule set; each line is asserted as a fact and retracted. A host without background threads."""
    try:
        from durable import engine
    except ImportError:
        return None
    found: list[int] = []

    host = type("Quiet", (engine.Host,), {"_run": lambda _: None})()  # without its timers
    host.set_rulesets({"match": {f"r{rule.number}": durable_rule(rule, found) for rule in rules}})
    facts = {"kind": "line", "segment": SEGMENT, "region": REGION, "channel": CHANNEL, "day": TODAY}
    nothing = engine.MessageNotHandledException

    def match() -> Matches:
        answers = []
        for number, line in enumerate(asked.lines):
            found.clear()
            fact = {**facts, "id": f"f{number}", "family": line.facts["family"], "quantity": int(line.quantity)}
            for act in (host.assert_fact, host.retract_fact):
                with suppress(nothing):
                    act("match", fact)
            answers.append(list(found))
        return answers

    return match


def durable_rule(rule: PlainRule, found: list[int]) -> dict[str, object]:
    """One rule of the rule set; it notes its number when it fires."""
    wanted: list[dict[str, object]] = [{"kind": "line"}]
    for field, value in zip(
        ("segment", "region", "channel", "family"),
        (rule.segment, rule.region, rule.channel, rule.family),
        strict=True,
    ):
        if value is not None:
            wanted.append({field: value})
    if rule.quantity is not None:
        wanted += [{"$gte": {"quantity": rule.quantity[0]}}, {"$lte": {"quantity": rule.quantity[1]}}]
    if rule.window is not None:
        wanted += [{"$gte": {"day": rule.window[0].toordinal()}}, {"$lt": {"day": rule.window[1].toordinal()}}]
    number = rule.number
    condition = {"$and": wanted} if len(wanted) > 1 else wanted[0]
    return {"all": [{"m": condition}], "run": lambda _context: found.append(number)}


PEERS: dict[str, tuple[Callable[[list[PlainRule], PriceRequest], Matcher | None], int]] = {
    "naive loop": (naive, 10_000),
    "zen-engine": (zen, 10_000),
    "rule-engine": (rule_engine, 1_000),
    "durable-rules": (durable, 1_000),
}
"""Each peer with the largest book it is timed on: larger ones take minutes."""


SIZES = (10, 100, 1_000, 10_000)
LINES, LINES_OF_PEERS = 1_000, 100
QUOTES = 5
"""How many quotes are matched after each other."""


def index_times(plan: PricePlan, count: int) -> dict[str, float]:
    """Microseconds a line for the match index and the floor of exact money, in turn."""
    asked = request(LINES, count)
    before, after = ours(plan, asked)
    priced = price(plan, asked)
    assert isinstance(priced, Priced)
    works = {"match index": after, "with header": before, "header met": met(plan, asked), "floor": floor_of(priced)}
    return {name: time / LINES for name, time in compare(works, rounds=7, inner=QUOTES).items()}


def peer_times(plan: PricePlan, count: int, wanted: Mapping[str, Matcher]) -> dict[str, float]:
    """Microseconds a line for each peer that is there, after it found the same as the index."""
    asked = request(LINES_OF_PEERS, count)
    expected = plain_numbers(plan, ours(plan, asked)[0]())
    for name, matcher in wanted.items():
        assert [sorted(found) for found in matcher()] == expected, f"{name} finds other rules"
    return {name: time / LINES_OF_PEERS for name, time in compare(wanted, rounds=3).items()} if wanted else {}


def built(rules: list[PlainRule], count: int) -> dict[str, Matcher]:
    """The peers that take a book of this size."""
    made = {}
    for name, (build, most) in PEERS.items():
        matcher = build(rules, request(LINES_OF_PEERS, count)) if count <= most else None
        if matcher is not None:
            made[name] = matcher
        elif count == SIZES[0]:
            print(f"{name} is not installed: skipped")
    return made


def main() -> None:
    """Time every engine on growing books; results are equal first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="up to 100 000 rules")
    sizes = (*SIZES, 100_000) if parser.parse_args().full else SIZES
    rows: list[dict[str, object]] = []
    points = []
    for count in sizes:
        rules = plain_rules(count)
        plan = compiled(rules)
        found = ours(plan, request(LINES, count))[0]()
        times = index_times(plan, count)
        points.append((float(count), times["match index"]))
        row: dict[str, object] = {"rules": count, "matches a line": sum(map(len, found)) / LINES}
        row |= {f"{name} us": time for name, time in (times | peer_times(plan, count, built(rules, count))).items()}
        rows.append(row | {"ratio to floor": times["match index"] / times["floor"]})
    rows.append({"rules": "fitted exponent", "match index us": exponent(points)})
    report("match_rules", rows, budgets={"10 000 rules": "at most 2.5 us a line with the header computed once"})
    broad()


def broad() -> None:
    """Books of which half the rules are for any family: hundreds of rules match a line, and are all read."""
    rows: list[dict[str, object]] = []
    for count in (1_000, 10_000):
        asked = request(LINES, count)
        matcher = ours(compiled(plain_rules(count, broad=True)), asked)[1]
        matches = sum(map(len, matcher())) / LINES
        spent = compare({"index": matcher}, rounds=5)["index"] / LINES
        rows.append(
            {"rules": count, "matches a line": matches, "us a line": spent, "ns a match": spent * 1e3 / matches}
        )
    report("match_broad_rules", rows)


if __name__ == "__main__":
    main()

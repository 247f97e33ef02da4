"""Matching rules to lines: the bitmap index against a naive loop, zen-engine, rule-engine and durable-rules.

All find the same rules on the same lines before anything is timed. Set-ups of the peers stand here in full; a peer
that is not installed is skipped with a message. Lines of one quote share segment, region, channel and date.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

from benchmarks.measure import compare, exponent, report
from benchmarks.price_book import DAY, PlainRule, plain_rules, pricing_rules, request
from engine.pricing import compile_plan
from engine.pricing.flow import Pricing
from engine.pricing.matches import matches_of
from engine.pricing.request import PriceRequest

Matches = list[list[int]]
Matcher = Callable[[], Matches]

SEGMENT, REGION, CHANNEL = "edu", "R03", "partner"
TODAY = DAY.toordinal()


def ours(rules: list[PlainRule], asked: PriceRequest) -> tuple[Matcher, Matcher]:
    """The match index as pricing uses it, with the header of the quote looked up in the call and before it."""
    plan = compile_plan(pricing_rules(rules))
    names = [int(rule.rule.id[1:]) for rule in plan.line_rules]
    done = Pricing(plan, asked).header_mask()

    def match(header: int) -> Matches:
        matching = matches_of(plan.index, header)
        return [[names[number] for number in matching(line)] for line in asked.lines]

    return lambda: match(Pricing(plan, asked).header_mask()), lambda: match(done)


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

    class Quiet(engine.Host):  # type: ignore[misc]
        def _run(self) -> None:
            """No timers."""

    host = Quiet()
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


def main() -> None:
    """Time every engine on growing books; results are equal first."""
    rows: list[dict[str, object]] = []
    points = []
    for count, lines in ((10, 100), (100, 100), (1_000, 100), (10_000, 100)):
        rules, asked = plain_rules(count), request(lines, count)
        with_header, after_header = ours(rules, asked)
        matchers: dict[str, Matcher] = {"match index": after_header, "with header": with_header}
        for name, (build, most) in PEERS.items():
            made = build(rules, asked) if count <= most else None
            if made is not None:
                matchers[name] = made
            elif count == 10:
                print(f"{name} is not installed: skipped")
        wanted = [sorted(found) for found in matchers["match index"]()]
        for name, matcher in matchers.items():
            assert [sorted(found) for found in matcher()] == wanted, f"{name} finds other rules"
        times = compare(matchers, rounds=3)
        points.append((float(count), times["match index"]))
        row: dict[str, object] = {"rules": count, "matches a line": sum(map(len, wanted)) / lines}
        row |= {f"{name} us": times[name] / lines for name in times}
        rows.append(row)
    rows.append({"rules": "fitted exponent", "match index us": exponent(points)})
    report("match_rules", rows, budgets={"10 000 rules": "at most 2.5 us a line with the header computed once"})


if __name__ == "__main__":
    main()

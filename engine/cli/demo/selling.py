"""Act two: prices with their story, too much discount, approvals, the offer and the customer's yes."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.cli.demo.stage import FIRST_DAY, Stage
from engine.cli.prices import show_lines, show_route, show_totals
from engine.cli.screen import money
from engine.cli.stories import show_waterfalls

MACHINES = "6"
TERM_MONTHS = 12
TOLD = 3


def sell(stage: Stage, machine: list[dict[str, Any]]) -> Any:
    """Play the act; returns the accepted quote."""
    content = _content(stage, machine)
    _price(stage, content)
    quote = _create(stage, content)
    quote = _approve(stage, quote)
    screen, quotes = stage.screen, stage.client.quotes
    screen.title("4. Offer and acceptance")
    quote = quotes.send_quote(name=quote.name)
    screen.say(f"  {quote.name} version {quote.version} is sent, valid until 31 March")
    screen.say(f"  certificate {quote.certificate[:46]}...")
    proof = quotes.verify_certificate(name=f"{quote.name}/versions/{quote.version}", certificate=quote.certificate)
    screen.say(f"  recomputed from its inputs: {'the same to the last digit' if proof.valid else 'NOT the same'}")
    accepted = quotes.accept_quote(name=quote.name, version=quote.version, purchase_order="PO-4711")
    screen.say("  the customer accepts with purchase order PO-4711", style="green")
    return accepted


def _content(stage: Stage, machine: list[dict[str, Any]]) -> dict[str, Any]:
    lines: list[Any] = []
    for line in machine:
        lines.append(line if line.get("parent") else {**line, "quantity": MACHINES})
    lines.append({"id": "care", "sku": "CARE-M", "quantity": MACHINES})
    lines.append({"id": "install", "sku": "INSTALL", "quantity": MACHINES})
    return {
        "date": FIRST_DAY,
        "currency_code": "EUR",
        "customer": stage.people.customer,
        "header": {"channel": "phone"},
        "lines": lines,
        "term_months": TERM_MONTHS,
        "start": FIRST_DAY,
    }


def _price(stage: Stage, content: dict[str, Any]) -> None:
    screen = stage.screen
    screen.title(f"2. Price: {MACHINES} of them for a university, with care and installation")
    priced = stage.client.pricing.price_quote(content=content, view="full")
    show_lines(screen, priced)
    show_totals(screen, priced)
    told = sorted(priced.lines, key=lambda line: -line.list_amount)[:TOLD]
    story = stage.client.pricing.explain_price(content=content, line_ids=[each.id for each in told])
    screen.say("\n  why: the story of the three largest lines")
    names = {each.id: f"{each.sku}  {each.display_name}" for each in told}
    show_waterfalls(screen, story.waterfalls, names, story.currency_code)
    stage.amounts["waterfalls"] = {
        names[each.line_id].split()[0]: [(step.rule, step.after) for step in each.steps] for each in story.waterfalls
    }
    stage.amounts["list"] = priced.totals.list
    stage.amounts["net"] = priced.totals.net


def _create(stage: Stage, content: dict[str, Any]) -> Any:
    screen, quotes = stage.screen, stage.client.quotes
    screen.title("3. Too much discount: preview, submit, approve")
    discount = {
        "id": "extra",
        "on": "total",
        "kind": "percent",
        "value": "4",
        "reason": "match a competitor's offer",
        "author": stage.people.rep,
    }
    wanted = {**content, "manual_discounts": [discount]}
    preview = quotes.preview_approvals(content=wanted)
    screen.say("  four percent more on the total would need")
    show_route(screen, preview.route)
    for line in preview.advice:
        screen.say(f"  advice: {line}")
    record = {
        "title": "Design lab",
        "customer": stage.people.customer,
        "owner": stage.people.rep,
        "billing_account": stage.people.billing_account,
        "selling_entity": stage.people.selling_entity,
        "valid_until": date(2026, 3, 31),
        "content": wanted,
    }
    request = "demo-create-quote"
    quote = quotes.create_quote(quote=record, view="full", request_id=request)
    again = quotes.create_quote(quote=record, view="full", request_id=request)
    totals = quote.priced.totals
    screen.say(f"  saved as {quote.name}: {money(totals.net, 'EUR')} net; sent again by mistake: {again.name} answers")
    stage.amounts["quote"] = quote.name
    stage.amounts["replayed"] = again.name
    stage.amounts["quote_net"] = totals.net
    return quote


def _approve(stage: Stage, quote: Any) -> Any:
    screen, approvals = stage.screen, stage.client.approvals
    quote = stage.client.quotes.submit_quote(name=quote.name)
    decided = 0
    while quote.approval:
        approval = approvals.get_approval(name=quote.approval)
        waiting = [each for each in approval.requests if each.state == 1]
        if not waiting:
            break
        asked = waiting[0]
        who = asked.members[0]
        name = stage.people.approvers.get(who, who)
        screen.say(f"  {name} looks at {asked.chain}/{asked.level}: {asked.reasons[0].say}")
        approvals.approve(name=approval.name, request=asked.id, approver=who, comment="worth it for the reference")
        screen.say(f"  {name} approves", style="green")
        decided += 1
    stage.amounts["approvals"] = decided
    return stage.client.quotes.get_quote(name=quote.name)

"""Why an approval rule asks nobody about a quote, and what would make it ask."""

from __future__ import annotations

from engine.approvals import ApprovalPolicy, Route
from engine.pricing.obstacles import Explanation, Obstacle, failing
from engine.pricing.request import RequestLine
from engine.pricing.sight import Sight
from engine.pricing.wording import together
from engine.quotes.evaluation import Parts, PricedQuote
from engine.quotes.facts import header_facts, line_facts

KIND = "approval rule"


def explain_policy(
    quote: PricedQuote, asked: tuple[RequestLine, ...], parts: Parts, policy: ApprovalPolicy
) -> Explanation:
    """Whether an approval rule asks for somebody, or approves without asking, and why not."""
    place = "" if policy.span is None else str(policy.span)
    if policy.id in _matching(quote.route):
        return Explanation(policy.id, place, applied=True, reason="it applied", kind=KIND)
    lines = line_facts(asked, quote.priced, parts.plan)
    sight = Sight({}, header_facts(quote.request, quote.priced), quote.request.customer, lines)
    found = list(failing(policy.conditions, sight, sight.of_order)) or [Obstacle(_spared(quote.route, policy))]
    wish = together([each.wish for each in found])
    return Explanation(
        policy.id,
        place,
        applied=False,
        reason=found[0].reason,
        failed=tuple(each.failed for each in found if each.failed is not None),
        wishes=() if wish is None else tuple(each.wish.text for each in found if each.wish is not None),
        kind=KIND,
    )


def _matching(route: Route) -> set[str]:
    """The rules that put somebody on a route, or kept them off."""
    asked = {reason.policy for chain in route.chains for level in chain.levels for reason in level.reasons}
    return asked | {reason.policy for reason in route.auto_approved}


def _spared(route: Route, policy: ApprovalPolicy) -> str:
    """Why a rule asks nobody though its conditions hold."""
    spared = [f"`{each.policy}`" for each in route.auto_approved]
    if spared:
        return f"its chain is approved without asking by {', '.join(spared)}"
    return f"nobody would have to be asked in the chain `{policy.chain}`, so that there is nothing to approve"

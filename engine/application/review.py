"""Looking at quotes without changing them: differences, who would be asked, whether a certificate holds."""

from __future__ import annotations

from dataclasses import dataclass

from engine.application.approvals import earlier_runs, standing_levels
from engine.application.content import Content, price
from engine.application.faults import invalid, not_found
from engine.application.perform import Environment
from engine.application.ports import Reader
from engine.approvals import Route, advise
from engine.diagnostics import Refusal
from engine.quotes.certificate import verify
from engine.quotes.compare import Difference, compare
from engine.quotes.evaluation import Parts, PricedQuote, price_lines
from engine.quotes.facts import header_facts, line_facts
from engine.quotes.lines import resolve
from engine.quotes.quote import Quote


@dataclass(frozen=True, slots=True)
class ApprovalPreview:
    """Who would be asked, which earlier approvals stand, and what would spare the highest levels."""

    route: Route
    standing: frozenset[tuple[str, str]] = frozenset()
    advice: tuple[str, ...] = ()


def compare_versions(reader: Reader, key: str, before: int, after: int) -> tuple[Difference, ...] | Refusal:
    """Every field in which two versions differ; 0 as the newer one is the working state."""
    quote = reader.get(Quote, key)
    if quote is None:
        return not_found("name", f"quotes/{key}")
    old = quote.offer(before)
    new = quote.offer(after) if after else None
    faults = [] if old is not None else [invalid("before", f"there is no version {before}")]
    if after and new is None:
        faults.append(invalid("after", f"there is no version {after}"))
    if faults or old is None:
        return Refusal(tuple(faults))
    return compare(old.priced, new.priced if new is not None else quote.priced)


def preview(
    env: Environment, reader: Reader, key: str, content: Content | None, *, tenant: str
) -> ApprovalPreview | Refusal:
    """Who would be asked for a stored quote, or for a request that is not stored."""
    quote = reader.get(Quote, key) if content is None else None
    if content is None:
        if quote is None:
            return not_found("name", f"quotes/{key}")
        priced: PricedQuote | Refusal = quote.priced
    else:
        priced = price(env, reader, content, today=env.clock.now(tenant).date(), tenant=tenant)
    if isinstance(priced, Refusal):
        return priced
    active = env.books.get(tenant, priced.rule_book)
    advice = _advice(priced, active.parts) if active is not None else ()
    standing = standing_levels(priced, earlier_runs(reader, key)) if quote is not None else frozenset()
    return ApprovalPreview(priced.route, standing, advice)


def verify_offer(
    env: Environment, reader: Reader, key: str, number: int, certificate: str, *, tenant: str
) -> tuple[str, Refusal | None] | Refusal:
    """Recompute an offer under the book it is pinned to; the second part says why its certificate does not hold."""
    quote = reader.get(Quote, key)
    offer = quote.offer(number) if quote is not None else None
    if offer is None:
        return not_found("name", f"quotes/{key}/versions/{number}")
    active = env.books.get(tenant, offer.priced.rule_book)
    if active is None:
        return not_found("rule_book", f"ruleBooks/{offer.priced.rule_book}")
    compared = certificate or offer.certificate
    return compared, verify(offer.priced, compared, active.parts)


def _advice(priced: PricedQuote, parts: Parts) -> tuple[str, ...]:
    lines = resolve(priced.request, parts.catalog)
    if isinstance(lines, Refusal):
        return ()
    asked = price_lines(lines, priced.request, parts)
    quote, rows = header_facts(priced.request, priced.priced), line_facts(asked, priced.priced, parts.plan)
    found = advise(quote, priced.request.customer, rows, policies=parts.policies, chains=parts.chains)
    return tuple(map(str, found))

"""The one pipeline: configure, price, route. PriceQuote, rule tests, plans and certificates all go through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, cast

from engine.approvals import ApprovalPolicy, ChainDefinition, Route, Router
from engine.catalog import ONE_TIME, Catalog, ConfiguredLine, LineId, Product, Sku, Value
from engine.catalog.product import ONE
from engine.configuration.answers import DEFAULT_BUDGET, Budget
from engine.configuration.products import Finding
from engine.configuration.products.checking import UNDECIDED
from engine.diagnostics import Fault, Refusal
from engine.pricing import PricePlan, price
from engine.pricing.checks import request_faults
from engine.pricing.codes import NO_LINES
from engine.pricing.compiled import EXCHANGE
from engine.pricing.finding import rates_to_freeze
from engine.pricing.flow import at_line, faults_of
from engine.pricing.known_lines import Known, KnownLines, Shelf
from engine.pricing.masks import allowed_by
from engine.pricing.request import STATED, Allowed, Facts, PriceRequest, RequestLine
from engine.pricing.result import Priced, nothing_priced
from engine.pricing.together import Header, Met, together
from engine.quotes.facts import header_facts, line_facts, no_margin
from engine.quotes.known import known_of
from engine.quotes.lines import ResolvedLine, children_of, resolve
from engine.quotes.phases import Phase, phases_of
from engine.quotes.request import NONE, QuoteRequest, RequestedLine
from engine.quotes.running import beside_running
from engine.quotes.terms import is_by_the_day, service_of, term_of, until_end

if TYPE_CHECKING:
    from engine.configuration.products.configurator import ProductConfigurator

_MAKE = cast("Callable[[tuple[object, ...]], RequestLine]", partial(tuple.__new__, RequestLine))
"""``RequestLine`` from all its fields in order, without the cost of its keywords."""
SEGMENT = itemgetter(RequestLine._fields.index("segment"))
SEMANTICS = "1"
"""Version of what the engine does with equal rules and inputs; it is part of every certificate.

Verifying recomputes an offer with the meaning of today, so another version means that no older offer verifies any more,
those included whose price is the same. Before the first release it therefore stays as it is: offers that a correction
changes (the best set of order discounts, budgets, what follows `then: stop`, what is agreed beside a price model, a DMN
cell `true`) are named one by one, as a mismatch. From then on a change of meaning raises it, and keeps the older
meaning for the offers that were made under it.
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a rule book the pipeline needs; ``rule_book`` is the hash of its sources.

    ``facts`` is what rules read of each product and ``allowed`` the rules that these admit, put together once: quotes
    ask for the same products again and again. ``plain`` holds by currency what a line says that states no more than
    product and quantity, for the products that were asked for so far; ``known`` what such lines came to.
    """

    rule_book: str
    catalog: Catalog
    configurators: Mapping[str, ProductConfigurator]
    plan: PricePlan
    policies: tuple[ApprovalPolicy, ...] = ()
    chains: tuple[ChainDefinition, ...] = ()
    router: Router = field(init=False, repr=False, compare=False)
    facts: Mapping[Sku, Facts] = field(init=False, repr=False, compare=False)
    allowed: Mapping[Sku, Allowed] = field(init=False, repr=False, compare=False)
    plain: dict[str, dict[Sku, tuple[object, ...]]] = field(init=False, repr=False, compare=False, default_factory=dict)
    known: KnownLines = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        products = self.catalog.products.values()
        facts = {each.sku: product_facts(each, dict(each.attributes)) for each in products}
        shared: dict[Allowed, Allowed] = {}
        masks = {each.sku: allowed_by(self.plan, _any_line(each, facts[each.sku])) for each in products}
        object.__setattr__(self, "router", Router(self.policies, self.chains))
        object.__setattr__(self, "facts", facts)
        object.__setattr__(self, "known", KnownLines(self.plan))
        object.__setattr__(self, "allowed", {sku: shared.setdefault(each, each) for sku, each in masks.items()})


@dataclass(frozen=True, slots=True)
class PricedQuote:
    """A request with everything the pipeline found out about it.

    ``findings`` say what is wrong or missing in the configurations; a quote with errors among them can be priced and
    saved, but not submitted. ``phases`` say what is paid when, for a ramp.
    """

    request: QuoteRequest
    rule_book: str
    semantics: str
    priced: Priced
    route: Route
    findings: tuple[Finding, ...] = ()
    phases: tuple[Phase, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether every configuration is complete and keeps all rules."""
        return not any(each.blocking for each in self.findings)


def evaluate(request: QuoteRequest, parts: Parts) -> PricedQuote | Refusal:
    """Check the configurations, price the lines and find the approval route; a refusal holds every fault found."""
    known = known_of(request, parts.known)
    if known.is_all:
        return evaluate_known(request, _asked_before(request, parts), known, parts)
    lines = resolve(request, parts.catalog)
    if isinstance(lines, Refusal):
        return Refusal((*lines.faults, *_faults_beside(request, lines, parts, faults_of)))
    asked = price_lines(lines, request, parts)
    if not asked and request.only_ends:
        return _only_ends(request, parts)
    priced = price(parts.plan, price_request(request, asked), known=known)
    if isinstance(priced, Refusal):
        return priced
    request = with_frozen_rates(request, priced, parts.plan)
    return found_out(request, asked, priced, parts, check(lines, parts, request.date))


def evaluate_known(
    request: QuoteRequest, asked: tuple[RequestLine, ...], known: Known, parts: Parts
) -> PricedQuote | Refusal:
    """Price lines that are all known, and find the approval route: they have no faults and no configurations."""
    priced = price(parts.plan, price_request(request, asked), known=known)
    if isinstance(priced, Refusal):
        return priced
    return found_out(with_frozen_rates(request, priced, parts.plan), asked, priced, parts, ())


def evaluate_together(request: QuoteRequest, met: Sequence[Met], shelf: Shelf, parts: Parts) -> PricedQuote | None:
    """The quote of lines that are known under its header and no order rule acts on; None when one may act, or when
    approvals look at lines. The priced lines bear no ids.
    """
    is_few = 0 < len(met) <= parts.plan.rules.habits.lines_max
    if not parts.known.adds_up or parts.router.reads_lines or not is_few:
        return None
    header = Header(request.currency, partial(price_request, request, ()))
    priced = together(parts.plan, header, met, shelf)
    return None if priced is None else found_out(request, (), priced, parts, ())


def priced_alone(request: QuoteRequest, parts: Parts) -> Priced | Refusal:
    """The prices of ``evaluate``, without a look at the configurations or the approval route."""
    lines = resolve(request, parts.catalog)
    if isinstance(lines, Refusal):
        return lines
    return price(parts.plan, price_request(request, price_lines(lines, request, parts)))


def faults_before_prices(request: QuoteRequest, parts: Parts) -> tuple[Fault, ...]:
    """Everything that can be seen to be wrong with a request before there are prices."""
    lines = resolve(request, parts.catalog)
    if isinstance(lines, Refusal):
        return (*lines.faults, *_faults_beside(request, lines, parts, request_faults))
    return _faults_of(request, price_lines(lines, request, parts), parts)


def _only_ends(request: QuoteRequest, parts: Parts) -> PricedQuote | Refusal:
    """What only ends lines of a contract costs nothing itself; it is routed to approvers like anything else."""
    faults = _faults_of(request, (), parts)
    return Refusal(faults) if faults else found_out(request, (), nothing_priced(request.currency), parts, ())


def _faults_of(request: QuoteRequest, asked: tuple[RequestLine, ...], parts: Parts) -> tuple[Fault, ...]:
    found = request_faults(parts.plan, price_request(request, asked))
    return tuple(each for each in found if not (request.only_ends and each.code == NO_LINES))


def _faults_beside(
    request: QuoteRequest, refusal: Refusal, parts: Parts, look: Callable[[PricePlan, PriceRequest], Iterable[Fault]]
) -> Iterator[Fault]:
    """What else is wrong: with the lines that are sound by themselves, with codes, discounts and the header."""
    wrong = {each.field.partition("]")[0] for each in refusal.faults}
    places = [index for index in range(len(request.lines)) if f"lines[{index}" not in wrong]
    by_id = {each.id: each for each in (request.lines[index] for index in places)}
    places = [index for index in places if _stands_by_itself(request.lines[index], by_id)]
    sound = resolve(replace(request, lines=tuple(request.lines[index] for index in places)), parts.catalog)
    asked = () if isinstance(sound, Refusal) else price_lines(sound, request, parts)
    targets = {*(each.id for each in request.lines), *(each.group for each in request.lines)}
    for each in look(parts.plan, price_request(request, asked)):
        about, _, part = each.field.rpartition(".")
        if each.field == "lines" or (part == "target" and _target(request, about) in targets):
            continue
        yield at_line(each, places)


def _stands_by_itself(line: RequestedLine, by_id: Mapping[LineId, RequestedLine]) -> bool:
    """Whether all lines that a line is a part of are among those given; a circle of parents is refused before."""
    return line.parent is None or (line.parent in by_id and _stands_by_itself(by_id[line.parent], by_id))


def _target(request: QuoteRequest, about: str) -> str:
    """The line or group that the discount named by the path of a fault is for."""
    number = about.partition("[")[2].removesuffix("]")
    return request.manual[int(number)].target if number.isdigit() else ""


def found_out(
    request: QuoteRequest,
    asked: tuple[RequestLine, ...],
    priced: Priced,
    parts: Parts,
    findings: tuple[Finding, ...],
) -> PricedQuote:
    """A priced request with its approval route and what is wrong with its configurations."""
    router = parts.router
    quote = header_facts(request, priced, router.quote_reads)
    rows = line_facts(asked, priced, parts.plan) if router.reads_lines else ()
    path = router.route(quote, request.customer, rows, note=no_margin(priced) if router.reads_margin else "")
    phases = phases_of(request, price_request(request, asked), priced, parts.plan) if any(map(SEGMENT, asked)) else ()
    return PricedQuote(request, parts.rule_book, SEMANTICS, priced, path, findings, phases)


def with_frozen_rates(request: QuoteRequest, priced: Priced, plan: PricePlan) -> QuoteRequest:
    """The request with the exchange rates that its prices came by; it is priced by them from now on."""
    rated = plan.rules.exchange_rates or request.exchange
    if not rated or not any(line.source == EXCHANGE for line in priced.lines):
        return request
    return replace(request, exchange=rates_to_freeze(plan, price_request(request, ())))


def check(
    lines: tuple[ResolvedLine, ...], parts: Parts, day: date, budget: Budget = DEFAULT_BUDGET
) -> tuple[Finding, ...]:
    """What is wrong or missing on a day in the configurations of all configurable lines.

    After every one that could not be decided the rest has half the budget: all hard ones together take twice of it.
    """
    roots = [each for each in lines if each.requested.sku in parts.configurators and each.requested.parent is None]
    if not roots:
        return ()
    below = children_of(lines)
    findings: list[Finding] = []
    for each in roots:
        found = parts.configurators[each.requested.sku].on(day).check(_tree(each, below), root=each.id, budget=budget)
        findings += found
        if any(one.code == UNDECIDED for one in found):
            budget = budget.halved()
    return tuple(findings)


def price_request(request: QuoteRequest, asked: tuple[RequestLine, ...]) -> PriceRequest:
    """The request as the pricing engine takes it."""
    header = dict(request.header)
    if request.term_months is not None:
        header["term_months"] = Decimal(request.term_months)
    return PriceRequest(
        date=request.date,
        currency=request.currency,
        lines=asked,
        customer=request.customer,
        quote=header,
        codes=request.codes,
        manual=request.manual,
        redeemed=request.redeemed,
        exchange=request.exchange,
        tax_state=request.tax_state,
        tax_answers=request.tax_answers,
    )


def _any_line(product: Product, facts: Facts) -> RequestLine:
    """What all lines of a product state alike, where their attributes are the product's own."""
    return RequestLine(LineId(""), product.sku, ONE, facts, charge=product.charge, discountable=product.discountable)


def price_lines(lines: Sequence[ResolvedLine], request: QuoteRequest, parts: Parts) -> tuple[RequestLine, ...]:
    """Resolved lines as the pricing engine takes them, with the facts of their products that rules may read."""
    plain, past = parts.plain.setdefault(request.currency, {}), request.past
    found = []
    for line in lines:
        asked, product, quantity, _, is_plain = line
        sku = asked.sku
        if not is_plain or product.charge is not ONE_TIME or (past and sku in past):
            found.append(_price_line(line, request, parts))
            continue
        rest = plain.get(sku)
        if rest is None:
            made = _price_line(line, request, parts)
            rest = plain[sku] = made._replace(is_plain=sku not in parts.configurators)[STATED:]
        found.append(_MAKE(asked[:STATED] + rest))
    if request.running:
        make = partial(_price_line, request=request, parts=parts)
        return beside_running(found, lines, request, parts.catalog, parts.plan.percent_of, make)
    return tuple(found)


def _asked_before(request: QuoteRequest, parts: Parts) -> tuple[RequestLine, ...]:
    """Lines that are all known, as the pricing engine takes them."""
    plain = parts.plain[request.currency]
    return tuple([_MAKE(line[:STATED] + plain[line.sku]) for line in request.lines])


def _price_line(line: ResolvedLine, request: QuoteRequest, parts: Parts) -> RequestLine:
    asked, product, quantity, root, _ = line
    read: Facts = parts.facts[asked.sku]
    allowed: Allowed | None = parts.allowed[asked.sku]
    if asked.attributes or asked.unit:
        read = product_facts(product, {**product.attributes, **asked.attributes}, unit=asked.unit)
        allowed = None
    rule = product.quantity
    made = RequestLine(
        asked.id,
        asked.sku,
        quantity,
        read,
        asked.parent,
        asked.group,
        product.charge,
        None if product.charge is ONE_TIME else term_of(asked, product.charge, request),
        cost=product.costs.get(request.currency),
        discountable=product.discountable,
        tax_code=product.tax_code,
        minimum_quantity=rule.minimum,
        quantity_multiple=rule.multiple,
        quantity_maximum=rule.maximum,
        root=root.id if root is not None else None,
        bundle=root.sku if root is not None else "",
        allowed=allowed,
    )
    if asked.end is not None or is_by_the_day(product.charge):
        made = until_end(made, service_of(asked, product.charge, request), asked.anchor, parts.plan)
    if asked.says_more or asked.sku in request.past:
        return _with_own(made, asked, product, request.past.get(asked.sku, NONE))
    return made


def _with_own(line: RequestLine, asked: RequestedLine, product: Product, past: Decimal) -> RequestLine:
    """The line with what few lines state: a unit, past orders, the segment of a ramp."""
    return line._replace(
        prior_quantity=asked.prior_quantity or (past if asked.past_counts else NONE),
        uplift_percent=asked.uplift_percent,
        unit="" if asked.unit == product.unit else asked.unit,
        unit_factor=product.factor(asked.unit) or ONE,
        segment=asked.segment,
        segment_price=asked.segment_price,
    )


def product_facts(product: Product, attributes: Mapping[str, Value], *, unit: str = "") -> Facts:
    """What rules read of a line's product: ``line.category``, ``line.family``, ``line.item.<attribute>`` ...

    ``unit`` is what the line is sold in; empty for the product's own unit.
    """
    return {
        "name": product.name,
        "product": product.sku,
        "category": product.category,
        "family": product.family,
        "unit_of_measure": unit or product.unit,
        "item": attributes,
    }


def _tree(root: ResolvedLine, below: Mapping[LineId, tuple[ResolvedLine, ...]]) -> tuple[ConfiguredLine, ...]:
    """The root and all lines below it, as the configurator takes them."""
    lines = [root]
    for each in lines:
        lines += below.get(each.id, ())
    return tuple(_configured(each) for each in lines)


def _configured(line: ResolvedLine) -> ConfiguredLine:
    asked = line.requested
    return ConfiguredLine(asked.id, asked.sku, asked.quantity, asked.parent, asked.group, asked.attributes)

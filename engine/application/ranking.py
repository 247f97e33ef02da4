"""Completions and repairs ranked by what they come to with all rules: what PriceQuote answers for their lines.

A search compares configurations by list prices, which add up; discounts, tiers and prices of bundles do not. So the
first candidates of a search are priced as a quote, and the true price decides among them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TypeAlias

from engine.application.configure import lines_of
from engine.application.content import Content, request_of
from engine.application.ports import Reader
from engine.application.rule_books import ActiveBook
from engine.application.tax_hook import AskedOnce, TaxService, with_tax_rates
from engine.configuration.products import Aim, Candidates, ProductChoice, ProductCompletion, ProductRepair
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import Fault, Refusal
from engine.money import Money
from engine.pricing import may_be_read
from engine.pricing.request import TaxState
from engine.pricing.result import Priced, PricedTotals
from engine.quotes.evaluation import priced_alone
from engine.quotes.request import QuoteRequest

REPRICED = 20
"""How many candidates are priced as a quote where nothing else is asked."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """What PriceQuote answers for a configuration, before tax; ``earned`` is net less what is known of the costs."""

    totals: PricedTotals
    earned: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A completion with its price by all rules (None: it has none, and ``fault`` says why, or the time was over).

    ``place`` counts the candidates from 1 as the search ranked them.
    """

    completion: ProductCompletion
    place: int
    quoted: Quoted | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates by all rules, the best first. ``proven``: no other configuration is better by all rules.

    ``by_list`` is what the search put first; its status and bound are about list prices.
    """

    ranked: tuple[Ranked, ...]
    by_list: ProductCompletion
    proven: bool

    @property
    def best(self) -> Ranked:
        """The best by all rules."""
        return self.ranked[0]

    @property
    def repriced(self) -> int:
        """How many were priced by all rules."""
        return sum(each.quoted is not None for each in self.ranked)


@dataclass(frozen=True, slots=True)
class RankedRepair:
    """A repair with its completions by all rules.

    ``net_effect`` is the difference to the best before it, ``instead`` what takes the place of what is given up in the
    best after it.
    """

    repair: ProductRepair
    after: Ranking
    net_effect: Money | None
    instead: tuple[ProductChoice, ...]


Price: TypeAlias = Callable[[Sequence[ProductChoice]], Quoted | Refusal]
IsLate: TypeAlias = Callable[[], bool]


class Quoter:
    """Prices configurations of a product for whom a request is for, as PriceQuote does."""

    def __init__(self, reader: Reader, active: ActiveBook, header: Content, day: date, taxes: TaxService) -> None:
        self._reader, self._active, self._header, self._day = reader, active, header, day
        self._taxes = AskedOnce(taxes)

    def price(self, sku: str, choices: Sequence[ProductChoice]) -> Quoted | Refusal:
        """The price of a full configuration."""
        content = replace(self._header, lines=lines_of(sku, choices))
        asked = request_of(self._reader, content, self._active, self._day)
        request = asked if isinstance(asked, Refusal) else self._taxed(asked)
        found = request if isinstance(request, Refusal) else priced_alone(request, self._active.parts)
        return found if isinstance(found, Refusal) else Quoted(found.totals, _earned(found))

    def _taxed(self, request: QuoteRequest) -> QuoteRequest | Refusal:
        """With the rates that prices with tax in them need; others hang on no tax, whose region nobody has to know."""
        parts = self._active.parts
        settings = parts.plan.rules.tax
        if settings is None or not settings.inclusive:
            return replace(request, tax_state=TaxState.OPEN)
        return with_tax_rates(self._taxes, request, parts)


def counted_settings(active: ActiveBook, configurator: ProductConfigurator) -> frozenset[str]:
    """The names of the bundle's attributes that a price may hang on."""
    names = {path.rpartition(".")[2] for path in configurator.product.settings}
    return may_be_read(active.parts.plan, names)


def ranked(candidates: Candidates, aim: Aim, price: Price, is_late: IsLate) -> Ranking:
    """Price the candidates while there is time, the first in any case, and put the best by all rules first.

    The best is the one of least net, or for the best margin of the highest; whoever goes by preferences gets what is
    preferred, with its price. Those without a price come last, as the search ranked them.
    """
    found = [Ranked(each, at) for at, each in enumerate(candidates.completions, 1) if each.choices]
    if not found:
        return Ranking((Ranked(candidates.best, 1),), candidates.best, proven=False)
    done: list[Ranked] = []
    late = False
    for each in found:
        late = late or (bool(done) and is_late())
        if late:
            done.append(each)
            continue
        outcome = price(each.completion.choices)
        priced = {"fault": outcome.faults[0]} if isinstance(outcome, Refusal) else {"quoted": outcome}
        done.append(replace(each, **priced))
    order = done if aim is Aim.PREFERRED else sorted(done, key=partial(_rank, aim))
    proven = candidates.exhausted and not late and order[0].quoted is not None
    return Ranking(tuple(order), candidates.best, proven)


def ranked_repairs(
    configurator: ProductConfigurator, repairs: Sequence[ProductRepair], price: Price, is_late: IsLate
) -> tuple[RankedRepair, ...]:
    """The repairs of fewest changes first, then those whose best completion is least by all rules."""
    before: dict[int, Ranking] = {}

    def ranking(some: Candidates | None) -> Ranking:
        assert some is not None, "repairs that are ranked have completions"
        if id(some) not in before:
            before[id(some)] = ranked(some, Aim.CHEAPEST, price, is_late)
        return before[id(some)]

    found = []
    for each in repairs:
        after, was = ranking(each.after), ranking(each.before).best.quoted
        now = after.best.quoted
        effect = None if now is None or was is None else now.totals.net - was.totals.net
        found.append(RankedRepair(each, after, effect, configurator.instead(each, after.best.completion.choices)))
    return tuple(sorted(found, key=_repair_rank))


def _earned(priced: Priced) -> int:
    """Net less cost, of the lines and gifts whose cost is stated; what nobody stated brings nothing."""
    lines = sum(each.net - each.cost for each in priced.lines if each.cost is not None)
    return lines + sum(each.net - each.cost for each in priced.gifts if each.cost is not None)


def _rank(aim: Aim, each: Ranked) -> tuple[bool, int, int]:
    if each.quoted is None:
        return True, 0, each.place
    best = -each.quoted.earned if aim is Aim.BEST_MARGIN else each.quoted.totals.net.minor_units
    return False, best, each.place


def _repair_rank(each: RankedRepair) -> tuple[int, bool, int, bool, object]:
    quoted, listed = each.after.best.quoted, each.repair.list_price
    net = 0 if quoted is None else quoted.totals.net.minor_units
    return len(each.repair.drop), quoted is None, net, listed is None, listed or 0

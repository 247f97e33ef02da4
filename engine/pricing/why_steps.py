"""Why a step of prices that is no rule did or did not act on a line: list prices, agreed prices, models, guards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import TypeAlias, assert_never

from engine.catalog import Value
from engine.language import Checked
from engine.pricing.asking import Watch, with_watch
from engine.pricing.changes import Change, Wish
from engine.pricing.compile import matched, rank_of
from engine.pricing.compiled import (
    EXCHANGE,
    BundlePlan,
    ContractPlan,
    EntryPlan,
    GuardPlan,
    ModelPlan,
    PercentPlan,
    PricePlan,
    PriceTable,
)
from engine.pricing.finding import DEFAULT_BOOK
from engine.pricing.flow import Lane, Pricing
from engine.pricing.guarding import lowest_for_margin
from engine.pricing.obstacles import Obstacle, failing, wish_of_window
from engine.pricing.plan import Match, ModelUse, Narrowness, PercentOfTotal, PriceEntry
from engine.pricing.request import PriceRequest, RequestLine
from engine.pricing.result import Priced, PricedLine
from engine.pricing.sight import Sight, kept
from engine.pricing.told import Told
from engine.pricing.window import Window, closed_on
from engine.pricing.wording import shown
from engine.pricing.work import Work, line_record

_WORDS = {
    Narrowness.SKU: ("product", "sku"),
    Narrowness.PRODUCT: ("product", "product"),
    Narrowness.FAMILY: ("family", "family"),
    Narrowness.CATEGORY: ("category", "category"),
}
_RANKS = (
    "it has a higher priority",
    "it is for something narrower",
    "it has a higher weight",
    "it has more conditions",
    "it is for a larger quantity",
    "its id comes first",
)
"""Why one price entry comes before another of its book, in the order of ``rank_of``."""


@dataclass
class Looked:
    """A quote that was priced to see what became of one step on one line."""

    plan: PricePlan
    request: PriceRequest
    index: int
    watched: int | None = None
    conditions: tuple[Checked, ...] = ()
    at: int | None = None

    def __post_init__(self) -> None:
        self.line: RequestLine = self.request.lines[self.index]
        self.told = Told(frozenset((self.line.id,)))
        self.watch = Watch(self.conditions, self.request, self.index if self.at is None else self.at)
        plan = self.plan if self.watched is None else with_watch(self.plan, self.watched, self.watch)
        self.pricing = Pricing(plan, self.request, lane=Lane.FULL, told=self.told)
        found = self.pricing.run()
        self.fault = "" if isinstance(found, Priced) else found.faults[0].message
        self.priced: PricedLine | None = found.lines[self.index] if isinstance(found, Priced) else None

    @cached_property
    def start(self) -> Sight:
        """What conditions on a list price or an agreed price see: the line as it is asked for."""
        work = Work(self.plan, self.request, self.pricing.work.currency)
        return kept(line_record(self.plan, self.line), work.quote, work.customer, ())

    @property
    def acting(self) -> list[int]:
        """The sources of the line's list price and of its steps, in order."""
        return [] if self.priced is None else [self.priced.source, *(number for number, *_ in self.priced.trace)]

    def lost(self, number: int) -> str:
        """Why a step lost, where pricing noted it."""
        return self.told.all_about(self.line.id).get(number, "")

    def names(self, steps: Iterable[str]) -> str:
        """What acts on the line in the place of a step: the last source of one of some kinds."""
        kinds = set(steps)
        found = [self.plan.source(each) for each in self.acting]
        return next((f"{each.step} `{each.id}`" for each in reversed(found) if each.id and each.step in kinds), "")


Step: TypeAlias = ContractPlan | GuardPlan | BundlePlan | ModelPlan | PercentPlan | EntryPlan


def step_obstacles(number: int, plan: PricePlan, request: PriceRequest, index: int) -> list[Obstacle]:
    """All that keeps a step from acting on a line, the first one first; nothing when it acts."""
    step = next(each for each in _steps(plan) if each.no == number)
    match step:
        case GuardPlan():
            return _guard(step, Looked(plan, request, index, number, step.guard.when))
        case BundlePlan():
            root = _root(request, index)
            return _bundle(step, Looked(plan, request, index, number, step.use.when, root), root)
        case ContractPlan():
            return _contract(step, Looked(plan, request, index))
        case ModelPlan():
            return _model(number, step.use, Looked(plan, request, index))
        case PercentPlan():
            return _percent(number, step.use, Looked(plan, request, index))
        case EntryPlan():
            return _entry(step, Looked(plan, request, index))
        case _:
            assert_never(step)


def _steps(plan: PricePlan) -> Iterator[Step]:
    """All that decides on prices and is no rule."""
    yield from plan.contracted
    yield from plan.guards
    for found in (plan.models, plan.percent_of, plan.bundle_prices):
        yield from chain.from_iterable(found.values())
    yield from _entries(plan)


def _entries(plan: PricePlan) -> Iterator[EntryPlan]:
    for table in plan.prices.values():
        yield from entries_of(table)


def entries_of(table: PriceTable) -> Iterator[EntryPlan]:
    """All entries that a price book may find, those that it falls back to among them."""
    for names in (table.by_sku, table.by_product, table.by_family, table.by_category):
        for found in names.values():
            yield from found
    yield from table.anything


def _outcome(number: int, looked: Looked, found: Sequence[Obstacle], other: str) -> list[Obstacle]:
    """What keeps a step that is known not to hold, else why it does not act though it holds; nothing when it acts."""
    if looked.priced is None:
        return [*found, Obstacle(f"the quote has no price: {looked.fault}")]
    if number in looked.acting:
        return []
    return list(found) or [Obstacle(looked.lost(number) or other)]


def _entry(plan: EntryPlan, looked: Looked) -> list[Obstacle]:
    entry, request = plan.entry, looked.request
    exchanged = dict(looked.told.all_read(looked.line.id).get(EXCHANGE, ()))
    if EXCHANGE in looked.acting and exchanged.get("price entry") == entry.id:
        return []
    found = [
        *_book(plan, looked),
        *_matching(matched(entry).match, looked.start.line),
        *_currency(entry.currency, request),
        *_window(entry.window, request),
        *_quantity(entry, looked.line),
        *_unit(entry, looked),
        *failing(entry.when, looked.start, looked.start.of_line),
    ]
    if not found and looked.line.sku in looked.pricing.work.percent_of:
        found = [Obstacle("the line is a percent of others and has no list price")]
    return _outcome(plan.no, looked, found, _before(plan, looked))


def _before(plan: EntryPlan, looked: Looked) -> str:
    """Why another entry states the list price, or none does."""
    decides = looked.acting[:1]
    winner = next((each for each in _entries(looked.plan) if [each.no] == decides), None)
    if winner is None:
        return "it starts from a price or a cost that nobody stated"
    named = f"`{winner.entry.id}` states the list price"
    if winner.entry.book != plan.entry.book:
        return f"{named}: its price book `{winner.entry.book or DEFAULT_BOOK}` is asked first"
    pairs = zip(rank_of(matched(winner.entry)), rank_of(matched(plan.entry)), _RANKS, strict=True)
    return f"{named}: {next((why for mine, other, why in pairs if mine != other), _RANKS[-1])}"


def _book(plan: EntryPlan, looked: Looked) -> Iterator[Obstacle]:
    named = looked.request.quote.get("price_book")
    asked = named if isinstance(named, str) else ""
    table = looked.plan.prices.get(asked)
    if table is not None and any(each.no == plan.no for each in entries_of(table)):
        return
    book = plan.entry.book
    wish = Wish(f'quote.price_book is "{book}"', (Change(("quote", "price_book"), book),))
    reason = f"it stands in the price book `{book or DEFAULT_BOOK}`, and the quote asks for `{asked or DEFAULT_BOOK}`"
    yield Obstacle(reason, wish if book else Wish("the quote names no price book", wish.changes))


def _matching(match: Match, line: Mapping[str, Value]) -> Iterator[Obstacle]:
    if match.by in _WORDS and line.get(_WORDS[match.by][1]) != match.value:
        yield Obstacle(f"it is for the {_WORDS[match.by][0]} `{match.value}`")


def _currency(code: str, request: PriceRequest) -> Iterator[Obstacle]:
    if code not in ("", request.currency):
        wish = Wish(f'quote.currency is "{code}"', (Change(("quote", "currency"), code),))
        yield Obstacle(f"it is in {code}, and the quote in {request.currency}", wish)


def _window(window: Window, request: PriceRequest) -> Iterator[Obstacle]:
    closed = closed_on(window, request.date)
    if closed:
        yield Obstacle(closed, wish_of_window(window, request.date))


def _quantity(entry: PriceEntry, line: RequestLine) -> Iterator[Obstacle]:
    least, most = entry.quantity_min, entry.quantity_max
    if least is not None and line.quantity < least:
        yield _bound(f"at least {least:f}", least, line)
    if most is not None and line.quantity > most:
        yield _bound(f"at most {most:f}", most, line)


def _bound(words: str, quantity: Decimal, line: RequestLine) -> Obstacle:
    wish = Wish(f"line.qty is {words}", (Change(("line", "qty"), quantity),))
    return Obstacle(f"it is for {words}, and the quantity is {line.quantity:f}", wish)


def _unit(entry: PriceEntry, looked: Looked) -> Iterator[Obstacle]:
    sold = looked.line.unit or looked.start.line.get("unit_of_measure")
    if entry.unit and entry.unit != sold:
        wish = Wish(f"the line is sold in the unit `{entry.unit}`")
        yield Obstacle(f"it is the price of one `{entry.unit}`, in which the line is not sold", wish)


def _contract(plan: ContractPlan, looked: Looked) -> list[Obstacle]:
    contract, request = plan.contract, looked.request
    found = [
        *_matching(contract.match, looked.start.line),
        *_currency(contract.currency, request),
        *_window(contract.window, request),
        *failing(contract.when, looked.start, looked.start.of_line),
    ]
    other = looked.names(("contracted price",))
    if other:
        return _outcome(plan.no, looked, found, f"the {other} comes first")
    if looked.line.sku in looked.pricing.work.percent_of:
        return _outcome(plan.no, looked, found, "the line is a percent of others, which it acts on")
    return _outcome(plan.no, looked, found, "it takes a percent off a list price, and the line has none")


def _model(number: int, use: ModelUse, looked: Looked) -> list[Obstacle]:
    found = [
        *_matching(Match(Narrowness.SKU, use.sku), looked.start.line),
        *_currency(use.currency, looked.request),
        *_window(use.window, looked.request),
    ]
    return _outcome(number, looked, found, "the line is a percent of others")


def _percent(number: int, use: PercentOfTotal, looked: Looked) -> list[Obstacle]:
    found = [*_matching(Match(Narrowness.SKU, use.sku), looked.start.line), *_window(use.window, looked.request)]
    return _outcome(number, looked, found, "another step states the price of the line")


def _root(request: PriceRequest, index: int) -> int:
    """The line at the top of the tree that a line is in."""
    root = request.lines[index].root
    return next((at for at, each in enumerate(request.lines) if each.id == root), index)


def _bundle(plan: BundlePlan, looked: Looked, root: int) -> list[Obstacle]:
    use, request = plan.use, looked.request
    found: list[Obstacle] = []
    if request.lines[root].sku != use.bundle:
        found.append(Obstacle(f"it is for the bundle `{use.bundle}`"))
    found += [*_currency(use.currency, request), *_window(use.window, request)]
    seen = looked.watch.seen
    if seen is not None:
        found += failing(use.when, seen, seen.of_line)
    other = looked.names(("bundle price",))
    if other:
        return _outcome(plan.no, looked, found, f"the {other} comes first")
    return _outcome(
        plan.no, looked, found, "the line keeps a price of its own: it is charged otherwise than its bundle"
    )


def _guard(plan: GuardPlan, looked: Looked) -> list[Obstacle]:
    guard, seen = plan.guard, looked.watch.seen
    found = [*_currency(guard.currency, looked.request), *_window(guard.window, looked.request)]
    if seen is None:
        return _outcome(plan.no, looked, found, "the line never came to it")
    found += failing(guard.when, seen, seen.of_line)
    return _outcome(plan.no, looked, found, "" if found else _within(plan, looked, seen))


def _within(plan: GuardPlan, looked: Looked, seen: Sight) -> str:
    """What a guard holds a price to that keeps to it."""
    guard, work = plan.guard, looked.pricing.work
    unit = seen.line["unit"]
    bounds = []
    if guard.ceiling is not None:
        bounds.append(f"not above {shown(work.number(guard.ceiling, seen.line))}")
    if guard.floor is not None:
        bounds.append(f"not below {shown(work.number(guard.floor, seen.line))}")
    state = looked.pricing.rows.states[looked.index]
    lowest = None if state is None else lowest_for_margin(work, state, plan)
    if lowest is not None:
        bounds.append(f"not below {lowest:.2f}, which leaves its margin")
    return f"it holds, and has nothing to change: the unit price of {shown(unit)} is {' and '.join(bounds)}"

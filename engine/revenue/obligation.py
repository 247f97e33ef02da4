"""Steps 1 and 2: the promises of a contract, and the performance obligations they make up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.diagnostics import Code, Fault, Refusal
from engine.money import EXACT, Money, total
from engine.periods import Period
from engine.revenue.allocation import Allocation, Candidate, ObservableBundle, allocate_price
from engine.revenue.policy import RecognitionPolicy, ScheduleRounding, SspEntry, Timing

UNKNOWN_POLICY = Code("REV010")
MIXED_CURRENCIES = Code("REV011")
MERGED_UNLIKE = Code("REV012")
NO_WEIGHTS = Code("REV013")


@dataclass(frozen=True, slots=True)
class Promise:
    """What one order line promises. ``stated`` is its net price over the whole term, without tax.

    ``ssp`` is the stand-alone selling price of the whole quantity over the whole term, when one is known; ``range`` the
    book's entry scaled likewise. What is ``priced_as_billed`` (usage, a service without an agreed end) has no price
    before it is billed.
    """

    order_line: str
    product: str
    stated: Money
    service: Period
    policy: RecognitionPolicy
    quantity: Decimal = Decimal(1)
    ssp: Decimal | None = None
    range: SspEntry | None = None
    priced_as_billed: bool = False


@dataclass(frozen=True, slots=True)
class Obligation:
    """A performance obligation with what was allocated to it at inception: nothing when it is priced as billed."""

    id: str
    order_lines: tuple[str, ...]
    products: tuple[str, ...]
    stated: Money
    allocated: Money
    service: Period
    timing: Timing
    rounding: ScheduleRounding
    series: bool
    category: str
    ssp: Decimal | None
    weights: tuple[Decimal, ...] = ()
    priced_as_billed: bool = False


def obligations_of(
    promises: Sequence[Promise], *, bundles: Sequence[ObservableBundle] = ()
) -> tuple[Obligation, ...] | Refusal:
    """Group promises into obligations and allocate the fixed price to them.

    What is priced as it is billed stays out of the allocation: it relates to the distinct increment in which it arises.
    ``bundles`` name
    products; a bundle counts when each of its products is an obligation of its own here.
    """
    faults = tuple(_faults(promises))
    if faults:
        return Refusal(faults)
    groups = group_promises(promises)
    fixed = [each for each in groups if not is_priced_as_billed(each[0])]
    amounts: dict[str, Money] = {}
    used: dict[str, Decimal] = {}
    if fixed:
        allocation = _allocate(fixed, bundles)
        if isinstance(allocation, Refusal):
            return allocation
        amounts, used = dict(allocation.amounts), dict(allocation.ssp_used)
    return tuple(_obligation(each, amounts, used) for each in groups)


def group_promises(promises: Iterable[Promise]) -> tuple[tuple[Promise, ...], ...]:
    """Promises that are not distinct from each other together, every other one alone, in the order of the contract."""
    groups: dict[str, list[Promise]] = {}
    for n, promise in enumerate(promises):
        key = promise.policy.merge_key
        groups.setdefault(f"merge {key}" if key else f"line {n}", []).append(promise)
    return tuple(tuple(each) for each in groups.values())


def is_priced_as_billed(promise: Promise) -> bool:
    """Whether a promise has no price before it is billed."""
    return promise.priced_as_billed or promise.policy.timing is Timing.USAGE


def obligation_id(group: Sequence[Promise]) -> str:
    """The id of an obligation: its first order line, or its merge key."""
    return group[0].policy.merge_key or group[0].order_line


def _allocate(groups: Sequence[Sequence[Promise]], bundles: Sequence[ObservableBundle]) -> Allocation | Refusal:
    unit = groups[0][0].stated.currency
    price = total((each.stated for group in groups for each in group), unit)
    candidates = [_candidate(each) for each in groups]
    by_product = {group[0].product: obligation_id(group) for group in groups if len(group) == 1}
    known = [
        ObservableBundle(tuple(by_product[each] for each in bundle.members), bundle.price)
        for bundle in bundles
        if all(each in by_product for each in bundle.members)
    ]
    return allocate_price(price, candidates, bundles=known)


def _candidate(group: Sequence[Promise]) -> Candidate:
    stated = total((each.stated for each in group), group[0].stated.currency).decimal
    if len(group) == 1 and group[0].range is not None:
        entry = group[0].range
        return Candidate(
            obligation_id(group),
            stated=stated,
            low=entry.low,
            mid=entry.mid,
            high=entry.high,
            residual=entry.residual,
            range_policy=entry.range_policy,
        )
    prices = [each.ssp if each.ssp is not None else _range_middle(each) for each in group]
    whole = Decimal(0)
    for price in prices:
        whole = EXACT.add(whole, price)
    return Candidate(obligation_id(group), ssp=whole, stated=stated)


def _range_middle(promise: Promise) -> Decimal:
    return promise.range.mid if promise.range is not None else promise.stated.decimal


def _obligation(group: Sequence[Promise], amounts: dict[str, Money], used: dict[str, Decimal]) -> Obligation:
    first = group[0]
    unit = first.stated.currency
    key = obligation_id(group)
    return Obligation(
        id=key,
        order_lines=tuple(each.order_line for each in group),
        products=tuple(dict.fromkeys(each.product for each in group)),
        stated=total((each.stated for each in group), unit),
        allocated=amounts.get(key, Money.zero(unit)),
        service=Period(min(each.service.start for each in group), max(each.service.end for each in group)),
        timing=first.policy.timing,
        rounding=first.policy.rounding,
        series=any(each.policy.series for each in group),
        category=first.policy.category,
        ssp=used.get(key),
        weights=first.policy.weights,
        priced_as_billed=is_priced_as_billed(first),
    )


def _faults(promises: Sequence[Promise]) -> Iterable[Fault]:
    for n, promise in enumerate(promises):
        if promise.stated.currency != promises[0].stated.currency:
            yield Fault(
                MIXED_CURRENCIES, f"promises[{n}].stated", f"{promise.stated} is not in {promises[0].stated.currency}"
            )
        if promise.policy.timing is Timing.WEIGHTS and not any(weight > 0 for weight in promise.policy.weights):
            message = f"policy `{promise.policy.id}` recognises by weights and has none"
            yield Fault(NO_WEIGHTS, f"promises[{n}].policy", message, "give each month a weight")
    for group in group_promises(promises):
        timings = {each.policy.timing for each in group}
        if len(timings) > 1:
            names = ", ".join(sorted(each.value for each in timings))
            yield Fault(
                MERGED_UNLIKE,
                group[0].policy.merge_key,
                f"promises of one obligation are recognised in one way, not by {names}",
                "one measure of progress serves an obligation",
            )
        if len({is_priced_as_billed(each) for each in group}) > 1:
            yield Fault(
                MERGED_UNLIKE,
                group[0].policy.merge_key,
                "an obligation has a price for an agreed term or is priced as it is billed, not both",
                "agree on an end for all of its lines",
            )

"""One price for a bundle and its parts: shared out over their lines by what each costs on its own, to the cent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.money import EXACT, Money
from engine.pricing.compiled import BundlePlan
from engine.pricing.rows import Rows
from engine.pricing.spread import proportional
from engine.pricing.state import LineState, major, minor_units
from engine.pricing.work import Work


def price_bundles(work: Work, rows: Rows) -> Iterator[str]:
    """Give the lines of each bundle that has a price of its own their shares of it, before any rule acts; tell where
    that is more than its parts cost on their own.

    Lines that are charged otherwise than the bundle (a monthly part of something sold once) keep their own price, and
    so do those that are a percent of others: they have none yet.
    """
    plans = work.plan.bundle_prices
    if not plans:
        return
    members: dict[str, list[LineState]] = {}
    for state in rows.states:
        if state is not None and state.line.root is not None and state.line.sku not in work.percent_of:
            members.setdefault(state.line.root, []).append(state)
    for state in rows.states:
        if state is None or state.line.root is not None or state.line.sku not in plans:
            continue
        plan = _price_for(work, plans[state.line.sku], state)
        if plan is not None:
            yield from _share(work, plan, state, members.get(state.line.id, []))


def _price_for(work: Work, plans: Sequence[BundlePlan], root: LineState) -> BundlePlan | None:
    """The first price of the bundle that holds."""
    for plan in plans:
        use = plan.use
        if use.currency in ("", work.currency.code) and use.window.holds(work.request.date):
            if work.holds(plan.tests, root.record):
                return plan
    return None


def _share(work: Work, plan: BundlePlan, root: LineState, parts: Sequence[LineState]) -> Iterator[str]:
    alike = [root, *(each for each in parts if each.line.charge == root.line.charge)]
    mode = work.plan.rules.rounding.mode
    price = work.number(plan.use.price, root.record)
    total = minor_units(EXACT.multiply(price, root.quantity), work.currency, mode)
    weights = [minor_units(each.start, work.currency, mode) for each in alike]
    for state, share in zip(alike, proportional(total, weights), strict=True):
        notes = None if work.told is None else work.told.about(state.line.id)
        if notes is not None:
            notes.acted(plan.no, plan.use.when, work.records(root.record))
        state.put_amount(plan.no, major(share, work.currency))
        state.start = state.running_amount
        state.is_whole = True
    apart = sum(weights)
    if total > apart > 0:
        costs, by_parts = (Money(each, work.currency) for each in (total, apart))
        yield f"`{root.line.id}` costs {costs} by the bundle price `{plan.use.id}`, and {by_parts} by its parts"

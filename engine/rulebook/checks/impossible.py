"""Rules whose conditions contradict each other: at least ten and less than five of something is never so."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from engine.diagnostics import Diagnostic, Span
from engine.language import Checked
from engine.pricing.atoms import Atom, Interval, Key, OneOf, admits, split
from engine.pricing.plan import BundlePrice, ContractedPrice, Guard, PriceEntry, Rule
from engine.rulebook.book import RuleBook
from engine.rulebook.codes import warning


def impossible_rules(book: RuleBook) -> Iterator[Diagnostic]:
    """A warning for each rule, price or guard that no line can ever meet; what no constant decides is taken as met."""
    pricing = book.pricing
    conditional = chain[PriceEntry | ContractedPrice | Rule | Guard | BundlePrice](
        pricing.entries, pricing.contracted, pricing.rules, pricing.guards, pricing.bundle_prices
    )
    for each in conditional:
        yield from _never(str(each.id), each.when, each.span)
    for number, policy in enumerate(book.approval_policies):
        yield from _never(f"policy {number + 1}", policy.conditions, policy.span or Span(""))


def _never(name: str, when: tuple[Checked, ...], place: Span) -> Iterator[Diagnostic]:
    """Only conditions that read something twice can contradict each other; few do."""
    reads = [path for checked in when for path in checked.reads]
    twice = {path for path in reads if reads.count(path) > 1 or sum(each.text.count(path) for each in when) > 1}
    if not twice:
        return
    atoms: dict[Key, list[Atom]] = {}
    for atom in chain.from_iterable(split(checked).atoms for checked in when):
        atoms.setdefault(atom.key, []).append(atom)
    for key, found in atoms.items():
        if len(found) > 1 and not _can_hold(found):
            message = f"`{name}` can never act: what it asks of `{'.'.join(key)}` is never so at once"
            yield warning("PRC215", message, place, "correct one of the conditions, or take the rule out")


def _can_hold(atoms: list[Atom]) -> bool:
    """Whether some value is all of what is asked: of lists each value is tried, of ranges their common part."""
    lists = [each.values for each in atoms if isinstance(each, OneOf)]
    if lists:
        return any(all(admits(each, value) for each in atoms) for value in frozenset.intersection(*lists))
    ranges = [each for each in atoms if isinstance(each, Interval)]
    lows = [(each.low, not each.low_included) for each in ranges if each.low is not None]
    highs = [(each.high, each.high_included) for each in ranges if each.high is not None]
    if not lows or not highs:
        return True
    low, is_open = max(lows)
    high, is_closed = min(highs)
    if low == high:
        return not is_open and is_closed and all(admits(each, low) for each in atoms)
    return bool(low < high)  # type: ignore[operator]

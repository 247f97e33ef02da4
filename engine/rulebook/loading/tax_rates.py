"""What is wrong with tax rates as a whole: those that never count, codes without one, percents that nobody levies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.catalog import Catalog
from engine.diagnostics import Diagnostic, Span, did_you_mean, nearest_name
from engine.language import Checked, Scope
from engine.language.types import ContextType, EnumType, Type, required
from engine.pricing.atoms import Atom, Key, admits, implies, split
from engine.pricing.settings import TaxRate
from engine.pricing.window import ALWAYS, Window
from engine.rulebook.codes import warning
from engine.rulebook.fractions import fractions

MOST_PERCENT = 100
MOST_COMPARED = 1_000_000
"""Pairs of rates that are compared; a table of more is not looked through to its end."""


@dataclass(frozen=True, slots=True)
class PlacedRate:
    """A tax rate, and where its author wrote it and its percent."""

    rate: TaxRate
    place: Span
    percent: Span


def rate_findings(rates: Sequence[PlacedRate]) -> Iterator[Diagnostic]:
    """Percents that are hardly meant, and rates before which an earlier one counts."""
    for each in rates:
        yield from fractions(each.rate.percent, each.percent)
        if each.rate.percent > MOST_PERCENT:
            message = f"a tax of {each.rate.percent} percent is more than what it is on"
            yield warning("TRM407", message, each.percent, "percents are written 19, also with a point: 8.1")
    yield from _hidden(rates)


def code_findings(rates: Sequence[PlacedRate], catalog: Catalog, scope: Scope, *, refuse: bool) -> Iterator[Diagnostic]:
    """Tax codes that products have and no rate knows, or not for all that the book declares, and the other way round.

    Where a code without a rate is free of tax, only what looks misspelt is told.
    """
    known = {each.rate.code for each in rates}
    first = {product.tax_code: product for product in reversed([*catalog.products.values()])}
    for code, product in sorted(first.items()):
        if code not in known and (refuse or nearest_name(code, known)):
            message = f"`{product.sku}` has the tax code `{code}`, of which there is no rate"
            hint = did_you_mean(code, known) or "give it a rate, of 0 where no tax is due, or correct the code"
            yield warning("TRM406", message, product.span or Span(""), hint)
        elif code in known and refuse:
            yield from _uncovered(code, [each for each in rates if each.rate.code == code], scope)
    told: set[str] = set()
    for each in rates:
        code = each.rate.code
        if code not in first and code not in told and (near := nearest_name(code, first)):
            told.add(code)
            message = f"no product has the tax code `{code}`"
            yield warning("TRM408", message, each.place, f"did you mean `{near}`?")


def _hidden(rates: Sequence[PlacedRate]) -> Iterator[Diagnostic]:
    """The first rate that holds counts: a later one that asks for no less never does while the earlier is in force."""
    by_code: dict[str, list[tuple[PlacedRate, tuple[Atom, ...]]]] = {}
    compared = 0
    for each in rates:
        asked = tuple(atom for checked in each.rate.when for atom in split(checked).atoms)
        before = by_code.setdefault(each.rate.code, [])
        compared += len(before)
        if compared > MOST_COMPARED:
            return
        found = next((said for one, _ in before if (said := _said(one, each, asked)) is not None), None)
        if found is not None:
            yield found
        before.append((each, asked))


def _said(earlier: PlacedRate, later: PlacedRate, asked: tuple[Atom, ...]) -> Diagnostic | None:
    """The finding about a rate with these atoms that an earlier one hides, on all of its days or from its first on."""
    if not all(_is_asked(checked, later.rate.when, asked) for checked in earlier.rate.when):
        return None
    one, other = earlier.rate.window or ALWAYS, later.rate.window or ALWAYS
    where = f"the rate at {earlier.place.path}:{earlier.place.line}"
    if _holds_throughout(one, other):
        message = f"the rate of `{later.rate.code}` is never reached: {where} counts before it"
        hint = "remove one of them, end the earlier one, or move what is narrower up"
        return warning("TRM405", message, later.place, hint)
    if _runs_into(one, other):
        message = f"the rate of `{later.rate.code}` begins on {other.start}, and {where} counts until {one.end}"
        return warning("TRM405", message, later.place, "let the earlier one end where the later begins")
    return None


def _is_asked(condition: Checked, when: Sequence[Checked], asked: tuple[Atom, ...]) -> bool:
    """Whether what meets ``when``, of these atoms, meets the condition; False when nobody can tell."""
    if condition.subject is None and any(each.subject is None and each.text == condition.text for each in when):
        return True
    parts = split(condition)
    return parts.whole and all(any(implies(each, atom) for each in asked) for atom in parts.atoms)


def _holds_throughout(one: Window, other: Window) -> bool:
    starts = one.start is None or (other.start is not None and one.start <= other.start)
    return starts and (one.end is None or (other.end is not None and other.end <= one.end))


def _runs_into(one: Window, other: Window) -> bool:
    """Whether a window that begins earlier ends within the other; one inside the other is an exception, and meant."""
    if one.end is None or other.start is None or one.end <= other.start:
        return False
    return one.start is None or one.start < other.start


def _uncovered(code: str, rates: Sequence[PlacedRate], scope: Scope) -> Iterator[Diagnostic]:
    """Declared values of what the rates of a code tell apart, for which none of them holds."""
    asked = [[atom for checked in each.rate.when for atom in split(checked).atoms] for each in rates]
    for key in sorted({atom.key for atoms in asked for atom in atoms}):
        words = _words(key, scope)
        about = [[atom for atom in atoms if atom.key == key] for atoms in asked]
        missing = [word for word in words if not any(all(admits(atom, word) for atom in atoms) for atoms in about)]
        if missing:
            shown = ", ".join(f"`{each}`" for each in missing)
            message = f"the tax code `{code}` has no rate where `{'.'.join(key)}` is {shown}"
            hint = "add a rate, of 0 where no tax is due: without one quotes are refused"
            yield warning("TRM406", message, rates[0].place, hint)


def _words(key: Key, scope: Scope) -> tuple[str, ...]:
    """The values that the book declares for an attribute; none where anything may stand."""
    found: Type | None = scope.roots.get(key[0])
    for name in key[1:]:
        found = required(found) if found is not None else None
        found = found.fields.get(name) if isinstance(found, ContextType) else None
    kind = required(found) if found is not None else None
    return kind.values if isinstance(kind, EnumType) else ()

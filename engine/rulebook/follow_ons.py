"""Findings that only come of other findings: whoever names a thing that was not taken in is not at fault.

A finding is kept from the author when it says no more than what another one explains:

- it speaks of a name that is *in doubt*: something is wrong where the name is declared, so that nobody can tell what
  is declared there;
- it says that something is missing from a record or table, and a misspelt key or column there was probably meant;
- it is computed from the whole catalog, and the catalog is not whole.

The finding that explains it says how many are not shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.diagnostics import Diagnostic, Severity, Span, counted
from engine.rulebook.loading.sources import Sources
from engine.rulebook.places import Item, items_of

_EVERYWHERE = ("", "catalog", "constraints", "tables", "prices", "discounts", "approvals", "terms", "tests")
NAMED_IN: Mapping[str, Sequence[str]] = {
    "": _EVERYWHERE,
    "catalog": _EVERYWHERE,
    "tables": ("tables", "prices", "discounts", "approvals", "tests"),
    "constraints": ("constraints", "catalog", "tests"),
    "prices": ("catalog", "prices", "discounts", "approvals", "tests"),
    "discounts": ("catalog", "prices", "discounts", "tests"),
    "approvals": ("approvals", "tests"),
    "terms": ("catalog", "prices", "terms", "tests"),
    "tests": (),
}
"""Where what a folder declares is named, counted, or expected to be there; the empty name is ``book.yaml``."""


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UNKNOWN = _codes(
    "FIL003 TBL003 CAT001 CAT003 CAT007 CAT009 CST003 PRC108 PRC109 PRC209 PRC211 PRC213 DSC202 APR301 TRM401 "
    "TRM404 TRM406 TRM408 FEL101 FEL102 FEL103 FEL109"
)
"""Codes that say that a name is not declared."""
_ABSENT = _codes("PRC201 PRC205 PRC207 PRC217 PRC218 APR302 DSC203")
"""Codes that say that something is missing for a thing that they name."""
_SHAPE = _codes("FLD002 TBL008 PRC201 PRC205 PRC212 DSC201 TBL013")
"""Codes that say that something is missing from a record or a table: a key, a column, a price in a currency."""
_COMPUTED = _codes("CAT005 CST001 CST002 CST003 CFG101 CFG103")
"""Codes that are computed from all products."""
_STRUCTURE = _codes("FLD001 FLD002 FLD003 TBL002 TBL003 TBL008 YML002 CAT007")
"""Codes after which nobody can tell what a record or a table declares."""
_PRODUCTS_STAY = re.compile(r"FEL|PRC|CAT00[1568]")
"""Codes of the catalog after which all products are there all the same."""
_TWICE = _codes("CAT002 FLD008")
"""Codes after which one of two things has the name of the other, and its own is not known."""
_STRAY = "FIL003"
_OF_OTHERS = frozenset().union(
    _UNKNOWN,
    _ABSENT,
    _COMPUTED,
    _codes("PRC101 PRC103 PRC105 DSC204 TST501 FEL106 FEL107 FEL108 FEL111 FEL112 FEL116 FEL117 FEL122 FEL201 FEL203"),
)
"""Codes that may come of a file that cannot be read at all."""
_ALWAYS_KNOWN = frozenset({"line", "lines", "quote", "customer", "sku", "qty", "id", "name", "true", "false"})
_MEANT = re.compile(r"did you mean `([^`]+)`")
_WORDS = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True)
class _Cause:
    """A finding that may explain others; ``meant`` is the key, column or folder that the author probably meant."""

    finding: Diagnostic
    item: Item
    meant: str

    @property
    def takes_away(self) -> bool:
        """Whether something that belongs to the thing declared here is lost."""
        return _breaks(self.finding, self.item) or _folder(self.finding.span.path) == "prices"

    @property
    def takes_products(self) -> bool:
        """Whether products may be lost."""
        return _PRODUCTS_STAY.match(self.finding.code) is None

    def reaches(self, folder: str) -> bool:
        """Whether files of a folder name what is declared here."""
        own = self.meant if self.finding.code == _STRAY and self.meant else _folder(self.finding.span.path)
        return folder in NAMED_IN.get(own, _EVERYWHERE)


def without_follow_ons(found: Sequence[Diagnostic], sources: Sources) -> tuple[Diagnostic, ...]:
    """The findings without those that others explain; these say how many are not shown."""
    if not any(each.severity is Severity.ERROR for each in found):
        return tuple(found)
    sifting = _Sifting(sources)
    for each in _causes_first(found):
        sifting.sift(each)
    hidden = Counter(sifting.explained.values())
    return tuple(_telling(each, hidden[each]) for each in found if each not in sifting.explained)


def _causes_first(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What can only be a cause comes first, then the others in the order in which they were met."""
    may_follow = (_UNKNOWN | _ABSENT | _SHAPE | _COMPUTED) - {_STRAY}
    return sorted(dict.fromkeys(found), key=lambda each: each.code in may_follow)


def _telling(finding: Diagnostic, hidden: int) -> Diagnostic:
    if not hidden:
        return finding
    what = f"{counted(hidden, 'finding')} that may come of this {'is' if hidden == 1 else 'are'} not shown"
    return replace(finding, hint=f"{finding.hint} ({what})" if finding.hint else what)


class _Sifting:
    """Takes one finding after another, and keeps for each that is explained the one that explains it."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.explained: dict[Diagnostic, Diagnostic] = {}
        self.unread: dict[str, _Cause] = {}
        self.by_name: dict[str, list[_Cause]] = {}
        self.by_place: dict[tuple[str, int, int], list[_Cause]] = {}
        self.in_catalog: list[_Cause] = []

    def sift(self, finding: Diagnostic) -> None:
        """Find what explains a finding; and keep it as what may explain others."""
        item = self._item(finding.span)
        by = next(self._explanations(finding, item), None)
        if by is not None:
            self.explained[finding] = self.explained.get(by.finding, by.finding)
        if finding.severity is Severity.ERROR:
            self._keep(finding, item)

    def _item(self, place: Span) -> Item:
        return items_of(self.sources.nodes, self.sources.tables, place)

    def _explanations(self, finding: Diagnostic, item: Item) -> Iterator[_Cause]:
        folder = _folder(finding.span.path)
        if finding.code in _OF_OTHERS:
            yield from (each for each in self.unread.values() if _hides(each, finding) and each.reaches(folder))
        if finding.code in _SHAPE:
            told = set(_WORDS.findall(f"{finding.message} {finding.hint}"))
            yield from (each for each in self._around(finding, item) if each.meant in told)
        if finding.code in _COMPUTED or (finding.code in _UNKNOWN and not finding.names):
            yield from (each for each in self.in_catalog if finding.code != "CAT005" or each.takes_products)
        if finding.code in _UNKNOWN | _ABSENT:
            yield from (each for each in self._doubts(finding, item) if each.reaches(folder))

    def _around(self, finding: Diagnostic, item: Item) -> Iterator[_Cause]:
        """What is wrong in the same record, or in the header of the same table."""
        yield from self.by_place.get(item.start, ())
        if finding.span.path in self.sources.tables:
            yield from self.by_place.get((finding.span.path, 1, 1), ())

    def _doubts(self, finding: Diagnostic, item: Item) -> Iterator[_Cause]:
        """The causes that put in doubt what a finding speaks of."""
        about_itself = finding.code in _ABSENT
        near = _meant(finding)
        doubts = [each for each in self.by_name.get(near, ()) if each.finding.code in _TWICE] if near else []
        doubts += (each for name in _subjects(finding) for each in self.by_name.get(name, ()))
        for cause in doubts:
            same_record = cause.item.start == item.start and not about_itself
            of_columns = finding.code == "TBL003" and cause.finding.span.path in self.sources.tables
            if not same_record and not of_columns and (cause.takes_away or not about_itself):
                yield cause

    def _keep(self, finding: Diagnostic, item: Item) -> None:
        path = finding.span.path
        meant = _meant(finding)
        doubtful = {*item.names, meant}
        if _breaks(finding, item):
            doubtful |= item.texts
        if path in self.sources.named_at:
            doubtful |= self._item(self.sources.named_at[path]).names
        key = "" if finding.code in _SHAPE else item.key
        cause = _Cause(finding, item, meant or key)
        if path in self.sources.unreadable or finding.code == _STRAY:
            self.unread.setdefault(path, cause)
        for name in doubtful - _ALWAYS_KNOWN - {""}:
            self.by_name.setdefault(name, []).append(cause)
        self.by_place.setdefault(item.start, []).append(cause)
        if _folder(path) == "catalog":
            self.in_catalog.append(cause)


def _breaks(finding: Diagnostic, item: Item) -> bool:
    """Whether nobody can tell what is declared at a finding; a column that is not read breaks all of its table."""
    return finding.code in _STRUCTURE or (finding.code == "PRC209" and item.start[1:] == (1, 1))


def _meant(finding: Diagnostic) -> str:
    """The name that a finding takes for what was meant, or nothing."""
    found = _MEANT.search(finding.hint)
    return found[1] if found else ""


def _hides(cause: _Cause, finding: Diagnostic) -> bool:
    """Whether what an unread file would declare explains a finding in another file."""
    if finding.code == cause.finding.code == _STRAY:
        return cause.meant == _folder(finding.span.path)
    return cause.finding.span.path != finding.span.path


def _subjects(finding: Diagnostic) -> Iterator[str]:
    """The names that a finding speaks of; of ``customer.region`` the parts, of ``catalog/a.csv`` the file."""
    for name in finding.names:
        yield name
        yield name.rpartition("/")[2]
        yield from name.split(".")


def _folder(path: str) -> str:
    return path.partition("/")[0] if "/" in path else ""

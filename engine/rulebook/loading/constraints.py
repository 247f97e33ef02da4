"""The folder ``constraints/``: each constraint checked against the scope of its bundle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from engine.catalog import Catalog, Sku
from engine.configuration.products.constraint import Constraint, ConstraintKind
from engine.configuration.products.scope import constraint_scope
from engine.diagnostics import Diagnostic, Severity, Span, did_you_mean
from engine.language import Checked, Scope
from engine.language.problems import UNKNOWN_NAME
from engine.rulebook.codes import finding
from engine.rulebook.formats.constraints import CONSTRAINTS
from engine.rulebook.loading.book_head import check_days
from engine.rulebook.loading.checked import check_condition, check_message
from engine.rulebook.loading.sense import check_meaning
from engine.rulebook.loading.sources import Sources
from engine.rulebook.loading.table_rows import CellChecker, divide, rows_of
from engine.rulebook.nodes import Report
from engine.rulebook.reader import Read

FOLDER = "constraints"
_BODIES = {
    "require": ConstraintKind.REQUIRE,
    "exclude": ConstraintKind.EXCLUDE,
    "default": ConstraintKind.DEFAULT,
    "prefer": ConstraintKind.PREFER,
}
_TABLES = {"allow_table": ConstraintKind.ALLOW_TABLE, "forbid_table": ConstraintKind.FORBID_TABLE}
_OF_PRICES = tuple(f"unknown name `{each}`" for each in ("customer", "quote", "line"))
_KINDS = (*_BODIES, *_TABLES)
_HARD = ("require", "exclude", *_TABLES)


def read_constraints(sources: Sources, catalog: Catalog) -> Mapping[Sku, tuple[Constraint, ...]]:
    """Constraints by the SKU of their bundle, in the order of files and then as written."""
    found: dict[Sku, list[Constraint]] = {}
    scopes: dict[Sku, Scope] = {}
    seen: dict[str, Span] = {}
    for path, read in sources.records(FOLDER, CONSTRAINTS):
        sku = _bundle_of(read, catalog, sources.report)
        if sku is None:
            continue
        if sku not in scopes:
            scopes[sku] = Scope(constraint_scope(catalog.bundles[sku], catalog))
        reader = _Constraints(path, scopes[sku], sources)
        for each in read.records("constraints"):
            report_repeated(each, seen, sources.report)
            constraint = reader.read(each)
            if constraint is not None:
                found.setdefault(sku, []).append(constraint)
    return MappingProxyType({sku: tuple(each) for sku, each in found.items()})


def report_repeated(read: Read, seen: dict[str, Span], report: Report) -> bool:
    """Report an id that another rule of the kind has already, and say so."""
    name = read.text("id")
    repeated = name in seen
    if repeated:
        message = f"the id `{name}` is used twice, first at {seen[name].path}:{seen[name].line}"
        report.add(finding("FLD008", message, read.place("id"), "give each its own id"))
    seen.setdefault(name, read.place("id"))
    return repeated


def _bundle_of(read: Read, catalog: Catalog, report: Report) -> Sku | None:
    name = read.scalar("bundle")
    if name is None:
        if len(catalog.bundles) == 1:
            return next(iter(catalog.bundles))
        hint = f"write `bundle:` with one of {', '.join(catalog.bundles)}" if catalog.bundles else "the book has none"
        report.add(finding("CST003", "the file does not say which bundle it is for", read.place("constraints"), hint))
        return None
    if catalog.bundle(name.text) is None:
        hint = did_you_mean(name.text, catalog.bundles)
        report.add(finding("CST003", f"the bundle `{name.text}` is not known", name.span, hint))
        return None
    return Sku(name.text)


def _about_the_product(found: Diagnostic) -> Diagnostic:
    """A finding about a name that prices may read and constraints may not says what to do instead."""
    if found.code != UNKNOWN_NAME or not found.message.startswith(_OF_PRICES):
        return found
    hint = "a constraint speaks of the product alone, whoever buys it; what somebody can buy, prices say"
    return replace(found, hint=hint)


class _Constraints:
    """Reads the constraints of one file."""

    def __init__(self, path: str, scope: Scope, sources: Sources) -> None:
        self.path, self.scope, self.sources, self.report = path, scope, sources, sources.report

    def read(self, read: Read) -> Constraint | None:
        """One constraint, or None after reporting what is wrong with it."""
        before = self._errors()
        kind = self._kind(read)
        check_days(read, self.report)
        if kind in _HARD:
            check_meaning(read, kind, ("weight",), self.report)
        when = self._condition(read, "when")
        say = read.scalar("say")
        message = check_message(say, self.scope, self.report) if say is not None else None
        body = self._condition(read, kind) if kind in _BODIES else None
        rows = tuple(self._rows(read, kind)) if kind in _TABLES else ()
        if kind is None or self._errors() > before:
            return None
        return Constraint(
            id=read.text("id"),
            kind=_BODIES.get(kind) or _TABLES[kind],
            body=body,
            rows=rows,
            when=when,
            say=message,
            weight=read.integer("weight", 1),
            start=read.day("from"),
            end=read.day("until"),
            span=read.place("id"),
        )

    def _errors(self) -> int:
        return sum(each.severity is Severity.ERROR for each in self.report.found)

    def _kind(self, read: Read) -> str | None:
        given = [each for each in _KINDS if read.has(each)]
        if len(given) == 1:
            return given[0]
        what = f"both `{given[0]}` and `{given[1]}`" if given else "no kind"
        hint = f"give exactly one of {', '.join(_KINDS)}"
        self.report.add(finding("FLD002", f"the constraint `{read.text('id')}` has {what}", read.place("id"), hint))
        return None

    def _condition(self, read: Read, name: str) -> Checked | None:
        text = read.scalar(name)
        if text is None:
            return None
        own = Report()
        checked = check_condition(text, self.scope, own)
        self.report.add(*map(_about_the_product, own.found))
        return checked

    def _rows(self, read: Read, kind: str) -> Iterator[tuple[Checked, ...]]:
        name = read.scalar(kind)
        table = self.sources.named_table(name, self.path) if name is not None else None
        if table is None:
            return
        columns = divide(table, (), ("note",), self.report)
        checker = CellChecker(table, columns, self.scope, self.report)
        for row in rows_of(table, columns):
            conditions = checker.conditions(row)
            if conditions is not None:
                yield conditions

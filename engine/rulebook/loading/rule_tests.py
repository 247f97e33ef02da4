"""The folder ``tests/``: requests and what must come out, every value with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from engine.catalog import Bundle, LineId, Sku, Value
from engine.diagnostics import Diagnostic, did_you_mean
from engine.language.types import TEXT, Type
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, Replaces
from engine.quotes.ramp import Term
from engine.quotes.request import QuoteRequest, RequestedLine
from engine.rulebook.book import Declared
from engine.rulebook.codes import finding
from engine.rulebook.formats.rule_tests import EXPECT, EXPECTED_LINE, TESTS
from engine.rulebook.loading.attributes import Words, value_of
from engine.rulebook.loading.pricing_scope import PricingScope, known_sku
from engine.rulebook.loading.ramps import StatedRamps
from engine.rulebook.loading.sources import Sources
from engine.rulebook.nodes import ListNode, Node, RecordNode, Scalar
from engine.rulebook.reader import Read
from engine.rulebook.rule_test import Expected, RuleTest
from engine.rulebook.values import Unreadable

FOLDER = "tests"
TESTER = "rule-test"


def read_tests(sources: Sources, scope: PricingScope, declared: Declared) -> tuple[RuleTest, ...]:
    """All tests of the book, in the order of files and then as written."""
    reader = _Tests(scope, declared)
    return tuple(
        test
        for _, read in sources.records(FOLDER, TESTS)
        for each in read.records("tests")
        if (test := reader.read(each)) is not None
    )


class _Tests:
    def __init__(self, scope: PricingScope, declared: Declared) -> None:
        self.scope, self.declared, self.report = scope, declared, scope.report
        self.ramps = StatedRamps(self.report)

    def read(self, read: Read) -> RuleTest | None:
        """One test, or None after reporting what is wrong with it."""
        before = len(self.report.found)
        given, expect = read.one("given"), read.one("expect")
        assert given is not None and expect is not None, "the reader requires them"
        expected = tuple(_expected(expect))
        if not expected:
            message = f"the test `{read.text('name')}` expects nothing"
            hint = f"known expectations are {', '.join(each.name for each in EXPECT.fields)}"
            self.report.add(finding("TST502", message, read.place("expect"), hint))
        request = self._request(given)
        if len(self.report.found) > before or request is None:
            return None
        asked = request.lines
        lines = self.ramps.cut(asked, Term(request.term_months, request.start or request.date))
        if lines is None:
            return None
        return RuleTest(read.text("name"), replace(request, lines=lines), asked, expected, read.place("name"))

    def _request(self, read: Read) -> QuoteRequest | None:
        day = read.day("date")
        assert day is not None, "the reader requires it"
        self.ramps = StatedRamps(self.report)
        lines = tuple(line for at, each in enumerate(read.records("lines"), 1) for line in self._line(each, at))
        currency = read.scalar("currency")
        if currency is not None and currency.text not in self.scope.currencies:
            hint = did_you_mean(currency.text, self.scope.currencies)
            self.report.add(finding("PRC209", f"the book has no currency `{currency.text}`", currency.span, hint))
        return QuoteRequest(
            date=day,
            currency=read.text("currency", self.scope.default_currency),
            lines=lines,
            customer=self._facts(read, "customer", self.declared.customer),
            header=self._facts(read, "quote", self.declared.quote),
            codes=read.texts("codes"),
            manual=tuple(_manual(each, at) for at, each in enumerate(read.records("manual"), 1)),
            term_months=read.integer("term_months", 0) or None,
            start=read.day("start"),
        )

    def _facts(self, read: Read, name: str, types: Mapping[str, Type]) -> Mapping[str, Value]:
        """Facts with their declared types; texts that the test leaves out are empty, other facts unknown."""

        def unknown(key: Scalar) -> Diagnostic:
            hint = did_you_mean(key.text, types) or "declare it under `facts` in book.yaml"
            return finding("CAT003", f"the fact `{name}.{key.text}` is not declared", key.span, hint)

        left_out: dict[str, Value] = {key: "" if item is TEXT else None for key, item in types.items()}
        return MappingProxyType({**left_out, **self._typed(read, name, types, unknown)})

    def _typed(
        self, read: Read, name: str, types: Mapping[str, Type], unknown: Callable[[Scalar], Diagnostic]
    ) -> Mapping[str, Value]:
        """The values of a record by their declared types; names without one, and values of another, are told."""
        found: dict[str, Value] = {}
        for key, node in read.pairs(name):
            if key.text not in types:
                self.report.add(unknown(key))
                continue
            try:
                found[key.text] = value_of(node, types[key.text], Words())
            except Unreadable as problem:
                self.report.add(finding(problem.code, problem.message, node.span, problem.hint))
        return MappingProxyType(found)

    def _line(
        self, read: Read, at: int, parent: LineId | None = None, inside: Bundle | None = None
    ) -> Iterator[RequestedLine]:
        sku = read.scalar("sku")
        assert sku is not None, "the reader requires it"
        own = LineId(read.text("id") or (f"{parent}.{at}" if parent else str(at)))
        self.ramps.read(read, own)
        group = read.scalar("group")
        if group is not None and inside is not None and inside.group(group.text) is None:
            hint = did_you_mean(group.text, [each.id for each in inside.groups])
            self.report.add(finding("CAT009", f"`{inside.sku}` has no group `{group.text}`", group.span, hint))
        if known_sku(sku, self.scope):
            past = read.number("past")
            yield RequestedLine(
                id=own,
                sku=Sku(sku.text),
                quantity=read.number("qty") or Decimal(1),
                parent=parent,
                group=read.text("group"),
                attributes=self._attributes(read, sku.text),
                term_months=read.integer("term_months", 0) or None,
                start=read.day("start"),
                unit=read.text("unit"),
                prior_quantity=past or Decimal(0),
                segment=read.integer("segment", 0),
                uplift_percent=read.number("uplift_percent") or Decimal(0),
                segment_price=read.number("segment_price"),
                past_counts=past is None or bool(past),
                end=read.day("end"),
            )
        for number, part in enumerate(read.records("parts"), 1):
            yield from self._line(part, number, own, self.scope.catalog.bundle(sku.text))

    def _attributes(self, read: Read, sku: str) -> Mapping[str, Value]:
        bundle = self.scope.catalog.bundle(sku)
        known = {each.name: each.type for each in bundle.attributes} if bundle else {}

        def unknown(key: Scalar) -> Diagnostic:
            return finding("CAT003", f"`{sku}` has no attribute `{key.text}`", key.span, did_you_mean(key.text, known))

        return self._typed(read, "attributes", known, unknown)


def _manual(read: Read, at: int) -> ManualDiscount:
    value = read.number("value")
    assert value is not None, "the reader requires it"
    return ManualDiscount(
        id=f"manual-{at}",
        on=ManualOn(read.text("on", "total")),
        kind=ManualKind(read.text("kind", "percent")),
        value=value,
        reason=read.text("reason", "test"),
        author=TESTER,
        target=read.text("target"),
        replaces=Replaces(read.text("replaces", "nothing")),
    )


def _expected(read: Read) -> Iterator[Expected]:
    for field in EXPECT.fields:
        node = read.nodes.get(field.name)
        if field.name == "lines" and node is not None:
            yield from _expected_lines(read)
        elif node is not None:
            yield _one(field.name, node)


def _expected_lines(read: Read) -> Iterator[Expected]:
    for at, line in enumerate(read.records("lines")):
        which = line.text("id") or f"#{at}"
        for field in EXPECTED_LINE.fields:
            node = line.nodes.get(field.name)
            if node is not None and field.name != "id":
                yield _one(f"lines/{which}/{field.name}", node)


def _one(path: str, node: Node) -> Expected:
    match node:
        case Scalar(text):
            return Expected(path, (text,), node.span)
        case ListNode(items):
            texts = tuple(each.text for each in items if isinstance(each, Scalar))
            return Expected(path, texts, node.span, many=True)
        case RecordNode():
            return Expected(path, (), node.span)

"""Nodes against declared fields: every problem of shape is reported, what is sound can be read by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from engine.diagnostics import Span, did_you_mean
from engine.rulebook import values
from engine.rulebook.codes import finding
from engine.rulebook.fields import (
    EitherField,
    FieldType,
    Limits,
    ListField,
    MapField,
    Record,
    RecordField,
    ScalarField,
    ScalarKind,
    record_in,
)
from engine.rulebook.fractions import fractions
from engine.rulebook.nodes import ListNode, Node, RecordNode, Report, Scalar
from engine.rulebook.values import Unreadable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read:
    """A record whose fields passed their checks; accessors give values, or the default for what was left out."""

    record: Record
    span: Span
    nodes: Mapping[str, Node]

    def has(self, name: str) -> bool:
        """Whether the author wrote the key (and its value was sound)."""
        return name in self.nodes

    def place(self, name: str) -> Span:
        """Where the value of a key stands, or the record when the key was left out."""
        return self.nodes[name].span if name in self.nodes else self.span

    def scalar(self, name: str) -> Scalar | None:
        """The text of a key with its place, or None."""
        node = self.nodes.get(name)
        return node if isinstance(node, Scalar) else None

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        node = self.scalar(name)
        return node.text if node else default

    def number(self, name: str) -> Decimal | None:
        """A number, amount or percent, or None."""
        return self._as(name, values.percent)

    def integer(self, name: str, default: int) -> int:
        """A whole number."""
        found = self._as(name, values.integer)
        return default if found is None else found

    def day(self, name: str) -> date | None:
        """A date, or None."""
        return self._as(name, values.day)

    def flag(self, name: str, *, default: bool) -> bool:
        """A flag."""
        found = self._as(name, values.flag)
        return default if found is None else found

    def items(self, name: str) -> tuple[Node, ...]:
        """The items of a list; a lone item counts as a list of one."""
        node = self.nodes.get(name)
        if node is None:
            return ()
        return node.items if isinstance(node, ListNode) else (node,)

    def scalars(self, name: str) -> tuple[Scalar, ...]:
        """The texts of a list with their places."""
        return tuple(each for each in self.items(name) if isinstance(each, Scalar))

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list."""
        return tuple(each.text for each in self.scalars(name))

    def records(self, name: str) -> Iterator[Read]:
        """The records of a list, each as read by its own type."""
        field = self.record.field(name)
        kind = record_in(field.type) if field else None
        for node in self.items(name):
            if kind is not None and isinstance(node, RecordNode):
                yield _view(node, kind)

    def one(self, name: str) -> Read | None:
        """A record, or None."""
        return next(self.records(name), None)

    def pairs(self, name: str) -> tuple[tuple[Scalar, Node], ...]:
        """Keys and values of a map, in the author's order."""
        node = self.nodes.get(name)
        return tuple((each.key, each.value) for each in node.entries) if isinstance(node, RecordNode) else ()

    def _as(self, name: str, convert: Callable[[str], T]) -> T | None:
        node = self.scalar(name)
        return convert(node.text) if node else None


def read_record(node: Node | None, record: Record, path: str, report: Report) -> Read | None:
    """Check a node against a record type and return what can be read, or None when a required key is missing."""
    if node is None:
        report.add(finding("FLD003", f"the file is empty; {record.name} was expected", Span(path)))
        return None
    sound = _check_record(node, record, report)
    return _view(sound, record) if sound is not None else None


def view(node: Node, record: Record) -> Read | None:
    """See a node that was already checked as a record of a type; None when it is something else."""
    return _view(node, record) if isinstance(node, RecordNode) else None


def _view(node: RecordNode, record: Record) -> Read:
    return Read(record, node.span, {each.key.text: each.value for each in node.entries})


def _check(node: Node, field: FieldType, report: Report) -> Node | None:
    """Return the node without its unsound parts, or None when nothing of it can be used."""
    match field:
        case ScalarField():
            return _check_text(node, field, report)
        case RecordField(record):
            return _check_record(node, record, report)
        case ListField():
            return _check_list(node, field, report)
        case MapField():
            return _check_map(node, field, report)
        case EitherField():
            return _check(node, _fitting(node, field), report)


def _fitting(node: Node, field: EitherField) -> FieldType:
    for option in field.options:
        match option, node:
            case (ScalarField(), Scalar()) | (ListField(), ListNode()) | (RecordField() | MapField(), RecordNode()):
                return option
            case _:
                continue
    return field.options[0]


def _check_text(node: Node, field: ScalarField, report: Report) -> Node | None:
    if not isinstance(node, Scalar):
        shape = "a list" if isinstance(node, ListNode) else "a record"
        hint = "put the expression in single quotes or after `|-`" if field.kind.name in _FEEL else ""
        report.add(finding("FLD003", f"{field.kind.value} was expected, not {shape}", node.span, hint))
        return None
    try:
        values.check_scalar(node.text, field)
    except Unreadable as problem:
        report.add(finding(problem.code, problem.message, node.span, problem.hint))
        return None
    if field.limits is not Limits.ANY:
        _check_limits(node, field.limits, report)
    if field.kind is ScalarKind.PERCENT:
        report.add(*fractions(values.percent(node.text), node.span))
    return node


def _check_limits(node: Scalar, limits: Limits, report: Report) -> None:
    """A number outside of the limits is reported and kept, so that nobody is told that it is missing, too."""
    try:
        values.check_limits(values.percent(node.text), limits)
    except Unreadable as problem:
        report.add(finding(problem.code, problem.message, node.span, problem.hint))


_FEEL = {"FORMULA", "CONDITION", "EFFECT", "CAP", "MESSAGE"}


def _check_list(node: Node, field: ListField, report: Report) -> Node | None:
    if isinstance(node, Scalar) and not node.text and not node.quoted:
        return ListNode((), node.span)
    if not isinstance(node, ListNode):
        if field.lone:
            return _check(node, field.item, report)
        report.add(finding("FLD003", "a list was expected", node.span, "start each item with `- `"))
        return None
    checked = (_check(each, field.item, report) for each in node.items)
    return ListNode(tuple(each for each in checked if each is not None), node.span)


def _check_map(node: Node, field: MapField, report: Report) -> Node | None:
    if not isinstance(node, RecordNode):
        hint = ""
        if isinstance(node, Scalar) and field.key == "currency":
            hint = f"write `{{EUR: {node.text}}}`, with the currency that it is in"
        report.add(finding("FLD003", f"a record was expected, with a {field.key} as each key", node.span, hint))
        return None
    kept = []
    for index, each in enumerate(node.entries):
        if _is_cut_decimal(node, index, report):
            continue
        if field.key == "currency" and each.key.text not in values.CURRENCIES:
            hint = did_you_mean(each.key.text, values.CURRENCIES)
            report.add(finding("PRC209", f"the currency `{each.key.text}` is not known", each.key.span, hint))
            continue
        sound = _check(each.value, field.value, report)
        if sound is not None:
            kept.append(type(each)(each.key, sound))
    return RecordNode(tuple(kept), node.span)


def _check_record(node: Node, record: Record, report: Report) -> RecordNode | None:
    if not isinstance(node, RecordNode):
        report.add(finding("FLD003", f"a record was expected: {record.name}", node.span, _keys_hint(record)))
        return None
    kept = []
    names = [each.name for each in record.fields]
    for index, entry in enumerate(node.entries):
        field = record.field(entry.key.text)
        if field is None and _is_cut_decimal(node, index, report):
            continue
        if field is None:
            hint = did_you_mean(entry.key.text, names) or _keys_hint(record)
            message = f"the key `{entry.key.text}` is not known in {record.name}"
            report.add(finding("FLD001", message, entry.key.span, hint))
            continue
        sound = _check(entry.value, field.type, report)
        if sound is not None:
            kept.append(type(entry)(entry.key, sound))
    given = {each.key.text for each in node.entries}
    for each in record.fields:
        if each.required and each.name not in given:
            hint = f"add `{each.name}`: {each.doc[:1].lower()}{each.doc[1:].rstrip('.')}"
            report.add(finding("FLD002", f"the key `{each.name}` is missing in {record.name}", _head(node), hint))
    usable = {each.key.text for each in kept}
    if any(each.required and each.name not in usable for each in record.fields):
        return None
    return RecordNode(tuple(kept), node.span)


def _is_cut_decimal(node: RecordNode, index: int, report: Report) -> bool:
    """Report ``{EUR: 20,00}``: the comma ends the amount, and the digits behind it look like a key."""
    key, before = node.entries[index].key, node.entries[index - 1].value if index else None
    if not (key.text.isdigit() and isinstance(before, Scalar) and before.text.isdigit()):
        return False
    place = Span(key.span.path, before.span.line, before.span.column, key.span.end_line, key.span.end_column)
    message, hint = f"`{before.text},{key.text}` is not a number", f"write {before.text}.{key.text}"
    report.add(finding("FLD004", message, place, hint))
    return True


def _head(node: RecordNode) -> Span:
    """The first key of a record: a place that a reader can see, where the whole record may be a page."""
    return node.entries[0].key.span if node.entries else node.span


def _keys_hint(record: Record) -> str:
    return f"known keys are {', '.join(each.name for each in record.fields)}"

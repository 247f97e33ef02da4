"""YAML read without type resolution: every scalar stays the text the author wrote, with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import yaml

from engine.diagnostics import Span
from engine.rulebook.codes import finding
from engine.rulebook.nodes import Entry, ListNode, Node, RecordNode, Report, Scalar, Segment
from engine.rulebook.text_file import decode, yaml_lines
from engine.rulebook.yaml_faults import QUOTE_HINT, explain

MOST_DEPTH = 30
_FAST: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_yaml(path: str, content: bytes, report: Report) -> Node | None:
    """Read one document into nodes; everything wrong with its form goes to the report.

    Returns None for a file that is empty or cannot be read at all.
    """
    text = decode(path, content, report)
    if text is None:
        return None
    try:
        return _Builder(path, text, report).document()
    except _TooDeep as problem:
        report.add(finding("YML006", f"records are nested more than {MOST_DEPTH} deep", problem.span))
        return None
    except yaml.YAMLError as problem:
        report.add(explain(path, text, problem))
        return None


class _Builder:
    """Turns the events of the YAML parser into nodes."""

    def __init__(self, path: str, text: str, report: Report) -> None:
        self.path = path
        self.text = text
        self.report = report
        self.lines = yaml_lines(text)
        self.events = self._events()

    def _events(self) -> Iterator[yaml.Event]:
        """Parse fast; on an error parse again in Python, whose messages and places are the same everywhere."""
        try:
            found = list(self._within_depth(yaml.parse(self.text, Loader=_FAST)))
        except yaml.YAMLError:
            found = list(self._within_depth(yaml.parse(self.text, Loader=yaml.BaseLoader)))
        return iter(found)

    def _within_depth(self, events: Iterable[yaml.Event]) -> Iterator[yaml.Event]:
        """Stop the parser where records are nested too deep: what it does grows with the square of open brackets."""
        depth = 0
        for event in events:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MOST_DEPTH + 1:
                    self._refuse_depth(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            yield event

    def document(self) -> Node | None:
        root: Node | None = None
        seen = False
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    self.report.add(finding("YML007", "the file holds more than one document", self._span(event)))
                    return root
                seen = True
            elif not isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentEndEvent):
                root = self._node(event, 0)
        return root

    def _span(self, event: yaml.Event, end: yaml.Event | None = None) -> Span:
        start, stop = event.start_mark, (end or event).end_mark
        assert start is not None and stop is not None, "parsed events have places"
        return Span(self.path, start.line + 1, start.column + 1, stop.line + 1, stop.column + 1)

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if depth > MOST_DEPTH:
            self._refuse_depth(event)
        self._refuse_references(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(event, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._record(event, depth)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        return Scalar("", self._span(event))

    def _refuse_depth(self, event: yaml.Event) -> None:
        raise _TooDeep(self._span(event))

    def _refuse_references(self, event: yaml.Event) -> None:
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            message = f"the alias `*{anchor}` is used"
        elif anchor:
            message = f"the anchor `&{anchor}` is used"
        elif tag := getattr(event, "tag", None):
            message = f"the tag `{tag.replace('tag:yaml.org,2002:', '!!')}` is used"
        else:
            return
        self.report.add(finding("YML004", message, self._span(event), f"write the value out; for FEEL {QUOTE_HINT}"))

    def _list(self, start: yaml.Event, depth: int) -> ListNode:
        items: list[Node] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                return ListNode(tuple(items), self._span(start, event))
            items.append(self._node(event, depth + 1))
        raise AssertionError("the parser closes every list")

    def _record(self, start: yaml.Event, depth: int) -> RecordNode:
        entries: dict[str, Entry] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                return RecordNode(tuple(entries.values()), self._span(start, event))
            key = self._node(event, depth + 1)
            if isinstance(key, Scalar) and key.text == "<<" and not key.quoted:
                self._skip_merge(key, depth)
                continue
            value = self._node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self.report.add(finding("FLD003", "a key must be a plain word", key.span, QUOTE_HINT))
            elif key.text in entries:
                first = entries[key.text].key.span.line
                message = f"the key `{key.text}` is given twice, first on line {first}"
                self.report.add(finding("YML002", message, key.span, "remove one of them"))
            else:
                entries[key.text] = Entry(key, value)
        raise AssertionError("the parser closes every record")

    def _skip_merge(self, key: Scalar, depth: int) -> None:
        """Refuse ``<<: *other``; the alias behind it is the same fault and not told again."""
        self.report.add(finding("YML004", "the merge key `<<` is used", key.span, "write the keys out"))
        told, self.report = self.report, Report()
        self._node(next(self.events), depth + 1)
        self.report = told

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        span = self._span(event)
        text = str(event.value)
        if event.style == "|":
            return Scalar(text, span, quoted=True, segments=_block_segments(text, self.lines, span))
        if event.style == ">":
            first = _block_segments(text.split(" ")[0], self.lines, span)
            begin = Span(span.path, first[0].line, first[0].column) if first else span
            return Scalar(text, span, quoted=True, segments=_flow_segments(text, self.lines, begin, ""))
        quoted = event.style in ("'", '"')
        if quoted:
            span = Span(span.path, span.line, span.column + 1, span.end_line, max(1, span.end_column - 1))
        if span.end_line == span.line and len(text) == span.end_column - span.column:
            return Scalar(text, span, quoted)
        return Scalar(text, span, quoted, _flow_segments(text, self.lines, span, event.style or ""))


class _TooDeep(yaml.YAMLError):
    """Stops reading at a place that is nested too deeply."""

    def __init__(self, span: Span) -> None:
        super().__init__(span)
        self.span = span


def _block_segments(text: str, lines: list[str], span: Span) -> tuple[Segment, ...]:
    """Places of a literal or folded block: each line of the text is looked for below the indicator."""
    segments: list[Segment] = []
    offset, number = 0, span.line
    for piece in yaml_lines(text):
        while number < len(lines) and not (piece.strip() and lines[number].strip().startswith(piece.strip()[:20])):
            if not piece.strip():
                break
            number += 1
        if number >= len(lines):
            break
        indent = len(lines[number]) - len(lines[number].lstrip())
        segments.append(Segment(offset, number + 1, indent + 1))
        offset += len(piece) + 1
        number += 1
    return tuple(segments)


def _flow_segments(text: str, lines: list[str], span: Span, style: str) -> tuple[Segment, ...]:
    """Places of a quoted text with escapes, or of a text folded over lines: follow the file character by character."""
    segments = [Segment(0, span.line, span.column)]
    row, column = span.line - 1, span.column - 1
    for offset, letter in enumerate(text):
        moved = False
        if letter == " " and row < len(lines) and not lines[row][column:].strip():
            row, moved = row + 1, True
            column = len(lines[row]) - len(lines[row].lstrip()) - 1 if row < len(lines) else 0
        if row >= len(lines):
            break
        if moved:
            segments.append(Segment(offset + 1, row + 1, column + 2))
        step = 2 if _escaped(lines[row], column, style) else 1
        column += step
        if step == 2:
            segments.append(Segment(offset + 1, row + 1, column + 1))
    return tuple(segments)


def _escaped(line: str, column: int, style: str) -> bool:
    pair = line[column : column + 2]
    return (style == "'" and pair == "''") or (style == '"' and pair[:1] == "\\" and len(pair) == 2)

"""One layout for rule files; comments, order and every value stay as the author wrote them."""

from __future__ import annotations

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tag import Tag

from engine.diagnostics import Diagnostic, Severity, Span
from engine.rulebook.codes import finding
from engine.rulebook.csv_reader import read_csv
from engine.rulebook.nodes import Entry, ListNode, Node, RecordNode, Report, Scalar
from engine.rulebook.table import Table
from engine.rulebook.yaml_reader import read_yaml

YAML_FILES, CSV_FILES = (".yaml", ".yml"), (".csv",)
_TEXT_TAG = Tag(suffix="tag:yaml.org,2002:str")


def format_file(path: str, content: bytes) -> bytes:
    """Return a rule file in the one layout: two blanks an indent, lists indented under their key, no trailing blanks.

    A file that has errors, is neither YAML nor CSV, or whose values the layout would change, comes back as it was.
    """
    if path.lower().endswith(YAML_FILES):
        return _format_yaml(path, content)
    if path.lower().endswith(CSV_FILES):
        return _format_csv(path, content)
    return content


def unformatted(path: str, content: bytes) -> tuple[Diagnostic, ...]:
    """Why a file is left as it is: everything that is wrong with its form; nothing for one that can be laid out."""
    report = Report()
    if path.lower().endswith(YAML_FILES):
        read_yaml(path, content, report)
        if not report.found:
            _report_layout(path, content, report)
    elif path.lower().endswith(CSV_FILES):
        read_csv(path, content, report)
    return report.found


class _NoTypes(VersionedResolver):
    """Every scalar is a text, so that 1.50 stays 1.50 and no stays no."""

    def resolve(self, kind: object, value: object, implicit: object) -> object:
        return _TEXT_TAG if kind is ScalarNode else super().resolve(kind, value, implicit)


class _Sink:
    """Where the writer puts its pieces."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes | str) -> None:
        self.pieces.append(piece.encode() if isinstance(piece, str) else piece)


def _report_layout(path: str, content: bytes, report: Report) -> None:
    """Tabs between words are read, but the writer that keeps comments knows none there."""
    try:
        _writer().load(_text(content))
    except MarkedYAMLError as problem:
        mark = problem.problem_mark
        place = Span(path, mark.line + 1, mark.column + 1) if mark is not None else Span(path)
        report.add(finding("YML003", "the file cannot be laid out from here on", place, "use spaces instead of tabs"))


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig").replace("\r\n", "\n")


def _writer() -> YAML:
    writer = YAML()
    writer.Resolver = _NoTypes
    writer.preserve_quotes = True
    writer.width = 100_000
    writer.indent(mapping=2, sequence=4, offset=2)
    return writer


def _format_yaml(path: str, content: bytes) -> bytes:
    before = _values(path, content)
    if before is None:
        return content
    writer, sink = _writer(), _Sink()
    try:
        writer.dump(writer.load(_text(content)), sink)
    except MarkedYAMLError:  # ``unformatted`` says where
        return content
    text = "\n".join(line.rstrip() for line in b"".join(sink.pieces).decode().split("\n")).rstrip("\n") + "\n"
    result = text.encode()
    return result if _values(path, result) == before else content


def _values(path: str, content: bytes) -> object:
    """What a file means, without places; None when it has errors."""
    report = Report()
    node = read_yaml(path, content, report)
    if node is None or any(each.severity is Severity.ERROR for each in report.found):
        return None
    return _plain(node)


def _plain(node: Node) -> object:
    match node:
        case Scalar(text):
            return text
        case ListNode(items):
            return [_plain(each) for each in items]
        case RecordNode(entries):
            return [_pair(each) for each in entries]


def _pair(entry: Entry) -> object:
    return (entry.key.text, _plain(entry.value))


def _format_csv(path: str, content: bytes) -> bytes:
    report = Report()
    table = read_csv(path, content, report)
    if table is None or report.found:
        return content
    head = [line.rstrip() for line in content.decode("utf-8-sig").splitlines() if line.startswith("#")]
    lines = [*head[: _comment_lines(content)], _line([each.text for each in table.header])]
    lines += [_line(list(row.texts)) for row in table.rows]
    result = ("\n".join(lines) + "\n").encode()
    again = read_csv(path, result, report)
    return result if again is not None and _cells(again) == _cells(table) else content


def _comment_lines(content: bytes) -> int:
    """How many comment lines stand before the header."""
    count = 0
    for line in content.decode("utf-8-sig").splitlines():
        if line.startswith("#"):
            count += 1
        elif line.strip():
            break
    return count


def _cells(table: Table) -> object:
    return ([each.text for each in table.header], [row.texts for row in table.rows])


def _line(cells: list[str]) -> str:
    return ",".join(_cell(each) for each in cells)


def _cell(text: str) -> str:
    risky = "," in text or '"' in text or "\n" in text or text != text.strip() or text.startswith("#")
    return '"' + text.replace('"', '""') + '"' if risky else text

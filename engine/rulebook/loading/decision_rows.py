"""What is wrong with the rows of a decision table, told with an example: overlaps, gaps, dead rows, unused outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.diagnostics import Diagnostic
from engine.language.printer import print_expression
from engine.language.tables import DecisionTable, FindingKind, HitPolicy, TableFinding, analyse_table
from engine.language.tree import Node
from engine.language.values.show import literal
from engine.rulebook.codes import finding, warning
from engine.rulebook.table import Table, row_span

_ANSWERS = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY})


@dataclass(frozen=True, slots=True)
class RowsChecked:
    """The findings, and whether some row is known to match whatever the inputs are."""

    findings: tuple[Diagnostic, ...]
    complete: bool


def check_rows(table: Table, content: DecisionTable, names: tuple[str, ...]) -> RowsChecked:
    """Analyse the rows of a table whose cells are sound; ``content`` has a rule for each row, ``names`` the inputs."""
    analysis = analyse_table(content, names=names)
    gaps = analysis.of(FindingKind.GAP)
    has_default = any(each.default for each in content.outputs)
    wanted = content.hit_policy in _ANSWERS and not has_default
    # Without declared values, an output that never comes out is that of a row already told to be dead.
    listed = any(each.values for each in content.outputs)
    told_of = {FindingKind.GAP: wanted, FindingKind.UNREACHABLE_OUTPUT: listed and len(content.outputs) == 1}
    found = [each for each in analysis.findings if told_of.get(each.kind, True)]
    told = tuple(diagnostic for each in found for diagnostic in _told(table, content, each))
    return RowsChecked(told, analysis.exact and not gaps)


def _told(table: Table, content: DecisionTable, found: TableFinding) -> Iterator[Diagnostic]:
    lines = [table.rows[each - 1].line for each in found.rows]
    place = row_span(table, table.rows[found.rows[0] - 1]) if found.rows else table.span
    case = _case(found.example)
    match found.kind:
        case FindingKind.OVERLAP:
            place = row_span(table, table.rows[found.rows[1] - 1])
            message = f"rows {lines[0]} and {lines[1]} both match {case}"
            hint = f"the table says hit={content.hit_policy.value}: let one row leave out what the other matches"
            yield finding("TBL011", message, place, hint)
        case FindingKind.SHADOWED:
            others = " and ".join(map(str, lines[1:]))
            first = f"rows {others} come" if len(lines) > 2 else f"row {others} comes"
            message = f"row {lines[0]} never decides: {first} first"
            yield warning("TBL012", message, place, "remove it or move it up")
        case FindingKind.GAP:
            yield warning("TBL013", f"no row matches {case}", place, "add a row for it, or give the outputs a default")
        case FindingKind.EMPTY:
            yield warning("TBL014", f"row {lines[0]} can never match", place, "correct its tests or remove it")
        case FindingKind.UNREACHABLE_OUTPUT:
            message = f"the output {_shown(found.output)} never comes out"
            yield warning("TBL015", message, place, "correct the rows, or take it out of the values")


def _case(example: Mapping[str, object]) -> str:
    """An example in words; columns without tests (no value stands for them) are left out."""
    shown = [f"{name} {literal(value)}" for name, value in example.items() if value is not None]
    return ", ".join(shown) or "anything"


def _shown(output: object) -> str:
    parts = output if isinstance(output, tuple) else (output,)
    texts = (print_expression(each) if isinstance(each, Node) else "null" for each in parts)  # type: ignore[arg-type]
    return f"`{', '.join(texts)}`"

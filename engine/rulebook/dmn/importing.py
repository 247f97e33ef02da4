"""Decision tables of a DMN file as files of the folder ``tables/``, and what of the file could not be carried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from engine.diagnostics import Diagnostic, DiagnosticError, Severity
from engine.language.dmn import model
from engine.language.dmn.program import Home, Placed, Program
from engine.rulebook.dmn.draft import Draft, csv_text, yaml_text
from engine.rulebook.dmn.drafting import Drafter, Parameter
from engine.rulebook.dmn.naming import NotCarried, plain_name
from engine.rulebook.loading.attributes import Words
from engine.rulebook.loading.decision_tables import FOLDER, is_free_name, read_tables
from engine.rulebook.loading.sources import Sources
from engine.rulebook.nodes import Report


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What of the file was not carried and why; ``is_table`` when it is a decision table or a part of one."""

    element: str
    reason: str
    is_table: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """The files to write by their path in the rule book, the tables in them, and what was left out."""

    files: Mapping[str, str]
    tables: tuple[Draft, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Diagnostic, ...]


NO_ROWS: Mapping[str, str] = MappingProxyType({})


def import_tables(program: Program, file_name: str, rows_in: Mapping[str, str] = NO_ROWS) -> Imported:
    """Carry every decision table that is the whole logic of a decision or a business knowledge model.

    ``file_name`` names the YAML file, ``rows_in`` the CSV files of tables that are there already, by id.
    A table whose cells the strict profile cannot hold is left out with the reason.
    """
    tables: list[Draft] = []
    left_out: list[LeftOut] = []
    warnings: list[Diagnostic] = []
    home = program.main
    for element in home.content.elements:
        taken = frozenset(each.id for each in tables)
        found = _carried(program, element, home, taken)
        if isinstance(found, LeftOut):
            left_out.append(found)
        elif found is not None:
            draft, told = found
            tables.append(replace(draft, rows_in=rows_in.get(draft.id, "")))
            warnings += told
            left_out += [LeftOut(_called(element), each, is_table=True) for each in draft.losses]
    for each in home.content.imports:
        left_out.append(LeftOut(f"import `{each.name or each.namespace}`", "import that file by itself"))
    files = {f"{FOLDER}/{each.file}": csv_text(each) for each in tables}
    if tables:
        files[f"{FOLDER}/{file_name}"] = yaml_text(tables)
    return Imported(MappingProxyType(files), tuple(tables), tuple(left_out), tuple(warnings))


def _called(element: model.Element) -> str:
    words = {model.Decision: "decision", model.Knowledge: "business knowledge model", model.Service: "decision service"}
    return f"{words.get(type(element), 'input')} `{element.variable.name}`"


def _carried(
    program: Program, element: model.Element, home: Home, taken: frozenset[str]
) -> LeftOut | tuple[Draft, tuple[Diagnostic, ...]] | None:
    if isinstance(element, model.InputData):
        return None
    reason = "it calls decisions together, and rule books call each table by itself"
    if isinstance(element, model.Service):
        return LeftOut(_called(element), reason)
    logic = element.logic if isinstance(element, model.Decision) else element.function and element.function.body
    if not isinstance(logic, model.BoxedTable):
        return LeftOut(_called(element), f"it is {_KINDS[type(logic)]}, not a decision table{_holds_table(logic)}")
    try:
        name = plain_name(
            element.variable.name, lambda each: is_free_name(each) and each.isascii() and each not in taken
        )
        draft = Drafter(home, tuple(_parameters(program, element, home))).draft(name, element, logic)
        return draft, _checked(draft)
    except NotCarried as problem:
        return LeftOut(_called(element), str(problem), is_table=True)
    except DiagnosticError as error:
        return LeftOut(
            _called(element), "; ".join(dict.fromkeys(_said(each) for each in error.diagnostics)), is_table=True
        )


def _said(each: Diagnostic) -> str:
    return f"{each.message} ({each.hint})" if each.hint else each.message


_KINDS: Mapping[type, str] = {
    model.Literal: "a literal expression",
    model.BoxedContext: "a boxed context",
    model.Invocation: "an invocation",
    model.BoxedList: "a list",
    model.Relation: "a relation",
    model.BoxedFunction: "a function",
    model.Conditional: "a conditional",
    model.Loop: "an iterator",
    model.BoxedFilter: "a filter",
    type(None): "without logic",
}


def _holds_table(logic: model.Boxed | None) -> str:
    """A word on tables inside other boxed expressions: they read names that only that expression gives."""
    return "; make the table inside it a decision of its own" if "BoxedTable(" in repr(logic) else ""


def _parameters(program: Program, element: model.Decision | model.Knowledge, home: Home) -> Iterator[Parameter]:
    """What the expressions of a table may read, with their types."""
    if isinstance(element, model.Knowledge):
        assert element.function is not None, "its body is a table"
        for each in element.function.parameters:
            yield Parameter((each.name,), each.type_name, home.items, each.label)
        return
    for reference in element.requires:
        found = program.resolve(reference, home)
        if found is None:
            raise NotCarried(f"it requires `{reference[:80]}`, which is in none of the files")
        yield _required(found, home)


def _required(found: Placed, home: Home) -> Parameter:
    prefix = next((name for name, inner in home.imports.items() if inner is found.home and name), "")
    path = (
        (prefix, found.element.variable.name) if prefix and found.home is not home else (found.element.variable.name,)
    )
    variable = found.element.variable
    return Parameter(path, variable.type_name, found.home.items, variable.label)


def _checked(draft: Draft) -> tuple[Diagnostic, ...]:
    """Load the table as a rule book would; raises ``DiagnosticError`` for errors, returns the warnings."""
    files = {f"{FOLDER}/{draft.file}": csv_text(draft).encode(), f"{FOLDER}/t.yaml": yaml_text([draft]).encode()}
    report = Report()
    tables = read_tables(Sources(files, report), Words())
    errors: Sequence[Diagnostic] = [each for each in report.found if each.severity is Severity.ERROR]
    if errors:
        raise DiagnosticError(*(replace(each, message=_placed(each)) for each in errors))
    for number, (rule, meant) in enumerate(zip(tables[draft.id].table.rules, draft.meant, strict=True), 1):
        for read, wanted in zip((*rule.inputs, *rule.outputs), meant, strict=True):
            if read != wanted:
                raise NotCarried(f"row {number}: in a column of texts `{wanted}` would be read as the text {read}")
    return report.found


def _placed(each: Diagnostic) -> str:
    return (
        f"row {each.span.line - 2}: {each.message}"
        if each.span.path.endswith(".csv") and each.span.line > 2
        else each.message
    )

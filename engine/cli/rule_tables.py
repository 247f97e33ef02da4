"""``cpq rules import`` and ``cpq rules export``: decision tables between DMN files and rule books."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from engine.adapters.rule_folder import read_folder, unpack
from engine.cli.dmn import models_of
from engine.cli.failure import CLEAN, FINDINGS, VerbFailed
from engine.diagnostics import DiagnosticError, Severity, as_json, counted, did_you_mean
from engine.language.dmn import Program
from engine.rulebook.decision_table import NamedTable
from engine.rulebook.dmn import Imported, export_table, import_tables
from engine.rulebook.load import load_tables

FOLDER = "tables"


def run_import(options: argparse.Namespace) -> int:
    """Write the tables of a DMN file; exit code 1 when a table could not be carried or there is none."""
    found = _imported(options.file, _tables_in(options.into))
    there = [path for path in found.files if (options.into / path).exists()]
    if there and not options.replace:
        raise VerbFailed(f"{', '.join(there)} exist already; say --replace to write over them")
    for path, text in found.files.items():
        target = options.into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    if options.json:
        print(json.dumps(_as_data(found), indent=2, ensure_ascii=False))
    else:
        _show(found, options.into)
    lost = any(each.is_table for each in found.left_out)
    return FINDINGS if lost or not found.tables else CLEAN


def _tables_in(book: Path) -> dict[str, NamedTable]:
    """The tables that are in a rule book already, by id; those that cannot be read count as not there."""
    if not (book / FOLDER).is_dir():
        return {}
    return dict(load_tables(unpack(read_folder(book)))[0])


def _imported(file: Path, known: Mapping[str, NamedTable]) -> Imported:
    """The tables of a model, those that are in the book already under the names of the files that hold them."""
    models = Program(models_of(file))
    found = import_tables(models, f"{file.stem}.yaml")
    again = [known[each.id] for each in found.tables if each.id in known]
    if not again:
        _refuse_taken(found, known)
        return found
    records = {each.span.path for each in again}
    apart = [each.id for each in known.values() if each.span.path in records and each not in again]
    if len(records) > 1 or apart:
        beside = f" beside {', '.join(f'`{each}`' for each in apart)}" if apart else ""
        names = ", ".join(f"`{each.id}`" for each in again)
        raise VerbFailed(
            f"{names} already in {', '.join(sorted(records))}{beside}; the import writes one file, take them out there"
        )
    for each in again:
        if not each.path.endswith(".csv"):
            raise VerbFailed(
                f"the rows of `{each.id}` are in {each.path}, and the import writes CSV; take it out first"
            )
    rows_in = {each.id: each.path.removeprefix(f"{FOLDER}/") for each in again}
    found = import_tables(models, records.pop().removeprefix(f"{FOLDER}/"), rows_in)
    _refuse_taken(found, known)
    return found


def _refuse_taken(found: Imported, known: Mapping[str, NamedTable]) -> None:
    """A file that holds the rows of another table is never written over."""
    holders = {each.path: each.id for each in known.values()}
    for each in found.tables:
        holder = holders.get(f"{FOLDER}/{each.file}", each.id)
        if holder != each.id:
            raise VerbFailed(f"{FOLDER}/{each.file} holds the rows of `{holder}`, and `{each.id}` would take its place")


def _as_data(found: Imported) -> dict[str, object]:
    return {
        "files": list(found.files),
        "tables": [
            {"id": each.id, "title": each.title, "hit": each.hit, "rows": len(each.rows)} for each in found.tables
        ],
        "left_out": [
            {"element": each.element, "reason": each.reason, "table": each.is_table} for each in found.left_out
        ],
        "warnings": as_json(found.warnings),
    }


def _show(found: Imported, into: Path) -> None:
    for each in found.tables:
        print(f"{each.id}: {counted(len(each.rows), 'row')}, hit={each.hit}, {into / 'tables' / each.file}")
    for told in found.warnings:
        print(f"warning: {told.span}: {told.message}")
    for left in found.left_out:
        print(f"not carried: {left.element}: {left.reason}")
    print(f"{counted(len(found.tables), 'table')} carried, {counted(len(found.left_out), 'thing')} left out")


def run_export(options: argparse.Namespace) -> int:
    """Print or write one table as DMN; exit code 1 with the findings when the table is not sound."""
    table = _table_at(options.table)
    content = export_table(table)
    if options.out is None:
        sys.stdout.write(content.decode())
    else:
        options.out.write_bytes(content)
        if options.json:
            print(json.dumps({"file": str(options.out)}))
        else:
            print(f"wrote {table.id} to {options.out}")
    return CLEAN


def _table_at(path: Path) -> NamedTable:
    """The table whose rows a file holds."""
    root = next((each for each in path.resolve().parents if each.name == FOLDER), None)
    if root is None or not path.is_file():
        what = "is no file" if not path.is_file() else "is not in the folder `tables` of a rule book"
        raise VerbFailed(f"`{path}` {what}")
    tables, found = load_tables(unpack(read_folder(root.parent)))
    inside = path.resolve().relative_to(root.parent).as_posix()
    table = next((each for each in tables.values() if each.path == inside), None)
    if table is None:
        errors = [each for each in found if each.severity is Severity.ERROR]
        if errors:
            raise DiagnosticError(*errors)
        near = did_you_mean(inside, [each.path for each in tables.values()])
        raise VerbFailed(f"no record in `tables/` names `{inside}`; {near}".rstrip("; "), exit_code=FINDINGS)
    return table

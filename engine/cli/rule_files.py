"""``cpq rules fmt``, ``schema``, ``reference``, ``new``: the files themselves."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from engine.adapters.rule_folder import read_folder
from engine.cli.failure import CLEAN, FINDINGS, VerbFailed
from engine.cli.rule_output import say, say_json, sources_of
from engine.diagnostics import Diagnostic, as_json, counted, did_you_mean, render
from engine.rulebook.formatter import format_file, unformatted
from engine.rulebook.reference import reference_page
from engine.rulebook.schema_files import schema_files
from engine.rulebook.starter import starter_files


def run_fmt(args: argparse.Namespace) -> int:
    """Put files into the one layout, or say which would change; exit code 1 for what cannot be read."""
    files = read_folder(args.folder)
    changed: list[str] = []
    faults: list[Diagnostic] = []
    for path, content in files.items():
        faults += unformatted(path, content)
        formatted = format_file(path, content)
        if formatted != content:
            changed.append(path)
            if not args.check:
                (args.folder / path).write_bytes(formatted)
    if args.json:
        say_json({"changed": changed, "findings": as_json(faults)})
    else:
        if faults:
            say(render(faults, sources_of(files)))
        word = "would change" if args.check else "changed"
        say("\n".join(f"{word}: {each}" for each in changed) or "nothing to change")
    return FINDINGS if faults or (args.check and changed) else CLEAN


def run_schema(args: argparse.Namespace) -> int:
    """Print or write the JSON Schemas."""
    schemas = schema_files()
    if args.out is not None:
        args.out.mkdir(parents=True, exist_ok=True)
        for name, schema in schemas.items():
            (args.out / name).write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
        say("\n".join(str(args.out / name) for name in schemas))
        return CLEAN
    if args.kind is None:
        say_json(dict(schemas))
        return CLEAN
    name = f"{args.kind}.schema.json"
    if name not in schemas:
        kinds = [each.removesuffix(".schema.json") for each in schemas]
        raise VerbFailed(f"no kind `{args.kind}`; {did_you_mean(args.kind, kinds) or 'known: ' + ', '.join(kinds)}")
    say_json(schemas[name])
    return CLEAN


def run_reference(args: argparse.Namespace) -> int:
    """Print the reference page."""
    page = reference_page()
    if args.json:
        say_json({"page": page})
    else:
        sys.stdout.write(page)
    return CLEAN


def run_new(args: argparse.Namespace) -> int:
    """Write the files of a book to start from; an existing folder has to be empty."""
    folder: Path = args.folder
    if folder.exists() and any(folder.iterdir()):
        raise VerbFailed(f"`{folder}` is not empty")
    name = folder.resolve().name
    written = {
        **starter_files(name, args.title or name),
        **{f"schema/{file}": json.dumps(schema, indent=2) + "\n" for file, schema in schema_files().items()},
    }
    for path, text in written.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    if args.json:
        say_json({"files": sorted(written)})
    else:
        say(f"wrote {counted(len(written), 'file')} to {folder}; try: cpq rules test {folder}")
    return CLEAN

"""Files made from others: ``python -m tests.generated_files`` writes them, ``--check`` compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from engine.cli.codes import codes_page
from engine.rulebook.schema_files import schema_files
from tests.api import api_page

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "rules" / "schema"
CODES = ROOT / "docs" / "reference" / "codes.md"


def wanted() -> dict[Path, str]:
    """Path to content of every generated file."""
    files = {api_page.PAGE: api_page.page(), CODES: codes_page()}
    return files | {SCHEMAS / name: json.dumps(schema, indent=2) + "\n" for name, schema in schema_files().items()}


def main() -> int:
    """Write the files, or say which differ; returns the exit code."""
    stale = {path: text for path, text in wanted().items() if not path.exists() or path.read_text() != text}
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what it is made from says; run python -m tests.generated_files")
        return 1 if stale else 0
    for path, text in stale.items():
        path.write_text(text)
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

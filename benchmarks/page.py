"""Puts the results of benchmarks into pages: ``python -m benchmarks.page PAGE`` fills the tables that the page names.

A page says ``<!-- benchmark NAME: column, column as title ... -->`` where a table goes, and ``<!-- end -->`` after it.
Rows that have none of the columns but the first are left out.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import RESULTS, shown

PLACE = re.compile(r"(<!-- benchmark (\w+): ([^>]*?) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def table(name: str, columns: Sequence[str]) -> str:
    """The rows of a benchmark's results as Markdown, by columns as ``KEY`` or ``KEY as TITLE``."""
    rows = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))["rows"]
    keys, titles = zip(
        *((each.partition(" as ")[0], each.partition(" as ")[2] or each) for each in columns), strict=True
    )
    lines = [f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}"]
    for row in rows:
        if any(row.get(key) not in (None, "") for key in keys[1:]):
            lines.append(f"| {' | '.join(shown(row.get(key, '')).replace('|', ' ') for key in keys)} |")
    return "\n".join(lines) + "\n"


def filled(text: str) -> str:
    """The page with every table from the newest results; a benchmark that has none keeps its table."""

    def fill(found: re.Match[str]) -> str:
        head, name, columns, old, end = found.groups()
        there = (RESULTS / f"{name}.json").exists()
        return head + (table(name, re.split(r",\s*", columns)) if there else old) + end

    return PLACE.sub(fill, text)


def main() -> int:
    """Rewrite the pages named."""
    for name in sys.argv[1:]:
        page = Path(name)
        page.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

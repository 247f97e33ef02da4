"""What authors read when a decision table is wrong: each text is compared whole.

The file holds blocks parted by an empty line: the rows of the table behind a dot (the declaration is ``DECLARED``, in
which ``declare OLD -> NEW`` lines change words), then what the author reads.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from engine.diagnostics import render
from engine.rulebook.load import load_tables

FILE = Path(__file__).parent / "wrong_tables.txt"
DECLARED = """\
tables:
  - id: rebate
    file: rebate.csv
    inputs:
      qty: {type: number, allowed: '[0..1000]'}
      region: {values: [DE, AT, CH]}
      day: {type: date}
    outputs:
      percent: {type: percent}
      class: {values: [high, low]}
"""


class Case(NamedTuple):
    """A wrong table and what is said about it."""

    declared: str
    rows: str
    says: str


def read_cases() -> list[Case]:
    """Read the file of blocks."""
    cases = []
    for block in FILE.read_text(encoding="utf-8").strip().split("\n\n"):
        declared, rows, says = DECLARED, [], []
        for line in block.splitlines():
            if line.startswith("declare "):
                old, new = line.removeprefix("declare ").split(" -> ")
                assert old in declared, old
                declared = declared.replace(old, new)
            elif line == "." or line.startswith(". "):
                rows.append(line[2:])
            else:
                says.append(line)
        cases.append(Case(declared, "".join(f"{each}\n" for each in rows), "\n".join(says)))
    return cases


def findings(declared: str, rows: str) -> str:
    """What an author reads about a table."""
    files = {"tables/t.yaml": declared, "tables/rebate.csv": rows}
    _, found = load_tables({path: text.encode() for path, text in files.items()})
    return render(found, files) if found else "nothing is wrong"


CASES = read_cases()


@pytest.mark.parametrize("case", CASES, ids=[str(number) for number in range(1, len(CASES) + 1)])
def test_the_author_reads_exactly_this(case: Case) -> None:
    assert findings(case.declared, case.rows) == case.says


def test_the_corpus_is_large_and_never_speaks_of_the_machine() -> None:
    assert len(CASES) >= 30
    text = FILE.read_text(encoding="utf-8")
    assert not re.search(r"(?i)python|traceback|decimal\.|exception|<class|nonetype|\bNone\b|dict|tuple", text)

"""The reference page in ``docs`` is that of the loader (engine.rulebook.reference).

Its words come from engine.rulebook.fields and from engine.rulebook.formats.approvals, engine.rulebook.formats.book,
engine.rulebook.formats.catalog, engine.rulebook.formats.constraints, engine.rulebook.formats.discounts,
engine.rulebook.formats.prices, engine.rulebook.formats.rule_tests, engine.rulebook.formats.terms.
"""

from __future__ import annotations

from pathlib import Path

from engine.rulebook.codes import EXPLANATIONS
from engine.rulebook.reference import reference_page
from engine.rulebook.schema_files import FILE_KINDS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_is_up_to_date() -> None:
    page = (DOCS / "reference" / "rule-files.md").read_text(encoding="utf-8")
    assert page == reference_page(), "run: cpq rules reference > docs/reference/rule-files.md"


def test_the_page_names_every_key_and_code() -> None:
    page = reference_page()
    for record in FILE_KINDS.values():
        for field in record.fields:
            assert f"| `{field.name}`" in page
    assert all(f"| `{code}` |" in page for code in EXPLANATIONS)

"""The example of the revenue reference is run."""

from __future__ import annotations

import doctest
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "revenue.md"


def test_the_example_of_the_page_is_true() -> None:
    text = PAGE.read_text(encoding="utf-8").replace("```\n", "\n")
    examples = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    found: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(examples, out=found.append)
    assert runner.failures == 0, "".join(found)
    assert runner.tries > 5

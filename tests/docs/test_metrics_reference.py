"""The page of metrics: its example is run, and its table says what every metric says of itself."""

from __future__ import annotations

import doctest
from pathlib import Path

from engine.metrics import METRICS, dimensions_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "metrics.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_example_of_the_page_is_true() -> None:
    examples = doctest.DocTestParser().get_doctest(TEXT.replace("```\n", "\n"), {}, PAGE.name, str(PAGE), 0)
    found: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(examples, out=found.append)
    assert runner.failures == 0, "".join(found)
    assert runner.tries > 5


def test_the_table_says_what_the_metrics_say() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]
    wanted = [
        f"| `{each.name}` | {each.unit.value} | {each.moment.value.replace('_', ' ')} | {each.definition} "
        f"| {', '.join(dimensions_of(each))} |"
        for each in METRICS.values()
    ]
    assert rows == wanted

"""The examples of the configuration reference are run; its model file and its list of formats are the real ones."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from engine.configuration.configurator import configurator_for
from engine.configuration.formats.reader import READERS, read_model

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "configuration.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_example_of_the_page_is_true() -> None:
    examples = doctest.DocTestParser().get_doctest(TEXT.replace("```\n", "\n"), {}, PAGE.name, str(PAGE), 0)
    found: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(examples, out=found.append)
    assert runner.failures == 0, "".join(found)
    assert runner.tries > 30


def test_the_model_file_of_the_page_is_read() -> None:
    shown = re.search(r"```yaml\n(.*?)```", TEXT, re.S)
    assert shown is not None
    model = read_model(shown.group(1).encode(), "bike.yaml")
    assert [each.id for each in model.rules] == ["lamp by law", "load"]
    # city needs the lamp: 0 to 4 bags; race with lamp: at most 2 bags (3 * 2 + 2 <= 9); race without: at most 3
    assert configurator_for(model).count() == 5 + 3 + 4


def test_every_format_is_in_the_table() -> None:
    assert not [ending for ending, _ in READERS if f"`{ending}`" not in TEXT and ending != ".yml"]

"""The examples of the pricing reference are run, and say what the engine answers."""

from __future__ import annotations

import dataclasses
import doctest
import inspect
import re
from enum import Enum
from pathlib import Path

from engine.pricing import effects, models, plan, settings
from engine.pricing.effects import On
from engine.pricing.models import Rated, RatedPart
from engine.pricing.models.breakdown import PricePart, PricePartKind
from engine.pricing.models.model import PartKind
from engine.pricing.models.ramp import RampSegment, ShortSegment
from engine.pricing.plan import Step

ANSWERS = frozenset((Rated, RatedPart, PricePart, RampSegment))
OF_ANSWERS = frozenset((PartKind, PricePartKind))
SAID_OTHERWISE = frozenset((On.UNITS, Step.MANUAL, ShortSegment.LAST))
"""Units are chosen by an effect of their own, the agent has no group, and the last segment is short by itself."""
IN_EVERY_RECORD = frozenset(("span", "origin"))
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "pricing.md"


def test_every_example_of_the_page_is_true() -> None:
    text = PAGE.read_text(encoding="utf-8").replace("```\n", "\n")
    examples = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    found: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(examples, out=found.append)
    assert runner.failures == 0, "".join(found)
    assert runner.tries > 80


def test_no_setting_of_a_book_is_without_an_example() -> None:
    """Every choice that a book can make beside the defaults, and every field of its records, is on the page."""
    text = PAGE.read_text(encoding="utf-8")
    modules = (plan, effects, settings, models)
    classes = [found for module in modules for _, found in inspect.getmembers(module, inspect.isclass)]
    own = [each for each in classes if each.__module__.startswith("engine.pricing")]
    records = [each for each in own if dataclasses.is_dataclass(each) and each not in ANSWERS]
    named = [(record, field) for record in records for field in dataclasses.fields(record)]
    defaults = {field.default for _, field in named if isinstance(field.default, Enum)}
    kinds = [
        each for each in own if issubclass(each, Enum) and each not in OF_ANSWERS and f"in {each.__name__}" not in text
    ]
    choices = {each for kind in kinds for each in kind} - defaults - SAID_OTHERWISE
    missing = [each for each in sorted(map(str, choices)) if each not in text]
    missing += [
        f"{record.__name__}.{field.name}"
        for record, field in named
        if field.name not in IN_EVERY_RECORD and not re.search(rf"\b{field.name}\b", text)
    ]
    assert not missing, "\n".join(missing)

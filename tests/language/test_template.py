"""Messages of authors with formulas in braces."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.diagnostics import DiagnosticError
from engine.language import Origin, check_template, compile_template, render
from engine.language.template import show_value
from tests.language.example import example_scope, records

SCOPE = example_scope()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no formula", "no formula"),
        ("", ""),
        ("The supply gives {psu.watts} W.", "The supply gives 850 W."),
        ("{line.qty} x {line.sku}", "5 x DISK-1T"),
        ("{{braces}} and {1 + 1}", "{braces} and 2"),
        ('{if line.qty > 1 then "many }" else "one"}', "many }"),
        ("{line.net / 3}", "26.666667"),
        ("{line.net * 1.5}", "120"),
        ("{line.weight}", "?"),
        ("{line.net / (line.qty - 5)}", "?"),
        ("{quote.date}", "2026-03-01"),
        ("{line.discountable}", "yes"),
        ("{lines.sku}", "DISK-1T, MEM-16"),
        ("{line.start - quote.date}", "-P55D"),
    ],
)
def test_formulas_are_shown_as_readers_write_them(text: str, shown: str) -> None:
    assert render(check_template(text, scope=SCOPE), *records()) == shown


def test_problems_of_all_formulas_are_found_at_their_places() -> None:
    with pytest.raises(DiagnosticError) as error:
        check_template("{lin.qty}\nand {line.qtty} {}", scope=SCOPE, origin=Origin("m.yaml", 4, 10, 7))
    found = {str(each.code): str(each.span) for each in error.value.diagnostics}
    assert found == {"FEL101": "m.yaml:4:11", "FEL102": "m.yaml:5:17", "FEL006": "m.yaml:5:23"}


def test_a_message_is_compiled_once_and_filled_often() -> None:
    checked = check_template("{line.qty} of {count(lines)}", scope=SCOPE)
    assert checked.reads == ("line.qty", "lines")
    message = compile_template(checked)
    assert message.fill(*records()) == message.fill(*records()) == "5 of 2"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("10.00"), "10"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.1"),
        (Decimal("-0.0000001"), "0"),
        (Decimal("-2.50"), "-2.5"),
        (None, "?"),
        (False, "no"),
        ((Decimal(1), "a"), "1, a"),
    ],
)
def test_values_are_shown_plainly(value: object, shown: str) -> None:
    assert show_value(value) == shown

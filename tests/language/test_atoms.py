"""Splitting conditions into atoms for an index and a rest; together they say what the condition says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language import Checked, check_expression, check_unary_tests, compile_one
from engine.language.atoms import Atom, AtomKind, complement, path_of, split
from tests.language.example import ROOTS, example_scope, line, records
from tests.language.typed_texts import conditions_2

SCOPE = example_scope()
IN, OUT, WITHIN = AtomKind.IN_SET, AtomKind.NOT_IN_SET, AtomKind.IN_RANGE


def check(text: str) -> Checked:
    return check_expression(text, scope=SCOPE)


def told(atom: Atom) -> tuple[object, ...]:
    if atom.kind is WITHIN:
        return atom.path, "[" if atom.low_included else "(", atom.low, atom.high, "]" if atom.high_included else ")"
    return atom.path, atom.kind.value, *atom.values


@pytest.mark.parametrize(
    ("text", "atoms", "rest"),
    [
        ('line.sku = "A"', [("line.sku", "in", "A")], None),
        ('"A" = line.sku', [("line.sku", "in", "A")], None),
        ('line.sku != "A"', [("line.sku", "not in", "A")], None),
        ('not(line.sku in ("A", "B"))', [("line.sku", "not in", "A", "B")], None),
        ('customer.region in ("DE", "AT")', [("customer.region", "in", "DE", "AT")], None),
        ('customer.region in ["DE", "AT"]', [("customer.region", "in", "DE", "AT")], None),
        ('customer.region = "DE" or customer.region = "AT"', [("customer.region", "in", "DE", "AT")], None),
        ("line.qty >= 5", [("line.qty", "[", Decimal(5), None, ")")], None),
        ("5 > line.qty", [("line.qty", "(", None, Decimal(5), ")")], None),
        ("line.qty in [5..100)", [("line.qty", "[", Decimal(5), Decimal(100), ")")], None),
        ("line.qty in > -5", [("line.qty", "(", Decimal(-5), None, ")")], None),
        ("line.qty between 1 and 2", [("line.qty", "[", Decimal(1), Decimal(2), "]")], None),
        ('quote.date < @"2027-01-01"', [("quote.date", "(", None, date(2027, 1, 1), ")")], None),
        ("line.discountable", [("line.discountable", "in", True)], None),
        ("not(line.discountable)", [("line.discountable", "not in", True)], None),
        ("line.weight = null", [("line.weight", "in", None)], None),
        ("true", [], None),
        (
            'line.sku = "A" and (line.qty > 1 and line.net > line.cost) and sum(lines.net) > 5',
            [("line.sku", "in", "A"), ("line.qty", "(", Decimal(1), None, ")")],
            "line.net > line.cost) and sum(lines.net) > 5",
        ),
        ("line.qty > 1 or line.net > 5", [], "line.qty > 1 or line.net > 5"),
        ("not(line.weight > 5)", [], "not(line.weight > 5)"),
        ("line.qty * 2 > 5", [], "line.qty * 2 > 5"),
        ("lines[1].qty > 5", [], "lines[1].qty > 5"),
        ("line.qty in (1, [3..5])", [], "line.qty in (1, [3..5])"),
    ],
)
def test_a_condition_is_split(text: str, atoms: list[tuple[object, ...]], rest: str | None) -> None:
    found, residual = split(check(text))
    assert [told(each) for each in found] == atoms
    assert (None if residual is None else text[residual.tree.start : residual.tree.end]) == rest


def test_cells_are_split_by_their_column() -> None:
    cell = check_unary_tests("DE | AT", subject="customer.region", scope=SCOPE)
    atoms, rest = split(cell)
    assert [told(each) for each in atoms] == [("customer.region", "in", "DE", "AT")]
    assert rest is None
    window, rest = split(check_unary_tests("> 5", subject="line.qty * 2", scope=SCOPE))
    assert window == () and rest is not None and rest.subject is not None


def test_the_other_values_of_a_list() -> None:
    (atom,), _ = split(check('line.family != "disk"'))
    assert complement(atom).values == ("cpu", "memory")
    assert complement(complement(atom)) == complement(atom)


def test_paths_are_those_of_records() -> None:
    assert path_of(check("line.qty"), check("line.qty").tree) == "line.qty"
    projected = check("lines.qty")
    assert path_of(projected, projected.tree) == ""


def passes(atom: Atom, context: dict[str, object]) -> bool:
    """Test an atom the slow and obvious way."""
    value: object = context
    for part in atom.path.split("."):
        assert isinstance(value, dict)
        value = value[part]
    if atom.kind is not WITHIN:
        return (value in atom.values) is (atom.kind is IN)
    if value is None:
        return False
    above = atom.low is None or value > atom.low or atom.low_included and value == atom.low  # type: ignore[operator]
    below = atom.high is None or value < atom.high or atom.high_included and value == atom.high  # type: ignore[operator]
    return bool(above and below)


plain = st.sampled_from(
    [
        "line.qty > 3",
        "line.qty in [1..5)",
        'line.sku = "DISK-1T"',
        'customer.region in ("DE", "US")',
        "line.weight > 1",
        "line.weight = null",
        "not(line.weight = null)",
        "line.discountable",
        'customer.segment = "gov" or customer.segment = "edu"',
        'quote.date in [@"2026-01-01"..@"2026-12-31"]',
        "line.net * line.qty > 100",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(plain, conditions_2), min_size=1, max_size=4), st.integers(1, 6), st.none() | st.integers(0, 3)
)
def test_atoms_and_rest_say_what_the_condition_says(parts: list[str], qty: int, weight: int | None) -> None:
    checked = check(" and ".join(f"({each})" for each in parts))
    values = (line(qty=qty, weight=None if weight is None else Decimal(weight)), *records()[1:])
    context = dict(zip(ROOTS, values, strict=True))
    atoms, rest = split(checked)
    whole = all(passes(each, context) for each in atoms) and (rest is None or compile_one(rest)(*values) is True)
    assert whole is (compile_one(checked)(*values) is True)

"""The folder ``tables/``: declared, checked, called by rules (formats.tables, loading.decision_*)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.language.types import DATE, NUMBER, EnumType, OptionalType
from engine.rulebook.decision_table import POLICIES, policy_word
from engine.rulebook.load import load, load_tables
from engine.rulebook.loading.decision_cells import subject_type
from engine.rulebook.loading.decision_tables import is_free_name, is_output_name
from engine.rulebook.parts import parts_of
from engine.rulebook.rule_run import run_tests
from tests.rulebook.test_load import BASE

DECLARED = """\
tables:
  - id: rebate
    title: Rebate by size
    file: rebate.csv
    inputs:
      qty: {type: number, allowed: '[0..1000]'}
      segment: {values: [edu, retail]}
    outputs:
      percent: {type: percent}
"""
ROWS = "# ; hit=FIRST\nqty,segment,out: percent,note\n>= 10,edu,12,schools\n>= 10,-,7,\n< 10,-,0,\n"
RULE = """\
discounts:
  - id: sized
    when: rebate(line.qty, customer.segment) > 0
    give: rebate(line.qty, customer.segment) % off unit
"""
TEST = """\
tests:
  - name: ten shirts for a school
    given: {date: 2026-02-01, customer: {segment: edu}, lines: [{sku: T1, qty: 10}]}
    # 10.00 less 12 % = 8.80; 10 x 8.80 = 88.00
    expect: {lines: [{unit_net: 8.80, applied: [sized]}], total_net: 88.00}
  - name: ten shirts for a shop
    given: {date: 2026-02-01, customer: {segment: retail}, lines: [{sku: T1, qty: 10}]}
    # 10.00 less 7 % = 9.30
    expect: {lines: [{unit_net: 9.30}]}
"""


def files(**changed: str) -> dict[str, bytes]:
    texts = {"tables/r.yaml": DECLARED, "tables/rebate.csv": ROWS, **changed}
    return {path: text.encode() for path, text in texts.items()}


def said(declared: str = DECLARED, rows: str = ROWS) -> list[str]:
    return [str(each) for each in load_tables(files(**{"tables/r.yaml": declared, "tables/rebate.csv": rows}))[1]]


def test_rules_call_a_table_by_its_name() -> None:
    book = {path: text.encode() for path, text in BASE.items()}
    book |= files() | {"discounts/d.yaml": RULE.encode(), "tests/t.yaml": TEST.encode()}
    loaded = load(book)
    assert loaded.book is not None, [str(each) for each in loaded.diagnostics]
    assert [each.findings for each in run_tests(loaded.book, parts_of(loaded.book))] == [(), ()]
    table = loaded.book.tables["rebate"]
    assert (table.title, table.path, list(table.inputs)) == ("Rebate by size", "tables/rebate.csv", ["qty", "segment"])
    assert table.inputs["segment"].type == EnumType("segment", ("edu", "retail"))
    assert table.table.rules[0].inputs == (">= 10", '"edu"')
    assert policy_word(table.table) == "FIRST"


def test_a_table_is_not_for_constraints() -> None:
    book = {path: text.encode() for path, text in BASE.items()} | files()
    book["catalog/b.yaml"] = b'bundles:\n  - {sku: T1, groups: [{id: g, where: category = "shirt"}]}\n'
    book["constraints/c.yaml"] = b"constraints:\n  - {id: c, require: 'rebate(g.weight_g, \"edu\") > 1'}\n"
    found = [str(each) for each in load(book).diagnostics]
    assert any("unknown function `rebate`" in each for each in found), found


def test_types_of_inputs_and_outputs() -> None:
    declared = DECLARED.replace("qty: {type: number, allowed: '[0..1000]'}", "qty: {type: date, optional: true}")
    declared = declared.replace("percent: {type: percent}", "percent: {type: number, values: [3, 2], default: 1}")
    rows = '# ; hit=PRIORITY\nqty,segment,out: percent\n> date("2026-01-01"),edu | retail,2\nnull,-,3\n'
    tables, found = load_tables(files(**{"tables/r.yaml": declared, "tables/rebate.csv": rows}))
    assert not found
    table = tables["rebate"]
    assert table.inputs["qty"].type == OptionalType(DATE)
    (signature,) = table.function.signatures
    assert signature.result == NUMBER
    assert [signature.run(None, "edu"), signature.run(None, None)] == [Decimal(3), None]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("id: rebate", "id: re-bate", "2:9: TBL016: `re-bate` cannot name a decision table; use letters,"),
        ("id: rebate", "id: sum", "2:9: TBL016: `sum` has a meaning already and cannot name a decision table; choose"),
        ("      qty:", "      line:", "6:7: TBL016: `line` has a meaning already and cannot name an input; choose"),
        ("      percent:", "      if:", "9:7: TBL016: `if` has a meaning already and cannot name an output; choose"),
        ("type: number", "type: nummer", "6:19: CAT007: the type `nummer` is not known; did you mean `number`?"),
        ("file: rebate.csv", "file: rebat.csv", "4:11: FIL004: the file `tables/rebat.csv` is missing; did you mean"),
        ("[0..1000]", "[0..", "6:39: FEL006: something is missing after `..`; complete"),
        ("{type: percent}", "{type: percent, default: x}", "9:41: FEL101: unknown name `x`"),
        ("percent: {type: percent}", "rate: {type: percent}", "2:13: TBL003: the result `percent` is not known"),
        ("title: Rebate by size", "titel: Rebate", "3:5: FLD001: the key `titel` is not known in a decision table"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_declaration_is_told(old: str, new: str, says: str) -> None:
    assert says in "\n".join(said(DECLARED.replace(old, new)))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("# ; hit=FRIST\nqty,segment,out: percent\n1,-,1\n", "1:9: TBL010: the hit policy `FRIST` is not known"),
        ("qty,segment\n1,-\n", "1:1: TBL008: the table has no column `out: percent`; add it, or remove the output"),
        ("qty,segmnt,out: percent\n1,-,1\n", "1:5: FEL101: unknown name `segmnt`; did you mean `segment`?"),
        ("qty,segment,out: percent\n1,edo,1\n", '2:3: FEL109: `segment` is never "edo"; did you mean `"edu"`?'),
        ("qty,segment,out: percent\n1,edu,much\n", "2:7: FEL101: unknown name `much`"),
        ('qty,segment,out: percent\n1,edu,"""x"""\n', "FEL112"),
        (
            "qty,segment,out: percent\n[1..5],edu,1\n[5..9],-,2\n",
            '3:1: TBL011: rows 2 and 3 both match qty 5, segment "edu"; the table says hit=UNIQUE',
        ),
        (
            "# ; hit=FIRST\nqty,segment,out: percent\n>= 1,-,1\n> 5,edu,2\n< 1,-,0\n",
            "4:1: TBL012: row 4 never decides: row 3 comes first; remove it or move it up",
        ),
        (
            "qty,segment,out: percent\n>= 1,-,1\n< 1,edu,2\n",
            '1:1: TBL013: no row matches qty 0, segment "retail"; add a row for it, or give the outputs a default',
        ),
        ("qty,segment,out: percent\n> 2000,-,1\n-,-,2\n", "2:1: TBL014: row 2 can never match; correct its tests"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_rows_is_told(rows: str, says: str) -> None:
    assert says in "\n".join(said(rows=rows))


def test_an_output_that_never_comes_out_is_told() -> None:
    declared = DECLARED.replace("{type: percent}", "{values: [high, low, none]}")
    rows = "# ; hit=FIRST\nqty,segment,out: percent\n-,-,high\n> 5,-,low\n"
    found = said(declared, rows)
    assert any('rebate.csv:4:1: TBL015: the output `"low"` never comes out; correct' in each for each in found)
    assert any('the output `"none"` never comes out' in each for each in found)


def test_a_bare_word_that_is_an_input_is_read_as_one() -> None:
    declared = DECLARED.replace("{type: percent}", "{type: text}")
    rows = "qty,segment,out: percent\n>= 0,edu,segment\n>= 0,retail,other words\n< 0,-,null\n"
    tables, found = load_tables(files(**{"tables/r.yaml": declared, "tables/rebate.csv": rows}))
    assert [rule.outputs[0] for rule in tables["rebate"].table.rules] == ["segment", '"other words"', "null"], found


def test_words() -> None:
    assert is_free_name("größe") and not is_free_name("count") and not is_free_name("a b") and not is_free_name("1a")
    assert is_output_name("count") and not is_output_name("in")
    assert {"UNIQUE", "COLLECT", "COLLECT SUM", "OUTPUT ORDER"} <= set(POLICIES) and "COLLECT LIST" not in POLICIES
    from engine.language import ANY, Scope

    assert subject_type("x +", Scope({})) is ANY

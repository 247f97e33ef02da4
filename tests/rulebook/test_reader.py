"""Declared fields against nodes, and what is generated from the declarations."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from engine.rulebook import fields as f
from engine.rulebook import values
from engine.rulebook.nodes import Report
from engine.rulebook.reader import Read, read_record
from engine.rulebook.schema import json_schema
from engine.rulebook.schema_files import FILE_KINDS, schema_files
from engine.rulebook.text_file import decode
from engine.rulebook.values import Unreadable
from engine.rulebook.yaml_reader import read_yaml

INNER = f.Record(
    "a part", "A part.", (f.Field("id", f.ID, "Its name.", required=True), f.Field("many", f.INTEGER, "How many."))
)
OUTER = f.Record(
    "a thing",
    "A thing.",
    (
        f.Field("id", f.ID, "Its name.", required=True),
        f.Field("price", f.MONEY, "What it costs.", default="0"),
        f.Field("day", f.DATE, "When."),
        f.Field("on", f.FLAG, "Whether."),
        f.Field("kind", f.choice("red", "green"), "Which."),
        f.Field("words", f.TEXTS, "Some words."),
        f.Field("parts", f.many(INNER), "Its parts."),
        f.Field("amounts", f.AMOUNTS, "By currency."),
    ),
)


def read(text: str) -> tuple[Read | None, list[str]]:
    report = Report()
    node = read_yaml("a.yaml", text.encode(), report)
    return read_record(node, OUTER, "a.yaml", report), [str(each) for each in report.found]


def test_values_are_read_as_declared() -> None:
    found, told = read(
        "id: x\nprice: 80.91\nday: 2026-03-31\non: true\nkind: red\nwords: one\n"
        "parts: [{id: a, many: 3}, {id: b}]\namounts: {EUR: 1.50, USD: 2}\n"
    )
    assert found is not None and not told
    assert found.number("price") == Decimal("80.91")
    assert found.day("day") == date(2026, 3, 31)
    assert found.flag("on", default=False)
    assert found.texts("words") == ("one",)
    assert [(each.text("id"), each.integer("many", 1)) for each in found.records("parts")] == [("a", 3), ("b", 1)]
    assert [key.text for key, _ in found.pairs("amounts")] == ["EUR", "USD"]


def test_every_fault_of_a_record_is_told_and_the_rest_can_be_read() -> None:
    found, told = read("id: x\nprise: 1\nprice: 1,50\nday: 2026-02-30\non: no\nkind: blue\nwords: {a: b}\n")
    assert found is not None and not found.has("price")
    assert told == [
        "a.yaml:2:1: FLD001: the key `prise` is not known in a thing; did you mean `price`?",
        "a.yaml:3:8: FLD004: `1,50` is not a number; write 1.50",
        "a.yaml:4:6: FLD006: the calendar has no day `2026-02-30`; write year, month and day in this order: 2026-03-31",
        "a.yaml:5:5: FLD007: `no` is neither true nor false; write true or false",
        "a.yaml:6:7: FLD005: `blue` is not one of the words known here; write one of red, green",
        "a.yaml:7:8: FLD003: a text was expected, not a record",
    ]


def test_a_record_without_its_id_means_nothing() -> None:
    found, told = read("price: 1\nparts: [{many: 2}, 5]\n")
    assert found is None
    assert told == [
        "a.yaml:2:10: FLD002: the key `id` is missing in a part; add `id`: its name",
        "a.yaml:2:20: FLD003: a record was expected: a part; known keys are id, many",
        "a.yaml:1:1: FLD002: the key `id` is missing in a thing; add `id`: its name",
    ]


@pytest.mark.parametrize(("text", "hours"), [("P2D", 48), ("PT4H", 4), ("P1DT12H", 36)])
def test_durations(text: str, hours: int) -> None:
    assert values.duration_hours(text) == hours


@pytest.mark.parametrize("text", ["2 days", "P", "PT", "P1M", "PT90M", "P2DT"])
def test_no_durations(text: str) -> None:
    with pytest.raises(Unreadable):
        values.duration_hours(text)


@pytest.mark.parametrize("text", ["1e5", "NaN", "Infinity", "1,000.00", "", "1 000", "0x10", "--1", "1" * 35])
def test_no_numbers(text: str) -> None:
    with pytest.raises(Unreadable):
        values.number(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1,50", "write 1.50"),
        ("1,234", "write 1234 or 1.234: the comma may mean thousands or decimals"),
        ("0,125", "write 0.125"),
        ("1.234,50", "write 1234.50, without thousands separators"),
    ],
)
def test_a_hint_for_a_number_never_guesses_between_two(text: str, hint: str) -> None:
    with pytest.raises(Unreadable) as found:
        values.number(text)
    assert found.value.hint == hint


@pytest.mark.parametrize(
    ("text", "hint"), [("31.3.2026", "write it as 2026-03-31"), ("4.13.2026", "write it as 2026-03-31")]
)
def test_a_hint_for_a_day_is_a_day(text: str, hint: str) -> None:
    with pytest.raises(Unreadable) as found:
        values.day(text)
    assert found.value.hint == hint


def test_files_that_are_no_text() -> None:
    report = Report()
    assert decode("a", b"a\n\xff", report) is None
    assert decode("b", "ä".encode("utf-16"), report) is None
    assert decode("c", b"a\x00b", report) is None
    assert [str(each) for each in report.found] == [
        "a:2:1: FIL001: the byte 0xFF is not UTF-8 text; save the file as UTF-8",
        "b:1:1: FIL001: the file is UTF-16, not UTF-8; save it as UTF-8",
        "c:1:2: FIL001: the control character U+0000 stands in the file; remove it, and save the file as UTF-8 text",
    ]


def test_the_schema_says_what_the_reader_knows() -> None:
    schema = json_schema(OUTER, identity="x")
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["required"] == ["id"]
    assert schema["additionalProperties"] is False
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == {each.name for each in OUTER.fields}
    assert properties["kind"] == {"type": "string", "enum": ["red", "green"], "description": "Which."}
    assert properties["price"]["default"] == "0"  # type: ignore[index,call-overload]


def test_the_schemas_in_the_repository_are_those_of_the_loader() -> None:
    folder = Path(__file__).resolve().parents[2] / "rules" / "schema"
    for name, schema in schema_files().items():
        assert json.loads((folder / name).read_text()) == schema, f"run: cpq rules schema --out rules/schema ({name})"


def test_every_field_has_a_sentence() -> None:
    def walk(record: f.Record) -> None:
        for field in record.fields:
            assert field.doc.endswith((".", ";")), (record.name, field.name)
            inner = field.type
            while isinstance(inner, f.ListField):
                inner = inner.item
            if isinstance(inner, f.RecordField):
                walk(inner.record)

    for record in FILE_KINDS.values():
        walk(record)

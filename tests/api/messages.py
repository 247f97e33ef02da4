"""Random messages for any request type: values that people and attackers send, drawn from the descriptor alone."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

DEEPEST = 5
NAMES = (
    *("customers/anna", "users/rep", "users/mia", "users/dan", "billingAccounts/main", "sellingEntities/we"),
    *("quotes/q-000001", "quotes/q-000002", "quotes/none", "quotes/q-000001/versions/1", "approvals/ap-000001"),
    *("orders/o-000001", "contracts/k-000001", "revenueContracts/k-000001", "invoices/in-000001"),
    *("journalEntries/000000001", "testClocks/default", "products/MUG", "groups/g", "quotes/", "/", "quotes/a/b/c"),
)
WORDS = (
    *("MUG", "PLAN", "CALLS", "BOX", "CPU-A", "mug", "plan", "mug.pick", "MUGG", "EUR", "JPY", "ZZZ", "edu", "DE"),
    *("anna", "rep", "cpu", "board", "same-socket", "edu-web", "segment", "sales", "manager", "title", "lines", "*"),
)
NUMBERS = (
    *("0", "1", "2", "-1", "0.5", "1e3", "100", "NaN", "sNaN", "Infinity", "-Infinity", "1e999999", "1e-999999"),
    *("9" * 60, "0." + "3" * 60, "1_000", "１２", " 1 ", "+1", "--1", "0x10", "1,5"),
)
STRANGE = (
    *(
        "",
        " ",
        "\x00",
        "\n",
        "é",
        "\u202e",
        "日本",
        "😀",
        "x" * 300,
        "x" * 6_000,
        "'; DROP TABLE quotes; --",
        "{",
        "[[[",
    ),
    *("../../etc/passwd", "%s%s%n", "2026-02-30", "2026-03-01", '"1"', '"2.0.0"', "null", "if 1 then", "a" * 129),
)
TEXTS = st.one_of(st.sampled_from((*NAMES, *WORDS, *NUMBERS, *STRANGE)), st.text(max_size=12))
WHOLE = (0, 1, 2, 12, 50, -1, 500, 10_000, 2_026)
SIZES = {
    FieldDescriptor.TYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.TYPE_UINT64: (0, 2**64 - 1),
}
SPECIAL = {
    "google.type.Date": {
        "year": (0, 1, 1970, 2025, 2026, 2027, 2400, 9999),
        "month": (0, 1, 2, 12, 13),
        "day": (0, 1, 31),
    },
    "google.protobuf.Timestamp": {"seconds": (0, -1, 1_772_366_400, 1_772_452_800, 253_402_300_799), "nanos": (0, 1)},
}


def messages(kind: Descriptor) -> st.SearchStrategy[Message]:
    """Messages of a type; each field is left out, or holds something from the pools or at random."""
    return st.composite(lambda draw: _message(draw, kind, 0))()


def _message(draw: st.DrawFn, kind: Descriptor, depth: int) -> Message:
    message: Any = GetMessageClass(kind)()
    special = SPECIAL.get(kind.full_name, {})
    for field in kind.fields:
        if field.name in special:
            setattr(message, field.name, draw(st.sampled_from(special[field.name])))
        elif draw(st.integers(0, 3)) and not (depth >= DEEPEST and field.message_type is not None):
            _fill(draw, message, field, depth)
    return message  # type: ignore[no-any-return]


def _fill(draw: st.DrawFn, message: Any, field: FieldDescriptor, depth: int) -> None:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        entries = getattr(message, field.name)
        value = field.message_type.fields_by_name["value"]
        for _ in range(draw(st.integers(0, 2))):
            if value.message_type is not None:
                entries[draw(TEXTS)].CopyFrom(_message(draw, value.message_type, depth + 1))
            else:
                entries[draw(TEXTS)] = draw(_scalar(value))
    elif field.is_repeated:
        many = getattr(message, field.name)
        for _ in range(draw(st.integers(0, 3))):
            many.append(_value(draw, field, depth))
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(_value(draw, field, depth))
    else:
        setattr(message, field.name, draw(_scalar(field)))


def _value(draw: st.DrawFn, field: FieldDescriptor, depth: int) -> Any:
    return _message(draw, field.message_type, depth + 1) if field.message_type is not None else draw(_scalar(field))


def _scalar(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    if field.type == FieldDescriptor.TYPE_STRING:
        return TEXTS
    if field.type == FieldDescriptor.TYPE_BOOL:
        return st.booleans()
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.one_of(st.sampled_from((b"", b"\xff\xfe", b"id: x\n", b"{" * 50)), st.binary(max_size=20))
    if field.enum_type is not None:
        return st.sampled_from((*(each.number for each in field.enum_type.values), 99, -1))
    if field.type in (FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT):
        return st.floats(width=32)
    low, high = SIZES[field.type]
    return st.one_of(st.sampled_from((*(each for each in WHOLE if each >= low), low, high)), st.integers(low, high))

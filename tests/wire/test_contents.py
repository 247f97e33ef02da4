"""Lines of large requests are read as columns: the same lines as one by one, and whatever else they state is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cpq.v1 import pricing_pb2
from google.type.date_pb2 import Date
from hypothesis import given
from hypothesis import strategies as st

from engine.wire import contents
from engine.wire.basics import Faults
from engine.wire.contents import read_content, read_lines

LONG = "x" * 130
lines = st.lists(
    st.builds(
        lambda name, sku, quantity, parent, unit, segment, end: pricing_pb2.LineInput(
            id=name, sku=sku, quantity=quantity, parent=parent, unit=unit, segment=segment, end=end
        ),
        st.sampled_from(("a", "b", "line-7", "Größe", LONG, "tab\t", "")),
        st.sampled_from(("S", "SKU-1", "Ä", LONG, "")),
        st.sampled_from(("1", "2", "2.50", "", "x", "1e3")),
        st.sampled_from(("", "", "", "", "a")),
        st.sampled_from(("", "", "", "", "box")),
        st.sampled_from((0, 0, 0, 0, 1)),
        st.sampled_from((None, None, None, Date(year=2027, month=1, day=1))),
    ),
    min_size=1,
    max_size=6,
)
headers = st.builds(
    lambda term, code, customer: pricing_pb2.QuoteContent(
        term_months=term, codes=[code] if code else [], customer=customer, date=Date(year=2026, month=5, day=1)
    ),
    st.sampled_from((0, 12)),
    st.sampled_from(("", "BUILD26")),
    st.sampled_from(("", "customers/c-1")),
)


@given(lines, headers)
def test_lines_read_as_columns_are_those_read_one_by_one(
    asked: list[pricing_pb2.LineInput], content: pricing_pb2.QuoteContent
) -> None:
    content.lines.extend(asked)
    content.header["channel"].text = "web"
    faults, wanted = Faults(), Faults()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contents, "MANY", 1)
        found = read_content(content, faults, most_lines=100)
    assert found.lines == read_lines(content.lines, wanted, "lines")
    assert faults.found == wanted.found


def plain(count: int) -> pricing_pb2.QuoteContent:
    content = pricing_pb2.QuoteContent(currency_code="EUR")
    for number in range(count):
        content.lines.add(id=f"l{number}", sku="S", quantity="3")
    return content


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.attributes["color"].SetInParent(),
        lambda line: line.ramp.SetInParent(),
        lambda line: line.start.SetInParent(),
        lambda line: setattr(line, "group", "g"),
        lambda line: setattr(line, "id", "Ä"),
        lambda line: setattr(line, "id", LONG),
        lambda line: setattr(line, "term_months", 1),
    ],
)
def test_one_line_that_states_more_has_all_read_one_by_one(change: Callable[[pricing_pb2.LineInput], None]) -> None:
    content = plain(20)
    assert contents._plain_lines(content) is not None
    change(content.lines[7])
    assert contents._plain_lines(content) is None


def test_a_field_that_nobody_knows_has_lines_read_one_by_one() -> None:
    content = plain(20)
    unknown = pricing_pb2.QuoteContent.FromString(content.SerializeToString() + b"\xfa\x7f\x01x")
    assert contents._plain_lines(unknown) is None
    assert read_content(unknown, Faults(), most_lines=20).lines == read_content(content, Faults(), most_lines=20).lines

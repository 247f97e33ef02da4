"""Lengths, as protobuf writes them."""

from __future__ import annotations

from cpq.v1 import pricing_pb2
from hypothesis import given
from hypothesis import strategies as st

from engine.wire.lengths import number, sized


def test_lengths_are_written_as_numbers() -> None:
    # 300 = 2 * 128 + 44, the lowest seven bits first, marked
    assert (number(300), number(127), number(0)) == (b"\xac\x02", b"\x7f", b"\x00")
    # and 20 010 = 128 * 128 + 28 * 128 + 42
    assert number(20_010) == b"\xaa\x9c\x01"


@given(length=st.one_of(st.integers(1, 1_500), st.sampled_from((2**14 - 1, 2**14, 2**21))))
def test_a_text_has_its_length_before_it(length: int) -> None:
    text = "x" * length
    assert b"\x0a" + sized(text.encode()) == pricing_pb2.LineInput(id=text).SerializeToString()

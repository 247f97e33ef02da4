"""Faults that belong to no rule of the business."""

from __future__ import annotations

import pytest

from engine.application.faults import etag_mismatch


@pytest.mark.parametrize(
    ("found", "given", "message", "hint"),
    [
        ('"3"', '"2"', 'the etag is `"3"` by now, not `"2"`', "read it again and repeat the change"),
        ('"3"', "3", 'the etag is `"3"`, not `3`', "the quotation marks are part of an etag"),
        ("", '"2"', 'the etag is empty by now, not `"2"`', "read it again and repeat the change"),
        ('"3"', "x" * 500, f'the etag is `"3"` by now, not `{"x" * 80}`', "read it again and repeat the change"),
    ],
)
def test_an_etag_is_told_as_it_is_sent(found: str, given: str, message: str, hint: str) -> None:
    (fault,) = etag_mismatch(found, given).faults
    assert (fault.message, fault.hint) == (message, hint)

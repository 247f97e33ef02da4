"""From faults to statuses: ``engine.api.status``; page tokens: ``engine.api.pages``; ``engine.api.calls``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cpq.v1 import party_pb2
from google.rpc import code_pb2, error_details_pb2
from hypothesis import given
from hypothesis import strategies as st

from engine.api.calls import Refused, checked, ok
from engine.api.pages import Pages
from engine.api.status import STATE_CODES, STATUS_OF, status_of
from engine.diagnostics import Code, Fault, Refusal
from engine.wire.basics import Faults

ENGINE = Path(__file__).resolve().parents[2] / "engine"


def details(refusal: Refusal) -> list[str]:
    return [each.type_url.rpartition(".")[2] for each in status_of(refusal).details]


def fault(code: str, field: str = "f") -> Fault:
    return Fault(Code(code), field, "wrong")


def test_wrong_input_is_told_before_state() -> None:
    mixed = Refusal((fault("QUO001"), fault("INVALID_FIELD")))
    status = status_of(mixed)
    assert status.code == code_pb2.INVALID_ARGUMENT
    assert details(mixed) == ["ErrorInfo", "BadRequest", "PreconditionFailure"]
    missing = Refusal((fault("INVALID_FIELD"), fault("NOT_FOUND")))
    assert status_of(missing).code == code_pb2.NOT_FOUND


@given(
    st.lists(st.tuples(st.sampled_from(["QUO001", "X", "NOT_FOUND"]), st.text(max_size=400)), min_size=1, max_size=90)
)
def test_a_status_has_one_error_info_and_stays_small(found: list[tuple[str, str]]) -> None:
    refusal = Refusal(tuple(Fault(Code(code), "field", message) for code, message in found))
    status = status_of(refusal)
    infos = [each for each in status.details if each.Is(error_details_pb2.ErrorInfo.DESCRIPTOR)]
    assert len(infos) == 1
    assert len(status.SerializeToString()) < 8_000


def test_every_code_of_the_table_exists() -> None:
    text = "\n".join(path.read_text() for path in ENGINE.rglob("*.py"))
    known = set(re.findall(r'Code\("(\w+)"\)', text))
    assert set(STATUS_OF) <= known, set(STATUS_OF) - known
    assert len(STATE_CODES) == len(set(STATE_CODES))


def test_a_retry_is_suggested_when_it_helps() -> None:
    assert "RetryInfo" in details(Refusal((fault("STORE_UNAVAILABLE"),)))
    assert "RetryInfo" in details(Refusal((fault("TOO_BUSY"),)))
    assert "RetryInfo" not in details(Refusal((fault("ETAG_MISMATCH"),)))


@given(st.binary(max_size=40), st.text(max_size=20))
def test_tokens_cannot_be_forged(token: bytes, after: str) -> None:
    pages, other = Pages(b"one"), Pages(b"two")
    request = party_pb2.ListCustomersRequest(page_size=1, page_token=token.hex())
    assert isinstance(pages.page(request, lambda _, __: [], str), Refusal) or not token
    sealed = pages.seal("list", after, {})
    assert pages._open(sealed, "list|[]") == after
    assert pages._open(sealed, "other list|[]") is None
    assert other._open(sealed, "list|[]") is None


def test_outcomes_are_raised_or_passed_on() -> None:
    assert ok(5) == 5
    with pytest.raises(Refused, match="wrong"):
        ok(Refusal((fault("X"),)))
    faults = Faults()
    checked(faults)
    faults.at("a").at("b[1]").required("c")
    with pytest.raises(Refused) as refused:
        checked(faults)
    assert refused.value.refusal.faults[0].field == "a.b[1].c"

"""The tax service over HTTP: what is asked, what is understood, and what counts as no answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from engine.adapters.tax_hook import ANSWER_MOST, HttpTaxService
from engine.application.tax_hook import NO_TAX_SERVICE, AskedOnce, TaxQuestion, TaxUnavailable
from engine.pricing.request import TaxAnswer
from tests.fakes.tax_server import TaxServer, tax_server

QUESTION = TaxQuestion(
    date(2026, 3, 1),
    "EUR",
    {"region": "DE", "since": date(2020, 1, 1), "tags": ("a", "b"), "limit": D("10.50"), "exempt": False, "id": None},
    {"channel": "web"},
    ("reduced", "standard"),
)


@pytest.fixture
def service() -> Iterator[TaxServer]:
    with tax_server() as told:
        yield told


def test_a_question_holds_day_currency_facts_and_codes(service: TaxServer) -> None:
    service.says(standard="19", reduced=7)
    assert HttpTaxService(service.url, 5).rates(QUESTION) == {"standard": TaxAnswer(D(19)), "reduced": TaxAnswer(D(7))}
    customer = {
        "region": "DE",
        "since": "2020-01-01",
        "tags": ["a", "b"],
        "limit": "10.50",
        "exempt": False,
        "id": None,
    }
    assert service.asked == [
        {
            "date": "2026-03-01",
            "currency": "EUR",
            "customer": customer,
            "quote": {"channel": "web"},
            "codes": ["reduced", "standard"],
        }
    ]


def test_numbers_are_read_exactly(service: TaxServer) -> None:
    service.body = b'{"rates": {"a": {"percent": 8.875, "fixed": 0.1}, "b": {"percent": 0}}}'
    found = HttpTaxService(service.url, 5).rates(QUESTION)
    assert found == {"a": TaxAnswer(D("8.875"), D("0.1")), "b": TaxAnswer(D(0))}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"rates": ["standard"]}',
        b'{"rates": {"standard": 19}}',
        b'{"rates": {"standard": {}}}',
        b'{"rates": {"standard": {"percent": "many"}}}',
        b'{"rates": {"standard": {"percent": NaN}}}',
        b'{"rates": {"standard": {"percent": -1}}}',
        b'{"rates": {"standard": {"percent": 1e9}}}',
        b'{"rates": {"standard": {"percent": true}}}',
        b'{"rates": {"standard": {"percent": 19, "fixed": null}}}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_holds_no_rates_is_no_answer(service: TaxServer, body: bytes) -> None:
    service.body = body
    with pytest.raises(TaxUnavailable, match="the answer holds no rates"):
        HttpTaxService(service.url, 5).rates(QUESTION)


def test_a_failed_call_is_no_answer(service: TaxServer) -> None:
    service.status = 503
    with pytest.raises(TaxUnavailable, match="HTTP status 503"):
        HttpTaxService(service.url, 5).rates(QUESTION)
    service.status, service.body = 200, b" " * (ANSWER_MOST + 1)
    with pytest.raises(TaxUnavailable, match="more than 1048576 bytes"):
        HttpTaxService(service.url, 5).rates(QUESTION)
    service.silent = threading.Event()
    with pytest.raises(TaxUnavailable, match="timed out"):
        HttpTaxService(service.url, 0.2).rates(QUESTION)
    service.silent.set()
    with pytest.raises(TaxUnavailable, match="refused"):
        HttpTaxService("http://127.0.0.1:9/rates", 5).rates(QUESTION)
    with pytest.raises(TaxUnavailable, match="the server knows no tax service"):
        NO_TAX_SERVICE.rates(QUESTION)


def test_the_limit_holds_for_the_answer_as_a_whole(service: TaxServer) -> None:
    service.says(standard="19")
    service.drips = 0.001
    assert HttpTaxService(service.url, 30).rates(QUESTION) == {"standard": TaxAnswer(D(19))}
    # each byte comes well within the limit, all of them do not
    service.drips = 0.05
    with pytest.raises(TaxUnavailable, match="timed out"):
        HttpTaxService(service.url, 0.5).rates(QUESTION)


def test_a_service_that_takes_no_connection_is_no_answer() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        host, port = full.getsockname()
        with socket.create_connection((host, port), timeout=5):
            with pytest.raises(TaxUnavailable, match="timed out"):
                HttpTaxService(f"http://{host}:{port}/rates", 0.2).rates(QUESTION)
    with pytest.raises(TaxUnavailable):
        HttpTaxService("http://nowhere.invalid/rates", 5).rates(QUESTION)


def test_one_request_asks_each_question_once(service: TaxServer) -> None:
    once = AskedOnce(HttpTaxService(service.url, 5))
    service.status = 500
    with pytest.raises(TaxUnavailable):
        once.rates(QUESTION)
    service.status = 200
    service.says(standard="19")
    first = once.rates(QUESTION)
    service.says(standard="20")
    assert once.rates(replace(QUESTION)) == first == {"standard": TaxAnswer(D(19))}
    assert once.rates(replace(QUESTION, currency="USD")) == {"standard": TaxAnswer(D(20))}
    assert len(service.asked) == 3

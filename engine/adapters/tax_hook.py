"""A tax service over HTTP: one question in JSON, one answer in JSON.

What is POSTed is ``{"date": "2026-03-01", "currency": "EUR", "customer": {}, "quote": {}, "codes": ["standard"]}``,
with what the rules know of customer and quote; the answer is ``{"rates": {"standard": {"percent": "19"}}}``. ``fixed``
may add an amount for each unit, in major units. Numbers may be texts or JSON numbers, which are read as decimals.
A code that is left out has no rate.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.adapters.timed_http import timed_opener
from engine.application.tax_hook import TaxQuestion, TaxUnavailable
from engine.pricing.request import TaxAnswer

ANSWER_MOST = 1 << 20
"""The longest answer that is read, in bytes."""
RATE_MOST = Decimal(1_000)


class HttpTaxService:
    """Asks a URL, and waits so many seconds at most for the whole of the answer."""

    def __init__(self, url: str, seconds: float) -> None:
        self._url = url
        self._seconds = seconds

    def rates(self, asked: TaxQuestion) -> Mapping[str, TaxAnswer]:
        """What the service answers; raises ``TaxUnavailable`` when that is not a rate for each code named."""
        body = json.dumps(_question(asked), ensure_ascii=False).encode()
        request = urllib.request.Request(self._url, body, {"Content-Type": "application/json"}, method="POST")
        try:
            with timed_opener(self._seconds).open(request) as reply:
                text = reply.read(ANSWER_MOST + 1)
        except urllib.error.HTTPError as failure:
            raise TaxUnavailable(f"HTTP status {failure.code}") from failure
        except (OSError, http.client.HTTPException) as failure:
            raise TaxUnavailable(str(getattr(failure, "reason", failure)) or type(failure).__name__) from failure
        if len(text) > ANSWER_MOST:
            raise TaxUnavailable(f"an answer of more than {ANSWER_MOST} bytes")
        return _answers(text)


def _question(asked: TaxQuestion) -> dict[str, Any]:
    return {
        "date": asked.date.isoformat(),
        "currency": asked.currency,
        "customer": {name: _plain(value) for name, value in asked.customer.items()},
        "quote": {name: _plain(value) for name, value in asked.quote.items()},
        "codes": list(asked.codes),
    }


def _plain(value: object) -> object:
    """A fact as JSON has it; what JSON lacks is text."""
    if value is None or isinstance(value, bool | str):
        return value
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else str(value)


def _answers(text: bytes) -> Mapping[str, TaxAnswer]:
    try:
        rates = json.loads(text, parse_float=Decimal)["rates"].items()
        return {code: TaxAnswer(_rate(rate["percent"]), _rate(rate.get("fixed", "0"))) for code, rate in rates}
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as failure:
        raise TaxUnavailable("the answer holds no rates") from failure


def _rate(value: object) -> Decimal:
    if isinstance(value, bool):
        raise TypeError("true is no rate")
    number = Decimal(str(value))
    if not number.is_finite() or not 0 <= number <= RATE_MOST or -int(number.as_tuple().exponent) > 12:
        raise ValueError(f"{number} is no rate")
    return number

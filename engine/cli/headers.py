"""Whom and when prices are for: options of the verbs on configurations, and fields of their file of choices."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from engine.cli.options import read_json
from engine.cli.verbs import Argument, a_day, named, option

ASKED = frozenset({"choices", "wanted", "wishes"})
"""What a file of choices may ask beside whom prices are for; each verb takes what it is about."""


def facts(text: str) -> dict[str, str]:
    """``segment=hotel,region=DE``, for argparse."""
    found: dict[str, str] = {}
    for each in text.split(","):
        name, parted, value = (part.strip() for part in each.partition("="))
        if not (name and parted and value):
            raise argparse.ArgumentTypeError(f"`{text}` is not FACT=VALUE, such as segment=edu,region=DE")
        found[name] = value
    return found


FACTS = Argument(("--facts",), "whom prices are for, such as segment=edu,region=DE", facts, metavar="FACTS")
OPTIONS = (
    option("--customer", "whose prices, contracted ones included: a stored customer", kind=named("customers")),
    FACTS,
    Argument(("--header",), "what prices read of the quote, such as channel=web", facts, metavar="FACTS"),
    option("--currency", "currency of prices (default: that of the rule book)"),
    option("--date", "day of prices (default: today)", kind=a_day),
    option("--term-months", "the term that prices read, in months", kind=int),
)
"""The header of a quote as options; the file of choices may state the same by the names of QuoteContent."""


def question(options: argparse.Namespace, *about: str) -> dict[str, Any]:
    """The fields of a request: what the file of choices states about these, and whom prices are for; options count."""
    content = read_json(options.choices) if options.choices else {}
    stated = {name: value for name, value in content.items() if name not in ASKED.difference(about)}
    return {**stated, **_header(options, stated)}


def _header(options: argparse.Namespace, stated: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "customer": options.customer,
        "currency_code": options.currency,
        "date": options.date,
        "term_months": options.term_months,
    }
    for name, more in (("customer_facts", options.facts), ("header", options.header)):
        found[name] = {**(stated.get(name) or {}), **more} if more else None
    return {name: value for name, value in found.items() if value is not None}

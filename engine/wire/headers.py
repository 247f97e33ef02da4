"""Whom and when prices are for: the fields that a content to be priced and questions about configurations share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeAlias, TypedDict

from cpq.v1 import configuration_pb2, pricing_pb2

from engine.application.stated import NO_VALUES
from engine.catalog import Value
from engine.wire.basics import Faults, read_date, read_key, read_values

CUSTOMERS = "customers"
Shown: TypeAlias = configuration_pb2.ConfigureRequest | configuration_pb2.ListOptionsRequest
"""Messages that have the fields, and say whether prices are shown."""
Headed: TypeAlias = (
    pricing_pb2.QuoteContent
    | Shown
    | configuration_pb2.RepairConfigurationRequest
    | configuration_pb2.CompleteConfigurationRequest
)
"""Messages that have the fields."""


class Header(TypedDict):
    """The fields by their names in ``Content``."""

    date: date | None
    currency: str
    customer: str
    customer_facts: Mapping[str, Value]
    header: Mapping[str, Value]
    term_months: int | None


def read_header(message: Headed, faults: Faults) -> Header:
    """What is stated of whom and when prices are for."""
    if message.term_months < 0:
        faults.invalid("term_months", f"{message.term_months} is below zero")
    facts, header = message.customer_facts, message.header
    return Header(
        date=read_date(message.date, "date", faults),
        currency=message.currency_code,
        customer=read_key(message.customer, CUSTOMERS, "customer", faults, optional=True),
        customer_facts=read_values(facts, "customer_facts", faults) if facts else NO_VALUES,
        header=read_values(header, "header", faults) if header else NO_VALUES,
        term_months=message.term_months or None,
    )


def names_somebody(message: Headed) -> bool:
    """Whether anything but the day is stated."""
    named = message.currency_code or message.customer or message.term_months
    return bool(named or message.customer_facts or message.header)

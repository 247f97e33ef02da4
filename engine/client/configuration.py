"""ConfigurationService, typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from cpq.v1 import configuration_pb2

from engine.client.connection import Connection, ServiceClient
from engine.wire.plain import Plain


class HeaderFields(TypedDict, total=False):
    """Fields that say whom and when prices are for, as in a QuoteContent."""

    date: date
    currency_code: str
    customer: str
    customer_facts: Mapping[str, Plain]
    header: Mapping[str, Plain]
    term_months: int


class ConfigureFields(HeaderFields, total=False):
    """Fields of ConfigureRequest."""

    product: str
    choices: Sequence[Plain]
    rule_book: str
    show_impossible: bool
    state_token: str
    only_changes: bool
    option_limit: int
    show_prices: bool
    explain_implied: bool


class ListOptionsFields(HeaderFields, total=False):
    """Fields of ListOptionsRequest."""

    product: str
    choices: Sequence[Plain]
    slot: str
    page_size: int
    page_token: str
    rule_book: str
    show_impossible: bool
    show_prices: bool


class ValidateConfigurationFields(TypedDict, total=False):
    """Fields of ValidateConfigurationRequest."""

    lines: Sequence[Plain]
    rule_book: str
    date: date


class ExplainChoiceFields(TypedDict, total=False):
    """Fields of ExplainChoiceRequest."""

    product: str
    choices: Sequence[Plain]
    wanted: Plain
    rule_book: str
    date: date


class RepairConfigurationFields(HeaderFields, total=False):
    """Fields of RepairConfigurationRequest."""

    product: str
    choices: Sequence[Plain]
    wanted: Sequence[Plain]
    limit: int
    candidate_limit: int
    rule_book: str


class CompleteConfigurationFields(HeaderFields, total=False):
    """Fields of CompleteConfigurationRequest."""

    product: str
    choices: Sequence[Plain]
    aim: str | int
    list_price_limit: str | Decimal
    wishes: Sequence[Plain]
    candidate_limit: int
    alternative_limit: int
    rule_book: str


class ConfigurationClient(ServiceClient):
    """Answers questions about configurable products, without storing anything."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, configuration_pb2.DESCRIPTOR.services_by_name["ConfigurationService"])

    def configure(self, **fields: Unpack[ConfigureFields]) -> configuration_pb2.ConfigurationState:
        """Says for every option whether it is chosen, implied, possible or impossible."""
        return self._call("Configure", configuration_pb2.ConfigurationState, fields)

    def list_options(self, **fields: Unpack[ListOptionsFields]) -> Iterator[configuration_pb2.OptionState]:
        """Lists the options of one group, as Configure shows them. All pages, as they are needed."""
        return self._pages("ListOptions", configuration_pb2.OptionState, "options", fields)

    def validate_configuration(
        self, **fields: Unpack[ValidateConfigurationFields]
    ) -> configuration_pb2.ValidateConfigurationResponse:
        """Checks a configuration given as quote lines."""
        return self._call("ValidateConfiguration", configuration_pb2.ValidateConfigurationResponse, fields)

    def explain_choice(self, **fields: Unpack[ExplainChoiceFields]) -> configuration_pb2.ExplainChoiceResponse:
        """Says why a choice cannot be made."""
        return self._call("ExplainChoice", configuration_pb2.ExplainChoiceResponse, fields)

    def repair_configuration(
        self, **fields: Unpack[RepairConfigurationFields]
    ) -> configuration_pb2.RepairConfigurationResponse:
        """Lists the smallest changes that make room for what is wanted, with their effect on the list price."""
        return self._call("RepairConfiguration", configuration_pb2.RepairConfigurationResponse, fields)

    def complete_configuration(
        self, **fields: Unpack[CompleteConfigurationFields]
    ) -> configuration_pb2.CompleteConfigurationResponse:
        """Finds a full valid configuration that is best by an aim, within a budget."""
        return self._call("CompleteConfiguration", configuration_pb2.CompleteConfigurationResponse, fields)

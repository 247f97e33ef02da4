"""PrepaidService, typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict, Unpack

from cpq.v1 import prepaid_pb2

from engine.client.connection import Connection, ServiceClient
from engine.wire.plain import Plain


class AddPrepaidCreditFields(TypedDict, total=False):
    """Fields of AddPrepaidCreditRequest."""

    credit: Plain
    request_id: str
    validate_only: bool
    etag: str


class GetPrepaidCreditFields(TypedDict, total=False):
    """Fields of GetPrepaidCreditRequest."""

    name: str


class ListPrepaidCreditsFields(TypedDict, total=False):
    """Fields of ListPrepaidCreditsRequest."""

    customer: str
    page_size: int
    page_token: str


class GetPrepaidBalanceFields(TypedDict, total=False):
    """Fields of GetPrepaidBalanceRequest."""

    customer: str


class ApplyPrepaidCreditsFields(TypedDict, total=False):
    """Fields of ApplyPrepaidCreditsRequest."""

    invoice: str
    request_id: str
    validate_only: bool
    etag: str


class RevokePrepaidCreditFields(TypedDict, total=False):
    """Fields of RevokePrepaidCreditRequest."""

    name: str
    request_id: str
    validate_only: bool
    etag: str


class PrepaidClient(ServiceClient):
    """Keeps the prepaid credits of customers."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, prepaid_pb2.DESCRIPTOR.services_by_name["PrepaidService"])

    def add_prepaid_credit(self, **fields: Unpack[AddPrepaidCreditFields]) -> prepaid_pb2.PrepaidCredit:
        """Gives a customer a credit, or books the money that was paid for it."""
        return self._call("AddPrepaidCredit", prepaid_pb2.PrepaidCredit, fields)

    def get_prepaid_credit(self, **fields: Unpack[GetPrepaidCreditFields]) -> prepaid_pb2.PrepaidCredit:
        """Returns one credit with what is left of it."""
        return self._call("GetPrepaidCredit", prepaid_pb2.PrepaidCredit, fields)

    def list_prepaid_credits(self, **fields: Unpack[ListPrepaidCreditsFields]) -> Iterator[prepaid_pb2.PrepaidCredit]:
        """Lists credits in order of their names. All pages, as they are needed."""
        return self._pages("ListPrepaidCredits", prepaid_pb2.PrepaidCredit, "credits", fields)

    def get_prepaid_balance(self, **fields: Unpack[GetPrepaidBalanceFields]) -> prepaid_pb2.PrepaidBalance:
        """Tells what the credits of a customer may still pay, by currency."""
        return self._call("GetPrepaidBalance", prepaid_pb2.PrepaidBalance, fields)

    def apply_prepaid_credits(self, **fields: Unpack[ApplyPrepaidCreditsFields]) -> prepaid_pb2.PrepaidUse:
        """Lets credits pay what they may of a final invoice that is open."""
        return self._call("ApplyPrepaidCredits", prepaid_pb2.PrepaidUse, fields)

    def revoke_prepaid_credit(self, **fields: Unpack[RevokePrepaidCreditFields]) -> prepaid_pb2.PrepaidCredit:
        """Takes back what is left of a credit that was granted."""
        return self._call("RevokePrepaidCredit", prepaid_pb2.PrepaidCredit, fields)

"""ContractService, typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypedDict, Unpack

from cpq.v1 import contract_pb2

from engine.client.connection import Connection, ServiceClient


class GetContractFields(TypedDict, total=False):
    """Fields of GetContractRequest."""

    name: str


class ListContractsFields(TypedDict, total=False):
    """Fields of ListContractsRequest."""

    customer: str
    page_size: int
    page_token: str


class TerminateContractFields(TypedDict, total=False):
    """Fields of TerminateContractRequest."""

    name: str
    end: date
    lines: Sequence[str]
    reason: str
    by: str
    request_id: str
    validate_only: bool
    etag: str


class ContractClient(ServiceClient):
    """Shows contracts, and ends them."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, contract_pb2.DESCRIPTOR.services_by_name["ContractService"])

    def get_contract(self, **fields: Unpack[GetContractFields]) -> contract_pb2.Contract:
        """Returns one contract."""
        return self._call("GetContract", contract_pb2.Contract, fields)

    def list_contracts(self, **fields: Unpack[ListContractsFields]) -> Iterator[contract_pb2.Contract]:
        """Lists contracts in order of their names. All pages, as they are needed."""
        return self._pages("ListContracts", contract_pb2.Contract, "contracts", fields)

    def terminate_contract(self, **fields: Unpack[TerminateContractFields]) -> contract_pb2.TerminateContractResponse:
        """Ends a contract or some of its lines before the agreed day."""
        return self._call("TerminateContract", contract_pb2.TerminateContractResponse, fields)

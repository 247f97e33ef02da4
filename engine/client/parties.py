"""PartyService, typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypedDict, Unpack

from cpq.v1 import party_pb2

from engine.client.connection import Connection, ServiceClient
from engine.wire.plain import Plain


class CreateCustomerFields(TypedDict, total=False):
    """Fields of CreateCustomerRequest."""

    customer: Plain
    customer_id: str
    request_id: str
    validate_only: bool
    etag: str


class GetCustomerFields(TypedDict, total=False):
    """Fields of GetCustomerRequest."""

    name: str


class ListCustomersFields(TypedDict, total=False):
    """Fields of ListCustomersRequest."""

    segment: str
    page_size: int
    page_token: str


class UpdateCustomerFields(TypedDict, total=False):
    """Fields of UpdateCustomerRequest."""

    customer: Plain
    update_mask: Sequence[str]
    request_id: str
    validate_only: bool
    etag: str


class CreateBillingAccountFields(TypedDict, total=False):
    """Fields of CreateBillingAccountRequest."""

    billing_account: Plain
    billing_account_id: str
    request_id: str
    validate_only: bool
    etag: str


class GetBillingAccountFields(TypedDict, total=False):
    """Fields of GetBillingAccountRequest."""

    name: str


class ListBillingAccountsFields(TypedDict, total=False):
    """Fields of ListBillingAccountsRequest."""

    customer: str
    page_size: int
    page_token: str


class UpdateBillingAccountFields(TypedDict, total=False):
    """Fields of UpdateBillingAccountRequest."""

    billing_account: Plain
    update_mask: Sequence[str]
    request_id: str
    validate_only: bool
    etag: str


class CreateSellingEntityFields(TypedDict, total=False):
    """Fields of CreateSellingEntityRequest."""

    selling_entity: Plain
    selling_entity_id: str
    request_id: str
    validate_only: bool
    etag: str


class GetSellingEntityFields(TypedDict, total=False):
    """Fields of GetSellingEntityRequest."""

    name: str


class ListSellingEntitiesFields(TypedDict, total=False):
    """Fields of ListSellingEntitiesRequest."""

    page_size: int
    page_token: str


class UpdateSellingEntityFields(TypedDict, total=False):
    """Fields of UpdateSellingEntityRequest."""

    selling_entity: Plain
    update_mask: Sequence[str]
    request_id: str
    validate_only: bool
    etag: str


class CreateUserFields(TypedDict, total=False):
    """Fields of CreateUserRequest."""

    user: Plain
    user_id: str
    request_id: str
    validate_only: bool
    etag: str


class GetUserFields(TypedDict, total=False):
    """Fields of GetUserRequest."""

    name: str


class ListUsersFields(TypedDict, total=False):
    """Fields of ListUsersRequest."""

    page_size: int
    page_token: str


class UpdateUserFields(TypedDict, total=False):
    """Fields of UpdateUserRequest."""

    user: Plain
    update_mask: Sequence[str]
    request_id: str
    validate_only: bool
    etag: str


class CreateGroupFields(TypedDict, total=False):
    """Fields of CreateGroupRequest."""

    group: Plain
    group_id: str
    request_id: str
    validate_only: bool
    etag: str


class GetGroupFields(TypedDict, total=False):
    """Fields of GetGroupRequest."""

    name: str


class ListGroupsFields(TypedDict, total=False):
    """Fields of ListGroupsRequest."""

    page_size: int
    page_token: str


class UpdateGroupFields(TypedDict, total=False):
    """Fields of UpdateGroupRequest."""

    group: Plain
    update_mask: Sequence[str]
    request_id: str
    validate_only: bool
    etag: str


class PartyClient(ServiceClient):
    """Keeps the people and companies that quotes, invoices and approvals refer to."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, party_pb2.DESCRIPTOR.services_by_name["PartyService"])

    def create_customer(self, **fields: Unpack[CreateCustomerFields]) -> party_pb2.Customer:
        """Creates a customer."""
        return self._call("CreateCustomer", party_pb2.Customer, fields)

    def get_customer(self, **fields: Unpack[GetCustomerFields]) -> party_pb2.Customer:
        """Returns one customer."""
        return self._call("GetCustomer", party_pb2.Customer, fields)

    def list_customers(self, **fields: Unpack[ListCustomersFields]) -> Iterator[party_pb2.Customer]:
        """Lists customers in order of their names. All pages, as they are needed."""
        return self._pages("ListCustomers", party_pb2.Customer, "customers", fields)

    def update_customer(self, **fields: Unpack[UpdateCustomerFields]) -> party_pb2.Customer:
        """Changes the fields that the mask names."""
        return self._call("UpdateCustomer", party_pb2.Customer, fields)

    def create_billing_account(self, **fields: Unpack[CreateBillingAccountFields]) -> party_pb2.BillingAccount:
        """Creates a billing account of a customer."""
        return self._call("CreateBillingAccount", party_pb2.BillingAccount, fields)

    def get_billing_account(self, **fields: Unpack[GetBillingAccountFields]) -> party_pb2.BillingAccount:
        """Returns one billing account."""
        return self._call("GetBillingAccount", party_pb2.BillingAccount, fields)

    def list_billing_accounts(self, **fields: Unpack[ListBillingAccountsFields]) -> Iterator[party_pb2.BillingAccount]:
        """Lists billing accounts in order of their names. All pages, as they are needed."""
        return self._pages("ListBillingAccounts", party_pb2.BillingAccount, "billing_accounts", fields)

    def update_billing_account(self, **fields: Unpack[UpdateBillingAccountFields]) -> party_pb2.BillingAccount:
        """Changes the fields that the mask names."""
        return self._call("UpdateBillingAccount", party_pb2.BillingAccount, fields)

    def create_selling_entity(self, **fields: Unpack[CreateSellingEntityFields]) -> party_pb2.SellingEntity:
        """Creates a selling entity."""
        return self._call("CreateSellingEntity", party_pb2.SellingEntity, fields)

    def get_selling_entity(self, **fields: Unpack[GetSellingEntityFields]) -> party_pb2.SellingEntity:
        """Returns one selling entity."""
        return self._call("GetSellingEntity", party_pb2.SellingEntity, fields)

    def list_selling_entities(self, **fields: Unpack[ListSellingEntitiesFields]) -> Iterator[party_pb2.SellingEntity]:
        """Lists selling entities in order of their names. All pages, as they are needed."""
        return self._pages("ListSellingEntities", party_pb2.SellingEntity, "selling_entities", fields)

    def update_selling_entity(self, **fields: Unpack[UpdateSellingEntityFields]) -> party_pb2.SellingEntity:
        """Changes the fields that the mask names."""
        return self._call("UpdateSellingEntity", party_pb2.SellingEntity, fields)

    def create_user(self, **fields: Unpack[CreateUserFields]) -> party_pb2.User:
        """Creates a user."""
        return self._call("CreateUser", party_pb2.User, fields)

    def get_user(self, **fields: Unpack[GetUserFields]) -> party_pb2.User:
        """Returns one user."""
        return self._call("GetUser", party_pb2.User, fields)

    def list_users(self, **fields: Unpack[ListUsersFields]) -> Iterator[party_pb2.User]:
        """Lists users in order of their names. All pages, as they are needed."""
        return self._pages("ListUsers", party_pb2.User, "users", fields)

    def update_user(self, **fields: Unpack[UpdateUserFields]) -> party_pb2.User:
        """Changes the fields that the mask names."""
        return self._call("UpdateUser", party_pb2.User, fields)

    def create_group(self, **fields: Unpack[CreateGroupFields]) -> party_pb2.Group:
        """Creates a group of users."""
        return self._call("CreateGroup", party_pb2.Group, fields)

    def get_group(self, **fields: Unpack[GetGroupFields]) -> party_pb2.Group:
        """Returns one group."""
        return self._call("GetGroup", party_pb2.Group, fields)

    def list_groups(self, **fields: Unpack[ListGroupsFields]) -> Iterator[party_pb2.Group]:
        """Lists groups in order of their names. All pages, as they are needed."""
        return self._pages("ListGroups", party_pb2.Group, "groups", fields)

    def update_group(self, **fields: Unpack[UpdateGroupFields]) -> party_pb2.Group:
        """Changes the fields that the mask names."""
        return self._call("UpdateGroup", party_pb2.Group, fields)

"""PartyService through a real server: five kinds, one behaviour."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from cpq.v1 import party_pb2
from google.protobuf.field_mask_pb2 import FieldMask

from tests.api.server import Served, failure

KINDS: list[tuple[str, str, str, str, dict[str, Any], dict[str, Any]]] = [
    ("Customer", "Customers", "customer", "customers", {"display_name": "Anna", "segment": "edu"}, {"region": "EU"}),
    (
        "BillingAccount",
        "BillingAccounts",
        "billing_account",
        "billingAccounts",
        {"display_name": "Main", "customer": "customers/c-1", "currency_code": "EUR", "payment_terms_days": 14},
        {"bill_day": 15},
    ),
    ("SellingEntity", "SellingEntities", "selling_entity", "sellingEntities", {"display_name": "We"}, {"tax_id": "X1"}),
    ("User", "Users", "user", "users", {"display_name": "Uma", "roles": ["manager"]}, {"approval_limit": "100.50"}),
    ("Group", "Groups", "group", "groups", {"display_name": "Deal desk"}, {"members": ["users/u-1"]}),
]


@pytest.fixture
def people(server: Served) -> Served:
    """A server that knows customer c-1 and user u-1."""
    customer = party_pb2.Customer(display_name="First")
    server.parties.CreateCustomer(party_pb2.CreateCustomerRequest(customer=customer, customer_id="c-1"))
    server.parties.CreateUser(party_pb2.CreateUserRequest(user=party_pb2.User(display_name="First"), user_id="u-1"))
    return server


@pytest.mark.parametrize(("title", "plural", "field", "collection", "values", "change"), KINDS)
def test_create_get_list_and_update(
    people: Served, title: str, plural: str, field: str, collection: str, values: dict[str, Any], change: dict[str, Any]
) -> None:
    def call(method: str, **fields: Any) -> Any:
        return getattr(people.parties, method)(getattr(party_pb2, f"{method}Request")(**fields), timeout=30)

    kind = getattr(party_pb2, title)
    made = call(f"Create{title}", **{field: kind(**values), f"{field}_id": "x-9", "request_id": "r-1"})
    assert (made.name, made.etag) == (f"{collection}/x-9", '"1"')
    again = call(f"Create{title}", **{field: kind(**values), f"{field}_id": "x-9", "request_id": "r-1"})
    assert again == made
    assert call(f"Get{title}", name=made.name) == made
    automatic = call(f"Create{title}", **{field: kind(**values)})
    assert automatic.name.startswith(f"{collection}/")
    assert automatic.name.endswith("-000001")
    changed = call(
        f"Update{title}",
        **{field: kind(name=made.name, **change), "etag": made.etag, "update_mask": FieldMask(paths=list(change))},
    )
    assert changed.etag == '"2"'
    for name in change:
        assert getattr(changed, name) == getattr(kind(**change), name)
    assert changed.display_name == made.display_name
    everybody = call(f"List{plural}", page_size=1)
    names = [getattr(everybody, plural_field(plural))[0].name]
    while everybody.next_page_token:
        everybody = call(f"List{plural}", page_size=1, page_token=everybody.next_page_token)
        names += [each.name for each in getattr(everybody, plural_field(plural))]
    assert names == sorted(names)
    assert {made.name, automatic.name} <= set(names)


def plural_field(plural: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in plural).lstrip("_")


@pytest.mark.parametrize(("title", "plural", "field", "collection", "values", "change"), KINDS)
def test_what_is_wrong_is_named_and_nothing_is_saved(
    people: Served, title: str, plural: str, field: str, collection: str, values: dict[str, Any], change: dict[str, Any]
) -> None:
    kind = getattr(party_pb2, title)
    stub = people.parties

    def request(method: str, **fields: Any) -> Any:
        return getattr(party_pb2, f"{method}Request")(**fields)

    create, get = getattr(stub, f"Create{title}"), getattr(stub, f"Get{title}")
    update, listing = getattr(stub, f"Update{title}"), getattr(stub, f"List{plural}")
    empty = failure(create, request(f"Create{title}", **{field: kind(), f"{field}_id": "has blank"}))
    assert empty.code is grpc.StatusCode.INVALID_ARGUMENT
    assert {f"{field}.display_name", f"{field}_id"} <= set(empty.fields)
    stale = failure(create, request(f"Create{title}", **{field: kind(**values), "etag": '"1"'}))
    assert (stale.code, stale.reason) == (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")
    dry = create(request(f"Create{title}", **{field: kind(**values), f"{field}_id": "dry", "validate_only": True}))
    assert dry.name == f"{collection}/dry"
    assert failure(get, request(f"Get{title}", name=dry.name)).code is grpc.StatusCode.NOT_FOUND
    made = create(request(f"Create{title}", **{field: kind(**values), f"{field}_id": "one", "request_id": "r"}))
    taken = failure(create, request(f"Create{title}", **{field: kind(**values), f"{field}_id": "one"}))
    assert (taken.code, taken.reason) == (grpc.StatusCode.ALREADY_EXISTS, "ALREADY_EXISTS")
    reused = failure(
        create, request(f"Create{title}", **{field: kind(**values), f"{field}_id": "two", "request_id": "r"})
    )
    assert (reused.code, reused.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_ID_REUSED")
    old = failure(update, request(f"Update{title}", **{field: kind(name=made.name, **change), "etag": '"7"'}))
    assert (old.code, old.reason) == (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")
    mask = FieldMask(paths=["name", "nonsense"])
    masked = failure(update, request(f"Update{title}", **{field: kind(name=made.name), "update_mask": mask}))
    assert set(masked.fields) == {"update_mask.paths[0]", "update_mask.paths[1]"}
    assert get(request(f"Get{title}", name=made.name)) == made
    dry = update(request(f"Update{title}", **{field: kind(name=made.name, **change), "validate_only": True}))
    assert dry.etag == '"2"'
    assert get(request(f"Get{title}", name=made.name)) == made
    for name in ("", "wrong", f"{collection}/", f"{collection}/a/b", "other/one"):
        assert failure(get, request(f"Get{title}", name=name)).fields.keys() == {"name"}
    assert failure(listing, request(f"List{plural}", page_size=-1)).reason == "INVALID_PAGE"
    assert failure(listing, request(f"List{plural}", page_token="forged")).reason == "INVALID_PAGE"


def test_every_fault_of_a_billing_account_is_in_one_answer(people: Served) -> None:
    account = party_pb2.BillingAccount(customer="c-1", currency_code="EURO", bill_day=32, payment_terms_days=-1)
    found = failure(people.parties.CreateBillingAccount, party_pb2.CreateBillingAccountRequest(billing_account=account))
    assert set(found.fields) == {
        f"billing_account.{name}"
        for name in ("display_name", "customer", "currency_code", "bill_day", "payment_terms_days")
    }


def test_references_have_to_exist(people: Served) -> None:
    account = party_pb2.BillingAccount(display_name="A", customer="customers/nobody", currency_code="EUR")
    found = failure(people.parties.CreateBillingAccount, party_pb2.CreateBillingAccountRequest(billing_account=account))
    assert (found.code, found.fields.keys()) == (grpc.StatusCode.NOT_FOUND, {"customer"})
    group = party_pb2.Group(display_name="G", members=["users/u-1", "users/x", "users/y"])
    found = failure(people.parties.CreateGroup, party_pb2.CreateGroupRequest(group=group))
    assert found.fields.keys() == {"members[1]", "members[2]"}


@pytest.mark.parametrize("limit", ["NaN", "Infinity", "1e5", "-1", "abc", "1" * 60])
def test_numbers_that_are_none_are_refused(people: Served, limit: str) -> None:
    user = party_pb2.User(display_name="U", approval_limit=limit)
    found = failure(people.parties.CreateUser, party_pb2.CreateUserRequest(user=user))
    assert found.fields.keys() == {"user.approval_limit"}


def test_lists_keep_to_their_filters_and_tokens_to_their_list(people: Served) -> None:
    for number in range(4):
        customer = party_pb2.Customer(display_name=f"n{number}", segment="a" if number % 2 else "b")
        people.parties.CreateCustomer(party_pb2.CreateCustomerRequest(customer=customer, customer_id=f"k{number}"))
    first = people.parties.ListCustomers(party_pb2.ListCustomersRequest(segment="a", page_size=1))
    assert [each.name for each in first.customers] == ["customers/k1"]
    other = party_pb2.ListCustomersRequest(segment="b", page_size=1, page_token=first.next_page_token)
    assert failure(people.parties.ListCustomers, other).reason == "INVALID_PAGE"
    same = party_pb2.ListCustomersRequest(segment="a", page_size=1, page_token=first.next_page_token)
    assert [each.name for each in people.parties.ListCustomers(same).customers] == ["customers/k3"]
    foreign = party_pb2.ListBillingAccountsRequest(customer="customers/c-1")
    assert not people.parties.ListBillingAccounts(foreign).billing_accounts


def test_each_kind_has_its_own_methods(people: Served) -> None:
    p = people.parties
    customer = p.GetCustomer(party_pb2.GetCustomerRequest(name="customers/c-1"))
    customer.region = "US"
    assert p.UpdateCustomer(party_pb2.UpdateCustomerRequest(customer=customer)).region == "US"
    account = party_pb2.BillingAccount(display_name="A", customer="customers/c-1", currency_code="EUR")
    account = p.CreateBillingAccount(party_pb2.CreateBillingAccountRequest(billing_account=account))
    assert p.GetBillingAccount(party_pb2.GetBillingAccountRequest(name=account.name)) == account
    account.bill_day = 31
    assert p.UpdateBillingAccount(party_pb2.UpdateBillingAccountRequest(billing_account=account)).bill_day == 31
    entity = party_pb2.SellingEntity(display_name="We")
    entity = p.CreateSellingEntity(party_pb2.CreateSellingEntityRequest(selling_entity=entity))
    assert entity.invoice_prefix == "INV"
    assert p.GetSellingEntity(party_pb2.GetSellingEntityRequest(name=entity.name)) == entity
    assert list(p.ListSellingEntities(party_pb2.ListSellingEntitiesRequest()).selling_entities) == [entity]
    entity.invoice_prefix = "OURS"
    changed = p.UpdateSellingEntity(party_pb2.UpdateSellingEntityRequest(selling_entity=entity))
    assert changed.invoice_prefix == "OURS"
    user = p.GetUser(party_pb2.GetUserRequest(name="users/u-1"))
    user.approval_limit, user.approval_limit_currency = "12.5", "EUR"
    limited = p.UpdateUser(party_pb2.UpdateUserRequest(user=user))
    assert (limited.approval_limit, limited.approval_limit_currency) == ("12.5", "EUR")
    limited.approval_limit_currency = "euro"
    wrong = failure(p.UpdateUser, party_pb2.UpdateUserRequest(user=limited))
    assert wrong.fields.keys() == {"user.approval_limit_currency"}
    assert [each.name for each in p.ListUsers(party_pb2.ListUsersRequest()).users] == ["users/u-1"]
    group = p.CreateGroup(
        party_pb2.CreateGroupRequest(group=party_pb2.Group(display_name="G", members=["users/u-1"] * 2))
    )
    assert list(group.members) == ["users/u-1"]
    assert p.GetGroup(party_pb2.GetGroupRequest(name=group.name)) == group
    group.display_name = "H"
    assert p.UpdateGroup(party_pb2.UpdateGroupRequest(group=group)).display_name == "H"
    assert len(p.ListGroups(party_pb2.ListGroupsRequest()).groups) == 1

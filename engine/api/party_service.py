"""PartyService: five kinds of record behind one pattern."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import grpc
from cpq.v1 import party_pb2
from google.protobuf.message import Message

from engine.api.calls import Calls, Reply, checked
from engine.api.listing import Listed, filters_of, get_one, list_page
from engine.application.parties import change_party, create_party
from engine.application.ports import Reader
from engine.diagnostics import Refusal
from engine.parties import BillingAccount, Customer, Group, SellingEntity, User
from engine.wire import parties as wire
from engine.wire.basics import Faults, read_key, read_new_key
from engine.wire.masks import merged

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Kind(Generic[P]):
    """One kind of party: its class, the names of its field and collection, and its two mappings."""

    record: type[P]
    field: str
    collection: str
    read: Callable[[Any, str, Faults], P]
    message: Callable[[P, str], Message]
    listed: type[Message]
    plural: str

    def shown(self, party: P, etag: str, _: Reader) -> Message:
        """A stored party as a message."""
        return self.message(party, etag)


CUSTOMER = Kind(
    Customer,
    "customer",
    wire.CUSTOMERS,
    wire.read_customer,
    wire.customer_message,
    party_pb2.ListCustomersResponse,
    "customers",
)
ACCOUNT = Kind(
    BillingAccount,
    "billing_account",
    wire.BILLING_ACCOUNTS,
    wire.read_billing_account,
    wire.billing_account_message,
    party_pb2.ListBillingAccountsResponse,
    "billing_accounts",
)
ENTITY = Kind(
    SellingEntity,
    "selling_entity",
    wire.SELLING_ENTITIES,
    wire.read_selling_entity,
    wire.selling_entity_message,
    party_pb2.ListSellingEntitiesResponse,
    "selling_entities",
)
USER = Kind(User, "user", wire.USERS, wire.read_user, wire.user_message, party_pb2.ListUsersResponse, "users")
GROUP = Kind(Group, "group", wire.GROUPS, wire.read_group, wire.group_message, party_pb2.ListGroupsResponse, "groups")


class PartyService:
    """Customers, billing accounts, selling entities, users and groups."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        for kind, title in ((CUSTOMER, "Customer"), (ACCOUNT, "BillingAccount"), (ENTITY, "SellingEntity")):
            self._bind(kind, title)
        self._bind(USER, "User")
        self._bind(GROUP, "Group")

    def _bind(self, kind: Kind[Any], title: str) -> None:
        plural = {"SellingEntity": "SellingEntities"}.get(title, f"{title}s")
        methods = {
            f"Create{title}": self._create,
            f"Get{title}": self._get,
            f"List{plural}": self._list,
            f"Update{title}": self._update,
        }
        for name, method in methods.items():
            setattr(self, name, _bound(method, kind))

    def _create(self, kind: Kind[Any], request: Any, context: grpc.ServicerContext) -> Reply:
        faults = Faults()
        key = read_new_key(getattr(request, f"{kind.field}_id"), f"{kind.field}_id", faults)
        party = kind.read(getattr(request, kind.field), key, faults.at(kind.field))
        checked(faults)
        return self._calls.mutate(
            request,
            context,
            lambda work: create_party(work, party, etag=request.etag),
            lambda work, made: kind.message(made, work.etag(kind.record, made.id)),
        )

    def _get(self, kind: Kind[Any], request: Any, _: grpc.ServicerContext) -> Reply:
        return get_one(self._calls, kind.record, kind.collection, request.name, kind.shown)

    def _list(self, kind: Kind[Any], request: Any, _: grpc.ServicerContext) -> Reply:
        listed = Listed(kind.record, kind.plural, lambda each: str(each.id), kind.shown)
        reply: Any = kind.listed()
        filled: Message = list_page(self._calls, listed, request, reply, _filters(self._calls, kind, request))
        return filled

    def _update(self, kind: Kind[Any], request: Any, context: grpc.ServicerContext) -> Reply:
        faults = Faults()
        given = getattr(request, kind.field)
        key = read_key(given.name, kind.collection, f"{kind.field}.name", faults)
        checked(faults)

        def change(present: Any) -> Any:
            inner = Faults()
            party = kind.read(
                merged(kind.message(present, ""), given, request.update_mask, inner), key, inner.at(kind.field)
            )
            return Refusal(tuple(inner.found)) if inner.found else party

        return self._calls.mutate(
            request,
            context,
            lambda work: change_party(work, kind.record, key, etag=request.etag or given.etag, change=change),
            lambda work, made: kind.message(made, work.etag(kind.record, key)),
        )


def _bound(method: Callable[..., Reply], kind: Kind[Any]) -> Callable[..., Reply]:
    return lambda request, context: method(kind, request, context)


def _filters(calls: Calls, kind: Kind[Any], request: Any) -> dict[str, str]:
    if kind is ACCOUNT:
        return filters_of(calls, {"customer": (request.customer, wire.CUSTOMERS)})
    return {"segment": request.segment} if kind is CUSTOMER and request.segment else {}

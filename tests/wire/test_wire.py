"""Proto and domain: reading what was written is the identity, and what cannot be read is named.

Modules: ``engine.wire.basics``, ``engine.wire.contents``, ``engine.wire.masks``, ``engine.wire.parties``,
``engine.wire.plain``, ``engine.wire.priced``, ``engine.wire.quotes``, ``engine.wire.configurations``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType

import pytest
from cpq.v1 import (
    billing_pb2,
    common_pb2,
    configuration_pb2,
    party_pb2,
    pricing_pb2,
    quote_pb2,
    revenue_pb2,
    rule_book_pb2,
)
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog import LineId, Sku
from engine.configuration.products import Pick, Set
from engine.parties import Address, BillingAccount, Customer, Group, SellingEntity, User
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, Replaces
from engine.quotes.request import QuoteRequest, RequestedLine
from engine.wire import approvals, billing, orders, parties, products, revenue
from engine.wire.basics import (
    Faults,
    decimal_text,
    fill_date,
    fill_instant,
    fill_value,
    read_date,
    read_decimal,
    read_instant,
    read_key,
    read_value,
)
from engine.wire.configurations import fill_choice, read_choice
from engine.wire.contents import fill_content, read_content
from engine.wire.masks import merged
from engine.wire.plain import PlainError, fill
from engine.wire.quotes import read_version_name
from engine.wire.sheets import place_of
from tests.api.messages import messages

names = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12)
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
values = st.recursive(
    st.none() | st.booleans() | st.text() | decimals | DAYS,
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=6,
)
texts = st.text(max_size=20)
addresses = st.builds(Address, st.lists(texts, max_size=2).map(tuple), texts, texts, texts, texts)


@given(values)
def test_values_come_back(value: object) -> None:
    message = common_pb2.Value()
    fill_value(message, value)  # type: ignore[arg-type]
    faults = Faults()
    assert read_value(message, "f", faults) == value
    assert not faults.found


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=30))])))
def test_an_instant_is_filled_as_protobuf_itself_fills_it(at: datetime) -> None:
    ours, theirs = Timestamp(), Timestamp()
    fill_instant(ours, at)
    theirs.FromDatetime(at)
    assert ours == theirs


@given(
    DAYS,
    st.datetimes(datetime(1971, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_days_and_instants_come_back(day: date, at: datetime) -> None:
    faults, message, instant = Faults(), Date(), Timestamp()
    fill_date(message, day)
    fill_instant(instant, at)
    assert read_date(message, "f", faults) == day
    assert read_instant(instant, "f", faults) == at
    assert not faults.found


@given(decimals)
def test_decimals_come_back(number: Decimal) -> None:
    faults = Faults()
    assert read_decimal(decimal_text(number), "f", faults) == number
    assert not faults.found


@pytest.mark.parametrize("text", ["NaN", "inf", "1e5", "0x1", "1,5", "--1", "1.", ".5", " 1", "1" * 35, "١"])
def test_what_is_no_decimal_is_a_fault(text: str) -> None:
    faults = Faults()
    assert read_decimal(text, "f", faults) is None
    assert [each.field for each in faults.found] == ["f"]


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        *((2026, 2, 30), (2026, 13, 1), (0, 1, 1), (-1, 1, 1), (10000, 1, 1), (2026, 0, 0)),
        *((9999, 12, 31), (3000, 1, 1), (1899, 12, 31)),
    ],
)
def test_what_is_no_day_is_a_fault(year: int, month: int, day: int) -> None:
    faults = Faults()
    assert read_date(Date(year=year, month=month, day=day), "f", faults) is None
    assert len(faults.found) == 1


@given(names)
def test_keys_are_read_from_names(key: str) -> None:
    faults = Faults()
    assert read_key(f"quotes/{key}", "quotes", "f", faults) == key
    assert read_version_name(f"quotes/{key}/versions/7", "f", faults) == (key, 7)
    assert not faults.found
    assert read_key(f"orders/{key}", "quotes", "f", faults) == ""
    assert read_key("", "quotes", "f", faults, optional=True) == ""
    assert len(faults.found) == 1


@given(st.builds(Customer, names, names, texts, texts, texts, addresses, st.dictionaries(texts, texts, max_size=2)))
def test_customers_come_back(customer: Customer) -> None:
    faults = Faults()
    assert parties.read_customer(parties.customer_message(customer, '"1"'), customer.id, faults) == customer
    assert not faults.found


@pytest.mark.parametrize(
    "party",
    [
        BillingAccount("b", "c", "Main", "EUR", 31, 14, Address(("x",), "y")),
        SellingEntity("s", "We", "T1", "WE", Address(country="DE")),
        User("u", "Uma", ("a", "b"), Decimal("12.5"), Decimal(1000)),
        Group("g", "Deal desk", ("u1", "u2")),
    ],
)
def test_other_parties_come_back(party: object) -> None:
    faults = Faults()
    match party:
        case BillingAccount():
            again: object = parties.read_billing_account(parties.billing_account_message(party, ""), "b", faults)
        case SellingEntity():
            again = parties.read_selling_entity(parties.selling_entity_message(party, ""), "s", faults)
        case User():
            again = parties.read_user(parties.user_message(party, ""), "u", faults)
        case Group():
            again = parties.read_group(parties.group_message(party, ""), "g", faults)
        case _:
            raise AssertionError(party)
    assert again == party
    assert not faults.found


def test_a_whole_request_comes_back() -> None:
    manual = ManualDiscount("m", ManualOn.LINE, ManualKind.TARGET, Decimal("9.99"), "why", "rep", "a", Replaces.ALL)
    lines = (
        RequestedLine(LineId("a"), Sku("BOX"), Decimal("2.5"), attributes=MappingProxyType({"quiet": True})),
        RequestedLine(LineId("b"), Sku("CPU"), Decimal(1), LineId("a"), "cpu", term_months=3, start=date(2026, 4, 1)),
    )
    request = QuoteRequest(
        date(2026, 3, 1),
        "EUR",
        lines,
        MappingProxyType({"segment": "edu", "score": Decimal(3)}),
        MappingProxyType({"channel": None}),
        ("SPRING",),
        (manual,),
        12,
        date(2026, 3, 15),
    )
    message = pricing_pb2.QuoteContent()
    fill_content(message, request, "anna")
    faults = Faults()
    content = read_content(pricing_pb2.QuoteContent.FromString(message.SerializeToString()), faults, most_lines=5)
    assert not faults.found
    assert (content.lines, content.date, content.currency) == (request.lines, request.date, request.currency)
    assert (content.customer, content.customer_facts, content.header) == ("anna", request.customer, request.header)
    assert (content.codes, content.manual, content.term_months) == (request.codes, request.manual, 12)
    assert content.start == request.start


@pytest.mark.parametrize("choice", [Pick("cpu", Sku("A"), 2), Pick("cpu"), Set("quiet", True), Set("size", "large")])
def test_choices_come_back(choice: Pick | Set) -> None:
    message = configuration_pb2.ProductChoice()
    fill_choice(message, choice)
    assert read_choice(message, Faults()) == choice


def test_masks_change_what_they_name_and_nothing_else() -> None:
    present = party_pb2.Customer(name="customers/c", display_name="A", segment="s", attributes={"k": "v", "l": "w"})
    given_ = party_pb2.Customer(name="customers/c", region="EU", attributes={"k": "x"})
    faults = Faults()
    by_mask = merged(present, given_, FieldMask(paths=["segment", "attributes"]), faults)
    assert (by_mask.display_name, by_mask.segment, by_mask.region, dict(by_mask.attributes)) == (
        "A",
        "",
        "",
        {"k": "x"},
    )
    by_default = merged(present, given_, FieldMask(), faults)
    assert (by_default.display_name, by_default.region, by_default.segment) == ("A", "EU", "s")
    everything = merged(present, given_, FieldMask(paths=["*"]), faults)
    assert (everything.display_name, everything.name) == ("", "customers/c")
    assert not faults.found


def test_a_value_of_nothing_is_there() -> None:
    read = pricing_pb2.ReasonValue()
    fill(read, {"value": {}})
    assert read.HasField("value")


@settings(max_examples=60)
@given(st.sampled_from((quote_pb2.Quote, billing_pb2.Invoice, revenue_pb2.JournalEntry)), st.data())
def test_the_json_of_a_message_fills_it_again(kind: type[Message], data: st.DataObject) -> None:
    message = data.draw(messages(kind.DESCRIPTOR))
    again = kind()
    fill(again, MessageToDict(message, preserving_proto_field_name=True))
    assert again == message


def test_instants_masks_and_bytes_are_read_as_json_writes_them() -> None:
    file = rule_book_pb2.SourceFile()
    fill(file, {"content": "aWQ6IHNtYWxs"})
    assert file.content == b"id: small"
    message = quote_pb2.UpdateQuoteRequest()
    fill(message, {"update_mask": "title,validUntil", "quote": {"create_time": "2026-03-01T12:00:00Z"}})
    assert list(message.update_mask.paths) == ["title", "valid_until"]
    assert message.quote.create_time.seconds == 1_772_366_400
    for wrong in ({"valid_until": {"years": 2026}}, {"create_time": "yesterday"}):
        with pytest.raises(PlainError):
            fill(quote_pb2.Quote(), wrong)


def test_plain_values_fill_messages() -> None:
    message = pricing_pb2.PriceQuoteRequest()
    fill(
        message,
        {
            "content": {"date": date(2026, 3, 1), "lines": [{"quantity": Decimal("1.50")}], "header": {"n": 3}},
            "view": "basic",
            "rule_book": None,
        },
    )
    assert message.content.lines[0].quantity == "1.50"
    assert message.content.header["n"].number == "3"
    assert message.view == common_pb2.VIEW_BASIC
    with pytest.raises(PlainError, match="`colour` is not a field of PriceQuoteRequest; fields are content"):
        fill(message, {"colour": 1})


def test_every_state_of_the_domain_has_a_number_of_its_own() -> None:
    tables = (
        orders.STATES,
        orders.TASK_STATES,
        orders.ACTIONS,
        approvals.STATES,
        approvals.REQUEST_STATES,
        billing.KINDS,
    )
    for table in tables:
        assert len(set(table.values())) == len(table)
        assert 0 not in table.values()
    assert place_of(None) == ""
    assert (products.PRODUCTS, revenue.JOURNAL_ENTRIES) == ("products", "journalEntries")

"""RuleBookService, typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypedDict, Unpack

from cpq.v1 import rule_book_pb2

from engine.client.connection import Connection, ServiceClient
from engine.wire.plain import Plain


class CheckRuleBookFields(TypedDict, total=False):
    """Fields of CheckRuleBookRequest."""

    files: Sequence[Plain]


class TestRuleBookFields(TypedDict, total=False):
    """Fields of TestRuleBookRequest."""

    files: Sequence[Plain]
    name: str


class AnalyseRuleBookFields(TypedDict, total=False):
    """Fields of AnalyseRuleBookRequest."""

    files: Sequence[Plain]
    name: str
    product: str
    seconds: int
    date: date


class PlanRuleBookFields(TypedDict, total=False):
    """Fields of PlanRuleBookRequest."""

    files: Sequence[Plain]
    name: str
    created_from: date
    created_until: date
    pricing_date: date


class PublishRuleBookFields(TypedDict, total=False):
    """Fields of PublishRuleBookRequest."""

    files: Sequence[Plain]
    name: str
    request_id: str
    validate_only: bool
    etag: str


class GetRuleBookFields(TypedDict, total=False):
    """Fields of GetRuleBookRequest."""

    name: str


class ListRuleBooksFields(TypedDict, total=False):
    """Fields of ListRuleBooksRequest."""

    page_size: int
    page_token: str


class RuleBookClient(ServiceClient):
    """Publishes rule books."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, rule_book_pb2.DESCRIPTOR.services_by_name["RuleBookService"])

    def check_rule_book(self, **fields: Unpack[CheckRuleBookFields]) -> rule_book_pb2.CheckRuleBookResponse:
        """Compiles sources and returns every finding, sorted by place."""
        return self._call("CheckRuleBook", rule_book_pb2.CheckRuleBookResponse, fields)

    def test_rule_book(self, **fields: Unpack[TestRuleBookFields]) -> rule_book_pb2.TestRuleBookResponse:
        """Runs the tests that the book carries."""
        return self._call("TestRuleBook", rule_book_pb2.TestRuleBookResponse, fields)

    def analyse_rule_book(self, **fields: Unpack[AnalyseRuleBookFields]) -> rule_book_pb2.AnalyseRuleBookResponse:
        """Says of every bundle what its author may want to know."""
        return self._call("AnalyseRuleBook", rule_book_pb2.AnalyseRuleBookResponse, fields)

    def plan_rule_book(self, **fields: Unpack[PlanRuleBookFields]) -> Iterator[rule_book_pb2.PlanRuleBookResponse]:
        """Reprices recorded quotes under a book; sends what differs as it is found, and the sums at the end."""
        return self._stream("PlanRuleBook", rule_book_pb2.PlanRuleBookResponse, fields)

    def publish_rule_book(self, **fields: Unpack[PublishRuleBookFields]) -> rule_book_pb2.RuleBook:
        """Publishes sources, or an older book again."""
        return self._call("PublishRuleBook", rule_book_pb2.RuleBook, fields)

    def get_rule_book(self, **fields: Unpack[GetRuleBookFields]) -> rule_book_pb2.RuleBook:
        """Returns a published book."""
        return self._call("GetRuleBook", rule_book_pb2.RuleBook, fields)

    def list_rule_books(self, **fields: Unpack[ListRuleBooksFields]) -> Iterator[rule_book_pb2.RuleBook]:
        """Lists published books in order of their names. All pages, as they are needed."""
        return self._pages("ListRuleBooks", rule_book_pb2.RuleBook, "rule_books", fields)

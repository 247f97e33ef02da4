"""The client: one object with a part for each service."""

from __future__ import annotations

from types import TracebackType

from engine.client.approvals import ApprovalClient
from engine.client.billing import BillingClient
from engine.client.billing_runs import BillingRunClient
from engine.client.catalog import CatalogClient
from engine.client.configuration import ConfigurationClient
from engine.client.connection import USUAL_TIMEOUT_SECONDS, Connection
from engine.client.contracts import ContractClient
from engine.client.coupons import CouponClient
from engine.client.dunning import DunningClient
from engine.client.events import EventClient
from engine.client.metrics import MetricClient
from engine.client.orders import OrderClient
from engine.client.parties import PartyClient
from engine.client.prepaid import PrepaidClient
from engine.client.pricing import PricingClient
from engine.client.quotes import QuoteClient
from engine.client.refunds import RefundClient
from engine.client.revenue import RevenueClient
from engine.client.rule_books import RuleBookClient
from engine.client.test_clock import TestClockClient


class Client:
    """A connection to a server: ``Client("127.0.0.1:50051").quotes.get_quote(name="quotes/q-000001")``.

    Methods take the fields of their request as keywords in plain values (text, ``Decimal``, ``date``, mappings, lists)
    and return the message of the answer; list methods return iterators over all pages. Failures raise ``CallFailed``.
    """

    def __init__(self, address: str, *, timeout: float = USUAL_TIMEOUT_SECONDS) -> None:
        self._connection = Connection(address, timeout=timeout)
        self.approvals = ApprovalClient(self._connection)
        self.billing = BillingClient(self._connection)
        self.billing_runs = BillingRunClient(self._connection)
        self.catalog = CatalogClient(self._connection)
        self.configuration = ConfigurationClient(self._connection)
        self.contracts = ContractClient(self._connection)
        self.coupons = CouponClient(self._connection)
        self.dunning = DunningClient(self._connection)
        self.events = EventClient(self._connection)
        self.metrics = MetricClient(self._connection)
        self.orders = OrderClient(self._connection)
        self.parties = PartyClient(self._connection)
        self.prepaid = PrepaidClient(self._connection)
        self.pricing = PricingClient(self._connection)
        self.quotes = QuoteClient(self._connection)
        self.refunds = RefundClient(self._connection)
        self.revenue = RevenueClient(self._connection)
        self.rule_books = RuleBookClient(self._connection)
        self.test_clock = TestClockClient(self._connection)

    def wait_until_ready(self, seconds: float = 10) -> None:
        """Wait for the server to answer; raises CallFailed when it does not in time."""
        self._connection.wait_until_ready(seconds)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

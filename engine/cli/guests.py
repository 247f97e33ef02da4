"""Whom a price without a quote is for: a customer who is only known by what rules read of one."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from engine.client import CallFailed, Client

SOMEBODY: Mapping[str, str] = {"segment": "retail", "region": "DE"}
"""Taken where nothing is stated, as far as the rule book declares it: rules and taxes want to know a region."""
FACTS = "content.customer_facts."
LINES = "content.lines["


def customer_facts(text: str) -> dict[str, str]:
    """``segment=hotel,region=DE``, for argparse."""
    found: dict[str, str] = {}
    for each in text.split(","):
        name, parted, value = (part.strip() for part in each.partition("="))
        if not (name and parted and value):
            raise argparse.ArgumentTypeError(f"`{text}` is not FACT=VALUE, such as segment=edu,region=DE")
        found[name] = value
    return found


class Guest:
    """Asks for prices; facts that were stated are sent as they are, others only as the rule book has them."""

    def __init__(self, client: Client, currency: str, stated: Mapping[str, str] | None = None) -> None:
        self._client = client
        self.currency = currency
        """As it was asked for; where nothing was asked for, that of the rule book once a price is known."""
        self._facts, self._is_stated = dict(SOMEBODY if stated is None else stated), stated is not None

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self._facts.items()) or "a customer nothing is known of"

    def price(self, lines: Sequence[Mapping[str, Any]]) -> Any:
        """The priced lines; raises CallFailed when they cannot be priced."""
        try:
            return self._priced(lines)
        except CallFailed as failed:
            if not self._forget(failed):
                raise
        return self._priced(lines)

    def list_prices(self, skus: Sequence[str]) -> dict[str, str]:
        """The list prices of products; those that have none for this customer are left out."""
        lines = [{"id": sku, "sku": sku, "quantity": "1"} for sku in skus]
        while lines:
            try:
                return {line.sku: line.list_unit_price for line in self._priced(lines).lines}
            except CallFailed as failed:
                refused = _lines_of(failed)
                if not self._forget(failed) and not refused:
                    raise
                lines = [line for at, line in enumerate(lines) if at not in refused]
        return {}

    def _priced(self, lines: Sequence[Mapping[str, Any]]) -> Any:
        content = {"currency_code": self.currency, "lines": lines, "customer_facts": self._facts}
        priced = self._client.pricing.price_quote(content=content, view="full")
        self.currency = priced.currency_code
        return priced

    def _forget(self, failed: CallFailed) -> bool:
        """Take back what nobody stated and the rule book does not know; whether there was anything."""
        unknown = {each.field.removeprefix(FACTS) for each in failed.faults if each.field.startswith(FACTS)}
        if self._is_stated or not unknown & set(self._facts):
            return False
        self._facts = {name: value for name, value in self._facts.items() if name not in unknown}
        return True


def _lines_of(failed: CallFailed) -> set[int]:
    numbers = (
        each.field.removeprefix(LINES).partition("]")[0] for each in failed.faults if each.field.startswith(LINES)
    )
    return {int(each) for each in numbers if each.isdigit()}

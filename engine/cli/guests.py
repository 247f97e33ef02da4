"""Whom a configuration in the terminal is priced for: who is stated, else somebody as rules know one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.client import CallFailed, Client

SOMEBODY: Mapping[str, str] = {"segment": "retail", "region": "DE"}
"""Taken where nobody is stated, as far as the rule book declares it: rules and taxes want to know a region."""
FACTS = "customer_facts."
CONTENT = "content."


class Guest:
    """Asks for somebody; a header that was stated is sent as it is, guessed facts only as the rule book has them."""

    def __init__(self, client: Client, header: Mapping[str, Any]) -> None:
        self._client = client
        self._header = dict(header)
        self._is_guess = not (header.get("customer") or header.get("customer_facts"))
        if self._is_guess:
            self._header["customer_facts"] = dict(SOMEBODY)
        self.currency = header.get("currency_code", "")
        """As it was asked for; where nothing was asked for, that of the rule book once a price is known."""

    def __str__(self) -> str:
        known = [f"{name} {value}" for name, value in self._header.get("customer_facts", {}).items()]
        whose = str(self._header.get("customer", "")).rpartition("/")[2]
        return ", ".join([*([f"the customer {whose}"] if whose else []), *known]) or "a customer nothing is known of"

    def ask(self, call: Callable[..., Any], **fields: Any) -> Any:
        """The answer to a question about a configuration; raises CallFailed."""
        return self._asked(lambda: call(**fields, **self._header))

    def price(self, lines: Sequence[Mapping[str, Any]]) -> Any:
        """The priced lines; raises CallFailed when they cannot be priced."""
        call = self._client.pricing.price_quote
        return self._asked(lambda: call(content={**self._header, "lines": lines}, view="full"))

    def _asked(self, call: Callable[[], Any]) -> Any:
        try:
            found = call()
        except CallFailed as failed:
            if not self._forget(failed):
                raise
            found = call()
        self.currency = getattr(found, "currency_code", "") or self.currency
        return found

    def _forget(self, failed: CallFailed) -> bool:
        """Take back what nobody stated and the rule book does not know; whether there was anything."""
        fields = (each.field.removeprefix(CONTENT) for each in failed.faults)
        unknown = {each.removeprefix(FACTS) for each in fields if each.startswith(FACTS)}
        facts: dict[str, str] = self._header.get("customer_facts", {})
        if not self._is_guess or not unknown & facts.keys():
            return False
        self._header["customer_facts"] = {name: value for name, value in facts.items() if name not in unknown}
        return True

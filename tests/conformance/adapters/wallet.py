"""Kind ``wallet``: a prepaid credit that pays invoices after tax, or money that becomes one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from engine.billing import BillLine, BillTo, Invoice, LineKind, TaxPoint, TaxTable, draft_invoice, finalize
from engine.billing.prepaid import CreditSource, PrepaidCredit, drawn
from engine.diagnostics import Decision
from engine.money import HALF_UP, Money, UnitPrice, currency, settle, total
from tests.conformance.adapters.gap import need

ON = date(2026, 1, 1)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def check(case: dict[str, Any]) -> None:
    given = case["given"]
    need("paid" in given or {"granted", "charges"} <= given.keys(), "wallet-form")
    if "paid" in given:
        credit = _credit(_settled(given["paid"], case), CreditSource.BOUGHT)
        found = {"credits": credit.amount, "balance": credit.left}
        assert found == {key: _settled(case["expect"][key], case) for key in found}
    else:
        _check_steps(case)


def _check_steps(case: dict[str, Any]) -> None:
    """Each charge is an invoice of its own."""
    given = case["given"]
    credit = _credit(_settled(given["granted"], case), CreditSource.GRANTED, tuple(given.get("limited_to", ())))
    for place, (charge, wanted) in enumerate(zip(given["charges"], case["expect"]["steps"], strict=True)):
        invoice = _final(charge, place, case)
        paid = total(
            (each.amount for each in drawn(invoice, [credit], on=ON, left=invoice.gross)), invoice.gross.currency
        )
        credit = replace(credit, used=credit.used + paid)
        found = {
            "invoice_gross": invoice.gross,
            "prepaid_used": paid,
            "total_due": invoice.gross - paid,
            "balance": credit.left,
        }
        assert {key: found[key] for key in wanted} == {key: _settled(text, case) for key, text in wanted.items()}, place


def _credit(amount: Money, source: CreditSource, products: tuple[str, ...] = ()) -> PrepaidCredit:
    nothing = Money.zero(amount.currency)
    return PrepaidCredit("pc", "customer", "", source, amount, nothing, nothing, products)


def _final(charge: dict[str, Any], place: int, case: dict[str, Any]) -> Invoice:
    key, amount = f"{place}", _settled(charge["amount"], case)
    line = BillLine(key, "c", key, key, charge["metric"], key, LineKind.USAGE, Decimal(1), amount, ON)
    taxes = TaxTable({"standard": Decimal(charge["tax_percent"])}, TaxPoint.TOTAL)
    to = BillTo("customer", "account", "seller", currency(case["currency"]))
    draft = draft_invoice(key, [line], to, on=ON, taxes=taxes, at=AT)
    assert isinstance(draft, Decision), draft
    final = finalize(draft.value, number=place + 1, on=ON, at=AT)
    assert isinstance(final, Decision), final
    return final.value


def _settled(text: str, case: dict[str, Any]) -> Money:
    """An amount as it is paid, rounded once to what the currency has."""
    return settle(UnitPrice(Decimal(text), currency(case["currency"])), quantity=Decimal(1), rounding=HALF_UP)

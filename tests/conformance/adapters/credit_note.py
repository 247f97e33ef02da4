"""Kind ``credit-note``: credits on a final invoice, whose last note takes the residual."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from engine.billing import (
    AmountOff,
    BillLine,
    BillTo,
    Coupon,
    CreditNote,
    Invoice,
    LineKind,
    Reason,
    TaxTable,
    credit,
    discount,
    draft_credit_note,
    draft_invoice,
    finalize,
)
from engine.diagnostics import Decision
from engine.money import HALF_UP, Money, Ratio, currency, share_of, total
from tests.conformance.adapters.gap import Gap

ON = date(2026, 1, 1)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def check(case: dict[str, Any]) -> None:
    given = case["given"]
    if "credited" in given:
        _check_discounted(case)
    elif "notes" in given:
        _check_notes(case)
    elif {"fee", "period_days", "unused_days"} <= given.keys():
        _check_unused(case)
    else:
        raise Gap("credit-note-form")


def _check_notes(case: dict[str, Any]) -> None:
    given, expect = case["given"], case["expect"]
    invoice = _final([_money(each, case) for each in given["invoice"]["items"]], given["invoice"]["tax_percent"], case)
    assert (invoice.tax, invoice.gross) == tuple(_money(given["invoice"][each], case) for each in ("tax", "total"))
    notes: list[CreditNote] = []
    left = list(invoice.lines)
    for note in given["notes"]:
        wanted = _money(note["items"], case)
        line = next(each for each in left if each.amount >= wanted)
        left.remove(line)
        notes.append(_note(invoice, line, wanted, notes))
    for note, wanted_note in zip(notes, expect["notes"], strict=True):
        assert (note.tax, note.gross) == (_money(wanted_note["tax"], case), _money(wanted_note["total"], case))
    assert total((each.gross for each in notes), invoice.bill_to.currency) == _money(expect["sum"], case)


def _check_unused(case: dict[str, Any]) -> None:
    given, expect = case["given"], case["expect"]
    fee = _money(given["fee"], case)
    invoice = _final([fee], given["tax_percent"], case)
    unused = share_of(fee, Ratio(int(given["unused_days"]), int(given["period_days"])))
    note = _note(invoice, invoice.lines[0], unused, [])
    found = {"sub_total": note.net, "tax": note.tax, "total": note.gross}
    assert found == {key: _money(expect[key], case) for key in found}


def _check_discounted(case: dict[str, Any]) -> None:
    """One fee, or all of them together, and what a coupon took off: a part of it is credited."""
    given, expect = case["given"], case["expect"]
    told = given.get("invoice") or {"fees": given["fee"], "coupon": given["coupon_on_fee"], **given}
    off = _money(told["coupon"], case)
    invoice = _final([_money(told["fees"], case)], told["tax_percent"], case, off=off)
    if "total" in told:
        assert invoice.gross == _money(told["total"], case)
    note = _note(invoice, invoice.lines[0], _money(given["credited"], case), [])
    found = {"coupon_adjustment": note.discount, "sub_total": note.net, "tax": note.tax, "total": note.gross}
    assert found == {key: _money(expect[key], case) for key in found}


def _final(amounts: Sequence[Money], tax_percent: str, case: dict[str, Any], *, off: Money | None = None) -> Invoice:
    lines = [
        BillLine(str(at), "c", str(at), str(at), "sku", "item", LineKind.ONE_TIME, Decimal(1), amount, ON)
        for at, amount in enumerate(amounts)
    ]
    to = BillTo("customer", "account", "seller", currency(case["currency"]))
    coupons = [] if off is None else [Coupon("k", "customer", "k", AmountOff(off, Money.zero(to.currency)))]
    charged = discount(lines, coupons, on=ON, currency=to.currency, rounding=HALF_UP)
    draft = draft_invoice("i", charged, to, on=ON, taxes=TaxTable({"standard": Decimal(tax_percent)}), at=AT)
    assert isinstance(draft, Decision)
    final = finalize(draft.value, number=1, on=ON, at=AT)
    assert isinstance(final, Decision)
    return final.value


def _note(invoice: Invoice, line: BillLine, amount: Money, earlier: Sequence[CreditNote]) -> CreditNote:
    credited = credit(str(len(earlier)), amount, of=line, on=ON)
    assert isinstance(credited, Decision)
    key = f"n-{len(earlier)}"
    drafted = draft_credit_note(key, [credited.value], invoice, earlier=earlier, reason=Reason("case"), at=AT)
    assert isinstance(drafted, Decision)
    return drafted.value


def _money(text: str, case: dict[str, Any]) -> Money:
    return Money.exactly(Decimal(text), currency(case["currency"]))

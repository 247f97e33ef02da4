"""Use cases on coupons: grant, end; and how documents use them and give them back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from engine.application.content import find_book
from engine.application.faults import etag_mismatch, invalid, not_found
from engine.application.paging import PAGE, every
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.billing import AmountOff, Coupon, Discount, Invoice, given_back, taken
from engine.contracts import Contract, all_lines
from engine.diagnostics import Fault, Refusal, did_you_mean
from engine.money import Money
from engine.parties import Customer

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class CouponGranted:
    """A customer has a coupon."""

    coupon: str
    customer: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CouponUsed:
    """A draft invoice takes a coupon off, or so much of it."""

    coupon: str
    invoice: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class CouponGivenBack:
    """An invoice that used a coupon is gone or void, or was worked out anew while it was a draft."""

    coupon: str
    invoice: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class CouponEnded:
    """A coupon reduces no invoice dated on or after a day."""

    coupon: str
    end: date
    at: datetime


def grant_coupon(work: Work, wanted: Coupon, *, etag: str) -> Coupon | Refusal:
    """Give a customer a coupon; every fault in one refusal. The id is given here."""
    if etag:
        return etag_mismatch("", etag)
    faults = tuple(_faults(work, wanted))
    if faults:
        return Refusal(faults)
    coupon = replace(wanted, id=work.new_id("cp"))
    work.tx.add(coupon)
    work.tx.emit(CouponGranted(coupon.id, coupon.customer, coupon.title, work.at))
    return coupon


def end_coupon(work: Work, key: str, *, on: date | None, etag: str) -> Coupon | Refusal:
    """Let a coupon reduce no invoice dated on or after a day (None: today); drafts keep what they took off."""
    coupon = work.tx.get(Coupon, key)
    if coupon is None:
        return not_found("name", f"coupons/{key}")
    stale = work.check_etag(Coupon, key, etag)
    if stale is not None:
        return stale
    end = on or work.at.date()
    if coupon.end is not None and end >= coupon.end:
        return Refusal((invalid("end", f"the coupon ends on {coupon.end} already", "choose an earlier day"),))
    ended = replace(coupon, end=end)
    work.tx.replace(ended)
    work.tx.emit(CouponEnded(key, end, work.at))
    return ended


def coupons_of(reader: Reader, customer: str) -> tuple[Coupon, ...]:
    """The coupons of a customer as this unit has left them, in order of their ids."""
    found: list[Coupon] = []
    after = ""
    while customer and (keys := reader.keys(Coupon, where={"customer": customer}, after=after, limit=PAGE)):
        found += [each for key in keys if (each := reader.get(Coupon, key)) is not None]
        after = keys[-1]
    return tuple(found)


def use_coupons(work: Work, invoice: Invoice) -> None:
    """Count what a draft takes off, as a part of saving it."""
    changed = taken(_coupons_in(work.tx, invoice.discounts), invoice.discounts)
    _save(work, changed)
    work.tx.emit(*(CouponUsed(each.coupon, invoice.id, each.amount, work.at) for each in invoice.discounts))


def give_back_coupons(work: Work, invoice: Invoice) -> None:
    """Give back what an invoice took off, since it goes, becomes void or is worked out anew."""
    changed = given_back(_coupons_in(work.tx, invoice.discounts), invoice.discounts)
    _save(work, changed)
    work.tx.emit(*(CouponGivenBack(each.coupon, invoice.id, each.amount, work.at) for each in invoice.discounts))


def _coupons_in(reader: Reader, discounts: Sequence[Discount]) -> tuple[Coupon, ...]:
    found = tuple(reader.get(Coupon, each.coupon) for each in discounts)
    assert all(found), "coupons are never deleted"
    return tuple(each for each in found if each is not None)


def _save(work: Work, coupons: Sequence[Coupon]) -> None:
    for each in coupons:
        work.tx.replace(each)


def _faults(work: Work, wanted: Coupon) -> Iterator[Fault]:
    if work.tx.get(Customer, wanted.customer) is None:
        yield from not_found("coupon.customer", f"customers/{wanted.customer}").faults
    off = wanted.off
    if isinstance(off, AmountOff):
        if off.amount.minor_units <= 0:
            yield invalid("coupon.amount_off.amount", f"{off.amount} is not above zero")
    elif not 0 < off.percent <= HUNDRED:
        yield invalid("coupon.percent_off.percent", f"{off.percent} is not above 0 and at most 100")
    if wanted.start is not None and wanted.end is not None and wanted.end <= wanted.start:
        yield invalid("coupon.valid.end", f"{wanted.end} is not after {wanted.start}")
    own = [each for each in every(work.tx, Contract, customer=wanted.customer)]
    named = {each.id for each in own}
    for n, key in enumerate(wanted.contracts):
        if key not in named:
            message = f"`contracts/{key}` is no contract of the customer"
            yield invalid(f"coupon.contracts[{n}]", message, did_you_mean(key, named))
    yield from product_faults(work, wanted.products, wanted.customer, "coupon.products")


def product_faults(work: Work, products: Sequence[str], customer: str, place: str) -> Iterator[Fault]:
    """A product is in the rule book in force or a contract of the customer: else it would never be on an invoice."""
    if not products:
        return
    known = {str(line.sku) for each in every(work.tx, Contract, customer=customer) for line in all_lines(each)}
    active = find_book(work.env, work.tenant, book_hash="", day=work.at.date())
    if not isinstance(active, Refusal):
        known |= {str(sku) for sku in active.parts.catalog.products}
    for n, sku in enumerate(products):
        if sku not in known:
            yield invalid(f"{place}[{n}]", f"there is no product `{sku[:80]}`", did_you_mean(sku, known))

"""CouponService, typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypedDict, Unpack

from cpq.v1 import coupon_pb2

from engine.client.connection import Connection, ServiceClient
from engine.wire.plain import Plain


class GrantCouponFields(TypedDict, total=False):
    """Fields of GrantCouponRequest."""

    coupon: Plain
    request_id: str
    validate_only: bool
    etag: str


class GetCouponFields(TypedDict, total=False):
    """Fields of GetCouponRequest."""

    name: str


class ListCouponsFields(TypedDict, total=False):
    """Fields of ListCouponsRequest."""

    customer: str
    page_size: int
    page_token: str


class EndCouponFields(TypedDict, total=False):
    """Fields of EndCouponRequest."""

    name: str
    end: date
    request_id: str
    validate_only: bool
    etag: str


class CouponClient(ServiceClient):
    """Grants coupons and tells what is left of them."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, coupon_pb2.DESCRIPTOR.services_by_name["CouponService"])

    def grant_coupon(self, **fields: Unpack[GrantCouponFields]) -> coupon_pb2.Coupon:
        """Gives a customer a coupon; drafts made from now on use it."""
        return self._call("GrantCoupon", coupon_pb2.Coupon, fields)

    def get_coupon(self, **fields: Unpack[GetCouponFields]) -> coupon_pb2.Coupon:
        """Returns one coupon with what is left of it."""
        return self._call("GetCoupon", coupon_pb2.Coupon, fields)

    def list_coupons(self, **fields: Unpack[ListCouponsFields]) -> Iterator[coupon_pb2.Coupon]:
        """Lists coupons in order of their names. All pages, as they are needed."""
        return self._pages("ListCoupons", coupon_pb2.Coupon, "coupons", fields)

    def end_coupon(self, **fields: Unpack[EndCouponFields]) -> coupon_pb2.Coupon:
        """Ends a coupon: no invoice dated on or after that day uses it."""
        return self._call("EndCoupon", coupon_pb2.Coupon, fields)

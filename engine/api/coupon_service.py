"""CouponService: what customers get off invoices to come."""

from __future__ import annotations

import grpc
from cpq.v1 import coupon_pb2

from engine.api.calls import Calls, Reply, checked
from engine.api.listing import Listed, filters_of, get_one, list_page
from engine.application.coupons import end_coupon, grant_coupon
from engine.application.perform import Work
from engine.application.ports import Reader
from engine.billing import Coupon
from engine.wire import coupons as wire
from engine.wire.basics import Faults, read_date, read_key
from engine.wire.billing import COUPONS
from engine.wire.parties import CUSTOMERS


class CouponService:
    """Coupons over gRPC."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def GrantCoupon(self, request: coupon_pb2.GrantCouponRequest, context: grpc.ServicerContext) -> Reply:
        """Give a customer a coupon."""
        faults = Faults()
        coupon = wire.read_coupon(request.coupon, faults.at("coupon"))
        checked(faults)
        return self._calls.mutate(request, context, lambda work: grant_coupon(work, coupon, etag=request.etag), _saved)

    def GetCoupon(self, request: coupon_pb2.GetCouponRequest, _: grpc.ServicerContext) -> Reply:
        """One coupon."""
        return get_one(self._calls, Coupon, COUPONS, request.name, _message)

    def ListCoupons(self, request: coupon_pb2.ListCouponsRequest, _: grpc.ServicerContext) -> Reply:
        """A page of coupons."""
        where = filters_of(self._calls, {"customer": (request.customer, CUSTOMERS)})
        reply = coupon_pb2.ListCouponsResponse()
        return list_page(self._calls, Listed(Coupon, "coupons", lambda each: each.id, _message), request, reply, where)

    def EndCoupon(self, request: coupon_pb2.EndCouponRequest, context: grpc.ServicerContext) -> Reply:
        """End a coupon."""
        faults = Faults()
        key = read_key(request.name, COUPONS, "name", faults)
        on = read_date(request.end, "end", faults)
        checked(faults)
        return self._calls.mutate(
            request, context, lambda work: end_coupon(work, key, on=on, etag=request.etag), _saved
        )


def _saved(work: Work, coupon: Coupon) -> coupon_pb2.Coupon:
    return wire.coupon_message(coupon, work.etag(Coupon, coupon.id))


def _message(coupon: Coupon, etag: str, _: Reader) -> coupon_pb2.Coupon:
    return wire.coupon_message(coupon, etag)

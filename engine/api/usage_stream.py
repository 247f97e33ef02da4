"""Usage as a stream: each batch is stored, then acknowledged, before the next one is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import grpc
from cpq.v1 import billing_pb2

from engine.api.calls import Calls
from engine.api.refused import Refused
from engine.application.faults import DEADLINE_EXCEEDED, TOO_BUSY
from engine.application.perform import Options, Work, perform
from engine.application.ports import Asked
from engine.application.usage import UsageKept, keep_usage
from engine.contracts import UsageRecord
from engine.diagnostics import Fault, Refusal
from engine.wire import billing as wire
from engine.wire.basics import Faults, read_key
from engine.wire.quotes import fill_fault

ENDS_STREAM = frozenset({TOO_BUSY, DEADLINE_EXCEEDED})
"""What is wrong with the server or the caller's time, not with a batch: the caller opens another stream and goes on."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch as it was read: its sound records by place, and the faults of the others."""

    contract: str
    records: dict[int, UsageRecord]
    refused: dict[int, tuple[Fault, ...]]


class UsageStream:
    """Answers streams of usage."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def answers(
        self, batches: Iterator[billing_pb2.StreamUsageRequest], context: grpc.ServicerContext
    ) -> Iterator[billing_pb2.StreamUsageResponse]:
        """What became of each batch, in their order."""
        for number, request in enumerate(batches, 1):
            yield self._answer(request, number, context)

    def _answer(
        self, request: billing_pb2.StreamUsageRequest, number: int, context: grpc.ServicerContext
    ) -> billing_pb2.StreamUsageResponse:
        reply = billing_pb2.StreamUsageResponse(batch=number)
        faults = Faults()
        batch = _read(request, faults)
        kept = Refusal(tuple(faults.found)) if faults.found else self._kept(batch, request, context)
        if isinstance(kept, Refusal):
            for fault in kept.faults:
                fill_fault(reply.faults.add(), fault)
            return reply
        reply.recorded_count, reply.duplicate_count = kept.result.recorded, kept.result.duplicates
        reply.outside_service.extend(kept.result.outside)
        for place, found in sorted({**batch.refused, **kept.refused}.items()):
            row = reply.refused.add(index=place, id=request.records[place].id)
            for fault in found:
                fill_fault(row.faults.add(), fault)
        return reply

    def _kept(
        self, batch: _Batch, request: billing_pb2.StreamUsageRequest, context: grpc.ServicerContext
    ) -> UsageKept | Refusal:
        found: list[UsageKept] = []

        def decide(work: Work) -> UsageKept | Refusal:
            return keep_usage(work, batch.contract, batch.records)

        def noted(_: Work, kept: UsageKept) -> bytes:
            found[:] = [kept]  # a unit that met a conflict is decided again
            return b""

        options = Options(validate_only=request.validate_only, alive=context.is_active)
        done = perform(self._calls.env, Asked("StreamUsage"), decide, noted, options)
        if not isinstance(done, Refusal):
            if found[0].result.to_look_at:
                self._calls.env.bell.ring()
            return found[0]
        if any(each.code in ENDS_STREAM for each in done.faults):
            raise Refused(done)
        return done


def _read(request: billing_pb2.StreamUsageRequest, faults: Faults) -> _Batch:
    """A batch whose records are read each by itself; ``faults`` are those of the batch as a whole."""
    batch = _Batch(read_key(request.contract, wire.CONTRACTS, "contract", faults), {}, {})
    if wire.sized_usage(request.records, faults):
        for place, record in enumerate(request.records):
            own = Faults()
            read = wire.read_record(record, own, set())
            if own.found:
                batch.refused[place] = tuple(own.found)
            else:
                batch.records[place] = read
    return batch

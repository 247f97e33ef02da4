"""PriceQuote with zen-engine: a decision of two tables is asked for every line. Run with the file of the rules."""

from __future__ import annotations

import json
import sys
from concurrent import futures
from pathlib import Path

import grpc
import zen
from cpq.v1 import pricing_pb2

from benchmarks.serving.peers.task import decision

THREADS = 8


def main() -> None:
    """Serve until ended."""
    rules = json.loads(Path(sys.argv[1]).read_text())
    products = rules["products"]
    engine = zen.ZenEngine().create_decision(json.dumps(decision(rules)))

    def price(request: pricing_pb2.PriceQuoteRequest, _: grpc.ServicerContext) -> pricing_pb2.PricedQuote:
        reply = pricing_pb2.PricedQuote()
        segment = request.content.customer_facts["segment"].text
        listed = net = 0
        for line in request.content.lines:
            product, quantity = products[line.sku], int(line.quantity)
            asked = {"category": product["category"], "quantity": quantity, "name": segment}
            found = engine.evaluate(asked)["result"]
            amount = product["minor"] * quantity
            # half up, in whole numbers
            after = (amount * (100 - int(found["volume"])) * (100 - int(found["off"])) + 5_000) // 10_000
            row = reply.lines.add()
            row.id, row.sku, row.quantity = line.id, line.sku, line.quantity
            row.list_amount = amount
            row.amount = row.net = row.gross = after
            listed, net = listed + amount, net + after
        reply.totals.list = listed
        reply.totals.amount = reply.totals.net = reply.totals.gross = net
        return reply

    handler = grpc.unary_unary_rpc_method_handler(
        price,
        request_deserializer=pricing_pb2.PriceQuoteRequest.FromString,
        response_serializer=pricing_pb2.PricedQuote.SerializeToString,
    )
    server = grpc.server(futures.ThreadPoolExecutor(THREADS))
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("cpq.v1.PricingService", {"PriceQuote": handler}),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"serving on 127.0.0.1:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()

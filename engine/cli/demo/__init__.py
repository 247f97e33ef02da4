"""``cpq demo``: one deal from the first click to recognised revenue, played by a client over gRPC on a real server."""

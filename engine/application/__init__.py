"""Owns the use cases (load, decide, save), one module each, and the ports they need.

Does not own arithmetic, SQL, gRPC.
Entry points: one function a use case.
"""

"""Owns the gRPC servicers, interceptors and the one table from fault code to gRPC status.

Does not own rules, SQL.
Entry points: register.
"""

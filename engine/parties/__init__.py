"""Owns customer, billing account, selling entity, user, group, limits.

Does not own credentials.
Entry points: Customer.
"""

"""Owns customer, billing account, selling entity, user with roles and limits, and approver group.

Does not own credentials or who may call what.
Entry points: ``Customer``, ``BillingAccount``, ``SellingEntity``, ``User``, ``Group``.
"""

from engine.parties.records import Address, BillingAccount, Customer, Group, SellingEntity, User

__all__ = ["Address", "BillingAccount", "Customer", "Group", "SellingEntity", "User"]

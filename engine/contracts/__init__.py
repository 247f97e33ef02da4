"""Owns the contract, its subscription lines and terms, the chain of signed changes, and what was delivered under it.

Does not own quotes or orders: an accepted quote becomes a contract in ``orders``.
Entry points: ``Contract``, ``sign``, ``cancel``, ``change``, ``lines_in_force``.
"""

from engine.contracts.contract import BillOn, Contract, ContractChange, Credit, LineEnd, SubscriptionLine
from engine.contracts.delivery import Delivery, UsageRecord
from engine.contracts.events import ContractChanged, ContractEvent, ContractSigned
from engine.contracts.force import LineInForce, all_lines, last_day_of_service, lines_in_force
from engine.contracts.signing import cancel, change, released_before, sign, with_parts, with_released
from engine.contracts.terms import ContractTerms, PaymentFrom, due_day

__all__ = [
    "BillOn",
    "Contract",
    "ContractChange",
    "ContractChanged",
    "ContractEvent",
    "ContractSigned",
    "ContractTerms",
    "PaymentFrom",
    "due_day",
    "Credit",
    "Delivery",
    "LineEnd",
    "LineInForce",
    "SubscriptionLine",
    "UsageRecord",
    "all_lines",
    "cancel",
    "change",
    "last_day_of_service",
    "lines_in_force",
    "released_before",
    "sign",
    "with_parts",
    "with_released",
]

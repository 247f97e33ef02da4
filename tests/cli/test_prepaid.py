"""``cpq prepaid`` as a person uses it: the example of the reference, and every verb."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from tests.cli.test_billing import PAGE
from tests.cli.test_coupon import cpq, shop
from tests.docs.test_tutorial import blocks

__all__ = ["cpq", "shop"]


def test_the_example_of_the_reference_is_what_is_shown(cpq: Callable[..., str]) -> None:
    (block,) = (each for each in blocks(PAGE) if "$ cpq prepaid" in each)
    parts = re.split(r"^\$ cpq (.*)\n", block, flags=re.M)[1:]
    for command, wanted in zip(parts[::2], parts[1::2], strict=True):
        assert cpq(*shlex.split(command)) == wanted, command


def test_credits_are_added_listed_applied_and_revoked(cpq: Callable[..., str]) -> None:
    assert cpq("prepaid", "balance", "anna") == "customers/anna has no prepaid credit\n"
    cpq("invoice", "run", "--until", "2026-03-01")
    cpq("invoice", "finalize", "in-000001")
    told = ("--amount", "40.00", "--currency", "EUR", "--title", "Sorry", "--end", "2026-12-31", "--products", "TEAM")
    assert cpq("prepaid", "add", "anna", *told) == (
        "prepaidCredits/pc-000001  Sorry, for customers/anna\n"
        "  EUR 40.00 granted, EUR 40.00 left\n"
        "  pays only TEAM\n"
        "  expires on 2026-12-31\n"
    )
    assert cpq("prepaid", "balance", "anna") == (
        "EUR 40.00 left, of it EUR 40.00 for some products only\n  EUR 40.00 expire on 2026-12-31\n"
    )
    cpq("prepaid", "add", "anna", "--amount", "100.00", "--currency", "EUR", "--title", "Top up", "--bought")
    # 49.00 with 19 % are 58.31
    assert cpq("prepaid", "apply", "in-000001") == (
        "prepaidCredits/pc-000001 pays EUR 40.00\n"
        "prepaidCredits/pc-000002 pays EUR 18.31\n"
        "EUR 0.00 left to pay of invoices/in-000001\n"
    )
    assert re.search(r"prepaid +-58\.31", cpq("invoice", "show", "in-000001"))
    cpq("prepaid", "add", "anna", "--amount", "9.00", "--currency", "EUR", "--title", "More")
    assert "EUR 9.00 expired" in cpq("prepaid", "revoke", "pc-000003")
    listed = cpq("prepaid", "list", "--customer", "anna")
    assert re.search(r"pc-000002 +anna +Top up +bought +EUR 100\.00 +EUR 81\.69", listed)
    assert "EUR 9.00 granted, EUR 0.00 left" in cpq("prepaid", "show", "pc-000003")
    again = (
        "prepaid",
        "add",
        "anna",
        "--amount",
        "7.00",
        "--currency",
        "EUR",
        "--title",
        "Once",
        "--request-id",
        "c-1",
    )
    assert cpq(*again) == cpq(*again)
    assert cpq("prepaid", "list").count("Once") == 1

"""``cpq coupon`` as a person uses it: the example of the reference, and what is refused."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.adapters.rule_folder import read_folder
from engine.cli.command import main
from tests.api import deal
from tests.api.server import Served, served
from tests.cli.test_billing import PAGE
from tests.docs.test_tutorial import blocks


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, read_folder(PAGE.parents[2] / "rules" / "saas")) as server:
        deal.set_clock(server)
        deal.people(server, segment="business")
        deal.ordered(server, deal.line("TEAM", id="team"), term_months=12)
        yield server


@pytest.fixture
def cpq(shop: Served, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def run(*words: str, code: int = 0) -> str:
        capsys.readouterr()
        found = main([*words, "--server", shop.running.address])
        shown = capsys.readouterr()
        assert found == code, shown.out + shown.err
        return shown.out + shown.err

    return run


def test_the_example_of_the_reference_is_what_is_shown(cpq: Callable[..., str]) -> None:
    (block,) = (each for each in blocks(PAGE) if "$ cpq coupon" in each)
    parts = re.split(r"^\$ cpq (.*)\n", block, flags=re.M)[1:]
    for command, wanted in zip(parts[::2], parts[1::2], strict=True):
        assert cpq(*shlex.split(command)) == wanted, command


def test_a_percent_for_some_invoices_is_granted_and_ended(cpq: Callable[..., str]) -> None:
    told = (
        "--title",
        "Tenth",
        "--percent",
        "10",
        "--invoices",
        "3",
        "--contracts",
        "k-000001",
        "--start",
        "2026-03-01",
    )
    shown = cpq("coupon", "grant", "anna", *told)
    assert shown == (
        "coupons/cp-000001  Tenth, for customers/anna\n"
        "  takes off 10 % of 3 invoices; left: 3 invoices\n"
        "  only contracts contracts/k-000001\n"
        "  invoices of 2026-03-01 on\n"
    )
    cpq("invoice", "run", "--until", "2026-03-01")
    assert "left: 2 invoices" in cpq("coupon", "show", "cp-000001")
    ended = cpq("coupon", "end", "cp-000001", "--day", "2026-04-01")
    assert "invoices of 2026-03-01 on, before 2026-04-01" in ended
    once = cpq("coupon", "grant", "anna", "--title", "Once", "--percent", "5", "--invoices", "1")
    assert "takes off 5 % of 1 invoice; left: 1 invoice\n" in once
    every = cpq("coupon", "grant", "anna", "--title", "Always", "--percent", "1")
    assert "takes off 1 % of every invoice; left: no limit" in every
    listed = cpq("coupon", "list", "--customer", "anna")
    assert re.search(
        r"cp-000001 +anna +Tenth +10 % of 3 invoices +2 invoices +2026-03-01 on, before 2026-04-01", listed
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "a coupon takes off an amount or a percent: say --amount with --currency, or --percent"),
        (["--amount", "5", "--percent", "5"], "a coupon takes off an amount or a percent"),
        (["--amount", "5"], "the currency of the amount is missing: say --currency, such as EUR"),
    ],
)
def test_what_a_coupon_takes_off_is_said_once(cpq: Callable[..., str], words: list[str], said: str) -> None:
    assert said in cpq("coupon", "grant", "anna", "--title", "Odd", *words, code=2)


def test_a_wrong_product_is_named(cpq: Callable[..., Any]) -> None:
    told = ("--title", "Odd", "--percent", "5", "--products", "TEEM")
    assert "there is no product `TEEM`; did you mean `TEAM`?" in cpq("coupon", "grant", "anna", *told, code=1)

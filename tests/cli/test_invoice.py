"""``cpq invoice`` as a person uses it: the example of the reference on an invoice that becomes void."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from engine.cli.command import main
from tests.api import deal
from tests.api.server import served
from tests.cli.test_billing import PAGE
from tests.docs.test_tutorial import blocks


def test_the_example_of_the_page_is_true(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = [each for each in blocks(PAGE) if each.startswith("$ cpq invoice void")]
    with served(tmp_path) as server:
        deal.set_clock(server)
        deal.people(server)
        contract = deal.ordered(server, deal.line("PLAN"), term_months=1).contract
        deal.invoiced(server, contract, "2026-03-01")
        at = ("--server", server.running.address)
        assert main(["invoice", "void", "in-000001", *at]) == 1
        assert "give a reason to void it" in capsys.readouterr().err
        parts = re.split(r"^\$ (.*)\n", block, flags=re.M)[1:]
        for command, wanted in zip(parts[::2], parts[1::2], strict=True):
            assert main([*shlex.split(command)[1:], *at]) == 0
            shown = [each.rstrip() for each in capsys.readouterr().out.splitlines()]
            assert shown == [each.rstrip() for each in wanted.splitlines()], command
        assert main(["invoice", "show", "in-000001", *at]) == 0
        assert "void since 2026-03-01: sent to the old address" in capsys.readouterr().out

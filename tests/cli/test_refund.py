"""``cpq refund`` as a person uses it: the example of the reference."""

from __future__ import annotations

import json
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
    (block,) = [each for each in blocks(PAGE) if "$ cpq refund record" in each]
    with served(tmp_path) as server:
        deal.set_clock(server)
        deal.people(server)
        contract = deal.ordered(server, deal.line("PLAN"), term_months=2).contract
        deal.invoiced(server, contract, "2026-03-01")
        at = ("--server", server.running.address)
        parts = re.split(r"^\$ (.*)\n", block, flags=re.M)[1:]
        for command, wanted in zip(parts[::2], parts[1::2], strict=True):
            assert main([*shlex.split(command)[1:], *at]) == 0, capsys.readouterr().err
            shown = [each.rstrip() for each in capsys.readouterr().out.splitlines()]
            assert shown == [each.rstrip() for each in wanted.splitlines()], command
        assert main(["refund", "show", "rf-000002", *at]) == 0
        assert "is kept as prepaidCredits/pc-000001" in capsys.readouterr().out
        paid_back = ("--credit", "pc-000001", "--amount", "1.90", "--day", "2026-03-01", "--reason", "asked for")
        assert main(["refund", "record", *paid_back, "--json", *at]) == 0
        assert json.loads(capsys.readouterr().out)["amount"] == "190"
        assert main(["prepaid", "show", "pc-000001", *at]) == 0
        assert "EUR 6.90 paid too much, EUR 5.00 left\n  EUR 1.90 paid back" in capsys.readouterr().out
        both = ("--invoice", "in-000001", "--credit", "pc-000001", "--day", "2026-03-01", "--reason", "x")
        assert main(["refund", "record", *both, *at]) == 2
        assert "one of them" in capsys.readouterr().err
        nothing = ("--credit", "pc-000001", "--amount", "0.00", "--day", "2026-03-01", "--reason", "x")
        assert main(["refund", "record", *nothing, *at]) == 2, "it is not all that may go back"
        assert "leave it out" in capsys.readouterr().err
        assert main(["refund", "record", *nothing[:3], "-10", *nothing[4:], *at]) == 2
        assert "`--amount -10` gives nothing back" in capsys.readouterr().err
        (april,) = deal.invoiced(server, contract, "2026-04-01")
        excess = ("--amount", "40.00", "--day", "2026-03-01", "--keep-excess")
        assert main(["invoice", "pay", april.name, *excess, *at]) == 0
        # 35.70 less the 5.00 that were kept are 30.70
        assert "EUR 9.30 beyond it are kept as prepaidCredits/pc-000002" in capsys.readouterr().out

"""``cpq dunning`` as a person uses it: the example of the reference."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from engine.cli.command import main
from tests.api import deal
from tests.api.server import served
from tests.api.test_dunning_service import DUNNING
from tests.cli.test_billing import PAGE
from tests.docs.test_tutorial import blocks
from tests.fakes.rules import SMALL


def test_the_example_of_the_page_is_true(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = [each for each in blocks(PAGE) if each.startswith("$ cpq dunning")]
    with served(tmp_path, {**SMALL, "terms/dunning.yaml": DUNNING}) as server:
        deal.set_clock(server)
        deal.people(server)
        contract = deal.ordered(server, deal.line("PLAN", "2"), term_months=1).contract
        deal.invoiced(server, contract, "2026-03-01")
        parts = re.split(r"^\$ (.*)\n", block, flags=re.M)[1:]
        for command, wanted in zip(parts[::2], parts[1::2], strict=True):
            if "run" in command:
                deal.move_clock(server, "2026-03-16T12:00:00Z")
            assert main([*shlex.split(command)[1:], "--server", server.running.address]) == 0
            shown = [each.rstrip() for each in capsys.readouterr().out.splitlines()]
            assert shown == [each.rstrip() for each in wanted.splitlines()], command
        at = ("--server", server.running.address)
        assert main(["dunning", "run", "--preview", *at]) == 0
        said = capsys.readouterr().out
        assert "0 attempts to make again, 0 reminders" in said and "nothing was saved" in said
        assert main(["dunning", "failed", "in-000001", "--day", "2026-03-17", "--reason", "expired", *at]) == 0
        assert "attempt 2 for EUR 71.40 failed: try again on 2026-03-25" in capsys.readouterr().out
        assert main(["dunning", "failures", "--customer", "anna", *at]) == 0
        assert capsys.readouterr().out.count("in-000001") == 2
        assert main(["dunning", "reminders", "--json", *at]) == 0
        assert '"number": 1' in capsys.readouterr().out

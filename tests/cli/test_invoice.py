"""``cpq invoice`` as a person uses it: the example of the reference on an invoice that becomes void."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from cpq.v1 import contract_pb2

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


def test_an_invoice_tells_whom_it_is_for_and_answers_to_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(tmp_path) as server:
        deal.set_clock(server)
        deal.people(server)
        contract = deal.ordered(server, deal.line("PLAN"), term_months=1).contract
        (invoice,) = deal.invoiced(server, contract, "2026-03-01")

        def said(*words: str, code: int = 0) -> list[str]:
            assert main([*words, "--server", server.running.address]) == code
            return [" ".join(each.split()) for each in "".join(capsys.readouterr()).splitlines()]

        order = server.contracts.GetContract(contract_pb2.GetContractRequest(name=contract)).purchase_order
        assert f"for customers/anna, {contract}, purchase order {order}" in said("invoice", "show", "WE-000001")
        assert "invoice number customer contract state date due gross open" in said("invoice", "list")
        # 35.70 less 5.00 and less a credit of 10.00 with 19 percent of tax
        assert said("invoice", "pay", "WE-000001", "--amount", "5", "--day", "2026-03-01")[0].endswith("left to pay")
        dollars = ("invoice", "pay", "WE-000001", "--amount", "5", "--day", "2026-03-01", "--currency", "USD")
        assert any("is in EUR, and the money in USD" in each for each in said(*dollars, code=1))
        credit = ("invoice", "credit", "WE-000001", "--lines", "PLAN=10.00", "--reason", "goodwill")
        assert said(*credit, "--preview")[-1] == "nothing was changed: this is a preview"
        once = ("--request-id", "8f1d1f3e-3d2a-4c59-9d0c-0c2b7c1a5e11")
        assert said(*credit, *once) == said(*credit, *once), "one credit note"
        shown = said("invoice", "show", "invoices/WE-000001")
        assert shown[-3:] == ["credited -11.90", "paid -5.00", "open EUR 18.80"]
        failed = ("dunning", "failed", "WE-000001", "--day", "2026-03-01", "--reason", "no money")
        assert "attempt 1 for EUR 18.80 failed" in said(*failed)[0]
        back = ("refund", "record", "--invoice", "WE-000001", "--amount", "5", "--reopen", "--reason", "x")
        assert f"of {invoice.name} goes back" in " ".join(said(*back, "--day", "2026-03-01"))
        assert "there is no `invoices/WE-000009`" in " ".join(said("invoice", "show", "WE-000009", code=1))

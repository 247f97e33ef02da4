"""``cpq billing`` as a person uses it: the examples of the reference, runs that are followed, usage from files."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cpq.v1 import billing_run_pb2, common_pb2

from engine.adapters.rule_folder import read_folder
from engine.application.perform import Unheard
from engine.cli import billing, main
from engine.cli.screen import Screen
from tests.api import deal
from tests.api.server import Served, served
from tests.docs.test_tutorial import blocks

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "billing.md"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("billing")) as server:
        deal.set_clock(server)
        deal.people(server)
        yield server


@pytest.fixture
def cpq(shop: Served, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    def run(*words: str, code: int = 0) -> Any:
        capsys.readouterr()
        found = main([*words, "--server", shop.running.address])
        shown = capsys.readouterr()
        assert found == code, shown.out + shown.err
        return json.loads(shown.out) if "--json" in words else shown.out + shown.err

    return run


def test_a_run_is_followed_to_its_end_shown_and_listed(shop: Served, cpq: Callable[..., Any]) -> None:
    contracts = [deal.ordered(shop, deal.line("PLAN"), term_months=12).contract for _ in range(2)]
    shown = cpq("billing", "run", "--until", "2026-04-30", "--contracts", *contracts)
    # March and April in advance for both
    name = re.search(r"billingRuns/(\S+)  done, up to 2026-04-30: 2 of 2 contracts\n  4 invoices, 0 credit", shown)
    assert name is not None, shown
    assert cpq("billing", "show", name[1]) == shown
    assert cpq("billing", "show", name[1], "--json")["invoice_count"] == 4
    assert re.search(rf"{name[1]} +done +2026-04-30 +2 of 2 +4 +0 +0", cpq("billing", "list"))
    assert "the run is done already" in cpq("billing", "cancel", name[1], code=1)


def test_a_run_may_be_left_to_the_server(shop: Served, cpq: Callable[..., Any]) -> None:
    deal.ordered(shop, deal.line("PLAN"), term_months=12)
    said = cpq("billing", "run", "--until", "2026-04-30", "--no-wait")
    name = re.search(r"billingRuns/(\S+) is started; `cpq billing show \1` tells how far it is", said)
    assert name is not None, said
    assert re.search("running|done", cpq("billing", "show", name[1]))


def test_a_run_is_cancelled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path, bell=Unheard()) as idle:
        at = ("--server", idle.running.address)
        assert main(["billing", "run", "--until", "2026-04-30", "--no-wait", *at]) == 0
        assert main(["billing", "cancel", "br-000001", *at]) == 0
        assert "billingRuns/br-000001  cancelled" in capsys.readouterr().out

        def interrupt(_: float) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(billing.time, "sleep", interrupt)
        assert main(["billing", "run", "--until", "2026-04-30", *at]) == 130
        assert "billingRuns/br-000002 goes on wherever a server runs" in capsys.readouterr().out


def test_contracts_that_were_not_billed_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    run = billing_run_pb2.BillingRun(name="billingRuns/br-1", state=billing_run_pb2.BILLING_RUN_STATE_DONE)
    run.contract_count = run.done_count = run.failed_count = 102
    fault = common_pb2.Fault(code="PRC012", message="the tax service does not answer", hint="try again")
    run.not_billed.add(contract="contracts/k-1", faults=[fault])

    class Runs:
        def get_billing_run(self, **_: str) -> billing_run_pb2.BillingRun:
            return run

    class Stub:
        billing_runs = Runs()

    class Options:
        name = "billingRuns/br-1"

    answer = billing.show(Stub(), Screen(), Options())  # type: ignore[arg-type]
    shown = capsys.readouterr().out
    assert "not billed: contracts/k-1: the tax service does not answer; try again" in shown
    assert "... and 101 more were not billed" in shown
    assert answer.answer is run, "the command ends with 1"


def usage(contract: str, *rows: str) -> str:
    return "\n".join(["contract,id,line,day,quantity", *(f"{contract},{row}" for row in rows), ""])


def test_usage_from_a_file_counts_once(shop: Served, cpq: Callable[..., Any], tmp_path: Path) -> None:
    contract = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12).contract.partition("/")[2]
    file = tmp_path / "usage.csv"
    file.write_text(usage(contract, *(f"u-{n},calls,2026-03-{n % 28 + 1:02},{n}" for n in range(1_200))))
    assert cpq("billing", "usage", str(file), "--check") == "1,200 records would be taken, 0 known before, 0 faults\n"
    assert cpq("billing", "usage", str(file)) == "1,200 records taken, 0 known before, 0 faults\n"
    assert cpq("billing", "usage", str(file), "--json") == {
        "recorded_count": 0,
        "duplicate_count": 1_200,
        "faults": [],
    }


def test_a_day_without_an_invoice_is_said(shop: Served, cpq: Callable[..., Any], tmp_path: Path) -> None:
    name = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12).contract
    contract = name.partition("/")[2]
    cpq("invoice", "usage", contract, "--line", "calls", "--day", "2026-03-01", "--quantity", "0.05", "--id", "a")
    said = f"no invoice for {name} on 2026-04-01: its 1 line cost nothing (`zero_invoices`)"
    assert said in cpq("invoice", "preview", contract, "--until", "2026-04-01")
    assert said in cpq("invoice", "run", "--until", "2026-04-01")
    shown = cpq("billing", "run", "--until", "2026-04-01", "--contracts", contract)
    assert "1 day without an invoice, since all that is due costs nothing" in shown


def test_usage_outside_all_service_is_said_and_listed(shop: Served, cpq: Callable[..., Any], tmp_path: Path) -> None:
    contract = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12).contract.partition("/")[2]
    file = tmp_path / "usage.csv"
    file.write_text(usage(contract, "a,calls,2026-03-01,5", "b,calls,2025-03-01,7"))
    said = cpq("billing", "usage", str(file), "--check")
    assert f"1 record outside all service would be kept, and not billed:\n  {contract} b\n" in said
    assert cpq("billing", "usage", str(file), "--json")["outside_service"] == [f"{contract} b"]
    assert "1 record outside all service is kept, and not billed:" in cpq("billing", "usage", str(file))
    (line,) = [each for each in cpq("billing", "recorded", contract).splitlines() if each.startswith("a ")]
    assert line.split() == ["a", "calls", "2026-03-01", "5", "calls"]
    one = cpq("invoice", "usage", contract, "--line", "calls", "--day", "2025-03-02", "--quantity", "1", "--id", "z")
    assert "`calls` serves nothing on 2025-03-02, so that it is kept and not billed" in one
    rows = cpq("billing", "recorded", contract, "--outside").splitlines()
    assert [each.split()[0] for each in rows if "nothing" in each] == ["b", "z"]
    assert not any(each.startswith("a ") for each in rows)


def test_wrong_usage_is_named_by_its_line_and_the_rest_is_taken(
    shop: Served, cpq: Callable[..., Any], tmp_path: Path
) -> None:
    contract = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12).contract.partition("/")[2]
    file = tmp_path / "usage.csv"
    text = usage(contract, "a,calls,2026-03-01,1", "b,callz,2026-03-01,many", "c,calls,2026-03-01,2")
    file.write_text(text + "none,d,calls,2026-03-01,2\n")
    shown = cpq("billing", "usage", str(file), code=1)
    assert f"{file}:3: b: line: `callz` is no line of the contract; did you mean `calls`?" not in shown
    assert f"{file}:3: b: quantity: `many` is not a decimal" in shown
    assert f"{file}:5: contracts/none: " in shown
    assert "2 records taken, 0 known before, 2 faults" in shown
    told = cpq("billing", "usage", str(file), "--json", code=1)
    assert [each["line"] for each in told["faults"]] == [3, 5]


def test_a_bad_day_keeps_no_other_record_back(shop: Served, cpq: Callable[..., Any], tmp_path: Path) -> None:
    contract = deal.ordered(shop, deal.line("CALLS", "100"), term_months=12).contract.partition("/")[2]
    file = tmp_path / "usage.csv"
    file.write_text(usage(contract, "a,calls,2026-03-01,many", "b,calls,2026-01-36,few", "c,calls,2026-03-01,2"))
    shown = cpq("billing", "usage", str(file), code=1).splitlines()
    assert shown == [
        f"{file}:2: a: quantity: `many` is not a decimal number; write digits with a point, such as `12.50`",
        f"{file}:3: b: day: `2026-01-36` is not a date like 2026-03-31",
        f"{file}:3: b: quantity: `few` is not a decimal number; write digits with a point, such as `12.50`",
        "1 record taken, 0 known before, 3 faults",
    ]
    file.write_text(usage(contract, "d,calls,,1"))
    told = cpq("billing", "usage", str(file), "--json", code=1)
    assert told["faults"] == [{"line": 2, "id": "d", "message": "day: the day is missing"}]
    assert told["recorded_count"] == 0


def test_the_examples_of_the_reference_are_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A deal of the shipped subscription book, then the blocks of the page, command by command."""
    monkeypatch.chdir(tmp_path)
    rules = read_folder(PAGE.parents[2] / "rules" / "saas")
    with served(tmp_path, rules) as server:
        deal.set_clock(server)
        deal.people(server, segment="business")
        for _ in range(2):
            deal.ordered(server, deal.line("API", "1000", id="api"), term_months=12)
        for block in (each for each in blocks(PAGE) if each.startswith("$ c") and "cpq billing" in each):
            parts = re.split(r"^\$ (.*)\n", block, flags=re.M)[1:]
            for command, wanted in zip(parts[::2], parts[1::2], strict=True):
                words = shlex.split(command)
                if words[0] == "cat":
                    Path(words[1]).write_text(wanted)
                    continue
                main([*words[1:], "--server", server.running.address])
                assert capsys.readouterr().out == wanted, command


def test_an_invoice_of_nothing_but_free_lines_names_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where an invoice of nothing is wanted, the preview and the draft show what it is."""
    rules = dict(read_folder(PAGE.parents[2] / "rules" / "saas"))
    terms = rules["terms/terms.yaml"]
    rules["terms/terms.yaml"] = terms.replace(b"late_usage_periods: 2", b"late_usage_periods: 2, zero_invoices: always")
    assert rules["terms/terms.yaml"] != terms
    with served(tmp_path, rules) as server:
        deal.set_clock(server)
        deal.people(server, segment="business")
        # 15 % of no platform at all
        contract = deal.ordered(server, deal.line("SUPPORT", id="support"), term_months=3).contract
        address = ["--until", "2026-03-01", "--server", server.running.address]
        main(["invoice", "preview", contract, *address])
        preview = capsys.readouterr().out
        main(["invoice", "run", *address])
        assert "SUPPORT" in preview and "EUR 0.00" in preview
        assert preview.strip() in capsys.readouterr().out

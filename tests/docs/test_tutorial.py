"""The tutorial is played word by word: every command of its blocks, in order, each with a server of its own."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.bootstrap.serving import in_process
from engine.bootstrap.settings import Settings
from engine.cli.command import main
from engine.cli.options import SHIPPED_RULES

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "first-deal.md"
HOW_TO = TUTORIAL.parents[1] / "how-to" / "call-the-service.md"


def blocks(page: Path, language: str = "") -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M)
    return [text for own, text in found if own == language]


CHANGES = TUTORIAL.parents[1] / "how-to" / "change-and-renew-a-contract.md"


@pytest.fixture
def played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Path], dict[str, str]]:
    """Plays the blocks of a page, and returns what each command showed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CPQ_TEST_CLOCK", "1")
    monkeypatch.setenv("CPQ_CACHE", str(tmp_path / "cache"))

    def play(page: Path) -> dict[str, str]:
        shown = dict[str, str]()
        for block in blocks(page):
            files = re.sub(r"^cpq .*\n", "", block, flags=re.M)
            subprocess.run(["bash", "-ec", files], check=True)
            for line in re.findall(r"^cpq (.*)$", block, re.M):
                capsys.readouterr()
                code = main(shlex.split(line))
                out = capsys.readouterr()
                assert code == 0, (line, out.out + out.err)
                shown[line] = out.out
        return shown

    return play


def test_every_command_of_the_tutorial_works(played: Callable[[Path], dict[str, str]]) -> None:
    shown = played(TUTORIAL)
    # 5 x 24.00 less 10 and then 20 percent are 86.40 a month; the mice bear no discount: 99.50 + 86.40 = 185.90 net,
    # 33.60 of 219.50 off are 15.3 percent
    assert "The discount is deeper than 15 percent" in shown["quote preview q-000001"]
    assert "u-000002, u-000003" in shown["quote approvals q-000001"], "the director is called after two days"
    assert "accepted" in shown["quote accept q-000001 --purchase-order PO-1"]
    # 19 percent, rounded line by line as the book says: 18.905 -> 18.91 on 99.50 and 16.416 -> 16.42 on 86.40
    assert "35.33" in shown["quote create quote.json"] and "35.33" in shown["invoice finalize in-000001"]
    assert "EUR 221.23" in shown["invoice finalize in-000001"]
    assert "EUR 0.00 left to pay" in shown["invoice pay in-000001 --amount 221.23 --day 2026-04-05"]
    # the third month is the 31 days from the fifth of May, 20 of which are not served: 86.40 x 20 / 31 = 55.74
    preview = shown['contract terminate k-000001 --end 2026-05-16 --reason "moves away" --preview']
    assert "-55.74" in preview and "nothing was changed" in preview
    noted = shown["invoice notes --contract k-000001"]
    assert "cn-000001" in noted and "cn-000002" not in noted, "the preview took no id"
    assert "moves away" not in shown["invoice notes --contract k-000001"]
    assert "service ended" in shown["invoice notes --contract k-000001"]
    # 99.50 + 12 x 86.40 = 1136.30 by list prices, 99.50 and 12 x 120.00: 73.44 for the mice, which the early end leaves
    # alone; the care keeps the rest of what stays billed, 99.50 + 3 x 86.40 - 55.74 = 302.96
    books = shown["revenue show k-000001"]
    assert "73.44" in books and "229.52" in books
    assert "every identity holds" in shown["audit"]
    refund = shown['revenue state k-000001 refund.json --as u-000001 --reason "one in five comes back"']
    assert "expected refund" in refund and "-19.90" in refund and "u-000001: one in five comes back" in refund
    assert "right_to_returned_goods" in shown["revenue balance"]
    # 86.40 a month from the fifth of February, given up on 16 May
    moved = shown["metrics show mrr_movements --from 2026-01-01 --to 2026-05-31 --by month"]
    assert moved.count("86.40") >= 2 and "-86.40" in moved
    assert "86.40" in shown["metrics show mrr --to 2026-04-30 --by customer"]
    assert "list 99.50" in shown["metrics show discount_depth --from 2026-01-01 --to 2026-05-31 --rows"]
    flow = shown["metrics show deferred_rollforward --from 2026-01-01 --to 2026-05-31 --csv"].splitlines()
    assert flow[0] == "currency,value,billed,opening,other,recognised,refunds,rows"
    assert "ApprovalEscalated" in shown["events tail"]


def test_every_command_of_the_page_on_changes_works(played: Callable[[Path], dict[str, str]]) -> None:
    shown = played(CHANGES)
    amend = "contract amend k-000001 --effective 2026-04-17 --quantity c=15 --valid-until 2026-04-30"
    preview = shown[f"{amend} --preview"]
    # Of 10 x 24.00 for the 30 days from 2 April 15 are not served: 120.00, and 19 % tax; 180.00 and 34.20 for 15 units.
    assert "-142.80" in preview and "214.20" in preview and "71.40" in preview
    assert "no quote was kept" in preview
    assert "ends early, last served on 2026-04-16" in shown["contract show k-000001"]
    assert "five more" in shown["contract show k-000001"]
    assert "cn-000001" in shown["invoice notes --contract k-000001"]
    # 15 x 24.00 and 3 %: 370.80 a month
    renewed = shown["contract renew k-000001 --price uplift --index 3 --valid-until 2027-03-01"]
    assert "370.80" in renewed
    assert "every identity holds" in shown["audit"]


def test_the_python_example_of_the_how_to_prints_what_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example, once, deal, *_ = blocks(HOW_TO, "python")
    with in_process(Settings(tmp_path / "cpq.sqlite3", rules=(SHIPPED_RULES,))) as server:
        exec(compile(example.replace("127.0.0.1:50051", server.address), "example", "exec"), {})  # noqa: S102
        priced = capsys.readouterr().out
        exec(compile(once.replace("127.0.0.1:50051", server.address), "once", "exec"), {})  # noqa: S102
        assert capsys.readouterr().out == "True\nREQUEST_ID_REUSED\n"
        exec(compile(deal.replace("127.0.0.1:50051", server.address), "deal", "exec"), {})  # noqa: S102
    assert capsys.readouterr().out == "contracts/k-000001\n"
    said = re.findall(r"print\(priced.totals.net\)  # minor units: (\d+)", example)
    assert priced.split()[0] == said[0]

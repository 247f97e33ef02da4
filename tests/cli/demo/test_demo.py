"""The demo as people run it: the real command, and the proof that every amount comes from the rules."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.cli.options import SHIPPED_RULES

CPQ = (sys.executable, "-c", "import sys; from engine.cli import main; sys.exit(main())")


def play(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*CPQ, "demo", *options], capture_output=True, text=True, timeout=120, check=False)


def amounts(*options: str) -> dict[str, Any]:
    done = play("--json", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    return amounts()


def test_the_story_is_told_to_its_end() -> None:
    done = play()
    assert done.returncode == 0, done.stdout + done.stderr
    for heading in (
        "1. Configure",
        "2. Price",
        "3. Too much",
        "4. Offer",
        "5. Order",
        "6. Three",
        "7. Rev",
        "8. Audit",
    ):
        assert heading in done.stdout
    assert "every identity holds" in done.stdout
    assert "What to try next" in done.stdout
    assert "█" in done.stdout


def test_the_deal_ties_out(shipped: dict[str, Any]) -> None:
    assert shipped["audit"] is True
    assert shipped["replayed"] == shipped["quote"]
    assert shipped["approvals"] >= 2
    for entry in shipped["journal"]:
        assert sum(amount for _, amount in entry) == 0
    assert [len(each["lines"]) > 0 for each in shipped["invoices"]] == [True, True, True]
    for invoice in shipped["invoices"]:
        assert sum(invoice["lines"]) == invoice["net"]


def test_a_changed_list_price_is_found_in_waterfall_invoice_and_journal(
    shipped: dict[str, Any], tmp_path: Path
) -> None:
    """The price of the processor that the deal delivers goes up by 100.00 in a copy of the book."""
    book = tmp_path / "workstation"
    shutil.copytree(SHIPPED_RULES, book)
    table = book / "catalog" / "cpu.csv"
    old = next(line for line in table.read_text().splitlines() if line.startswith("CPU-I8-24,"))
    price = old.split(",")[-4]
    dearer = str(Decimal(price) + 100)
    table.write_text(table.read_text().replace(old, old.replace(f",{price},", f",{dearer},")))
    changed = amounts("--rules", str(book))
    before, after = (dict(each["waterfalls"])["CPU-I8-24"] for each in (shipped, changed))
    assert (before[0][1], after[0][1]) == (price, dearer)
    first, again = (each["invoices"][0] for each in (shipped, changed))
    assert again["net"] > first["net"]
    receivables = [
        {amount for entry in each["journal"] for account, amount in entry if account == "receivable"}
        for each in (shipped, changed)
    ]
    assert set(again["lines"]) - {0} <= receivables[1]
    assert set(again["lines"]) - set(first["lines"])
    assert not (set(again["lines"]) - set(first["lines"])) & receivables[0]


def test_a_store_that_exists_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "kept.sqlite3"
    kept.write_text("precious")
    done = play("--database", str(kept))
    assert done.returncode == 2
    assert "exists already" in done.stderr
    assert kept.read_text() == "precious"

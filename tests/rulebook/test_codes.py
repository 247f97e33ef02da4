"""Every code is explained, raised somewhere, and proven by a case (engine.rulebook.codes)."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.rulebook.codes import EXPLANATIONS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "".join(
    path.read_text() for path in sorted((ROOT / "engine").rglob("*.py")) if path.name not in ("codes.py", "problems.py")
)
PROOFS = "".join(
    path.read_text(errors="replace")
    for folder in ("rulebook", "scenarios", "adapters", "cli")
    for path in sorted((ROOT / "tests" / folder).rglob("*"))
    if path.suffix in (".py", ".txt") and path.name != "test_codes.py"
)
# Explained here for authors, raised and proven by the engines that own them.
ELSEWHERE = ("PRC1", "CFG1")


@pytest.mark.parametrize("code", [each for each in EXPLANATIONS if not each.startswith(ELSEWHERE)])
def test_a_code_is_raised_and_a_case_proves_it(code: str) -> None:
    assert f'"{code}"' in SOURCE, "nobody raises it"
    assert code in PROOFS, "no case shows it"


@pytest.mark.parametrize("code", list(EXPLANATIONS))
def test_an_explanation_says_what_to_do(code: str) -> None:
    found = EXPLANATIONS[code]
    assert found.title and found.why and found.fix
    assert not found.fix.endswith(".")

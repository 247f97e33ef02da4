"""Every code that an answer can carry, explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from engine.cli.meanings.agreements import AGREEMENTS
from engine.cli.meanings.books import BOOKS
from engine.cli.meanings.calls import CALLS
from engine.cli.meanings.files import FILES
from engine.rulebook.codes import EXPLANATIONS

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "": "Calls as such",
        "APR": "Approvals",
        "AUD": "The audit",
        "BIL": "Billing",
        "CAT": "Catalogs",
        "CFG": "Configurations",
        "CLI": "Files of the command",
        "CON": "Contracts",
        "CST": "Constraints",
        "DMN": "DMN models",
        "DSC": "Discounts",
        "FEL": "Formulas",
        "FIL": "Files of a rule book",
        "FLD": "Fields of rule files",
        "LED": "The ledger",
        "MDL": "Configuration models",
        "MET": "Metrics",
        "MNY": "Amounts",
        "ORD": "Orders",
        "PAY": "Payments",
        "PER": "Periods",
        "PRC": "Prices",
        "QUO": "Quotes",
        "REV": "Revenue",
        "TAB": "Decision tables",
        "TBL": "Tables of rule files",
        "TRM": "Terms",
        "TST": "Tests of a rule book",
        "YML": "YAML",
    }
)
"""What the letters of a code stand for; codes in words belong to calls as such."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One paragraph: what a code means, an example or the reason for it, and what to do."""

    code: str
    means: str
    do: str
    example: str = ""
    why: str = ""

    @property
    def family(self) -> str:
        """The key of its family."""
        return self.code.rstrip("0123456789") if self.code[-1].isdigit() else ""


@cache
def meanings() -> Mapping[str, Meaning]:
    """All of them, by code."""
    of_rules = (Meaning(str(each.code), each.title, each.fix, why=each.why) for _, each in sorted(EXPLANATIONS.items()))
    own = (each for text in (CALLS, AGREEMENTS, BOOKS, FILES) for each in _read(text))
    found = {each.code: each for each in (*of_rules, *own)}
    return MappingProxyType(dict(sorted(found.items())))


def _read(text: str) -> Iterator[Meaning]:
    lines = [each for each in text.splitlines() if each]
    for head, rest in zip(lines[::2], lines[1::2], strict=True):
        code, means = head.split(" | ")
        example, do = rest.strip().split(" | ")
        yield Meaning(code, means, do, example=example)

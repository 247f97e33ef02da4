"""The answer to a question of the standard, with the paragraph that it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

BASES: Mapping[str, str] = MappingProxyType(
    {
        "contract": "IFRS 15.9-16, ASC 606-10-25-1 to 25-8",
        "combination": "IFRS 15.17, ASC 606-10-25-9",
        "term": "IFRS 15.11, ASC 606-10-25-3",
        "distinct": "IFRS 15.27-30, ASC 606-10-25-19 to 25-22",
        "warranty": "IFRS 15.B28-B33, ASC 606-10-55-30 to 55-35",
        "timing": "IFRS 15.35, ASC 606-10-25-27",
        "role": "IFRS 15.B34-B38, ASC 606-10-55-36 to 55-40",
        "material_right": "IFRS 15.B39-B43, ASC 606-10-55-41 to 55-45",
        "estimate": "IFRS 15.50-58, ASC 606-10-32-5 to 32-13",
        "constraint": "IFRS 15.56-58, ASC 606-10-32-11 to 32-13",
        "significant_financing": "IFRS 15.60-65, ASC 606-10-32-15 to 32-20",
        "licence": "IFRS 15.B52-B63, ASC 606-10-55-54 to 55-65",
        "hosting": "ASC 985-20-15-5",
        "licence_renewal": "ASC 606-10-55-58C",
        "upfront_fee": "IFRS 15.B48-B51, ASC 606-10-55-50 to 55-53",
        "bill_and_hold": "IFRS 15.B79-B82, ASC 606-10-55-81 to 55-84",
        "consignment": "IFRS 15.B77-B78, ASC 606-10-55-79 to 55-80",
        "repurchase": "IFRS 15.B64-B76, ASC 606-10-55-66 to 55-78",
    }
)
"""Where the standard says so, by question."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What follows from stated facts: the answer in a word, and the numbers and names that go with it."""

    answer: str
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def yes_or_no(found: bool) -> Assessment:  # noqa: FBT001  it answers what a yes or no stands for
    """The answer to a question that is a yes or a no."""
    return Assessment("yes" if found else "no")

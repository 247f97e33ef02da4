"""The JSON Schema of every kind of rule file, by the name that rule files point at."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.rulebook.fields import Record
from engine.rulebook.formats.approvals import APPROVALS
from engine.rulebook.formats.book import BOOK
from engine.rulebook.formats.catalog import CATALOG
from engine.rulebook.formats.constraints import CONSTRAINTS
from engine.rulebook.formats.discounts import DISCOUNTS
from engine.rulebook.formats.prices import PRICES
from engine.rulebook.formats.rule_tests import TESTS
from engine.rulebook.formats.tables import TABLES
from engine.rulebook.formats.terms import TERMS
from engine.rulebook.schema import Json, json_schema

FILE_KINDS: Mapping[str, Record] = MappingProxyType(
    {
        "book": BOOK,
        "catalog": CATALOG,
        "tables": TABLES,
        "constraints": CONSTRAINTS,
        "prices": PRICES,
        "discounts": DISCOUNTS,
        "approvals": APPROVALS,
        "terms": TERMS,
        "tests": TESTS,
    }
)
"""The kinds of YAML file: ``book`` is `book.yaml`, the others are the files of the folder of that name."""


def schema_files() -> Mapping[str, dict[str, Json]]:
    """The schemas by file name, such as ``discounts.schema.json``."""
    return MappingProxyType(
        {
            f"{kind}.schema.json": json_schema(record, identity=f"cpq-rules/{kind}.schema.json")
            for kind, record in FILE_KINDS.items()
        }
    )

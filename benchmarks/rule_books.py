"""Load time of rule books: from bytes to a frozen book, and on to compiled parts.

Budget: loading 10 000 rules in at most 4 s of CPU, cold (every module is imported, nothing is remembered of the book).
"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.measure import report
from engine.adapters.part_catalog import on_parts
from engine.adapters.rule_folder import read_folder, unpack
from engine.rulebook import load, parts_of

ROOT = Path(__file__).resolve().parents[1]
PARTS = ROOT.parent / "shared" / "data" / "pc-configurator"
BUDGET_SECONDS = 4
SEGMENTS = ("edu", "retail", "public", "-")
PRODUCTS = 500


def big_book(rules: int) -> dict[str, bytes]:
    """A book with so many discount rows, each with three conditions, over 500 products."""
    rows = ["# tiers ; hit=COLLECT", "line.sku,customer.segment,line.qty,id,priority,out: percent_off"]
    for at in range(rules):
        low = at % 7 + 1
        rows.append(f"P{at % PRODUCTS},{SEGMENTS[at % 4]},[{low}..{low + 19}],r{at},{at % 5},{at % 17 + 1}")
    products = [f"P{at},Product {at},{10 + at}.90" for at in range(PRODUCTS)]
    facts = "facts: {customer: {segment: {values: [edu, retail, public]}}}"
    files = {
        "book.yaml": f"id: big\ntitle: Big\ncurrency: EUR\n{facts}\n",
        "catalog/c.yaml": "categories: {c: {attributes: {}}}\n",
        "catalog/p.csv": "\n".join(["# products ; category=c", "sku,name,list.EUR", *products]),
        "discounts/d.yaml": "groups: [{id: g, pick: best_for_customer}]\n"
        "discounts:\n  - {id: t, group: g, table: t.csv}\n",
        "discounts/t.csv": "\n".join(rows),
    }
    return {path: text.encode() for path, text in files.items()}


def measured(name: str, files: dict[str, bytes]) -> dict[str, object]:
    """Load once, cold; a book that does not load measures nothing."""
    start = time.process_time()
    loaded = load(unpack(files))
    read = time.process_time()
    assert loaded.book is not None, [str(each) for each in loaded.diagnostics[:5]]
    parts_of(loaded.book)
    done = time.process_time()
    constraints = sum(len(each) for each in loaded.book.constraints.values())
    return {
        "book": name,
        "products": len(loaded.book.catalog.products),
        "discount rules": len(loaded.book.pricing.rules),
        "constraints": constraints,
        "load s": round(read - start, 2),
        "compile s": round(done - read, 2),
    }


def main() -> None:
    """Measure the shipped books, growing tables of rules, and the parts list when it is there."""
    books = {name: read_folder(ROOT / "rules" / name) for name in ("workstation", "saas")}
    rows = [measured(name, files) for name, files in books.items()]
    rows += [measured(f"{count} rules", big_book(count)) for count in (10, 1_000, 10_000)]
    if PARTS.is_dir():
        rows.append(measured("workstation on the parts list", on_parts(books["workstation"], PARTS)))
    report("rule_books", rows, budgets={"load + compile s of 10 000 rules": BUDGET_SECONDS})


if __name__ == "__main__":
    main()

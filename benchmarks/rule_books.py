"""Load time of rule books: from bytes to compiled parts, cold, and from the cache of compiled books.

Cold means that every module is imported and nothing is remembered of the book. The book from the cache has the same
findings, hash and sources, or the run fails. ``--full`` goes on to a table of 100 000 rules.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.measure import exponent, report
from engine.adapters.collector import calm_collector, uncollected
from engine.adapters.compiled_books import CompiledBooks, book_cache, compiled, key_of
from engine.adapters.part_catalog import on_parts
from engine.adapters.rule_folder import read_folder, unpack
from engine.rulebook.load import load
from engine.rulebook.packing import pack_book
from engine.rulebook.parts import parts_of

ROOT = Path(__file__).resolve().parents[1]
PARTS = ROOT.parent / "shared" / "data" / "pc-configurator"
BUDGETS = {"10 000 rules": "at most 4 s cold, at most 0.5 s from the cache"}
CURVES = ("cold s", "write cache s", "from cache s")
MOST_YAML = 10_000
T = TypeVar("T")
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


def different_rules(rules: int) -> dict[str, bytes]:
    """A book of single rules in YAML, no two conditions alike."""
    found = ["groups: [{id: g, pick: best_for_customer}]", "discounts:"]
    for at in range(rules):
        low = at % 7 + 1 + at
        condition = f'line.sku = "P{at % PRODUCTS}" and customer.segment = "{SEGMENTS[at % 3]}"'
        found += [
            f"  - id: r{at}",
            "    group: g",
            f"    when: {condition} and line.qty in [{low}..{low + 18}]",
            f"    priority: {at % 5}",
            f"    give: {at % 17 + 1} % off unit",
            f"    say: discount number {at} for a reason",
        ]
    files = big_book(1)
    del files["discounts/t.csv"]
    return files | {"discounts/d.yaml": "\n".join(found).encode()}


def measured(name: str, files: dict[str, bytes], folder: Path) -> dict[str, object]:
    """Compile once, cold, as servers and commands do; keep it; read it back and compare."""
    load_seconds, compile_seconds = cold(files)
    (checked, packed), _ = timed(lambda: compiled(files))
    assert checked.active is not None and packed is not None, [str(each) for each in checked.findings[:5]]
    kept = book_cache(folder)
    content, pack_seconds = timed(lambda: pack_book(packed))
    kept.write(key_of(files), content)
    books = CompiledBooks(kept)
    warm = []
    for _ in range(5):
        found, seconds = timed(lambda: books.checked(files))
        warm.append(seconds)
        assert found.active is not None and found.findings == checked.findings
        assert found.active.book.hash == checked.active.book.hash
        assert found.active.parts.plan.sources == checked.active.parts.plan.sources
    book = checked.active.book
    return {
        "book": name,
        "products": len(book.catalog.products),
        "discount rules": len(book.pricing.rules),
        "constraints": sum(len(each) for each in book.constraints.values()),
        "load s": load_seconds,
        "compile s": compile_seconds,
        "cold s": load_seconds + compile_seconds,
        "write cache s": pack_seconds,
        "from cache s": statistics.median(warm),
        "cache KB": len(content) / 1024,
    }


def cold(files: dict[str, bytes]) -> tuple[float, float]:
    """Seconds of reading and checking, and of compiling; a book that does not load measures nothing."""
    sources = unpack(files)
    with uncollected():
        loaded, read = timed(lambda: load(sources))
        assert loaded.book is not None, [str(each) for each in loaded.diagnostics[:5]]
        _, made = timed(lambda: parts_of(loaded.book))
    return read, made


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What was made, and the seconds of CPU it took."""
    gc.collect()
    start = time.process_time()
    made = work()
    return made, time.process_time() - start


def main() -> None:
    """Measure the shipped books, growing books of rules, and the parts list when it is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="up to 100 000 rules")
    sizes = (10, 1_000, 10_000, *([100_000] if parser.parse_args().full else []))
    calm_collector()  # as the command and the server do before they load a book
    books = {name: read_folder(ROOT / "rules" / name) for name in ("workstation", "saas")}
    made = dict(books)
    made |= {f"CSV table, {count} rules": big_book(count) for count in sizes}
    made |= {f"YAML, {count} different rules": different_rules(count) for count in sizes if count <= MOST_YAML}
    if PARTS.is_dir():
        made["workstation on the parts list"] = on_parts(books["workstation"], PARTS)
    with tempfile.TemporaryDirectory() as folder:
        rows = [measured(name, files, Path(folder)) for name, files in made.items()]
    for kind in ("CSV", "YAML"):
        found = [row for row in rows if str(row["book"]).startswith(kind) and row["discount rules"] != 10]
        fits = {name: exponent([(row["discount rules"], row[name]) for row in found]) for name in CURVES}
        rows.append({"book": f"{kind}: fitted exponent from 1000"} | fits)
    report("rule_books", rows, budgets=BUDGETS)


if __name__ == "__main__":
    main()

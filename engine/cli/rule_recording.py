"""``cpq rules test --record QUOTE``: a recorded quote as a test, so that what it came to stays so."""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from engine.adapters.compiled_books import kept_books
from engine.adapters.rule_folder import read_folder
from engine.cli.connection import connected
from engine.cli.deal import refused
from engine.cli.failure import FINDINGS, VerbFailed
from engine.cli.screen import day
from engine.cli.verbs import named
from engine.client import CallFailed
from engine.diagnostics import Severity, one_line
from engine.rulebook.formatter import format_file

FILE: Final = "tests/recorded.yaml"
HEAD: Final = """\
# yaml-language-server: $schema=../schema/tests.schema.json
# Quotes as they were recorded: what they came to is what they have to come to.
tests:
"""
ON = {1: "line", 2: "group", 3: "total"}
KIND = {1: "percent", 2: "amount", 3: "target"}
REPLACES = {2: "order", 3: "all", 4: "final"}
DEEPEST: Final = 2
"""A part may have parts, and those none: tests say no more than that."""

PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*")
"""A text that needs no quotes in YAML."""


def record(options: argparse.Namespace) -> Path:
    """Fetch the quote and add it to the recorded tests of the folder; returns the file.

    Raises VerbFailed when a test cannot say what the quote asks for, or the quote is recorded already.
    """
    try:
        with connected(options) as client:
            quote = client.quotes.get_quote(name=named("quotes")(options.record))
    except CallFailed as failed:
        raise refused(failed) from failed
    files = read_folder(options.folder)
    text = _with(files.get(FILE, HEAD.encode()).decode(), quote)
    _check({**files, FILE: text}, quote)
    path: Path = options.folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    return path


def _check(files: Mapping[str, bytes], quote: Any) -> None:
    """Nothing is written that the book could not read."""
    found = kept_books(os.environ).checked(files).findings
    errors = [each for each in found if each.severity is Severity.ERROR and each.span.path == FILE]
    if errors:
        told = "".join(f"\n  {one_line(each)}" for each in errors)
        raise VerbFailed(f"`{quote.name}` cannot be a test of this book:{told}", exit_code=FINDINGS)


def _with(before: str, quote: Any) -> bytes:
    """The file with one more test at its end."""
    name = f"{quote.name.partition('/')[2]}, version {quote.version}, as it was recorded"
    shown = json.dumps(name, ensure_ascii=False)
    if shown in before:
        raise VerbFailed(
            f"`{quote.name}` is recorded in {FILE} already; take the test out to record it again", exit_code=FINDINGS
        )
    test = f"  - name: {shown}\n    given: {_flow(given(quote))}\n    expect: {_flow(expected(quote))}\n"
    return format_file(FILE, (before.rstrip("\n") + "\n" + test).encode())


def given(quote: Any) -> dict[str, Any]:
    """What the quote asks for, in the words of a rule test."""
    asked = quote.content
    if quote.HasField("amendment"):
        changes = f"`{quote.name}` changes `{quote.amendment.contract}`, whose lines a rule test cannot have"
        raise VerbFailed(changes, exit_code=FINDINGS, hint="record the quote of the contract")
    past = {each.sku: each.quantity for each in quote.priced.past_orders}
    found: dict[str, Any] = {"date": day(asked.date), "currency": asked.currency_code}
    found |= {"customer": facts} if (facts := _facts(asked.customer_facts)) else {}
    found |= {"quote": facts} if (facts := _facts(asked.header)) else {}
    found |= {"term_months": str(asked.term_months)} if asked.term_months else {}
    found |= {"start": day(asked.start)} if asked.HasField("start") else {}
    found |= {"codes": list(asked.codes)} if asked.codes else {}
    found |= {"manual": [_manual(each) for each in asked.manual_discounts]} if asked.manual_discounts else {}
    return found | {"lines": list(_lines(asked.lines, "", past))}


def expected(quote: Any) -> dict[str, Any]:
    """What the quote came to. The rules at work are not said: the amounts are what must not change."""
    priced, digits = quote.priced, quote.priced.minor_unit_digits
    totals = priced.totals

    def major(minor: int) -> str:
        return format(Decimal(minor).scaleb(-digits), "f")

    lines = [
        {"id": each.id, "list_unit": each.list_unit_price, "unit_net": each.unit_price, "net": major(each.net)}
        for each in priced.lines
    ]
    found: dict[str, Any] = {"lines": [_plain_numbers(each) for each in lines]}
    amounts = {"total_list": totals.list, "total_net": totals.net, "one_time": totals.one_time, "monthly": totals.mrr}
    found |= {name: major(minor) for name, minor in (*amounts.items(), ("tcv", totals.tcv))}
    if priced.gifts:
        found["gifts"] = [each.sku for each in priced.gifts]
    found["approvals"] = [f"{each.chain}/{each.level}" for each in priced.approval_route.levels]
    return found | {"valid": "true" if priced.valid else "false"}


def _plain_numbers(line: Mapping[str, str]) -> dict[str, str]:
    """Without what is not known, such as the list price of a line that has none."""
    return {name: text for name, text in line.items() if text}


def _lines(lines: Any, parent: str, past: Mapping[str, str], depth: int = 0) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.parent != parent:
            continue
        found: dict[str, Any] = {"sku": line.sku, "qty": line.quantity, "id": line.id}
        found |= {"group": line.group} if line.group else {}
        found |= _service(line)
        found |= {"attributes": stated} if (stated := _facts(line.attributes)) else {}
        counted = line.prior_quantity or past.get(line.sku, "")
        found |= {"past": counted} if counted else {}
        parts = list(_lines(lines, line.id, past, depth + 1))
        if parts and depth >= DEEPEST:
            raise VerbFailed(
                f"a rule test cannot say the parts of `{line.id}`: they are nested too deep", exit_code=FINDINGS
            )
        yield found | ({"parts": parts} if parts else {})


def _service(line: Any) -> dict[str, str]:
    """What a line states of its unit and its days; segments of a ramp are stated one by one, as they are stored."""
    texts = {name: getattr(line, name) for name in ("unit", "uplift_percent", "segment_price")}
    numbers = {name: str(getattr(line, name) or "") for name in ("term_months", "segment")}
    days = {name: day(getattr(line, name)) for name in ("start", "end") if line.HasField(name)}
    return {name: text for name, text in (texts | numbers | days).items() if text}


def _manual(each: Any) -> dict[str, str]:
    found = {"on": ON.get(each.on, "total"), "kind": KIND.get(each.kind, "percent"), "value": each.value}
    found |= {"replaces": REPLACES[each.replaces]} if each.replaces in REPLACES else {}
    return found | {"reason": each.reason} | ({"target": each.target} if each.target else {})


def _facts(values: Any) -> dict[str, Any]:
    """Facts as a file states them; those that are not known or empty are left out."""
    read = {name: _value(value) for name, value in sorted(values.items())}
    return {name: value for name, value in read.items() if value not in ("", None)}


def _value(value: Any) -> Any:
    match value.WhichOneof("kind"):
        case "text":
            return value.text
        case "number":
            return value.number
        case "flag":
            return "true" if value.flag else "false"
        case "date":
            return day(value.date)
        case "list":
            return [_value(each) for each in value.list.values]
        case _:
            return None


def _flow(value: Any) -> str:
    """A value as YAML of one line: texts are quoted as in JSON, which YAML reads alike."""
    match value:
        case dict():
            return "{" + ", ".join(f"{_flow(name)}: {_flow(item)}" for name, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case _:
            text = str(value)
            return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)

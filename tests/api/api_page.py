"""Writes ``docs/reference/api.md`` from the comments of the proto files: ``python -m tests.api.api_page``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "api.md"
ORDER = (
    *("catalog", "configuration", "pricing", "party", "quote", "approval", "contract", "order"),
    *(
        "billing",
        "billing_run",
        "coupon",
        "dunning",
        "prepaid",
        "refund",
        "revenue",
        "metric",
        "rule_book",
        "event",
        "test_clock",
        "common",
    ),
)
INTRODUCTION = """\
# The API

gRPC, package `cpq.v1`; this page is made from the comments in `proto/cpq/v1` by `python -m tests.api.api_page`.

- **Names.** Resources are named `quotes/q-000001`, `quotes/q-000001/versions/2`, `orders/o-000001` and so on; the
  last part of a name may be chosen where a request has a field for it.
- **Money.** Settled amounts are whole minor units (int64) of the currency of the document; unit prices, quantities and
  rates are decimal text such as `12.50`. Days are `google.type.Date`, periods are half-open: the end is not in them.
- **Mutations** carry three fields. `request_id`: the same id with the same body gives the recorded answer, byte for
  byte, for 72 hours; with another body it is refused with `REQUEST_ID_REUSED`. `validate_only`: all checks and the same
  answer, but nothing is saved: what it would create has names that no record ever has, such as `quotes/q-preview-1`,
  and the number of a document is the next one at the moment, which it does not reserve. `etag`: what the caller
  last read; another one in the store is answered with `ABORTED` and `ETAG_MISMATCH`. A request that creates something
  takes an empty etag only.
- **Lists** take `page_size` (0 means 50, at most 500) and an opaque `page_token` that is bound to the filters.
- **Views.** `BASIC` is header and totals, `FULL` adds lines, `WATERFALL` the story of every price.
- **Errors** are a `google.rpc.Status` with exactly one `ErrorInfo` (domain `cpq.v1`, `reason` the stable code of the
  first fault), `BadRequest.field_violations` for what is wrong with the request (all faults in one answer, the first
  50), and `PreconditionFailure` for what the state of things forbids. `UNAVAILABLE` carries `RetryInfo`. No stack
  trace, SQL or path leaves the server; an internal error names a reference that its log has.

| status | when |
| --- | --- |
| `INVALID_ARGUMENT` | a value of the request is wrong; every fault is named by its field |
| `NOT_FOUND` | there is nothing of that name |
| `ALREADY_EXISTS` | there is something of that name |
| `ABORTED` | the etag is old, or others changed the same records again and again |
| `FAILED_PRECONDITION` | the state forbids it: expired, not approved, already final, period closed |
| `RESOURCE_EXHAUSTED` | more calls or streams at once than the server takes |
| `DEADLINE_EXCEEDED` | the caller's time was up; a mutation saved nothing |
| `UNAVAILABLE` | the server is stopping, or the store cannot read or save |

Health (`grpc.health.v1`) and reflection are on, so `grpcurl` and `grpcui` work without the proto files. The server
listens on this machine only; a request may have up to 2 000 lines and 16 MiB (see `python server.py --help`).
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, *(_file(name) for name in ORDER)]
    return "\n".join(parts)


def _file(name: str) -> str:
    text = (ROOT / "proto" / "cpq" / "v1" / f"{name}.proto").read_text()
    return "\n".join(_blocks(text))


def _blocks(text: str) -> Iterator[str]:
    for found in re.finditer(
        r"((?://[^\n]*\n)+)(service|message|enum) (\w+) \{\n(.*?)^\}", text, re.DOTALL | re.MULTILINE
    ):
        comment, kind, name, body = found.groups()
        if kind == "service":
            yield f"\n## {name}\n\n{_joined(comment)}\n\n| method | takes | answers | |\n| --- | --- | --- | --- |"
            yield from _methods(body)
        else:
            yield f"\n### {name}\n\n{_joined(comment)}\n"
            yield from _fields(body) if kind == "message" else _values(body)


def _methods(body: str) -> Iterator[str]:
    pattern = r"((?: *//.*\n)+) *rpc (\w+)\((stream )?([\w.]+)\) returns \((stream )?([\w.]+)\);"
    for comment, name, _, taken, stream, answered in re.findall(pattern, body):
        answer = f"stream of {answered}" if stream else answered
        yield f"| `{name}` | {taken} | {answer} | {_joined(comment)} |"


def _fields(body: str) -> Iterator[str]:
    pattern = r"((?: *//.*\n)+) *((?:repeated |optional )?(?:map<[^>]+>|[\w.]+)) (\w+) = (\d+);"
    for comment, kind, name, number in re.findall(pattern, body):
        yield f"- `{name}` ({kind}, {number}): {_joined(comment)}"


def _values(body: str) -> Iterator[str]:
    for comment, name in re.findall(r"((?: *//.*\n)+) *(\w+) = \d+;", body):
        yield f"- `{name}`: {_joined(comment)}"


def _joined(comment: str) -> str:
    return " ".join(line.strip().removeprefix("//").strip() for line in comment.strip().splitlines()).replace(
        "|", "\\|"
    )


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page())

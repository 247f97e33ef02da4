"""``cpq rules plan``, ``publish`` and ``published``: what a book would change for recorded quotes, and putting it in
force.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.adapters.rule_folder import read_folder
from engine.cli.failure import VerbFailed
from engine.cli.progress import progress
from engine.cli.screen import Screen, amount, day, money
from engine.cli.verbs import Argument, Negative, Verb, a_day, add_verb, named, option, positional
from engine.diagnostics import counted

if TYPE_CHECKING:
    from engine.client import Client

FOLDER = positional("folder", "the folder of the rule book", Path)
MOST_SHOWN = 20
MOST_REASONS = 4
SHOWN_HASH = 12
WHOLE_HASH = 64
ERROR = "error"


def add_publishing(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs that talk to a server; one inside the command publishes nothing by itself."""
    plan = (
        FOLDER,
        option("--history", "only quotes created on or after this day (default: all)", kind=a_day),
        option("--on", "price all of them on this day (default: each on its own)", kind=a_day),
        option("--show", f"how many quotes to show (default {MOST_SHOWN})", kind=int, default=MOST_SHOWN),
    )
    again = option("--again", "in place of a folder: a book published before, by its hash or its start", default="")
    folder = (Argument(("folder",), "the folder of the rule book", Path, may_be_missing=True), again)
    add_verb(verbs, Verb("plan", "who would pay what differently: recorded quotes under this book", plan_book, plan))
    add_verb(verbs, Verb("publish", "put a book in force; its tests have to hold", publish, folder))
    add_verb(verbs, Verb("published", "the books that were published", published))
    for name in ("plan", "publish", "published"):
        verbs.choices[name].set_defaults(rules=[])


def plan_book(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Replay recorded quotes."""
    fields: dict[str, Any] = {"files": _files(options.folder)}
    fields |= {"created_from": options.history} if options.history else {}
    fields |= {"pricing_date": options.on} if options.on else {}
    changed: list[Any] = []
    with progress(f"replaying quotes under {options.folder}") as tell:
        for reply in client.rule_books.plan_rule_book(**fields):
            if any(each.severity == ERROR for each in reply.findings):
                raise VerbFailed(f"the rules in `{options.folder}` cannot be used:{_told(reply.findings)}")
            changed += reply.quotes
            tell(f"{reply.replayed_count} of {reply.quote_count}, {len(changed)} differ")
            last = reply
    last.ClearField("quotes")
    last.quotes.extend(changed)
    show_plan(screen, last, options.show)
    return Negative(last) if changed else last


def publish(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Publish a folder, or an older book again."""
    if bool(options.folder) == bool(options.again):
        raise VerbFailed("give either a folder or --again HASH")
    if options.again:
        book = client.rule_books.publish_rule_book(name=_published_before(client, options.again))
    else:
        with progress(f"publishing {options.folder}"):
            book = client.rule_books.publish_rule_book(files=_files(options.folder))
    screen.say(f"{book.book_id} is in force as publication {book.number}: {book.name}")
    for text in _holds(book):
        screen.say(f"  {text}")
    return book


def published(client: Client, screen: Screen, _: argparse.Namespace) -> Any:
    """List published books, the last one first."""
    books = sorted(client.rule_books.list_rule_books(), key=lambda each: -each.number)
    rows = [
        [
            str(each.number),
            each.book_id,
            each.name.partition("/")[2][:SHOWN_HASH],
            each.publish_time.ToDatetime().strftime("%Y-%m-%d %H:%M"),
            ", ".join(_holds(each)) or "on any day",
        ]
        for each in books
    ]
    screen.table(["number", "book", "hash", "published", "holds"], rows, right=(0,))
    return books


def _published_before(client: Client, stated: str) -> str:
    """The name of a published book: tables show the start of its hash, which is what people have at hand."""
    name = named("ruleBooks")(stated)
    if len(name.partition("/")[2]) >= WHOLE_HASH:
        return name
    found = [each.name for each in client.rule_books.list_rule_books() if each.name.startswith(name)]
    if len(found) > 1:
        raise VerbFailed(f"{len(found)} published books begin with `{stated}`: {', '.join(found)}")
    return found[0] if found else name


def _holds(book: Any) -> list[str]:
    start = [f"from {day(book.effective_from)}"] if book.effective_from.year else []
    return start + ([f"until {day(book.effective_until)}"] if book.effective_until.year else [])


def _files(folder: Path) -> list[dict[str, Any]]:
    return [{"path": path, "content": content} for path, content in read_folder(folder).items()]


def _told(findings: Any) -> str:
    errors = [each for each in findings if each.severity == ERROR]
    return "".join(f"\n  {each.path}:{each.line}:{each.column}: {each.code}: {each.message}" for each in errors)


def show_plan(screen: Screen, plan: Any, most: int) -> None:
    """The sums of a replay and its quotes, of each kind so many; the whole is in the JSON form."""
    found = plan.summary
    screen.say(f"{counted(plan.replayed_count, 'quote')} replayed: {found.same_count} as they are", style="bold")
    counts = (
        (found.dearer_count, "dearer"),
        (found.cheaper_count, "cheaper"),
        (found.refused_count, "would be refused"),
        (found.approvals_changed_count, "with other approvals"),
        (found.newly_invalid_count, "no longer valid"),
    )
    told = ", ".join(f"{count} {what}" for count, what in counts if count)
    if told:
        screen.say(f"  {told}")
    _table(screen, "currency", [(each.currency_code, each) for each in found.currencies])
    if not plan.quotes:
        return
    customers = [(each.customer.partition("/")[2] or "nobody known", each) for each in found.customers]
    _table(screen, "customer", customers[:most])
    _say_more(screen, len(customers) - most, "customer")
    if found.rules:
        screen.say()
        rows = [[each.rule, _count(each.gained_count), _count(each.lost_count)] for each in found.rules[:most]]
        screen.table(["rule", "begins to give", "ceases to"], rows, right=(1, 2))
        _say_more(screen, len(found.rules) - most, "rule")
    screen.say()
    rows = [_row(each) for each in plan.quotes[:most]]
    screen.table(["quote", "customer", "before", "after", "difference", "why"], rows, right=(2, 3, 4))
    if len(plan.quotes) > most:
        screen.say(f"... and {len(plan.quotes) - most} more; --show {len(plan.quotes)} shows all, --json too")


def _say_more(screen: Screen, left: int, what: str) -> None:
    if left > 0:
        screen.say(f"... and {counted(left, f'more {what}')}; --json has all")


def _table(screen: Screen, head: str, rows: list[tuple[str, Any]]) -> None:
    if not rows:
        return
    screen.say()
    shown = [
        [
            name,
            str(each.quote_count),
            money(each.net_before, each.currency_code),
            money(each.net_after, each.currency_code),
            _signed(each.net_after - each.net_before, each.currency_code),
        ]
        for name, each in rows
    ]
    screen.table([head, "quotes", "net before", "net after", "difference"], shown, right=(1, 2, 3, 4))


def _row(quote: Any) -> list[str]:
    code, is_refused = quote.currency_code, bool(quote.faults)
    return [
        quote.name.partition("/")[2],
        quote.customer.partition("/")[2],
        amount(quote.net_before, code),
        "refused" if is_refused else amount(quote.net_after, code),
        "" if is_refused else _signed(quote.net_after - quote.net_before, code),
        "; ".join(_reasons(quote)),
    ]


def _reasons(quote: Any) -> list[str]:
    """Why a quote comes to something else, shortly: `--json` has all of it."""
    if quote.faults:
        return _few([each.message for each in quote.faults], "fault")
    changed = [f"+{each}" for each in quote.rules_gained] + [f"-{each}" for each in quote.rules_lost]
    found = _few(changed, "rule")
    if list(quote.approvals_before) != list(quote.approvals_after):
        found.append(f"approvals {_named(quote.approvals_before)} -> {_named(quote.approvals_after)}")
    if quote.valid_before and not quote.valid_after:
        found.append("no longer valid")
    return found or [", ".join(_few(_dearest(quote.lines), "product"))]


def _dearest(lines: Any) -> list[str]:
    """The products of lines that would cost something else, those first whose lines change most together."""
    changes: dict[str, list[int]] = {}
    for line in lines:
        changes.setdefault(line.sku, []).append(line.net_after - line.net_before)  # unset is 0: the line is not there
    ranked = sorted(changes.items(), key=lambda each: -abs(sum(each[1])))
    return [sku if len(each) == 1 else f"{sku} ({len(each)} lines)" for sku, each in ranked]


def _few(told: list[str], what: str) -> list[str]:
    more = len(told) - MOST_REASONS
    return told if more <= 0 else [*told[:MOST_REASONS], f"and {counted(more, f'more {what}')}"]


def _named(levels: Any) -> str:
    return ", ".join(levels) or "none"


def _signed(minor: int, code: str) -> str:
    return f"{'+' if minor > 0 else ''}{amount(minor, code)}" if minor else ""


def _count(number: int) -> str:
    return str(number) if number else ""

"""``cpq metrics``: what numbers mean, their figures, and the records behind them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.cli.export import Rows, a_table_file, counted_rows, print_csv
from engine.cli.failure import VerbFailed
from engine.cli.screen import Screen, bar, day, days
from engine.cli.verbs import STREAMED, Argument, Verb, a_day, add_family, named, option, positional
from engine.diagnostics import counted

if TYPE_CHECKING:
    from engine.client import Client

PERCENT = 100
UNITS = {1: "money", 2: "share", 3: "hours", 4: "days", 5: "count"}
RATIO = 2
MOST_SHOWN = 40
MOST_ROWS = 500


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the family."""
    asked = (
        positional("name", "the metric, such as nrr", named("metrics")),
        option("--from", "the first day (default: the last day alone, or the twelve months up to it)", kind=a_day),
        option("--to", "the last day that counts (default: today)", kind=a_day),
        Argument(("--by",), "split by these, such as month,customer", many=True),
        Argument(("--rows",), "the records behind the figures", flag=True),
        Argument(("--csv",), "as CSV, for a spreadsheet", flag=True),
        option("--file", "write it as a table, to a .csv or .xlsx file", kind=a_table_file),
    )
    verbs = (
        Verb("list", "every metric with its definition", show_all),
        Verb("show", "the figures of a metric, and what is behind them", show, asked),
    )
    add_family(commands, "metrics", "quote-to-cash metrics with their definitions", verbs)


def show_all(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """List the metrics."""
    found = list(client.metrics.list_metrics())
    rows = [[f"  {each.name.rpartition('/')[2]}", UNITS[each.unit], each.definition] for each in found]
    screen.table(["  metric", "in", "definition"], rows)
    return found


def show(client: Client, screen: Screen, options: argparse.Namespace) -> Any:
    """Show the figures of a metric, or the rows behind them."""
    if options.csv and options.json:
        raise VerbFailed("`--csv` and `--json` are two ways to answer; choose one")
    given = {"since": getattr(options, "from"), "until": options.to}
    fields: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    split = [name for each in options.by or () for name in each.split(",") if name]
    fields |= {"name": options.name, "group_by": split}
    if options.rows:
        rows = list(client.metrics.list_metric_rows(page_size=MOST_ROWS, **fields))
        return _given(screen, options, rows, _table_of_rows) or _show_rows(screen, rows)
    report = client.metrics.get_metric(**fields)
    return _given(screen, options, report, _table_of_figures) or _show_report(screen, report, split)


def _given(
    screen: Screen, options: argparse.Namespace, found: Any, table: Callable[[Any], tuple[list[str], Rows]]
) -> Any:
    """The answer when it is written as a table; None when it is to be shown."""
    if options.csv:
        print_csv(*table(found))
        return STREAMED
    if options.file is None:
        return None
    counted_rows(screen, options.file, *table(found))
    return found


def _show_report(screen: Screen, report: Any, by: Any) -> Any:
    metric = report.metric
    screen.say(f"  {metric.display_name}, {days(report.period)}", style="bold")
    screen.say(f"  {metric.definition} (version {metric.version})", style="dim")
    largest = max((abs(Decimal(each.value or 0)) for each in report.figures), default=Decimal(0))
    rows = [
        [
            *(f"  {each.group[name]}" for name in by),
            _value(each.value, metric.unit),
            each.currency_code,
            bar(abs(Decimal(each.value or 0)), largest) if len(report.figures) > 1 else "",
            ", ".join(f"{name} {_number(each.measures[name])}" for name in sorted(each.measures)),
        ]
        for each in report.figures
    ]
    screen.table([*(f"  {name}" for name in by), "  value", "", "", "made of"], rows, right=(len(by),))
    behind = sum(each.row_count for each in report.figures)
    screen.say(f"  {counted(behind, 'row')} behind it; `--rows` shows them" if behind else "  no row is behind it")
    return report


def _show_rows(screen: Screen, rows: list[Any]) -> list[Any]:
    shown = [
        [f"  {each.subject}", day(each.date), each.currency_code, _parts(each.parts), _parts(each.group)]
        for each in rows[:MOST_SHOWN]
    ]
    screen.table(["  record", "day", "", "brings", "belongs to"], shown)
    if len(rows) > MOST_SHOWN:
        screen.say(f"  and {len(rows) - MOST_SHOWN} more; `--csv` and `--json` give them all")
    return rows


def _table_of_figures(report: Any) -> tuple[list[str], Rows]:
    groups, measures = sorted({name for each in report.figures for name in each.group}), list(report.metric.measures)
    rows = [
        [
            *(each.group[name] for name in groups),
            each.currency_code,
            _cell(each.value),
            *(_cell(each.measures[name]) if name in each.measures else None for name in measures),
            each.row_count,
        ]
        for each in report.figures
    ]
    return [*groups, "currency", "value", *measures, "rows"], rows


def _table_of_rows(rows: list[Any]) -> tuple[list[str], Rows]:
    parts = sorted({name for each in rows for name in each.parts})
    groups = sorted({name for each in rows for name in each.group})
    made = [
        [
            each.subject,
            day(each.date),
            each.currency_code,
            *(_cell(each.parts[name]) if name in each.parts else None for name in parts),
            *(each.group[name] if name in each.group else "" for name in groups),
        ]
        for each in rows
    ]
    return ["record", "day", "currency", *parts, *groups], made


def _cell(value: str) -> Decimal | None:
    return Decimal(value) if value else None


def _value(value: str, unit: int) -> str:
    if not value:
        return "not defined"
    return f"{Decimal(value) * PERCENT:,.2f} %" if unit == RATIO else _number(value)


def _number(value: str) -> str:
    return f"{Decimal(value):,f}"


def _parts(values: Any) -> str:
    return ", ".join(f"{name} {values[name]}" for name in sorted(values))

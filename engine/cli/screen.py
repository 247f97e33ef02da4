"""What a person sees: tables, bars and amounts; colour only on a terminal, one JSON value with ``--json``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from engine.money import Money, currency

PLAIN_WIDTH = 118
BAR_WIDTH = 16
GAP = 2
WIDEST = 1_000
NARROWEST_TEXT = 24
"""The last column of a table is folded; more narrowly than this nobody reads it."""
EIGHTHS = " ▏▎▍▌▋▊▉█"


class Paper(Console):
    """A console whose closed pipe is told to the command, which ends well: its reader has seen enough."""

    def on_broken_pipe(self) -> None:
        """Called where BrokenPipeError is being handled."""
        raise

    def put(self, table: Table) -> None:
        """Print a table; where no terminal reads it, without blanks at the ends of its lines."""
        if self.is_terminal:
            self.print(table)
            return
        with self.capture() as taken:
            self.print(table)
        self.file.writelines(f"{line.rstrip()}\n" for line in taken.get().splitlines())


class Screen:
    """Writes to standard output; a screen for machines writes one JSON value and nothing else."""

    def __init__(self, *, machine: bool = False) -> None:
        self.machine = machine
        width = None if sys.stdout.isatty() else PLAIN_WIDTH
        self._console = Paper(highlight=False, width=width, soft_wrap=False)

    @property
    def width(self) -> int:
        """How many columns there are."""
        return self._console.width

    def title(self, text: str) -> None:
        """A heading between parts of the output."""
        if not self.machine:
            self._console.print()
            self._console.print(f"[bold]{escape(text)}[/bold]")

    def say(self, text: str = "", *, style: str = "") -> None:
        """One line of text for people."""
        if not self.machine:
            shown = f"[{style}]{escape(text)}[/{style}]" if style else escape(text)
            self._console.print(shown, soft_wrap=not self._console.is_terminal)

    def note(self, text: str, *, indent: int = 4, style: str = "dim") -> None:
        """A remark under something: indented, on a terminal in all its lines."""
        if self._console.is_terminal and not self.machine:
            self._console.print(Padding(Text(text, style=style), (0, 0, 0, indent)))
        else:
            self.say(f"{' ' * indent}{text}", style=style)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
        """A table; ``right`` lists the columns of numbers, which stand to the right.

        Nothing of it is ever cut off: where the terminal is too narrow, it folds the lines itself.
        """
        if self.machine:
            return
        shown = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim", show_header=any(columns))
        for at, column in enumerate(columns):
            shown.add_column(column, justify="right" if at in right else "left", no_wrap=at < len(columns) - 1)
        for row in rows:
            shown.add_row(*(escape(cell) for cell in row))
        widths = [max(map(cell_len, cells)) for cells in zip(columns, *rows, strict=True)]
        needed = sum(widths[:-1]) + GAP * len(widths) + min(widths[-1], NARROWEST_TEXT)
        (self._console if needed <= self._console.width else Paper(highlight=False, width=needed)).put(shown)

    def data(self, value: object) -> None:
        """The answer for machines; people have already seen it."""
        if self.machine:
            print(json.dumps(value, indent=1, ensure_ascii=False, default=str))

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Show that something longer goes on; a spinner on a terminal, one line elsewhere."""
        if self.machine:
            yield
        elif sys.stdout.isatty():
            with self._console.status(text):
                yield
        else:
            self.say(f"{text} ...")
            yield


def print_whole(table: Table) -> None:
    """Print a table with frames; where the terminal or the pipe is too narrow, nothing of it is cut off."""
    console = Paper()
    natural = Measurement.get(console, console.options.update(width=WIDEST), table).maximum
    Paper(width=max(console.width, natural)).put(table)


def amount(minor_units: int, currency_code: str) -> str:
    """An amount in the major unit with separators and the digits of its currency: ``1,234.50``, in yen ``1,234``."""
    digits = currency(currency_code).exponent
    return f"{Decimal(minor_units).scaleb(-digits):,.{digits}f}"


def money(minor_units: int, currency_code: str) -> str:
    """An amount with its currency: ``EUR 1,234.50``."""
    return f"{currency_code} {amount(minor_units, currency_code)}"


def minor_units(amount: Decimal, currency_code: str) -> int:
    """An amount as people write it, ``1234.50``, in minor units; raises MoneyError when it has too many decimals."""
    return Money.exactly(amount, currency(currency_code)).minor_units


def day(value: Any) -> str:
    """A date message as ISO text; empty when it is not set."""
    return f"{value.year:04}-{value.month:02}-{value.day:02}" if value.year else ""


def days(period: Any) -> str:
    """The days of a period as people count them, the first and the last one served: ``2026-02-01 to 2026-02-28``."""
    last = last_day(period)
    return day(period.start) if last == day(period.start) else f"{day(period.start)} to {last or 'no agreed end'}"


def last_day(period: Any) -> str:
    """The last day in a period, whose message holds the first day that is no longer in it; empty without an end."""
    return day_before(period.end)


def day_before(value: Any) -> str:
    """The last day served before the first that is not, as ISO text; empty when it is not set."""
    return f"{date(value.year, value.month, value.day) - timedelta(days=1)}" if value.year else ""


def bar(part: Decimal, whole: Decimal, *, width: int = BAR_WIDTH) -> str:
    """A bar whose length is the share of ``part`` in ``whole``, to an eighth of a character."""
    if whole <= 0 or part <= 0:
        return ""
    eighths = int(min(part / whole, Decimal(1)) * width * 8)
    full, rest = divmod(eighths, 8)
    drawn = "█" * full + (EIGHTHS[rest] if rest else "")
    try:
        drawn.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # a terminal that knows letters only
        return "#" * (full + (rest >= 4))
    return drawn

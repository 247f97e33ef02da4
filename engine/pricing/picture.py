"""The story of a price as a picture for documents: a waterfall of bars as SVG, from the same steps as the table.

Nothing is told by colour alone: each bar has its step, its rule, its place and its numbers beside it, and the picture
has a title and a description for readers who cannot see it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from xml.sax.saxutils import escape

from engine.money import EXACT, Currency
from engine.pricing.history import LowestPrice
from engine.pricing.result import Waterfall, WaterfallStep
from engine.pricing.state import ZERO

WIDTH, LEFT, RIGHT = 860, 286, 190
TOP, ROW, BAR, FOOT, NOTE = 70, 46, 22, 20, 22
GAP = 14
"""Between two columns."""
LABEL = LEFT - 20 - GAP
"""The room for words beside a bar."""
DECIMALS_MOST = 4
TENTH = Decimal("0.1")
FONT = "font-family=\"'DejaVu Sans', 'Segoe UI', Helvetica, Arial, sans-serif\""
INK, FAINT, LINE = "#0f172a", "#475569", "#cbd5e1"
WHOLE, LOWER, HIGHER = "#1e3a5f", "#0f766e", "#b45309"
NARROW, ORDINARY, BROAD, FULL = 40, 70, 85, 112
"""How wide a character may be, in hundredths of its size: of the bold fonts named above, rounded up."""
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML document can hold, however it is written."""


@dataclass(frozen=True, slots=True)
class _Style:
    """How words look."""

    size: int = 13
    colour: str = INK
    weight: str = "normal"
    anchor: str = "start"


PLAIN, STRONG, NUMBER = _Style(), _Style(weight="bold"), _Style(anchor="end")
HEAD, SUBHEAD, SMALL = _Style(17, weight="bold"), _Style(12, FAINT), _Style(10, FAINT)


@dataclass(frozen=True, slots=True)
class _Bar:
    """One row: what it is called, from where to where it reaches, how it is coloured, what stands beside it."""

    label: str
    place: str
    start: Decimal
    end: Decimal
    colour: str
    change: str
    after: str


def picture(story: Waterfall, title: str = "", lowest: LowestPrice | None = None) -> str:
    """The waterfall of one line as an SVG document; ``title`` names the line for people.

    ``lowest`` adds the sentence about the lowest price before a reduction.
    """
    bars = list(_bars(story))
    least = min(ZERO, *(min(bar.start, bar.end) for bar in bars))
    most = max(ZERO, *(max(bar.start, bar.end) for bar in bars))
    scale = _Scale(least, most)
    below = TOP + ROW * len(bars)
    height = below + FOOT + (NOTE if lowest is not None else 0)
    name = title or story.line_id
    numbers = _numbers(bars)
    width = numbers.after + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-labelledby="title story" {FONT}>',
        f'<title id="title">{_written(f"Price of {name}, one unit in {story.currency.code}")}</title>',
        f'<desc id="story">{_written("; ".join(_told(bars)))}</desc>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(20, 30, _short(name, width - 40, HEAD), HEAD),
        _text(20, 51, f"price of one unit in {story.currency.code}", SUBHEAD),
        *_axis(scale, below),
    ]
    for index, bar in enumerate(bars):
        parts.extend(_row(bar, index, scale, numbers))
    parts.extend(_links(bars, scale))
    if lowest is not None:
        parts.append(_text(20, below + NOTE, _note(lowest, story.currency), SUBHEAD))
    return "\n".join([*parts, "</svg>"]) + "\n"


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Where the columns of numbers end: what a step changes, and the price after it."""

    change: int
    after: int


def _numbers(bars: Iterable[_Bar]) -> _Numbers:
    """The usual columns; the page grows for numbers that they do not hold."""
    changes = max(_width(bar.change, PLAIN) for bar in bars)
    prices = max(_width(bar.after, STRONG) for bar in bars)
    change = max(WIDTH - 110, WIDTH - RIGHT + GAP + changes)
    return _Numbers(change, max(WIDTH - 20, change + GAP + prices))


class _Scale:
    """From prices to places on the page."""

    def __init__(self, lowest: Decimal, highest: Decimal) -> None:
        self.lowest = lowest
        self.span = EXACT.subtract(highest, lowest) or Decimal(1)

    def at(self, price: Decimal) -> Decimal:
        """Where a price lies, to a tenth of a point."""
        share = EXACT.divide(EXACT.subtract(price, self.lowest), self.span)
        place = EXACT.add(LEFT, EXACT.multiply(share, WIDTH - LEFT - RIGHT))
        return place.quantize(TENTH, ROUND_HALF_EVEN, EXACT)


def _bars(story: Waterfall) -> Iterator[_Bar]:
    for index, step in enumerate(story.steps):
        change = EXACT.subtract(step.after, step.before)
        if index == 0:
            after = _price(step.after, story.currency)
            yield _Bar(_label(step), step.place, ZERO, step.after, WHOLE, "", after)
            continue
        sign = "+" if change > 0 else "\N{MINUS SIGN}"
        yield _Bar(
            _label(step),
            step.place,
            step.before,
            step.after,
            HIGHER if change > 0 else LOWER,
            f"{sign}{_price(abs(change), story.currency)}",
            _price(step.after, story.currency),
        )
    last = story.steps[-1].after
    yield _Bar("net price", "", ZERO, last, WHOLE, "", _price(last, story.currency))


def _label(step: WaterfallStep) -> str:
    named = step.say or step.rule_id
    return f"{step.step}: {named}" if named else step.step


def _told(bars: list[_Bar]) -> Iterator[str]:
    """Every row in words."""
    for bar in bars:
        yield f"{bar.label} {bar.change} to {bar.after}" if bar.change else f"{bar.label} {bar.after}"


def _row(bar: _Bar, index: int, scale: _Scale, numbers: _Numbers) -> Iterator[str]:
    top = TOP + index * ROW
    left, right = sorted((scale.at(bar.start), scale.at(bar.end)))
    width = max(right - left, Decimal(1))
    middle = top + ROW // 2
    words = STRONG if bar.colour == WHOLE else PLAIN
    yield f'<rect x="{left}" y="{middle - BAR // 2}" width="{width}" height="{BAR}" rx="2" fill="{bar.colour}"/>'
    yield _text(20, middle - 2 if bar.place else middle + 5, _short(bar.label, LABEL, words), words)
    if bar.place:
        yield _text(20, middle + 13, _short_start(bar.place, LABEL, SMALL), SMALL)
    if bar.change:
        yield _text(numbers.change, middle + 5, bar.change, replace(NUMBER, colour=bar.colour))
    yield _text(numbers.after, middle + 5, bar.after, replace(words, anchor="end"))


def _links(bars: list[_Bar], scale: _Scale) -> Iterator[str]:
    """A thin line from the end of each bar to the start of the next, so that the eye finds the way down."""
    for index, bar in enumerate(bars[:-1]):
        x = scale.at(bar.end)
        top = TOP + index * ROW + (ROW + BAR) // 2
        yield f'<line x1="{x}" y1="{top}" x2="{x}" y2="{top + ROW - BAR}" stroke="{FAINT}" stroke-dasharray="2 2"/>'


def _axis(scale: _Scale, below: int) -> Iterator[str]:
    x = scale.at(ZERO)
    yield f'<line x1="{x}" y1="{TOP}" x2="{x}" y2="{below}" stroke="{LINE}"/>'


def _note(lowest: LowestPrice, currency: Currency) -> str:
    price = f"{_price(lowest.unit, currency)} {currency.code}"
    days = (lowest.end - lowest.start).days
    before = f"the reduction of {lowest.end}" if lowest.reduced else f"{lowest.end}"
    return f"lowest price in the {days} days before {before}: {price} on {lowest.day}"


def _text(x: int, y: int, words: str, style: _Style) -> str:
    look = f'font-size="{style.size}" font-weight="{style.weight}" fill="{style.colour}" text-anchor="{style.anchor}"'
    return f'<text x="{x}" y="{y}" {look}>{_written(words)}</text>'


def _price(value: Decimal, currency: Currency) -> str:
    """A price for people: the decimals of the currency, up to four where there are more."""
    places = max(currency.exponent, min(DECIMALS_MOST, -_exponent(value.normalize(EXACT))))
    return f"{value.quantize(Decimal(1).scaleb(-places), context=EXACT):,f}"


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _written(words: str) -> str:
    """Words as XML; what it cannot hold is shown as a character that could not be shown."""
    return escape(NO_XML.sub("\N{REPLACEMENT CHARACTER}", words))


def _width(words: str, style: _Style) -> int:
    """The room that words need at most, in points."""
    return -(-sum(map(_hundredths, words)) * _points(style) // 10_000)


def _points(style: _Style) -> int:
    """The size of letters in hundredths of a point; plain ones are a tenth narrower than bold ones."""
    return style.size * (100 if style.weight == "bold" else 90)


def _hundredths(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF" or character in "MWmw@%\N{HORIZONTAL ELLIPSIS}":
        return FULL
    if character in " .,:;'|!ijl":
        return NARROW
    return BROAD if character.isupper() else ORDINARY


def _short(words: str, room: int, style: _Style) -> str:
    """As much of the start as there is room for."""
    if _width(words, style) <= room:
        return words
    left = room * 10_000 // _points(style) - FULL
    for kept, character in enumerate(words):
        left -= _hundredths(character)
        if left < 0:
            return f"{words[:kept]}\N{HORIZONTAL ELLIPSIS}"
    return words


def _short_start(words: str, room: int, style: _Style) -> str:
    """A place is told by its end: file and line."""
    return _short(words[::-1], room, style)[::-1]

"""What a rule book says about recognising a product's revenue: timing, grouping, rounding and stand-alone prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

from engine.diagnostics import Span


class Gaap(Enum):
    """The framework, where the two differ."""

    IFRS = "ifrs"
    US = "us"


class Timing(Enum):
    """When revenue of an obligation is recognised: at one moment, with time, or with what is done or used."""

    POINT_IN_TIME = "point_in_time"
    DAILY = "daily"
    MONTHLY_EVEN = "monthly_even"
    MONTHLY_PRORATE_FIRST = "monthly_prorate_first"
    WEIGHTS = "weights"
    BY_SECOND = "by_second"
    USAGE = "usage"
    PROGRESS = "progress"


class ScheduleRounding(Enum):
    """How the parts of a schedule round.

    ``CUMULATIVE``: a period gets the rounded total up to its end less what went before, so that no date is off by more
    than half a minor unit. ``EACH_THEN_PLUG_LAST``: every period rounds alone and the last takes what is left.
    """

    CUMULATIVE = "cumulative"
    EACH_THEN_PLUG_LAST = "each_then_plug_last"


@dataclass(frozen=True, slots=True)
class RecognitionPolicy:
    """How promises of a product become revenue.

    Promises of one contract that share ``merge_key`` are one obligation (they are not distinct from each other).
    ``series`` marks distinct increments of one service, so that its remaining days are distinct in a modification.
    ``category`` is the revenue stream that chooses the revenue account. ``weights`` are those of ``WEIGHTS``: the share
    of each month counted from the start.
    """

    id: str
    timing: Timing
    rounding: ScheduleRounding = ScheduleRounding.CUMULATIVE
    merge_key: str = ""
    series: bool = False
    category: str = ""
    weights: tuple[Decimal, ...] = ()
    span: Span | None = None


class SspChoice(Enum):
    """Which value stands for the stand-alone selling price."""

    LOW = "low"
    MID = "mid"
    HIGH = "high"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class RangePolicy:
    """What counts as stand-alone selling price when the price lies below, in or above the range."""

    below: SspChoice = SspChoice.LOW
    inside: SspChoice = SspChoice.PRICE
    above: SspChoice = SspChoice.HIGH


NEAREST_BOUND = RangePolicy()
"""The usual practice: inside the range the price itself, outside the nearest bound."""


@dataclass(frozen=True, slots=True)
class SspEntry:
    """The stand-alone selling price of one unit (of one charge period for a recurring product) of a product.

    A single price has ``low``, ``mid`` and ``high`` alike. ``residual`` marks a price that is highly variable: it gets
    what the others leave, and the range only says what is believable.
    """

    sku: str
    currency_code: str
    low: Decimal
    mid: Decimal
    high: Decimal
    region: str = ""
    segment: str = ""
    channel: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    residual: bool = False
    range_policy: RangePolicy = NEAREST_BOUND
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class SspBundle:
    """A set of products that is regularly sold together at ``price`` for one of each."""

    id: str
    members: tuple[str, ...]
    currency_code: str
    price: Decimal
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class SspBook:
    """A version of the stand-alone selling prices; entries are tried in order of how much they narrow."""

    version: str = ""
    entries: tuple[SspEntry, ...] = ()
    bundles: tuple[SspBundle, ...] = ()

    def find(
        self, sku: str, currency_code: str, *, on: date, header: Mapping[str, str] = MappingProxyType({})
    ) -> SspEntry | None:
        """The narrowest entry in force that fits the header's region, segment and channel; ties go to the later row."""
        best: SspEntry | None = None
        best_rank = -1
        for entry in self.entries:
            if (entry.sku, entry.currency_code) != (sku, currency_code) or not _in_force(entry, on):
                continue
            wanted = {"region": entry.region, "segment": entry.segment, "channel": entry.channel}
            stated = {name: value for name, value in wanted.items() if value}
            if all(header.get(name) == value for name, value in stated.items()) and len(stated) >= best_rank:
                best, best_rank = entry, len(stated)
        return best


@dataclass(frozen=True, slots=True)
class RevenuePolicies:
    """All that a rule book says about revenue; ``default`` applies to products that name no policy."""

    policies: Mapping[str, RecognitionPolicy] = field(default_factory=lambda: MappingProxyType({}))
    ssp: SspBook = SspBook()
    default: RecognitionPolicy = RecognitionPolicy("default", Timing.DAILY, series=True)
    default_one_time: RecognitionPolicy = RecognitionPolicy("default-one-time", Timing.POINT_IN_TIME)
    gaap: Gaap = Gaap.IFRS


def _in_force(entry: SspEntry, on: date) -> bool:
    started = entry.valid_from is None or entry.valid_from <= on
    return started and (entry.valid_until is None or on < entry.valid_until)

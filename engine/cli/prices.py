"""Priced quotes on the screen: lines, totals, waterfalls, approval routes."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from engine.cli.screen import Screen, amount, day, days, money
from engine.diagnostics import counted

MOST_DECIMALS = Decimal("0.0001")
OF_A_RAMP = ("usage estimate", "contract value")
"""Totals that mean something where lines never meet; the others are sums that nobody pays."""
UNTAXED = "none, the book states none"
PENDING = 1
REQUEST_STATES = ("", "waiting", "approved", "rejected", "not needed")


def show_lines(screen: Screen, priced: Any) -> None:
    """The lines of a priced quote as a table that adds up: quantity by unit price, less the line's share of order
    discounts and less the tax inside the price, where there are any, is its net.
    """
    digits, code = priced.minor_unit_digits, priced.currency_code
    ordered = any(line.order_discount for line in priced.lines)
    inside = any(each.amount != each.net for each in (*priced.lines, *priced.gifts))
    columns = ["product", "name", "qty", "list", "unit with tax" if inside else "net unit"]
    columns += ["order discount"] * ordered + ["tax inside"] * inside + [f"net {code}"]
    rows = [
        [
            ("  " if line.parent else "") + line.sku,
            line.display_name + _segment(line),
            _quantity(line),
            _listed(line, digits),
            plain(line.unit_price, digits),
            *([_less(line.order_discount, code)] if ordered else ()),
            *([_less(line.amount - line.net, code)] if inside else ()),
            amount(line.net, code) + _per(line),
        ]
        for line in priced.lines
    ]
    rows += [
        [
            gift.sku,
            "gift",
            _whole(gift.quantity),
            "",
            plain(gift.unit_price, digits),
            *([""] if ordered else ()),
            *([_less(gift.amount - gift.net, code)] if inside else ()),
            amount(gift.net, code),
        ]
        for gift in priced.gifts
    ]
    screen.table(columns, rows, right=range(2, len(columns)))


def _listed(line: Any, digits: int) -> str:
    """The list price of a line; nothing where no list states what it costs (a percent of other lines)."""
    is_stated = Decimal(line.list_unit_price or 0) or not Decimal(line.unit_price or 0)
    return plain(line.list_unit_price, digits) if is_stated else ""


def show_lowest(screen: Screen, priced: Any) -> None:
    """The lowest price of each line before it was reduced, where that was asked for."""
    digits = priced.minor_unit_digits
    rows = [
        [
            line.sku,
            plain(line.lowest_price.unit_price, digits),
            day(line.lowest_price.date),
            days(line.lowest_price),
            "reduced" if line.lowest_price.reduced else "not reduced",
        ]
        for line in priced.lines
        if line.HasField("lowest_price")
    ]
    if rows:
        screen.table(["product", "lowest", "on", "of the days", ""], rows, right=(1,))


def show_totals(screen: Screen, priced: Any) -> None:
    """The totals of a priced quote, as far as they say something; of a ramp what is paid in each phase of its term."""
    totals, code = priced.totals, priced.currency_code
    rows = [
        ("list", totals.list),
        ("without list price", totals.unlisted),
        _change_of("line", totals.line_discount + totals.unlisted),
        _change_of("order", totals.order_discount),
        ("net", totals.net),
        ("tax", totals.tax),
        ("cash rounding", totals.cash_rounding),
        ("to pay", totals.payable),
        ("one-time", totals.one_time),
        *((f"every {charge_period(each)}", each.net) for each in totals.recurring),
        ("usage estimate", totals.usage_estimate),
        ("contract value", totals.tcv if totals.recurring else 0),
    ]
    if totals.phases:
        rows = [row for row in rows if row[0] in OF_A_RAMP or (totals.untaxed and row[0] == "tax")]
    wanted = {"net", "to pay", *(["tax"] if totals.untaxed else [])}
    shown = [
        [name, UNTAXED if totals.untaxed and name == "tax" else money(value, code)]
        for name, value in rows
        if value or name in wanted
    ]
    shown.append(["discount", f"{plain(totals.discount_percent, 0)} %"])
    if totals.margin_percent:
        share = f"{plain(totals.margin_percent, 0)} %"
        shown.append(["margin", share if totals.phases else f"{money(totals.margin, code)}  ({share})"])
    elif totals.lines_without_cost_count:
        shown.append(["margin", "unknown"])
    screen.table(["", ""], shown, right=(1,))
    if totals.lines_without_cost_count:
        screen.say(f"  no cost is stated for {_named(totals)}, so that the margin is unknown", style="yellow")
    if totals.phases:
        phases = [
            [
                "once" if not is_periodic(each) else f"every {charge_period(each)}",
                days(each.days) if is_periodic(each) else "",
                *(amount(value, code) for value in (each.net, each.tax, each.gross)),
            ]
            for each in totals.phases
        ]
        screen.table(["", "", f"net {code}", "tax", "to pay"], phases, right=(2, 3, 4))


def _named(totals: Any) -> str:
    """The lines without a cost, as far as they are named."""
    more = totals.lines_without_cost_count - len(totals.lines_without_cost)
    return ", ".join(totals.lines_without_cost) + (f" and {more} more" if more else "")


def _change_of(what: str, discount: int) -> tuple[str, int]:
    """What lines or the order take off; what they add where that is more."""
    return f"{what} {'surcharges' if discount < 0 else 'discounts'}", -discount


def show_route(screen: Screen, route: Any) -> None:
    """Who has to agree, and why."""
    if not route.levels:
        screen.say("nobody has to approve this")
        return
    rows = [
        [
            level.chain,
            level.level,
            "; ".join(_reason(each) for each in level.reasons),
            ", ".join(each.place for each in level.reasons),
        ]
        for level in route.levels
    ]
    screen.table(["chain", "level", "because", "file:line"], rows)


def show_approval(screen: Screen, approval: Any) -> None:
    """Every level that was asked: where it stands, who may decide, and when the next one is called."""
    rows = []
    for each in approval.requests:
        pending = each.state == PENDING
        people = ", ".join(_bare(one) for one in (*each.members, *each.escalated_to))
        due = f"{each.due_time.ToDatetime():%Y-%m-%d %H:%M}" if pending and each.HasField("due_time") else ""
        rows.append([each.chain, each.level, REQUEST_STATES[each.state], people, due])
    screen.table(["chain", "level", "state", "who may decide", "next level called"], rows)
    for each in approval.decisions:
        verdict = "agreed" if each.approved else "said no"
        screen.say(f"  {_bare(each.by)} {verdict}{f': {each.comment}' if each.comment else ''}")


def show_findings(screen: Screen, findings: Any) -> None:
    """What is wrong or missing in the configurations."""
    for each in findings:
        place = f"  ({each.rule}, {each.place})" if each.rule else ""
        screen.say(f"  ! {each.message}{place}", style="yellow")


def plain(text: str, digits: int = 2) -> str:
    """Decimal text for people: no needless zeros, at least the digits of the currency, four decimals at most."""
    value = Decimal(text)
    if -int(value.as_tuple().exponent) > -int(MOST_DECIMALS.as_tuple().exponent):
        value = value.quantize(MOST_DECIMALS, ROUND_HALF_UP)
    shown = f"{value:,f}"
    whole, _, decimals = shown.partition(".")
    kept = decimals.rstrip("0").ljust(digits, "0")
    return f"{whole}.{kept}" if kept else whole


def signed(text: str, digits: int = 2) -> str:
    """A difference for people: with its sign, zero as +0.00."""
    return f"{'' if Decimal(text) < 0 else '+'}{plain(text, digits)}"


def _less(minor_units: int, code: str) -> str:
    return amount(-minor_units, code) if minor_units else ""


def _bare(name: str) -> str:
    return name.partition("/")[2]


def _quantity(line: Any) -> str:
    """How many, in the product's own unit and in the one that the line is sold in."""
    own = _whole(line.quantity)
    return f"{own} ({_whole(line.unit_quantity)} {line.unit})" if line.unit else own


def _whole(quantity: str) -> str:
    """A quantity with all its decimals and no needless zeros."""
    return f"{Decimal(quantity).normalize():,f}"


def _segment(line: Any) -> str:
    """Which segment of a ramp a line is, as its lines are alike otherwise."""
    return f" ({line.id}, {counted(line.segment_months, 'month')})" if line.segment else ""


def _per(line: Any) -> str:
    return f" / {charge_period(line.charge)}" if is_periodic(line.charge) else ""


PERIODS = {1: "month", 3: "quarter", 6: "half-year", 12: "year", 24: "two years", 36: "three years"}
PERIODS_OF_DAYS = {1: "day", 7: "week"}


def is_periodic(charge: Any) -> bool:
    """Whether something is charged again every period."""
    return bool(charge.period_months or charge.period_days)


def charge_period(charge: Any) -> str:
    """How long the period is that something is charged for: a month, a week."""
    if charge.period_days:
        return PERIODS_OF_DAYS.get(charge.period_days, counted(charge.period_days, "day"))
    return PERIODS.get(charge.period_months, counted(charge.period_months, "month"))


def _reason(reason: Any) -> str:
    said = f"{reason.say}: " if reason.say else ""
    values = ", ".join(f"{each.expression} is {shown_value(each.value)}" for each in reason.values)
    told = f"{said}{values}" if values else f"{said}{reason.condition}"
    return f"{told} ({reason.note})" if reason.note else told


def shown_value(value: Any) -> str:
    """A value that a condition read, as people write it."""
    kind = value.WhichOneof("kind")
    if kind == "number":
        return plain(value.number, 0)
    if kind == "flag":
        return str(value.flag).lower()
    if kind == "date":
        return day(value.date)
    return (str(getattr(value, kind)) or "empty") if kind else "unknown"

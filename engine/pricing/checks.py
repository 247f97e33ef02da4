"""What is wrong with a request before it is priced: every fault in one answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import repeat
from operator import attrgetter, eq, itemgetter

from engine.catalog import LineId, Sku
from engine.diagnostics import Fault, did_you_mean
from engine.money import EXACT, MoneyError, Ratio, currency
from engine.pricing import codes
from engine.pricing.compiled import PricePlan
from engine.pricing.models.tiers import HUNDRED
from engine.pricing.request import (
    ManualDiscount,
    ManualKind,
    ManualOn,
    PriceRequest,
    Replaces,
    RequestLine,
    TaxState,
    stated,
)
from engine.pricing.settings import TaxSource, UnusableCode
from engine.pricing.usability import said_why, why_unusable

_ID, _PARENT = attrgetter("id"), attrgetter("parent")
UPLIFT_MOST = Decimal(1_000)
_STATED = ("list_price", "floor", "surcharges", "term_months", "prior_quantity", "uplift_percent", "segment_price")
_BOUNDS = ("minimum_quantity", "quantity_multiple", "quantity_maximum", "unit_factor")
_AMOUNTS = itemgetter(*map(RequestLine._fields.index, _STATED))
_NO_AMOUNTS = _AMOUNTS(RequestLine(LineId(""), Sku(""), Decimal(1)))
"""What a line states that could be a wrong amount, and what one has there that states none."""
_MORE = itemgetter(*map(RequestLine._fields.index, (*_STATED, *_BOUNDS[:3])))
_NO_MORE = _MORE(RequestLine(LineId(""), Sku(""), Decimal(1)))
_COST, _QUANTITY = stated("cost"), stated("quantity")


def request_faults(plan: PricePlan, request: PriceRequest, *, are_sound: bool = False) -> list[Fault]:
    """All faults that can be seen before there are prices; of ``are_sound`` lines none is looked for."""
    found = list(_header(plan, request))
    if len(request.lines) > plan.rules.habits.lines_max:
        return [*found, _too_many(plan, request)]
    if not are_sound:
        found.extend(_lines(request, plan.rules.habits.quantity_decimals_max))
        found.extend(_identities(request))
    for index, manual in enumerate(request.manual):
        found.extend(_manual(manual, f"manual_discounts[{index}]", request))
    if plan.rules.habits.unusable_codes is UnusableCode.REFUSE:
        found.extend(_codes(plan, request))
    return found


def _lines(request: PriceRequest, places: int) -> Sequence[Fault]:
    """The faults of each line; numbers that cannot be compared (NaN) are looked for line by line."""
    try:
        return () if _are_plain(request.lines, places) else list(_quickly(request, places))
    except (ArithmeticError, TypeError):
        found = (line_faults(line, f"lines[{index}]", places) for index, line in enumerate(request.lines))
        return [fault for each in found for fault in each]


def _are_plain(lines: Sequence[RequestLine], places: int) -> bool:
    """Whether lines state nothing that can be wrong but quantities and costs, and these are fine.

    Each is looked at once, at the speed of the interpreter's own loops.
    """
    return (
        all(map(eq, map(_MORE, lines), repeat(_NO_MORE)))
        and all([each is None or each.is_finite() for each in set(map(_COST, lines))])
        and all([_is_fine(each, places) for each in set(map(_QUANTITY, lines))])
    )


def _quickly(request: PriceRequest, places: int) -> Iterator[Fault]:
    """The faults of each line; a quantity that was fine once under a rule is fine again."""
    ruled: dict[tuple[Decimal | None, ...], set[Decimal]] = {}
    rule: tuple[Decimal | None, ...] = ()
    fine: set[Decimal] = set()
    for index, line in enumerate(request.lines):
        asked = line.minimum_quantity, line.quantity_multiple, line.quantity_maximum
        if asked != rule:
            rule, fine = asked, ruled.setdefault(asked, set())
        quantity, cost = line.quantity, line.cost
        is_fine = quantity.is_finite() and quantity in fine
        if not is_fine and _is_fine(quantity, places) and _keeps_to_rule(line):
            fine.add(quantity)
            is_fine = True
        if not is_fine or (cost is not None and not cost.is_finite()) or _AMOUNTS(line) != _NO_AMOUNTS:
            yield from line_faults(line, f"lines[{index}]", places)


def _keeps_to_rule(line: RequestLine) -> bool:
    """Whether a quantity is within its bounds, and a multiple where one is asked for."""
    quantity, least, most, multiple = (
        line.quantity,
        line.minimum_quantity,
        line.quantity_maximum,
        line.quantity_multiple,
    )
    if (least is not None and quantity < least) or (most is not None and quantity > most):
        return False
    return multiple is None or multiple <= 0 or EXACT.remainder(quantity, multiple) == 0


def _header(plan: PricePlan, request: PriceRequest) -> Iterator[Fault]:
    try:
        currency(request.currency)
    except MoneyError as error:
        yield Fault(codes.UNKNOWN_CURRENCY, "currency", error.message, error.hint)
    if not request.lines:
        yield Fault(codes.NO_LINES, "lines", "there is nothing to price", "add at least one line")
    unasked = asks_tax(plan) and request.tax_state is TaxState.TABLE
    if request.tax_state is TaxState.FAILED or unasked:
        hint = "try again, or price without tax by a book that has none"
        yield Fault(codes.TAX_UNAVAILABLE, "tax_state", "the tax service did not answer", hint)
    book = request.quote.get("price_book")
    if isinstance(book, str) and book and book not in plan.prices:
        known = [f"`{each}`" for each in plan.prices if each]
        hint = did_you_mean(book, plan.prices) or (f"it has {', '.join(known)}" if known else "it names none")
        message = f"the rule book has no price book `{book}`"
        yield Fault(codes.UNKNOWN_PRICE_BOOK, "header.price_book", message, hint)
    for index, rate in enumerate(request.exchange):
        if not (rate.rate.is_finite() and rate.rate > 0):
            yield Fault(codes.BAD_AMOUNT, f"exchange[{index}].rate", f"`{rate.rate}` is no exchange rate")


def asks_tax(plan: PricePlan) -> bool:
    """Whether a tax service is asked for the rates."""
    tax = plan.rules.tax
    return tax is not None and tax.source is TaxSource.HOOK


def _too_many(plan: PricePlan, request: PriceRequest) -> Fault:
    most = plan.rules.habits.lines_max
    return Fault(codes.TOO_MANY_LINES, "lines", f"{len(request.lines)} lines, at most {most}", "split the quote")


def line_faults(line: RequestLine, place: str, places: int) -> Iterator[Fault]:
    """The faults of one line by itself."""
    odd = tuple(_odd_bounds(line, place))
    yield from odd
    if not _is_fine(line.quantity, places):
        yield from _quantity(line, place, places)
    elif not odd:
        yield from _quantity_rule(line, place)
    yield from _odd_amounts(line, place)
    if line.term_months is not None and not _is_term(line.term_months, line.term_part):
        yield Fault(codes.BAD_QUANTITY, f"{place}.term_months", f"`{line.term_months}` is not a term")
    prior, uplift = line.prior_quantity, line.uplift_percent
    if not prior.is_finite() or prior < 0 or prior.adjusted() >= 16:
        yield Fault(codes.BAD_QUANTITY, f"{place}.prior_quantity", f"`{prior}` is not a quantity of past orders")
    own = line.segment_price
    if own is not None and not (own.is_finite() and 0 <= own and own.adjusted() < 16):
        hint = "give an amount of zero or more"
        yield Fault(codes.BAD_AMOUNT, f"{place}.segment_price", f"`{own}` is not the price of a segment", hint)
    if not uplift.is_finite() or not -HUNDRED <= uplift <= UPLIFT_MOST:
        hint = f"an uplift is between -100 and {UPLIFT_MOST} percent"
        yield Fault(codes.BAD_AMOUNT, f"{place}.uplift_percent", f"`{uplift}` is not an uplift", hint)


def _odd_bounds(line: RequestLine, place: str) -> Iterator[Fault]:
    for name in _BOUNDS:
        value = getattr(line, name)
        if value is not None and not value.is_finite():
            yield Fault(codes.BAD_QUANTITY, f"{place}.{name}", f"`{value}` is not a quantity")


def _odd_amounts(line: RequestLine, place: str) -> Iterator[Fault]:
    for name, value in (("list_price", line.list_price), ("cost", line.cost), ("floor", line.floor)):
        if value is not None and not value.is_finite():
            yield Fault(codes.BAD_AMOUNT, f"{place}.{name}", f"`{value}` is not an amount")
    if any(not value.is_finite() for value in line.surcharges):
        yield Fault(codes.BAD_AMOUNT, f"{place}.surcharges", "a surcharge is not an amount")


def _is_term(months: Decimal, part: Ratio) -> bool:
    return months.is_finite() and months >= 0 and (Ratio.of(months) + part).numerator > 0


def _is_fine(quantity: Decimal, places: int) -> bool:
    if not quantity.is_finite():
        return False
    return quantity > 0 and _decimals(quantity) <= places and quantity.adjusted() < 16


def _decimals(quantity: Decimal) -> int:
    """How many decimals a number needs; zeros at its end are not counted."""
    exponent = quantity.normalize(EXACT).as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _quantity(line: RequestLine, place: str, places: int) -> Iterator[Fault]:
    quantity = line.quantity
    field = f"{place}.quantity"
    if not quantity.is_finite():
        yield Fault(codes.BAD_QUANTITY, field, f"`{quantity}` is not a quantity")
        return
    if quantity < 0 or (quantity == 0 and line.charge.kind.value != "usage"):
        yield Fault(codes.BAD_QUANTITY, field, f"a quantity of {quantity}", "give a quantity above zero")
    if _decimals(quantity) > places:
        yield Fault(codes.BAD_QUANTITY, field, f"{quantity} has more than {places} decimals", "round the quantity")
    if quantity.adjusted() >= 16:
        yield Fault(codes.BAD_QUANTITY, field, "the quantity has more than 16 digits before the point")


def _quantity_rule(line: RequestLine, place: str) -> Iterator[Fault]:
    if _keeps_to_rule(line):
        return
    field, least, most = f"{place}.quantity", line.minimum_quantity, line.quantity_maximum
    quantity, multiple = line.quantity, line.quantity_multiple
    step = multiple if multiple is not None and multiple > 0 else None
    wrong = []
    if step is not None and EXACT.remainder(quantity, step) != 0:
        wrong.append(f"off the multiple of {multiple}")
    hint = "" if step is None else _nearest(line, step)
    if least is not None and quantity < least:
        wrong.insert(0, f"below the minimum order quantity of {least}")
        hint = f"order at least {least if step is None else _multiple_from(least, step):f}"
    elif most is not None and quantity > most:
        wrong.insert(0, f"above the maximum order quantity of {most}")
        hint = f"order at most {most if step is None else _multiple_to(most, step):f}"
    message = f"{quantity.normalize(EXACT):f} is {' and '.join(wrong)}"
    yield Fault(codes.QUANTITY_RULE, field, message, hint)


def _nearest(line: RequestLine, step: Decimal) -> str:
    """The multiples around a quantity that its other bounds allow."""
    least, most = line.minimum_quantity, line.quantity_maximum
    above = _multiple_from(line.quantity, step)
    below = EXACT.subtract(above, step)
    allowed = [
        f"{each:f}"
        for each in (below, above)
        if each > 0 and (least is None or each >= least) and (most is None or each <= most)
    ]
    return f"order {' or '.join(allowed)}" if allowed else "no multiple is within its bounds"


def _multiple_to(quantity: Decimal, multiple: Decimal) -> Decimal:
    """The largest multiple that is not above a quantity."""
    steps = EXACT.divide(quantity, multiple).to_integral_value(ROUND_FLOOR)
    return EXACT.multiply(steps, multiple).normalize(EXACT)


def _multiple_from(quantity: Decimal, multiple: Decimal) -> Decimal:
    """The smallest multiple that is not below a quantity."""
    steps = EXACT.divide(quantity, multiple).to_integral_value(ROUND_CEILING)
    return EXACT.multiply(steps, multiple).normalize(EXACT)


def _identities(request: PriceRequest) -> Iterator[Fault]:
    known = set(map(_ID, request.lines))
    if len(known) != len(request.lines):
        for name, times in Counter(line.id for line in request.lines).items():
            if times > 1:
                yield Fault(codes.DUPLICATE_LINE, "lines", f"line id `{name}` is there {times} times")
    parents = set(map(_PARENT, request.lines)) - {None}
    if parents <= known:
        return
    for index, line in enumerate(request.lines):
        if line.parent is not None and line.parent not in known:
            yield Fault(codes.UNKNOWN_PARENT, f"lines[{index}].parent", f"unknown line `{line.parent}`")


def _manual(manual: ManualDiscount, place: str, request: PriceRequest) -> Iterator[Fault]:
    if not manual.reason.strip():
        yield Fault(codes.BAD_MANUAL, f"{place}.reason", "a manual discount needs a reason")
    if not manual.value.is_finite():
        yield Fault(codes.BAD_MANUAL, f"{place}.value", f"`{manual.value}` is not an amount")
        return
    if manual.kind is ManualKind.PERCENT and manual.value > HUNDRED:
        yield Fault(codes.BAD_MANUAL, f"{place}.value", f"a discount of {manual.value} percent", "at most 100 percent")
    if manual.value < 0 and manual.kind is not ManualKind.PERCENT:
        yield Fault(codes.BAD_MANUAL, f"{place}.value", "a negative amount", "state a surcharge as a target price")
    if manual.on is ManualOn.LINE and manual.target not in {line.id for line in request.lines}:
        hint = did_you_mean(manual.target, [str(line.id) for line in request.lines[:100]])
        yield Fault(codes.BAD_MANUAL, f"{place}.target", f"unknown line `{manual.target}`", hint)
    if manual.replaces is Replaces.FINAL and manual.on is not ManualOn.LINE:
        yield Fault(codes.BAD_MANUAL, f"{place}.replaces", "only the price of a line can be final", "name a line")
    if manual.on is ManualOn.GROUP and manual.target not in {line.group for line in request.lines}:
        yield Fault(codes.BAD_MANUAL, f"{place}.target", f"no line is in group `{manual.target}`")


def _codes(plan: PricePlan, request: PriceRequest) -> Iterator[Fault]:
    for index, code in enumerate(request.codes):
        rules = plan.restrictions.codes.get(code)
        place = f"codes[{index}]"
        if rules is None:
            hint = did_you_mean(code, plan.restrictions.codes)
            yield Fault(codes.UNKNOWN_CODE, place, f"unknown code `{code}`", hint)
            continue
        reasons = [why_unusable(each.rule, request) for each in rules]
        if all(reasons):
            said = said_why(reasons[0], rules[0].rule, request)
            yield Fault(codes.UNUSABLE_CODE, place, f"code `{code}` cannot be used: {said}", "leave it out")
    yield from _exclusions(plan, request.codes)


def _exclusions(plan: PricePlan, entered: Iterable[str]) -> Iterator[Fault]:
    """Two codes whose rules cannot stand beside each other: the customer has to choose."""
    rules = [(code, each.rule) for code in entered for each in plan.restrictions.codes.get(code, ())]
    for position, (code, rule) in enumerate(rules):
        for other_code, other in rules[position + 1 :]:
            if other_code != code and (other.id in rule.not_with or rule.id in other.not_with):
                message = f"codes `{code}` and `{other_code}` exclude each other"
                yield Fault(codes.CODES_EXCLUDE, "codes", message, "choose one of them")

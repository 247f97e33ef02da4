"""Lines that follow lines of a contract: what they ask for, their names, and the price that they keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import Enum

from engine.application.ports import Reader
from engine.catalog import Catalog, Charge, ChargeKind, LineId, Sku
from engine.contracts import Contract, LineInForce, SubscriptionLine, all_lines, anchor_of
from engine.money import EXACT, Money
from engine.pricing import PricePlan
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn, Replaces
from engine.quotes.quote import Quote, QuoteParties
from engine.quotes.request import NONE, RequestedLine


class Pricing(Enum):
    """Where the price of a line that follows another comes from: the contract, or the rule book in force."""

    KEPT = "kept"
    RULES = "rules"


class Names:
    """Ids for new lines: ``seats`` is followed by ``seats.2``, that by ``seats.3``, and none is given twice."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._taken = {each.id for each in all_lines(contract)}
        self._given: dict[str, str] = {}

    def after(self, line: str) -> str:
        """The id of the line that follows; the same for every question about a line."""
        if line not in self._given:
            base, _, number = line.rpartition(".")
            base, count = (base, int(number)) if base and number.isdecimal() else (line, 1)
            while (name := f"{base}.{count + 1}") in self._taken:
                count += 1
            self._taken.add(name)
            self._given[line] = name
        return self._given[line]

    def anchor(self, charge: Charge, start: date) -> date:
        """A day on which the periods of a line that begins on a day turn over."""
        return anchor_of(self._contract, charge, start)

    def given(self, line: str) -> str | None:
        """The id of the line that follows, when one was asked for."""
        return self._given.get(line)


def asked_lines(reader: Reader, contract: Contract) -> Mapping[str, RequestedLine]:
    """What was asked for each contract line, in the quotes that the contract and its changes were signed from."""
    signed = [(contract.quote, contract.quote_version)]
    signed += [(each.quote, each.quote_version) for each in contract.changes if each.quote]
    found: dict[str, RequestedLine] = {}
    for key, version in signed:
        quote = reader.get(Quote, key)
        offer = quote.offer(version) if quote is not None else None
        if offer is not None:
            found |= {str(each.id): each for each in offer.priced.request.lines}
    for line in all_lines(contract):
        if line.id not in found and line.follows in found:  # a line that came back after a suspension was not quoted
            found[line.id] = found[line.follows]._replace(id=LineId(line.id))
    return found


def parties_of(reader: Reader, contract: Contract, owner: str) -> QuoteParties:
    """The parties of a quote that changes a contract; without an owner that of the contract's quote."""
    quote = reader.get(Quote, contract.quote)
    of_quote = quote.parties.owner if quote is not None else ""
    return QuoteParties(contract.customer, owner or of_quote, contract.billing_account, contract.selling_entity)


def prices_include_tax(plan: PricePlan) -> bool:
    """Whether the prices of a book include tax, so that an agreed price is stated with it."""
    return plan.rules.tax is not None and plan.rules.tax.inclusive


def successor(
    asked: Mapping[str, RequestedLine], state: LineInForce, names: Names, *, start: date, end: date | None
) -> RequestedLine:
    """The line that follows a contract line: the same product with the same choices, for other days."""
    line = state.line
    before = asked.get(line.id) or RequestedLine(LineId(line.id), Sku(line.sku), line.quantity)
    parent = names.given(line.parent) if line.parent else None
    return before._replace(
        id=LineId(names.after(line.id)),
        parent=LineId(parent) if parent else None,
        group=before.group if parent else "",
        quantity=before.quantity if parent or not line.parent else line.quantity,
        start=start,
        end=end,
        term_months=None,
        segment=0,
        uplift_percent=NONE,
        segment_price=None,
        anchor=names.anchor(line.charge, start),
    )


def in_segments(lines: Sequence[RequestedLine], catalog: Catalog) -> tuple[RequestedLine, ...]:
    """Changed lines of which some end before others begin are segments of a ramp, numbered by the day they begin.

    They do not run beside each other, so that neither tiers nor percents nor what recurs may add them up. A line that
    runs whenever one of them begins is in no segment.
    """
    days = {n: each.start for n, each in enumerate(lines) if each.start is not None and _recurs(each, catalog)}
    starts = sorted(set(days.values()))
    if not any(end is not None and end <= starts[-1] for end in (lines[n].end for n in days)):
        return tuple(lines)

    def placed(n: int, line: RequestedLine) -> RequestedLine:
        if n not in days or (days[n] == starts[0] and (line.end is None or line.end > starts[-1])):
            return line
        return line._replace(segment=starts.index(days[n]) + 1)

    return tuple(placed(n, each) for n, each in enumerate(lines))


def _recurs(line: RequestedLine, catalog: Catalog) -> bool:
    product = catalog.products.get(line.sku)
    return product is not None and product.charge.kind is ChargeKind.RECURRING


def agreed(
    line: SubscriptionLine, follows: LineId, contract: str, author: str, *, inclusive: bool, amount: Money | None = None
) -> Iterator[ManualDiscount]:
    """The price that a contract agreed for a unit, as the agent's last word; ``amount`` in its place for a renewal.

    Usage is priced by its model, and a line that cost nothing goes on to do so.
    """
    if line.charge.kind is ChargeKind.USAGE or not line.quantity:
        return
    whole = stated_amount(line, amount, inclusive=inclusive)
    yield ManualDiscount(
        id=f"agreed.{follows}",
        on=ManualOn.LINE,
        kind=ManualKind.TARGET,
        value=EXACT.divide(whole.decimal, line.quantity),
        reason=f"agreed in {contract}, line {line.id}",
        author=author,
        target=str(follows),
        replaces=Replaces.FINAL,
    )


def stated_amount(line: SubscriptionLine, amount: Money | None = None, *, inclusive: bool) -> Money:
    """What was agreed for one charge period as a book states prices, with tax or without; ``amount`` in its place."""
    whole = line.amount if amount is None else amount
    return _with_tax(line, whole) if inclusive and line.tax is not None else whole


def _with_tax(line: SubscriptionLine, amount: Money) -> Money:
    """What the customer pays for an amount before tax, by the tax of the line as it was quoted."""
    assert line.tax is not None, "asked of a line with its quoted tax"
    if amount == line.amount or line.amount.is_zero:
        return amount + line.tax
    share = EXACT.divide(EXACT.multiply(line.tax.decimal, amount.decimal), line.amount.decimal)
    return amount + Money.exactly(share.quantize(line.tax.decimal), amount.currency)

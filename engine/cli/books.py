"""Invoices, schedules, journal entries and audits on the screen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.cli.parts import part_rows
from engine.cli.screen import Screen, amount, bar, day, day_before, days, money

KINDS = {1: "once", 2: "recurring", 3: "usage", 4: "credit"}
STATES = {
    1: "draft",
    2: "open",
    3: "partly paid",
    4: "paid",
    5: "overdue",
    6: "void",
    7: "credited",
    8: "partly credited",
}


ROUNDED = {2: ", rounded on the total", 3: ", as quoted", 4: ", rounded unit by unit", 5: ", rounded line by line"}
HALF = Decimal("0.5")
MOST_COLUMNS = 4
"""Obligations that a schedule shows side by side; more would not fit on a screen."""
SIDES = ("debits", "credits", "balance")


def show_invoice(screen: Screen, invoice: Any, *, credited: int | None = None) -> None:
    """An invoice with its lines, taxes and totals; what is paid and credited apart where the credits are known."""
    name, code = invoice.number or "draft", invoice.currency_code
    void = f", void since {day(invoice.void_date)}: {invoice.void_reason}" if invoice.void_date.year else ""
    screen.say(f"  invoice {name} of {day(invoice.invoice_date)}, due {day(invoice.due_date)}{void}", style="bold")
    rows = []
    # What costs nothing is left out beside what costs something; alone, it is what the invoice is for.
    for line in [each for each in invoice.lines if each.amount] or invoice.lines:
        rows.append([f"    {line.sku}", line.display_name, _service(line), line.quantity, amount(line.amount, code)])
        rows += _parts(line, code)
    rows += [
        ["    discount", each.coupon.partition("/")[2], "", "", amount(-each.amount, code)]
        for each in invoice.discounts
    ]
    rows += [_tax(each, code, ROUNDED.get(invoice.tax_rounding, "")) for each in invoice.taxes]
    rows.append(["    total", "", "", "", money(invoice.gross, code)])
    settled = 0 if void else invoice.gross - invoice.open
    if invoice.prepaid:
        rows.append(["    prepaid", "", "", "", amount(-invoice.prepaid, code)])
        settled -= invoice.prepaid
        if not settled:
            rows.append(["    open", "", "", "", money(invoice.open, code)])
    if invoice.number and settled:
        parts = (
            {"paid or credited": settled} if credited is None else {"credited": credited, "paid": settled - credited}
        )
        rows += [[f"    {name}", "", "", "", amount(-each, code)] for name, each in parts.items() if each]
        rows.append(["    open", "", "", "", money(invoice.open, code)])
    screen.table(["    line", "", "service", "qty", "amount"], rows, right=(3, 4))


def show_credit_note(screen: Screen, note: Any) -> None:
    """A credit note with its lines, taxes and total, as what it takes off."""
    code = note.currency_code
    void = f", void since {day(note.void_date)}" if note.void_date.year else ""
    head = f"  credit note {note.number} on {note.invoice} of {day(note.issue_date)}: {note.reason}{void}"
    screen.say(head, style="bold")
    rows = [
        [f"    {line.sku}", line.display_name, _service(line), line.quantity, amount(line.amount, code)]
        for line in note.lines
    ]
    if note.discount:
        rows.append(["    discount", "kept: coupons had taken it off", "", "", amount(note.discount, code)])
    rows += [_tax(each, code, sign=-1) for each in note.taxes]
    rows.append(["    total", "", "", "", money(-note.gross, code)])
    screen.table(["    line", "", "service", "qty", "amount"], rows, right=(3, 4))


IS_GONE = "is thrown away"
WOULD_GO = "would be thrown away"


def say_thrown_away(screen: Screen, draft: Any, what: str = IS_GONE) -> None:
    """A draft that is gone, or would be, because what it was for changed."""
    when = f"of {day(draft.invoice_date)} over {money(draft.gross, draft.currency_code)}"
    screen.say(f"  the draft {draft.name} {when} {what}; bill again for what is still owed")


def show_schedule(screen: Screen, contract: Any) -> None:
    """Obligations with what is allocated and recognised, and the schedule of those over time.

    Once something changed, what will not be billed and the price as it stands have columns of their own. The prices
    that the quote stated, less what will not be billed, add up to the prices now with usage, credits, and the refunds,
    payments and interest that were stated, which have a line of their own.
    """
    code = contract.currency_code
    shown = [each for each in contract.obligations if each.price or each.allocated or each.stated]
    changed = any(each.price != each.allocated or each.released for each in shown)
    columns = ["obligation", "timing", "stated", *(["not billed"] if changed else []), f"allocated {code}"]
    columns += [*(["price now"] if changed else []), "recognised", "remaining"]
    rows = [
        [
            _promised(each, shown),
            each.timing,
            *(amount(value, code) for value in _revenue_of(each, changed=changed)),
        ]
        for each in shown
    ]
    totals = [sum(column) for column in zip(*(_revenue_of(each, changed=changed) for each in shown), strict=True)]
    rows.append(["total", "", *(amount(value, code) for value in totals)])
    screen.table(columns, rows, right=range(2, len(columns)))
    beside = sum(each.price - each.stated + each.released for each in shown)
    if beside:
        stays, now = (
            sum(column) for column in zip(*((one.stated - one.released, one.price) for one in shown), strict=True)
        )
        sums = f"{amount(stays, code)} stated and to be billed, {amount(now, code)} now"
        told = any(each.price_effect for each in contract.stated)
        by = "usage, credits and what was stated" if told else "usage and credits"
        screen.say(f"  {by}: {amount(beside, code)}  ({sums})")
    for each in shown:
        if each.end_date.year:
            gone = "was taken back" if each.released >= each.stated else "ended early"
            last = f", last served on {day_before(each.end_date)}" if gone == "ended early" else ""
            screen.say(f"  {_promised(each, shown)} {gone}{last}")
    if any(len(each.schedule) > 1 for each in contract.obligations):
        _show_months(screen, contract, shown)


def _show_months(screen: Screen, contract: Any, shown: list[Any]) -> None:
    """The schedule of all obligations by month, those with one in columns of their own as long as they are few.

    What waits for a delivery, a report or use has a row without a month, so that the sums are the prices now.
    """
    code = contract.currency_code
    timed = [each for each in shown if each.schedule]
    own = timed if 1 < len(timed) <= MOST_COLUMNS else []
    months: dict[str, list[tuple[Any, Any]]] = {}
    for each in timed:
        for part in each.schedule:
            months.setdefault(day(part.month)[:7], []).append((each, part))
    largest = Decimal(max(_due(parts) for parts in months.values()))
    rows = []
    for month, parts in sorted(months.items()):
        columns = [amount(_due([one for one in parts if one[0] is each]), code) for each in own]
        booked = sum(part.recognized for _, part in parts)
        state = "" if not booked else "recognised" if booked == _due(parts) else f"{amount(booked, code)} recognised"
        due = _due(parts)
        rows.append([f"    {month}", *columns, amount(due, code), bar(Decimal(max(due, 0)), largest), state])
    waits = sum(each.price - sum(part.amount for part in each.schedule) for each in shown)
    if waits:
        waiting = [amount(each.price - sum(part.amount for part in each.schedule), code) for each in own]
        rows.append(["    no month yet", *waiting, amount(waits, code), "", ""])
    prices = [amount(each.price, code) for each in own]
    rows.append(["    sum", *prices, amount(sum(each.price for each in shown), code), "", ""])
    names = [_promised(each, shown) for each in own]
    screen.say("  schedule of all obligations:" if len(shown) > 1 else f"  schedule of {_promised(shown[0], shown)}:")
    screen.table(["    month", *names, "in all", "", ""], rows, right=range(1, len(own) + 2))
    if len(timed) > MOST_COLUMNS:
        contract_id = contract.contract.rpartition("/")[2]
        screen.say(f"  each line by month: cpq revenue show {contract_id} --file schedule.csv", style="dim")


def _due(parts: list[tuple[Any, Any]]) -> int:
    return sum(part.amount for _, part in parts)


def show_stated(screen: Screen, contract: Any) -> None:
    """What people stated of a contract: what it does to the price, and how much of it the books show."""
    if not contract.stated:
        return
    code = contract.currency_code
    rows = [
        [
            f"  {each.id}",
            each.kind.replace("_", " "),
            day(each.date),
            amount(each.amount, code),
            amount(each.price_effect, code) if each.price_effect else "",
            amount(each.booked, code) if each.booked else "",
            f"{each.author.rpartition('/')[2]}: {each.reason}",
        ]
        for each in contract.stated
    ]
    columns = ["  stated", "", "from", f"amount {code}", "on the price", "booked", "who and why"]
    screen.table(columns, rows, right=(3, 4, 5))


def show_position(screen: Screen, found: Any) -> None:
    """A contract at a day: what is due beside what is booked, what moved, and the functional currency where asked."""
    code = found.currency_code
    rows = [
        ["earned", amount(found.recognized, code), ""],
        ["billed, less credits", amount(found.billed, code), ""],
        *([["set aside for refunds, interest", amount(found.set_aside, code), ""]] if found.set_aside else []),
        ["contract liability", amount(found.contract_liability, code), amount(found.booked_liability, code)],
        ["contract asset", amount(found.contract_asset, code), amount(found.booked_asset, code)],
        ["still to be billed", amount(found.unbilled_backlog, code), ""],
        ["still to be earned", amount(found.rpo, code), ""],
        ["  within twelve months", amount(found.rpo_current, code), ""],
    ]
    screen.table([f"{day(found.until)}", f"due {code}", "booked"], rows, right=(1, 2))
    screen.say(
        "  due: the contract as it stands today, by the day of what happened; booked: by the day of posting",
        style="dim",
    )
    moved = [
        [f"  {day(entry.date)}" if n == 0 else "", line.account, *_sides(line.amount, code)]
        for entry in found.movements
        for n, line in enumerate(entry.lines)
    ]
    if moved:
        screen.table(["  moved", "account", "debit", "credit"], moved, right=(2, 3))
    if found.HasField("functional"):
        own = found.functional
        shown = (own.billed, own.earned, own.contract_liability, own.contract_asset, own.gain)
        columns = [f"  in {own.currency_code}: billed", "earned", "liability", "asset", "gain"]
        values = [amount(each, own.currency_code) for each in shown]
        screen.table(columns, [[f"  {values[0]}", *values[1:]]], right=range(len(columns)))


def _sides(units: int, code: str) -> tuple[str, str]:
    return (amount(units, code), "") if units > 0 else ("", amount(-units, code))


def _promised(obligation: Any, others: list[Any]) -> str:
    """The products of an obligation; the lines too where another one is for the same products."""
    skus = ", ".join(obligation.skus[:3]) + (" ..." if len(obligation.skus) > 3 else "")
    alike = sum(each.skus == obligation.skus for each in others) > 1
    return f"{skus} ({', '.join(obligation.quote_lines[:3])})" if alike else skus


def _revenue_of(obligation: Any, *, changed: bool) -> list[int]:
    """Stated, not billed, allocated, price now, recognised, remaining; the second and fourth once something changed."""
    each = obligation
    own = [each.stated, -each.released, each.allocated, each.price, each.recognized, each.price - each.recognized]
    return own if changed else [own[0], own[2], *own[4:]]


def show_entry(screen: Screen, entry: Any) -> None:
    """A journal entry under the id that `cpq revenue reverse` takes: debits on the left, credits on the right."""
    screen.say(f"  {entry.name.rpartition('/')[2]}  {entry.key}  {day(entry.post_date)}", style="dim")
    rows = [[f"    {line.account}", *_sides(line.amount, line.currency_code), line.product] for line in entry.lines]
    screen.table(["    account", "debit", "credit", ""], rows, right=(1, 2))


def show_balances(screen: Screen, balances: Any) -> None:
    """A trial balance; debits and credits are equal, or something is very wrong."""
    rows = [
        [f"  {each.account}", code, *(amount(getattr(each, side), code) for side in SIDES)]
        for each in balances.balances
        for code in [each.currency_code]
    ]
    for code in dict.fromkeys(each.currency_code for each in balances.balances):
        own = [each for each in balances.balances if each.currency_code == code]
        rows.append(["  total", code, *(amount(sum(getattr(each, side) for each in own), code) for side in SIDES)])
    screen.table(["  trial balance", "", "debits", "credits", "balance"], rows, right=(2, 3, 4))


def show_audit(screen: Screen, audit: Any) -> None:
    """Every identity with its outcome, and every row that breaks one."""
    rows = [[f"  {each.broken_count or 'none'}", each.id, each.statement] for each in audit.checks]
    screen.table(["  found", "check", "what was looked for"], rows)
    for each in audit.findings:
        screen.say(f"  {each.message}", style="red")
    verdict = "every identity holds" if audit.valid else "some identities do not hold"
    screen.say(f"  {verdict}", style="green" if audit.valid else "red")


def _tax(taxed: Any, code: str, rounded: str = "", *, sign: int = 1) -> list[str]:
    """The tax of one code; how it is rounded where that is seen in it."""
    units = Decimal(taxed.base) * Decimal(taxed.percent) / 100
    seen = rounded if abs(units - taxed.tax) > HALF else ""
    text = f"{taxed.tax_code} {taxed.percent} % of {amount(taxed.base, code)}{seen}"
    return ["    tax", text, "", "", amount(sign * taxed.tax, code)]


def _parts(line: Any, code: str) -> list[list[str]]:
    """What each tier adds to a line, below it and beside the column of amounts, which adds up without it."""
    found = []
    for what, quantity, unit, fee, total in part_rows(line.parts, code):
        units = f"{quantity} x {unit}" if unit else quantity
        price = " + ".join(each for each in (units, fee and f"{fee} flat") if each)
        found.append(["", f"  {what}", f"{price} = {total}" if price else total, "", ""])
    return found


def _service(line: Any) -> str:
    return days(line.service) if line.service.start.year else KINDS.get(line.kind, "")

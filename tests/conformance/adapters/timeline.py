"""Kind ``timeline``: a contract that changes over time, and the service lines of its invoices and credits.

Compared are the lines for service: recurring, usage, and credits of unused service, with their days and amounts, and
where credit was granted to the account, what is used of it and comes back. Other account credits are no part of billing
here; lines of nothing are left out on both sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.billing import (
    BillingPolicy,
    BillLine,
    LineKind,
    missing_lines,
)
from engine.billing.policy import ArrearsBilled
from engine.catalog import BillingTiming, Charge, ChargeKind, ChargePeriod
from engine.contracts import Contract, ContractChange, ContractTerms, LineEnd, SubscriptionLine, UsageRecord
from engine.money import Money, currency
from engine.periods import Recurrence, Unit, add_months
from engine.pricing.models import BlockPolicy, BlockTier, TieredBlocks
from tests.conformance.adapters.conventions import day_count
from tests.conformance.adapters.gap import need
from tests.conformance.adapters.timeline_account import GRANT, Account
from tests.conformance.adapters.timeline_documents import Documented, shown_lines

AT = datetime(2000, 1, 1, tzinfo=UTC)
STARTS = {"create"}
STOPS = {"cancel", "end"}
EVENTS = {"create", "change_plan", "cancel", "uncancel", "end", "pause", "resume", "usage", "set_bill_cycle_day", GRANT}
ANEW = {"void_invoices", "regenerate"}
"""All invoices so far become void, and what they billed is billed anew, on the same day."""
BLOCKS = {"block_billing": "pause", "unblock_billing": "resume"}
"""Billing that is blocked is service that is not served, from the day that the block is for."""
SERVICE = {
    "recurring": LineKind.RECURRING,
    "usage": LineKind.USAGE,
    "repair_credit": LineKind.CREDIT,
    "credit_note": LineKind.CREDIT,
}
PERIODS = {each.recurrence: each for each in ChargePeriod}


def check(case: dict[str, Any]) -> None:
    given = case["given"]
    at_once = case["convention"] == "lago"  # each change is billed by itself, and credits are notes with tax
    need(at_once or case["convention"].startswith("killbill-"), f"convention-{case['convention']}")
    modes = {each["fixed_charges_mode"] for each in given["plans"].values() if "fixed_charges" in each}
    need(modes <= {"in_advance prorated"}, "fixed-charges-by-difference")
    for event in given["events"]:
        need(event["type"] in EVENTS or event["type"] in BLOCKS or event["type"] in ANEW, f"event-{event['type']}")
        need(not (at_once and event["type"] in STOPS), "lago-termination-day")
    told = Told(case, at_once=at_once, has_add_ons=bool(modes))
    voided = {_day(each["at"]) for each in given["events"] if each["type"] in ANEW}
    until = max(_day(each["date"]) for each in case["expect"]["invoices"])
    dated = (*case["expect"]["invoices"], *given.get("before_void", ()))
    days = {*(_day(each["at"]) for each in given["events"]), *(_day(each["date"]) for each in dated)}
    for day in sorted(each for each in days if each <= until):
        before = voided and day <= max(voided)
        told.live(day, given.get("before_void", ()) if before else case["expect"]["invoices"])
        if day in voided:
            told.void(day)
            told.live(day, case["expect"]["invoices"])


class Told:
    """A story as it is billed day by day, and compared with what a source says of the day."""

    def __init__(self, case: dict[str, Any], *, at_once: bool, has_add_ons: bool) -> None:
        self._case = case
        self._at_once, self._has_add_ons = at_once, has_add_ons
        self._lines: tuple[BillLine, ...] = ()
        self._documents, self._account = Documented(case), Account(case)
        self._granted = any(each["type"] == GRANT for each in case["given"]["events"])
        self._seen = date.min

    def live(self, day: date, wanted: Sequence[dict[str, Any]]) -> None:
        """Bill what is due on a day, and compare it with the invoices wanted of it."""
        found: list[BillLine] = []
        shown: Counter[tuple[str, ...]] = Counter()
        told = _known(self._case["given"]["events"], day, at_once=self._at_once)
        # What became void is billed by all that is known, not as the day began.
        for known in told if day > self._seen else told[-1:]:
            fresh = _run(self._case, known, (*self._lines, *found), day)
            shown += self._documents.shown(fresh, day) if self._at_once else shown_lines(fresh)
            found += fresh
        self._lines = (*self._lines, *found)
        if self._has_add_ons:
            _check_add_ons(self._case, day, found)
            return
        assert shown == _expected(wanted, self._case).get(day, Counter()), day
        if self._granted:
            before = self._account.used
            events = [each for each in self._case["given"]["events"] if _day(each["at"]) == day]
            self._account.grant(events if day > self._seen else [])
            self._account.bill(found, day)
            self._account.compare(before, _account_credits(wanted, day))
        self._seen = day

    def void(self, day: date) -> None:
        """Make all invoices so far void."""
        self._lines = ()
        self._account.void(day)


def _account_credits(wanted: Sequence[dict[str, Any]], day: date) -> list[str]:
    lines = (line for each in wanted if _day(each["date"]) == day for line in each["lines"])
    return [each["amount"] for each in lines if each["type"] == "account_credit"]


def _check_add_ons(case: dict[str, Any], day: date, found: Sequence[BillLine]) -> None:
    """Add-ons of a plan are lines of their own; an add-on of both plans is charged anew and credited, on two documents.

    What the other system bills as one difference is the charge less that credit. Such cases list the add-ons of the
    invoices that they tell of, whole, and a selection of other lines; the credit of an add-on that went is no line of
    an invoice.
    """
    told = [line for each in case["expect"]["invoices"] if _day(each["date"]) == day for line in each["lines"]]
    if not told:
        return
    names = {add_on["add_on"] for plan in case["given"]["plans"].values() for add_on in plan["fixed_charges"]}
    charged: dict[tuple[str, str, str], Money] = {}
    for line in (each for each in found if each.sku in names and not each.credits and each.service is not None):
        key = (line.sku, str(line.service.start), str(line.service.end))  # type: ignore[union-attr]
        taken = [
            each.amount for each in found if each.credits and each.sku == line.sku and each.service == line.service
        ]
        charged[key] = sum(taken, line.amount)
    wanted = {
        (each["add_on"], each["start"], each["end"]): _money(each["amount"], case)
        for each in told
        if each["type"] == "fixed_charge"
    }
    assert charged == wanted, day
    others = Counter(
        (each["type"], each["start"], each["end"], str(_money(each["amount"], case)))
        for each in told
        if each["type"] != "fixed_charge"
    )
    assert others <= shown_lines([each for each in found if each.sku not in names]), day


def _known(events: Sequence[dict[str, Any]], day: date, *, at_once: bool) -> list[list[dict[str, Any]]]:
    """What is known at each run of a day: what began, then all of it; or each event after the other."""
    so_far = [each for each in events if _day(each["at"]) <= day]
    if not at_once:
        return [[each for each in so_far if _day(each["at"]) < day or each["type"] in STARTS], so_far]
    today = sum(_day(each["at"]) == day for each in so_far)
    return [so_far[: len(so_far) - left] for left in reversed(range(max(today, 1)))]


def _expected(invoices: Sequence[dict[str, Any]], case: dict[str, Any]) -> dict[date, Counter[tuple[str, ...]]]:
    expected: dict[date, Counter[tuple[str, ...]]] = {}
    for invoice in invoices:
        lines = expected.setdefault(_day(invoice["date"]), Counter())
        for line in invoice["lines"]:
            if line["type"] in SERVICE and Decimal(line["amount"]):
                lines[SERVICE[line["type"]].value, line["start"], line["end"], str(_money(line["amount"], case))] += 1
    return expected


def _run(
    case: dict[str, Any], events: Sequence[dict[str, Any]], existing: Sequence[BillLine], day: date
) -> tuple[BillLine, ...]:
    story = Story(case)
    for event in events:
        story.tell(event)
    agreed = story.contract()
    early = _is_greedy(case["given"], _expected(case["expect"]["invoices"], case))
    policy = BillingPolicy(story.models, arrears=ArrearsBilled.BY_ANY_RUN if early else ArrearsBilled.AT_END)
    return missing_lines(agreed, (), story.usage, existing, day, policy) if agreed.lines else ()


@dataclass
class Story:
    """Folds events into a contract: each stretch of a plan's phase is a line, what stops it an end."""

    case: dict[str, Any]
    lines: list[SubscriptionLine] = field(default_factory=list)
    ends: list[LineEnd] = field(default_factory=list)
    usage: list[UsageRecord] = field(default_factory=list)
    models: dict[str, TieredBlocks] = field(default_factory=dict)
    began: dict[str, date] = field(default_factory=dict)
    plans: dict[str, str] = field(default_factory=dict)
    running: dict[str, list[SubscriptionLine]] = field(default_factory=dict)
    bill_days: list[tuple[int, date, int]] = field(default_factory=list)
    """How many lines there were when a bill day was set, from when it holds, and the day."""

    def tell(self, event: dict[str, Any]) -> None:
        key = event.get("subscription", "")
        day = _day(event.get("effective", event["at"]))
        match BLOCKS.get(event["type"], event["type"]):
            case "set_bill_cycle_day":
                self.bill_days.append((len(self.lines), day, int(event["day"])))
            case "create":
                self.began[key] = day
                self._start(key, event["plan"], day)
            case "change_plan":
                key = key or next(iter(self.began))
                self._stop(key, day)
                self._start(key, event["plan"], day)
            case "resume":
                key = key or next(iter(self.began))
                self._start(key, self.plans[key], day)
            case "cancel" | "end" | "pause":
                self._stop(key or next(iter(self.began)), day)
            case "uncancel":
                self.ends = [each for each in self.ends if not each.line.startswith(f"{key}/")]
            case "usage":
                self._use(day, Decimal(event["quantity"]))

    def contract(self) -> Contract:
        given = self.case["given"]
        bill_day = _bill_day(given["account"], first=min(self.began.values(), default=date(2000, 1, 1)))
        terms = ContractTerms(bill_day=bill_day, day_count=day_count(self.case["convention"]))
        unit = currency(self.case["currency"])
        start = min((each.start for each in self.lines), default=date(2000, 1, 1))
        first = self.bill_days[0][0] if self.bill_days else len(self.lines)
        changes = tuple(replace(each, number=n) for n, each in enumerate(self._changes(start), 1))
        return Contract(
            "c", "a", unit, "q", 1, "o", "book", AT, start, tuple(self.lines[:first]), terms, changes=changes
        )

    def _changes(self, start: date) -> Iterator[ContractChange]:
        """Each change of the bill day, the lines that were signed after it, and the ends at last."""
        until = [number for number, _, _ in self.bill_days[1:]] + [len(self.lines)] * bool(self.bill_days)
        for (number, day, bill_day), following in zip(self.bill_days, until, strict=True):
            yield ContractChange(0, day, "", "", AT, bill_day=bill_day)
            if following > number:
                yield ContractChange(0, day, "", "", AT, added=tuple(self.lines[number:following]))
        if self.ends:
            yield ContractChange(0, start, "", "", AT, tuple(self.ends))

    def _start(self, key: str, plan: str, day: date) -> None:
        self.plans[key] = plan
        self.running[key] = []
        for start, end, price, charge in self._phases(key, self.case["given"]["plans"][plan], day):
            line = SubscriptionLine(
                id=f"{key}/{len(self.lines)}",
                quote_line=key,
                sku=plan,
                name=plan,
                quantity=Decimal(1),
                charge=charge,
                unit_price=Decimal(price or "0"),
                amount=_money(price or "0", self.case),
                start=start,
                end=end,
                usage_model=plan if charge.kind is ChargeKind.USAGE else "",
            )
            self.lines.append(line)
            self.running[key].append(line)
        for add_on in self.case["given"]["plans"][plan].get("fixed_charges", ()):
            self._add(key, add_on, day)

    def _add(self, key: str, add_on: dict[str, Any], day: date) -> None:
        """An add-on of a plan, charged in advance for a month of all its units."""
        price, units = Decimal(add_on["unit_price"]), Decimal(add_on["units"])
        line = SubscriptionLine(
            id=f"{key}/{len(self.lines)}",
            quote_line=key,
            sku=add_on["add_on"],
            name=add_on["add_on"],
            quantity=units,
            charge=Charge(ChargeKind.RECURRING, ChargePeriod.MONTH, BillingTiming.ADVANCE),
            unit_price=price,
            amount=_money(str(price * units), self.case),
            start=day,
        )
        self.lines.append(line)
        self.running[key].append(line)

    def _phases(
        self, key: str, plan: dict[str, Any], day: date
    ) -> Iterator[tuple[date, date | None, str | None, Charge]]:
        timing = BillingTiming.ADVANCE if plan["billing_mode"] == "in_advance" else BillingTiming.ARREARS
        if "usage" in plan:
            self.models[self.plans[key]] = _blocks(plan["usage"])
            charge = Charge(ChargeKind.USAGE, _period(plan["usage"]["period"]), BillingTiming.ARREARS, key)
            yield day, None, None, charge
            return
        start = self.began[key]
        for phase in plan["phases"]:
            end = _later(start, phase["length"]) if "length" in phase else None
            if phase["recurring"] and (end is None or end > day):
                charge = Charge(ChargeKind.RECURRING, _period(phase["recurring"]["period"]), timing)
                yield max(start, day), end, phase["recurring"]["price"], charge
            if end is None:
                return
            start = end

    def _stop(self, key: str, day: date) -> None:
        for line in self.running.get(key, []):
            if line.end is None or line.end > day:
                self.ends.append(LineEnd(line.id, max(day, line.start)))

    def _use(self, day: date, quantity: Decimal) -> None:
        metered = next(each for each in self.lines if each.charge.kind is ChargeKind.USAGE)
        self.usage.append(UsageRecord(f"u{len(self.usage)}", metered.id, day, quantity))


def _bill_day(account: dict[str, Any], *, first: date) -> int:
    """The day of the month on which periods turn over: stated, that of the first day, or the first of the month."""
    if "bill_cycle_day" in account:
        return int(account["bill_cycle_day"])
    return {"calendar": 1, "anniversary": first.day}[account["alignment"]]


def _blocks(usage: dict[str, Any]) -> TieredBlocks:
    need(usage["type"] == "tiered_blocks", f"usage-{usage['type']}")
    policy = BlockPolicy.TOP_TIER if usage["policy"] == "top_tier" else BlockPolicy.ALL_TIERS
    return TieredBlocks(
        tuple(
            BlockTier(Decimal(each["block_size"]), Decimal(each["max_blocks"]), Decimal(each["block_price"]))
            for each in usage["tiers"]
        ),
        policy,
    )


def _period(text: str) -> ChargePeriod:
    recurrence = Recurrence.parse(text)
    need(recurrence in PERIODS, "charge-period")
    return PERIODS[recurrence]


def _later(start: date, length: str) -> date:
    recurrence = Recurrence.parse(length)
    if recurrence.unit is Unit.MONTH:
        return add_months(start, recurrence.count)
    return start + timedelta(days=recurrence.count)


def _is_greedy(given: dict[str, Any], expected: dict[date, Counter[tuple[str, ...]]]) -> bool:
    """Whether a plan in arrears is expected to be billed before its period has ended."""
    arrears = all(plan["billing_mode"] == "in_arrears" for plan in given["plans"].values())
    return arrears and any(date.fromisoformat(line[2]) > day for day, lines in expected.items() for line in lines)


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _money(text: str, case: dict[str, Any]) -> Money:
    return Money.exactly(Decimal(text), currency(case["currency"]))

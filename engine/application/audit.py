"""The audit use case: plain rows read from the tables as they are, and the identities checked over them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from engine.application.audited_credits import (
    coupon_rows,
    discount_rows,
    draw_rows,
    payment_rows,
    prepaid_rows,
    refund_rows,
)
from engine.application.ports import Reader, Row
from engine.audit import (
    TITLES,
    Accounts,
    CreditLineRow,
    EventRow,
    InvoiceLineRow,
    InvoiceRow,
    JournalLineRow,
    ObligationRow,
    OrderItemRow,
    QuoteLineRow,
    ReconcilingRow,
    Rows,
    ScheduleRow,
    StateChangeRow,
    Violation,
    audit,
)
from engine.ledger import DEFAULT_CHART
from engine.ledger.accounts import AccountType

NOT_YET = date.max
TIMED = frozenset({"daily", "monthly_even", "monthly_prorate_first", "weights", "by_second"})
SOLD = frozenset({"ADD", "MODIFY"})
"""The actions of order items that sell something; others tell what of a contract goes or stays."""
REMOVABLE = frozenset({"quotes", "invoices"})
TOLD = (
    *("customers", "billing_accounts", "selling_entities", "users", "approver_groups", "quotes", "approvals"),
    *("contracts", "orders", "invoices", "credit_notes", "coupons", "prepaid_credits", "payments", "refunds"),
    *("failed_payments", "reminders"),
    *("revenue_contracts", "journal_entries"),
)
"""Tables whose every change an event tells of; drafts of quotes and invoices may be removed, with an event too."""
ACCOUNTS = Accounts(
    revenue=frozenset(code for code, account in DEFAULT_CHART.accounts.items() if account.type is AccountType.REVENUE)
)


@dataclass(frozen=True, slots=True)
class Audited:
    """How many things the audit looked at, by kind, and every identity that does not hold."""

    counts: Mapping[str, int]
    violations: tuple[Violation, ...]

    def broken(self) -> Mapping[str, int]:
        """How often each identity is broken, by its code."""
        return {**dict.fromkeys(TITLES, 0), **Counter(each.code for each in self.violations)}


def run_audit(reader: Reader, day: date) -> Audited:
    """Check all identities from quote to journal on a day."""
    rows = _Tables(reader).rows()
    counts = {name: len(getattr(rows, name)) for name in Rows.__dataclass_fields__}
    return Audited(counts, audit(rows, at=day, accounts=ACCOUNTS))


class _Tables:
    """The tables as they are stored, and the rows made of them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._orders = {each["id"]: each for each in self._read("orders", "id", "quote", "quote_version", "contract")}
        self._items = self._read("order_items", "parent_id", "item_id", "quote_line", "term_minor", "action")
        self._by_line = {
            (self._orders[each["parent_id"]]["contract"], each["quote_line"]): each["parent_id"]
            for each in self._items
            if each["action"] in SOLD
        }
        self._contracts = {each["id"]: each for each in self._read("contracts", "id", "currency")}
        self._billed = {each["id"]: each["until"] for each in self._read("billing_marks", "id", "until")}
        self._services = {
            (each["parent_id"], each["quote_line"]): each
            for each in self._read(
                "subscription_lines",
                "parent_id",
                "quote_line",
                "term_minor",
                "charge",
                "start_on",
                "end_on",
                "ended_on",
                "by_delivery",
                "released_minor",
            )
        }
        self._came_back = [key for key in self._services if key not in self._by_line]
        self._by_line |= {key: _resumption(key[0]) for key in self._came_back}
        columns = ("id", "number", "status", "currency", "net_minor", "gross_minor", "contract")
        self._invoices = {each["id"]: each for each in self._read("invoices", *columns)}
        self._open = {each["contract"] for each in self._invoices.values() if each["status"] == "draft"}
        notes = self._read("credit_notes", "id", "invoice", "net_minor", "gross_minor", "voided_on")
        self._notes = {each["id"]: each for each in notes if each["voided_on"] is None}
        self._by_hand = self._credited_by_hand()
        self._off = self._taken_off_by_coupons()
        events = self._read("events", "cursor", "entity", "record", "version")
        self._told = [each for each in events if each["record"] in TOLD]

    def rows(self) -> Rows:
        """Everything an audit reads."""
        return Rows(
            quote_lines=tuple(self._quote_lines()),
            order_items=tuple(self._order_items()),
            invoices=tuple(self._invoice_rows()),
            invoice_lines=tuple(self._invoice_lines()),
            credit_lines=tuple(self._credit_lines()),
            coupons=tuple(coupon_rows(self._reader)),
            discounts=tuple(discount_rows(self._reader, self._invoices)),
            prepaid=tuple(prepaid_rows(self._reader)),
            draws=tuple(draw_rows(self._reader)),
            payments=tuple(payment_rows(self._reader)),
            refunds=tuple(refund_rows(self._reader)),
            obligations=tuple(self._obligations()),
            schedule=tuple(self._schedule()),
            reconciling=tuple(self._reconciling()),
            journal=tuple(self._journal()),
            events=tuple(self._events()),
            changes=tuple(self._changes()),
        )

    def _read(self, table: str, *columns: str) -> list[Row]:
        return self._reader.rows(table, columns)

    def _quote_lines(self) -> Iterator[QuoteLineRow]:
        ordered = {(each["quote"]): each for each in self._orders.values()}
        for quote in self._read("quotes", "id", "currency", "offer_version", "status"):
            if quote["status"] != "ordered" or quote["id"] not in ordered:
                continue
            contract = ordered[quote["id"]]["contract"]
            for line in self._reader.rows(
                "quote_lines", ("line_id", "term_minor", "quantity", "asked"), {"parent_id": quote["id"]}
            ):
                if line["asked"]:
                    as_billed = self._is_as_billed(contract, line["line_id"])
                    yield QuoteLineRow(
                        quote["id"],
                        quote["offer_version"],
                        line["line_id"],
                        quote["currency"],
                        line["term_minor"],
                        as_billed,
                    )

        for contract, line in self._came_back:
            currency, as_billed = self._contracts[contract]["currency"], self._is_as_billed(contract, line)
            promised = self._services[contract, line]["term_minor"] or 0
            yield QuoteLineRow(_resumption(contract), 0, line, currency, promised, as_billed)

    def _order_items(self) -> Iterator[OrderItemRow]:
        for item in (each for each in self._items if each["action"] in SOLD):
            order = self._orders[item["parent_id"]]
            contract, line = order["contract"], item["quote_line"]
            yield OrderItemRow(
                order=order["id"],
                item=item["item_id"],
                quote=order["quote"],
                version=order["quote_version"],
                line=line,
                contract=contract,
                currency=self._contracts[contract]["currency"],
                net=item["term_minor"],
                taken_back=self._taken_back(contract, line),
                billing_ends=self._billing_ends(contract, line),
                as_billed=self._is_as_billed(contract, line),
            )
        for contract, line in self._came_back:
            yield OrderItemRow(
                order=_resumption(contract),
                item=line,
                quote=_resumption(contract),
                version=0,
                line=line,
                contract=contract,
                currency=self._contracts[contract]["currency"],
                net=self._services[contract, line]["term_minor"] or 0,
                taken_back=self._taken_back(contract, line),
                billing_ends=self._billing_ends(contract, line),
                as_billed=self._is_as_billed(contract, line),
            )

    def _invoice_rows(self) -> Iterator[InvoiceRow]:
        for invoice in self._numbered():
            series, _, number = invoice["number"].rpartition("-")
            net = invoice["net_minor"]
            tax = invoice["gross_minor"] - net
            is_void = invoice["status"] == "voided"
            yield InvoiceRow(invoice["id"], series, int(number), invoice["currency"], net, tax, is_void)

    def _invoice_lines(self) -> Iterator[InvoiceLineRow]:
        final = {each["id"]: each for each in self._final()}
        for line in self._read(
            "invoice_lines",
            "parent_id",
            "line_id",
            "contract",
            "quote_line",
            "kind",
            "amount_minor",
            "discount_minor",
            "credits",
        ):
            invoice = final.get(line["parent_id"])
            if invoice is not None:
                as_billed = self._is_as_billed(line["contract"], line["quote_line"])
                yield InvoiceLineRow(
                    invoice=line["parent_id"],
                    line=line["line_id"],
                    order=self._by_line.get((line["contract"], line["quote_line"]), ""),
                    item=line["quote_line"],
                    contract=line["contract"],
                    currency=invoice["currency"],
                    net=line["amount_minor"] - line["discount_minor"],
                    as_billed=as_billed,
                    credits=line["credits"],
                )

    def _credit_lines(self) -> Iterator[CreditLineRow]:
        notes = self._notes
        told: set[str] = set()
        columns = ("parent_id", "line_id", "contract", "quote_line", "amount_minor", "discount_minor", "credits")
        for line in self._read("credit_note_lines", *columns):
            if line["parent_id"] not in notes:
                continue
            note = notes[line["parent_id"]]
            # Tax stands on the note as a whole: it is told with the first line, so that it is counted once.
            tax = 0 if note["id"] in told else note["gross_minor"] - note["net_minor"]
            told.add(note["id"])
            yield CreditLineRow(
                credit_note=note["id"],
                line=line["line_id"],
                invoice=note["invoice"],
                invoice_line=line["credits"],
                order=self._by_line.get((line["contract"], line["quote_line"]), ""),
                item=line["quote_line"],
                contract=line["contract"],
                currency=self._contracts[line["contract"]]["currency"],
                net=line["discount_minor"] - line["amount_minor"],
                tax=tax,
                as_billed=self._is_as_billed(line["contract"], line["quote_line"]),
            )

    def _obligations(self) -> Iterator[ObligationRow]:
        contracts = {each["id"]: each for each in self._read("revenue_contracts", "id", "currency", "recognised_until")}
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for line in self._read("schedule_lines", "parent_id", "obligation_id", "amount_minor"):
            sums[line["parent_id"], line["obligation_id"]] += line["amount_minor"]
        columns = ("parent_id", "obligation_id", "quote_lines", "timing", "price_minor", "recognised_minor", "ended_on")
        for row in self._read("obligations", *columns):
            contract = contracts[row["parent_id"]]
            until = contract["recognised_until"]
            waits = row["timing"] not in TIMED or row["ended_on"] is not None
            yield ObligationRow(
                contract=row["parent_id"],
                obligation=row["obligation_id"],
                currency=contract["currency"],
                price=row["price_minor"],
                recognised=row["recognised_minor"],
                recognised_until=date.fromisoformat(until) if until else None,
                scheduled=not waits or sums[row["parent_id"], row["obligation_id"]] == row["price_minor"],
                as_billed=self._is_as_billed(row["parent_id"], row["quote_lines"].partition(",")[0]),
            )

    def _schedule(self) -> Iterator[ScheduleRow]:
        currencies = {each["id"]: each["currency"] for each in self._read("revenue_contracts", "id", "currency")}
        for line in self._read("schedule_lines", "parent_id", "obligation_id", "due_on", "amount_minor"):
            currency, on = currencies[line["parent_id"]], date.fromisoformat(line["due_on"])
            yield ScheduleRow(line["parent_id"], line["obligation_id"], currency, on, line["amount_minor"])

    def _reconciling(self) -> Iterator[ReconcilingRow]:
        """What people stated of contracts beside their lines, as far as it changes a price."""
        currencies = {each["id"]: each["currency"] for each in self._read("revenue_contracts", "id", "currency")}
        for item in self._read("stated_items", "parent_id", "item_id", "kind", "price_minor"):
            if item["price_minor"]:
                name = f"{item['item_id']} {item['kind']}"
                yield ReconcilingRow(item["parent_id"], currencies[item["parent_id"]], name, item["price_minor"])

    def _journal(self) -> Iterator[JournalLineRow]:
        keys: dict[str, str] = {
            each["id"]: each["entry_key"] for each in self._read("journal_entries", "id", "entry_key")
        }
        columns = ("parent_id", "account", "currency", "amount_minor", "contract", "obligation", "invoice")
        for line in self._read("journal_lines", *columns):
            yield JournalLineRow(
                entry=keys.get(line["parent_id"], ""),
                account=line["account"],
                currency=line["currency"],
                amount=line["amount_minor"],
                contract=line["contract"],
                obligation=line["obligation"],
                invoice=line["invoice"],
            )

    def _events(self) -> Iterator[EventRow]:
        for event in self._told:
            yield EventRow(str(event["cursor"]), _entity(event["record"], event["entity"]))

    def _changes(self) -> Iterator[StateChangeRow]:
        """Every save of a record with the event that tells of it: versions that no event tells of, and no others.

        The versions of a record run from 1 to the one it has; of a removed one nobody knows more than its events.
        """
        versions = {
            _entity(table, each["id"]): each["version"] for table in TOLD for each in self._read(table, "id", "version")
        }
        told: dict[str, set[int]] = defaultdict(set)
        for event in self._told:
            entity, version = _entity(event["record"], event["entity"]), event["version"]
            told[entity].add(version)
            if version <= versions.get(entity, version if event["record"] in REMOVABLE else 0):
                yield StateChangeRow(entity, version, str(event["cursor"]))
        for entity, latest in versions.items():
            for version in sorted(set(range(1, latest + 1)) - told[entity]):
                yield StateChangeRow(entity, version, "")

    def _numbered(self) -> Iterator[Row]:
        return (each for each in self._invoices.values() if each["status"] != "draft")

    def _final(self) -> Iterator[Row]:
        return (each for each in self._invoices.values() if each["status"] == "finalized")

    def _credited_by_hand(self) -> Mapping[tuple[str, str], int]:
        """Credits without a service period are those that somebody gave; all others follow from an ended service."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        for line in self._read("credit_note_lines", "contract", "quote_line", "amount_minor", "by_hand"):
            if line["by_hand"]:
                found[line["contract"], line["quote_line"]] -= line["amount_minor"]
        return found

    def _taken_off_by_coupons(self) -> Mapping[tuple[str, str], int]:
        """What coupons take off final invoices, less what credit notes keep of it."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        final = {each["id"] for each in self._final()}
        columns = ("parent_id", "contract", "quote_line", "discount_minor")
        invoiced = (each for each in self._read("invoice_lines", *columns) if each["parent_id"] in final)
        credited = (each for each in self._read("credit_note_lines", *columns) if each["parent_id"] in self._notes)
        for line in (*invoiced, *credited):
            found[line["contract"], line["quote_line"]] += line["discount_minor"]
        return found

    def _taken_back(self, contract: str, line: str) -> int:
        service = self._services.get((contract, line))
        released = service["released_minor"] if service is not None else None
        return self._by_hand.get((contract, line), 0) + self._off.get((contract, line), 0) + (released or 0)

    def _billing_ends(self, contract: str, line: str) -> date:
        """The day from which all of a line must be on final invoices; while drafts wait nothing has to be yet."""
        service = self._services.get((contract, line))
        billed = self._billed.get(contract)
        if service is None or billed is None or contract in self._open:
            return NOT_YET
        end = service["ended_on"] or service["end_on"] or service["start_on"]
        delivered = service["charge"] != "one_time" or not service["by_delivery"]
        return date.fromisoformat(end) if delivered and end <= billed else NOT_YET

    def _is_as_billed(self, contract: str, line: str) -> bool:
        """Whether a line has no agreed price: usage, and a service without an agreed end."""
        service = self._services.get((contract, line))
        if service is None:
            return False
        return service["charge"] == "usage" or (service["charge"] == "recurring" and service["end_on"] is None)


def _entity(table: str, key: str) -> str:
    return f"{table}/{key}"


def _resumption(contract: str) -> str:
    """What sold the lines that came back after a suspension, which no quote did."""
    return f"resumption of {contract}"

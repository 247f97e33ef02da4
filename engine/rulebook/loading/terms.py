"""The folder ``terms/``: contract terms, billing, recognition, standalone selling prices, fulfilment plans, tax."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from engine.billing.dunning import NO_DUNNING, DunningPolicy, DunningRuns
from engine.billing.policy import ArrearsBilled, BillingPolicy, PartMinimum, UsageThresholds, ZeroInvoices
from engine.catalog import STANDARD_TAX, Catalog
from engine.contracts.renewal import RenewalKind, RenewalPrice, RenewalTerms
from engine.contracts.terms import ContractTerms, NoticeEnds, PaymentFrom
from engine.diagnostics import Span, did_you_mean
from engine.money import Rounding
from engine.orders.plan import FulfilmentPlan, FulfilmentStep, plan_faults
from engine.periods import DayCount, PartMonths
from engine.pricing.plan import Window
from engine.pricing.settings import TaxLevel, TaxRate, TaxSettings, TaxSide, TaxSource
from engine.revenue.policy import (
    Gaap,
    RecognitionPolicy,
    RevenuePolicies,
    ScheduleRounding,
    SspBook,
    SspEntry,
    Timing,
)
from engine.rulebook import values
from engine.rulebook.codes import finding, warning
from engine.rulebook.fields import Limits
from engine.rulebook.formats.terms import TERMS
from engine.rulebook.loading.book_head import check_days
from engine.rulebook.loading.constraints import report_repeated
from engine.rulebook.loading.price_table import text_of, window_of
from engine.rulebook.loading.pricing_scope import PricingScope, conditions, known_sku
from engine.rulebook.loading.products import amounts
from engine.rulebook.loading.sources import TABLES, Sources
from engine.rulebook.loading.table_rows import CellChecker, divide, out_names, rows_of
from engine.rulebook.loading.tax_rates import PlacedRate, code_findings, rate_findings
from engine.rulebook.nodes import Report, Scalar
from engine.rulebook.reader import Read
from engine.rulebook.table import Table, row_span
from engine.rulebook.terms import Terms
from engine.rulebook.values import Unreadable

FOLDER = "terms"


@dataclass(frozen=True, slots=True)
class TermsRead:
    """What the folder says: the terms, and the tax settings, which belong to pricing."""

    terms: Terms
    tax: TaxSettings | None


def read_terms(sources: Sources, scope: PricingScope) -> TermsRead:
    """Read the folder; later files add to earlier ones, a setting given twice is reported."""
    return _Terms(sources, scope).read()


class _Terms:
    def __init__(self, sources: Sources, scope: PricingScope) -> None:
        self.sources, self.scope, self.report = sources, scope, sources.report
        self.contract = ContractTerms()
        self.billing = BillingPolicy()
        self.dunning = NO_DUNNING
        self.gaap = Gaap.IFRS
        self.policies: dict[str, RecognitionPolicy] = {}
        self.ssp: list[SspEntry] = []
        self.version = ""
        self.plans: dict[str, FulfilmentPlan] = {}
        self.tax: TaxSettings | None = None
        self.rates: list[PlacedRate] = []
        self.rates_are_read = True
        self.seen: dict[str, Span] = {}
        self.given: dict[str, Span] = {}

    def read(self) -> TermsRead:
        for _, read in self.sources.records(FOLDER, TERMS):
            self._file(read)
        for path in self.sources.in_folder(FOLDER, TABLES):
            table = self.sources.table(path) if not self.sources.is_used(path) else None
            if table is not None:
                self._table(table)
        if self.rates and self.tax is None:
            self.tax = TaxSettings()
        if self.rates and self.tax is not None and self.tax.source is TaxSource.HOOK:
            message = "the tax service answers rates, and the book has rates of its own"
            hint = "take the rates out, or leave out `rates_from: hook`"
            self.report.add(finding("TRM403", message, self.given["tax"], hint))
        if self.tax is None:
            _untaxed(self.scope.catalog, self.report)
        tax = replace(self.tax, rates=tuple(each.rate for each in self.rates)) if self.tax is not None else None
        if tax is not None and tax.source is TaxSource.TABLE:
            self._check_rates(tax)
        check_policies(self.scope.catalog, self.policies, self.plans, self.report)
        book = SspBook(self.version, tuple(self.ssp))
        revenue = RevenuePolicies(MappingProxyType(self.policies), book, gaap=self.gaap)
        plans = MappingProxyType(self.plans)
        return TermsRead(Terms(self.contract, self.billing, revenue, plans, self.dunning), tax)

    def _check_rates(self, tax: TaxSettings) -> None:
        """Check the rates with each other and, when all could be read, with the codes of the products."""
        self.report.add(*rate_findings(self.rates))
        if self.rates_are_read:
            refuse = tax.unknown_is_refused
            self.report.add(*code_findings(self.rates, self.scope.catalog, self.scope.line, refuse=refuse))

    def _file(self, read: Read) -> None:
        self._report_given_twice(read)
        self._settings(read)
        for each in read.records("recognition"):
            report_repeated(each, self.seen, self.report)
            self.policies[each.text("id")] = _policy(each, self.report)
        for each in read.records("ssp"):
            check_days(each, self.report)
            sku = each.scalar("sku")
            if sku is not None and known_sku(sku, self.scope):
                self.ssp += _ssp(each, self.report)
        for each in read.records("fulfilment"):
            self._plan(each)

    def _report_given_twice(self, read: Read) -> None:
        for name in ("contract", "billing", "dunning", "gaap", "tax", "ssp_version"):
            if read.has(name) and name in self.given:
                first = self.given[name]
                message = f"`{name}` is given twice, first at {first.path}:{first.line}"
                self.report.add(finding("FLD008", message, read.place(name), "keep one"))
            if read.has(name):
                self.given[name] = read.place(name)

    def _settings(self, read: Read) -> None:
        contract, billing, tax = read.one("contract"), read.one("billing"), read.one("tax")
        if contract is not None:
            self.contract = ContractTerms(
                contract.integer("payment_days", 30),
                contract.integer("bill_day", 0),
                DayCount(contract.text("day_count", "daily")),
                contract.integer("notice_days", 0),
                PartMonths(contract.text("part_months", "prorated")),
                PaymentFrom(contract.text("payment_from", "invoice")),
                NoticeEnds(contract.text("notice_ends", "day")),
                _renewal(contract.one("renewal"), self.report),
            )
        if billing is not None:
            self.billing = BillingPolicy(
                late_usage_periods=billing.integer("late_usage_periods", 2),
                part_minimum=PartMinimum(billing.text("part_minimum", "prorated")),
                zero_invoices=ZeroInvoices(billing.text("zero_invoices", "priced")),
                arrears=ArrearsBilled(billing.text("arrears", "at_end")),
                thresholds=MappingProxyType(dict(_thresholds(billing, self.report))),
            )
        dunning = read.one("dunning")
        if dunning is not None:
            self.dunning = DunningPolicy(
                retry_days=tuple(int(values.number(each)) for each in dunning.texts("retry_days")),
                reminders=dunning.integer("reminders", 0),
                days_between=dunning.integer("days_between", 7),
                thresholds=MappingProxyType(amounts(dunning, "thresholds")),
                runs=DunningRuns(dunning.text("runs", "daily")),
            )
        if tax is not None:
            self._tax(tax)
        self.gaap = Gaap(read.text("gaap", self.gaap.value))
        self.version = read.text("ssp_version", self.version)

    def _tax(self, read: Read) -> None:
        self.tax = TaxSettings(
            inclusive=read.flag("included", default=False),
            level=TaxLevel(read.text("round_at", "line")),
            side=TaxSide(read.text("round", "tax")),
            unknown_is_refused=read.text("unknown", "refuse") == "refuse",
            mode=Rounding(read.text("mode")) if read.has("mode") else None,
            source=TaxSource(read.text("rates_from", "table")),
        )
        for each in read.records("rates"):
            when = conditions(each, "when", self.scope.line, self.report)
            percent = each.number("percent")
            if when is None or percent is None:
                self.rates_are_read = False
                continue
            window = Window(each.day("from"), each.day("until"))
            rate = TaxRate(each.text("code"), percent, each.number("fixed") or Decimal(0), when, window)
            self.rates.append(PlacedRate(rate, each.place("code"), each.place("percent")))

    def _plan(self, read: Read) -> None:
        steps = tuple(
            FulfilmentStep(
                each.text("id"),
                each.text("department"),
                each.texts("after"),
                each.flag("no_return", default=False),
                each.text("compensation"),
                each.flag("delivers", default=False),
            )
            for each in read.records("steps")
        )
        plan = FulfilmentPlan(read.text("id"), steps)
        if plan.id in self.plans:
            self.report.add(finding("FLD008", f"the plan `{plan.id}` is given twice", read.place("id"), "keep one"))
        for fault in plan_faults(plan):
            self.report.add(finding("TRM402", fault.message, read.place("id"), fault.hint))
        self.plans[plan.id] = plan

    def _table(self, table: Table) -> None:
        names = out_names(table)
        if "percent" in names:
            self._tax_table(table)
        elif {"low", "high"} & set(names) or "ssp" in names:
            self._ssp_table(table)
        else:
            hint = "add `out: percent` (tax rates) or `out: ssp` (standalone selling prices)"
            self.report.add(finding("TBL008", "the table has no result that terms know", table.span, hint))

    def _tax_table(self, table: Table) -> None:
        columns = divide(table, ("percent", "fixed"), ("tax_code", "from", "until", "note"), self.report)
        checker = CellChecker(table, columns, self.scope.line, self.report)
        for row in rows_of(table, columns):
            when, percent, fixed = checker.conditions(row), row.result("percent"), row.result("fixed")
            if percent is None:
                hint = "give a percent, 0 where no tax is due"
                self.report.add(finding("FLD002", "the percent is missing", row_span(table, row.row), hint))
            found = None if percent is None else _from_zero(percent, self.report, values.percent)
            extra = Decimal(0) if fixed is None else _from_zero(fixed, self.report)
            if when is None or percent is None or found is None or extra is None:
                self.rates_are_read = False
                continue
            code = text_of(row, "tax_code") or STANDARD_TAX
            rate = TaxRate(code, found, extra, when, window_of(row, self.scope))
            self.rates.append(PlacedRate(rate, row_span(table, row.row), percent.span))

    def _ssp_table(self, table: Table) -> None:
        notes = ("sku", "currency", "region", "segment", "channel", "from", "until", "note")
        columns = divide(table, ("ssp", "low", "high"), notes, self.report)
        for row in rows_of(table, columns):
            sku, currency = row.note("sku"), row.note("currency")
            price, low, high = row.result("ssp"), row.result("low"), row.result("high")
            if sku is None or not known_sku(sku, self.scope):
                continue
            try:
                code = values.currency(currency.text) if currency is not None else self.scope.default_currency
            except Unreadable as problem:
                place = sku if currency is None else currency
                self.report.add(finding(problem.code, problem.message, place.span, problem.hint))
                continue
            found = [None if each is None else _from_zero(each, self.report) for each in (low, price, high)]
            if any(cell is not None and amount is None for cell, amount in zip((low, price, high), found, strict=True)):
                continue
            bounds = _range((found[0], found[1], found[2]), sku.span, self.report)
            if bounds is not None:
                window = window_of(row, self.scope)
                header = (text_of(row, "region"), text_of(row, "segment"), text_of(row, "channel"))
                self.ssp.append(SspEntry(sku.text, code, *bounds, *header, window.start, window.end, span=sku.span))


def _thresholds(billing: Read, report: Report) -> Iterator[tuple[str, UsageThresholds]]:
    """The thresholds of each currency, ascending and above nothing."""
    seen: set[str] = set()
    for each in billing.records("usage_thresholds"):
        currency, every = each.text("currency"), each.number("every")
        at = tuple(values.number(text) for text in each.texts("at"))
        rises = all(low < high for low, high in zip((Decimal(0), *at), at, strict=False))
        for wrong, key, message, hint in (
            (currency in seen, "currency", f"`{currency}` has thresholds already", "put them in one record"),
            (not rises, "at", "thresholds rise, each above the one before and above 0", "put them in order"),
            (every is not None and every <= 0, "every", "`every` is above 0", "leave it out where thresholds end"),
            (not at and every is None, "currency", f"`{currency}` has no threshold", "give `at`, `every` or both"),
        ):
            if wrong:
                report.add(finding("TRM403", message, each.place(key), hint))
        seen.add(currency)
        yield currency, UsageThresholds(at, every)


def _from_zero(cell: Scalar, report: Report, read: Callable[[str], Decimal] = values.number) -> Decimal | None:
    """The number of zero or more in a cell; a faulty one is reported where it stands."""
    try:
        found = read(cell.text)
        values.check_limits(found, Limits.FROM_ZERO)
    except Unreadable as problem:
        report.add(finding(problem.code, problem.message, cell.span, problem.hint))
        return None
    return found


def _policy(read: Read, report: Report) -> RecognitionPolicy:
    timing = Timing(read.text("timing"))
    weights = tuple(values.number(each) for each in read.texts("weights"))
    if (timing is Timing.WEIGHTS) != bool(weights):
        message = f"the policy `{read.text('id')}` needs weights exactly when its timing is `weights`"
        report.add(finding("TRM403", message, read.place("timing"), "add or remove `weights:`"))
    return RecognitionPolicy(
        id=read.text("id"),
        timing=timing,
        rounding=ScheduleRounding(read.text("rounding", "cumulative")),
        merge_key=read.text("merge_key"),
        series=read.flag("series", default=False),
        category=read.text("category"),
        weights=weights,
        span=read.place("id"),
    )


def _renewal(read: Read | None, report: Report) -> RenewalTerms:
    if read is None:
        return RenewalTerms()
    least, most = read.number("uplift_percent_min"), read.number("uplift_percent_max")
    uplift = read.number("uplift_percent") or Decimal(0)
    if most is not None and max(uplift, least or uplift) > most:
        message = f"the uplift is at most {most} percent, and asks for {max(uplift, least or uplift)}"
        report.add(finding("TRM403", message, read.place("uplift_percent_max"), "raise the cap, or lower the uplift"))
    return RenewalTerms(
        kind=RenewalKind(read.text("kind", "on_request")),
        months=read.integer("months", 0),
        price=RenewalPrice(read.text("price", "same")),
        uplift_percent=uplift,
        uplift_percent_min=least,
        uplift_percent_max=most,
        list_discount_percent=read.number("list_discount_percent") or Decimal(0),
        lead_days=read.integer("lead_days", 0),
    )


def _ssp(read: Read, report: Report) -> Iterator[SspEntry]:
    prices, low, high = amounts(read, "price"), amounts(read, "low"), amounts(read, "high")
    for currency in dict.fromkeys((*prices, *low, *high)):
        bounds = _range((low.get(currency), prices.get(currency), high.get(currency)), read.place("sku"), report)
        if bounds is not None:
            yield SspEntry(
                read.text("sku"),
                currency,
                *bounds,
                read.text("region"),
                read.text("segment"),
                read.text("channel"),
                read.day("from"),
                read.day("until"),
                residual=read.flag("residual", default=False),
                span=read.place("sku"),
            )


def _range(
    found: tuple[Decimal | None, Decimal | None, Decimal | None], place: Span, report: Report
) -> tuple[Decimal, Decimal, Decimal] | None:
    """Low, mid and high from what is given; the middle of a range is its mean."""
    low, mid, high = found
    if mid is not None:
        low, high = low if low is not None else mid, high if high is not None else mid
    elif low is not None and high is not None:
        mid = (low + high) / 2
    if low is None or mid is None or high is None:
        report.add(finding("FLD002", "the standalone selling price is missing", place, "give a price, or low and high"))
        return None
    if not low <= mid <= high:
        report.add(finding("TRM403", f"the range {low} to {high} does not hold {mid}", place, "order the amounts"))
        return None
    return low, mid, high


def _untaxed(catalog: Catalog, report: Report) -> None:
    """A product with a tax code of its own in a book that states no tax: somebody counts on a tax that is not there."""
    coded = [each for each in catalog.products.values() if each.tax_code != STANDARD_TAX]
    if coded:
        message = (
            f"`{coded[0].sku}` has the tax code `{coded[0].tax_code}`, and the book states no tax: quotes bear none"
        )
        hint = "give `tax` with its rates or `rates_from: hook` in terms/, or take the tax codes out"
        report.add(warning("TRM404", message, coded[0].span or Span(""), hint))


def check_policies(
    catalog: Catalog, policies: dict[str, RecognitionPolicy], plans: dict[str, FulfilmentPlan], report: Report
) -> None:
    """Products must name recognition policies and fulfilment plans that exist; each unknown name is reported once."""
    told: set[str] = set()
    for product in catalog.products.values():
        for kind, name, known in (
            ("recognition policy", product.recognition, list(policies)),
            ("fulfilment plan", product.fulfilment, list(plans)),
        ):
            if not name or name in known or f"{kind} {name}" in told:
                continue
            told.add(f"{kind} {name}")
            hint = did_you_mean(name, known) or "declare it in terms/"
            place = product.span or Span("")
            report.add(finding("TRM401", f"`{product.sku}` names an unknown {kind} `{name}`", place, hint))

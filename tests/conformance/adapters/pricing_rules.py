"""What a pricing case gives, as rules and a request of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.catalog import LineId, Sku
from engine.language import NUMBER, optional
from engine.money import Rounding
from engine.pricing.effects import (
    Amount,
    Basis,
    BuyGet,
    Effect,
    FirstNext,
    ForEach,
    Gift,
    On,
    Percent,
    Select,
    SetPrice,
    Sign,
    Tiered,
    TierStep,
    UnitPick,
    UnitsOff,
)
from engine.pricing.models import Graduated, PriceModel, Stairstep, Tier, TierEffect, Volume
from engine.pricing.plan import (
    ALWAYS,
    Across,
    BookFormula,
    Cap,
    Combine,
    FormulaBase,
    Level,
    Limit,
    Match,
    Mode,
    ModelUse,
    Narrowness,
    PercentBasis,
    PercentOfTotal,
    Pick,
    PoolScope,
    PriceEntry,
    PricingRules,
    Rule,
    RuleGroup,
    RuleId,
    Spread,
    UnitsBase,
    UsageLimit,
    Window,
    Within,
)
from engine.pricing.request import PriceRequest, Redeemed, RequestLine
from engine.pricing.settings import (
    BudgetOverrun,
    Habits,
    RoundingOf,
    RoundingPoint,
    RoundingSettings,
    TaxLevel,
    TaxRate,
    TaxSettings,
    TaxSide,
    TieBreak,
    UnusableCode,
)
from tests.conformance.adapters.pricing_conditions import Conditions, every_condition

Given = Mapping[str, Any]
DAY = timedelta(days=1)
DEFAULT_DATE = "2026-01-15"
LINE_WORDS = ("id", "sku", "qty", "list", "cost", "floor", "tax", "discountable", "attribute_surcharges", "percent_of")


class CaseRules:
    """Builds the rules and the request of one case."""

    def __init__(self, case: Given) -> None:
        self.case = case
        self.given: Given = case["given"]
        self.code: str = case["currency"]["code"]
        self.conditions = Conditions(self.given, every_condition(self.given))
        self.levels = {group["id"]: group.get("level", "line") for group in self.given.get("groups", ())}

    def rules(self) -> PricingRules:
        given = self.given
        return PricingRules(
            self.code,
            entries=self._entries(),
            models=tuple(self._model(sku, model) for sku, model in given.get("models", {}).items()),
            percent_of=tuple(
                PercentOfTotal(
                    RuleId(f"percent-{line['id']}"),
                    line["sku"],
                    Decimal(line["percent_of"]["percent"]),
                    self.conditions.all(line["percent_of"].get("of"), "line"),
                    PercentBasis.LIST if line["percent_of"].get("basis") == "list" else PercentBasis.NET,
                )
                for line in given["lines"]
                if "percent_of" in line
            ),
            groups=tuple(self._group(group) for group in given.get("groups", ())),
            rules=tuple(self._rule(rule) for rule in given.get("rules", ())),
            rounding=rounding_of(self.case),
            tax=self._tax(),
            habits=Habits(
                ties=TieBreak.LISTED,
                unusable_codes=UnusableCode.REPORT,
                budget_overrun=self._overrun(),
                split_over_units=bool(given.get("unit_split")),
            ),
        )

    def request(self) -> PriceRequest:
        given = self.given
        quote = dict(given.get("quote", {}))
        codes = tuple(quote.pop("codes", ()))
        models = given.get("models", {})
        lines = []
        for line in given["lines"]:
            facts = {
                name: self._fact("line", name, value)
                for name, value in line.items()
                if name not in LINE_WORDS and value is not None
            }
            prior = models.get(line["sku"], {}).get("prior_qty", "0")
            lines.append(
                RequestLine(
                    LineId(line["id"]),
                    Sku(line["sku"]),
                    Decimal(line["qty"]),
                    facts=facts,
                    list_price=_decimal(line.get("list")),
                    surcharges=tuple(Decimal(each) for each in line.get("attribute_surcharges", ())),
                    cost=_decimal(line.get("cost")),
                    floor=_decimal(line.get("floor")),
                    discountable=line.get("discountable", True) in (True, "true"),
                    tax_code=line.get("tax") or "",
                    prior_quantity=Decimal(prior),
                )
            )
        redeemed = {rule["id"]: _redeemed(rule["limit"]) for rule in given.get("rules", ()) if "limit" in rule}
        return PriceRequest(
            date.fromisoformat(given.get("date", DEFAULT_DATE)),
            self.code,
            tuple(lines),
            customer={name: self._fact("customer", name, value) for name, value in given.get("customer", {}).items()},
            quote={name: self._fact("quote", name, value) for name, value in quote.items()},
            codes=codes,
            redeemed=redeemed,
        )

    def _fact(self, root: str, name: str, value: Any) -> Any:
        """A fact as the type that the conditions of the case read it with."""
        if self.conditions.names[root].get(name) == optional(NUMBER) and isinstance(value, str | int):
            return Decimal(value)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list):
            return tuple(value)
        return str(value) if isinstance(value, int) else value

    def _overrun(self) -> BudgetOverrun:
        policies = {rule.get("limit", {}).get("overrun") for rule in self.given.get("rules", ())}
        capped = "cap" in policies or "cap" in (self.case.get("convention") or "")
        return BudgetOverrun.CAP if capped else BudgetOverrun.REFUSE

    def _entries(self) -> tuple[PriceEntry, ...]:
        entries = [self._entry(entry, entry.get("book", "")) for entry in self.given.get("prices", ())]
        for name, book in self.given.get("books", {}).items():
            listed = book if isinstance(book, list) else book.get("prices", book.get("entries", ()))
            entries.extend(self._entry(entry, name) for entry in listed)
        return tuple(entries)

    def _entry(self, entry: Given, book: str) -> PriceEntry:
        formula = entry.get("formula")
        return PriceEntry(
            RuleId(entry["id"]),
            _match(entry.get("match", {})),
            book=book,
            currency=entry.get("currency", ""),
            price=_decimal(entry.get("price")),
            formula=None if formula is None else _formula(formula),
            when=self.conditions.all(entry.get("when"), "line"),
            quantity_min=_decimal(entry.get("qty_from")),
            quantity_max=_decimal(entry.get("qty_to")),
            window=_window(entry),
            priority=int(entry.get("priority", 0)),
            weight=int(entry.get("weight", 0)),
        )

    def _model(self, sku: str, model: Given) -> ModelUse:
        pool = model.get("pool")
        scope, where = PoolScope.LINE, ()
        if isinstance(pool, list) and pool and isinstance(pool[0], str):
            names = ", ".join(f'"{each}"' for each in pool)
            scope = PoolScope.QUOTE
            where = (self.conditions.expression(f"line.id in ({names}) or line.sku in ({names})"),)
        elif isinstance(pool, list):
            scope, where = PoolScope.QUOTE, self.conditions.all(pool, "line")
        elif pool:
            scope = PoolScope(pool) if isinstance(pool, str) else PoolScope.SKU
        return ModelUse(RuleId(f"model-{sku}"), sku, _price_model(model), scope, where)

    def _group(self, group: Given) -> RuleGroup:
        percent, amount = group.get("cap_percent"), group.get("cap_amount")
        cap = None
        if percent is not None or amount is not None:
            cap = Cap(_decimal(percent), {} if amount is None else {self.code: Decimal(amount)})
        return RuleGroup(
            group["id"],
            Level(group.get("level", "line")),
            pick=Pick(group.get("pick", "all")),
            combine=Combine(group.get("combine", "compound")),
            at_most=None if group.get("at_most") is None else int(group["at_most"]),
            cap=cap,
            within=Within(group.get("within", "best")),
            across=Across(group.get("across", "stop")),
        )

    def _rule(self, rule: Given) -> Rule:
        level = self.levels[rule["group"]]
        give = rule["give"]
        limit = rule.get("limit", {})
        most = give.get("max_amount")
        on_units = give.get("on") == "units"
        return Rule(
            RuleId(rule["id"]),
            rule["group"],
            {"": self._effect(give, level)},
            when=self.conditions.all(rule.get("when"), level),
            window=_window(rule),
            priority=int(rule.get("priority", 0)),
            code=rule.get("code", ""),
            usage=UsageLimit(
                limit.get("uses") if limit.get("uses") is None else int(limit["uses"]),
                None if limit.get("per_customer") is None else int(limit["per_customer"]),
                {} if limit.get("budget") is None else {self.code: Decimal(limit["budget"])},
            ),
            limit=Limit(
                {} if most is None else {self.code: Decimal(most)},
                None if on_units else _decimal(give.get("max_units")),
                UnitsBase(give.get("max_units_base", "current")),
            ),
            target=self.conditions.all(give.get("target"), "line"),
            spread=Spread(give.get("spread", "by_net")),
            exclusive=bool(rule.get("exclusive")),
            stop=bool(rule.get("stop")),
            mode=Mode(rule.get("mode", "compound")),
        )

    def _effect(self, give: Given, level: str) -> Effect:
        if "gift" in give:
            gift = give["gift"]
            each = give.get("for_each")
            times = None
            if each is not None:
                times = ForEach(Decimal(str(each["qty"])), self.conditions.all(each.get("of"), "line"))
            return Gift(gift["sku"], Decimal(str(gift.get("qty", "1"))), Decimal(gift.get("unit_price", "0")), times)
        if "buy" in give:
            return self._buy_get(give)
        if "amount_first" in give:
            return FirstNext(Decimal(give["amount_first"]), Decimal(give["amount_next"]))
        if "tiers" in give:
            on = On(give.get("on", "unit"))
            steps = tuple(TierStep(Decimal(tier["from"]), _simple(tier, on, give)) for tier in give["tiers"])
            return Tiered(self.conditions.formula(give["measure"], level), steps)
        on = On(give.get("on", "unit" if level == "line" else "order"))
        effect = _simple(give, on, give)
        if on is not On.UNITS:
            return effect
        select = Select(give.get("select", "line_order" if "group_of" in give else "cheapest"))
        count = give.get("max_units")
        group_of = give.get("group_of")
        return UnitsOff(
            effect,
            select,
            None if count is None else Decimal(str(count)),
            None if group_of is None else int(group_of),
        )

    def _buy_get(self, give: Given) -> BuyGet:
        buy, get = give["buy"], give["get"]
        sets = give.get("max_sets", give.get("at_most"))
        return BuyGet(
            UnitPick(Decimal(str(buy["qty"])), self.conditions.all(buy.get("of"), "line")),
            UnitPick(
                Decimal(str(get["qty"])),
                self.conditions.all(get.get("of"), "line"),
                Select(get.get("select", "cheapest")),
            ),
            Decimal(get.get("percent_off", "100")),
            repeat=bool(give.get("repeat")),
            partial=bool(give.get("partial")),
            sets_max=None if sets is None else int(sets),
        )

    def _tax(self) -> TaxSettings | None:
        tax = self.given.get("tax")
        if tax is None:
            return None
        fixed = tax.get("fixed", {})
        codes = dict.fromkeys([*tax.get("rates", {}), *fixed])
        rates = tuple(
            TaxRate(code, Decimal(tax.get("rates", {}).get(code, "0")), Decimal(fixed.get(code, "0"))) for code in codes
        )
        return TaxSettings(
            bool(tax.get("inclusive")),
            TaxLevel(tax.get("round", "line")),
            TaxSide(tax.get("inclusive_rounds", "tax")),
            rates,
            unknown_is_refused=False,
        )


def rounding_of(case: Given) -> RoundingSettings:
    """The rounding a case declares."""
    rounding = case["rounding"]
    return RoundingSettings(
        Rounding(rounding["mode"]),
        frozenset(RoundingPoint(point) for point in rounding["points"]),
        RoundingOf(rounding.get("of", "price")),
        rounding.get("unit_exponent"),
    )


def _simple(give: Given, on: On, whole: Given) -> Percent | Amount | SetPrice:
    basis = Basis(whole.get("of", "running")) if isinstance(whole.get("of", "running"), str) else Basis.RUNNING
    if "percent_off" in give:
        return Percent(Decimal(give["percent_off"]), on, of=basis)
    if "percent_up" in give:
        return Percent(Decimal(give["percent_up"]), on, Sign.UP, basis)
    if "amount_off" in give:
        return Amount(Decimal(give["amount_off"]), on)
    if "amount_up" in give:
        return Amount(Decimal(give["amount_up"]), on, Sign.UP)
    if "set_unit" in give:
        return SetPrice(Decimal(give["set_unit"]), on)
    return SetPrice(Decimal(give["set_total"]), On.LINE if on is On.UNIT else on)


def _price_model(model: Given) -> PriceModel:
    effect = TierEffect(model.get("effect", "unit_price"))
    tiers = tuple(Tier(_decimal(tier.get("up_to")), Decimal(tier["value"])) for tier in model["tiers"])
    match model["type"]:
        case "volume":
            return Volume(tiers, effect)
        case "graduated":
            return Graduated(tiers, effect)
        case "block":
            return Stairstep(tiers, _decimal(model.get("overage_unit")))
        case kind:
            raise NotImplementedError(f"price model {kind}")


def _formula(formula: Given) -> BookFormula:
    base = formula.get("base", "list")
    book = base.partition(":")[2]
    return BookFormula(
        FormulaBase.BOOK if book else FormulaBase(base),
        book,
        Decimal(formula.get("percent_off", "0")),
        _decimal(formula.get("round_to")),
        Decimal(formula.get("surcharge", "0")),
        _decimal(formula.get("min_margin")),
        _decimal(formula.get("max_margin")),
    )


def _match(match: Given) -> Match:
    for name, by in (("sku", Narrowness.SKU), ("product", Narrowness.PRODUCT), ("category", Narrowness.CATEGORY)):
        if name in match:
            return Match(by, match[name])
    return Match()


def _window(given: Given) -> Window:
    if "from" not in given and "to" not in given:
        return ALWAYS
    start, end = given.get("from"), given.get("to")
    return Window(
        None if start is None else date.fromisoformat(start),
        None if end is None else date.fromisoformat(end) + DAY,
    )


def _redeemed(limit: Given) -> Redeemed:
    return Redeemed(int(limit.get("used", 0)), int(limit.get("customer_used", 0)), Decimal(limit.get("spent", "0")))


def _decimal(text: Any) -> Decimal | None:
    return None if text is None else Decimal(str(text))

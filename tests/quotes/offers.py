"""A small rule book put together by hand, and requests for it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from engine.approvals import ApprovalPolicy, ChainDefinition
from engine.approvals.policy import LevelDefinition, Who, WhoKind
from engine.catalog import (
    BillingTiming,
    Bundle,
    Catalog,
    Charge,
    ChargeKind,
    ChargePeriod,
    LineId,
    OptionGroup,
    Product,
    Sku,
)
from engine.configuration.products import compile_product
from engine.configuration.products.configurator import ProductConfigurator
from engine.language.check import check_expression
from engine.language.scope import Scope
from engine.language.types import BOOLEAN, NUMBER, ContextType, ListType, MoneyType, optional
from engine.pricing import compile_plan
from engine.pricing.plan import Match, Narrowness, PriceEntry, PricingRules, RuleId
from engine.pricing.request import ManualDiscount, ManualKind, ManualOn
from engine.quotes.evaluation import Parts, PricedQuote, evaluate
from engine.quotes.request import QuoteRequest, RequestedLine

DAY = date(2026, 3, 2)
MONTHLY = Charge(ChargeKind.RECURRING, ChargePeriod.MONTH, BillingTiming.ADVANCE)


def product(sku: str, *, cost: str = "", charge: Charge | None = None, discontinued: bool = False) -> Product:
    costs = {"EUR": Decimal(cost)} if cost else {}
    return Product(Sku(sku), sku, costs=costs, charge=charge or Charge(), discontinued=discontinued)


def catalog() -> Catalog:
    products = [
        product("DISK", cost="60.00"),
        product("SEAT", charge=MONTHLY, cost="2.00"),
        product("OLD", discontinued=True),
        product("PC", cost="0.00"),
    ]
    bundle = Bundle(Sku("PC"), "Computer", (OptionGroup("disk", "Disk", (Sku("DISK"),), quantity_maximum=4),))
    return Catalog({each.sku: each for each in products}, {Sku("PC"): bundle}, {})


def entry(sku: str, price: str) -> PriceEntry:
    return PriceEntry(RuleId(f"list-{sku}"), Match(Narrowness.SKU, sku), currency="EUR", price=Decimal(price))


def parts(disk: str = "100.00", *, rule_book: str = "book-1") -> Parts:
    entries = (entry("DISK", disk), entry("SEAT", "10.00"), entry("PC", "0.00"), entry("OLD", "1.00"))
    plan = compile_plan(PricingRules("EUR", entries=entries))
    scope = Scope(
        {
            "quote": ContextType({"discount_pct": NUMBER, "net": MoneyType(), "margin_pct": optional(NUMBER)}, "quote"),
            "customer": ContextType({}, "customer"),
            "lines": ListType(ContextType({"net": MoneyType()}, "line")),
        }
    )
    deep = check_expression("quote.discount_pct > 15", scope=scope, expected=BOOLEAN)
    manager = LevelDefinition("manager", Who(WhoKind.ROLE, "manager"))
    products = catalog()
    bundle = products.bundles[Sku("PC")]
    return Parts(
        rule_book=rule_book,
        catalog=products,
        configurators={"PC": ProductConfigurator(compile_product(bundle, products, {}))},
        plan=plan,
        policies=(ApprovalPolicy("deep", (deep,), "sales", "manager", timedelta(days=2)),),
        chains=(ChainDefinition("sales", (manager,)),),
    )


def line(name: str, sku: str, quantity: str = "1", parent: str | None = None, group: str = "") -> RequestedLine:
    above = None if parent is None else LineId(parent)
    return RequestedLine(LineId(name), Sku(sku), Decimal(quantity), above, group)


def percent_off(percent: str) -> ManualDiscount:
    return ManualDiscount("m1", ManualOn.TOTAL, ManualKind.PERCENT, Decimal(percent), "to close the deal", "ann")


def request(*lines: RequestedLine, manual: tuple[ManualDiscount, ...] = ()) -> QuoteRequest:
    return QuoteRequest(DAY, "EUR", lines or (line("a", "DISK", "2"),), manual=manual, term_months=12)


def priced(wanted: QuoteRequest | None = None, using: Parts | None = None) -> PricedQuote:
    found = evaluate(wanted or request(), using or parts())
    assert isinstance(found, PricedQuote), str(found)
    return found

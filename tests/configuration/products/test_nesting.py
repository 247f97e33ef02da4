"""Bundles in bundles, attributes of bundles, tables, wishes and messages."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.catalog import AttributeDef, Bundle, Catalog, ConfiguredLine, LineId, OptionGroup, Product, Sku
from engine.configuration.products import (
    Aim,
    Constraint,
    ConstraintKind,
    Pick,
    Set,
    Standing,
    compile_product,
    constraint_scope,
)
from engine.configuration.products.configurator import ProductConfigurator
from engine.diagnostics import DiagnosticError, Span
from engine.language.check import check_expression, check_unary_tests
from engine.language.problems import Origin
from engine.language.scope import Scope
from engine.language.template import check_template
from engine.language.types import BOOLEAN, NUMBER, TEXT, EnumType

RACK, STORE = Sku("RACK"), Sku("STORE")
USES = EnumType("use", ("office", "render"))


def part(sku: str, category: str, **facts: object) -> Product:
    values = {name: Decimal(v) if isinstance(v, int) and not isinstance(v, bool) else v for name, v in facts.items()}
    return Product(Sku(sku), sku, category=category, attributes=values)  # type: ignore[arg-type]


PRODUCTS = {
    each.sku: each
    for each in (
        part("RACK", "rack"),
        part("STORE", "store", bays=2),
        part("PSU-S", "psu", watts=20),
        part("PSU-L", "psu", watts=90),
        part("SSD", "drive", watts=5, size=1),
        part("HDD", "drive", watts=9, size=4),
        part("RAID", "card", levels="raid5"),
        part("HBA", "card", levels="none"),
    )
}
STORE_BUNDLE = Bundle(
    STORE,
    "Storage",
    (
        OptionGroup("drives", "Drives", (Sku("SSD"), Sku("HDD")), maximum=2, quantity_maximum=4),
        OptionGroup("card", "Controller", (Sku("RAID"), Sku("HBA")), minimum=0),
    ),
)
RACK_BUNDLE = Bundle(
    RACK,
    "Rack",
    (
        OptionGroup("psu", "Power supply", (Sku("PSU-S"), Sku("PSU-L"))),
        OptionGroup("storage", "Storage", (STORE,), minimum=0, bundle="STORE"),
    ),
    attributes=(AttributeDef("use", USES), AttributeDef("quiet", BOOLEAN)),
)
CATALOG = Catalog(
    PRODUCTS,
    {RACK: RACK_BUNDLE, STORE: STORE_BUNDLE},
    {
        "store": {"bays": AttributeDef("bays", NUMBER)},
        "psu": {"watts": AttributeDef("watts", NUMBER)},
        "drive": {"watts": AttributeDef("watts", NUMBER), "size": AttributeDef("size", NUMBER)},
        "card": {"levels": AttributeDef("levels", TEXT)},
    },
)
RACK_SCOPE = Scope(constraint_scope(RACK_BUNDLE, CATALOG))
STORE_SCOPE = Scope(constraint_scope(STORE_BUNDLE, CATALOG))


def rule(name: str, text: str, scope: Scope = RACK_SCOPE, **more: object) -> Constraint:
    kind = more.pop("kind", ConstraintKind.REQUIRE)
    body = check_expression(text, scope=scope, origin=Origin("rack.yaml", 7, 5))
    return Constraint(name, kind, body, span=Span("rack.yaml", 7, 5), **more)  # type: ignore[arg-type]


RULES = {
    RACK: [
        rule(
            "power",
            "psu.watts >= sum(for d in storage.drives return d.watts * d.qty) + 10",
            say=check_template("{psu.watts} W is too little for {count(storage.drives)} kinds.", scope=RACK_SCOPE),
        ),
        rule("render-needs-storage", 'use = "office" or count(storage) = 1'),
    ],
    STORE: [
        rule("raid-needs-three", 'card.levels != "raid5" or sum(drives.qty) >= 3', STORE_SCOPE),
    ],
}


def rack(extra: tuple[Constraint, ...] = ()) -> ProductConfigurator:
    return ProductConfigurator(compile_product(RACK_BUNDLE, CATALOG, {**RULES, RACK: [*RULES[RACK], *extra]}))


def standing(engine: ProductConfigurator, picks: list[Pick | Set], slot: str, sku: str) -> Standing | None:
    state = engine.configure(picks)
    return next(each for each in state.slots if each.path == slot).standing(sku)


def test_slots_of_a_nested_bundle_are_reached_by_their_path() -> None:
    state = rack().configure([])
    assert [each.path for each in state.slots] == ["psu", "storage", "storage.drives", "storage.card"]


def test_a_rule_of_the_outer_bundle_sums_over_the_inner_one() -> None:
    choices: list[Pick | Set] = [Pick("psu", Sku("PSU-S"))]
    assert standing(rack(), choices, "storage.drives", "HDD") is Standing.POSSIBLE
    choices.append(Pick("storage.drives", Sku("SSD"), 2))
    assert standing(rack(), choices, "storage.drives", "HDD") is Standing.IMPOSSIBLE


def test_a_nested_bundle_that_is_not_there_has_no_parts() -> None:
    choices: list[Pick | Set] = [Pick("storage")]
    state = rack().configure(choices)
    drives = next(each for each in state.slots if each.path == "storage.drives")
    assert {each.standing for each in drives.options} == {Standing.IMPOSSIBLE}


def test_a_rule_of_the_inner_bundle_holds_inside() -> None:
    choices: list[Pick | Set] = [Pick("storage.card", Sku("RAID")), Pick("storage.drives", Sku("SSD"), 2)]
    state = rack().configure([*choices, Pick("storage.drives", Sku("HDD"), 1)])
    assert state.consistent
    conflict = rack().explain([*choices, Pick("psu", Sku("PSU-S"))])
    assert conflict is not None
    assert {each.rule for each in conflict.rules} == {"power", "raid-needs-three"}


def test_an_attribute_of_the_bundle_takes_part() -> None:
    choices: list[Pick | Set] = [Set("use", "render")]
    assert standing(rack(), choices, "storage", "STORE") is Standing.IMPLIED
    state = rack().configure([Pick("storage")])
    use = next(each for each in state.settings if each.path == "use")
    assert dict(use.values) == {"office": Standing.IMPLIED, "render": Standing.IMPOSSIBLE}


def test_a_table_allows_its_rows_only() -> None:
    def cell(text: str, subject: str) -> object:
        return check_unary_tests(text, subject=subject, scope=RACK_SCOPE)

    rows = ((cell("render", "use"), cell(">= 50", "psu.watts")), (cell("office", "use"), cell("-", "psu.watts")))
    allow = Constraint("table", ConstraintKind.ALLOW_TABLE, rows=rows)  # type: ignore[arg-type]
    assert standing(rack((allow,)), [Set("use", "render")], "psu", "PSU-S") is Standing.IMPOSSIBLE
    assert standing(rack((allow,)), [Set("use", "office")], "psu", "PSU-S") is Standing.POSSIBLE
    forbid = replace(allow, id="not", kind=ConstraintKind.FORBID_TABLE, rows=rows[:1])
    assert standing(rack((forbid,)), [Set("use", "render")], "psu", "PSU-L") is Standing.IMPOSSIBLE


def test_a_default_decides_only_what_the_customer_leaves_open() -> None:
    wish = rule("prefer-large", 'psu.sku = "PSU-L"', kind=ConstraintKind.DEFAULT)
    prices = {sku: Decimal(10) for sku in PRODUCTS}
    engine = rack((wish,))
    preferred = engine.complete([], aim=Aim.PREFERRED, prices=prices)
    assert Pick("psu", Sku("PSU-L"), 1) in preferred.choices
    kept = engine.complete([Pick("psu", Sku("PSU-S"))], aim=Aim.PREFERRED, prices=prices)
    assert Pick("psu", Sku("PSU-S"), 1) in kept.choices


def test_a_completion_keeps_a_limit_or_says_that_none_exists() -> None:
    prices = {sku: Decimal(100 if sku == "PSU-L" else 10) for sku in PRODUCTS}
    choices = [Set("use", "render")]
    assert rack().complete(choices, prices=prices, limit=Decimal(30)).list_price == Decimal(30)
    assert rack().complete(choices, prices=prices, limit=Decimal(29)).choices == ()


def test_the_best_margin_is_not_the_lowest_price() -> None:
    prices = {sku: Decimal(100 if sku == "PSU-L" else 10) for sku in PRODUCTS}
    costs = {sku: Decimal(9) for sku in PRODUCTS}
    found = rack().complete([], aim=Aim.BEST_MARGIN, prices=prices, costs=costs)
    assert Pick("psu", Sku("PSU-L"), 1) in found.choices


def test_a_broken_rule_is_told_in_the_authors_words_with_values() -> None:
    lines = [
        ConfiguredLine(LineId("r"), RACK, Decimal(1), attributes={"use": "office", "quiet": True}),
        ConfiguredLine(LineId("p"), Sku("PSU-S"), Decimal(1), LineId("r"), "psu"),
        ConfiguredLine(LineId("s"), STORE, Decimal(1), LineId("r"), "storage"),
        ConfiguredLine(LineId("d"), Sku("HDD"), Decimal(4), LineId("s"), "drives"),
    ]
    findings = rack().check(lines, root=LineId("r"))
    assert [(each.rule, each.message, str(each.span)) for each in findings] == [
        ("power", "20 W is too little for 1 kinds.", "rack.yaml:7:5")
    ]


def test_lines_of_the_wrong_shape_are_named_before_any_rule_is_asked() -> None:
    lines = [
        ConfiguredLine(LineId("r"), RACK, Decimal(1), attributes={"use": "offic"}),
        ConfiguredLine(LineId("p"), Sku("SSD"), Decimal(1), LineId("r"), "psu"),
        ConfiguredLine(LineId("s"), STORE, Decimal(1), LineId("r"), "strage"),
        ConfiguredLine(LineId("q"), Sku("PSU-L"), Decimal("1.5"), LineId("r"), "psu"),
    ]
    messages = [each.message for each in rack().check(lines, root=LineId("r"))]
    assert messages == [
        "`use` cannot be `offic`; did you mean `office`?",
        "Power supply does not offer `SSD`",
        "`STORE` is in the unknown option group `strage`; did you mean `storage`?",
        "Power supply takes 1 to 1 of `PSU-L`, not 1.5",
        "Power supply takes 1 at most, not 2",
    ]


def test_choices_are_checked_for_names_and_quantities() -> None:
    faults = rack().faults(
        [
            Pick("pso", Sku("PSU-S")),
            Pick("psu", Sku("PSU-X")),
            Set("use", "rendr"),
            Pick("storage.drives", Sku("SSD"), 9),
        ]
    )
    assert [str(each) for each in faults] == [
        "CFG201: choices[0].slot: unknown option group `pso`; did you mean `psu`?",
        "CFG202: choices[1].sku: `psu` does not offer `PSU-X`; did you mean `PSU-L`?",
        "CFG204: choices[2].value: `use` cannot be `rendr`; did you mean `render`?",
        "CFG205: choices[3].quantity: `storage.drives` takes 1 to 4 of one product, not 9",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("storage.drives.qty[1] * storage.drives.qty[2] < 5", "storage.drives.qty[1]"),
        ("psu.watts * sum(storage.drives.qty) < sqrt(sum(storage.drives.qty))", "sqrt(sum(storage.drives.qty))"),
    ],
)
def test_what_the_solver_cannot_carry_is_named(text: str, said: str) -> None:
    with pytest.raises(DiagnosticError) as raised:
        rack((rule("odd", text),))
    (found,) = raised.value.diagnostics
    assert found.code == "CFG101"
    assert f"`{said}`" in found.message
    assert str(found.span).startswith("rack.yaml:7:")


def test_a_rule_of_a_bundle_that_is_not_there_asks_nothing() -> None:
    body = check_expression("sum(drives.qty) >= 9", scope=STORE_SCOPE, expected=BOOLEAN)
    product = compile_product(RACK_BUNDLE, CATALOG, {STORE: [Constraint("nine", ConstraintKind.REQUIRE, body)]})
    engine = ProductConfigurator(product)
    assert engine.configure([Pick("storage")]).consistent
    conflict = engine.explain([Pick("storage", STORE)])
    assert conflict is not None and [each.rule for each in conflict.rules] == ["nine"], "two entries of four are eight"

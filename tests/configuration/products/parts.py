"""A small computer to configure, with the rules stated twice: in the rule language and as plain Python over entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product

from engine.catalog import AttributeDef, Bundle, Catalog, OptionGroup, Product, Sku
from engine.configuration.products import Constraint, ConstraintKind, Pick, constraint_scope
from engine.language.check import check_expression
from engine.language.scope import Scope
from engine.language.types import BOOLEAN, NUMBER, EnumType, ListType

Entry = tuple[str, int]
Configuration = Mapping[str, tuple[Entry, ...]]

SOCKETS = EnumType("socket", ("AM5", "LGA"))
KINDS = EnumType("kind", ("NVMe", "HDD"))
PARTS: dict[str, tuple[str, dict[str, object]]] = {
    "CPU1": ("cpu", {"socket": "AM5", "power_w": 65, "graphics": True}),
    "CPU2": ("cpu", {"socket": "LGA", "power_w": 125, "graphics": False}),
    "CPU3": ("cpu", {"socket": "AM5", "power_w": None, "graphics": False}),
    "MB1": ("board", {"socket": "AM5", "slots": 1, "fits": ("S", "M")}),
    "MB2": ("board", {"socket": "LGA", "slots": 2, "fits": ("M",)}),
    "G1": ("gpu", {"power_w": 200, "size": "S"}),
    "G2": ("gpu", {"power_w": 350, "size": "M"}),
    "P1": ("psu", {"watts": 450}),
    "P2": ("psu", {"watts": 900}),
    "D1": ("drive", {"kind": "NVMe", "watts": 5}),
    "D2": ("drive", {"kind": "HDD", "watts": 9}),
    "D3": ("drive", {"kind": "HDD", "watts": 9}),
}
ATTRIBUTES = {
    "cpu": {"socket": SOCKETS, "power_w": NUMBER, "graphics": BOOLEAN},
    "board": {"socket": SOCKETS, "slots": NUMBER, "fits": ListType(EnumType("size", ("S", "M")))},
    "gpu": {"power_w": NUMBER, "size": EnumType("size", ("S", "M"))},
    "psu": {"watts": NUMBER},
    "drive": {"kind": KINDS, "watts": NUMBER},
}
SLOTS = {"cpu": "cpu", "board": "board", "gpu": "gpu", "psu": "psu", "drives": "drive"}


def catalog() -> Catalog:
    products = {Sku("PC"): Product(Sku("PC"), "Computer")}
    for sku, (category, facts) in PARTS.items():
        values = {
            name: Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
            for name, value in facts.items()
        }
        products[Sku(sku)] = Product(Sku(sku), sku, category=category, attributes=values)  # type: ignore[arg-type]
    definitions = {
        category: {name: AttributeDef(name, kind) for name, kind in names.items()}
        for category, names in ATTRIBUTES.items()
    }
    return Catalog(products, {Sku("PC"): bundle()}, definitions)


def bundle() -> Bundle:
    def group(name: str, **limits: int) -> OptionGroup:
        offered = tuple(Sku(sku) for sku, (category, _) in PARTS.items() if category == SLOTS[name])
        return OptionGroup(name, name, offered, **limits)

    return Bundle(
        Sku("PC"),
        "Computer",
        (
            group("cpu"),
            group("board"),
            group("gpu", minimum=0, quantity_maximum=2),
            group("psu"),
            group("drives", minimum=1, maximum=2, quantity_maximum=2),
        ),
    )


@dataclass(frozen=True)
class Twin:
    """A rule in the rule language, and what it says in Python: None where it is unknown."""

    text: str
    holds: Callable[[Configuration], bool | None]
    when: str = ""


def fact(sku: str, name: str) -> object:
    return PARTS[sku][1][name]


def one(configuration: Configuration, slot: str, name: str) -> object:
    """The attribute of the one entry of a slot, None when the slot is empty or the catalog blank."""
    entries = configuration[slot]
    if not entries:
        return None
    return entries[0][1] if name == "qty" else fact(entries[0][0], name)


def known(*values: object) -> bool:
    return all(each is not None for each in values)


def _same_socket(c: Configuration) -> bool | None:
    cpu, board = one(c, "cpu", "socket"), one(c, "board", "socket")
    return cpu == board if known(cpu, board) else None


def _enough_watts(c: Configuration) -> bool | None:
    cpu, psu = one(c, "cpu", "power_w"), one(c, "psu", "watts")
    if not known(cpu, psu):
        return None
    cards = sum(fact(sku, "power_w") * units for sku, units in c["gpu"])  # type: ignore[operator]
    return Decimal(psu) >= Decimal("1.3") * (cpu + cards + 75)  # type: ignore[operator, arg-type]


def _some_graphics(c: Configuration) -> bool | None:
    graphics = one(c, "cpu", "graphics")
    return bool(c["gpu"]) or graphics if graphics is not None else bool(c["gpu"]) or None


def _cards_fit(c: Configuration) -> bool | None:
    cards, slots = one(c, "gpu", "qty"), one(c, "board", "slots")
    return cards <= slots if known(cards, slots) else None  # type: ignore[operator]


def _size_fits(c: Configuration) -> bool | None:
    size, fits = one(c, "gpu", "size"), one(c, "board", "fits")
    return size in fits if known(size, fits) else None  # type: ignore[operator]


def _units(c: Configuration, kind: str) -> int:
    return sum(units for sku, units in c["drives"] if fact(sku, "kind") == kind)


RULES = (
    Twin("cpu.socket = board.socket", _same_socket),
    Twin("psu.watts >= 1.3 * (cpu.power_w + sum(for g in gpu return g.power_w * g.qty) + 75)", _enough_watts),
    Twin("cpu.graphics = true or count(gpu) >= 1", _some_graphics),
    Twin("gpu.qty <= board.slots", _cards_fit),
    Twin("list contains(board.fits, gpu.size)", _size_fits),
    Twin('sum(for d in drives[kind = "HDD"] return d.qty) <= 2', lambda c: _units(c, "HDD") <= 2),
    Twin(
        'some d in drives satisfies d.kind = "NVMe"',
        lambda c: any(fact(sku, "kind") == "NVMe" for sku, _ in c["drives"]),
    ),
    Twin(
        'every d in drives satisfies (d.kind = "HDD" or board.slots = 2)',
        lambda c: all(fact(sku, "kind") == "HDD" or one(c, "board", "slots") == 2 for sku, _ in c["drives"]),
    ),
    Twin("count(drives) = 2", lambda c: len(c["drives"]) == 2),
    Twin(
        "max(drives.watts) <= 6",
        lambda c: max(fact(sku, "watts") for sku, _ in c["drives"]) <= 6,  # type: ignore[type-var, operator]
    ),
    Twin(
        "min(for d in drives return d.watts) > 5 or psu.watts in [800..1000]",
        lambda c: (
            min(fact(sku, "watts") for sku, _ in c["drives"]) > 5  # type: ignore[type-var, operator]
            or 800 <= one(c, "psu", "watts") <= 1000  # type: ignore[operator]
        ),
    ),
    Twin(
        "if psu.watts > 500 then count(gpu) = 1 else count(gpu) = 0",
        lambda c: len(c["gpu"]) == (1 if one(c, "psu", "watts") > 500 else 0),  # type: ignore[operator]
    ),
    Twin(
        'not(cpu.socket = "AM5" and psu.watts between 400 and 500)',
        lambda c: not (one(c, "cpu", "socket") == "AM5" and 400 <= one(c, "psu", "watts") <= 500),  # type: ignore[operator]
    ),
    Twin(
        "sum(drives.watts) + count(gpu) != 14",
        lambda c: sum(fact(sku, "watts") for sku, _ in c["drives"]) + len(c["gpu"]) != 14,  # type: ignore[misc]
    ),
    Twin(
        "2 * sum(drives.qty) - gpu.qty >= 1",
        lambda c: 2 * sum(units for _, units in c["drives"]) - one(c, "gpu", "qty") >= 1 if c["gpu"] else None,  # type: ignore[operator]
    ),
)


def constraint(number: int, scope: Scope, kind: ConstraintKind = ConstraintKind.REQUIRE) -> Constraint:
    body = check_expression(RULES[number].text, scope=scope, expected=BOOLEAN)
    return Constraint(f"rule-{number}", kind, body)


def scope() -> Scope:
    return Scope(constraint_scope(bundle(), catalog()))


def all_configurations() -> Iterator[Configuration]:
    """Every complete configuration of the right shape, rules aside."""
    choices = []
    for group in bundle().groups:
        quantities = range(group.quantity_minimum, group.quantity_maximum + 1)
        per_slot = []
        for size in range(group.minimum, group.maximum + 1):
            for skus in combinations(group.candidates, size):
                per_slot += [tuple(zip(skus, units, strict=True)) for units in product(quantities, repeat=size)]
        choices.append(per_slot)
    names = [group.id for group in bundle().groups]
    for entries in product(*choices):
        yield dict(zip(names, entries, strict=True))


def contains(configuration: Configuration, pick: Pick) -> bool:
    return any(sku == pick.sku and pick.quantity in (None, units) for sku, units in configuration[pick.slot])

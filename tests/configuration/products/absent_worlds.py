"""A bundle with optional bundles in it, some of them twice deep or several: every configuration, and rules as Python.

What an absent bundle would have said is None here, so a rule is asked three-valued: it is broken only where its
condition is definitely true and what it says definitely false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from hypothesis import strategies as st

from engine.catalog import AttributeDef, Bundle, Catalog, ConfiguredLine, LineId, OptionGroup, Product, Sku
from engine.configuration.products import Constraint, ConstraintKind, Pick, Set, compile_product, constraint_scope
from engine.configuration.products.configurator import ProductConfigurator
from engine.language.check import check_expression
from engine.language.scope import Scope
from engine.language.types import BOOLEAN, NUMBER, EnumType

WEIGHTS = {"P-1": 1, "P-3": 3, "Q-2": 2, "R-1": 1}
TONES = EnumType("tone", ("low", "high"))
PRICES = {sku: Decimal(at * at + 3) for at, sku in enumerate(map(Sku, ("BOX", "CUP", "TRAY", "MUG", *WEIGHTS)), 1)}


class Cup(NamedTuple):
    lid: bool
    inner: str
    """A product, or nothing: ``""``."""


class Box(NamedTuple):
    on: bool
    tone: str
    part: str
    cup: Cup | None


class Mug(NamedTuple):
    lid: bool


class Tray(NamedTuple):
    open: bool
    mug: Mug | None


class Whole(NamedTuple):
    loud: bool
    psu: str
    box: Box | None
    trays: tuple[Tray, ...]


def _group(name: str, *skus: str, minimum: int = 0, maximum: int = 1, bundle: str = "") -> OptionGroup:
    return OptionGroup(name, name, tuple(map(Sku, skus)), minimum, maximum, bundle=bundle)


BUNDLES = {
    each.sku: each
    for each in (
        Bundle(
            Sku("WHOLE"),
            "whole",
            (
                _group("psu", "P-1", "P-3", minimum=1),
                _group("box", "BOX", bundle="BOX"),
                _group("trays", "TRAY", maximum=2, bundle="TRAY"),
            ),
            (AttributeDef("loud", BOOLEAN),),
        ),
        Bundle(
            Sku("BOX"),
            "box",
            (_group("part", "Q-2"), _group("cup", "CUP", bundle="CUP")),
            (AttributeDef("on", BOOLEAN), AttributeDef("tone", TONES)),
        ),
        Bundle(Sku("TRAY"), "tray", (_group("mug", "MUG", bundle="MUG"),), (AttributeDef("open", BOOLEAN),)),
        Bundle(Sku("MUG"), "mug", (), (AttributeDef("lid", BOOLEAN),)),
        Bundle(Sku("CUP"), "cup", (_group("inner", "R-1"),), (AttributeDef("lid", BOOLEAN),)),
    )
}
CATALOG = Catalog(
    {
        **{sku: Product(sku, sku) for sku in BUNDLES},
        **{
            Sku(sku): Product(Sku(sku), sku, category="part", attributes={"w": Decimal(weight)})
            for sku, weight in WEIGHTS.items()
        },
    },
    BUNDLES,
    {"part": {"w": AttributeDef("w", NUMBER)}},
)
SCOPES = {sku: Scope(constraint_scope(bundle, CATALOG)) for sku, bundle in BUNDLES.items()}


@cache
def everything() -> tuple[Whole, ...]:
    """All configurations of the right shape; the trays of one come in every order."""
    cups = [None, *(Cup(*each) for each in product((False, True), ("", "R-1")))]
    boxes = [None, *(Box(*each) for each in product((False, True), TONES.values, ("", "Q-2"), cups))]
    trays = [Tray(*each) for each in product((False, True), (None, Mug(lid=False), Mug(lid=True)))]
    rows = [some for size in range(3) for some in product(trays, repeat=size)]
    return tuple(Whole(*each) for each in product((False, True), ("P-1", "P-3"), boxes, rows))


Truth = bool | None


@dataclass(frozen=True)
class Said:
    """A condition in the rule language and what it says of an entry: None where it is unknown."""

    text: str
    of: Callable[[Any], Truth]


def absent(holder: Any, name: str) -> Any:
    """What an entry says, or None where there is no entry."""
    return None if holder is None else getattr(holder, name)


def weight(sku: str | None) -> int | None:
    return WEIGHTS[sku] if sku else None


def over(left: int | None, right: int | None) -> Truth:
    return None if left is None or right is None else left > right


def added(*numbers: int | None) -> int | None:
    return None if None in numbers else sum(each for each in numbers if each is not None)


def both(values: Sequence[Truth]) -> Truth:
    return False if False in values else None if None in values else True


def either(values: Sequence[Truth]) -> Truth:
    return True if True in values else None if None in values else False


def denied(value: Truth) -> Truth:
    return None if value is None else not value


def same(left: object, right: object) -> Truth:
    return None if left is None or right is None else left == right


def _box_says(prefix: str, box: Callable[[Any], Box | None]) -> tuple[Said, ...]:
    """Facts of a box, read from where it is called ``prefix``."""

    def cup(of: Any) -> Cup | None:
        found: Cup | None = absent(box(of), "cup")
        return found

    return (
        Said(f"{prefix}on = true", lambda of: absent(box(of), "on")),
        Said(f"not({prefix}on)", lambda of: denied(absent(box(of), "on"))),
        Said(f'{prefix}tone = "high"', lambda of: same(absent(box(of), "tone"), "high")),
        Said(f'{prefix}tone in ("low")', lambda of: same(absent(box(of), "tone"), "low")),
        Said(f"{prefix}part.w > 1", lambda of: over(weight(absent(box(of), "part")), 1)),
        Said(f"count({prefix}part) = 1", lambda of: bool(absent(box(of), "part"))),
        Said(f"{prefix}cup.lid = {prefix}on", lambda of: same(absent(cup(of), "lid"), absent(box(of), "on"))),
        Said(f"{prefix}cup.lid", lambda of: absent(cup(of), "lid")),
        Said(
            f"{prefix}cup.inner.w + {prefix}part.w > 2",
            lambda of: over(added(weight(absent(cup(of), "inner")), weight(absent(box(of), "part"))), 2),
        ),
        Said(
            f"(if {prefix}on then 1 else 2) + {prefix}part.w > 3",
            lambda of: over(
                added(
                    {True: 1, False: 2}.get(absent(box(of), "on")),
                    weight(absent(box(of), "part")),
                ),
                3,
            ),
        ),
    )


SAYS: dict[str, tuple[Said, ...]] = {
    "WHOLE": (
        *_box_says("box.", lambda whole: whole.box),
        Said("loud", lambda whole: whole.loud),
        Said("box.on = loud", lambda whole: same(absent(whole.box, "on"), whole.loud)),
        Said("psu.w > box.part.w", lambda whole: over(weight(whole.psu), weight(absent(whole.box, "part")))),
        Said("count(box) = 1", lambda whole: whole.box is not None),
        Said("count(trays) > 1", lambda whole: len(whole.trays) > 1),
        Said(
            "some t in trays satisfies t.open",
            lambda whole: any(each.open for each in whole.trays),
        ),
        Said(
            "every t in trays satisfies t.mug.lid",
            lambda whole: both([absent(each.mug, "lid") for each in whole.trays]),
        ),
        Said(
            "some t in trays satisfies t.mug.lid = t.open",
            lambda whole: either([same(absent(each.mug, "lid"), each.open) for each in whole.trays]),
        ),
        Said(
            "some t in trays satisfies t.mug.lid = box.on",
            lambda whole: either([same(absent(each.mug, "lid"), absent(whole.box, "on")) for each in whole.trays]),
        ),
        Said("count(trays[open = true]) = 1", lambda whole: sum(each.open for each in whole.trays) == 1),
        Said(
            "sum(for t in trays return count(t.mug)) > 0",
            lambda whole: any(each.mug is not None for each in whole.trays),
        ),
        Said(
            "sum(for t in trays return if t.mug.lid then 1 else 2) > psu.w",
            lambda whole: sum(1 if absent(each.mug, "lid") else 2 for each in whole.trays) > WEIGHTS[whole.psu],
        ),
    ),
    "BOX": _box_says("", lambda box: box),
    "TRAY": (
        Said("open", lambda tray: tray.open),
        Said("mug.lid", lambda tray: absent(tray.mug, "lid")),
        Said("mug.lid != open", lambda tray: denied(same(absent(tray.mug, "lid"), tray.open))),
    ),
    "CUP": (
        Said("lid", lambda cup: cup.lid),
        Said("count(inner) = 1", lambda cup: bool(cup.inner)),
        Said("inner.w > 1", lambda cup: over(weight(cup.inner), 1)),
    ),
    "MUG": (Said("lid", lambda mug: mug.lid),),
}


def entries(owner: str, whole: Whole) -> list[Any]:
    """The bundles of one kind in a configuration."""
    kinds: dict[str, Sequence[Any]] = {
        "WHOLE": [whole],
        "BOX": [whole.box],
        "CUP": [absent(whole.box, "cup")],
        "TRAY": whole.trays,
        "MUG": [each.mug for each in whole.trays],
    }
    return [each for each in kinds[owner] if each is not None]


@dataclass(frozen=True)
class Stated:
    """A rule: whose it is, of which kind, what it says and when."""

    owner: str
    kind: ConstraintKind
    body: Said
    when: Said | None

    def broken(self, whole: Whole) -> bool:
        wrong = self.kind is ConstraintKind.EXCLUDE
        return any(
            self.body.of(each) is wrong and (self.when is None or self.when.of(each) is True)
            for each in entries(self.owner, whole)
        )

    def constraint(self, name: str) -> Constraint:
        def checked(said: Said) -> Any:
            return check_expression(said.text, scope=SCOPES[Sku(self.owner)], expected=BOOLEAN)

        when = None if self.when is None else checked(self.when)
        return Constraint(name, self.kind, checked(self.body), when=when)


def _said(owner: str) -> st.SearchStrategy[Said]:
    def joined(word: str, join: Callable[[Sequence[Truth]], Truth], parts: list[Said]) -> Said:
        text = f" {word} ".join(f"({each.text})" for each in parts)
        return Said(text, lambda of: join([each.of(of) for each in parts]))

    one = st.sampled_from(SAYS[owner])
    some = st.lists(one, min_size=2, max_size=3)
    return st.one_of(
        one,
        some.map(lambda parts: joined("and", both, parts)),
        some.map(lambda parts: joined("or", either, parts)),
        one.map(lambda each: Said(f"not({each.text})", lambda of: denied(each.of(of)))),
    )


def _rule(owner: str) -> st.SearchStrategy[Stated]:
    kinds = st.sampled_from([ConstraintKind.REQUIRE, ConstraintKind.EXCLUDE])
    return st.builds(Stated, st.just(owner), kinds, _said(owner), st.none() | _said(owner))


RULES = st.lists(
    st.sampled_from(["WHOLE", "WHOLE", "BOX", "TRAY", "CUP", "MUG"]).flatmap(_rule), min_size=1, max_size=4
)


def configurator(rules: Sequence[Stated]) -> ProductConfigurator:
    found: dict[Sku, list[Constraint]] = {sku: [] for sku in BUNDLES}
    for at, each in enumerate(rules):
        found[Sku(each.owner)].append(each.constraint(f"rule-{at}"))
    return ProductConfigurator(compile_product(BUNDLES[Sku("WHOLE")], CATALOG, found))


def valid(rules: Sequence[Stated]) -> list[Whole]:
    return [each for each in everything() if not any(rule.broken(each) for rule in rules)]


@cache
def parts(whole: Whole) -> Mapping[str, str]:
    """Each part by the path of its slot."""
    return dict(_parts(whole))


def _parts(whole: Whole) -> Iterator[tuple[str, str]]:
    yield "psu", whole.psu
    if whole.box is not None:
        yield "box", "BOX"
        if whole.box.part:
            yield "box.part", whole.box.part
        if whole.box.cup is not None:
            yield "box.cup", "CUP"
            if whole.box.cup.inner:
                yield "box.cup.inner", whole.box.cup.inner
    for at, each in enumerate(whole.trays, 1):
        yield f"trays[{at}]", "TRAY"
        if each.mug is not None:
            yield f"trays[{at}].mug", "MUG"


@cache
def set_in(whole: Whole) -> Mapping[str, bool | str]:
    """The attributes of every bundle that is there."""
    found: dict[str, bool | str] = {"loud": whole.loud}
    if whole.box is not None:
        found |= {"box.on": whole.box.on, "box.tone": whole.box.tone}
        if whole.box.cup is not None:
            found["box.cup.lid"] = whole.box.cup.lid
    for at, each in enumerate(whole.trays, 1):
        found[f"trays[{at}].open"] = each.open
        if each.mug is not None:
            found[f"trays[{at}].mug.lid"] = each.mug.lid
    return found


def fits(whole: Whole, choice: Pick | Set) -> bool:
    if isinstance(choice, Set):
        return set_in(whole).get(choice.setting) == choice.value
    return parts(whole).get(choice.slot, "") == choice.sku


def price(whole: Whole) -> Decimal:
    return sum((PRICES[Sku(sku)] for sku in parts(whole).values()), Decimal(0))


def lines(whole: Whole) -> list[ConfiguredLine]:
    """The configuration as an order would say it."""
    attributes: dict[str, dict[str, Any]] = {}
    for path, value in set_in(whole).items():
        above, _, name = path.rpartition(".")
        attributes.setdefault(above, {})[name] = value
    found = [ConfiguredLine(LineId("root"), Sku("WHOLE"), Decimal(1), attributes=attributes[""])]
    for path, sku in parts(whole).items():
        above, _, group = path.rpartition(".")
        parent, name = LineId(above or "root"), group.partition("[")[0]
        found.append(ConfiguredLine(LineId(path), Sku(sku), Decimal(1), parent, name, attributes.get(path, {})))
    return found


def _choices() -> list[Pick | Set]:
    slots = {(path, sku) for each in everything() for path, sku in parts(each).items()}
    values = {(path, value) for each in everything() for path, value in set_in(each).items()}
    empty = {path for path, _ in slots if path != "psu"}
    return [
        *(Pick(path, Sku(sku)) for path, sku in sorted(slots)),
        *(Pick(path) for path in sorted(empty)),
        *(Set(path, value) for path, value in sorted(values, key=str)),
    ]


CHOICES = st.lists(
    st.sampled_from(_choices()),
    max_size=4,
    unique_by=lambda each: each.setting if isinstance(each, Set) else each.slot,
)

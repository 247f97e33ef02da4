"""COOM: what small files mean, that random ones mean what the obvious reading says, and how broken ones are named."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.configuration import Choice, Explanation, Kind, Model, State
from engine.configuration.configurator import configurator_for
from engine.configuration.formats.coom import read_coom
from engine.configuration.formats.coom_tree import parse
from engine.configuration.formats.reader import read_model
from engine.diagnostics import DiagnosticError
from tests.configuration.formats.coom_worlds import flat, worlds


def model_of(text: str) -> Model:
    return read_coom(text.encode(), "p.coom")


def error_of(text: str) -> str:
    with pytest.raises(DiagnosticError) as caught:
        read_model(text.encode(), "p.coom")
    return str(caught.value.diagnostics[0])


def count(text: str, *choices: Choice) -> int:
    found = configurator_for(model_of(text)).count(choices)
    assert isinstance(found, int)
    return found


BIKE = """
product {
    Color color
    Bool  stand
    0..2 Bag bag          // two bags at most
    num .#/kg 0-9 load
}
enumeration Color { Red  Green }
structure Bag { Size size }
enumeration Size {
    attribute num/l volume
    attribute string code
    Small = (10 "a")
    Large = (25 "b")
}
behavior {
    explanation "A stand carries two bags."
    condition count(bag) = 2
    require stand
    require sum(bag.size.volume) <= 5 * load
}
behavior Bag {
    condition root.color = Red
    require size = Small
}
"""


def test_features_instances_and_rules() -> None:
    model = model_of(BIKE)
    assert [each.name for each in model.variables if each.decision] == [
        "color",
        "stand",
        "bag[0]",
        "bag[0].size",
        "bag[1]",
        "bag[1].size",
        "load",
    ]
    assert [(each.id, each.message) for each in model.rules] == [
        ("product rule 1", "A stand carries two bags."),
        ("product rule 2", ""),
        ("Bag rule 1", ""),
    ]
    assert str(model.rules[2].span) == "p.coom:24:5"
    # no bag: 2 stands x 10 loads; one: small needs 2 kg (8 loads), large 5 kg (5), 2 stands; two, with stand:
    # 20 l need 4 kg (6), 35 l need 7 kg (3, two orders), 50 l need 10 kg (none)
    green = 20 + 2 * (8 + 5) + 6 + 2 * 3
    red = 20 + 2 * 8 + 6
    assert count(BIKE) == green + red
    assert count(BIKE, Choice("color", "Red")) == red


def test_a_second_instance_needs_the_first() -> None:
    state = configurator_for(model_of(BIKE)).configure([Choice("bag[0]", value=False)])
    assert isinstance(state, State)
    assert state.domain("bag[1]").possible == (False,)
    assert state.domain("bag[0].size").possible == ("(none)",)


EXTRAS = """
product { num 1-4 a  num 1-4 b  0..2 num 1-3 c  0..1 E e  E f }
enumeration E { attribute num w; X = (1); Y = (2); Z = (4) }
behavior {
    define twice = 2 * a
    condition twice > 4 {
        require max(c) < b
        forbidden = 1
    }
}
"""


def test_a_missing_side_of_a_sum_counts_as_nothing() -> None:
    text = EXTRAS[: EXTRAS.index("behavior")] + "behavior { require a + e.w >= 5 }"
    # without e the sum is a alone and at most 4; w 1 needs a 4, w 2 needs 3 or 4, w 4 any a: 7 pairs;
    # times b (4), c (1 + 3 + 9 ways) and f (3)
    assert count(text) == 7 * 4 * 13 * 3


def test_definitions_blocks_and_extremes() -> None:
    text = EXTRAS.replace("        forbidden = 1\n", "")
    # a of 1 or 2 asks nothing: 2 * 4 * 13 pairs; a of 3 or 4 wants the largest c below b, or no c at all:
    # c empty: 4 b; one c: 3 + 2 + 1 = 6 (b above it); two: largest 1 (1 way, 3 b), 2 (3 ways, 2 b), 3 (5 ways, 1 b)
    assert count(text) == (2 * 4 * 13 + 2 * (4 + 6 + 3 + 6 + 5)) * 4 * 3


def test_default_and_prefer_are_wishes() -> None:
    from engine.configuration import Objective

    text = "product { E e Bool b }\nenumeration E { X Y }\nbehavior { default e = Y\n prefer b = True }\n"
    found = configurator_for(model_of(text)).complete([], objective=Objective(()))
    assert dict(found.values)["e"] == "Y" and dict(found.values)["b"] is True
    assert count(text) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("structure A { }", "p.coom:1:1: MDL060: no `product` block"),
        ("product {\n  Colr c\n}\nenumeration Color { X }", "p.coom:2:8: MDL063: unknown type `Colr`"),
        ("product { A a }\nstructure A { A a }", "p.coom:2:17: MDL061: `A` contains itself"),
        ("product { A a }\nstructure A { B b }\nstructure B { A c }", "p.coom:3:17: MDL061: `A` contains itself"),
        ("product { 0..99999 E e }\nenumeration E { X }", "p.coom:1:22: MDL061: with up to 99999 of `e`"),
        ("product { num 5-2 n }", "p.coom:1:15: MDL060: the range 5-2 is empty"),
        ("product { num 0.5-2 n }", "p.coom:1:21: MDL060: the range of `n` is not in whole numbers"),
        ("product { string s }", "p.coom:1:11: MDL061: features of type `string` are not supported"),
        ("product { E e }\nenumeration E { attribute num w; X = (1 2) }", "p.coom:2:34: MDL060: `X` has 2 constants"),
        ("product { E e }\nenumeration E { }", "p.coom:2:1: MDL060: enumeration `E` has no values"),
        ("product { num 0-5 n }\nbehavior {\n  require n ^ 2 < 5\n}", "p.coom:3:13: MDL061: `^` is not supported here"),
        ("product { num 0-9 n  num 0-9 m }\nbehavior { require n * m < 5 }", "p.coom:2:22: MDL061: the product of two"),
        ("product { num 0-9 n }\nbehavior { require sqrt(n) < 5 }", "p.coom:2:20: MDL061: the function `sqrt`"),
        ("product { num 0-9 n }\nbehavior { exists x in n { } }", "p.coom:2:12: MDL061: `exists` is not supported"),
        ("product { num 0-9 n }\nbehavior { require n.size < 5 }", "p.coom:2:20: MDL066: `num` has no `size`"),
        ("product { num 0-9 n }\nbehavior { imply m = 5 }", "p.coom:2:18: MDL060: `m` is no feature of `product`"),
        (
            "product { E e }\nenumeration E { X Y }\nbehavior { require e < X }",
            "p.coom:3:22: MDL061: texts are compared",
        ),
        ("product { num 0-9 n }\nbehavior Nn { require n = 5 }", "p.coom:2:1: MDL065: unknown type `Nn`"),
        (
            "product { num 0-9 n }\nbehavior { require n = 5",
            "p.coom:2:24: MDL060: `}` is expected, not `the end of the file`",
        ),
        ("product { num 0-9 n } ?", "p.coom:1:23: MDL060: unexpected character `?`"),
        ("product { E e E f }\nenumeration E { X }\nbehavior { combinations (e f)\n allow (X) }", "p.coom:4:2: MDL060"),
    ],
)
def test_a_broken_file_is_named_with_its_place(text: str, expected: str) -> None:
    assert error_of(text).startswith(expected)


def test_what_is_not_read_is_noted_with_its_place() -> None:
    text = (
        "product { 0..* E e  num n }\nenumeration E { X Y }\n"
        'behavior {\n minimize count(e)\n message "hello"\n hide e\n condition e = Zz\n require n < 5\n}\n'
    )
    model = model_of(text)
    assert [f"{each.span.line}:{each.severity.value}: {each.message}" for each in model.notes] == [
        "1:warning: `e` has no upper limit; read with 5 at most",
        "1:warning: `n` has no range; read as 0 to 10000",
        "7:warning: `Zz` is no feature here and no value of an enumeration; nothing equals it",
        "4:note: `minimize` is not read: what a completion looks for is asked with it",
        "5:note: `message` is not read: it only shows a text",
        "6:note: `hide` is not read: it only says how a feature is shown",
    ]


def test_a_number_without_a_range_gets_that_of_its_equation() -> None:
    text = (
        "product { num total  1..3 E e }\nenumeration E { attribute num w; X = (2); Y = (5) }\n"
        "behavior { imply total = sum(e.w) + 1 }\n"
    )
    total = model_of(text).variable("total")
    assert total is not None and (total.minimum, total.maximum) == (0, 16)
    # one, two or three instances: 2 + 4 + 8
    assert count(text) == 14


def test_hostile_files_are_refused_in_bounded_time() -> None:
    deep = "product { num 0-1 n }\nbehavior { require " + "(" * 5000 + "n = 1" + ")" * 5000 + " }"
    assert "nested deeper than 200" in error_of(deep)
    nested = "product { S0 s }\n" + "".join(f"structure S{at} {{ S{at + 1} s }}\n" for at in range(500))
    assert "nested deeper than 50" in error_of(nested + "structure S500 { }")
    grown = "".join(f" define d{at + 1} = d{at} + d{at}\n" for at in range(60))
    assert "parts after its definitions" in error_of(
        f"product {{ num 0-1 n }}\nbehavior {{\n define d0 = n\n{grown} require d60 < 5\n}}"
    )
    wide = "product { 0..99 E e }\nenumeration E { X Y }\nbehavior { require e = X || e[0..50] = Y || e[1..60] = X }"
    assert "more than 20000 combinations of instances" in error_of(wide)
    blocks = "product { num 0-1 n }\nbehavior " + "{ condition n = 1\n" * 60
    assert "blocks are nested deeper than 50" in error_of(blocks)


class Draw:
    """A random small COOM file."""

    def __init__(self, seed: int) -> None:
        self.rnd = random.Random(seed)

    def text(self) -> str:
        rnd = self.rnd
        many = rnd.choice(["", "0..1 ", "1..2 ", "0..2 "])
        inner = rnd.choice(["", "", "0..1 "])
        part = f"{inner}E x\n num 0-{rnd.randint(1, 2)} k\n"
        product = f"E e\n {rnd.choice(['', '0..1 '])}E f\n Bool b\n num {rnd.choice(['0', '-1'])}-3 n\n {many}P p\n"
        if many.startswith("0..2") or many.startswith("1..2"):
            part = rnd.choice(["E x\n", "num 0-2 k\n"])
        product = product.replace("num -1-3", "num -1-2")
        self.part_x, self.part_k = "E x" in part, "num" in part
        values = [rnd.randint(-2, 4) for _ in range(rnd.randint(2, 3))]
        options = " ".join(f"V{at} = ({value} {rnd.choice(['s', 't'])})\n" for at, value in enumerate(values))
        self.options = [f"V{at}" for at in range(len(values))]
        rules = "\n".join(self.rule(part=False) for _ in range(rnd.randint(0, 3)))
        local = "\n".join(self.rule(part=True) for _ in range(rnd.randint(0, 1)))
        return (
            f"product {{ {product} }}\nstructure P {{ {part} }}\n"
            f"enumeration E {{ attribute num w\n attribute t\n {options} }}\n"
            f"behavior {{\n{rules}\n}}\nbehavior P {{\n{local}\n}}\n"
        )

    def enums(self, *, part: bool) -> list[str]:
        below = ["x"] if part else ["p.x"]
        return [
            *(below if self.part_x else []),
            *(["root.e"] if part else ["e", "f", "p[0].x"][: 3 if self.part_x else 2]),
        ]

    def number(self, *, part: bool, deep: int = 1) -> str:
        rnd = self.rnd
        paths = (["k"] if part else ["p.k", "p[0].k"]) if self.part_k else []
        calls = [] if part else ["count(p)", "count(f)", "sum(f.w)"]
        if not part and self.part_k:
            calls += ["sum(p.k)", "max(p.k)", "min(p.k)"]
        if not part and self.part_x:
            calls += ["sum(p.x.w)", "max(p.x.w f.w)", "count(p.x)"]
        atoms = ["root.n", str(rnd.randint(-2, 4)), *paths, *calls]
        atoms += [f"{each}.w" for each in self.enums(part=part)]
        if deep and rnd.random() < 0.4:
            left, right = (self.number(part=part, deep=deep - 1) for _ in range(2))
            return rnd.choice([f"({left} + {right})", f"({left} - {right})", f"{rnd.randint(-2, 2)} * {left}"])
        return rnd.choice(atoms)

    def condition(self, *, part: bool, deep: int = 1) -> str:
        rnd = self.rnd
        kind = rnd.random()
        if deep and kind < 0.3:
            left, right = (self.condition(part=part, deep=deep - 1) for _ in range(2))
            return rnd.choice([f"({left} && {right})", f"({left} || {right})", f"!({left})"])
        if kind < 0.5:
            path = rnd.choice(self.enums(part=part))
            return f"{path} {rnd.choice(['=', '!='])} {rnd.choice([*self.options, *self.enums(part=part)])}"
        if kind < 0.6:
            return f"{rnd.choice(self.enums(part=part))}.t = {rnd.choice(['s', 't'])}"
        if kind < 0.65:
            return "root.b = True"
        comparison = rnd.choice(["=", "!=", "<", "<=", ">", ">="])
        return f"{self.number(part=part)} {comparison} {self.number(part=part)}"

    def rule(self, *, part: bool) -> str:
        rnd = self.rnd
        before = f"condition {self.condition(part=part)}\n" if rnd.random() < 0.4 else ""
        kind = rnd.random()
        if kind < 0.2:
            columns = rnd.sample(self.enums(part=part), min(2, len(self.enums(part=part))))
            rows = []
            for _ in range(rnd.randint(1, 3)):
                cells = [
                    rnd.choice(["-*-", rnd.choice(self.options), f"({' '.join(self.options[:2])})"]) for _ in columns
                ]
                rows.append(f"{rnd.choice(['allow', 'allow', 'forbid'])} ({' '.join(cells)})")
            return f"{before}combinations ({' '.join(columns)})\n" + "\n".join(rows)
        if kind < 0.3 and not part:
            return f"{before}imply n = {self.number(part=part)}"
        if kind < 0.36 and not part and self.part_x:
            return f"{before}alldiff p.x"
        return f"{before}require {self.condition(part=part)}"


@given(st.integers(0, 10**6))
@settings(max_examples=120, deadline=None)
def test_random_files_mean_what_the_obvious_reading_says(seed: int) -> None:
    text = Draw(seed).text()
    file = parse(text, "random.coom")
    everything = [flat(file, each) for each in worlds(file)]
    model = model_of(text)
    engine = configurator_for(model)
    assert engine.count(()) == len(everything), text
    rnd = random.Random(seed)
    shown = [each for each in model.variables if each.decision]
    assert not everything or {each.name for each in shown} == set(everything[0])
    chosen: list[Choice] = []
    for _ in range(3):
        left = [each for each in everything if all(each[choice.variable] == choice.value for choice in chosen)]
        state = engine.configure(chosen)
        assert isinstance(state, State) and state.consistent == bool(left), text
        for variable in shown if left else ():
            expected = {each[variable.name] for each in left}
            domain = state.domain(variable.name)
            if variable.kind is Kind.QUANTITY:
                assert domain.range is not None
                assert (domain.range.minimum, domain.range.maximum) == (min(expected), max(expected)), text
            else:
                assert set(domain.possible) == expected, (text, variable.name)
        variable = rnd.choice(shown)
        values = variable.values or range(variable.minimum, variable.maximum + 1)
        chosen = [each for each in chosen if each.variable != variable.name] + [
            Choice(variable.name, rnd.choice(list(values)))
        ]


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_nested_instances_explain_and_repair_in_any_order(seed: int) -> None:
    """Explanations are smallest and need every rule, repairs are smallest and work, the order of clicks is nothing."""
    text = Draw(seed).text()
    file = parse(text, "random.coom")
    everything = [flat(file, each) for each in worlds(file)]
    model = model_of(text)
    engine = configurator_for(model)
    rnd = random.Random(seed)
    shown = rnd.sample([each for each in model.variables if each.decision], 4)
    chosen = [Choice(each.name, rnd.choice(each.values or (each.minimum, each.maximum))) for each in shown]

    def fits(some: list[Choice] | tuple[Choice, ...]) -> bool:
        return any(all(each[choice.variable] == choice.value for choice in some) for each in everything)

    why = engine.explain(chosen)
    repairs = engine.repair(chosen, limit=3)
    assert isinstance(repairs, tuple)
    if fits(chosen):
        assert why is None and repairs[0].drop == ()
    else:
        assert isinstance(why, Explanation) and not fits(why.choices), text
        assert all(fits(list(some)) for some in combinations(chosen, max(len(why.choices) - 1, 0)) if why.choices)
        least = next((n for n in range(len(chosen) + 1) if any(map(fits, combinations(chosen, len(chosen) - n)))), None)
        assert (len(repairs[0].drop) if repairs else None) == least, text
        for repair in repairs:
            assert fits([each for each in chosen if each not in repair.drop]), text
    rnd.shuffle(chosen)
    other = configurator_for(model)
    assert other.explain(chosen) == why and other.repair(chosen, limit=3) == repairs
    one, two = engine.configure(chosen), other.configure(list(reversed(chosen)))
    assert isinstance(one, State) and isinstance(two, State)
    assert (one.consistent, one.can_hold, one.ranges) == (two.consistent, two.can_hold, two.ranges)

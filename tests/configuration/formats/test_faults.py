"""Everything that is wrong with a file is told at once, each with its place and without what only follows from it."""

from __future__ import annotations

import pytest

from engine.configuration.formats.faults import MOST_TOLD, Faults
from engine.configuration.formats.reader import read_model
from engine.diagnostics import Code, Diagnostic, DiagnosticError, Span


def told(text: str, path: str) -> list[str]:
    """Line and message of everything said about a file."""
    with pytest.raises(DiagnosticError) as caught:
        read_model(text.encode(), path)
    return [f"{each.span.line}: {each.message}" for each in caught.value.diagnostics]


FILES: dict[str, tuple[str, list[str]]] = {
    "odd.uvl": (
        """\
features
    Bike {price 10}
        mandatory
            Frame
                alternative
                    City
                    Race
        optional
            Real Weight
            Integer Bags
            Foo cardinality [1..3]
constraints
    City => Bags < 3
    floor(Weight) > 2
    Weight * Bags > 3
    Ghost => City
    sqrt(Bags) > 1
""",
        [
            "9: `Weight`: a feature of type Real is compared with numbers only",
            "14: `floor` is not supported",
            "16: unknown feature `Ghost`",
            "17: `sqrt` is not supported",
        ],
    ),
    "odd2.uvl": (
        """\
imports
    other as o
features
    A
        mandatory
            B
      badindent
constraints
    A &
    A => => B
""",
        [
            "1: `imports` is not supported",
            "7: unknown group `badindent`",
            "9: the expression ends too early",
            "10: unexpected `=>`",
        ],
    ),
    "odd3.uvl": (
        """\
features
    Car {price 10}
        mandatory
            Engine {power 3, !}
                alternative
                    Gas
                    Electric
            Body
                or
                    Sedan
                    Estate {maker 'x}
                    String Van "
constraints
    Gas => Sedn
    Body &
    Sedan => Estate
    Ghost | Body
    Estate == 3 @ ' 4
    Body + 3
    Van == 'x' | Gost
    avg(maker) > 3
""",
        [
            "4: an attribute name is expected",
            "11: unexpected character `'`",
            '12: unexpected character `"`',
            "14: unknown feature `Sedn`",
            "15: the expression ends too early",
            "17: unknown feature `Ghost`",
            "18: unexpected character `'`",
            "19: a constraint is made of features and comparisons",
        ],
    ),
    "flat.sxfm": (
        "<feature_model><feature_tree>:r car (c) :m body (b)</feature_tree>"
        "<constraints>c1: b or c c2: ~b or d</constraints></feature_model>",
        ["1: several features stand on one line", "1: several constraints stand on one line"],
    ),
    "odd.sxfm": (
        """\
<feature_tree>
:r car (c)
	:m body (b)
		:g (g) one
			: sedan (s)
			: estate (e)
	x wheels
	:m engine
</feature_tree>
<constraints>
c1: s or ~f
c2: ~wheels or engine
</constraints>
""",
        [
            "4: a group stands below a feature and has limits such as `[1,*]`",
            "7: a feature line starts with `:r`, `:m`, `:o`, `:g` or `:`",
            "11: unknown feature `f`",
        ],
    ),
    "odd.dimacs": (
        """\
c 1 a
c 2 b
p cnf 2 3
1 2 0
-1 x 0
3 0
""",
        [
            "5: a clause holds whole numbers only",
            "6: `3` is above the 2 variables declared",
        ],
    ),
    "short.dimacs": (
        """\
p cnf 2 5
1 -2 0
""",
        [
            "2: the file ends after 1 clause of 5 announced",
        ],
    ),
    "odd.splot.xml": (
        """\
<feature_model name="m">
<feature_tree>
:r Root(r)
	:m A(a)
	:q weird(w)
	:g (g) [1,5]
		: X(x)
		: Y(y)
	:o A2(a)
</feature_tree>
<constraints>
c1: a or ~zz
c2: a and x
</constraints>
</feature_model>
""",
        [
            "5: a feature outside a group is `:m` or `:o`",
            "12: unknown feature `zz`",
            "13: unknown feature `a and x`",
        ],
    ),
    "odd.featureide.xml": (
        """\
<featureModel>
 <struct>
  <and mandatory="true" name="R" abstract="true">
   <graphics key="x" value="y"/>
   <attribute name="price" type="long" value="3"/>
   <feature name="A"/>
   <xor name="B"><feature name="C"/></xor>
   <alt name="D"><feature name="C"/></alt>
  </and>
 </struct>
 <constraints>
  <rule><imp><var>A</var><var>Z</var></imp></rule>
  <rule><foo><var>A</var></foo></rule>
 </constraints>
</featureModel>
""",
        [
            "7: `<xor>` is not supported here",
            "12: unknown feature `Z`",
            "13: `<foo>` with 1 part is not supported",
        ],
    ),
    "odd.xcsp.xml": (
        """\
<instance format="XCSP3" type="COP">
 <variables>
  <var id="x">1..3</var><var id="y">1 3 5..7</var>
  <array id="z" size="[2][2]">0..1</array>
 </variables>
 <constraints>
  <extension><list>x y</list><supports>(1,3)(2,*)</supports></extension>
  <allDifferent>x y</allDifferent>
  <extension><list>x q</list><supports>(1,3)</supports></extension>
  <extension><list>z[][]</list><conflicts>(0,0,0,0)(1,1)</conflicts></extension>
 </constraints>
 <objectives><minimize>x</minimize></objectives>
</instance>
""",
        [
            "8: `<allDifferent>` constraints are not supported",
            "9: unknown variable `q`",
            "10: row `(1,1)` does not have 4 values",
            "12: `<objectives>` is not supported",
        ],
    ),
    "odd.coom": (
        """\
product{
  num 1-4 size
  0..3 Wheel wheels
  Colour colour
  string name
}
structure Wheel { num w }
enumeration Colour { Red Green }
behavior{
  require count(wheels) > 1
  require exists(wheels.w = 3)
  imply colour = Blue
  require ghost = 2
  foo bar
}
""",
        [
            "5: features of type `string` are not supported",
            "11: the function `exists` is not supported",
            "14: `foo` is not supported in a behavior",
        ],
    ),
    "odd2.coom": (
        """\
product{
  num 1-4 size
  0..3 Wheel wheels
  Colour colour
}
structure Wheel { num w }
enumeration Colour { Red Green }
behavior{
  require count(wheels) > 1
  require exists(wheels.w = 3)
  imply colour = Blue
  require ghost = 2
  require size contains 3
}
""",
        [
            "10: the function `exists` is not supported",
            "13: `contains` is not supported",
        ],
    ),
    "cut.coom": (
        """\
product{
 num 1-3 a
""",
        [
            "2: `}` is expected, not `the end of the file`",
        ],
    ),
    "odd.yaml": (
        """\
model: odd
variables:
- {name: a, kind: boolean}
- {name: a, values: [x, y]}
- {name: q, from: 5, to: 2}
- {name: e, values: []}
- {name: w, kind: weird}
rules:
- id: r1
  asks:
  - any: [{b: true}, {a: maybe}]
  - sum: {terms: [{times: 3, quantity: a}], at_most: x}
  - count: {of: [{a: true}], from: 3, to: 1}
  - blah: 3
- id: r1
  asks: []
""",
        [
            "4: the variable `a` has no name of its own",
            "5: the range 5 to 2 of `q` is empty or beyond 1000000000",
            "6: `e` has no values, or one of them twice",
            "7: `w` has `kind: boolean`, `values`, or `from` and `to`",
        ],
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_everything_wrong_is_told_at_once(name: str) -> None:
    text, expected = FILES[name]
    assert told(text, name) == expected


def test_a_file_of_mistakes_ends_somewhere() -> None:
    clauses = "".join(f"{at} 0\n" for at in range(5, 5_000))
    assert len(told(f"p cnf 4 5000\n{clauses}", "m.cnf")) == MOST_TOLD


def test_faults_are_told_by_place_and_once() -> None:
    faults = Faults()
    for line in (3, 1, 3):
        with faults.noted():
            raise DiagnosticError(Diagnostic(Code("MDL001"), "wrong", Span("f", line)))
    with pytest.raises(DiagnosticError) as caught:
        faults.settle()
    assert [each.span.line for each in caught.value.diagnostics] == [1, 3]
    Faults().settle()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.cnf", "c a\np cnf {} 1\n1 0\n"),
        ("a.cnf", "p cnf 3 1\n{} 0\n"),
        ("a.uvl", "features\n    A\n        [{}..*]\n            B\n"),
        ("a.coom", "product {{\n num 0-{} size }}\n"),
    ],
)
def test_a_number_of_thousands_of_digits_is_named(name: str, text: str) -> None:
    line, column = next((n, at + 1) for n, each in enumerate(text.split("\n"), 1) if (at := each.find("{}")) >= 0)
    with pytest.raises(DiagnosticError) as raised:
        read_model(text.format("1" * 5_000).encode(), name)
    (found,) = raised.value.diagnostics
    assert (found.code, found.span.line, found.span.column) == ("MDL005", line, column)

"""Every format: what a small file means, and how a broken one is named with its place."""

from __future__ import annotations

import io
import lzma
import tarfile

import pytest

from engine.configuration import Choice, Model, State, configurator_for
from engine.configuration.formats.archive import members
from engine.configuration.formats.dimacs import read_dimacs
from engine.configuration.formats.featureide import read_featureide
from engine.configuration.formats.megane import read_megane
from engine.configuration.formats.reader import read_model
from engine.configuration.formats.sxfm import read_sxfm
from engine.configuration.formats.uvl import read_uvl
from engine.configuration.formats.uvl_tree import parse
from engine.configuration.formats.writer import write_model
from engine.configuration.formats.xcsp import read_xcsp
from engine.diagnostics import DiagnosticError
from tests.configuration.formats.uvl_worlds import worlds


def names(model: Model) -> list[str]:
    return [each.name for each in model.variables if each.decision]


def count(model: Model, *choices: Choice) -> int:
    found = configurator_for(model).count(choices)
    assert isinstance(found, int)
    return found


def error_of(text: str, path: str) -> str:
    with pytest.raises(DiagnosticError) as caught:
        read_model(text.encode(), path)
    return str(caught.value.diagnostics[0])


def test_dimacs_names_clauses_and_drops_what_always_holds() -> None:
    text = "c 1 root\nc 2 wheel\nc 3 wheel\np cnf 4 3\n1 0\n-2\n-3 0\n4 -4 0\n"
    model = read_dimacs(text.encode(), "bike.dimacs")
    assert names(model) == ["root", "wheel", "wheel#3", "4"]
    assert [each.literals for each in model.clauses] == [(1,), (-2, -3)]
    assert count(model) == 6  # root is there, three of four wheel pairs, anything for 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 0\n", "m.cnf:1:1: MDL001: a clause stands before the `p cnf` line"),
        ("p cnf 2 1\n1 x 0\n", "m.cnf:2:3: MDL001: a clause holds whole numbers only"),
        ("p cnf 2 1\n1 3 0\n", "m.cnf:2:3: MDL001: `3` is above the 2 variables declared"),
        ("p cnf 2 1\n1 2\n", "m.cnf:2:1: MDL001: the last clause does not end in 0"),
        ("p sat 2\n", "m.cnf:1:1: MDL001: malformed problem line; write `p cnf <variables> <clauses>`"),
        ("", "m.cnf:1:1: MDL001: no `p cnf` line; a DIMACS file starts with `p cnf <variables> <clauses>`"),
    ],
)
def test_a_broken_dimacs_file_is_named_with_its_place(text: str, expected: str) -> None:
    assert error_of(text, "m.cnf") == expected


SXFM = """<feature_model name="phone">
<feature_tree>
:r phone (p)
	:m screen (s)
		:g [1,1]
			: color (c)
			: grey (g)
	:o camera (k)
	:o gps
		:o screen
</feature_tree>
<constraints>
c1: ~k or c
</constraints>
</feature_model>
"""


def test_sxfm_trees_groups_and_constraints() -> None:
    model = read_sxfm(SXFM.encode(), "phone.sxfm")
    assert names(model) == ["phone", "screen", "color", "grey", "camera", "gps", "screen@screen"]
    # colour: with or without camera, grey: without; times gps none, alone or with its child
    assert count(model) == 3 * 3
    assert [each.id for each in model.rules][-2:] == ["c1", "group of screen"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("~k or c", "~k or kk", "p.sxfm:13:1: MDL011: unknown feature `kk`"),
        (":o camera", ":x camera", "p.sxfm:8:2: MDL010: a feature outside a group is `:m` or `:o`"),
        (":g [1,1]", ":g one", "p.sxfm:5:3: MDL010: a group stands below a feature and has limits such as `[1,*]`"),
        (":r phone (p)", "phone", "p.sxfm:3:1: MDL010: a feature line starts with `:r`, `:m`, `:o`, `:g` or `:`"),
    ],
)
def test_a_broken_sxfm_file_is_named_with_its_place(old: str, new: str, expected: str) -> None:
    assert error_of(SXFM.replace(old, new), "p.sxfm").startswith(expected)


XCSP = """<instance>
<presentation format="XCSP 2.1"/>
<domains nbDomains="2">
<domain name="D0" nbValues="3">0 1 -1</domain>
<domain name="D1" nbValues="3">2..4</domain>
</domains>
<variables nbVariables="2"><variable name="x" domain="D0"/><variable name="y" domain="D1"/></variables>
<relations nbRelations="2">
<relation name="R0" arity="2" nbTuples="3" semantics="supports">0 2|0 3|-1 4</relation>
<relation name="R1" arity="1" nbTuples="1" semantics="conflicts">3</relation>
</relations>
<constraints nbConstraints="2">
<constraint name="c0" arity="2" reference="R0" scope="x y"/>
<constraint name="c1" arity="1" reference="R1" scope="y"/>
</constraints>
</instance>
"""


def test_xcsp_tables_of_supports_and_conflicts() -> None:
    model = read_xcsp(XCSP.encode(), "t.xcsp.xml")
    state = configurator_for(model).configure([])
    assert isinstance(state, State)
    assert state.domain("x").possible == (0, -1) and state.domain("y").possible == (2, 4)
    why = configurator_for(model).explain([Choice("y", 3)])
    assert why is not None and [each.id for each in why.rules] == ["c1"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('reference="R1"', 'reference="global:allDifferent"', "MDL021: constraint `c1` refers to"),
        ('scope="y"', 'scope="z"', "MDL020: constraint `c1` names a variable that is not there"),
        ('semantics="conflicts"', 'semantics="soft"', "MDL021: semantics `soft` is not supported"),
        ("0 2|0 3", "0 2|0", "MDL020: row `0` does not have 2 values"),
        ("</instance>", "", "MDL020: the file is no well-formed XML"),
        ("<constraints nb", "<predicates/><constraints nb", "MDL021: `<predicates>` is not supported"),
    ],
)
def test_an_unknown_xcsp_construct_is_named(old: str, new: str, expected: str) -> None:
    assert expected in error_of(XCSP.replace(old, new), "t.xcsp.xml")


def test_entities_in_xml_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aa">]><instance>&a;</instance>'
    with pytest.raises(Exception, match="[Ee]ntit"):
        read_xcsp(bomb.encode(), "t.xcsp.xml")


def packed(files: dict[str, str]) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return lzma.compress(whole.getvalue())


def test_the_megane_archive_holds_domains_and_tables() -> None:
    files = {
        "m/domains.txt": "// A : a1, a2\n// B : b1, b2, b3\n",
        "m/rule1.pm": "/or(\nA = a1  and B = b1\nA = a2 and B = b3 )\n",
    }
    model = read_megane(packed(files), "m.tar.xz")
    assert count(model) == 2 and [each.id for each in model.rules] == ["rule1.pm"]
    broken = packed(files | {"m/rule1.pm": "A = a1 and C = x\n"})
    with pytest.raises(DiagnosticError, match="m.tar.xz/m/rule1.pm:1:1: MDL030: unknown variable `C`"):
        read_megane(broken, "m.tar.xz")
    with pytest.raises(DiagnosticError, match="no tar.xz archive"):
        read_megane(b"nothing", "m.tar.xz")


def test_an_archive_that_ends_early_is_refused() -> None:
    whole = lzma.decompress(packed({"a": "x" * 600}))
    assert members(whole) == {"a": b"x" * 600}
    with pytest.raises(ValueError, match="ends early"):
        members(whole[:700])


FEATUREIDE = """<extendedFeatureModel>
<struct>
<and mandatory="true" name="car">
<alt mandatory="true" name="gear"><feature name="manual"/><feature name="automatic"/></alt>
<or name="extras"><feature name="radio"/><feature name="hook"/></or>
</and>
</struct>
<constraints>
<rule><imp><var>hook</var><not><var>automatic</var></not></imp></rule>
</constraints>
</extendedFeatureModel>
"""


def test_featureide_structures_and_rules() -> None:
    model = read_featureide(FEATUREIDE.encode(), "car.featureide.xml")
    # manual: no extras, or one of three sets; automatic: no extras or the radio
    assert count(model) == 4 + 2
    assert "unknown feature `automatc`; did you mean `automatic`?" in error_of(
        FEATUREIDE.replace("<var>automatic", "<var>automatc"), "car.featureide.xml"
    )
    assert "MDL041: `<xor>`" in error_of(
        FEATUREIDE.replace("<imp>", "<xor>").replace("</imp>", "</xor>"), "car.featureide.xml"
    )


UVL = """features
    Bike
        mandatory
            Frame {Weight 3.5, Price 10}
            Integer Gears
        [1..2]
            Bell {Weight 1}
            Bag cardinality [1..3] {Weight 2}
            Lamp {Weight 0.5}
        optional
            String Colour
constraints
    sum(Weight) <= 6
    Gears > 2 => !Bag
    Colour == 'red' => Lamp
    Gears <= 3
"""


def test_uvl_with_cardinalities_attributes_and_typed_features() -> None:
    model = read_uvl(UVL.encode(), "bike.uvl")
    engine = configurator_for(model)
    state = engine.configure([Choice("Bag", True)])
    assert isinstance(state, State)
    bags = state.domain("number of Bag").range
    assert bags is not None and (bags.minimum, bags.maximum) == (1, 1)  # 3.5 + 2 leaves 0.5
    gears = state.domain("Gears (value)").range
    assert gears is not None and (gears.minimum, gears.maximum) == (1, 2)
    assert state.possible("Bell", False) and not state.possible("Bell", True)  # 3.5 + 2 + 1 > 6
    red = engine.configure([Choice("Colour", True), Choice("Colour (text)", "red")])
    assert isinstance(red, State) and red.domain("Lamp").implied is True
    assert any("`Gears` has no declared range; 1 to 4" in str(each) for each in model.notes)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("!Bag", "!Bog", "u.uvl:14:19: MDL052: unknown feature `Bog`; did you mean `Bag`?"),
        ("sum(Weight)", "median(Weight)", "u.uvl:13:5: MDL051: `median` is not supported"),
        ("[1..2]", "several", "u.uvl:6:9: MDL051: unknown group `several`"),
        ("Gears <= 3", "Gears <= (3", "MDL050: `)` is expected"),
        ("Gears <= 3", "Gears * Gears <= 3", "of two unknowns (or by zero) is not supported"),
        ("Bell {", "Frame {", "feature `Frame` is there twice"),
        ("Gears <= 3", "Bike ; Gears", "unexpected"),
    ],
)
def test_an_unknown_uvl_construct_is_named(old: str, new: str, expected: str) -> None:
    assert expected in error_of(UVL.replace(old, new), "u.uvl")


def test_deep_nesting_is_refused_with_its_place() -> None:
    deep = "features\n    A\nconstraints\n    " + "(" * 300 + "A" + ")" * 300
    assert "nested deeper than 200" in error_of(deep, "deep.uvl")


@pytest.mark.parametrize("path", ["out.uvl", "out.dimacs"])
@pytest.mark.parametrize(
    "source", [(SXFM, "p.sxfm"), (XCSP, "t.xcsp.xml"), (FEATUREIDE, "car.featureide.xml")], ids=lambda each: each[1]
)
def test_writing_and_reading_back_keeps_every_configuration(source: tuple[str, str], path: str) -> None:
    model = read_model(source[0].encode(), source[1])
    again = read_model(write_model(model, path), path)
    assert count(again) == count(model)


def test_what_a_format_cannot_say_is_refused() -> None:
    model = read_uvl(UVL.encode(), "bike.uvl")
    with pytest.raises(DiagnosticError, match="quantity `Gears .value.` cannot be written"):
        write_model(model, "out.dimacs")
    with pytest.raises(DiagnosticError, match="unknown target format"):
        write_model(model, "out.pdf")
    assert "MDL003: unknown model format" in error_of("", "x.doc")


XCSP3 = """<instance format="XCSP3" type="CSP">
<variables>
<var id="x"> 0 1 -1 </var>
<array id="y" size="[2]"> 2..4 </array>
<var id="z" as="x"/>
</variables>
<constraints>
<extension id="first"><list> x y[0] </list><supports> (0,2)(0,3)(-1,*) </supports></extension>
<block>
<group><extension><list> %0 </list><conflicts> 3 </conflicts></extension><args> y[0] </args><args> y[1] </args></group>
</block>
</constraints>
</instance>
"""


def test_xcsp3_arrays_groups_and_short_tables() -> None:
    model = read_xcsp(XCSP3.encode(), "m.xcsp.xml")
    assert names(model) == ["x", "y[0]", "y[1]", "z"]
    assert model.variables[3].values == (0, 1, -1)
    # x 0 with y[0] 2, or x -1 with y[0] 2 or 4 (3 is forbidden); y[1] is 2 or 4; z is free
    assert count(model) == 3 * 2 * 3
    assert [each.id for each in model.rules] == ["first", "constraint 2", "constraint 3"]
    assert str(model.rules[0].span) == "m.xcsp.xml:8:1"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<block>", "<intension> eq(x,z) </intension><block>", "m.xcsp.xml:9:1: MDL021: `<intension>` constraints"),
        (" x y[0] ", " x w ", "m.xcsp.xml:8:23: MDL020: unknown variable `w`"),
        ("(0,2)", "(0,2,1)", "m.xcsp.xml:8:44: MDL020: row `(0,2,1)` does not have 2 values"),
        ("2..4", "2..9999999", "m.xcsp.xml:4:1: MDL021: more than 100000 values"),
        ('size="[2]"', 'size="[9999999]"', "m.xcsp.xml:4:1: MDL020: array `y` has no size or more than 100000"),
        ('as="x"', 'as="q"', "m.xcsp.xml:5:1: MDL020: `z` is to be like `q`, which is not there"),
        ("%0", "%7", "m.xcsp.xml:10:19: MDL020: there is no argument `%7`"),
        ("(0,3)", "(0,three)", "m.xcsp.xml:8:44: MDL020: `three` is no whole number"),
        ("<constraints>", "<objectives/><constraints>", "m.xcsp.xml:7:1: MDL021: `<objectives>` is not supported"),
        ("</instance>", "</instanz>", "m.xcsp.xml:13:3: MDL020: the file is no well-formed XML"),
    ],
)
def test_what_xcsp3_files_hold_beyond_tables_is_named(old: str, new: str, expected: str) -> None:
    assert error_of(XCSP3.replace(old, new), "m.xcsp.xml").startswith(expected)


BOMB = "".join(f'<!ENTITY e{at + 1} "{f"&e{at};" * 10}">' for at in range(12))


@pytest.mark.parametrize("path", ["m.xcsp.xml", "m.featureide.xml"])
def test_hostile_xml_is_refused(path: str) -> None:
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "lol">{BOMB}]><instance>&e12;</instance>'
    assert "declares entities or refers to other files" in error_of(bomb, path)
    outside = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><instance>&e;</instance>'
    assert "declares entities or refers to other files" in error_of(outside, path)
    assert "nested deeper than 200" in error_of("<a>" * 5000 + "</a>" * 5000, path)


def test_hostile_sizes_and_names_are_bounded() -> None:
    assert "999999999 variables; 1000000 are read at most" in error_of("p cnf 999999999 1\n1 0\n", "m.cnf")
    twins = read_dimacs(b"c 1 a\nc 2 a#3\nc 3 a\np cnf 3 0\n", "m.cnf")
    assert names(twins) == ["a", "a#3", "a#3#3"]
    huge = "features\n\tBike\n\t\toptional\n\t\t\tBell cardinality [1..9999999999]\n"
    assert "m.uvl:4:9: MDL051: a feature cardinality is at most 1000000" in error_of(huge, "m.uvl")
    for deep in ("(" * 5000 + "Bike" + ")" * 5000, "!" * 5000 + "Bike", "(Bike <=> Bike => Bike | Bike & (" * 500):
        text = f"features\n\tBike\nconstraints\n\t{deep}\n"
        assert "nested deeper than 200" in error_of(text, "m.uvl")
    taken = 'features\n\tBike\n\t\toptional\n\t\t\t"(true)"\n\t\t\t"(part 3)"\nconstraints\n\tBike & 1 <= 2\n'
    assert count(read_uvl(taken.encode(), "m.uvl")) == 4


def test_unknown_parts_of_old_formats_are_named() -> None:
    assert error_of(SXFM + "<extra/>\n", "p.sxfm") == "p.sxfm:16:1: MDL012: `<extra/>` is not supported here"
    more = "<featureModel><struct><feature name='a'/></struct><colours/></featureModel>"
    assert error_of(more, "m.featureide.xml").startswith("m.featureide.xml:1:51: MDL041: `<colours>` is not supported")


UVL_MORE = """features
	Shop
		mandatory
			Real weight
		optional
			A {price 2, constraint B => weight > 1.5}
			B {price 5, constraints [A | B, !(A & B) | weight < 3]}
			C {price 8}
constraints
	avg(price) <= 5
	weight >= 0.5 & weight <= 4
"""


def test_uvl_reals_averages_and_constraints_inside_attributes() -> None:
    model = read_uvl(UVL_MORE.encode(), "shop.uvl")
    weight = model.variable("weight (value)")
    # the constants 0.5, 1.5, 3 and 4, one value between each two, one below and one above
    assert weight is not None and [str(each) for each in weight.values] == (
        ["-0.5", "0.5", "1", "1.5", "2.25", "3", "3.5", "4", "5"]
    )
    # A or B; averages: A 2, B 5, AB 3.5, AC 5, BC 6.5 (too much), ABC 5; weights 0.5 to 4: seven of them;
    # B wants above 1.5 (four), A and B together below 3 as well (one)
    assert count(model) == 7 + 4 + 1 + 7 + 1
    assert [each.id for each in model.rules if each.id.startswith("constraint")] == [
        f"constraint {n}" for n in range(1, 6)
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("weight >= 0.5", "weight >= A.price", "s.uvl:4:9: MDL051: `weight`: a feature of type Real is compared with"),
        ("avg(price) <= 5", "avg(price) <= C.price", "s.uvl:10:2: MDL051: `avg` is compared with numbers only"),
        ("avg(price)", "ceil(price)", "s.uvl:10:2: MDL051: `ceil` is not supported"),
        ("constraint B =>", "constraint B => =>", "s.uvl:6:32: MDL050: unexpected `=>`"),
        ("weight < 3]", "weight < 3", "s.uvl:7:57: MDL050"),
    ],
)
def test_what_uvl_cannot_say_here_is_named(old: str, new: str, expected: str) -> None:
    assert error_of(UVL_MORE.replace(old, new), "s.uvl").startswith(expected)


@pytest.mark.parametrize("text", [UVL, UVL_MORE], ids=["arithmetic", "decimals"])
def test_uvl_means_what_a_plain_reading_says(text: str) -> None:
    model = read_uvl(text.encode(), "m.uvl")
    assert count(model) == len(worlds(parse(text, "m.uvl"), model))


def test_packed_files_are_bounded() -> None:
    grown = lzma.compress(b"\0" * (257 * 2**20), preset=0)
    with pytest.raises(DiagnosticError, match="unpacks to more than 268435456 bytes"):
        read_megane(grown, "m.tar.xz")
    header = bytearray(512)
    header[:5] = b"a.txt"
    header[124:136] = b"-0000000777\0"
    with pytest.raises(ValueError, match="has no size"):
        members(bytes(header))
